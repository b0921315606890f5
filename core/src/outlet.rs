//! Outlets: the outside things through which effects and cards are delivered. A process has some of them, and what goes
//! through another waits for a process that has it.

use std::fmt;

use crate::directory::ContactMethod;
use crate::ids::WorkspaceId;
use crate::incident::Room;

/// Through what something is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outlet {
    /// The rooms of one workspace, with what is shown in them and who is brought into them.
    Workspace(WorkspaceId),
    /// The trackers that are configured.
    Trackers,
    /// The targets that are configured for postmortems.
    Targets,
    /// A way to reach people, whatever workspace they talk in.
    Method(ContactMethod),
}

impl Outlet {
    /// Through what everything that concerns a room goes, its card too.
    pub fn of_room(room: &Room) -> Self {
        Self::Workspace(room.workspace)
    }

    /// Through what a person is told by this method.
    pub fn of_contact(method: ContactMethod) -> Self {
        Self::Method(method)
    }
}

impl fmt::Display for Outlet {
    /// The text that stands in tables: the workspace's id, the method's word, or that of trackers or targets. No word is an id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace(workspace) => workspace.fmt(f),
            Self::Trackers => f.write_str("trackers"),
            Self::Targets => f.write_str("targets"),
            Self::Method(method) => f.write_str(method.word()),
        }
    }
}
