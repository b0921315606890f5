//! What a person typed, made safe to repeat in an error.

const MAX_CHARS: usize = 40;

/// At most 40 characters of `text`, the last one an ellipsis if there was more.
pub(super) fn echo(text: &str) -> String {
    let mut shown: Vec<char> = text.chars().take(MAX_CHARS + 1).map(visible).collect();
    if shown.len() > MAX_CHARS {
        shown.truncate(MAX_CHARS - 1);
        shown.push('…');
    }
    shown.into_iter().collect()
}

/// Control characters become their Unicode pictures; what has no picture but is invisible or turns
/// the direction of the text around becomes the replacement character.
fn visible(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '␡',
        '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        _ if c.is_control() => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::echo;

    #[test]
    fn text_is_clipped_and_control_characters_are_shown() {
        for (text, expected) in [
            ("soon", "soon".to_owned()),
            ("", String::new()),
            ("a\0b\n\t\x1b", "a␀b␊␉␛".to_owned()),
            ("\x7f\u{85}", "␡\u{fffd}".to_owned()),
            ("\u{202e}txt\u{200b}", "\u{fffd}txt\u{fffd}".to_owned()),
            ("🔥 später", "🔥 später".to_owned()),
            (&"x".repeat(40), "x".repeat(40)),
            (&"x".repeat(41), format!("{}…", "x".repeat(39))),
        ] {
            assert_eq!(echo(text), expected, "for {text:?}");
        }
    }
}
