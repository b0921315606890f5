//! Texts that hold a part of ours and a part of people's, for services that keep no hidden marks: ours stands above a line
//! that says so, and what people write stands below it.

/// The line. Services change the markup around it, so it is looked for by its words.
pub(crate) const FOOT: &str = "What stands above this line is written by Firebell; what stands below it stays.";

/// Our part with the line below it, in Markdown.
pub(crate) fn with_foot(text: &str) -> String {
    format!("{}\n\n---\n\n*{FOOT}*", text.trim_end())
}

/// Our part with what people wrote below the line in what is held; what has no such line is replaced.
pub(crate) fn woven(held: &str, ours: &str) -> String {
    let below = held.lines().skip_while(|line| !line.contains(FOOT)).skip(1).collect::<Vec<_>>().join("\n");
    match below.trim() {
        "" => ours.to_owned(),
        below => format!("{ours}\n\n{below}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_below_stays() {
        let (old, new) = (with_foot("old\n"), with_foot("new"));
        let table = [
            (old.clone(), new.clone()),
            (format!("{old}\n\nMine.\n\nMine, too."), format!("{new}\n\nMine.\n\nMine, too.")),
            (format!("_{FOOT}_\r\nMine."), format!("{new}\n\nMine.")),
            ("all of it was rewritten".to_owned(), new.clone()),
            (String::new(), new.clone()),
        ];
        for (held, wanted) in table {
            let once = woven(&held, &new);
            assert_eq!(once, wanted, "{held:?}");
            assert_eq!(woven(&once, &new), once);
        }
    }
}
