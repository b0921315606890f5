use chrono::TimeDelta;

use super::super::super::{
    ActionTraits, Ask, Code, Command, ExportFormat, Fix, OnCallCommand, OnCallQuery, Own, Query, RedactTarget,
    ReviewCommand, ReviewQuery, SwapAnswer,
};
use super::{asks, at, does, read, refuses};
use crate::ids::{ActionId, CommentId, EntryId, IncidentId, Key, MessageId};
use crate::incident::{ActiveStatus, Measures};

#[expect(clippy::unnecessary_wraps, reason = "the fields it fills are optional")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_head_of_a_line() {
    for line in ["", " /incident ", "help"] {
        asks(line, Query::Help { topic: None });
    }
    for line in ["/oncall", " /OnCall who"] {
        asks(line, Query::OnCall(OnCallQuery::Who { of: None }));
    }
    asks("/oncall who checkout", Query::OnCall(OnCallQuery::Who { of: some("checkout") }));
    asks("/oncall help who", Query::Help { topic: some("who") });
    refuses("who", "\"who\" stands behind another command: /oncall who [service|policy|schedule]");
    refuses(
        "/oncall declare x",
        "\"declare\" stands behind another command: /incident declare <title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]",
    );
    refuses("/oncall whom", "there is no command \"whom\"; did you mean \"who\"?");
    asks("help NEW", Query::Help { topic: some("declare") });
    for line in ["inc-3", "INC-3 show", "show INC-3", "INC-3 show INC-3"] {
        assert_eq!(read(line).unwrap().incident, Some(IncidentId(3)), "{line}");
    }
    for verb in [
        "timeline",
        "actions",
        "similar",
        "ack",
        "close",
        "postmortem",
        "export",
        "why-paged",
        "causes",
        "times",
        "status identified",
        "done 2",
    ] {
        let (word, rest) = verb.split_once(' ').unwrap_or((verb, ""));
        assert_eq!(read(&format!("{word} INC-3 {rest}")), read(&format!("INC-3 {verb}")), "{verb}");
    }
    refuses("stauts", "there is no command \"stauts\"; did you mean \"status\"?");
    refuses("banana", "there is no command \"banana\"; `/incident help` lists them");
    refuses("INC-x show", "\"INC-x\" is no incident's number: /incident INC-42 <command>");
    refuses("INC-3 show INC-4", "INC-3 and INC-4 are two incidents, name one: /incident show");
    refuses("ack now please", "\"now\" is one word too many: /incident ack");
}

