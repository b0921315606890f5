//! What Slack shows, where that differs from what a terminal shows.

use firebell_core::incident::Visibility;
use firebell_core::timeline::Change;
use firebell_core::view::{CardView, HelpView, ListView, NoticeView, PostView, ShowView, TimelineView};

use super::super::escape::slack_template;
use super::super::sample::{Sample, declared};
use super::super::{Renderer, Target};
use super::{HOSTILE, full, own, renderer};

#[test]
fn a_card_reads_well_in_slack() {
    let whole = full("checkout is down");
    let private = Sample::new(&[declared("a secret", Visibility::Private)], Visibility::Private).unwrap();
    let cards =
        [&whole, &private].map(|sample| renderer().card(Target::Slack, &CardView::of(&sample.record())).unwrap());
    insta::assert_snapshot!("slack_card", cards.join("\n\n"));
}

#[test]
fn a_notice_reads_well_in_slack() {
    let sample = full("need the database");
    let record = sample.record();
    let page = record.pages.first().unwrap();
    let notice = |at: usize, again| {
        let view = NoticeView::of(&record, page, page.notices[at].id, again).unwrap();
        renderer().notice(Target::Slack, &view).unwrap()
    };
    insta::assert_snapshot!("slack_notice", [notice(0, false), notice(3, true)].join("\n\n"));
}

#[test]
fn show_list_and_timeline_read_well_in_slack() {
    let sample = full("words");
    let record = sample.record();
    let renderer = renderer();
    let list = |all| {
        let rows: &[_] = if all { &[record.incident, record.incident] } else { &[] };
        let view = ListView { older: all, ..ListView::of(rows, record.directory, record.times, all) };
        renderer.list(Target::Slack, &view).unwrap()
    };
    insta::assert_snapshot!("slack_show", renderer.show(Target::Slack, &ShowView::of(&record)).unwrap());
    insta::assert_snapshot!("slack_list", [list(true), list(false)].join("\n\n"));
    insta::assert_snapshot!("slack_timeline", renderer.timeline(Target::Slack, &TimelineView::of(&record)).unwrap());
}

#[test]
fn help_reads_well_in_slack() {
    let one = renderer().help(Target::Slack, &HelpView::topic("new").unwrap()).unwrap();
    let all = renderer().help(Target::Slack, &HelpView::all()).unwrap();
    insta::assert_snapshot!("slack_help", format!("{one}\n\n{all}"));
}

/// Slack would obey whatever stands between angle brackets, be it a person's or a template's.
#[test]
fn only_links_stand_between_angle_brackets() {
    let sample = full(HOSTILE);
    let record = sample.record();
    let renderer = renderer();
    let bare = Sample::new(&[declared("t", Visibility::Public)], Visibility::Public).unwrap();
    let mut texts: Vec<String> = record
        .entries
        .iter()
        .map(|entry| renderer.post(Target::Slack, &PostView::of(&record, entry.id).unwrap()).unwrap())
        .collect();
    for record in [&record, &bare.record()] {
        let (card, show) = (CardView::of(record), ShowView::of(record));
        texts.push(renderer.card(Target::Slack, &card).unwrap());
        texts.push(renderer.show(Target::Slack, &show).unwrap());
        texts.push(renderer.summary(Target::Slack, &show).unwrap());
        texts.push(renderer.impact(Target::Slack, &show).unwrap());
        texts.push(renderer.timeline(Target::Slack, &TimelineView::of(record)).unwrap());
        texts.push(renderer.list(Target::Slack, &ListView::of(&[], record.directory, record.times, true)).unwrap());
        texts.push(renderer.help(Target::Slack, &HelpView::all()).unwrap());
    }
    for text in texts {
        let mut after = text.split('<').skip(1);
        assert!(after.all(|held| held.starts_with("http") && held.contains('>')), "{text}");
        assert_eq!(text.matches('<').count(), text.matches('>').count(), "{text}");
        assert!(!text.contains("@everyone") && !text.contains("<!"), "{text}");
    }
}

