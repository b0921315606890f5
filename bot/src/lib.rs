//! Firebell.
