//! What Discord shows, where that differs from what a terminal shows.

use firebell_core::incident::Visibility;
use firebell_core::view::{CardView, HelpView, ListView, NoticeView, Record, ShowView, ShownIn, TimelineView};

use super::super::Target;
use super::super::sample::{Sample, declared};
use super::{HOSTILE, full, renderer};

/// Times are shown in the zone of whoever reads them.
fn in_discord(sample: &Sample) -> Record<'_> {
    Record { times: ShownIn::Reader, ..sample.record() }
}

#[test]
fn a_card_reads_well_in_discord() {
    let whole = full("checkout is down");
    let private = Sample::new(&[declared("a secret", Visibility::Private)], Visibility::Private).unwrap();
    let cards =
        [&whole, &private].map(|sample| renderer().card(Target::Discord, &CardView::of(&in_discord(sample))).unwrap());
    insta::assert_snapshot!("discord_card", cards.join("\n\n"));
}

#[test]
fn a_notice_reads_well_in_discord() {
    let sample = full("need the database");
    let record = in_discord(&sample);
    let page = record.pages.first().unwrap();
    let notice = |at: usize, again| {
        let view = NoticeView::of(&record, page, page.notices[at].id, again).unwrap();
        renderer().notice(Target::Discord, &view).unwrap()
    };
    insta::assert_snapshot!("discord_notice", [notice(0, false), notice(3, true)].join("\n\n"));
}

#[test]
fn show_list_and_timeline_read_well_in_discord() {
    let sample = full("words");
    let record = in_discord(&sample);
    let renderer = renderer();
    let list = |all| {
        let rows: &[_] = if all { &[record.incident, record.incident] } else { &[] };
        let view = ListView { older: all, ..ListView::of(rows, record.directory, record.times, all) };
        renderer.list(Target::Discord, &view).unwrap()
    };
    insta::assert_snapshot!("discord_show", renderer.show(Target::Discord, &ShowView::of(&record)).unwrap());
    insta::assert_snapshot!("discord_list", [list(true), list(false)].join("\n\n"));
    insta::assert_snapshot!(
        "discord_timeline",
        renderer.timeline(Target::Discord, &TimelineView::of(&record)).unwrap()
    );
}

#[test]
fn help_reads_well_in_discord() {
    let one = renderer().help(Target::Discord, &HelpView::topic("new").unwrap()).unwrap();
    let all = renderer().help(Target::Discord, &HelpView::all()).unwrap();
    insta::assert_snapshot!("discord_help", format!("{one}\n\n{all}"));
}

/// Nobody is called, and nothing leads elsewhere than it says, whatever people write.
#[test]
fn hostile_words_stay_words_in_discord() {
    let sample = full(&format!("{HOSTILE} @everyone @here <@1> <@&2> <#3> [x](http://evil.example) </a:4> <t:1:R>"));
    let record = in_discord(&sample);
    let renderer = renderer();
    let texts = [
        renderer.card(Target::Discord, &CardView::of(&record)).unwrap(),
        renderer.show(Target::Discord, &ShowView::of(&record)).unwrap(),
        renderer.timeline(Target::Discord, &TimelineView::of(&record)).unwrap(),
    ];
    for text in &texts {
        for obeyed in ["@everyone", "@here", "<@1>", "<@&2>", "<#3>", "](http", "</a:4>", "<t:1:R>"] {
            assert!(!text.contains(obeyed), "{obeyed} in {text}");
        }
    }
}
