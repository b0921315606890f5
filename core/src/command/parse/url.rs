//! What may be kept as a link.

/// Longest address, in characters.
const URL_MAX: usize = 2_000;

/// The address in `word`, which may stand between `<` and `>`.
///
/// Plain on purpose: an address is kept as it was typed, so the check only refuses what a person, a browser and the
/// platforms might read differently.
pub(super) fn checked(word: &str) -> Result<&str, &'static str> {
    let url = word.strip_prefix('<').and_then(|url| url.strip_suffix('>')).unwrap_or(word);
    if url.chars().nth(URL_MAX).is_some() {
        return Err("the address is longer than 2000 characters");
    }
    if url.chars().any(is_unsafe) {
        return Err("the address holds a blank or a character that no address has");
    }
    let rest = after_scheme(url).ok_or("a link begins with http:// or https://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("the address holds a user name, which may hide where it leads");
    }
    if has_host(authority) { Ok(url) } else { Err("the address names no host") }
}

fn after_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    is_web.then_some(rest)
}

fn has_host(authority: &str) -> bool {
    // Only behind the bracket of an IPv6 address does a colon begin the port.
    let (host, port) = match authority.strip_prefix('[') {
        Some(address) => address.split_once(']').unwrap_or_default(),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(if port.is_empty() { "0" } else { "none" });
    !host.is_empty() && port.parse::<u16>().is_ok()
}

fn is_unsafe(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\\' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
