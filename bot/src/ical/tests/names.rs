//! Whom events name.

use super::{days, event, understood};
use crate::ical::{Named, people};

/// People by the handles and addresses they are known by.
fn known(name: &str) -> Option<&'static str> {
    Some(match name {
        "ana" | "ana@example.com" | "ana lima" => "ana",
        "bo" | "bo@example.com" => "bo",
        "cy-2" | "cy.o'neil@example.com" | "cy_x" => "cy",
        "zoë" => "zoe",
        _ => return None,
    })
}

fn named(summary: &str, attendees: &[&str]) -> Named<&'static str> {
    let mut properties = format!("DTSTART:20240101T090000Z\nSUMMARY:{summary}\nDESCRIPTION:bo");
    for attendee in attendees {
        properties.extend(["\nATTENDEE:mailto:", attendee]);
    }
    let read = understood(&event(&properties), days("2024-01-01", "2024-01-02"));
    people(&read.events[0], known)
}

#[test]
fn a_summary_names_people_by_words_and_by_parts() {
    for (summary, ids, nobody) in [
        ("ana", vec!["ana"], vec![]),
        ("ANA", vec!["ana"], vec![]),
        ("@ana", vec!["ana"], vec![]),
        ("Ana@Example.COM", vec!["ana"], vec![]),
        ("mailto:ana@example.com", vec!["ana"], vec![]),
        ("Ana Lima <ana@example.com>", vec!["ana"], vec![]),
        ("Ana Lima", vec!["ana"], vec![]),
        ("@Ana Lima", vec!["ana"], vec![]),
        ("ana bo", vec!["ana", "bo"], vec![]),
        ("@ana @bo", vec!["ana", "bo"], vec![]),
        (r"ana\, bo", vec!["ana", "bo"], vec![]),
        (r"bo\nana", vec!["bo", "ana"], vec![]),
        ("ana/bo", vec!["ana", "bo"], vec![]),
        ("ana & bo", vec!["ana", "bo"], vec![]),
        (r"ana\, Ana Lima\; ANA", vec!["ana"], vec![]),
        ("Primary: ana (until noon)", vec!["ana"], vec![]),
        ("cy-2", vec!["cy"], vec![]),
        ("cy_x", vec!["cy"], vec![]),
        ("cy.o'neil@example.com", vec!["cy"], vec![]),
        ("ZOË", vec!["zoe"], vec![]),
        ("dee", vec![], vec!["dee"]),
        (r"ana\, Dee Dum\, bo", vec!["ana", "bo"], vec!["Dee Dum"]),
        ("ana @dee", vec!["ana"], vec!["@dee"]),
        ("ana dee@example.com", vec!["ana"], vec!["dee@example.com"]),
        ("anabel", vec![], vec!["anabel"]),
        ("", vec![], vec![]),
        (r" \, \, ", vec![], vec![]),
        ("@", vec![], vec!["@"]),
        ("on call", vec![], vec!["on call"]),
    ] {
        let expected = Named { ids, priority: None, nobody: nobody.into_iter().map(str::to_owned).collect() };
        assert_eq!(named(summary, &[]), expected, "{summary}");
    }
}

#[test]
fn a_summary_may_begin_with_a_priority() {
    for (summary, priority, ids) in [
        ("[L1] ana", Some(1), vec!["ana"]),
        ("  [L10]ana bo", Some(10), vec!["ana", "bo"]),
        ("[l2] @ana", Some(2), vec!["ana"]),
        ("[L0] ana", Some(0), vec!["ana"]),
        ("[L99999999999] ana", Some(u32::MAX), vec!["ana"]),
        ("ana [L1]", None, vec!["ana"]),
        ("[L] ana", None, vec!["ana"]),
        ("[L-1] ana", None, vec!["ana"]),
        ("[L1 ana", None, vec!["ana"]),
        ("[L1]", Some(1), vec![]),
    ] {
        let named = named(summary, &[]);
        assert_eq!((named.priority, named.ids), (priority, ids), "{summary}");
        assert_eq!(named.nobody, Vec::<String>::new(), "{summary}");
    }
}

#[test]
fn attendees_come_before_the_summary() {
    for (summary, attendees, ids, nobody) in [
        ("bo", vec!["ana@example.com"], vec!["ana"], vec![]),
        ("dee", vec!["ANA@example.com", "bo@example.com"], vec!["ana", "bo"], vec![]),
        ("bo", vec!["dee@example.com", "ana@example.com"], vec!["ana"], vec!["dee@example.com"]),
        ("bo", vec!["dee@example.com"], vec!["bo"], vec!["dee@example.com"]),
        ("eve", vec!["dee@example.com"], vec![], vec!["dee@example.com", "eve"]),
    ] {
        let nobody = nobody.into_iter().map(str::to_owned).collect();
        assert_eq!(
            named(&format!("[L3] {summary}"), &attendees),
            Named { ids, priority: Some(3), nobody },
            "{attendees:?}"
        );
    }
}