#[test]
fn rooms_and_who_asks() {
    asks("room", Query::Rooms);
    asks("similar", Query::Similar);
    assert_eq!(read("room INC-3"), read("INC-3 room"));
    does("room ADD slack/main", Command::AddRoom { place: "slack/main".to_owned() });
    refuses("room add", "say where, by the name of a workspace or a platform: /incident room [add] [place]");
    refuses("room open", "\"open\" is nothing to do with rooms: /incident room [add] [place]");
    does("mirror ON", Command::Mirror { on: true });
    does("mirror off", Command::Mirror { on: false });
    refuses("mirror", "say on or off: /incident mirror <on|off>");
    asks("me", Query::Me);
    let own = |line: &str| match read(line).map(|request| request.ask) {
        Ok(Ask::Own(own)) => own,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(own("me link"), Own::Code);
    assert_eq!(own("me LINK abcde fgh23"), Own::Link { code: Code("abcde fgh23".to_owned()) });
    assert!(!format!("{:?}", own("me link abcde")).contains("abcde"), "a code is shown nowhere");
    assert_eq!(own("me unlink U1"), Own::Unlink { account: "U1".to_owned() });
    let usage = "/incident me [link|unlink] [code|account]";
    refuses("me unlink", &format!("say which account, by its id or its workspace: {usage}"));
    refuses("me ABCDE-FGH23", &format!("say what to do with your accounts, link or unlink: {usage}"));
}

#[test]
fn how_whoever_asks_is_reached() {
    use crate::command::ContactCommand;
    use crate::directory::{ContactMethod, PersonalRule, PlainAddress, Urgency};
    asks("/oncall me", Query::OnCall(OnCallQuery::Me));
    let contact = |line: &str| match read(line).map(|request| request.ask) {
        Ok(Ask::Own(Own::Contact(command))) => command,
        other => panic!("{line}: {other:?}"),
    };
    let address = |text: &str| PlainAddress(text.to_owned());
    let (sms, ntfy) = (ContactMethod::Sms, ContactMethod::Ntfy);
    let set = contact("/oncall me SET Sms  +4366012345642 ");
    assert_eq!(set, ContactCommand::Set { method: sms, address: address("+4366012345642") });
    assert!(!format!("{set:?}").contains("4366"), "an address is shown nowhere");
    let set = contact("/oncall me set mail ana@example.org");
    assert_eq!(set, ContactCommand::Set { method: ContactMethod::Email, address: address("ana@example.org") });
    assert_eq!(contact("/oncall me confirm abc 234"), ContactCommand::Confirm { code: Code("abc 234".to_owned()) });
    assert_eq!(contact("/oncall me order ntfy, sms"), ContactCommand::Order { methods: vec![ntfy, sms] });
    assert_eq!(contact("/oncall me test"), ContactCommand::Test { method: None });
    let rule = |method, after_s| PersonalRule { urgency: Urgency::Low, method, after_s };
    let rules = contact("/oncall me rules LOW ntfy, sms after 2m");
    assert_eq!(rules, ContactCommand::Rules { urgency: Urgency::Low, rules: vec![rule(ntfy, 0), rule(sms, 120)] });
    let none = contact("/oncall me rules low none");
    assert_eq!(none, ContactCommand::Rules { urgency: Urgency::Low, rules: Vec::new() });
    for line in ["set +4366012345642", "set", "set console x", "remove +4366012345642", "+4366012345642", "confirm"] {
        let refused = read(&format!("/oncall me {line}")).unwrap_err().to_string();
        assert!(refused.contains("/oncall me [confirm|set|") && !refused.contains("4366012345642 "), "{refused}");
    }
    asks("/oncall help me", Query::Help { topic: some("/oncall me") });
    asks("help me", Query::Help { topic: some("me") });
}

#[test]
fn people_and_work() {
    does("status Identified", Command::Status { to: ActiveStatus::Identified });
    does("severity SEV2", Command::Severity { to: "sev2".to_owned() });
    for (line, role, person) in [
        ("lead @ana", "lead", "ana"),
        ("lead", "lead", "me"),
        ("comms bo", "communications", "bo"),
        ("scribe", "scribe", "me"),
        ("role Legal @dee", "legal", "dee"),
        ("role comms", "communications", "me"),
    ] {
        does(line, Command::Assign { role: Key::new(role).unwrap(), person: person.to_owned() });
    }
    does("page @bo need the db", Command::Page { target: "bo".to_owned(), message: some("need the db") });
    does("page database", Command::Page { target: "database".to_owned(), message: None });
    for line in ["done A2", "done 2", "done #2"] {
        does(line, Command::FinishAction { action: ActionId(2) });
    }
    let due = Some(at("2026-11-27T16:00:00Z"));
    let add = |text: &str, owner: &str, due| Command::AddAction {
        text: text.to_owned(),
        owner: (!owner.is_empty()).then(|| owner.to_owned()),
        due,
        traits: ActionTraits::default(),
    };
    does("action alert on disk @bo --due fri", add("alert on disk", "bo", due));
    does("action @bo alert on disk", add("alert on disk", "bo", None));
    does("action ask @bo about disk", add("ask @bo about disk", "", None));
    does("action @ana ask @bo.", add("@ana ask", "bo", None));
    refuses(
        "action @bo",
        "say what is to be done: /incident action <text> [@owner] [--due D] [--type prevent|detect|mitigate|process] \
         [--priority high|medium|low] [--against F2]",
    );
    refuses("status", "say how far the work has come: /incident status <investigating|identified|mitigated>");
    refuses(
        "status identifed",
        "\"identifed\" is no status, perhaps identified is meant: /incident status <investigating|identified|mitigated>",
    );
    refuses("status resolved", "resolved is not set as a status, it has its own command: /incident resolve <summary>");
    refuses("sev", "name the severity: /incident sev <sevN>");
    refuses("lead @", "\"@\" is nobody's name: /incident lead [@person]");
    refuses("lead @a @b", "\"@b\" is one word too many: /incident lead [@person]");
    refuses("role", "say which role: /incident role <role> [@person]");
    refuses("role le§gal", "\"le§gal\" is no role: /incident role <role> [@person]");
    refuses("page", "say whom to page: /incident page <person|policy> [message]");
    refuses("done two", "\"two\" is no action, they are numbered like A2: /incident done <action>");
}

#[test]
fn words() {
    does(
        "update 60 % back --next 1h 30m",
        Command::Update { text: "60 % back".to_owned(), next: Some(TimeDelta::minutes(90)) },
    );
    asks("summary", Query::Summary);
    does("summary the disk", Command::SetSummary { text: "the disk".to_owned() });
    asks("impact", Query::Impact);
    let started_at = Some(at("2026-11-21T12:50:00Z"));
    let set = |text, started_at, measures| Command::SetImpact { text, started_at, ended_at: None, measures };
    does("impact --started 13:50", set(None, started_at, Measures::default()));
    does("impact no checkouts --started 13:50", set(some("no checkouts"), started_at, Measures::default()));
    let field = |value| Command::SetField { field: "region".to_owned(), value };
    does("field region eu west", field(some("eu west")));
    does("field region \"--clear\"", field(some("--clear")));
    does("field region --clear", field(None));
    does("cancel", Command::Cancel { reason: None });
    does("reopen errors are back", Command::Reopen { reason: some("errors are back") });
    does("resolve rolled back", Command::Resolve { summary: "rolled back".to_owned() });
    refuses("note", "say what to note: /incident note <text> [--at T]");
    refuses("update --next 5m", "say how it stands: /incident update <text> [--next 30m]");
    refuses("field", "say which field: /incident field <name> <value|--clear>");
    refuses("field region", "say what the field holds, or --clear: /incident field <name> <value|--clear>");
    refuses("field region eu --clear", "--clear takes no value: /incident field <name> <value|--clear>");
    refuses("resolve", "say in a sentence how it was resolved: /incident resolve <summary>");
    refuses(&format!("note {}", "x".repeat(8001)), "the note is longer than 8000 characters; shorten it or link to it");
}

#[test]
fn the_record() {
    does("mark m3", Command::Mark { message: MessageId(3) });
    let correct = |fix| Command::Correct { entry: EntryId(4), fix };
    let time = at("2026-11-21T13:02:00Z");
    for (line, fix) in [
        ("E4 14:02", Fix::HappenedAt(time)),
        ("#4 14:02 --time", Fix::HappenedAt(time)),
        ("4 --text 14:02", Fix::Text("14:02".to_owned())),
        ("e4 14:02 it fell over", Fix::Text("14:02 it fell over".to_owned())),
    ] {
        does(&format!("correct {line}"), correct(fix));
    }
    let redact = |target| Command::Redact { target, reason: "a password".to_owned() };
    does("redact M7 a password", redact(RedactTarget::Message(MessageId(7))));
    does("redact 7 a password", redact(RedactTarget::Entry(EntryId(7))));
    does("merge INC-41", Command::Merge { into: IncidentId(41) });
    refuses("mark 3", "\"3\" is no message, they are numbered like M3: /incident mark <message>");
    refuses("redact E7", "say why: /incident redact <entry|message> <reason>");
    refuses("merge 41", "\"41\" is no incident, they are numbered like INC-41: /incident merge <INC-n>");
    refuses(
        "correct E4 a --text --time",
        "--text and --time exclude each other: /incident correct <entry> <text|time> [--text|--time]",
    );
    refuses(
        "correct four a",
        "\"four\" is no entry, `/incident timeline` shows their numbers: /incident correct <entry> <text|time> [--text|--time]",
    );
}

#[test]
fn links() {
    for url in ["https://example.org", "HTTP://[::1]:80/x", "https://example.org/a@b?c=d#e", "https://h:1"] {
        does(&format!("link {url}"), Command::Link { url: url.to_owned(), title: None });
    }
    does("link <https://a.b/c> the 'd'", Command::Link { url: "https://a.b/c".to_owned(), title: some("the 'd'") });
    let none = "a link begins with http:// or https://";
    let host = "the address names no host";
    let unsafe_ = "the address holds a blank or a character that no address has";
    for (url, problem) in [
        ("javascript:alert(1)", none),
        ("ftp://a", none),
        ("https://", host),
        ("https://:80", host),
        ("https://a:b", host),
        ("https://a:99999", host),
        ("https://a\u{0}b", unsafe_),
        ("\"https://a b\"", unsafe_),
        ("https://a\\b", unsafe_),
        ("https://a@b", "the address holds a user name, which may hide where it leads"),
        (&format!("https://{}", "a".repeat(2000)), "the address is longer than 2000 characters"),
    ] {
        refuses(&format!("link {url}"), &format!("{problem}: /incident link <url> [title]"));
    }
}

#[test]
fn queries() {
    asks("list", Query::List { all: false });
    asks("list ALL", Query::List { all: true });
    asks("why-paged @ana", Query::WhyPaged { person: some("ana") });
    let export = |format, template: Option<&str>| Query::Export { format, template: template.map(str::to_owned) };
    asks("export", export(ExportFormat::Markdown, None));
    asks("export json", export(ExportFormat::Json, None));
    asks("export html --template short", export(ExportFormat::Html, Some("short")));
    asks("export --template short pdf", export(ExportFormat::Pdf, Some("short")));
    asks("postmortem --template Full", Query::Postmortem { template: some("full") });
    refuses("list INC-3", "\"INC-3\" cannot be listed: /incident list [all]");
    refuses("export docx", "\"docx\" is no form of export: /incident export [md|html|pdf|json] [--template T]");
    refuses(
        "postmortem --template a.b",
        "a template's name has only a-z, 0-9, '-' and '_': /incident postmortem [status|lint|write|edit|review|sign|back|publish|revise|send|owner|due|comment|settle|template] [what] [--section S] [--template T] [--clear]",
    );
    refuses("help banana", "there is no command \"banana\"; `/incident help` lists them");
}

#[test]
fn what_stands_behind_oncall() {
    let asked = |line: &str, query: OnCallQuery| asks(line, Query::OnCall(query));
    let wants =
        |line: &str, command: OnCallCommand| assert_eq!(read(line).unwrap().ask, Ask::OnCall(command), "{line}");
    let web = || "web".to_owned();
    asked("/oncall schedule web", OnCallQuery::Schedule { schedule: web(), from: None, to: None });
    asked("/oncall gaps", OnCallQuery::Gaps { schedule: None, to: None });
    asked("/oncall gaps web", OnCallQuery::Gaps { schedule: some("web"), to: None });
    asked("/oncall fairness web", OnCallQuery::Fairness { schedule: web(), from: None, to: None });
    asked("/oncall swaps", OnCallQuery::Swaps);
    asked("/oncall handoff", OnCallQuery::Handoff { schedule: None });
    asked("/oncall handoff web", OnCallQuery::Handoff { schedule: some("web") });
    asked("/oncall handoff \"accept\"", OnCallQuery::Handoff { schedule: some("accept") });
    asked(
        "/oncall simulate web --severity SEV1",
        OnCallQuery::Simulate { policy: web(), at: None, severity: some("sev1") },
    );
    wants("/oncall take web", OnCallCommand::Take { schedule: web(), length: None });
    wants("/oncall take web --for 2h", OnCallCommand::Take { schedule: web(), length: Some(TimeDelta::hours(2)) });
    wants("/oncall handoff accept", OnCallCommand::AcceptHandoff { schedule: None, note: None });
    wants(
        "/oncall handoff accept web all  quiet",
        OnCallCommand::AcceptHandoff { schedule: some("web"), note: some("all  quiet") },
    );
    wants(
        "/oncall handoff note web the disk is full",
        OnCallCommand::NoteHandoff { schedule: web(), text: "the disk is full".to_owned() },
    );
    wants("/oncall swaps accept", OnCallCommand::AnswerSwap { answer: SwapAnswer::Accept, number: None });
    wants("/oncall swaps decline 2", OnCallCommand::AnswerSwap { answer: SwapAnswer::Decline, number: Some(2) });
    let own = |line: &str, own: Own| assert_eq!(read(line).unwrap().ask, Ask::Own(own), "{line}");
    own("/oncall feed", Own::Feed { schedule: None });
    own("/oncall feed web", Own::Feed { schedule: some("web") });
    own("/oncall feed \"\" revoke", Own::Feed { schedule: some("revoke") });
    own("/oncall feed revoke", Own::EndFeed { schedule: None });
    own("/oncall feed REVOKE web", Own::EndFeed { schedule: some("web") });
    refuses("/oncall feed web now", "\"now\" is one word too many: /oncall feed [revoke] [schedule]");
    refuses("/oncall schedule", "say which schedule: /oncall schedule <schedule> [--from T] [--to T]");
    refuses(
        "/oncall override web @bo",
        "say until when, as --to \"fri 17:00\": /oncall override <schedule> <@person> <--to T> [--from T] [--instead person]",
    );
    refuses(
        "/oncall override web",
        "say who is to be on call: /oncall override <schedule> <@person> <--to T> [--from T] [--instead person]",
    );
    refuses("/oncall cover", "say for whom you stand in: /oncall cover <@person> [schedule] <--to T> [--from T]");
    refuses(
        "/oncall swap web @bo",
        "say which shift of yours, by a time in it, as --mine fri: /oncall swap <schedule> <@person> <--mine T> [--theirs T]",
    );
    let usage = "/oncall handoff [accept|note] [schedule] [text]";
    refuses("/oncall handoff web quiet", &format!("say what to do, accept or note: {usage}"));
    refuses("/oncall handoff note", &format!("say for which schedule the note is: {usage}"));
    refuses("/oncall handoff note web", &format!("say what those who come next should know: {usage}"));
    refuses(
        "/oncall swaps maybe",
        "\"maybe\" is no answer to a proposal: /oncall swaps [accept|decline|withdraw] [number]",
    );
    refuses(
        "/oncall swaps accept 0",
        "\"0\" is no number of the list: /oncall swaps [accept|decline|withdraw] [number]",
    );
}

#[test]
fn overrides_are_listed_or_ended() {
    asks("/oncall overrides", Query::OnCall(OnCallQuery::Overrides));
    for (line, number) in [("/oncall overrides end", None), ("/oncall overrides END 2", Some(2))] {
        assert_eq!(read(line).unwrap().ask, Ask::OnCall(OnCallCommand::EndOverride { number }), "{line}");
    }
    let usage = "/oncall overrides [end] [number]";
    refuses("/oncall overrides 2", &format!("\"2\" cannot be done to an override: {usage}"));
    refuses("/oncall overrides end two", &format!("\"two\" is no number of the list: {usage}"));
    refuses("/oncall overrides end 2 3", &format!("\"3\" is one word too many: {usage}"));
}

#[test]
fn what_becomes_of_a_postmortem() {
    let does = |line: &str, step: ReviewCommand| does(&format!("postmortem {line}"), Command::Review(step));
    let key = |text: &str| Key::new(text).unwrap();
    let text = str::to_owned;
    asks("postmortem status", Query::Review(ReviewQuery::Status));
    asks("postmortem LINT", Query::Review(ReviewQuery::Lint));
    asks("postmortem edit went-well", Query::Review(ReviewQuery::Edit { section: key("went-well") }));
    asks("postmortem edit --section Lessons", Query::Review(ReviewQuery::Edit { section: key("lessons") }));
    does("review", ReviewCommand::Ask { reviewers: Vec::new() });
    does("review @bo, cy @web", ReviewCommand::Ask { reviewers: ["bo", "cy", "web"].map(text).to_vec() });
    does("sign", ReviewCommand::Sign);
    does("back it says nothing of the disk", ReviewCommand::Back { reason: some("it says nothing of the disk") });
    does("publish", ReviewCommand::Publish);
    does("revise", ReviewCommand::Revise);
    does("send", ReviewCommand::Send { target: None });
    does("send Handbook", ReviewCommand::Send { target: Some("Handbook".to_owned()) });
    does("owner", ReviewCommand::Own { owner: text("me") });
    does("owner @bo", ReviewCommand::Own { owner: text("bo") });
    does("due --clear", ReviewCommand::Due { due: None });
    does("settle C3", ReviewCommand::Settle { comment: CommentId(3) });
    does("settle 3", ReviewCommand::Settle { comment: CommentId(3) });
    does("template Short", ReviewCommand::Template { template: text("short") });
    does("template --template short", ReviewCommand::Template { template: text("short") });
    let writes = |text: &str| ReviewCommand::Write { section: key("lessons"), text: text.to_owned(), over: None };
    does("write lessons we rotate\n the logs", writes("we rotate\n the logs"));
    does("write --section lessons rotate", writes("rotate"));
    does("write lessons --clear", writes(""));
    does(
        "comment why so late? --section lessons",
        ReviewCommand::Comment { text: text("why so late?"), section: Some(key("lessons")) },
    );
    for (line, problem) in [
        ("review --clear", "--clear says nothing here"),
        ("sign now", "\"now\" is one word too many"),
        ("owner @bo @cy", "\"cy\" is one word too many"),
        ("due", "say by when, as \"due fri 17:00\", or --clear"),
        ("due fri --clear", "--clear takes no time"),
        ("write", "say which section, and what it says"),
        ("write lessons", "say what the section says, or --clear"),
        ("write lessons x --clear", "--clear takes no text"),
        ("settle", "say which comment was seen to, as C3"),
        ("settle E3", "\"E3\" is no comment, they are numbered like C3"),
        ("comment", "say what there is to remark"),
        ("edit", "say which section to edit"),
        ("reviews", "\"reviews\" is nothing to do with a postmortem, perhaps review is meant"),
    ] {
        let refusal = read(&format!("postmortem {line}")).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("{problem}: /incident postmortem [status|")), "{line}: {refusal}");
    }
    let long = format!("postmortem write lessons {}", "x".repeat(32_768));
    assert!(read(&long).is_ok() && read(&format!("{long}x")).is_err());
    refuses(
        "postmortem write a.b text",
        "no section can be called \"a.b\"; a section's key has a-z, 0-9, '-' and '_', as \
        summary, background, impact, mitigation, went-well, went-badly, lucky, lessons",
    );
}
