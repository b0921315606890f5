//! Firebell: the binary and all I/O. The rules live in `firebell-core`.

pub mod replay;
pub mod seal;
pub mod store;
