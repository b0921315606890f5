//! The verbs of the analysis, the key times and the impact in numbers.

use super::super::super::{CauseCommand, Command, Query, Support};
use super::{asks, at, does, refuses};
use crate::ids::{CauseId, EntryId, MessageId};
use crate::incident::{Measures, Money};
use crate::rca::{CauseRole, Edge, Verdict};
use crate::times::KeyTime;

fn steps(line: &str, step: CauseCommand) {
    does(line, Command::Analysis(step));
}

fn add(role: CauseRole, text: &str) -> CauseCommand {
    CauseCommand::Add { role, text: text.to_owned(), category: None, because: None }
}

#[test]
fn causes_are_added() {
    let why = |text: &str, of| CauseCommand::Why { text: text.to_owned(), of };
    steps("why the disk filled up", why("the disk filled up", None));
    steps("why nobody looked --of f2", why("nobody looked", Some(CauseId(2))));
    steps("why @ana was asleep", why("@ana was asleep", None));
    steps("why \"@ana\"", why("\"@ana\"", None));
    steps("trigger deploy of 1.4.3", add(CauseRole::Trigger, "deploy of 1.4.3"));
    steps("limited the cache", add(CauseRole::Limited, "the cache"));
    steps("detection a customer called", add(CauseRole::Detected, "a customer called"));
    steps("detection an alert --should", add(CauseRole::ShouldDetect, "an alert"));
    let factor = CauseCommand::Add {
        role: CauseRole::Factor,
        text: "nobody watches".to_owned(),
        category: Some("detection".to_owned()),
        because: Some(CauseId(2)),
    };
    steps("factor nobody watches --category Detection --because F2", factor);
    refuses("factor", "say what contributed to it: /incident factor <text> [--category C] [--because F2]");
    refuses(
        "factor x --because 2",
        "\"2\" is no cause, they are numbered like F2: /incident factor <text> [--category C] [--because F2]",
    );
    refuses("trigger", "say what set it off: /incident trigger <text>");
    refuses("limited", "say what limited the damage: /incident limited <text>");
    refuses("detection --should", "say how it should have been detected: /incident detection <text> [--should]");
}

#[test]
fn why_points_at_what_it_meant_before() {
    refuses(
        "why @ana",
        "`why` adds the next why of the analysis; `/incident why-paged @ana` tells why somebody was paged: /incident why <text> [--of F2]",
    );
    refuses(
        "why",
        "say why it came to that; `/incident why-paged` tells who was paged: /incident why <text> [--of F2]",
    );
}

#[test]
fn causes_are_judged_tied_and_changed() {
    let two = CauseId(2);
    let supports = |by| CauseCommand::Support { cause: Some(two), by };
    let withdraws = |by| CauseCommand::Withdraw { cause: Some(two), by };
    let link = |title: Option<&str>| Support::Link {
        url: "https://example.org/d".to_owned(),
        title: title.map(str::to_owned),
    };
    steps("evidence F2 E12", supports(Support::Entry(EntryId(12))));
    steps("evidence F2 #12", supports(Support::Entry(EntryId(12))));
    steps("evidence f2 m3", supports(Support::Message(MessageId(3))));
    steps("evidence F2 https://example.org/d", supports(link(None)));
    steps("evidence F2 <https://example.org/d> free space", supports(link(Some("free space"))));
    steps("evidence F2 E12 --remove", withdraws(Support::Entry(EntryId(12))));
    steps("confirm F2", CauseCommand::Judge { cause: two, verdict: Verdict::Confirmed });
    steps("suspect F2", CauseCommand::Judge { cause: two, verdict: Verdict::Open });
    let reason = "the graph was flat".to_owned();
    steps("rule-out F2 the graph was flat", CauseCommand::Judge { cause: two, verdict: Verdict::RuledOut { reason } });
    let edge = Edge { from: CauseId(3), to: two };
    steps("because F2 F3", CauseCommand::Link { edge, remove: false });
    steps("because F2 F3 --remove", CauseCommand::Link { edge, remove: true });
    let edit = |text: Option<&str>, role, category: Option<&str>| CauseCommand::Edit {
        cause: two,
        text: text.map(str::to_owned),
        role,
        category: category.map(str::to_owned),
    };
    steps("cause F2 --text \"the disk\" --role trigger", edit(Some("the disk"), Some(CauseRole::Trigger), None));
    steps("cause F2 --category none", edit(None, None, Some("none")));
    asks("cause F2", Query::Cause { cause: two });
    asks("causes", Query::Causes { at: None });
    asks("causes --at 13:50", Query::Causes { at: Some(at("2026-11-21T12:50:00Z")) });
    let evidence = "/incident evidence <cause> <entry|message|link> [title] [--remove]";
    refuses("evidence", &format!("say which cause, and what supports it: {evidence}"));
    refuses("evidence F2", &format!("say what supports it: {evidence}"));
    refuses("evidence F2 dash", &format!("\"dash\" is no entry, message or link: {evidence}"));
    refuses("evidence F2 ftp://x", &format!("a link begins with http:// or https://: {evidence}"));
    refuses("evidence F2 E12 why", &format!("\"why\" is one word too many: {evidence}"));
    refuses(
        "evidence F2 https://x.org --remove",
        &format!("name the entry or message that is no evidence, as E12: {evidence}"),
    );
    refuses("rule-out F2", "say why it is no cause: /incident rule-out <cause> <reason>");
    refuses("confirm E2", "\"E2\" is no cause, they are numbered like F2: /incident confirm <cause>");
    refuses("because F2", "say what led to it: /incident because <cause> <led-to-it> [--remove]");
    let cause = "/incident cause <cause> [--text TEXT] [--role R] [--category C]";
    refuses(
        "cause F2 --role tigger",
        &format!(
            "\"tigger\" is no role of a cause; there are trigger, factor, why, limited, detected, should-detect, perhaps trigger is meant: {cause}"
        ),
    );
    refuses("cause F2 more", &format!("\"more\" is one word too many: {cause}"));
}

