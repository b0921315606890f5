//! One incident from the first word to the last.

use crate::support::{World, minutes, on_both};

on_both!(an_incident_from_declaration_to_closing);

const ROOM: &str = "inc-1-checkout-is-down";

async fn an_incident_from_declaration_to_closing(world: &mut World) {
    let declare = "/incident declare checkout is down sev1 --service checkout --impact-started -10m";
    let fighting = [
        ("ana", declare, "INC-1 declared at SEV1. Paging @bo."),
        ("bo", "/incident ack", "You have INC-1."),
        ("bo", "/incident lead", "@bo is lead of INC-1."),
        ("ana", "/incident comms @cy", "@cy is communications of INC-1."),
        ("bo", "/incident note deploy 1.4.3 went out --at -12m", "Noted in INC-1 as E13."),
        ("cy", "/incident status identified", "INC-1 is identified."),
        (
            "cy",
            "/incident update rolling back to 1.4.2 --next 20m",
            "Update of INC-1 sent. The next one is due at 2026-03-02 09:26.",
        ),
        ("bo", "/incident impact nobody can pay", "Impact of INC-1 set."),
        ("bo", "/incident link https://example.org/dash latency", "Linked in INC-1 as E17."),
        ("bo", "/incident status mitigated", "INC-1 is mitigated."),
    ];
    says_all(world, &fighting).await;
    world.talks(ROOM, "bo", "payments are coming in again").await.unwrap();
    let ending = [
        ("bo", "/incident mark M1", "M1 is part of the timeline of INC-1 as E19."),
        ("bo", "/incident summary a migration locked the orders table", "Summary of INC-1 set."),
        ("bo", "/incident action alert on lock waits @cy --due 2026-03-09", "Action A1 added to INC-1."),
        (
            "bo",
            "/incident resolve rolled back to 1.4.2",
            "INC-1 is resolved. `/incident INC-1 postmortem` renders the postmortem.",
        ),
        ("cy", "/incident INC-1 done A1", "Action A1 of INC-1 is done."),
        (
            "bo",
            "/incident INC-1 close",
            "INC-1 is closed. What is on record stays; notes, corrections and follow-ups can still be added.",
        ),
    ];
    says_all(world, &ending).await;
    the_room_tells_the_story(world);
    the_documents_tell_it_too(world).await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    assert_eq!(world.terminal.repeats().len(), 0);
    // Nothing is left to happen, however long one waits.
    let shown = world.terminal.log().len();
    world.advance(minutes(24 * 60)).await;
    assert_eq!(world.terminal.log().len(), shown);
}

async fn says_all(world: &mut World, lines: &[(&str, &str, &str)]) {
    for (who, line, expected) in lines {
        assert_eq!(world.says(who, line).await, *expected, "{line}");
        world.adds_up().await;
        world.advance(minutes(1)).await;
    }
}

fn the_room_tells_the_story(world: &World) {
    let room = world.terminal.room(ROOM);
    let (closing, posts) = room.posts.split_last().unwrap();
    assert_eq!(
        posts,
        [
            "Paging @bo (web, step 1) — @ana",
            "Acknowledged — @bo",
            "Lead: @bo — @bo",
            "Communications: @cy — @ana",
            "Status: identified — @cy",
            "Update: rolling back to 1.4.2 (next due 09:26) — @cy",
            "Link: latency https://example.org/dash — @bo",
            "Status: mitigated — @bo",
            "Action A1: alert on lock waits @cy (due 2026-03-09 17:00) — @bo",
            "Resolved: rolled back to 1.4.2 — @bo",
            "Action A1 done: alert on lock waits — @cy",
        ]
    );
    assert!(closing.starts_with("Closed — @bo\nRecord: 24 entries, head "), "{closing}");
    assert_eq!(
        room.card,
        "INC-1  SEV1  closed\ncheckout is down\nlead @bo · comms @cy · scribe – · legal –\n\
         declared 09:00 by @ana · services checkout\nimpact: nobody can pay (since 08:50)\n\
         last update 09:06: rolling back to 1.4.2\npage: acknowledged by @bo\nresolution: rolled back to 1.4.2"
    );
    assert_eq!(room.members.iter().map(String::as_str).collect::<Vec<_>>(), ["ana", "bo", "cy"]);
    assert!(room.closed);
    assert_eq!((world.terminal.told("bo").len(), world.terminal.told("cy").len()), (1, 0));
}

async fn the_documents_tell_it_too(world: &mut World) {
    assert_eq!(world.says("ana", "/incident INC-1 timeline").await, TIMELINE.trim());
    let postmortem = world.says("ana", "/incident INC-1 postmortem").await;
    let told = [
        "## Summary\n\n<!-- firebell:section summary ",
        " -->\n\na migration locked the orders table\n\n<!-- firebell:end -->\n",
        "nobody can pay\n\n<!-- firebell:end -->\n\n- Began: 08:50\n",
        "| 2026-03-02 09:10:00 | E19 | @bo | @bo wrote (M1): payments are coming in again |\n",
        "| detect | 10 min | 600 |",
        "| acknowledge | 1 min | 60 |",
        "| mitigate | 19 min | 1140 |",
        "| resolve | 23 min | 1380 |",
        "| 1 (web) | @bo | console, step 1 | 09:00 | delivered 09:00 |\n",
        "| A1 | alert on lock waits | – | – | – | @cy | 2026-03-09 17:00 | 09:14 |\n",
        "- Entries: 25\n",
    ];
    for words in told {
        assert!(postmortem.contains(words), "{words} is not in {postmortem}");
    }
}

const TIMELINE: &str = "
INC-1 timeline, times in UTC
2026-03-02
08:52  E13  deploy 1.4.3 went out — @bo
09:00  E1  Declared: checkout is down (SEV1, checkout) — @ana
09:00  E4  Paging @bo (web, step 1) — @ana
09:00  E7  Room opened: inc-1-checkout-is-down
09:01  E9  Acknowledged — @bo
09:02  E10  Lead: @bo — @bo
09:03  E12  Communications: @cy — @ana
09:05  E14  Status: identified — @cy
09:06  E15  Update: rolling back to 1.4.2 (next due 09:26) — @cy
09:07  E16  Impact: nobody can pay — @bo
09:08  E17  Link: latency https://example.org/dash — @bo
09:09  E18  Status: mitigated — @bo
09:10  E19  @bo wrote (M1): payments are coming in again — @bo
09:11  E20  Summary: a migration locked the orders table — @bo
09:12  E21  Action A1: alert on lock waits @cy (due 2026-03-09 17:00) — @bo
09:13  E22  Resolved: rolled back to 1.4.2 — @bo
09:14  E23  Action A1 done: alert on lock waits — @cy
09:15  E24  Closed — @bo
09:15  E25  Room closed: inc-1-checkout-is-down
(6 entries of bookkeeping are left out)
";
