use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::{Name, Names, inert, mentions, names_in, plain};
use crate::platform::slack::answer::tests::Line;

fn known() -> BTreeMap<Name, String> {
    let account = Name::Account("U1".to_owned());
    let group = Name::Group("S3".to_owned());
    BTreeMap::from([
        (account, "Ana Lima".to_owned()),
        (Name::Room("C1".to_owned()), "payments".to_owned()),
        (group, "oncall".to_owned()),
    ])
}

#[test]
fn markup_is_read_as_a_person_sees_it() {
    let cases = [
        ("", ""),
        ("api is down", "api is down"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        // Decoded once: what somebody typed as an entity stays what they typed.
        ("&amp;lt; &amp;amp; &quot; & &", "&lt; &amp; &quot; & &"),
        ("<@U1> take it", "@Ana Lima take it"),
        ("<@U9> take it", "@U9 take it"),
        ("<@U1|ana>, <@W2|b&amp;o>", "@ana, @b&o"),
        ("see <#C1> and <#C2|ops> and <#C3|>", "see #payments and #ops and #C3"),
        ("<!subteam^S1|@sre> <!subteam^S2> <!subteam^S3> <!subteam^S3|>", "@sre @S2 @oncall @oncall"),
        ("<!subteam^> <!subteam^a b>", "<!subteam^> <!subteam^a b>"),
        ("<!here> <!channel|channel> <!everyone>", "@here @channel @everyone"),
        ("<!date^1392734382^Posted {date}|Posted Feb 18>", "Posted Feb 18"),
        ("<!date^1392734382^{date}^https://a.example/|Feb 18>", "Feb 18"),
        ("<!date^1392734382^{date}>", "<!date^1392734382^{date}>"),
        ("<!unheard|words>", "words"),
        ("<https://a.example/x?a=1&amp;b=2>", "https://a.example/x?a=1&b=2"),
        ("<https://a.example|the &lt;board&gt;>", "the <board> (https://a.example)"),
        ("<http://a.example|a.example>", "http://a.example"),
        ("<https://a.example/|https://a.example/>", "https://a.example/"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<mailto:a@b.example|Ana>", "Ana (a@b.example)"),
        // None of these is written by Slack.
        ("<>", "<>"),
        ("<|x>", "<|x>"),
        ("<@>", "<@>"),
        ("<@U 1>", "<@U 1>"),
        ("< <@U1", "< <@U1"),
        ("<<@U1>>", "<@Ana Lima>"),
        ("a > b < c", "a > b < c"),
        ("<b&amp;c", "<b&c"),
        ("<not markup>", "<not markup>"),
        ("🔥<@U1>🔥", "🔥@Ana Lima🔥"),
    ];
    for (text, expected) in cases {
        assert_eq!(plain(text, &known()), expected, "{text}");
    }
}

#[test]
fn only_what_has_no_label_is_looked_up_and_once() {
    let text = "<@U1> <@U2|bo> <#C1> <@U1> <#C2|> <!subteam^S1> <!subteam^S2|@sre> <https://a.example> &lt;@U7&gt;";
    let names =
        [Name::Account("U1".into()), Name::Room("C1".into()), Name::Room("C2".into()), Name::Group("S1".into())];
    assert_eq!(names_in(text), names);
}

#[test]
fn hostile_texts_take_linear_time() {
    let begun = std::time::Instant::now();
    for part in ["<", "&", ">", "<@", "<@U1", "<a|", "&amp", "<@U1>", "<!date^"] {
        let text = part.repeat((256 << 10) / part.len());
        plain(&text, &known());
        names_in(&text);
    }
    // A second or two where nothing is optimised and much goes on beside; many minutes if it were quadratic.
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn what_is_inert_is_read_as_it_was(text in any::<String>()) {
        prop_assert_eq!(plain(&inert(&text), &known()), text);
    }

    #[test]
    fn no_text_is_too_odd(text in "[<>&|@#!^:;a-zA-Z0-9 \u{e9}\u{1f525}]{0,60}") {
        names_in(&text);
        let read = plain(&text, &known());
        // Nothing appears from nowhere but a name, an address's sign and brackets around it.
        prop_assert!(read.len() <= text.len() + 10 * text.matches('<').count());
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_is_asked_for_once_an_hour() {
    let line = Arc::new(Line::default());
    line.knows("U1", "Ana Lima", "ana");
    line.has_channel("C1", "payments");
    let names = Names::new(line.clone());
    for _ in 0..3 {
        assert_eq!(names.plain("<@U1> in <#C1>, <@U2>").await.unwrap(), "@Ana Lima in #payments, @U2");
    }
    assert_eq!(line.made("profile"), 2);
    assert_eq!(line.made("channel_name"), 1);
    tokio::time::advance(Duration::from_mins(61)).await;
    assert_eq!(names.plain_as_known("<@U1>"), "@U1");
    names.plain("<@U1>").await.unwrap();
    assert_eq!(line.made("profile"), 3);
}

#[tokio::test(start_paused = true)]
async fn groups_are_asked_for_together() {
    let line = Arc::new(Line::default());
    line.knows("S1", "On call", "oncall");
    line.knows("S2", "Reliability", "sre");
    let names = Names::new(line.clone());
    let text = "<!subteam^S1> <!subteam^S2> <!subteam^S3> <!subteam^S4>";
    line.fails("groups", 1);
    assert!(names.plain(text).await.is_err());
    for _ in 0..2 {
        assert_eq!(names.plain(text).await.unwrap(), "@oncall @sre @S3 @S4");
    }
    assert_eq!(line.made("groups"), 2, "once after it failed");
    line.knows("S3", "New", "new");
    tokio::time::advance(Duration::from_secs(61)).await;
    assert_eq!(names.plain(text).await.unwrap(), "@oncall @sre @new @S4");
}

#[tokio::test]
async fn while_slack_is_down_what_is_known_is_used() {
    let line = Arc::new(Line::default());
    line.knows("U1", "Ana Lima", "ana");
    let names = Names::new(line.clone());
    names.plain("<@U1>").await.unwrap();
    line.is_down(true);
    assert!(names.plain("<@U1> <@U2>").await.is_err());
    assert_eq!(names.plain_as_known("<@U1> <@U2>"), "@Ana Lima @U2");
}

#[tokio::test]
async fn a_list_of_ids_does_not_cost_a_call_each() {
    let line = Arc::new(Line::default());
    let text = (0..500).map(|number| format!("<@U{number}>")).collect::<Vec<_>>().concat();
    Names::new(line.clone()).plain(&text).await.unwrap();
    assert_eq!(line.made("profile"), 50);
}

#[tokio::test]
async fn what_is_remembered_is_bounded() {
    let line = Arc::new(Line::default());
    let names = Names::new(line.clone());
    for number in 0..10_100 {
        names.plain(&format!("<@U{number}>")).await.unwrap();
    }
    names.plain("<@U10099>").await.unwrap();
    assert_eq!(line.made("profile"), 10_100);
    names.plain("<@U1>").await.unwrap();
    assert_eq!(line.made("profile"), 10_101, "the first were forgotten for the last");
}

#[test]
fn a_command_mentions_accounts() {
    let cases: [(&str, &str, &[&str]); 4] = [
        ("lead <@U2>", "lead @U2", &["U2"]),
        ("action x <@U2|bo> <@U2> <@U3>", "action x @U2 @U2 @U3", &["U2", "U3"]),
        ("note see <#C1|ops> &amp; <https://a.example>", "note see <#C1|ops> &amp; <https://a.example>", &[]),
        ("lead @\u{2060}ana", "lead @ana", &[]),
    ];
    for (text, line, accounts) in cases {
        assert_eq!(mentions(text), (line.to_owned(), accounts.iter().map(|id| (*id).to_owned()).collect()), "{text}");
    }
}
