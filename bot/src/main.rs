//! Firebell.
fn main() {}
