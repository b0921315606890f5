//! Firebell core.