#[test]
fn times_are_said_and_given_back() {
    let at = at("2026-11-21T12:50:00Z");
    asks("times", Query::Times);
    does("times detected 13:50", Command::SetTime { time: KeyTime::Detected, at: Some(at) });
    does("times impact started 13:50", Command::SetTime { time: KeyTime::ImpactStarted, at: Some(at) });
    does("times impact_ended 13:50", Command::SetTime { time: KeyTime::ImpactEnded, at: Some(at) });
    does("times mitigated --clear", Command::SetTime { time: KeyTime::Mitigated, at: None });
    let usage =
        "/incident times [impact-started|detected|declared|acknowledged|mitigated|impact-ended|resolved] [T] [--clear]";
    refuses("times --clear", &format!("say which time: {usage}"));
    refuses("times mitigatd 13:50", &format!("\"mitigatd\" is no key time, perhaps mitigated is meant: {usage}"));
    refuses("times mitigated", &format!("say when it was, or --clear: {usage}"));
    refuses("times mitigated 13:50 --clear", &format!("--clear takes no time: {usage}"));
}

#[test]
fn impact_is_measured() {
    let impact = |measures| Command::SetImpact { text: None, started_at: None, ended_at: None, measures };
    let money = |cents| Some(Money { cents, currency: "EUR".to_owned() });
    let all = Measures { users: Some(1_200), requests: Some(34_000), money: money(1_250_000), slo_minutes: Some(43) };
    does("impact --users 1,200 --requests 34k --money \"12500 EUR\" --slo 43", impact(all.clone()));
    does("impact --money 12500 EUR --slo 43 --users 1200 --requests 34k", impact(all));
    for line in ["impact --money 5 eur", "impact --money EUR 5", "impact --money 5EUR", "impact --money=\"5 EUR\""] {
        does(line, impact(Measures { money: money(500), ..Measures::default() }));
    }
    let text = Some("the carts".to_owned());
    let measures = Measures { money: money(500), ..Measures::default() };
    let ended_at = Some(at("2026-11-21T12:50:00Z"));
    does(
        "impact --money 5 EUR the carts --ended 13:50",
        Command::SetImpact { text, started_at: None, ended_at, measures },
    );
    let usage = "/incident impact [text] [--started T] [--ended T] [--users N] [--requests N] [--money M] [--slo N]";
    refuses("impact --users many", &format!("\"many\" is no whole number; write 1200, 1,200, 34k or 1.5M: {usage}"));
    refuses(
        "impact --money 5 carts",
        &format!("\"5\" has no currency; write an amount and its currency, as 12500 EUR or 12.5k EUR: {usage}"),
    );
}
