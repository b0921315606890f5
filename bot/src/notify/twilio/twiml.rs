//! What a call says, in Twilio's markup.
//!
//! Source: <https://www.twilio.com/docs/voice/twiml/gather>.

use reqwest::Url;

use crate::notify::message::cut;

/// Longer than a minute nobody listens, and a whole document that comes with a call may have 4,000 characters. Both are
/// counted as they are escaped.
const SPOKEN_CHARACTERS: usize = 1_000;
const PROMPT_CHARACTERS: usize = 400;
/// How often the text is said before the call ends.
const TIMES: usize = 2;

/// What a call says, and where the pressed key goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// BCP 47, such as `en-GB`.
    pub language: String,
    pub text: String,
    /// Which keys there are: 4 acknowledges.
    pub prompt: String,
    /// Where the key is posted; its answer is what the call says next.
    pub action: Url,
}

/// Says the text twice, listens for one key each time, then ends the call.
pub fn ask(question: &Question) -> String {
    let Question { language, text, prompt, action } = question;
    let text = say_element(&cut(text, SPOKEN_CHARACTERS, escaped_size), language);
    let prompt = say_element(&cut(prompt, PROMPT_CHARACTERS, escaped_size), language);
    let action = escape(action.as_str());
    let gather = format!(
        "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"6\" method=\"POST\" action=\"{action}\">{text}{prompt}</Gather>"
    );
    document(&gather.repeat(TIMES))
}

/// Says the text, then ends the call: the answer to a key, or a message that asks nothing.
pub fn say(text: &str, language: &str) -> String {
    document(&say_element(&cut(text, SPOKEN_CHARACTERS, escaped_size), language))
}

fn document(content: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{content}<Hangup/></Response>")
}

fn say_element(text: &str, language: &str) -> String {
    format!("<Say language=\"{}\">{}</Say>", escape(language), escape(text))
}

/// Text as XML takes it, in elements and in attributes. Characters that XML cannot hold are left out, or Twilio would
/// refuse the whole document and the call would say nothing.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match entity(letter) {
            Some(entity) => escaped.push_str(entity),
            None => escaped.push(letter),
        }
        escaped
    })
}

fn escaped_size(letter: char) -> usize {
    entity(letter).map_or(1, str::len)
}

/// What stands for a character that cannot stand for itself.
fn entity(letter: char) -> Option<&'static str> {
    match letter {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&apos;"),
        '\n' | '\r' | '\t' => Some(" "),
        '\u{fffe}' | '\u{ffff}' => Some(""),
        _ if letter.is_control() => Some(""),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(text: &str) -> Question {
        let action = "https://firebell.example/v/1?a=1&b=2".parse().unwrap();
        Question { language: "en-GB".to_owned(), text: text.to_owned(), prompt: "Press 4.".to_owned(), action }
    }

    #[test]
    fn a_question_is_put_twice_and_then_the_call_ends() {
        let one = "<Gather input=\"dtmf\" numDigits=\"1\" timeout=\"6\" method=\"POST\" \
                   action=\"https://firebell.example/v/1?a=1&amp;b=2\"><Say language=\"en-GB\">checkout is down</Say>\
                   <Say language=\"en-GB\">Press 4.</Say></Gather>";
        let whole = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{one}{one}<Hangup/></Response>");
        assert_eq!(ask(&question("checkout is down")), whole);
    }

    #[test]
    fn what_people_typed_is_no_markup() {
        let said = say("</Say><Dial>+1</Dial> \"a\" & 'b'\u{0}\u{1b}\u{ffff}\nc", "en\"><Dial>");
        assert_eq!(said.matches("<Dial>").count(), 0);
        assert!(
            said.contains("&lt;/Say&gt;&lt;Dial&gt;+1&lt;/Dial&gt; &quot;a&quot; &amp; &apos;b&apos; c</Say>"),
            "{said}"
        );
    }

    #[test]
    fn the_longest_question_fits_into_a_call() {
        for text in ["x", "\"", "&<"] {
            let text = text.repeat(5_000);
            let said = say(&text, "en-GB").chars().count();
            assert!((900..1_200).contains(&said), "{said}");
            assert!(ask(&question(&text)).chars().count() < 4_000);
        }
    }
}
