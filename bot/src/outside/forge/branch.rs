//! How the branch of a publication goes on.

/// From where a branch goes on.
pub(super) struct Start {
    pub(super) commit: String,
    pub(super) how: How,
}

/// What becomes of the branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// It is not there yet.
    Make,
    /// It gets one commit more.
    Advance,
    /// What it holds is in the base: it begins anew.
    Restart,
}
