//! Which addresses a link of a document may have.

use std::fmt::Write as _;
use std::net::Ipv6Addr;

/// The address as it may stand in a link: http, https, mailto, or `#` and an id. `None` for anything else, so that
/// nobody runs, opens or loads something by following a link.
pub(super) fn followed(address: &str) -> Option<String> {
    if let Some(id) = address.strip_prefix('#') {
        return (!id.is_empty() && id.chars().all(fits) && !id.contains(' ')).then(|| address.to_owned());
    }
    let (scheme, rest) = address.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let sound = match scheme.as_str() {
        "http" | "https" => rest.strip_prefix("//").is_some_and(has_host),
        "mailto" => !rest.is_empty(),
        _ => false,
    };
    (sound && rest.chars().all(fits)).then(|| quoted(&scheme, rest))
}

/// Whether an address asks for something else than what a page shows: it has a scheme, as browsers read one, and that
/// is neither http, https nor mailto.
pub(super) fn is_foreign(address: &str) -> bool {
    // Browsers pass over blanks before an address, and over line ends and tabs within.
    let heard: String = address.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace()).collect();
    let Some((scheme, _)) = heard.split_once(':') else { return false };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
    scheme.chars().all(is_name) && !["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Whether the letter may stand in an address. Browsers take a backslash for a slash, which others do not.
fn fits(letter: char) -> bool {
    let turns =
        matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    letter == ' ' || !(letter.is_control() || letter.is_whitespace() || letter == '\\' || turns)
}

fn has_host(rest: &str) -> bool {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let (host, port) = match place.rfind(':') {
        Some(at) if !place.ends_with(']') => place.split_at_checked(at).unwrap_or((place, "")),
        _ => (place, ""),
    };
    let port = port.strip_prefix(':').unwrap_or_default();
    let sound_port = port.is_empty() || port.parse::<u16>().is_ok();
    let sound_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(numbers) => numbers.parse::<Ipv6Addr>().is_ok(),
        None => {
            let letter = |letter: char| {
                letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_') || !letter.is_ascii()
            };
            !host.trim_matches('.').is_empty() && host.chars().all(letter)
        }
    };
    sound_port && sound_host && !authority.contains([' ', '"', '<', '>', '`', '{', '}', '|', '^'])
}

/// The address with what must not stand in one written as numbers.
fn quoted(scheme: &str, rest: &str) -> String {
    let mut out = String::with_capacity(scheme.len() + rest.len() + 8);
    out.push_str(scheme);
    out.push(':');
    for (at, letter) in rest.char_indices() {
        let is_number = || rest.as_bytes().get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        if matches!(letter, ' ' | '"' | '<' | '>' | '`' | '{' | '}' | '|' | '^') || (letter == '%' && !is_number()) {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{:02X}", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_mail_and_places_in_the_document_are_followed() {
        for (address, expected) in [
            ("https://a.example/x_y?a=1&b=[2]#c", "https://a.example/x_y?a=1&b=[2]#c"),
            ("HTTP://a.example", "http://a.example"),
            ("https://a.example/a b\"<>`{|}^%zz%20", "https://a.example/a%20b%22%3C%3E%60%7B%7C%7D%5E%25zz%20"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
            ("http://u@a.example:80", "http://u@a.example:80"),
            ("https://münchen.example/ä", "https://münchen.example/ä"),
            ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=x"),
            ("#root-cause", "#root-cause"),
        ] {
            assert_eq!(followed(address).as_deref(), Some(expected), "for {address:?}");
            assert_eq!(followed(expected).as_deref(), Some(expected), "again, for {address:?}");
        }
    }

    #[test]
    fn nothing_else_is() {
        for address in [
            "",
            "#",
            "#a b",
            "/x",
            "x",
            "x/y:z",
            "//a.example",
            "?q",
            "http:",
            "http:a",
            "http:/a",
            "http://",
            "http:///a",
            "https://.",
            "http://a b/",
            "http://a:port/",
            "http://a:99999/",
            "http://[::1",
            "http://[x]/",
            "http://a\\@b/",
            "http://a<b/",
            "mailto:",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:x",
            "javascript\u{0}:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:x",
            "ftp://a.example",
            "tel:1",
            "about:blank",
            "view-source:http://a",
            "\u{feff}javascript:x",
            "http\u{200b}://a.example",
            "http://a.example/\u{202e}x",
            "http://a.example/\t",
            " http://a.example",
            "httpſ://a.example",
            "mailto:a\u{7f}",
        ] {
            assert_eq!(followed(address), None, "for {address:?}");
        }
    }

    #[test]
    fn a_foreign_scheme_is_known_as_browsers_know_it() {
        for address in ["javascript:x", " JAVA\nSCRIPT:x", "\u{1}data:x", "file:x", "tel:1", "x-y.z+1:a", ":x"] {
            assert!(is_foreign(address), "{address:?}");
        }
        for address in ["https://a", "HTTP:x", "mailto:a@b", "#a:b", "docs/a.md", "a/b:c", "?a:b", "", "x"] {
            assert!(!is_foreign(address), "{address:?}");
        }
    }
}
