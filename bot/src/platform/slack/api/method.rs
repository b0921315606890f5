//! The methods in use, closed: each with how it is called and what the app must be allowed for it.

/// How a method takes its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As a JSON object.
    Json,
    /// As a form: most methods that only read do not take JSON (<https://docs.slack.dev/apis/web-api>).
    Form,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $style:ident [$($scope:literal),*];)*) => {
        /// A method of the Web API. The tiers are those of <https://docs.slack.dev/apis/web-api/rate-limits>: about 1,
        /// 20, 50 and 100 calls a minute.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Method {
            $($(#[$doc])* $variant,)*
        }

        impl Method {
            /// Every method.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Slack's name of it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// How it takes its arguments.
            pub fn style(self) -> Style {
                match self {
                    $(Self::$variant => Style::$style,)*
                }
            }

            /// What the bot's token must be allowed, for public and for private channels.
            pub fn scopes(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($scope),*],)*
                }
            }
        }
    };
}

methods! {
    /// Some hundreds a minute.
    AuthTest = "auth.test" Json [];
    /// Tier 1. By the app's own token, which needs `connections:write`.
    ConnectionsOpen = "apps.connections.open" Form [];
    /// Tier 2.
    ConversationsCreate = "conversations.create" Json ["channels:manage", "groups:write"];
    /// Tier 3.
    ConversationsInfo = "conversations.info" Form ["channels:read", "groups:read"];
    /// Tier 2.
    ConversationsList = "conversations.list" Form ["channels:read", "groups:read"];
    /// Tier 3.
    ConversationsJoin = "conversations.join" Json ["channels:join"];
    /// Tier 3.
    ConversationsInvite = "conversations.invite" Json ["channels:manage", "groups:write"];
    /// Tier 2.
    ConversationsArchive = "conversations.archive" Json ["channels:manage", "groups:write"];
    /// Tier 2.
    ConversationsSetTopic = "conversations.setTopic" Json ["channels:manage", "groups:write"];
    /// Tier 2.
    ConversationsSetPurpose = "conversations.setPurpose" Json ["channels:manage", "groups:write"];
    /// Tier 3.
    ConversationsOpen = "conversations.open" Json ["im:write"];
    /// Tier 3.
    ConversationsHistory = "conversations.history" Form ["channels:history", "groups:history", "im:history"];
    /// Tier 3.
    ConversationsReplies = "conversations.replies" Form ["channels:history", "groups:history", "im:history"];
    /// About one a second in each channel, and some hundreds a minute in all.
    ChatPostMessage = "chat.postMessage" Json ["chat:write"];
    /// Tier 3.
    ChatUpdate = "chat.update" Json ["chat:write"];
    /// Tier 3.
    ChatDelete = "chat.delete" Json ["chat:write"];
    /// Tier 4.
    ChatPostEphemeral = "chat.postEphemeral" Json ["chat:write"];
    /// Some hundreds a minute.
    ChatGetPermalink = "chat.getPermalink" Form [];
    /// Tier 2.
    PinsAdd = "pins.add" Json ["pins:write"];
    /// Tier 2.
    PinsList = "pins.list" Form ["pins:read"];
    /// Tier 3.
    BookmarksList = "bookmarks.list" Form ["bookmarks:read"];
    /// Tier 2.
    BookmarksAdd = "bookmarks.add" Json ["bookmarks:write"];
    /// Tier 2.
    BookmarksEdit = "bookmarks.edit" Json ["bookmarks:write"];
    /// Tier 3.
    BotsInfo = "bots.info" Form ["users:read"];
    /// Tier 4.
    UsersInfo = "users.info" Form ["users:read", "users:read.email"];
    /// Tier 3.
    UsersLookupByEmail = "users.lookupByEmail" Form ["users:read.email"];
    /// Tier 2.
    UsergroupsList = "usergroups.list" Form ["usergroups:read"];
    /// Tier 2.
    UsergroupsUsersList = "usergroups.users.list" Form ["usergroups:read"];
    /// Tier 2.
    UsergroupsUsersUpdate = "usergroups.users.update" Json ["usergroups:write"];
    /// Tier 4.
    ViewsOpen = "views.open" Json [];
    /// Tier 4.
    ViewsUpdate = "views.update" Json [];
    /// Tier 4.
    ViewsPublish = "views.publish" Json [];
    /// Tier 4.
    FilesInfo = "files.info" Form ["files:read"];
    /// Tier 3.
    FilesList = "files.list" Form ["files:read"];
    /// Tier 3.
    FilesDelete = "files.delete" Json ["files:write"];
    /// Tier 4.
    FilesGetUploadUrlExternal = "files.getUploadURLExternal" Form ["files:write"];
    /// Tier 4.
    FilesCompleteUploadExternal = "files.completeUploadExternal" Json ["files:write"];
}

impl Method {
    /// Whether Slack limits it in each channel; all others are limited in the workspace as a whole.
    pub fn is_limited_per_channel(self) -> bool {
        self == Self::ChatPostMessage
    }
}
