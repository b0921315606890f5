//! Names of channels.

/// The longest name of a channel, in characters.
const LONGEST: usize = 80;
/// The name of a channel of whose wanted name nothing is left.
const NAMELESS: &str = "incident";
/// How many names are tried.
const NAMES: usize = 9;

/// A name as Slack takes it: lower case, 80 characters at most, of letters of any script, digits, hyphens and underscores
/// (<https://docs.slack.dev/reference/methods/conversations.create>).
pub(super) fn channel_name(wanted: &str) -> String {
    let mut name = String::new();
    for c in wanted.chars().flat_map(char::to_lowercase) {
        match c {
            c if c.is_alphanumeric() || c == '_' => name.push(c),
            _ if name.is_empty() || name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    let name = shortened(&name, LONGEST);
    if name.chars().any(char::is_alphanumeric) { name } else { NAMELESS.to_owned() }
}

/// The name, and those that are tried in its place: `name-2` to `name-9`.
pub(super) fn candidates(name: &str) -> Vec<String> {
    let others = (2..=NAMES).map(|number| format!("{}-{number}", shortened(name, LONGEST - 2)));
    std::iter::once(name.to_owned()).chain(others).collect()
}

fn shortened(name: &str, to: usize) -> String {
    name.chars().take(to).collect::<String>().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_slack_takes_them() {
        let long = "x".repeat(100);
        let cut = "x".repeat(80);
        let at_the_edge = format!("{}- b", "a".repeat(79));
        let hyphen_gone = "a".repeat(79);
        let table = [
            ("inc-42-checkout-down", "inc-42-checkout-down"),
            ("INC 42: Checkout / Down!", "inc-42-checkout-down"),
            ("inc_42", "inc_42"),
            ("障害-決済 停止", "障害-決済-停止"),
            ("Übergabe.Süd", "übergabe-süd"),
            ("--a--", "a"),
            ("#ops", "ops"),
            ("🔥🔥", "incident"),
            ("___", "incident"),
            ("", "incident"),
            (&long, &cut),
            (&at_the_edge, &hyphen_gone),
        ];
        for (wanted, name) in table {
            assert_eq!(channel_name(wanted), name, "{wanted}");
        }
    }

    #[test]
    fn other_names_end_in_a_number_and_are_no_longer() {
        let names = candidates("inc-7");
        assert_eq!(
            (names.len(), names[0].as_str(), names[1].as_str(), names[8].as_str()),
            (9, "inc-7", "inc-7-2", "inc-7-9")
        );
        assert!(candidates(&"ü".repeat(80)).iter().all(|name| name.chars().count() <= 80));
    }
}
