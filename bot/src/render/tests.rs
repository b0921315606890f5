//! What people see, and what a mistake in one's own template says.

mod apart;
mod bounds;
mod discord;
mod exports;
mod similar;
mod slack;
mod variables;

use std::collections::BTreeSet;

use firebell_core::incident::Visibility;
use firebell_core::refusal::Refusal;
use firebell_core::timeline::Change;
use firebell_core::view::{CardView, HelpView, NoticeView, PostView, PostmortemView, TimelineView, WhyView};

use super::sample::replies::replies;
use super::sample::{Sample, changes, declared};
use super::{Renderer, Target};

const HOSTILE: &str = "a|b\n# heading\n<script>x</script> `tick` \"quoted\": @everyone [x](javascript:alert(1)) \
                       http://bare.example/x_y שלום \u{202e}evil 🔥 - 1. end.  ";

fn renderer() -> Renderer {
    Renderer::new(None).unwrap()
}

fn full(words: &str) -> Sample {
    Sample::new(&changes(words), Visibility::Public).unwrap()
}

fn postmortem(words: &str) -> String {
    renderer().postmortem("standard", &PostmortemView::of(&full(words).record())).unwrap()
}

#[test]
fn every_kind_of_entry_and_reply_has_its_words() {
    let kinds: BTreeSet<String> = changes("words").iter().map(|change| format!("entry/{}", change.kind())).collect();
    let renderer = renderer();
    let beside = ["entry/gone", "entry/message", "entry/cancelled", "entry/merged_into"];
    let there = renderer.files.keys().filter(|name| name.starts_with("entry/") && !beside.contains(&name.as_str()));
    assert_eq!(kinds, there.cloned().collect());
    let texts: Vec<String> =
        replies().iter().map(|reply| renderer.reply(Target::Console, reply, chrono_tz::Tz::UTC).unwrap()).collect();
    insta::assert_snapshot!("replies", texts.join("\n"));
}

#[test]
fn the_built_in_templates_pass_the_check() {
    renderer().check().unwrap();
}

#[test]
fn every_section_of_a_template_is_known() {
    let (renderer, sample) = (renderer(), full("words"));
    for template in renderer.templates() {
        let text = renderer.postmortem(&template, &PostmortemView::of(&sample.record())).unwrap();
        let marks = text.lines().filter_map(|line| line.strip_prefix("<!-- firebell:section ")?.split(' ').next());
        let known = renderer.sections(&template).iter().map(|section| section.key.as_str());
        assert_eq!(known.collect::<BTreeSet<_>>(), marks.collect::<BTreeSet<_>>(), "{template}");
    }
}

#[test]
fn a_card_fits_a_terminal() {
    let sample = full("checkout is down");
    insta::assert_snapshot!("card", renderer().card(Target::Console, &CardView::of(&sample.record())).unwrap());
}

#[test]
fn a_timeline_reads_in_the_order_of_events() {
    let sample = full("words");
    let view = TimelineView::of(&sample.record());
    insta::assert_snapshot!("timeline", renderer().timeline(Target::Console, &view).unwrap());
}

#[test]
fn posts_say_what_happened_and_the_last_one_holds_the_anchor() {
    let sample = full("words");
    let record = sample.record();
    let renderer = renderer();
    let posts: Vec<String> = record
        .entries
        .iter()
        .map(|entry| renderer.post(Target::Console, &PostView::of(&record, entry.id).unwrap()).unwrap())
        .collect();
    insta::assert_snapshot!("posts", posts.join("\n"));
}

#[test]
fn a_notice_of_a_private_incident_gives_nothing_away() {
    let sample = Sample::new(&[declared("a secret", Visibility::Private)], Visibility::Private).unwrap();
    let record = sample.record();
    let page = record.pages.first().unwrap();
    let view = NoticeView::of(&record, page, page.notices[0].id, false).unwrap();
    let text = renderer().notice(Target::Console, &view).unwrap();
    assert!(!text.contains("secret"), "{text}");
    insta::assert_snapshot!("private_notice", text);
}

#[test]
fn a_notice_says_all_that_is_needed() {
    let sample = full("need the database");
    let record = sample.record();
    let page = record.pages.first().unwrap();
    let view = NoticeView::of(&record, page, page.notices[3].id, true).unwrap();
    insta::assert_snapshot!("notice", renderer().notice(Target::Console, &view).unwrap());
}

