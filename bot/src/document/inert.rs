//! What people write in a section of a postmortem is Markdown of theirs, which must not reach beyond it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{address, bound, letters, read};

/// What stands behind a section when it is looked at: if this heading is found, nothing reaches beyond.
const BEHIND: &str = "\n\n## B\n";
/// Looks at a text after which it is shown sign by sign. Real texts need two.
const LOOKS: usize = 12;

/// A written section that does no harm to the document around it: its headings have this level at least, from 1 to 6, every code block
/// ends within, HTML outside code is text, nothing defines a reference or passes for a marker of Firebell's, no link
/// has a foreign scheme, and every letter can be seen. What does none of that stays byte by byte; doing it again changes
/// nothing.
pub(crate) fn sanitise_from(text: &str, level: u8) -> String {
    let mut text = letters::markdown(text).into_owned();
    for _ in 0..LOOKS {
        match Look::at(&text, level).changed(&text) {
            Outcome::Inert => return text,
            Outcome::Changed(changed) => text = changed,
            Outcome::Reaches => break,
        }
    }
    spelled(&text)
}

/// Text of which every sign is written as itself.
fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        for letter in line.trim().chars() {
            if letter.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(letter);
        }
    }
    out
}

enum Outcome {
    Inert,
    Changed(String),
    /// It reaches beyond its end, and it is not known why.
    Reaches,
}

/// One change to a text. At one place the signs of a heading come before a backslash, as they do in ASCII.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Edit {
    at: usize,
    removed: usize,
    added: Cow<'static, str>,
}

/// What is found in a text.
struct Look {
    /// The text made flat, where it was not.
    flat: Option<String>,
    level: u8,
    edits: BTreeSet<Edit>,
    code: Vec<Range<usize>>,
    /// Whether the heading behind it was found.
    contained: bool,
}

impl Look {
    fn at(text: &str, level: u8) -> Self {
        let mut look =
            Self { flat: None, level: level.clamp(1, 6), edits: BTreeSet::new(), code: Vec::new(), contained: true };
        if let Cow::Owned(flat) = bound::bounded(text)
            && flat != text
        {
            look.flat = Some(flat);
            return look;
        }
        look.markers(text);
        let whole = [text, BEHIND].concat();
        // Who knows of no tables and tasks may read something else.
        for options in [read::options(), Options::empty()] {
            if look.edits.is_empty() && look.contained {
                look.read(text, &whole, options);
            }
        }
        look
    }

    /// Reads the text with what stands behind it.
    fn read(&mut self, text: &str, whole: &str, options: Options) {
        self.contained = false;
        self.code.clear();
        let mut events = Parser::new_ext(whole, options).into_offset_iter();
        let (mut depth, mut in_code) = (0_usize, false);
        for (event, place) in events.by_ref() {
            match event {
                Event::Start(tag) => {
                    in_code |= matches!(tag, Tag::CodeBlock(_));
                    self.start(text, &tag, &place, depth);
                    depth += 1;
                }
                Event::End(ended) => {
                    depth = depth.saturating_sub(1);
                    in_code &= ended != TagEnd::CodeBlock;
                }
                Event::Html(_) | Event::InlineHtml(_) => self.markup(text, place, true),
                // Other parsers know instructions and sections of CDATA where this one knows none.
                Event::Text(_) if !in_code => self.markup(text, place, false),
                _ => {}
            }
        }
        let defined: Vec<Range<usize>> =
            events.reference_definitions().iter().map(|(_, defined)| defined.span.clone()).collect();
        if !defined.is_empty() {
            self.definitions(text, defined);
        }
    }

    fn changed(self, text: &str) -> Outcome {
        if let Some(flat) = self.flat {
            return Outcome::Changed(flat);
        }
        if self.edits.is_empty() {
            return if self.contained { Outcome::Inert } else { Outcome::Reaches };
        }
        let mut out = String::with_capacity(text.len() + self.edits.len() * 3);
        let mut done = 0;
        for Edit { at, removed, added } in self.edits {
            let Some(kept) = text.get(done..at) else { return Outcome::Reaches };
            out.push_str(kept);
            out.push_str(&added);
            done = at + removed;
        }
        out.push_str(text.get(done..).unwrap_or_default());
        Outcome::Changed(out)
    }

    fn edit(&mut self, at: usize, removed: usize, added: impl Into<Cow<'static, str>>) {
        self.edits.insert(Edit { at, removed, added: added.into() });
    }

    fn start(&mut self, text: &str, tag: &Tag<'_>, place: &Range<usize>, depth: usize) {
        match tag {
            Tag::Heading { level, .. } if depth == 0 && place.start == text.len() + 2 => {
                self.contained = *level == HeadingLevel::H2;
            }
            Tag::Heading { level, .. } if (*level as u8) < self.level => self.heading(text, *level as u8, place, depth),
            Tag::CodeBlock(kind) => {
                if depth == 0 && matches!(kind, CodeBlockKind::Fenced(_)) && place.end > text.len() + 2 {
                    self.fence(text, place.start);
                }
                self.code.push(place.clone());
            }
            Tag::Link { dest_url, .. } if address::is_foreign(dest_url) => self.edit(place.start, 0, "\\"),
            Tag::Image { dest_url, .. } if address::is_foreign(dest_url) => self.edit(place.start + 1, 0, "\\"),
            _ => {}
        }
    }