#[test]
fn a_link_leads_where_it_says() {
    for (url, label, expected) in [
        ("https://a.example/?x=1&y=2", Some("board"), "<https://a.example/?x=1&amp;y=2|board>"),
        ("https://a.example/@x_y", None, "<https://a.example/@x_y>"),
        ("https://a.example/|b>", Some("<!here>|x\ny"), "<https://a.example/%7Cb%3E|&lt;!here&gt;¦x y>"),
        ("https://a.example/ b", Some("board"), "board <https://a.example/> b"),
        ("javascript:alert(1)", Some("board"), "board javascript:alert(1)"),
        ("[redacted]", None, "[redacted]"),
    ] {
        let dir = own("entry/linked.hbs", if label.is_some() { "{{href url title}}" } else { "{{href url}}" });
        let renderer = Renderer::new(Some(dir.path())).unwrap();
        renderer.check().unwrap();
        let title = label.map(str::to_owned);
        let changes = [declared("t", Visibility::Public), Change::Linked { url: url.to_owned(), title }];
        let sample = Sample::new(&changes, Visibility::Public).unwrap();
        let record = sample.record();
        let view = PostView::of(&record, record.entries[1].id).unwrap();
        let text = renderer.post(Target::Slack, &view).unwrap();
        assert_eq!(text.strip_prefix("[DRILL] ").unwrap().strip_suffix(" — @ana").unwrap(), expected);
    }
}

#[test]
fn a_shared_template_is_words_to_slack() {
    for (text, expected) in [
        ("plain {{> chat/card}}", "plain {{> chat/card}}"),
        ("`<text>` & {{#if (eq a \"<b>\")}}>{{/if}}", "`&lt;text&gt;` &amp; {{#if (eq a \"<b>\")}}&gt;{{/if}}"),
        ("<a>\n{{{title}}}<b>", "&lt;a&gt;\n{{{title}}}&lt;b&gt;"),
        ("{{> chat/card", "{{> chat/card"),
        ("<{{a}}", "&lt;{{a}}"),
    ] {
        assert_eq!(slack_template(text), expected);
    }
}

#[test]
fn ones_own_templates_are_used_in_slack_too() {
    let sample = full("words");
    let (card, show) = (CardView::of(&sample.record()), ShowView::of(&sample.record()));
    for (path, in_slack, elsewhere) in
        [("chat/card.hbs", "OWN INC-1", "OWN INC-1"), ("slack/card.hbs", "OWN INC-1", "INC-1  SEV2")]
    {
        let dir = own(path, "OWN {{id}}");
        let renderer = Renderer::new(Some(dir.path())).unwrap();
        renderer.check().unwrap();
        for (target, expected) in [(Target::Slack, in_slack), (Target::Console, elsewhere)] {
            let shown = renderer.card(target, &card).unwrap();
            assert!(shown.starts_with(expected), "{path}: {shown}");
            let shown = renderer.show(target, &show).unwrap();
            assert!(shown.starts_with(expected), "{path}: {shown}");
        }
    }
}

#[test]
fn ones_own_may_prevail_in_slack_where_nothing_built_in_does() {
    let dir = own("slack/alarm.hbs", "ALARM {{finding}}");
    let renderer = Renderer::new(Some(dir.path())).unwrap();
    renderer.check().unwrap();
    let view = firebell_core::view::AlarmView::of("x");
    assert_eq!(renderer.alarm(Target::Slack, &view).unwrap(), "ALARM x");
    assert!(!renderer.alarm(Target::Console, &view).unwrap().contains("ALARM"));
}

#[test]
fn a_mistake_in_what_prevails_is_found_in_its_own_file() {
    for (path, text, expected) in [
        (
            "slack/card.hbs",
            "{{id}}\n{{#if drill}}{{else}}\n{{titel}}{{/if}}",
            "slack/card.hbs, line 3: there is no variable `titel`",
        ),
        ("slack/crad.hbs", "x", "did you mean slack/card.hbs?"),
        ("chat/show.hbs", "{{> slack/nothing}}", "chat/show.hbs, line 1"),
    ] {
        let dir = own(path, text);
        let error = Renderer::new(Some(dir.path())).and_then(|made| made.check()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
