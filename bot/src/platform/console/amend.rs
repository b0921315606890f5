//! `/edit` and `/delete`: how somebody changes or takes back what they said, as other platforms have menus for it.

use firebell_core::ids::MessageId;
use firebell_core::message::Amendment;
use firebell_core::refusal::Refusal;

/// One of the two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub word: &'static str,
    /// What follows it.
    pub arguments: &'static str,
    pub about: &'static str,
    /// A line that works.
    pub example: &'static str,
    edits: bool,
}

/// Both commands.
pub const COMMANDS: [Usage; 2] = [
    Usage {
        word: "/edit",
        arguments: "<message> <new words>",
        about: "put other words in the place of what you said",
        example: "/edit M3 it is the network",
        edits: true,
    },
    Usage {
        word: "/delete",
        arguments: "<message>",
        about: "take back what you said",
        example: "/delete M3",
        edits: false,
    },
];

impl Usage {
    /// The command that a word names, in any case.
    pub fn of(word: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|usage| usage.word.eq_ignore_ascii_case(word))
    }

    fn refusal(self) -> Refusal {
        let Self { word, arguments, about, example, .. } = self;
        let usage = format!("{word} {arguments}");
        Refusal::Usage { message: format!("to {about}, write `{usage}`, as in `{example}`"), usage, nearest: None }
    }
}

/// Which message a line amends, and how; `None` for a line that is neither command.
///
/// # Errors
/// The line names no message, or says too little or too much; the refusal says how it is done.
pub fn read(line: &str) -> Option<Result<(MessageId, Amendment), Refusal>> {
    let (command, rest) = first_word(line);
    let (named, words) = first_word(rest);
    let usage = Usage::of(command)?;
    let amendment = match (usage.edits, words.is_empty()) {
        (true, false) => Amendment::Edit { text: words.to_owned() },
        (false, true) => Amendment::Delete,
        (true, true) | (false, false) => return Some(Err(usage.refusal())),
    };
    Some(named.parse().map(|message| (message, amendment)).map_err(|_| usage.refusal()))
}

/// What whoever did it is told.
pub fn done(message: MessageId, amendment: &Amendment) -> String {
    match amendment {
        Amendment::Edit { .. } => format!("{message} is edited."),
        Amendment::Delete => format!("{message} is deleted."),
    }
}

/// The first word of a text, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_message_and_says_what_to_do() {
        let edit = |text: &str| Amendment::Edit { text: text.to_owned() };
        let table = [
            ("/edit M3 it is the network", Some(Ok((3, edit("it is the network"))))),
            ("/EDIT m3  two\n lines ", Some(Ok((3, edit("two\n lines"))))),
            ("/delete M12", Some(Ok((12, Amendment::Delete)))),
            ("/edit M3", Some(Err("put other words"))),
            ("/edit", Some(Err("put other words"))),
            ("/edit 3 words", Some(Err("put other words"))),
            ("/delete", Some(Err("take back"))),
            ("/delete E3", Some(Err("take back"))),
            ("/delete M3 please", Some(Err("as in `/delete M3`"))),
            ("/editor M3 words", None),
            ("edit M3 words", None),
            ("", None),
        ];
        for (line, expected) in table {
            match (read(line), expected) {
                (Some(Ok((message, amendment))), Some(Ok(expected))) => assert_eq!((message.0, amendment), expected),
                (Some(Err(refusal)), Some(Err(says))) => assert!(refusal.to_string().contains(says), "{refusal}"),
                (None, None) => {}
                (found, expected) => panic!("{line:?}: {found:?} and not {expected:?}"),
            }
        }
    }
}
