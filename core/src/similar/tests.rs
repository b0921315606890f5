//! What counts as a word, and what is how similar.

use proptest::prelude::*;

use super::rank::{COMMON_WORDS, RARE_WORDS};
use super::*;

fn text<'t>(title: &'t str, summary: &'t str) -> SearchedText<'t> {
    SearchedText { title, summary: (!summary.is_empty()).then_some(summary), ..SearchedText::default() }
}

fn row(number: i64, title: &str) -> Row {
    Row::of_text(IncidentId(number), &text(title, ""))
}

/// Among so many incidents; a word is in one where nothing else is said.
fn known(incidents: i64, of: &[(&str, i64)]) -> Frequencies {
    Frequencies { incidents, of: of.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect() }
}

/// The matches of a query, each with its reasons.
fn ranked(query: &Query, known: &Frequencies, candidates: &[Row]) -> Vec<(i64, Reasons)> {
    let ranking = Ranking::new(query, known);
    ranking
        .rank(candidates.iter().map(Row::borrowed))
        .iter()
        .map(|found| (found.row.incident.0, ranking.reasons(found.row)))
        .collect()
}

fn found(matches: &[(i64, Reasons)]) -> Vec<i64> {
    matches.iter().map(|(incident, _)| *incident).collect()
}

#[test]
fn words_are_cut_and_folded() {
    for (said, expected) in [
        ("Checkout is DOWN!", "checkout down"),
        ("db-1.example.org: 5xx (p99 > 3s)", "db example org 5xx p99 3s"),
        ("Zürich, Łódź; Straße: ÆØ", "zurich lodz strasse aeo"),
        ("Zu\u{308}rich cafe\u{301}", "zurich cafe"),
        ("İstanbul", "istanbul"),
        ("Ελλάδα έξω, ещё раз", "ελλαδα εξω еще раз"),
        ("支払いが遅い", "支払 払い いが が遅 遅い"),
        ("DB障害 x", "db 障害"),
        ("障 a b the of", "障"),
        ("'; DROP TABLE \"searched\" | & ! ( ) :*", "drop table searched"),
        ("  \t\n", ""),
    ] {
        assert_eq!(words(said).join(" "), expected, "{said}");
    }
    let long = "é".repeat(90);
    assert_eq!(words(&long), ["e".repeat(WORD_MAX)]);
}

proptest! {
    #[test]
    fn words_hold_letters_and_digits_alone_and_are_their_own_words(said in any::<String>()) {
        let cut = words(&said);
        for word in &cut {
            prop_assert!(word.chars().all(char::is_alphanumeric), "{word:?}");
            prop_assert!((1..=WORD_MAX).contains(&word.chars().count()), "{word:?}");
        }
        prop_assert_eq!(words(&cut.join(" ")), cut);
    }

    #[test]
    fn letter_case_and_what_stands_between_words_do_not_matter(said in "[a-zA-Z0-9]{2,9}( [a-zA-Z0-9]{2,9}){0,5}") {
        prop_assert_eq!(words(&said), words(&said.to_uppercase().replace(' ', " -- ")));
    }

    #[test]
    fn what_is_stored_holds_each_word_once(title in any::<String>(), summary in any::<String>()) {
        let row = Row::of_text(IncidentId(1), &text(&title, &summary));
        let mut seen = std::collections::BTreeSet::new();
        prop_assert!(row.borrowed().words().all(|word| !word.is_empty() && seen.insert(word.to_owned())), "{row:?}");
    }
}

#[test]
fn a_row_holds_words_and_marks() {
    let (payments, disk) = (Key::new("payments_db").unwrap(), Key::new("disk").unwrap());
    let text = SearchedText {
        title: "Disk full",
        summary: Some("the disk of the pool was full of logs"),
        factors: vec!["Logs were never rotated", "  "],
        services: vec![&disk, &payments],
        names: vec!["HighDiskUse"],
    };
    let row = Row::of_text(IncidentId(7), &text);
    assert_eq!(row.title, "disk full");
    assert_eq!(row.body, "pool logs were never rotated highdiskuse");
    assert_eq!(row.marks, "factor:logs-were-never-rotated alert:highdiskuse service:disk service:payments_db");
    let factor = "é".repeat(150);
    let long = SearchedText { factors: vec![&factor], ..SearchedText::default() };
    assert_eq!(Row::of_text(IncidentId(7), &long).marks, format!("factor:{}", "e".repeat(WORD_MAX)));
}