#[test]
fn why_explains_notices_and_their_absence() {
    let sample = full("words");
    insta::assert_snapshot!("why", renderer().why(Target::Console, &WhyView::of(&sample.record(), None)).unwrap());
}

#[test]
fn help_comes_from_the_grammar() {
    let one = renderer().help(Target::Console, &HelpView::topic("new").unwrap()).unwrap();
    let all = renderer().help(Target::Console, &HelpView::all()).unwrap();
    insta::assert_snapshot!("help", format!("{one}\n\n{all}"));
    assert_eq!(HelpView::topic("nonsense"), None);
}

#[test]
fn a_refusal_says_it_once() {
    let refusal = Refusal::UnknownPerson { named: "anna".into(), nearest: Some("ana".into()) };
    assert_eq!(renderer().refusal(Target::Console, &refusal), "! No person is called @anna; did you mean @ana?");
}

#[test]
fn a_postmortem_is_a_whole_document() {
    insta::assert_snapshot!("postmortem", postmortem("checkout is down"));
}

#[test]
fn hostile_words_stay_words() {
    let text = postmortem(HOSTILE);
    insta::assert_snapshot!("hostile_postmortem", text);
    assert_eq!(text, postmortem(HOSTILE), "the same record makes the same document");
}

fn own(path: &str, text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    dir
}

#[test]
fn an_own_template_replaces_the_built_in_one() {
    let dir = own("entry/noted.hbs", "NOTE {{text}}\n");
    let renderer = Renderer::new(Some(dir.path())).unwrap();
    renderer.check().unwrap();
    let sample =
        Sample::new(&[declared("t", Visibility::Public), Change::Noted { text: "x".into() }], Visibility::Public)
            .unwrap();
    let view = TimelineView::of(&sample.record());
    assert!(renderer.timeline(Target::Console, &view).unwrap().contains("E2  NOTE x"));
}

#[test]
fn an_own_postmortem_is_offered_beside_the_built_in_one() {
    let dir = own("postmortem/brief.md.hbs", "## {{card.id}}\n");
    let renderer = Renderer::new(Some(dir.path())).unwrap();
    let known = ["brief", "customer", "executive", "five-whys", "security", "short", "standard"];
    assert_eq!(renderer.templates(), known);
    let view = PostmortemView::of(&full("x").record());
    assert_eq!(renderer.postmortem("brief", &view).unwrap(), "## INC-1\n");
}

#[test]
fn a_mistake_is_found_with_its_file_line_and_variable() {
    for (path, text, expected) in [
        ("chat/card.hbs", "{{id}}\n{{titel}}\n", "line 2: there is no variable `titel` here"),
        ("chat/card.hbs", "{{id}}\n\n{{#if titel}}x{{/if}}\n", "line 3: there is no variable `titel` here"),
        ("entry/noted.hbs", "{{txt}}\n", "line 1: there is no variable `txt` here"),
        ("postmortem/own.md.hbs", "{{yaml card.titel}}\n", "line 1: there is no variable `card.titel` here"),
    ] {
        let dir = own(path, text);
        let error = Renderer::new(Some(dir.path())).unwrap().check().unwrap_err().to_string();
        assert!(error.contains(&format!("{path}, {expected}")), "{error}");
    }
}

