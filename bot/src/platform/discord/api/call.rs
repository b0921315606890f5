//! The calls in use, closed: each with its route, whether it changes anything, and what the bot must be allowed for it.

use super::Permissions;

macro_rules! calls {
    ($($(#[$doc:meta])* $variant:ident = $method:ident $route:literal [$($permission:ident),*];)*) => {
        /// A call of the REST API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Call {
            $($(#[$doc])* $variant,)*
        }

        impl Call {
            /// Every call.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in logs and limits.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                }
            }

            /// Its HTTP method.
            pub fn method(self) -> reqwest::Method {
                match self {
                    $(Self::$variant => reqwest::Method::$method,)*
                }
            }

            /// Its path below the base, with `{}` for each id.
            pub fn route(self) -> &'static str {
                match self {
                    $(Self::$variant => $route,)*
                }
            }

            /// What the bot must be allowed where it is made.
            pub fn permissions(self) -> Permissions {
                match self {
                    $(Self::$variant => Permissions::of(&[$(Permissions::$permission),*]),)*
                }
            }
        }
    };
}

calls! {
    GatewayBot = GET "gateway/bot" [];
    Me = GET "users/@me" [];
    Application = GET "applications/@me" [];
    User = GET "users/{}" [];
    OpenDm = POST "users/@me/channels" [];
    Guild = GET "guilds/{}" [];
    Roles = GET "guilds/{}/roles" [];
    Channels = GET "guilds/{}/channels" [];
    Member = GET "guilds/{}/members/{}" [];
    /// Needs no privileged intent.
    SearchMembers = GET "guilds/{}/members/search" [];
    /// Needs the privileged intent for members.
    Members = GET "guilds/{}/members" [];
    /// Of a role that stands below the bot's own.
    AddRole = PUT "guilds/{}/members/{}/roles/{}" [MANAGE_ROLES];
    RemoveRole = DELETE "guilds/{}/members/{}/roles/{}" [MANAGE_ROLES];
    ActiveThreads = GET "guilds/{}/threads/active" [];
    CreateChannel = POST "guilds/{}/channels" [MANAGE_CHANNELS];
    Channel = GET "channels/{}" [VIEW_CHANNEL];
    ModifyChannel = PATCH "channels/{}" [VIEW_CHANNEL, MANAGE_CHANNELS];
    /// Threads: archived, locked, tagged.
    ModifyThread = PATCH "channels/{}" [VIEW_CHANNEL, MANAGE_THREADS];
    DeleteChannel = DELETE "channels/{}" [VIEW_CHANNEL, MANAGE_CHANNELS];
    SetOverwrite = PUT "channels/{}/permissions/{}" [VIEW_CHANNEL, MANAGE_ROLES];
    RemoveOverwrite = DELETE "channels/{}/permissions/{}" [VIEW_CHANNEL, MANAGE_ROLES];
    /// A post of a forum; it takes the permission to send messages there.
    StartPost = POST "channels/{}/threads" [VIEW_CHANNEL, SEND_MESSAGES];
    StartPrivateThread = POST "channels/{}/threads" [VIEW_CHANNEL, CREATE_PRIVATE_THREADS, SEND_MESSAGES_IN_THREADS];
    StartThreadFrom = POST "channels/{}/messages/{}/threads" [VIEW_CHANNEL, CREATE_PUBLIC_THREADS];
    PublicArchived = GET "channels/{}/threads/archived/public" [VIEW_CHANNEL, READ_MESSAGE_HISTORY];
    /// Those that the bot is in.
    PrivateArchived = GET "channels/{}/users/@me/threads/archived/private" [VIEW_CHANNEL, READ_MESSAGE_HISTORY];
    ThreadMembers = GET "channels/{}/thread-members" [VIEW_CHANNEL];
    AddThreadMember = PUT "channels/{}/thread-members/{}" [VIEW_CHANNEL, SEND_MESSAGES_IN_THREADS];
    RemoveThreadMember = DELETE "channels/{}/thread-members/{}" [VIEW_CHANNEL, MANAGE_THREADS];
    CreateMessage = POST "channels/{}/messages" [VIEW_CHANNEL, SEND_MESSAGES];
    EditMessage = PATCH "channels/{}/messages/{}" [VIEW_CHANNEL];
    DeleteMessage = DELETE "channels/{}/messages/{}" [VIEW_CHANNEL];
    Message = GET "channels/{}/messages/{}" [VIEW_CHANNEL, READ_MESSAGE_HISTORY];
    Messages = GET "channels/{}/messages" [VIEW_CHANNEL, READ_MESSAGE_HISTORY];
    Pins = GET "channels/{}/messages/pins" [VIEW_CHANNEL, READ_MESSAGE_HISTORY];
    Pin = PUT "channels/{}/messages/pins/{}" [VIEW_CHANNEL, READ_MESSAGE_HISTORY, PIN_MESSAGES];
    Unpin = DELETE "channels/{}/messages/pins/{}" [VIEW_CHANNEL, READ_MESSAGE_HISTORY, PIN_MESSAGES];
    React = PUT "channels/{}/messages/{}/reactions/{}/@me" [VIEW_CHANNEL, READ_MESSAGE_HISTORY, ADD_REACTIONS];
    Unreact = DELETE "channels/{}/messages/{}/reactions/{}/@me" [VIEW_CHANNEL];
    Reactors = GET "channels/{}/messages/{}/reactions/{}" [VIEW_CHANNEL, READ_MESSAGE_HISTORY];
    UploadFile = POST "channels/{}/messages" [VIEW_CHANNEL, SEND_MESSAGES, ATTACH_FILES];
    GlobalCommands = GET "applications/{}/commands" [];
    SetGlobalCommands = PUT "applications/{}/commands" [];
    GuildCommands = GET "applications/{}/guilds/{}/commands" [];
    SetGuildCommands = PUT "applications/{}/guilds/{}/commands" [];
    /// The first answer to an interaction, within 3 s.
    Respond = POST "interactions/{}/{}/callback" [];
    /// What the deferred answer turns into.
    EditResponse = PATCH "webhooks/{}/{}/messages/@original" [];
    DeleteResponse = DELETE "webhooks/{}/{}/messages/@original" [];
    FollowUp = POST "webhooks/{}/{}" [];
}

impl Call {
    /// Whether making it can change anything; without that an answer that was lost is no doubt.
    pub fn has_effect(self) -> bool {
        self.method() != reqwest::Method::GET
    }

    /// Whether it belongs to an interaction, whose token it carries in its path. It is not bound to the bot's limits
    /// (<https://discord.com/developers/docs/interactions/receiving-and-responding#endpoints>).
    pub fn is_of_interaction(self) -> bool {
        matches!(self, Self::Respond | Self::EditResponse | Self::DeleteResponse | Self::FollowUp)
    }

    /// What Discord limits it for beside its route: a channel, a server, or an interaction's token
    /// (<https://discord.com/developers/docs/topics/rate-limits>).
    pub(super) fn place<'a>(self, at: &[&'a str]) -> Option<&'a str> {
        let route = self.route();
        let nth = match () {
            () if route.starts_with("channels/{}") || route.starts_with("guilds/{}") => 0,
            () if self.is_of_interaction() => 1,
            () => return None,
        };
        at.get(nth).copied()
    }
}
