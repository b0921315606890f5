//! How tests furnish the guild. Nobody is told, as if it had always been so, unless it says otherwise.

use super::perms::flags::VIEW_CHANNEL;
use super::{Fake, Kind, Member, Overwrite, State, Tag, User};

impl Fake {
    /// Adds a member; their id.
    pub(crate) fn add_user(&self, user: User) -> String {
        self.with(|state| state.add_member(user, &[]))
    }

    /// Adds a member, `ana`, shown as `Ana`; their id.
    pub(crate) fn add_person(&self, name: &str) -> String {
        self.add_user(User::named(name))
    }

    /// Adds somebody who has an account and is not in the guild; their id.
    pub(crate) fn add_stranger(&self, name: &str) -> String {
        self.with(|state| {
            let id = state.add_member(User::named(name), &[]);
            state.members.remove(&id);
            id
        })
    }

    /// Changes what is known of somebody.
    pub(crate) fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) {
        self.with(|state| change(state.users.get_mut(id).unwrap()));
    }

    /// Changes somebody's nickname or roles, and tells of it.
    pub(crate) fn change_member(&self, id: &str, change: impl FnOnce(&mut Member)) {
        self.with(|state| {
            change(state.members.get_mut(id).unwrap());
            let member = state.member(id);
            state.tell_guild("GUILD_MEMBER_UPDATE", member);
        });
    }

    /// Adds a role with permissions such as [`super::permissions::MENTION_EVERYONE`], 0 for none; its id.
    pub(crate) fn add_role(&self, name: &str, permissions: u64, mentionable: bool) -> String {
        self.with(|state| {
            let id = state.add_role(name, permissions, None);
            state.roles.get_mut(&id).unwrap().mentionable = mentionable;
            id
        })
    }

    /// From now on the bot has just these permissions, and what everybody has.
    pub(crate) fn grant_bot(&self, permissions: u64) {
        self.with(|state| {
            let role = state.bot_role.clone();
            state.roles.get_mut(&role).unwrap().permissions = permissions;
        });
    }

    /// From now on nobody has these permissions by default.
    pub(crate) fn deny_everybody(&self, permissions: u64) {
        self.with(|state| {
            let everyone = state.guild.clone();
            state.roles.get_mut(&everyone).unwrap().permissions &= !permissions;
        });
    }

    /// Adds a text channel; its id.
    pub(crate) fn add_channel(&self, name: &str) -> String {
        self.with(|state| state.make_channel(name, Kind::Text))
    }

    /// Adds a channel of any kind, in a category where one is given; its id.
    pub(crate) fn add_channel_of(&self, name: &str, kind: Kind, parent: Option<&str>) -> String {
        self.with(|state| {
            let id = state.make_channel(name, kind);
            state.channels.get_mut(&id).unwrap().parent = parent.map(str::to_owned);
            id
        })
    }

    /// Adds a forum with tags of these names; its id.
    pub(crate) fn add_forum(&self, name: &str, tags: &[&str]) -> String {
        self.with(|state| {
            let id = state.make_channel(name, Kind::Forum);
            let tags = tags.iter().map(|&name| tag(state, name)).collect();
            state.channels.get_mut(&id).unwrap().tags = tags;
            id
        })
    }

    /// Adds a text channel that only these people see, and the bot where it is among them; its id.
    pub(crate) fn add_private_channel(&self, name: &str, members: &[&str]) -> String {
        self.with(|state| {
            let id = state.make_channel(name, Kind::Text);
            let of = |id: &str, of_member, allow, deny| Overwrite { id: id.to_owned(), of_member, allow, deny };
            let mut overwrites = vec![of(&state.guild, false, 0, VIEW_CHANNEL)];
            overwrites.extend(members.iter().map(|member| of(member, true, VIEW_CHANNEL, 0)));
            state.channels.get_mut(&id).unwrap().overwrites = overwrites;
            id
        })
    }

    /// Sets what a role or member may do in a channel, and tells of it, or that the channel is gone where the bot does
    /// not see it any more.
    pub(crate) fn overwrite(&self, channel: &str, overwrite: Overwrite) {
        self.with(|state| {
            let before = state.sees(channel, &state.bot);
            let shown = state.channel(&state.channels[channel]);
            let place = state.channels.get_mut(channel).unwrap();
            place.overwrites.retain(|known| known.id != overwrite.id);
            place.overwrites.push(overwrite);
            if before && !state.sees(channel, &state.bot) {
                state.tell_guild("CHANNEL_DELETE", shown);
            } else {
                state.tell_channel("CHANNEL_UPDATE", channel);
            }
        });
    }

    /// Which privileged intents are on for the application; members and content are unless told otherwise.
    pub(crate) fn privileged(&self, members: bool, content: bool) {
        self.with(|state| (state.members_intent, state.content_intent) = (members, content));
    }
}

fn tag(state: &mut State, name: &str) -> Tag {
    Tag { id: state.id(), name: name.to_owned(), moderated: false, emoji_name: None }
}
