//! The HTTP client of calls that Firebell makes in its own affairs, to URLs that are secrets.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

/// How long one call may take.
const CALL_TIME: Duration = Duration::from_secs(10);

/// A client that follows no redirect, since nobody said that the next address may know of it, and waits at most ten
/// seconds.
///
/// # Errors
/// This machine's certificates cannot be used.
pub(crate) fn client() -> reqwest::Result<Client> {
    // The client panics without a TLS provider; where one is installed already, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(CALL_TIME)
        .redirect(Policy::none())
        .user_agent(concat!("firebell/", env!("CARGO_PKG_VERSION")))
        .build()
}
