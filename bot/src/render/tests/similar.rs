//! Incidents that are like one, on cards and for whoever asks, wherever that is read.

use firebell_core::view::{CardView, Record, SimilarView};

use super::super::Target;
use super::super::sample::similar::similar;
use super::{HOSTILE, full, renderer};

/// What a card says of earlier incidents, the answer to whoever asks, and the answer where there are none.
fn texts(target: Target, record: &Record<'_>) -> [String; 3] {
    let (renderer, found) = (renderer(), similar(record));
    let card = CardView::of(record);
    let without = renderer.card(target, &card).unwrap();
    let with = renderer.card(target, &card.with_earlier(record, &found)).unwrap();
    let earlier = with.strip_prefix(&without).expect("a card ends with what was seen before").trim().to_owned();
    let answers = [&found[..], &[]].map(|found| renderer.similar(target, &SimilarView::of(record, found)).unwrap());
    let [some, none] = answers;
    [earlier, some, none]
}

#[test]
fn similar_incidents_read_well_everywhere() {
    let sample = full("disk full");
    for (name, target) in [("chat", Target::Console), ("slack", Target::Slack), ("discord", Target::Discord)] {
        let record = Record { times: target.times(chrono_tz::Europe::Berlin), ..sample.record() };
        insta::assert_snapshot!(format!("similar_{name}"), texts(target, &record).join("\n\n"));
    }
}

#[test]
fn words_of_similar_incidents_stay_words() {
    let sample = full(&format!("{HOSTILE} @everyone <!channel> <@U1>"));
    for (target, obeyed) in [(Target::Slack, ["<!channel>", "<@U1>"]), (Target::Discord, ["@everyone", "](http"])] {
        for text in texts(target, &sample.record()) {
            assert!(obeyed.iter().all(|obeyed| !text.contains(obeyed)), "{text}");
        }
    }
}
