//! What people wrote, as a person sees it; and what is said, in messages that Discord takes.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{MESSAGE_MAX, Name, clipped, inert, mentions, message, names_in, pages, plain};

fn known() -> BTreeMap<Name, String> {
    BTreeMap::from([
        (Name::Account("1".to_owned()), "Ana Lima".to_owned()),
        (Name::Room("3".to_owned()), "payments".to_owned()),
        (Name::Group("5".to_owned()), "on call".to_owned()),
    ])
}

#[test]
fn markup_is_read_as_a_person_sees_it() {
    for (text, expected) in [
        ("", ""),
        ("api is down", "api is down"),
        ("<@1> and <@!1>, not <@2>", "@Ana Lima and @Ana Lima, not @2"),
        ("<#3> <#4> <@&5> <@&6>", "#payments #4 @on call @6"),
        ("<:fire:77> <a:party_parrot:78>", ":fire: :party_parrot:"),
        ("type </incident declare:9>", "type /incident declare"),
        ("<t:1764264000> <t:1764264000:R>", "2025-11-27 17:20 UTC 2025-11-27 17:20 UTC"),
        ("<t:99999999999999999> <t:x>", "99999999999999999 <t:x>"),
        ("see <https://example.org/a?b=1>", "see https://example.org/a?b=1"),
        // None of these is written by Discord.
        (
            "<> <@> <@x> <#> <@&> <::1> <:a:> </:1> <https://a b>",
            "<> <@> <@x> <#> <@&> <::1> <:a:> </:1> <https://a b>",
        ),
        ("<@123456789012345678901>", "<@123456789012345678901>"),
        ("a < b > c <<@1>> <@1\n>", "a < b > c <@Ana Lima> <@1\n>"),
        ("🔥<@1>🔥", "🔥@Ana Lima🔥"),
        ("@everyone @here stays as it is", "@everyone @here stays as it is"),
    ] {
        assert_eq!(plain(text, &known()), expected, "{text}");
    }
}

#[test]
fn names_are_looked_up_once_each() {
    let names = names_in("<@1> <#3> <@!1> <@&5> <:fire:7> <t:1> <#3>");
    let expected = [Name::Account("1".into()), Name::Room("3".into()), Name::Group("5".into())];
    assert_eq!(names, expected);
}

#[test]
fn mentions_of_people_in_commands_name_their_accounts() {
    let (text, accounts) = mentions("page <@!42> and <@43>, <@42> again; <@&5> and <#3> stay");
    assert_eq!(text, "page @42 and @43, @42 again; <@&5> and <#3> stay");
    assert_eq!(accounts, ["42", "43"]);
    // Copied from what Firebell said, where names are kept from being mentions.
    let (text, accounts) = mentions(&inert("lead @ana"));
    assert_eq!((text.as_str(), accounts.len()), ("lead @ana", 0));
}

#[test]
fn words_of_people_are_no_markup() {
    for text in [
        "@everyone",
        "@here",
        "<@1>",
        "<@&5>",
        "<#3>",
        "**b** _i_ ~~s~~ ||x|| `c`",
        "[a](https://b.example)",
        "# h",
        "> q",
        "<t:1>",
    ] {
        let shown = inert(text);
        assert!(names_in(&shown).is_empty(), "{shown}");
        assert!(!shown.contains("@everyone") && !shown.contains("@here"), "{shown}");
        let bare = shown.split('\\').collect::<String>();
        assert!(shown != text || bare.chars().all(char::is_alphanumeric), "{text} is shown as {shown}");
    }
}

#[test]
fn a_block_of_code_is_closed_on_one_page_and_opened_on_the_next() {
    let lines = "let it = be;\n".repeat(400);
    let text = format!("before\n```rust\n{lines}```\nbehind");
    let pages = pages(&text);
    assert!(pages.len() > 2, "{}", pages.len());
    for page in &pages {
        assert!(page.chars().count() <= MESSAGE_MAX, "{}", page.chars().count());
        assert_eq!(page.matches("```").count() % 2, 0, "{page}");
    }
    assert!(pages[1].starts_with("```rust\n"), "{}", pages[1]);
    assert_eq!(pages.concat().matches("let it = be;").count(), 400, "nothing is lost");
    assert!(pages.last().unwrap().ends_with("behind"));
}

#[test]
fn a_fence_that_is_inert_opens_nothing() {
    let text = format!("\\`\\`\\` {}", "word ".repeat(900));
    assert!(pages(&text).iter().all(|page| !page.contains("```")));
}

#[test]
fn a_blank_text_has_no_page() {
    for text in ["", " ", "\n\n", "\t\n"] {
        assert_eq!(pages(text), Vec::<String>::new(), "{text:?}");
    }
    assert_eq!(message("  said  "), "said");
}

proptest! {
    #[test]
    fn pages_fit_and_lose_no_word(words in proptest::collection::vec("[a-z<@>#:\\\\`*_\n ]{1,80}|🔥|<@123>|```\n", 0..300)) {
        let text = words.concat();
        let pages = pages(&text);
        for page in &pages {
            prop_assert!(page.chars().count() <= MESSAGE_MAX, "{}", page.chars().count());
            prop_assert!(!page.trim().is_empty());
        }
        // Fences and line ends are added and taken away where pages meet; letters never.
        let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
        prop_assert_eq!(letters(&pages.concat()).len() >= letters(&text).len(), true);
    }

    #[test]
    fn what_is_clipped_fits_and_begins_alike(text in "\\PC{0,300}", max in 1..200_usize) {
        let short = clipped(&text, max);
        prop_assert!(short.chars().count() <= max, "{} > {max}", short.chars().count());
        // Units of UTF-16 are counted, of which a text has no fewer.
        if text.encode_utf16().count() <= max {
            prop_assert_eq!(&short, &text);
        }
    }

    #[test]
    fn whatever_is_typed_calls_nobody_when_it_is_shown(text in "(<|@|&|!|#|[0-9]|everyone|here|>|:|a|/| |\n|\\\\){0,40}") {
        let shown = inert(&text);
        prop_assert!(names_in(&shown).is_empty(), "{shown}");
        prop_assert!(!shown.contains("@everyone") && !shown.contains("@here"), "{shown}");
    }

    #[test]
    fn no_text_is_misread_in_a_panic(text in any::<String>()) {
        let _ = (plain(&text, &known()), mentions(&text), names_in(&text), pages(&text));
    }
}
