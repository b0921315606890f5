//! HTTP clients: what all of Firebell's have in common, and the one of calls that it makes in its own affairs, to URLs that
//! are secrets.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

/// How long one call may take.
const CALL_TIME: Duration = Duration::from_secs(10);

/// A client that waits at most ten seconds.
///
/// # Errors
/// This machine's certificates cannot be used.
pub(crate) fn client() -> reqwest::Result<Client> {
    builder().timeout(CALL_TIME).build()
}

/// The beginning of every client: it says who calls, and follows no redirect, since nobody said that the next address may
/// know of it.
pub(crate) fn builder() -> ClientBuilder {
    // The client panics without a TLS provider; where one is installed already, that one stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(Policy::none()).user_agent(concat!("firebell/", env!("CARGO_PKG_VERSION")))
}
