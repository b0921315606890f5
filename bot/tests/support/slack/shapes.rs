//! How Slack shows what it holds. The fields are those that Slack's Java SDK recorded of the real thing.

use serde_json::{Map, Value, json};

use super::state::{Bookmark, Channel, File, Group, Kind, Message, Note, State, User, View};

impl State {
    pub(super) fn show_channel(&self, channel: &Channel) -> Value {
        if channel.kind == Kind::Dm {
            let other = channel.members.iter().find(|&member| *member != self.bot_user);
            return json!({
                "id": channel.id, "created": channel.created, "is_archived": false, "is_im": true,
                "is_org_shared": false, "context_team_id": self.team, "updated": channel.created * 1000,
                "user": other, "is_user_deleted": false, "priority": 0, "is_open": true,
            });
        }
        let private = channel.kind != Kind::Public;
        json!({
            "id": channel.id, "name": channel.name, "is_channel": !private, "is_group": private,
            "is_im": false, "is_mpim": channel.kind == Kind::Mpim, "is_private": private,
            "created": channel.created, "is_archived": channel.archived, "is_general": channel.general,
            "unlinked": 0, "name_normalized": channel.name, "is_shared": false, "is_org_shared": false,
            "is_pending_ext_shared": false, "pending_shared": [], "context_team_id": self.team,
            "updated": channel.created * 1000, "parent_conversation": null, "creator": channel.creator,
            "is_ext_shared": false, "shared_team_ids": [self.team], "pending_connected_team_ids": [],
            "is_member": channel.has(&self.bot_user), "topic": show_note(&channel.topic),
            "purpose": show_note(&channel.purpose), "previous_names": channel.previous_names,
            "last_read": "0000000000.000000", "num_members": channel.members.len(),
        })
    }

    /// `with_email` where the app may read e-mail addresses.
    pub(super) fn show_user(&self, user: &User, with_email: bool) -> Value {
        let mut profile = json!({
            "title": "", "phone": "", "skype": "", "real_name": user.real_name,
            "real_name_normalized": user.real_name, "display_name": user.name,
            "display_name_normalized": user.name, "status_text": "", "status_emoji": "",
            "status_emoji_display_info": [], "status_expiration": 0, "avatar_hash": "g0", "fields": null,
            "image_24": format!("{}/avatar.png", self.base), "team": self.team_of(&user.id),
        });
        if with_email && let Some(email) = &user.email {
            profile["email"] = json!(email);
        }
        if user.is_bot {
            profile["bot_id"] = json!(self.bot);
            profile["api_app_id"] = json!(self.app);
        }
        let mut shown = json!({
            "id": user.id, "team_id": self.team_of(&user.id), "name": user.name, "deleted": user.deleted,
            "profile": profile, "is_bot": user.is_bot, "is_app_user": false, "updated": 1_764_000_000,
            "who_can_share_contact_card": "EVERYONE",
        });
        if user.stranger_of.is_some() {
            shown["is_stranger"] = json!(true);
        }
        if !user.deleted {
            let more = json!({
                "color": "9f69e7", "real_name": user.real_name, "tz": user.tz, "tz_label": user.tz,
                "tz_offset": 3600, "is_admin": false, "is_owner": false, "is_primary_owner": false,
                "is_restricted": user.is_restricted || user.is_ultra_restricted,
                "is_ultra_restricted": user.is_ultra_restricted, "is_email_confirmed": true,
            });
            merge(&mut shown, more);
        }
        shown
    }

    pub(super) fn show_group(&self, group: &Group, with_users: bool) -> Value {
        let mut shown = json!({
            "id": group.id, "team_id": self.team, "is_usergroup": true, "is_subteam": true, "name": group.name,
            "description": "", "handle": group.handle, "is_external": false, "date_create": 1_764_000_000,
            "date_update": group.updated, "date_delete": i64::from(group.disabled) * group.updated,
            "auto_type": null, "auto_provision": false, "enterprise_subteam_id": "", "created_by": "USLACKBOT",
            "updated_by": group.updated_by, "deleted_by": null, "prefs": {"channels": [], "groups": []},
            "user_count": group.users.len(), "channel_count": 0,
        });
        if with_users {
            shown["users"] = json!(group.users);
        }
        shown
    }

    /// A message as histories and events have it; `metadata` where it was asked for.
    pub(super) fn show_message(&self, channel: &Channel, message: &Message, metadata: bool) -> Value {
        let mut shown = Map::new();
        let mut put = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
        put("type", json!("message"));
        if let Some(subtype) = &message.subtype {
            put("subtype", json!(subtype));
        }
        put("user", json!(message.user));
        put("text", json!(message.text));
        put("ts", json!(message.ts));
        if message.by_bot {
            put("bot_id", json!(self.bot));
            put("app_id", json!(self.app));
            put("team", json!(self.team));
            put("bot_profile", self.bot_profile());
        } else if self.users.get(&message.user).is_some_and(|user| user.is_bot) {
            put("bot_id", json!(format!("B{}", &message.user[1..])));
        } else if message.subtype.is_none() {
            put(
                "client_msg_id",
                json!(format!("00000000-0000-4000-8000-{:0>12}", message.ts.replace('.', "")[6..].to_owned())),
            );
            put("team", json!(self.team_of(&message.user)));
        }
        if !message.blocks.is_empty() {
            put("blocks", json!(message.blocks));
        }
        if !message.attachments.is_empty() {
            put("attachments", json!(message.attachments));
        }
        if metadata && let Some(metadata) = &message.metadata {
            put("metadata", metadata.clone());
        }
        if let Some((user, ts)) = &message.edited {
            put("edited", json!({"user": user, "ts": ts}));
        }
        if !message.files.is_empty() {
            let files: Vec<Value> = message.files.iter().map(|id| self.show_held(id)).collect();
            put("files", json!(files));
            put("upload", json!(false));
        }
        if channel.pins.iter().any(|pin| pin.ts == message.ts) {
            put("pinned_to", json!([channel.id]));
        }
        let reaction =
            |(name, users): &(String, Vec<String>)| json!({"name": name, "users": users, "count": users.len()});
        if !message.reactions.is_empty() {
            put("reactions", json!(message.reactions.iter().map(reaction).collect::<Vec<_>>()));
        }
        for (name, value) in &message.extra {
            put(name, value.clone());
        }
        let mut shown = Value::Object(shown);
        merge(&mut shown, thread_of(channel, message));
        shown
    }

