//! What a person reads when a request cannot be carried out: always why, and the way out.

use std::collections::BTreeSet;

use firebell_core::command::verbs::VERBS;
use firebell_core::paging::policy::AckNeed;

use crate::support::{World, on_both};

on_both!(
    every_verb_is_refused_somehow,
    lines_that_are_no_command,
    times_that_are_none,
    names_that_nobody_has,
    incidents_that_are_over,
    entries_messages_and_actions_that_are_not_there,
    things_that_are_so_already,
    which_incident_is_meant,
    whom_a_page_cannot_reach,
    guests_and_strangers,
    what_only_some_may_do,
);

async fn refused(world: &mut World, who: &str, table: &[(&str, &str)]) {
    for (line, expected) in table {
        let before = world.numbers().await;
        assert_eq!(world.says(who, line).await, format!("! {expected}"), "{line}");
        assert_eq!(world.numbers().await, before, "{line} changed something");
    }
    world.adds_up().await;
}

/// One refusal of each verb, where everything else is as it should be.
const EACH: [(&str, &str); 61] = [
    (
        "declare",
        "Say what happened: /incident declare <title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]",
    ),
    ("show all", "\"all\" is one word too many: /incident show"),
    ("list some", "\"some\" cannot be listed: /incident list [all]"),
    (
        "status declared",
        "Declared is not set as a status, it has its own command: /incident declare <title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]",
    ),
    ("sev", "Name the severity: /incident sev <sevN>"),
    ("lead @", "\"@\" is nobody's name: /incident lead [@person]"),
    ("comms @ana @bo", "\"@bo\" is one word too many: /incident comms [@person]"),
    ("scribe @nobody", "No person is called @nobody"),
    ("role @bo", "\"@bo\" is no role: /incident role <role> [@person]"),
    ("page", "Say whom to page: /incident page <person|policy> [message]"),
    ("ack", "Nobody waits for an acknowledgement in INC-1"),
    ("why-paged @gus @bo", "\"@bo\" is one word too many: /incident why-paged [@person]"),
    ("note --at 09:00", "Say what to note: /incident note <text> [--at T]"),
    ("update", "Say how it stands: /incident update <text> [--next 30m]"),
    ("update wait --next 0m", "`0m` is no time at all; write a duration of at least one second, such as 30m"),
    ("snooze", "No update of INC-1 is due that could be put off"),
    ("snooze soon", "`soon` is not a duration; write 90s, 45 min, 1h30m, 2 hours, 2d or 1w"),
    ("timeline all", "\"all\" is one word too many: /incident timeline"),
    ("mark E1", "\"E1\" is no message, they are numbered like M3: /incident mark <message>"),
    ("unmark", "Say which message: /incident unmark <message>"),
    ("unmark M1", "M1 bears no mark"),
    ("correct E1", "Say what is right: /incident correct <entry> <text|time> [--text|--time]"),
    ("redact E1", "Say why: /incident redact <entry|message> <reason>"),
    ("link dash", "A link begins with http:// or https://: /incident link <url> [title]"),
    (
        "link https://ana@example.org",
        "The address holds a user name, which may hide where it leads: /incident link <url> [title]",
    ),
    (
        "summary --at 09:00 the disk",
        "There is no option --at, write -- before text that begins so: /incident summary [text]",
    ),
    (
        "impact --started",
        "--started needs a value: /incident impact [text] [--started T] [--ended T] [--users N] [--requests N] [--money M] [--slo N]",
    ),
    (
        "times detected",
        "Say when it was, or --clear: /incident times [impact-started|detected|declared|acknowledged|mitigated|impact-ended|resolved] [T] [--clear]",
    ),
    ("trigger", "Say what set it off: /incident trigger <text>"),
    (
        "factor disk --category capcity",
        "No category of causes is called capcity; did you mean capacity?; there are change, capacity, dependency, configuration, code, process, detection, human-system-interface, external",
    ),
    (
        "why @ana",
        "`why` adds the next why of the analysis; `/incident why-paged @ana` tells why somebody was paged: /incident why <text> [--of F2]",
    ),
    ("limited", "Say what limited the damage: /incident limited <text>"),
    ("detection", "Say how it was detected: /incident detection <text> [--should]"),
    ("evidence F1 E1", "INC-1 has no cause F1; `/incident INC-1 causes` shows them"),
    ("confirm F1", "INC-1 has no cause F1; `/incident INC-1 causes` shows them"),
    ("rule-out F1", "Say why it is no cause: /incident rule-out <cause> <reason>"),
    ("suspect F1", "INC-1 has no cause F1; `/incident INC-1 causes` shows them"),
    ("because F1", "Say what led to it: /incident because <cause> <led-to-it> [--remove]"),
    ("cause F1", "INC-1 has no cause F1; `/incident INC-1 causes` shows them"),
    ("causes --at 08:00", "INC-1 was not declared by then"),
    ("field region", "Say what the field holds, or --clear: /incident field <name> <value|--clear>"),
    (
        "action @bo",
        "Say what is to be done: /incident action <text> [@owner] [--due D] [--type prevent|detect|mitigate|process] [--priority high|medium|low] [--against F2]",
    ),
    ("actions all", "\"all\" is one word too many: /incident actions [--mine] [--overdue] [--team T] [--all]"),
    ("similar all", "\"all\" is one word too many: /incident similar"),
    ("done A1", "INC-1 has no action A1; `/incident INC-1 actions` shows them"),
    ("edit-action A1 --no-due", "INC-1 has no action A1; `/incident INC-1 actions` shows them"),
    ("undone A1", "INC-1 has no action A1; `/incident INC-1 actions` shows them"),
    ("ticket A1", "INC-1 has no action A1; `/incident INC-1 actions` shows them"),
    ("merge INC-1", "An incident cannot be merged into itself"),
    ("resolve", "Say in a sentence how it was resolved: /incident resolve <summary>"),
    ("reopen", "INC-1 is already declared"),
    ("close", "INC-1 is declared, so it cannot become closed"),
    (
        "postmortem --template",
        "--template needs a value: /incident postmortem [status|lint|write|edit|review|sign|back|publish|revise|send|owner|due|comment|settle|template] [what] [--section S] [--template T] [--clear]",
    ),
    ("postmortem sign", "The postmortem of INC-1 is draft; `/incident postmortem review` asks for its review"),
    ("export docx", "\"docx\" is no form of export: /incident export [md|html|pdf|json] [--template T]"),
    ("room add moon", "There is no place \"moon\"; there is only console"),
    ("room add console", "INC-1 has a room there already, in console; `/incident INC-1 room` lists its rooms"),
    ("mirror off", "INC-1 is already not mirrored"),
    ("me unlink console", "This is the only account that you have, and it stays yours"),
    ("who", "\"who\" stands behind another command: /oncall who [service|policy|schedule]"),
    ("help fly", "There is no command \"fly\"; `/incident help` lists them"),
];

