//! Texts as words. Both engines store what this makes, and neither cuts or folds anything itself, so that they know the
//! same words.

/// Longest word, in characters; of a longer one this much counts.
pub const WORD_MAX: usize = 40;

/// Words that say nothing of what happened.
const EMPTY: [&str; 48] = [
    "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can",
    "did", "do", "does", "for", "from", "had", "has", "have", "if", "in", "into", "is", "it", "its", "no", "not", "of",
    "on", "or", "our", "so", "some", "that", "the", "their", "then", "there", "this", "to", "was", "we", "with",
];

/// Letters that people leave the marks off, with what they write in their place.
const FOLDED: [(&str, &str); 28] = [
    ("àáâãäåāăąǎ", "a"),
    ("æ", "ae"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįıǐ", "i"),
    ("ĵ", "j"),
    ("ķ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŋ", "n"),
    ("òóôõöøōŏőǒ", "o"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšș", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("þ", "th"),
    ("ùúûüũūŭůűųǔ", "u"),
    ("ŵ", "w"),
    ("ýÿŷ", "y"),
    ("źżž", "z"),
    ("ά", "α"),
    ("έ", "ε"),
    ("ή", "η"),
    ("ό", "ο"),
    ("ё", "е"),
];

/// The words of a text in their order: runs of letters and digits in lower case, without the marks of letters, without
/// single letters and those that say nothing. Where a script has no spaces, each two of its letters are a word.
pub fn words(text: &str) -> Vec<String> {
    let mut cut = Cut::default();
    for c in text.chars() {
        if is_mark(c) {
            continue;
        }
        if is_spaceless(c) {
            cut.end_word();
            cut.run.push(c);
        } else if c.is_alphanumeric() {
            cut.end_run();
            c.to_lowercase().filter(|c| !is_mark(*c)).for_each(|c| fold(c, &mut cut.word));
        } else {
            cut.end_word();
            cut.end_run();
        }
    }
    cut.end_word();
    cut.end_run();
    cut.words
}

#[derive(Default)]
struct Cut {
    words: Vec<String>,
    word: String,
    /// Letters of a script without spaces.
    run: Vec<char>,
}

impl Cut {
    fn end_word(&mut self) {
        let word: String = std::mem::take(&mut self.word).chars().take(WORD_MAX).collect();
        if word.chars().nth(1).is_some() && !EMPTY.contains(&word.as_str()) {
            self.words.push(word);
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        match run.as_slice() {
            [alone] => self.words.push(alone.to_string()),
            _ => self.words.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
        }
    }
}

fn fold(c: char, word: &mut String) {
    if c.is_ascii() {
        return word.push(c);
    }
    match FOLDED.iter().find(|(letters, _)| letters.contains(c)) {
        Some((_, plain)) => word.push_str(plain),
        None if c.is_alphanumeric() => word.push(c),
        None => {}
    }
}

/// Marks that stand behind the letter that bears them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Han and kana.
fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}
