//! How wide a text will be. Whoever shows the picture may take another font, so this is rather too wide than too narrow.

use std::borrow::Cow;

use super::words::is_mark;

/// What other sans fonts may need beyond `DejaVu Sans`.
const MARGIN: f32 = 1.02;

/// The width of what takes two cells of a terminal, in thousandths of the size.
const WIDE: u32 = 1_250;

/// Advance widths of `DejaVu Sans` from the blank to the tilde, in thousandths of the size.
const PLAIN: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
];

/// The same of its bold cut.
const BOLD: [u16; 95] = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995,
    837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716,
    678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712,
    365, 712, 838,
];

/// The width of a line of text, in the unit of its size.
pub(super) fn width(text: &str, size: f32, bold: bool) -> f32 {
    let sum: u32 = text.chars().map(|letter| advance(letter, bold)).sum();
    // Sixteen bits hold 65 em, which is more than any picture is wide.
    f32::from(u16::try_from(sum).unwrap_or(u16::MAX)) / 1_000.0 * size * MARGIN
}

/// In thousandths of the size, for whichever cut is wider where the letter is not of ASCII.
fn advance(letter: char, bold: bool) -> u32 {
    let code = u32::from(letter);
    let table = if bold { &BOLD } else { &PLAIN };
    let listed = usize::try_from(code).ok().and_then(|code| table.get(code.checked_sub(32)?));
    if let Some(width) = listed {
        return u32::from(*width);
    }
    match letter {
        _ if is_mark(letter) => 0,
        'Æ' | 'Œ' | 'Ŵ' | 'Ж' | 'Ш' | 'Щ' | 'Ы' | 'Ю' | 'Љ' | 'Њ' => 1_330,
        'æ' | 'œ' | 'ж' | 'ш' | 'щ' | 'ы' | 'ю' | 'љ' | 'њ' | 'м' | 'ф' | 'д' => 1_110,
        'Д' | 'М' | 'Ф' | 'Ц' | 'Μ' | 'Ħ' | 'ħ' | 'π' | 'φ' | 'ψ' | 'ω' => 1_000,
        '\u{a0}'..='\u{52f}' if letter.is_lowercase() => 780,
        '\u{a0}'..='\u{52f}' if letter.is_alphabetic() => 880,
        '\u{590}'..='\u{5ff}' => 760,
        '\u{600}'..='\u{6ff}' => 900,
        '‰' | '‱' => 1_900,
        '⸺' | '⸻' => 3_000,
        // Whole sentences as one sign, and the long signs of cuneiform.
        '\u{fdfa}'..='\u{fdfd}' => 12_000,
        '\u{12000}'..='\u{1254f}' => 6_000,
        _ if is_wide(letter) => WIDE,
        _ => 1_050,
    }
}

/// How many cells of a terminal the text takes.
pub(super) fn columns(text: &str) -> usize {
    let one = |letter| match advance(letter, false) {
        0 => 0,
        WIDE => 2,
        _ => 1,
    };
    text.chars().map(one).sum()
}

/// What East Asia writes, and pictures.
fn is_wide(letter: char) -> bool {
    matches!(letter,
        '\u{1100}'..='\u{115f}' | '\u{2600}'..='\u{27bf}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f000}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// The text, or as much of it as fits with an ellipsis; only the ellipsis where not even one letter does.
pub(super) fn fit(text: &str, size: f32, bold: bool, room: f32) -> Cow<'_, str> {
    if width(text, size, bold) <= room {
        return Cow::Borrowed(text);
    }
    let (head, _) = split(text, size, bold, room - width("…", size, bold));
    Cow::Owned(format!("{}…", head.trim_end_matches(|letter: char| letter == ' ' || is_mark(letter))))
}

/// The longest head of a text that fits, never cut before a mark or behind a joiner, and the rest.
fn split(text: &str, size: f32, bold: bool, room: f32) -> (&str, &str) {
    let mut end = 0;
    let mut wide = 0;
    let mut joined = false;
    for (at, letter) in text.char_indices() {
        if !is_mark(letter) && !joined {
            end = at;
        }
        wide += advance(letter, bold);
        if f32::from(u16::try_from(wide).unwrap_or(u16::MAX)) / 1_000.0 * size * MARGIN > room {
            return text.split_at(end);
        }
        joined = letter == '\u{200d}';
    }
    (text, "")
}

/// The text in at most `lines` lines that fit, the last with an ellipsis where there is more; a word that is longer than
/// a line is broken.
pub(super) fn wrap(text: &str, size: f32, bold: bool, room: f32, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size, bold) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            out.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        while width(rest, size, bold) > room && out.len() <= lines {
            let (head, tail) = split(rest, size, bold, room);
            if head.is_empty() {
                // One sign may be wider than the line.
                out.push("…".to_owned());
                rest = rest.char_indices().nth(1).map_or("", |(at, _)| &rest[at..]);
                continue;
            }
            out.push(head.to_owned());
            rest = tail;
        }
        rest.clone_into(&mut line);
    }
    if !line.is_empty() {
        out.push(line);
    }
    if out.len() > lines {
        out.truncate(lines);
        if let Some(last) = out.last_mut() {
            last.push('…');
            *last = fit(last, size, bold, room).into_owned();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_count_double_and_marks_nothing() {
        assert!(width("漢字", 10.0, false) >= 2.0 * width("ab", 10.0, false) * 0.98);
        assert!((width("e\u{301}", 10.0, false) - width("e", 10.0, false)).abs() < 0.001);
        assert!(width("WWW", 10.0, true) > width("WWW", 10.0, false));
        assert!((width("Ab", 10.0, false) - 13.19 * MARGIN).abs() < 0.01);
    }

    #[test]
    fn what_does_not_fit_is_cut_with_an_ellipsis() {
        let room = width("abc…", 10.0, false);
        for (text, expected) in [("abcdefg", "abc…"), ("abc", "abc"), ("ab cdefg", "ab…"), ("", "")] {
            assert_eq!(fit(text, 10.0, false, room), expected, "for {text:?}");
        }
        assert_eq!(fit("abc", 10.0, false, 0.0), "…");
        assert_eq!(fit("👩\u{200d}💻👩\u{200d}💻", 10.0, false, 38.0), "👩\u{200d}💻…");
    }

    #[test]
    fn texts_are_wrapped_at_blanks_and_long_words_anywhere() {
        let room = width("aaaa", 10.0, false);
        for (text, lines, expected) in [
            ("aa a aaa", 3, vec!["aa a", "aaa"]),
            ("aaaaaa a", 3, vec!["aaaa", "aa a"]),
            ("aaaa aaaa aaaa", 2, vec!["aaaa", "aa…"]),
            ("", 2, vec![]),
        ] {
            assert_eq!(wrap(text, 10.0, false, room, lines), expected, "for {text:?}");
        }
        assert_eq!(wrap("a\u{fdfd}b", 10.0, false, room, 5), ["a", "…", "b"]);
    }
}
