//! Which hosts may be called that people name: the servers of their own webhooks and push messages. Without a guard,
//! whoever may set a contact could make Firebell call what only its own network reaches.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Judges URLs that people give, and looks up names for the client that calls them. By default only public hosts pass,
/// over HTTPS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Guard {
    private: bool,
}

/// A name leads to no address that may be called.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to a private network, which the operator does not allow")
    }
}

impl std::error::Error for Refused {}

/// Where clouds tell a machine its secrets, apart from the link-local 169.254.169.254: Alibaba, Oracle, Azure.
const METADATA: [[u8; 4]; 3] = [[100, 100, 100, 200], [192, 0, 0, 192], [168, 63, 129, 16]];

impl Guard {
    /// Lets private networks and this machine pass too, and plain HTTP with them. What no service has an address in
    /// (link-local with the clouds' metadata, multicast, unspecified) stays shut.
    pub fn allowing_private_networks() -> Self {
        Self { private: true }
    }

    /// Whether a URL may be called. A host that is a name is judged again when it is looked up, since what it leads to
    /// changes.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead; the URL is not repeated.
    pub fn check(self, url: &Url) -> Result<(), String> {
        match url.scheme() {
            "https" => {}
            "http" if self.private => {}
            _ => return Err("the URL does not begin with https://; give one that does".to_owned()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL holds a user or a password before its host; leave them out".to_owned());
        }
        let Some(host) = url.host_str() else { return Err("the URL has no host; give a whole one".to_owned()) };
        // To parse the URL has turned decimal, octal and hexadecimal forms into addresses.
        let is_allowed = match host.trim_start_matches('[').trim_end_matches(']').parse() {
            Ok(address) => self.allows(address),
            Err(_) => self.private || !is_local_name(host),
        };
        if is_allowed { Ok(()) } else { Err("the URL's host is in a private network; give a public one".to_owned()) }
    }

    /// Whether an address may be called.
    pub fn allows(self, address: IpAddr) -> bool {
        let inner = embedded(address);
        if is_never(address) || is_never(inner) {
            return false;
        }
        self.private || (is_public(address) && is_public(inner))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|found| guard.allows(found.ip())).collect();
            if allowed.is_empty() {
                return Err(io::Error::other(Refused).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|end| name.ends_with(end))
}

/// The IPv4 address that an IPv6 address stands for or leads to, where it does: mapped, compatible, NAT64, 6to4,
/// Teredo.
fn embedded(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let segments = six.segments();
    let pair = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // Neither `::` nor `::1` stands for an IPv4 address.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => address,
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x64, 0xff9b, 1, _, _, _, high, low]
        | [0x2002, high, low, ..] => pair(high, low),
        // Teredo writes the client's address with all bits turned.
        [0x2001, 0, _, _, _, _, high, low] => pair(!high, !low),
        _ => address,
    }
}

/// What is never called, whatever the operator allows.
fn is_never(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let [a, ..] = four.octets();
            a == 0 || a >= 224 || four.is_link_local() || METADATA.contains(&four.octets())
        }
        IpAddr::V6(six) => {
            six.is_unspecified() || six.is_multicast() || six.is_unicast_link_local() || is_metadata(six)
        }
    }
}

/// As [`METADATA`]: Amazon and Google.
fn is_metadata(six: Ipv6Addr) -> bool {
    matches!(six.segments(), [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] | [0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254])
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

/// Source: the special-purpose registry of IANA, <https://www.iana.org/assignments/iana-ipv4-special-registry>.
fn is_public_v4(four: Ipv4Addr) -> bool {
    let [a, b, c, _] = four.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0);
    let is_relay = (a, b, c) == (192, 88, 99);
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(four.is_private()
        || four.is_loopback()
        || four.is_documentation()
        || is_shared
        || is_protocol
        || is_relay
        || is_benchmark)
}

/// Global unicast is `2000::/3` alone; what stands for an IPv4 address is judged by that one too.
fn is_public_v6(six: Ipv6Addr) -> bool {
    match six.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => true,
        // Documentation, benchmarks, and identifiers that lead nowhere.
        [0x2001, 0xdb8 | 2, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [0x2001, second, ..] if (0x10..0x30).contains(&second) => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests;