    /// Pushes a heading down. One that is underlined gets its signs before it.
    fn heading(&mut self, text: &str, level: u8, place: &Range<usize>, depth: usize) {
        let written = text.get(place.start..place.end.min(text.len())).unwrap_or_default();
        let start = place.start + (written.len() - written.trim_start().len());
        let written = written.trim();
        let signs = "######".get(..usize::from(self.level)).unwrap_or_default();
        let own = written.bytes().take_while(|byte| *byte == b'#').count();
        if own == usize::from(level) && written.as_bytes().get(own).is_none_or(u8::is_ascii_whitespace) {
            return self.edit(start, 0, signs.get(own..).unwrap_or_default());
        }
        let Some((words, line)) = written.rsplit_once('\n') else { return };
        let end = start + written.len();
        if words.contains('\n') && depth > 0 {
            // Its lines stand behind signs of what holds them, so it becomes a paragraph.
            let sign = line.trim_end_matches(['=', '-']).len();
            return self.edit(end - line.len() + sign, 0, "\\");
        }
        self.edit(start, 0, [signs, " "].concat());
        let mut at = start;
        for part in words.split_inclusive('\n') {
            let next = at + part.len();
            if part.ends_with('\n') {
                let blanks = words.get(next - start..).map_or(0, |rest| rest.len() - rest.trim_start().len());
                self.edit(next - 1, 1 + blanks, " ");
            }
            at = next;
        }
        let words = words.trim_end();
        if words.ends_with('#') && !words.ends_with("\\#") {
            self.edit(start + words.len() - 1, 0, "\\");
        }
        self.edit(end - line.len() - 1, line.len() + 1, "");
    }

    /// Ends a fenced block that would go on.
    fn fence(&mut self, text: &str, start: usize) {
        let opened = text.get(start..).unwrap_or_default().trim_start_matches(' ');
        let Some(sign) = opened.chars().next() else { return };
        let length = opened.chars().take_while(|letter| *letter == sign).count();
        let before = if text.ends_with('\n') { "" } else { "\n" };
        self.edit(text.len(), 0, [before, &sign.to_string().repeat(length)].concat());
    }

    /// Makes text of HTML: of all of it, or of what is neither a tag nor an address.
    fn markup(&mut self, text: &str, place: Range<usize>, tags: bool) {
        let place = place.start..place.end.min(text.len());
        let bytes = text.as_bytes();
        for at in place {
            let next = bytes.get(at + 1).copied().unwrap_or_default();
            let is_tag = tags && (next.is_ascii_alphabetic() || next == b'/');
            let opens = is_tag || matches!(next, b'!' | b'?');
            if opens && bytes.get(at) == Some(&b'<') && !is_escaped(bytes, at) {
                self.edit(at, 0, "\\");
            }
        }
    }

    /// Has nothing pass for a marker of a section, in code as little as elsewhere.
    fn markers(&mut self, text: &str) {
        for (at, _) in text.match_indices("<!--") {
            let words = text.get(at + 4..).unwrap_or_default().trim_start();
            if words.get(..9).is_some_and(|name| name.eq_ignore_ascii_case("firebell:")) {
                self.edit(at + 1, 0, "\\");
            }
        }
    }

    /// Makes text of references that are defined. Of several with one name the parser tells the first, so lines that may
    /// define others are text, too.
    fn definitions(&mut self, text: &str, defined: Vec<Range<usize>>) {
        for place in defined {
            let opened = text.get(place.clone()).and_then(|written| written.find('['));
            if let Some(at) = opened {
                self.edit(place.start + at, 0, "\\");
            }
        }
        let mut start = 0;
        let mut code = std::mem::take(&mut self.code).into_iter().peekable();
        for line in text.split_inclusive('\n') {
            while code.next_if(|place| place.end <= start).is_some() {}
            let is_code = code.peek().is_some_and(|place| place.start < start + line.len());
            let sign = |letter: char| letter.is_ascii_digit() || " \t>-+*.)".contains(letter);
            let words = line.trim_start_matches(sign);
            if !is_code && may_define(words) {
                self.edit(start + line.len() - words.len(), 0, "\\");
            }
            start += line.len();
        }
    }
}

/// Whether a line begins as `[label]:` does.
fn may_define(line: &str) -> bool {
    let Some(label) = line.strip_prefix('[') else { return false };
    let ends = |&(at, sign): &(usize, char)| matches!(sign, '[' | ']') && !is_escaped(label.as_bytes(), at);
    label.char_indices().find(ends).is_some_and(|(at, _)| label.get(at..).is_some_and(|rest| rest.starts_with("]:")))
}

/// Whether a backslash takes its meaning from what stands here.
fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes.iter().take(at).rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}