#[test]
fn the_more_two_incidents_share_and_the_rarer_it_is_the_more_similar_they_are() {
    let checkout = Key::new("checkout").unwrap();
    let asked = SearchedText { services: vec![&checkout], ..text("checkout is down", "the connection pool ran dry") };
    let query = Query::of(IncidentId(50), &asked);
    let known = known(100, &[("checkout", 30), ("down", 40), ("pool", 2), ("connection", 8), ("ran", 3), ("dry", 2)]);
    let with = |number, title, summary, services: &[&Key]| {
        Row::of_text(IncidentId(number), &SearchedText { services: services.to_vec(), ..text(title, summary) })
    };
    let candidates = [
        with(1, "checkout is down", "", &[]),
        with(2, "search is down", "", &[]),
        with(3, "search is slow", "the pool ran dry", &[]),
        with(4, "pool ran dry", "", &[]),
        with(5, "a cable was cut", "", &[&checkout]),
        with(6, "a disk was full", "", &[&checkout]),
        with(7, "checkout is down", "the connection pool ran dry", &[&checkout]),
        with(50, "checkout is down", "the connection pool ran dry", &[&checkout]),
        with(7, "checkout is down", "the connection pool ran dry", &[&checkout]),
    ];
    let matches = ranked(&query, &known, &candidates);
    assert_eq!(found(&matches), [7, 4, 3, 1, 6, 5]);
    let best = &matches.first().unwrap().1;
    assert_eq!(best.services, ["checkout"]);
    assert_eq!(best.titles, ["checkout", "down"]);
    assert_eq!(best.words, ["dry", "pool", "ran", "connection"]);
    assert_eq!(
        matches.get(1).unwrap().1,
        Reasons { words: ["dry", "pool", "ran"].map(str::to_owned).to_vec(), ..Reasons::default() }
    );
}

#[test]
fn a_factor_counts_more_than_an_alert_and_that_more_than_a_service() {
    let checkout = Key::new("checkout").unwrap();
    let asked = SearchedText {
        factors: vec!["Logs were never rotated"],
        names: vec!["HighDiskUse"],
        services: vec![&checkout],
        ..SearchedText::default()
    };
    let of = |number, text: SearchedText<'_>| Row::of_text(IncidentId(number), &text);
    let candidates = [
        of(1, SearchedText { factors: vec!["logs were NEVER rotated!"], ..SearchedText::default() }),
        of(2, SearchedText { names: vec!["highdiskuse"], ..SearchedText::default() }),
        of(3, SearchedText { services: vec![&checkout], ..SearchedText::default() }),
    ];
    let everywhere: Vec<(&str, i64)> =
        ["logs", "were", "never", "rotated", "highdiskuse"].into_iter().map(|word| (word, 9)).collect();
    let matches = ranked(&Query::of(IncidentId(9), &asked), &known(9, &everywhere), &candidates);
    assert_eq!(found(&matches), [1, 2, 3]);
    assert_eq!(matches.first().unwrap().1.factors, ["Logs were never rotated"]);
    assert_eq!(matches.get(1).unwrap().1.alerts, ["HighDiskUse"]);
}

#[test]
fn words_that_nearly_all_have_make_nobody_similar() {
    let query = Query::of(IncidentId(1_000), &text("checkout is down", ""));
    let common = known(1_000, &[("checkout", 300), ("down", 500)]);
    assert_eq!(ranked(&query, &common, &[row(1, "search is down")]), []);
    assert_eq!(found(&ranked(&query, &common, &[row(1, "checkout is down")])), [1]);
    // Among few incidents there is nothing else to go by.
    let few = known(3, &[("checkout", 2), ("down", 3)]);
    assert_eq!(found(&ranked(&query, &few, &[row(1, "search is down"), row(2, "checkout fails")])), [2, 1]);
}

#[test]
fn candidates_are_found_by_what_few_have() {
    let checkout = Key::new("checkout").unwrap();
    let plan = |title: &str, of: &[(&str, i64)]| {
        let asked = SearchedText { services: vec![&checkout], ..text(title, "unheard") };
        let plan = Query::of(IncidentId(9), &asked).plan(&known(100_000, of));
        assert_eq!(plan.marks, ["service:checkout"]);
        (plan.rare.join(" "), plan.common.join(" "), plan.newest)
    };
    let told = |rare: &str, common: &str, newest| (rare.to_owned(), common.to_owned(), newest);
    let of = [
        ("down", 20_000),
        ("checkout", 7_000),
        ("slow", 5_000),
        ("index", 1_500),
        ("pool", 400),
        ("certificate", 30),
        ("rack", 90),
    ];
    for (title, expected) in [
        ("checkout down slow pool certificate", told("certificate pool", "slow checkout", false)),
        ("pool certificate rack", told("certificate rack", "pool", false)),
        ("certificate down", told("certificate", "", true)),
        ("certificate index", told("certificate", "index", false)),
        ("certificate checkout", told("certificate", "", true)),
        ("checkout is down", told("", "", true)),
        ("index is down", told("", "", true)),
        ("index", told("", "index", false)),
        ("checkout", told("", "", true)),
        ("down", told("", "", true)),
        ("nobody heard", told("", "", false)),
    ] {
        assert_eq!(plan(title, &of), expected, "{title}");
    }
    assert_eq!(plan("checkout is down", &[]), told("", "", false));
    let many: Vec<String> = (0..99).map(|number| format!("w{number:02}")).collect();
    let each: Vec<(&str, i64)> = many.iter().map(|word| (word.as_str(), 1)).collect();
    let (rare, common, _) = plan(&many.join(" "), &each);
    assert_eq!((rare.split(' ').count(), common.split(' ').count()), (RARE_WORDS, COMMON_WORDS));
}