#[test]
fn a_mistake_is_found_in_a_branch_that_no_sample_takes() {
    for (path, text, line, name) in [
        ("chat/card.hbs", "{{id}}\n{{#if drill}}\n{{#if private}}\n{{titel}}{{/if}}{{/if}}", 4, "titel"),
        ("chat/card.hbs", "{{#if id}}x{{else}}\n{{titel}}{{/if}}", 2, "titel"),
        ("chat/card.hbs", "{{#unless id}}x{{else if drill}}\n{{#if\n titel}}y{{/if}}{{/unless}}", 2, "titel"),
        ("chat/card.hbs", "{{#unless id}}{{#unless drill}}\n{{titel}}{{/unless}}{{/unless}}", 2, "titel"),
        ("chat/card.hbs", "{{#if (eq id \"INC-77\")}}\n\n{{titel}}{{/if}}", 3, "titel"),
        ("chat/card.hbs", "\n{{#if (and drill (not titel))}}x{{/if}}", 2, "titel"),
        ("chat/card.hbs", "{{#unless id}}\n{{lookup titel 0}}{{/unless}}", 2, "titel"),
        ("chat/card.hbs", "{{#*inline \"mine\"}}{{word}}{{/inline}}\n{{> mine word=titel}}", 2, "titel"),
        ("chat/card.hbs", "\n{{#each rolls}}x{{else}}none{{/each}}", 2, "rolls"),
        ("chat/card.hbs", "{{#each roles}}x{{else}}\n{{titel}}{{/each}}", 2, "titel"),
        ("chat/card.hbs", "{{#each roles}}{{#if drill}}\n{{/if}}{{/each}}", 1, "drill"),
        ("chat/card.hbs", "{{#with declared_by}}{{#if person}}{{else}}\n{{nome}}{{/if}}{{/with}}", 2, "nome"),
        ("chat/card.hbs", "{{#with deklared_by}}x{{else}}y{{/with}}", 1, "deklared_by"),
        (
            "chat/card.hbs",
            "{{#each roles as |held|}}{{#unless held.role}}\n{{held.rolle}}{{/unless}}{{/each}}",
            2,
            "held.rolle",
        ),
        ("chat/card.hbs", "{{#each roles}}{{#unless role}}\n{{../titel}}{{/unless}}{{/each}}", 2, "../titel"),
        ("chat/post.hbs", "{{#if drill}}{{#with anchor}}\n{{haed}}{{/with}}{{/if}}", 2, "haed"),
        ("entry/corrected.hbs", "{{#if text}}{{#if at}}\n{{txt}}{{/if}}{{/if}}", 2, "txt"),
        ("entry/closed.hbs", "Closed{{#if corrected}}\n{{text}}{{/if}}", 2, "text"),
        ("reply/noted.hbs", "{{#if people}}\n{{peple}}{{/if}}", 2, "peple"),
        ("postmortem/own.md.hbs", "{{#rows rows}}{{#unless id}}\n{{idd}}{{/unless}}{{/rows}}", 2, "idd"),
        (
            "postmortem/own.md.hbs",
            "{{#unless rows}}{{#each pages}}{{#each notices}}\n{{../no}}{{/each}}{{/each}}{{/unless}}",
            2,
            "../no",
        ),
    ] {
        let dir = own(path, text);
        let error = Renderer::new(Some(dir.path())).unwrap().check().expect_err(text).to_string();
        assert!(error.contains(&format!("{path}, line {line}: there is no variable `{name}` here")), "{text}: {error}");
    }
}

#[test]
fn what_the_language_offers_is_no_mistake() {
    for (path, text) in [
        (
            "chat/card.hbs",
            "{{#each roles as |held index|}}{{index}} {{held.role}} {{../title}} {{@index}}{{#if @last}}.{{/if}}{{/each}}",
        ),
        ("chat/card.hbs", "{{#each roles}}{{#with this}}{{role}} {{@first}} {{../../title}}{{/with}}{{/each}}"),
        (
            "chat/card.hbs",
            "{{#if last_update}}{{last_update.text}}{{#with last_update as |last|}}{{last.time}}{{/with}}{{/if}}",
        ),
        ("chat/card.hbs", "{{#with last_update}}{{text}}{{else}}nothing yet: {{title}}{{/with}}"),
        (
            "chat/card.hbs",
            "{{#if (eq severity \"SEV1\")}}!{{else if (not private)}}{{lookup services 0}}{{/if}}{{len roles}}",
        ),
        ("chat/card.hbs", "{{#*inline \"mine\"}}{{title}}{{/inline}}{{> mine}}{{#> nobodys}}{{id}}{{/nobodys}}"),
        ("chat/card.hbs", "{{{title}}} {{this.title}} {{[title]}} {{!-- {{nothing}} --}} {{~id~}}"),
        (
            "chat/show.hbs",
            "{{#with card}}{{> chat/card}}{{/with}}{{#if impact}}{{impact.text}}{{/if}}{{> chat/summary}}",
        ),
        (
            "chat/help.hbs",
            "{{#if topic}}{{topic.usage}}{{#each topic.aliases}}{{this}}{{/each}}{{else}}{{#each verbs}}{{about}}{{/each}}{{/if}}",
        ),
        ("chat/list.hbs", "{{#each rows}}{{id}}{{else}}{{#unless all}}none{{/unless}}{{/each}}"),
        (
            "chat/post.hbs",
            "{{incident}} {{entry.id}}{{#if anchor}}{{anchor.head}}{{/if}}{{#with entry}}{{say partial}}{{/with}}",
        ),
        (
            "chat/post.hbs",
            "{{#if (eq entry.kind \"noted\")}}{{entry.text}}{{else}}{{#with entry}}{{say partial}}{{/with}}{{/if}}",
        ),
        ("chat/timeline.hbs", "{{#each rows}}{{#if (eq kind \"noted\")}}{{text}}{{/if}}{{/each}}"),
        ("postmortem/own.md.hbs", "{{#rows rows}}{{#if (eq kind \"updated\")}}{{time}} {{text}}{{/if}}{{/rows}}"),
        ("entry/noted.hbs", "{{text}} {{id}}{{#unless who.person}}{{who.name}}{{/unless}}"),
        ("reply/noted.hbs", "{{incident}}{{#if next_due}}{{next_due}}{{/if}}{{#each people}}{{this}}{{/each}}"),
        (
            "postmortem/own.md.hbs",
            "{{#rows rows}}{{exact}} {{say partial}}{{#if corrected}}{{corrected}}{{/if}}{{/rows}}{{#each pages}}{{#each notices}}{{../number}}{{@../index}}{{else}}{{number}}{{/each}}{{/each}}",
        ),
    ] {
        let dir = own(path, text);
        let checked = Renderer::new(Some(dir.path())).unwrap().check();
        assert_eq!(checked, Ok(()), "{text}");
    }
}

