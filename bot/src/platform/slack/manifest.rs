//! The app's manifest.
