//! What an examination of a set-up found, the same for every platform.

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Ok,
    /// Firebell does not work, or a part of it does not, until somebody has mended it.
    Problem,
    /// Worth knowing.
    Note,
}

/// What an examination found of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    /// Of what, such as "bot token".
    pub about: String,
    /// How it stands, and where it is not well, what to do.
    pub says: String,
}

/// Somebody whom the configuration names and who is to be reached through a workspace.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub handle: String,
    pub account: Option<String>,
    pub email: Option<String>,
}

impl Finding {
    pub fn ok(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { level: Level::Ok, about: about.into(), says: says.into() }
    }

    pub fn problem(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { level: Level::Problem, about: about.into(), says: says.into() }
    }

    pub fn note(about: impl Into<String>, says: impl Into<String>) -> Self {
        Self { level: Level::Note, about: about.into(), says: says.into() }
    }
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Problem => "problem",
            Self::Note => "note",
        }
    }
}
