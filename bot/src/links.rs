//! The connections of this process to chat platforms, as far as its health and its numbers want to know.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

/// How the connection to a workspace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    Up,
    /// What is said there reaches nobody.
    Down {
        since: DateTime<Utc>,
    },
    /// It cannot be told here: the workspace posts to Firebell, or another replica listens to it.
    Elsewhere,
}

/// A workspace that is listened to. Its name is the configuration's.
#[derive(Clone)]
pub struct Link {
    pub platform: &'static str,
    pub workspace: String,
    look: Arc<dyn Fn() -> Linked + Send + Sync>,
}

impl Link {
    /// A link that is as `look` says whenever it is asked.
    pub fn new(
        platform: &'static str,
        workspace: impl Into<String>,
        look: impl Fn() -> Linked + Send + Sync + 'static,
    ) -> Self {
        Self { platform, workspace: workspace.into(), look: Arc::new(look) }
    }

    /// How it is now.
    pub fn now(&self) -> Linked {
        (self.look)()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({} {}: {:?})", self.platform, self.workspace, self.now())
    }
}
