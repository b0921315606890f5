//! The Web API: what each method does, and why it refuses.
//!
//! Error codes are those of <https://docs.slack.dev/reference/methods>.

mod chat;
mod conversations;
mod files;
mod history;
mod marks;
mod members;
mod people;
mod views;

pub(super) use self::chat::Words;

use serde_json::{Value, json};

use super::args::Args;
use super::scopes;
use super::shapes::merge;
use super::state::{Channel, Kind, State};

/// Why a call is refused.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) error: String,
    pub(crate) more: Value,
}

impl Refusal {
    pub(super) fn with(error: &str, more: Value) -> Self {
        Self { error: error.to_owned(), more }
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({"ok": false, "error": self.error});
        merge(&mut body, self.more.clone());
        body
    }
}

impl From<&str> for Refusal {
    fn from(error: &str) -> Self {
        Self::with(error, json!({}))
    }
}

/// What a method answers; `ok` is added to it.
pub(super) type Answer = Result<Value, Refusal>;

/// Carries a call out for whoever holds the token.
pub(super) fn call(state: &mut State, method: &str, token: Option<&str>, args: &Args) -> Answer {
    let token = token.ok_or("not_authed")?;
    let by_app = token == state.app_token;
    if !by_app && token != state.bot_token {
        return Err("invalid_auth".into());
    }
    if state.revoked {
        return Err("token_revoked".into());
    }
    if by_app != (method == "apps.connections.open") {
        return Err("not_allowed_token_type".into());
    }
    check_scope(state, method, args)?;
    run(state, method, args)
}

fn check_scope(state: &State, method: &str, args: &Args) -> Result<(), Refusal> {
    let asked = args.text("channel").or_else(|| args.text("channel_id"));
    let kind = match (method, asked.and_then(|id| state.channels.get(&id))) {
        ("conversations.create", _) if args.flag("is_private") => Some(Kind::Private),
        ("conversations.create", _) => Some(Kind::Public),
        ("conversations.list" | "users.conversations", _) => {
            for (kind, _) in members::kinds(args)? {
                allow(state, &scopes::needed(method, Some(kind)))?;
            }
            return Ok(());
        }
        (_, channel) => channel.map(|channel| channel.kind),
    };
    allow(state, &scopes::needed(method, kind))
}

fn allow(state: &State, needed: &[&str]) -> Result<(), Refusal> {
    if needed.is_empty() || needed.iter().any(|&scope| state.scopes.contains(scope)) {
        return Ok(());
    }
    let provided = state.scopes.iter().cloned().collect::<Vec<_>>().join(",");
    Err(Refusal::with("missing_scope", json!({"needed": needed.join(","), "provided": provided})))
}

fn run(state: &mut State, method: &str, args: &Args) -> Answer {
    match method {
        "apps.connections.open" => Ok(people::open_connection(state)),
        "auth.test" => Ok(people::auth_test(state)),
        "team.info" => Ok(people::team_info(state)),
        "bots.info" => people::bot_info(state, args),
        "users.info" => people::info(state, args),
        "users.list" => Ok(people::list(state, args)),
        "users.lookupByEmail" => people::look_up(state, args),
        "usergroups.list" => Ok(people::groups(state, args)),
        "usergroups.users.list" => people::group_users(state, args),
        "usergroups.users.update" => people::set_group_users(state, args),
        "conversations.create" => conversations::create(state, args),
        "conversations.rename" => conversations::rename(state, args),
        "conversations.setTopic" => conversations::set_note(state, args, "topic"),
        "conversations.setPurpose" => conversations::set_note(state, args, "purpose"),
        "conversations.archive" => conversations::archive(state, args),
        "conversations.unarchive" => conversations::unarchive(state, args),
        "conversations.info" => conversations::info(state, args),
        "conversations.open" => conversations::open(state, args),
        "conversations.invite" => members::invite(state, args),
        "conversations.kick" => members::kick(state, args),
        "conversations.join" => members::join(state, args),
        "conversations.leave" => members::leave(state, args),
        "conversations.members" => members::members(state, args),
        "conversations.list" => members::list(state, args, None),
        "users.conversations" => {
            let user = args.text("user").unwrap_or_else(|| state.bot_user.clone());
            members::list(state, args, Some(&user))
        }
        "conversations.history" => history::history(state, args),
        "conversations.replies" => history::replies(state, args),
        "chat.getPermalink" => history::permalink(state, args),
        "chat.postMessage" => chat::post(state, args),
        "chat.update" => chat::update(state, args),
        "chat.delete" => chat::delete(state, args),
        "chat.postEphemeral" => chat::post_ephemeral(state, args),
        _ => run_more(state, method, args),
    }
}

fn run_more(state: &mut State, method: &str, args: &Args) -> Answer {
    match method {
        "pins.add" => marks::pin(state, args),
        "pins.remove" => marks::unpin(state, args),
        "pins.list" => marks::pins(state, args),
        "reactions.add" => marks::react(state, args),
        "reactions.remove" => marks::unreact(state, args),
        "reactions.get" => marks::reactions(state, args),
        "bookmarks.add" => marks::add_bookmark(state, args),
        "bookmarks.edit" => marks::edit_bookmark(state, args),
        "bookmarks.remove" => marks::remove_bookmark(state, args),
        "bookmarks.list" => marks::bookmarks(state, args),
        "views.open" => views::open(state, args),
        "views.push" => views::push(state, args),
        "views.update" => views::update(state, args),
        "views.publish" => views::publish(state, args),
        "files.getUploadURLExternal" => files::upload_url(state, args),
        "files.completeUploadExternal" => files::complete(state, args),
        "files.info" => files::info(state, args),
        "files.list" => Ok(files::list(state, args)),
        "files.delete" => files::delete(state, args),
        _ => Err("unknown_method".into()),
    }
}

impl State {
    /// A channel that the bot can see.
    fn seen(&self, id: &str) -> Result<&Channel, Refusal> {
        let seen = |channel: &&Channel| channel.kind == Kind::Public || channel.has(&self.bot_user);
        self.channels.get(id).filter(seen).ok_or_else(|| "channel_not_found".into())
    }

    /// A channel that the bot is a member of and that is not archived.
    fn own(&self, id: &str) -> Result<&Channel, Refusal> {
        let channel = self.seen(id)?;
        if !channel.has(&self.bot_user) {
            return Err("not_in_channel".into());
        }
        if channel.archived { Err("is_archived".into()) } else { Ok(channel) }
    }

    fn channel_mut(&mut self, id: &str) -> &mut Channel {
        self.channels.get_mut(id).unwrap()
    }
}

/// One page of a list and the cursor of the next, by `limit` and `cursor`.
fn page<T>(items: Vec<T>, args: &Args, default: usize) -> (Vec<T>, String) {
    let start = args.text("cursor").and_then(|cursor| cursor.strip_prefix("after:")?.parse().ok()).unwrap_or(0);
    let limit = args.number("limit").filter(|&limit| limit > 0).unwrap_or(default).min(1000);
    let more = items.len() > start + limit;
    let items = items.into_iter().skip(start).take(limit).collect();
    (items, if more { format!("after:{}", start + limit) } else { String::new() })
}
