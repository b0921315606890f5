//! Hosts of URLs that a platform names.

use std::net::IpAddr;

/// Whether a URL's host is this very machine.
pub(in crate::platform) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