/// The same for the verbs of `/oncall`, where nothing is scheduled yet.
const EACH_ON_CALL: [(&str, &str); 15] = [
    ("/oncall schedule moon", "No schedule is called moon; there is none yet, see README.md on the directory"),
    ("/oncall take moon 2h", "\"2h\" is one word too many: /oncall take <schedule> [--for 2h]"),
    (
        "/oncall cover @bo",
        "Say until when, as --to \"fri 17:00\": /oncall cover <@person> [schedule] <--to T> [--from T]",
    ),
    (
        "/oncall override moon @bo 2h",
        "\"2h\" is one word too many: /oncall override <schedule> <@person> <--to T> [--from T] [--instead person]",
    ),
    ("/oncall overrides end 3", "There is no override 3; `/oncall overrides` lists them"),
    ("/oncall swap @bo", "Say with whom you would change: /oncall swap <schedule> <@person> <--mine T> [--theirs T]"),
    ("/oncall swaps accept 3", "There is no offer 3; `/oncall swaps` lists them"),
    (
        "/oncall handoff note moon",
        "Say what those who come next should know: /oncall handoff [accept|note] [schedule] [text]",
    ),
    ("/oncall gaps moon", "No schedule is called moon; there is none yet, see README.md on the directory"),
    ("/oncall fairness moon", "No schedule is called moon; there is none yet, see README.md on the directory"),
    ("/oncall simulate moon", "No service or policy is called moon"),
    ("/oncall page moon it is dark", "No service, policy, team or person is called moon"),
    (
        "/oncall me test sms",
        "You are not reached by sms; `/oncall me` shows how you are, and `/oncall me set` adds a method",
    ),
    ("/oncall proof now", "\"now\" is one word too many: /oncall proof"),
    ("/oncall feed web now", "\"now\" is one word too many: /oncall feed [revoke] [schedule]"),
];