/// What is empty everywhere would hide a mistake.
#[test]
fn every_template_is_tried_and_every_list_and_record_is_there_once() {
    let renderer = renderer();
    let views = super::check::views(&renderer).unwrap();
    let tried: BTreeSet<&String> = views.keys().collect();
    // Sentences and parts are tried within what says them.
    let parts = |name: &&String| name.starts_with("entry/") || name.contains("/parts/");
    let there: BTreeSet<&String> = renderer.files.keys().filter(|name| !parts(name)).collect();
    assert_eq!(tried, there);
    // Replies leave out what they do not speak of, and none of it holds more than a text.
    let mut empty = Vec::new();
    for (name, views) in views.iter().filter(|(name, _)| !name.starts_with("reply/")) {
        for view in super::check::merged(views, super::check::Kinds::Apart) {
            find_empty(&view, name, &mut empty);
        }
    }
    empty.retain(|path| !is_elsewhere(path));
    assert_eq!(empty, Vec::<String>::new());
}

/// Whether a place is empty by its nature, and filled where the same view is shown elsewhere.
fn is_elsewhere(path: &str) -> bool {
    let (_, field) = path.rsplit_once('/').unwrap_or_default();
    let roles = ["triggers", "factors", "whys", "limited", "detected", "should_detect"];
    // Only a card in a room tells of earlier incidents.
    path.ends_with("/card/earlier")
        // What only bookkeeping says is on no timeline.
        || path.contains("/rows/") && ["comment", "required", "section", "template", "evidence"].contains(&field)
        // What is still to be done was done by nobody.
        || ["/promised/rows", "/digest/rows"].iter().any(|list| path.contains(list)) && field.starts_with("done_")
        // What is listed by its role is as it is in the tree.
        || roles.iter().any(|role| path.contains(&format!("/causes/{role}/")))
        // A document tells of the analysis as it stands.
        || path.starts_with("postmortem/") && path.ends_with("/causes/at")
}

fn find_empty(value: &serde_json::Value, path: &str, empty: &mut Vec<String>) {
    use serde_json::Value;
    match value {
        Value::Null => empty.push(path.to_owned()),
        Value::Array(items) if items.is_empty() => empty.push(path.to_owned()),
        Value::Array(items) => items.iter().for_each(|item| find_empty(item, path, empty)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| find_empty(value, &format!("{path}/{name}"), empty));
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_file_that_cannot_serve_is_refused_when_it_is_read() {
    for (path, text, expected) in [
        ("chat/card.hbs", "a\n{{#if id}}\n", "chat/card.hbs, line "),
        ("entry/noted.hbs", "{{say partial}}", "cannot hold itself"),
        ("entry/noted.hbs", "{{~ say partial}}", "cannot hold itself"),
        ("chat/crad.hbs", "x", "did you mean chat/card.hbs?"),
    ] {
        let dir = own(path, text);
        let error = Renderer::new(Some(dir.path())).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
