//! The channels and roles that the configuration names, and what the bot may do there.

use super::{Finding, Seen, Subject, unanswered};
use crate::platform::discord::api::{Api, Call, Channel, Permissions, code, kind};
use crate::platform::discord::{GroupHow, PrivateRooms, Rooms};

/// What is done somewhere, and what the bot must be allowed for it.
type Use = (&'static str, Permissions);

/// What is done in every room that is a thread.
fn in_threads() -> Vec<Use> {
    vec![
        ("to write in rooms", Permissions::SEND_MESSAGES_IN_THREADS),
        ("to attach postmortems", Permissions::ATTACH_FILES),
        ("to read what was said", Call::Messages.permissions()),
        ("to pin cards", Permissions::PIN_MESSAGES),
        ("to close rooms", Call::ModifyThread.permissions()),
    ]
}

/// What is done in every room that is a channel.
fn in_channels() -> Vec<Use> {
    vec![
        ("to make rooms", Call::CreateChannel.permissions()),
        ("to write in rooms", Call::CreateMessage.permissions()),
        ("to attach postmortems", Permissions::ATTACH_FILES),
        ("to read what was said", Call::Messages.permissions()),
        ("to pin cards", Permissions::PIN_MESSAGES),
        ("to close rooms and to let people in", Permissions::MANAGE_ROLES),
    ]
}

pub(super) async fn examine(api: &Api, seen: &Seen, subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    match &subject.rooms {
        Rooms::Forum(forum) => {
            let mut uses = vec![("to make rooms", Call::StartPost.permissions())];
            uses.extend(in_threads());
            if subject.tags {
                uses.push(("to make tags for status and severity", Call::ModifyChannel.permissions()));
            }
            let wanted = Wanted { about: format!("forum {forum}"), key: "forum", kinds: &[kind::FORUM], uses };
            found.push(channel(api, seen, forum, wanted).await);
        }
        Rooms::Channels { category } => found.push(channels(api, seen, ("rooms", category.as_deref())).await),
    }
    match &subject.private_rooms {
        PrivateRooms::Threads(parent) => {
            let mut uses = vec![("to make private rooms", Call::StartPrivateThread.permissions())];
            uses.extend(in_threads());
            let about = format!("private rooms in {parent}");
            let wanted = Wanted { about, key: "private_threads", kinds: &[kind::TEXT], uses };
            found.push(channel(api, seen, parent, wanted).await);
        }
        PrivateRooms::Channels { category } => {
            found.push(channels(api, seen, ("private rooms", category.as_deref())).await);
        }
    }
    for id in &subject.announce {
        let mut uses = vec![("to announce incidents", Call::CreateMessage.permissions())];
        if subject.announce_roles.iter().any(|role| !is_mentionable(seen, role)) {
            uses.push(("to call roles that not everybody may mention", Permissions::MENTION_EVERYONE));
        }
        let about = format!("announce channel {id}");
        let wanted = Wanted { about, key: "announce", kinds: &[kind::TEXT, kind::ANNOUNCEMENT], uses };
        found.push(channel(api, seen, id, wanted).await);
    }
    found.extend(roles(seen, subject));
    found
}

/// What a channel is to be, and what is done there.
struct Wanted {
    about: String,
    /// The key that names it.
    key: &'static str,
    kinds: &'static [u8],
    uses: Vec<Use>,
}

async fn channel(api: &Api, seen: &Seen, id: &str, wanted: Wanted) -> Finding {
    let Wanted { about, key, kinds, uses } = wanted;
    match api.channel(id).await {
        Ok(channel) if channel.guild_id != seen.guild.id => {
            Finding::problem(about, format!("it is in another server; mend \"{key}\""))
        }
        Ok(channel) if !kinds.contains(&channel.kind) => Finding::problem(
            about,
            format!(
                "#{} is {}, and it is to be {}; mend \"{key}\"",
                channel.name,
                named(channel.kind),
                named(kinds[0])
            ),
        ),
        Ok(channel) => judged(about, &channel, seen.in_channel(&channel.permission_overwrites), &uses),
        Err(error) if error.is(&[code::UNKNOWN_CHANNEL]) => {
            Finding::problem(about, format!("there is no such channel; mend \"{key}\" (an id, not a name)"))
        }
        Err(error) if error.is(&[code::MISSING_ACCESS]) => {
            Finding::problem(about, "the bot does not see it; allow its role View Channels there".to_owned())
        }
        Err(error) => Finding::problem(about, unanswered(&error)),
    }
}

/// Text channels in a category, or in none.
async fn channels(api: &Api, seen: &Seen, (about, category): (&str, Option<&str>)) -> Finding {
    let Some(id) = category else {
        let held = Channel { name: "the server".to_owned(), ..Channel::default() };
        return judged(about.to_owned(), &held, seen.in_server(), &in_channels());
    };
    let about = format!("{about} in category {id}");
    let wanted = Wanted { about, key: "category", kinds: &[kind::CATEGORY], uses: in_channels() };
    channel(api, seen, id, wanted).await
}

/// Whether all is allowed that is done there; else what is missing, and for what.
fn judged(about: String, channel: &Channel, allowed: Permissions, uses: &[Use]) -> Finding {
    let mut missing: Vec<(Permissions, &str)> = Vec::new();
    for (purpose, needed) in uses {
        let lacks = *needed & !allowed;
        if lacks != Permissions::NONE && !missing.iter().any(|(known, _)| known.contains(lacks)) {
            missing.push((lacks, purpose));
        }
    }
    if missing.is_empty() {
        return Finding::ok(about, format!("is {}, and the bot may do there what it has to", channel.name));
    }
    let missing: Vec<String> =
        missing.iter().map(|(lacks, purpose)| format!("{} ({purpose})", lacks.names().join(", "))).collect();
    Finding::problem(about, format!("in {} the bot's role lacks {}; allow it there", channel.name, missing.join("; ")))
}

fn roles(seen: &Seen, subject: &Subject) -> Vec<Finding> {
    let named = |key: &'static str, id: &String| match seen.guild.roles.iter().find(|role| role.id == *id) {
        Some(role) => Finding::ok(format!("{key} {id}"), format!("is the role {}", role.name)),
        None => Finding::problem(format!("{key} {id}"), format!("the server has no such role; mend \"{key}\" (an id)")),
    };
    let mut found: Vec<Finding> = subject.announce_roles.iter().map(|role| named("announce_roles", role)).collect();
    if let Some(group) = &subject.group {
        found.push(named("invite_role", &group.role));
        let may = seen.in_server().contains(Permissions::MENTION_EVERYONE) || is_mentionable(seen, &group.role);
        if group.how == GroupHow::Called && !may {
            let says = format!(
                "nobody hears when the bot calls it: let everybody mention the role, or allow the bot's role {}",
                Permissions::MENTION_EVERYONE.names().join(", ")
            );
            found.push(Finding::problem(format!("invite_role {}", group.role), says));
        }
    }
    found.extend(subject.on_call_role.as_ref().map(|role| kept_role(seen, role)));
    found
}