async fn every_verb_is_refused_somehow(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    let lines: Vec<String> = EACH.iter().map(|(line, _)| format!("/incident {line}")).collect();
    let table: Vec<(&str, &str)> = lines.iter().map(String::as_str).zip(EACH.map(|(_, expected)| expected)).collect();
    let before = world.history(1).await;
    refused(world, "ana", &table).await;
    refused(world, "ana", &EACH_ON_CALL).await;
    assert_eq!(world.history(1).await, before);
    // An open incident is cancelled whatever is said, and one that is not is refused.
    world.says("ana", "/incident cancel").await;
    refused(world, "ana", &[("/incident INC-1 cancel", "INC-1 is already cancelled")]).await;
    let on_call = EACH_ON_CALL.iter().filter_map(|(line, _)| line.strip_prefix("/oncall "));
    let refused = EACH.iter().map(|(line, _)| *line).chain(on_call).chain(["cancel"]);
    let refused: BTreeSet<&str> = refused.filter_map(|line| line.split(' ').next()).collect();
    let never: Vec<&str> = VERBS.iter().map(|verb| verb.word).filter(|word| !refused.contains(word)).collect();
    assert_eq!(never, Vec::<&str>::new());
}

async fn lines_that_are_no_command(world: &mut World) {
    let table = [
        ("/incident declar it is down", "There is no command \"declar\"; did you mean \"declare\"?"),
        (
            "/incident declare",
            "Say what happened: /incident declare <title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]",
        ),
        ("/incident declare it is down sev9", "No severity is called sev9; there are sev1, sev2, sev3, sev4"),
        (
            "/incident declare it is down --servise checkout",
            "There is no option --servise, perhaps --service is meant: /incident declare <title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T] [--description TEXT] [--here]",
        ),
        ("/incident note", "Say what to note: /incident note <text> [--at T]"),
        (
            "/incident status resolved",
            "Resolved is not set as a status, it has its own command: /incident resolve <summary>",
        ),
        (
            "/incident status identifed",
            "\"identifed\" is no status, perhaps identified is meant: /incident status <investigating|identified|mitigated>",
        ),
        ("/incident INC-x show", "\"INC-x\" is no incident's number: /incident INC-42 <command>"),
        ("/incident merge 7", "\"7\" is no incident, they are numbered like INC-41: /incident merge <INC-n>"),
        ("/incident done soon", "\"soon\" is no action, they are numbered like A2: /incident done <action>"),
        ("/oncall fly", "There is no command \"fly\"; `/incident help` lists them"),
        ("/oncall whom", "There is no command \"whom\"; did you mean \"who\"?"),
        ("/oncall ack", "\"ack\" stands behind another command: /incident ack"),
        ("/oncall who chekout", "No service, policy or schedule is called chekout; did you mean checkout?"),
        ("/oncall who a b", "\"b\" is one word too many: /oncall who [service|policy|schedule]"),
        ("/incident help fly", "There is no command \"fly\"; `/incident help` lists them"),
        (
            "/incident postmortem --template nope",
            "No postmortem template is called nope; there are customer, executive, five-whys, security, short, standard",
        ),
    ];
    world.says("ana", "/incident declare checkout is down").await;
    refused(world, "ana", &table).await;
}

async fn times_that_are_none(world: &mut World) {
    let table = [
        (
            "/incident note rolled back --at soon",
            "`soon` is not a time; write 14:05, -10m, 10m ago, yesterday 23:50, mon 10:00, now, 2026-11-21 14:05 or 2026-11-21T14:05:00Z",
        ),
        (
            "/incident note rolled back --at 25:00",
            "`25:00` is not a time; write 14:05, -10m, 10m ago, yesterday 23:50, mon 10:00, now, 2026-11-21 14:05 or 2026-11-21T14:05:00Z",
        ),
        ("/incident note rolled back --at 10:00", "That time lies in the future; facts have already happened"),
        (
            "/incident update wait --next yesterday",
            "`yesterday` is not a duration; write 90s, 45 min, 1h30m, 2 hours, 2d or 1w",
        ),
        ("/incident impact slow --started 2026-03-03", "That time lies in the future; facts have already happened"),
        ("/incident declare it is down --impact-started +5m", "The impact cannot start in the future"),
        (
            "/incident action write it up --due never",
            "`never` is not a due time; write 3d, 17:00, fri, fri 17:00, tomorrow 09:00, 2026-11-21, 2026-11-21 14:05 or 2026-11-21T14:05:00Z",
        ),
        (
            "/incident correct E1 25:61 --time",
            "`25:61` is not a time; write 14:05, -10m, 10m ago, yesterday 23:50, mon 10:00, now, 2026-11-21 14:05 or 2026-11-21T14:05:00Z",
        ),
    ];
    world.says("ana", "/incident declare checkout is down").await;
    refused(world, "ana", &table).await;
}