    fn bot_profile(&self) -> Value {
        json!({
            "id": self.bot, "app_id": self.app, "user_id": self.bot_user, "name": "Firebell", "deleted": false,
            "icons": {}, "updated": 1_764_000_000, "team_id": self.team,
        })
    }

    /// A file that a message shows, which may be gone.
    fn show_held(&self, id: &str) -> Value {
        self.files.get(id).map_or_else(|| json!({"id": id, "mode": "tombstone"}), |file| self.show_file(file))
    }

    pub(super) fn show_file(&self, file: &File) -> Value {
        let kind = file.name.rsplit_once('.').map_or("text", |(_, end)| end);
        let url = format!("{}/files-pri/{}-{}", self.base, self.team, file.id);
        let mut shares = Map::new();
        for (channel, ts) in &file.shares {
            shares.insert(channel.clone(), json!([{"ts": ts, "team_id": self.team}]));
        }
        let channels: Vec<&String> = file.shares.iter().map(|(channel, _)| channel).collect();
        json!({
            "id": file.id, "created": file.created, "timestamp": file.created, "name": file.name,
            "title": file.title, "mimetype": mime(kind), "filetype": kind, "pretty_type": kind,
            "user": file.user, "user_team": self.team, "editable": false,
            "size": file.bytes.as_ref().map_or(0, Vec::len), "mode": "hosted", "is_external": false,
            "external_type": "", "is_public": true, "public_url_shared": false, "display_as_bot": false,
            "username": "", "url_private": format!("{url}/{}", file.name),
            "url_private_download": format!("{url}/download/{}", file.name), "media_display_type": "unknown",
            "permalink": format!("https://{}.slack.com/files/{}/{}/{}", self.domain, file.user, file.id, file.name),
            "shares": {"public": shares}, "channels": channels, "groups": [], "ims": [], "comments_count": 0,
            "has_rich_preview": false, "file_access": "visible",
        })
    }

    pub(super) fn show_bookmark(&self, channel: &str, bookmark: &Bookmark) -> Value {
        json!({
            "id": bookmark.id, "channel_id": channel, "title": bookmark.title, "link": bookmark.link,
            "emoji": bookmark.emoji, "icon_url": null, "type": "link", "entity_id": null,
            "date_created": bookmark.created, "date_updated": bookmark.updated, "rank": "i",
            "last_updated_by_user_id": self.bot_user, "last_updated_by_team_id": self.team,
            "shortcut_id": null, "app_id": null, "app_action_id": null,
        })
    }

    /// A view with what was typed into it, in the shape of `state.values`.
    pub(super) fn show_view(&self, view: &View, values: &Value) -> Value {
        let mut shown = json!({
            "id": view.id, "team_id": self.team, "private_metadata": "", "callback_id": "",
            "state": {"values": values}, "hash": view.hash, "clear_on_close": false, "notify_on_close": false,
            "close": null, "submit": null, "title": {"type": "plain_text", "text": "View Title", "emoji": true},
            "previous_view_id": view.previous, "root_view_id": view.root, "app_id": self.app, "external_id": "",
            "app_installed_team_id": self.team, "bot_id": self.bot,
        });
        merge(&mut shown, view.body.clone());
        shown
    }
}

/// Adds the fields of the second object to the first.
pub(super) fn merge(into: &mut Value, more: Value) {
    let (Value::Object(into), Value::Object(more)) = (into, more) else { return };
    into.extend(more);
}

fn show_note(note: &Note) -> Value {
    json!({"value": note.value, "creator": note.creator, "last_set": note.last_set})
}

fn thread_of(channel: &Channel, message: &Message) -> Value {
    if let Some(parent) = &message.thread_ts {
        let by = channel.message(parent).map(|parent| parent.user.clone());
        return json!({"thread_ts": parent, "parent_user_id": by});
    }
    let replies = channel.replies(&message.ts);
    let Some(last) = replies.last() else { return json!({}) };
    let mut users: Vec<&String> = replies.iter().map(|reply| &reply.user).collect();
    users.dedup();
    json!({
        "thread_ts": message.ts, "reply_count": replies.len(), "reply_users": users, "latest_reply": last.ts,
        "reply_users_count": users.len(), "is_locked": false, "subscribed": false,
    })
}

fn mime(kind: &str) -> &'static str {
    match kind {
        "png" => "image/png",
        "md" => "text/markdown",
        "json" => "application/json",
        "txt" | "log" | "text" => "text/plain",
        _ => "application/octet-stream",
    }
}
