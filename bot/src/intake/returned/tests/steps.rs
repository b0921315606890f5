//! What people do to a document and to copies of it.

use proptest::prelude::*;

/// Those of the template `short`.
pub(super) const SECTIONS: [&str; 3] = ["summary", "impact", "lessons"];
/// What people write, and what means something to Markdown, HTML, YAML or Firebell.
const LINES: [&str; 22] = [
    "the disk was full",
    "nobody looked",
    "",
    "# a heading",
    "- one",
    "  - two",
    "| a | b |",
    "| - | - |",
    "```",
    "    code",
    "<b>bold</b>",
    "<!-- a remark -->",
    "<!-- firebell:end -->",
    "<!-- firebell:section lessons 0123456789ab -->",
    "[x]: https://example.org",
    "---",
    "id: \"INC-2\"",
    "{{title}}",
    "שלום, Привет",
    "\u{1b}[2J \u{202e}",
    "&lt;  ",
    "_To be written: what to keep, and what to change._",
];

#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A section is written by command, which replaces whatever stands there.
    Write(usize, String),
    /// The same by a form, which may have been opened before somebody else wrote.
    Form(usize, String, bool),
    Summary(String),
    Impact(String),
    Export,
    /// A section of one of the copies is edited.
    Edit(usize, usize, String),
    /// One of the copies is imported, and kept: somebody may import it again.
    Import(usize),
}

pub(super) fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&LINES[..]), 0..5).prop_map(|lines| lines.join("\n"))
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let section = || 0..SECTIONS.len();
    prop_oneof![
        2 => (section(), words()).prop_map(|(section, text)| Step::Write(section, text)),
        2 => (section(), words(), any::<bool>()).prop_map(|(section, text, stale)| Step::Form(section, text, stale)),
        1 => words().prop_map(Step::Summary),
        1 => words().prop_map(Step::Impact),
        3 => Just(Step::Export),
        5 => (0..4_usize, section(), words()).prop_map(|(copy, section, text)| Step::Edit(copy, section, text)),
        4 => (0..4_usize).prop_map(Step::Import),
    ]
}