async fn names_that_nobody_has(world: &mut World) {
    let table = [
        ("/incident lead @deee", "No person is called @deee; did you mean @dee?"),
        ("/incident lead @zebra", "No person is called @zebra"),
        ("/incident page wev", "No person or policy is called wev; did you mean web?"),
        (
            "/incident page @gus",
            "@gus is a guest here and may not run commands; ask an administrator to make them a responder",
        ),
        ("/incident declare it is down --service chekout", "No service is called chekout; did you mean checkout?"),
        ("/incident role leagl @bo", "No role is called leagl; there are lead, communications, scribe, legal"),
        ("/incident declare it is down --type fire", "No type of incident is called fire; there are default, security"),
        (
            "/incident declare it is down --field regoin=eu",
            "No custom field is called regoin; there are region, ticket",
        ),
        ("/incident field zone eu", "No custom field is called zone; there are region, ticket"),
        ("/incident field region mars", "Region cannot be mars; it is one of eu, us"),
        ("/incident sev sev7", "No severity is called sev7; there are sev1, sev2, sev3, sev4"),
        ("/incident why-paged @nobody", "No person is called @nobody"),
        ("/incident action write it up @boo", "No person is called @boo; did you mean @bo?"),
        (
            "/incident scribe @gus",
            "@gus is a guest here and may not run commands; ask an administrator to make them a responder",
        ),
    ];
    world.says("ana", "/incident declare checkout is down").await;
    refused(world, "ana", &table).await;
}

async fn incidents_that_are_over(world: &mut World) {
    world.says("ana", "/incident declare one").await;
    world.says("ana", "/incident INC-1 resolve done").await;
    let resolved = [
        (
            "/incident INC-1 status mitigated",
            "INC-1 is resolved, so it cannot become mitigated; `/incident reopen` first",
        ),
        ("/incident INC-1 update still going", "INC-1 is resolved and takes no more of this; `/incident reopen` first"),
        ("/incident INC-1 page @bo", "INC-1 is resolved and takes no more of this; `/incident reopen` first"),
        ("/incident INC-1 resolve again", "INC-1 is already resolved"),
        ("/incident INC-1 cancel", "INC-1 is resolved, so it cannot become cancelled; `/incident reopen` first"),
    ];
    refused(world, "ana", &resolved).await;
    world.says("ana", "/incident INC-1 close").await;
    let closed = [
        (
            "/incident INC-1 reopen",
            "INC-1 is closed, so it cannot become investigating; it is closed for good: declare a new incident and link this one",
        ),
        ("/incident INC-1 close", "INC-1 is already closed"),
        (
            "/incident INC-1 sev sev1",
            "INC-1 is closed and takes no more of this; it is closed for good: declare a new incident and link this one",
        ),
    ];
    refused(world, "ana", &closed).await;
    world.says("ana", "/incident declare two").await;
    world.says("ana", "/incident INC-2 cancel false alarm").await;
    world.says("ana", "/incident declare three").await;
    let others = [
        ("/incident INC-2 resolve done", "INC-2 is cancelled, so it cannot become resolved; declare a new incident"),
        ("/incident INC-2 reopen", "INC-2 is cancelled, so it cannot become investigating; declare a new incident"),
        (
            "/incident INC-3 merge INC-1",
            "INC-1 is closed and takes no more of this; it is closed for good: declare a new incident and link this one",
        ),
        ("/incident INC-3 merge INC-3", "An incident cannot be merged into itself"),
        ("/incident INC-3 merge INC-9", "No incident is called INC-9"),
        ("/incident INC-3 close", "INC-3 is declared, so it cannot become closed"),
        ("/incident INC-3 reopen", "INC-3 is already declared"),
        ("/incident INC-3 ack", "Nobody waits for an acknowledgement in INC-3"),
    ];
    refused(world, "ana", &others).await;
}