/// The role that is given and taken, which must stand below one of the bot's own.
///
/// Source: <https://discord.com/developers/docs/topics/permissions#permission-hierarchy>.
fn kept_role(seen: &Seen, id: &str) -> Finding {
    let about = format!("on_call_role {id}");
    let Some(role) = seen.guild.roles.iter().find(|role| role.id == id) else {
        return Finding::problem(about, "the server has no such role; mend \"on_call_role\" (an id)".to_owned());
    };
    let own = seen.guild.roles.iter().filter(|held| seen.roles.contains(&held.id)).map(|held| held.position).max();
    let name = &role.name;
    let says = match () {
        () if role.managed => format!("{name} belongs to an app, and nobody else gives it; make another role"),
        () if !seen.in_server().contains(Permissions::MANAGE_ROLES) => {
            format!("the bot's role lacks {}, by which {name} is given", Permissions::MANAGE_ROLES.names().join(", "))
        }
        () if !seen.is_owner && own.is_none_or(|own| own <= role.position) => {
            format!(
                "{name} stands above the bot's role, which can give only what is below it; move it down in the server's settings"
            )
        }
        () => return Finding::ok(about, format!("is the role {name}, and the bot may give it")),
    };
    Finding::problem(about, says)
}

/// Whether everybody may call a role; of one that is not there nothing more is said.
fn is_mentionable(seen: &Seen, id: &str) -> bool {
    seen.guild.roles.iter().find(|role| role.id == *id).is_none_or(|role| role.mentionable)
}

fn named(kind: u8) -> &'static str {
    match kind {
        kind::TEXT => "a text channel",
        kind::CATEGORY => "a category",
        kind::ANNOUNCEMENT => "an announcement channel",
        kind::FORUM => "a forum",
        kind::PUBLIC_THREAD | kind::PRIVATE_THREAD | kind::ANNOUNCEMENT_THREAD => "a thread",
        _ => "a channel of another kind",
    }
}
