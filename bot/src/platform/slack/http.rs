//! Signed requests by HTTP.