async fn entries_messages_and_actions_that_are_not_there(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident note a password").await;
    world.says("ana", "/incident redact E5 pasted").await;
    world.says("ana", "/incident action write it up").await;
    world.says("ana", "/incident done A1").await;
    let table = [
        ("/incident correct E99 no", "INC-1 has no entry E99; `/incident INC-1 timeline` shows them"),
        ("/incident redact E99 no", "INC-1 has no entry E99; `/incident INC-1 timeline` shows them"),
        ("/incident redact E5 again", "E5 is already redacted"),
        ("/incident correct E5 new words", "E5 holds no words that could be corrected"),
        ("/incident redact M9 no", "INC-1 has no message M9; `/incident INC-1 timeline` shows them"),
        ("/incident mark M9", "INC-1 has no message M9; `/incident INC-1 timeline` shows them"),
        ("/incident done A9", "INC-1 has no action A9; `/incident INC-1 actions` shows them"),
        ("/incident done A1", "A1 is already done"),
    ];
    refused(world, "ana", &table).await;
}

async fn things_that_are_so_already(world: &mut World) {
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    world.says("ana", "/incident status identified").await;
    world.says("ana", "/incident lead @bo").await;
    let table = [
        ("/incident status identified", "INC-1 is already identified"),
        ("/incident sev sev1", "INC-1 is already sev1"),
        ("/incident lead @bo", "INC-1 is already led by @bo"),
        ("/incident field region --clear", "INC-1 is already without region"),
        ("/incident page web", "A page is already open in INC-1 under web; it goes on until someone acknowledges it"),
    ];
    refused(world, "ana", &table).await;
}

async fn which_incident_is_meant(world: &mut World) {
    refused(
        world,
        "ana",
        &[
            ("/incident note hello", "There is no open incident; begin with `/incident declare <title>`"),
            ("/incident show", "There is no open incident; begin with `/incident declare <title>`"),
        ],
    )
    .await;
    world.says("ana", "/incident declare one").await;
    world.says("ana", "/incident declare two").await;
    let table = [
        ("/incident note hello", "Say which incident is meant, as in `/incident INC-2 ...`: INC-2, INC-1"),
        ("/incident show", "Say which incident is meant, as in `/incident INC-2 ...`: INC-2, INC-1"),
        ("/incident INC-1 show INC-2", "INC-1 and INC-2 are two incidents, name one: /incident show"),
        ("/incident INC-7 show", "No incident is called INC-7"),
        ("/incident INC-7 note hello", "No incident is called INC-7"),
    ];
    refused(world, "ana", &table).await;
}

async fn whom_a_page_cannot_reach(world: &mut World) {
    world
        .reorganise(|org| {
            org.mute("eve");
            org.policy_of("all", &[(&["bo", "cy"], 5)], AckNeed::Everyone);
            org.policy("none", &[(&["eve"], 5)]);
        })
        .await;
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident page all").await;
    world.talks("inc-1-checkout-is-down", "bo", "hello").await.unwrap();
    world.deletes("inc-1-checkout-is-down").await.unwrap();
    let table = [
        ("/incident page @eve", "@eve cannot be paged: they have no contact method"),
        ("/incident INC-1 ack", "INC-1 waits for @bo, @cy themselves; nobody else can answer for them"),
        ("/incident mark M1", "M1 was deleted or redacted; nothing of it is left to mark"),
        ("/incident page all", "A page is already open in INC-1 under all; it goes on until someone acknowledges it"),
    ];
    refused(world, "ana", &table).await;
}

async fn guests_and_strangers(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    for line in ["declare mine", "INC-1 note hello", "INC-1 show", "list", "INC-1 ack", "help"] {
        let line = format!("/incident {line}");
        let guest = "@gus is a guest here and may not run commands; ask an administrator to make them a responder";
        refused(world, "gus", &[(&line, guest)]).await;
        refused(world, "mallory", &[(&line, "No person is called @mallory")]).await;
    }
}

async fn what_only_some_may_do(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("bo", "/incident lead").await;
    world.says("cy", "/incident note mine").await;
    world.says("cy", "/incident resolve done").await;
    let table = [
        ("/incident INC-1 close", "Only the lead @bo, the scribe or an administrator may end INC-1"),
        (
            "/incident INC-1 redact E7 not mine",
            "Only who wrote E7, the lead, the scribe or an administrator may redact it",
        ),
        (
            "/incident INC-1 correct E7 not mine",
            "Only who wrote E7, the lead, the scribe or an administrator may correct it",
        ),
    ];
    refused(world, "eve", &table).await;
    assert_eq!(
        world.says("bo", "/incident INC-1 close").await,
        "INC-1 is closed. What is on record stays; notes, corrections and follow-ups can still be added."
    );
}
