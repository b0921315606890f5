//! Hand-offs: who is told, once, with what there is to know; who takes it over; and what fairness counts.

use firebell_core::oncall::schedule::Source;

use crate::support::{Org, World, key, minutes, on_both, seconds};

on_both!(
    those_who_come_and_those_who_leave_are_told_once,
    who_comes_is_told_what_there_is_to_know,
    a_private_incident_is_a_number_to_those_who_are_not_in_it,
    only_who_comes_accepts_and_who_left_is_told,
    a_hand_off_that_was_accepted_is_not_reminded_of,
    an_override_before_the_hand_off_changes_who_is_told,
    a_schedule_that_changes_before_the_hand_off_changes_who_is_told,
);
on_both!(
    a_restart_between_forgets_nothing_and_repeats_nothing,
    a_hand_off_during_an_outage_is_told_while_it_holds,
    of_two_replicas_one_tells,
    the_clock_on_the_wall_says_when,
    nobody_is_told_by_default,
    the_same_people_hand_nothing_over,
    what_cannot_be_taken_over_is_refused_with_a_way_out,
    fairness_counts_pages_by_day_and_by_night,
);

const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";

/// Bo until noon, then cy; they are told a quarter of an hour before.
fn nights(org: &mut Org) {
    org.schedule("nights", &["bo", "cy"]);
    org.asks_schedule("web", "nights");
    org.files.schedules[0].handoff_notice_s = Some(900);
}

/// The first lines of what somebody was told about hand-offs.
fn told(world: &World, who: &str) -> Vec<String> {
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let about = |line: &String| !line.contains("you are paged") && line.contains("nights");
    world.terminal.told(who).into_iter().map(first).filter(about).collect()
}

fn counts(world: &World) -> [usize; 4] {
    ["bo", "cy", "dee", "eve"].map(|who| told(world, who).len())
}

async fn those_who_come_and_those_who_leave_are_told_once(world: &mut World) {
    world.reorganise(nights).await;
    world.advance(minutes(2 * 60 + 44)).await;
    assert_eq!(counts(world), [0; 4], "too early");
    world.advance(minutes(1)).await;
    assert_eq!(counts(world), [0, 1, 0, 0]);
    world.advance(minutes(15)).await;
    assert_eq!(counts(world), [1, 1, 0, 0]);
    let who = world.says("eve", "/oncall who nights").await;
    assert!(who.contains("; passed at 12:00 UTC and not accepted yet\n"), "{who}");
    world.advance(minutes(29)).await;
    assert_eq!(counts(world), [1, 1, 0, 0]);
    world.advance(minutes(1)).await;
    assert_eq!(counts(world), [2, 2, 0, 0]);
    world.advance(minutes(10 * 60)).await;
    assert_eq!(counts(world), [2, 2, 0, 0], "once each");
    let both = [told(world, "bo"), told(world, "cy")].concat().join("\n");
    insta::assert_snapshot!("handoff_told", both);
    // The next one is another.
    world.advance(minutes(13 * 60 + 30)).await;
    assert_eq!(counts(world), [3, 3, 0, 0]);
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn who_comes_is_told_what_there_is_to_know(world: &mut World) {
    world.reorganise(nights).await;
    world.says("ana", DECLARE).await;
    world.says("bo", "/incident INC-1 ack").await;
    world.says("bo", "/incident INC-1 action rotate the <key> @cy --due fri").await;
    world.says("bo", "/incident INC-1 action write it up").await;
    world.says("bo", "/incident INC-1 done A2").await;
    world.says("ana", "/incident declare the coffee is cold sev4").await;
    let noted = world.says("bo", "/oncall handoff note nights the disk fills up\nlook at it").await;
    assert_eq!(noted, "Whoever comes next by nights reads it.");
    world.says("ana", "/oncall override nights @dee --from wed 13:00 --to wed 14:00 --instead cy").await;
    // Of an override that a newer one covers nothing is left to tell.
    world.says("ana", "/oncall override nights @eve --from sat 09:00 --to sat 10:00").await;
    world.advance(seconds(1)).await;
    world.says("ana", "/oncall override nights @dee --from sat 08:00 --to sat 11:00").await;
    world.says("bo", "/oncall swap nights @cy --mine thu 13:00").await;
    world.advance(minutes(2 * 60 + 45)).await;
    let pack = world.terminal.told("cy").pop().unwrap();
    insta::assert_snapshot!("handoff_pack", pack);
    assert!(!pack.contains("coffee"), "it does not concern them");
    // Whoever asks sees the same.
    let shown = world.says("cy", "/oncall handoff").await;
    assert!(pack.ends_with(shown.trim_end()) || pack.trim_end().ends_with(shown.trim_end()), "{shown}\n---\n{pack}");
    assert_eq!(world.says("eve", "/oncall handoff nights").await, shown);
}

async fn a_private_incident_is_a_number_to_those_who_are_not_in_it(world: &mut World) {
    world.reorganise(nights).await;
    world.says("ana", &format!("{} --private", DECLARE.replace("checkout is down", "keys leaked"))).await;
    world.says("bo", "/incident INC-1 ack").await;
    world.says("bo", "/incident INC-1 action revoke them").await;
    world.advance(minutes(3 * 60)).await;
    let pack = world.terminal.told("cy").pop().unwrap();
    for text in
        [pack, world.says("cy", "/oncall handoff nights").await, world.says("eve", "/oncall handoff nights").await]
    {
        assert!(text.contains("INC-1 is not for you to see"), "{text}");
        for secret in ["keys leaked", "SEV1", "revoke", "@bo,"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    let member = world.says("bo", "/oncall handoff nights").await;
    assert!(member.contains("PRIVATE  keys leaked") && member.contains("A1: revoke them"), "{member}");
    // By its own way nobody is told more than the number, not even a member: a lock screen is no secret.
    world.says("bo", "/incident INC-1 lead @cy").await;
    world.advance(minutes(24 * 60)).await;
    assert!(!world.terminal.told("bo").join("\n").contains("keys leaked"));
}

async fn only_who_comes_accepts_and_who_left_is_told(world: &mut World) {
    world.reorganise(nights).await;
    world.advance(minutes(2 * 60 + 50)).await;
    let refused = world.says("dee", "/oncall handoff accept nights").await;
    assert_eq!(refused, "! Only who comes on call by nights may accept its hand-off: @cy");
    let gone = world.says("eve", "/oncall handoff accept").await;
    assert_eq!(gone, "! No hand-off waits for you; `/oncall handoff` shows those of your schedules");
    let done = world.says("cy", "/oncall handoff accept nights I have it, <thanks>").await;
    assert_eq!(done, "You have taken over nights from 2026-03-02 12:00 on; @bo is told.");
    assert_eq!(told(world, "bo"), ["@cy has taken over nights from 2026-03-02 12:00 UTC on: I have it, <thanks>"]);
    let again = world.says("cy", "/oncall handoff accept nights").await;
    assert_eq!(again, "! @cy has accepted that hand-off of nights already");
    world.restart().await;
    world.advance(minutes(30)).await;
    let shown = world.says("bo", "/oncall handoff nights").await;
    assert!(
        shown.starts_with("nights (nights): @cy since 2026-03-02 12:00 UTC, after @bo; accepted by @cy at 2026-03-02 11:50: I have it, <thanks>\n"),
        "{shown}"
    );
    let sql = "SELECT kind FROM entry WHERE stream = 'directory' AND kind = 'handover_saved'";
    let kinds = world.store().read(move |tx| {
        Box::pin(
            async move { Ok(firebell::store::on!(tx, |c| sqlx::query_scalar::<_, String>(sql).fetch_all(c).await)?) },
        )
    });
    assert_eq!(kinds.await.unwrap().len(), 1);
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn a_hand_off_that_was_accepted_is_not_reminded_of(world: &mut World) {
    world.reorganise(nights).await;
    world.advance(minutes(3 * 60 + 29)).await;
    assert!(world.says("cy", "/oncall handoff accept").await.starts_with("You have taken over nights"));
    let who = world.says("eve", "/oncall who nights").await;
    assert!(!who.contains("not accepted"), "{who}");
    world.advance(minutes(60)).await;
    assert_eq!(counts(world), [2, 1, 0, 0], "bo that they left and that cy has it, cy that they come");
}

async fn an_override_before_the_hand_off_changes_who_is_told(world: &mut World) {
    world.reorganise(nights).await;
    world.advance(minutes(2 * 60 + 55)).await;
    assert_eq!(counts(world), [0, 1, 0, 0]);
    world.says("ana", "/oncall override nights @dee --from 12:00 --to tomorrow 12:00").await;
    // Dee and cy hear of the override, and dee of the hand-off.
    assert_eq!(counts(world), [0, 2, 2, 0]);
    assert!(told(world, "dee")[1].starts_with("You come on call by nights at 2026-03-02 12:00 UTC, after @bo."));
    world.advance(minutes(5)).await;
    assert_eq!(counts(world), [1, 2, 2, 0]);
    assert_eq!(told(world, "bo"), ["You are on call by nights no more: it passed at 2026-03-02 12:00 UTC to @dee."]);
    // Whoever takes it now relieves somebody who is told that alone.
    world.advance(minutes(1)).await;
    world.says("eve", "/oncall take nights --for 1h").await;
    assert_eq!(counts(world), [1, 2, 3, 1]);
}

async fn a_schedule_that_changes_before_the_hand_off_changes_who_is_told(world: &mut World) {
    world.reorganise(nights).await;
    world.advance(minutes(2 * 60 + 55)).await;
    let changed = |org: &mut Org| {
        org.schedule("nights", &["bo", "eve"]);
        org.files.schedules[0].handoff_notice_s = Some(900);
    };
    world.reorganise(changed).await;
    world.advance(minutes(1)).await;
    assert_eq!(counts(world), [0, 2, 0, 1]);
    let off = told(world, "cy").remove(1);
    assert!(off.starts_with("You do not come on call by nights at 2026-03-02 12:00 UTC after all"), "{off}");
    world.restart().await;
    world.advance(minutes(4)).await;
    assert_eq!(counts(world), [1, 2, 0, 1]);
    assert!(told(world, "bo")[0].ends_with("to @eve."));
    // An edit by which somebody else has it at once is told as well.
    let swapped = |org: &mut Org| {
        org.schedule("nights", &["bo", "dee"]);
        org.files.schedules[0].handoff_notice_s = Some(900);
    };
    world.reorganise(swapped).await;
    world.advance(minutes(1)).await;
    assert_eq!(counts(world), [1, 2, 1, 2]);
    assert!(told(world, "dee")[0].starts_with("You are on call by nights since 2026-03-02 12:00 UTC, after @bo."));
    // One that is told no more begins anew when it is told again.
    world.reorganise(|org| org.files.schedules[0].handoff_notice_s = None).await;
    world.advance(minutes(24 * 60)).await;
    world.reorganise(|org| org.files.schedules[0].handoff_notice_s = Some(0)).await;
    world.advance(minutes(10)).await;
    assert_eq!(counts(world), [1, 2, 1, 2], "what has passed meanwhile is over");
}

async fn a_restart_between_forgets_nothing_and_repeats_nothing(world: &mut World) {
    world.reorganise(nights).await;
    world.settle().await;
    world.advance(minutes(2 * 60 + 30)).await;
    world.restart().await;
    world.advance(minutes(15)).await;
    assert_eq!(counts(world), [0, 1, 0, 0]);
    for _ in 0..3 {
        world.restart().await;
        world.advance(minutes(5)).await;
    }
    assert_eq!(counts(world), [1, 1, 0, 0]);
    world.restart().await;
    world.advance(minutes(30)).await;
    world.restart().await;
    world.settle().await;
    assert_eq!(counts(world), [2, 2, 0, 0]);
}

async fn a_hand_off_during_an_outage_is_told_while_it_holds(world: &mut World) {
    world.reorganise(nights).await;
    world.settle().await;
    // Down from nine until ten minutes past noon.
    world.clock.advance(minutes(3 * 60 + 10)).unwrap();
    world.restart().await;
    world.settle().await;
    assert_eq!(counts(world), [1, 1, 0, 0]);
    assert!(told(world, "cy")[0].starts_with("You are on call by nights since 2026-03-02 12:00 UTC, after @bo."));
    // Down over the next one, too.
    world.clock.advance(minutes(24 * 60)).unwrap();
    world.restart().await;
    world.settle().await;
    assert_eq!(counts(world), [2, 2, 0, 0]);
    assert!(told(world, "bo")[1].starts_with("You are on call by nights since 2026-03-03 12:00 UTC, after @cy."));
    // Down until the same have it again: what has passed and come back is not told.
    world.clock.advance(minutes(48 * 60)).unwrap();
    world.restart().await;
    world.settle().await;
    assert_eq!(counts(world), [2, 2, 0, 0]);
}

async fn of_two_replicas_one_tells(world: &mut World) {
    world.reorganise(nights).await;
    let other = world.replica().await;
    for step in [165, 15, 30, 10] {
        world.clock.advance(minutes(step)).unwrap();
        let both = futures_util::join!(world.app.engine.hand_over(), other.engine.hand_over());
        both.0.unwrap();
        both.1.unwrap();
        let settled = futures_util::join!(world.app.engine.settle(), other.engine.settle());
        settled.0.unwrap();
        settled.1.unwrap();
    }
    assert_eq!(counts(world), [2, 2, 0, 0]);
    other.store.close().await;
}

async fn the_clock_on_the_wall_says_when(world: &mut World) {
    world.clock.set("2026-03-28T09:00:00Z".parse().unwrap()).unwrap();
    let berlin = |org: &mut Org| {
        nights(org);
        org.files.schedules[0].zone = chrono_tz::Europe::Berlin;
    };
    world.reorganise(berlin).await;
    // Noon in Berlin is at eleven, and after the night in which the clock is put forward at ten.
    for (until, expected) in [
        ("2026-03-28T10:44:00Z", [0, 0, 0, 0]),
        ("2026-03-28T10:45:00Z", [0, 1, 0, 0]),
        ("2026-03-28T11:00:00Z", [1, 1, 0, 0]),
        ("2026-03-28T12:00:00Z", [2, 2, 0, 0]),
        ("2026-03-29T09:44:00Z", [2, 2, 0, 0]),
        ("2026-03-29T09:45:00Z", [3, 2, 0, 0]),
        ("2026-03-29T10:00:00Z", [3, 3, 0, 0]),
    ] {
        let until: chrono::DateTime<chrono::Utc> = until.parse().unwrap();
        world.advance(until - world.clock.now()).await;
        assert_eq!(counts(world), expected, "{until}");
    }
}

async fn nobody_is_told_by_default(world: &mut World) {
    world.reorganise(|org| org.schedule("nights", &["bo", "cy"])).await;
    world.advance(minutes(24 * 60)).await;
    assert_eq!(counts(world), [0; 4]);
    let who = world.says("eve", "/oncall who nights").await;
    assert!(!who.contains("accepted"), "{who}");
    // It can be taken over all the same.
    assert!(world.says("cy", "/oncall handoff accept nights").await.starts_with("You have taken over nights from"));
}

async fn the_same_people_hand_nothing_over(world: &mut World) {
    let hourly = |org: &mut Org| {
        org.schedule("nights", &["bo+cy", "cy+bo", "bo+cy", "bo+cy+dee"]);
        let Source::Rotation(rotation) = &mut org.files.schedules[0].layers[0].layer.source else { panic!() };
        rotation.turn = firebell_core::oncall::text::read_turn("1h").unwrap();
        org.files.schedules[0].handoff_notice_s = Some(0);
    };
    world.reorganise(hourly).await;
    world.advance(minutes(8 * 60)).await;
    // Dee comes and goes twice; nobody accepts it, and both sides are reminded once each time.
    let lines = told(world, "dee");
    assert_eq!(lines.iter().filter(|line| line.starts_with("You are on call by")).count(), 4, "{lines:?}");
    assert_eq!(counts(world)[..2], [0, 0], "those who stay are told nothing");
}

async fn what_cannot_be_taken_over_is_refused_with_a_way_out(world: &mut World) {
    let two = |org: &mut Org| {
        nights(org);
        org.schedule("days", &["bo", "cy"]);
        org.schedule("alone", &["dee"]);
    };
    world.reorganise(two).await;
    world.advance(minutes(3 * 60)).await;
    for (who, line, says) in [
        ("eve", "/oncall handoff", "! You are on call by no schedule, now or next; name one, as `/oncall handoff web`"),
        ("eve", "/oncall handoff nigths", "! No schedule is called nigths; did you mean nights?"),
        ("gus", "/oncall handoff accept nights", "! @gus is a guest here"),
        ("cy", "/oncall handoff accept", "! Several hand-offs wait for you; name one of days, nights"),
        ("dee", "/oncall handoff accept alone", "! No hand-off of alone is near; `/oncall schedule alone` shows when"),
        ("bo", "/oncall handoff accept nights", "! Only who comes on call by nights may accept its hand-off: @cy"),
    ] {
        let told = world.says(who, line).await;
        assert!(told.starts_with(says), "{who} {line}: {told}");
    }
    let team = |org: &mut Org| {
        let (name, members) = ("Shop".to_owned(), vec![key("ana")]);
        org.files.teams = vec![firebell_core::directory::plan::FileTeam { key: key("shop"), name, members }];
        org.files.schedules.iter_mut().for_each(|schedule| schedule.team = Some(key("shop")));
    };
    world.reorganise(team).await;
    let told = world.says("eve", "/oncall handoff note nights hello").await;
    assert_eq!(told, "! Only team shop, those of its schedule nights and administrators may change it");
    world.says("ana", "/oncall override nights @eve --to 13:00").await;
    let told = world.says("eve", "/oncall handoff note nights hello").await;
    assert_eq!(told, "Whoever comes next by nights reads it.", "whoever is on call leaves word");
}

async fn fairness_counts_pages_by_day_and_by_night(world: &mut World) {
    world.reorganise(nights).await;
    // One in the morning for bo, which goes on to cy by name, and two for cy at night, of which one is acknowledged.
    world.says("ana", DECLARE).await;
    world.advance(minutes(6)).await;
    world.says("cy", "/incident INC-1 ack").await;
    world.advance(minutes(14 * 60)).await;
    for number in [2, 3] {
        world.says("ana", DECLARE).await;
        world.says("cy", &format!("/incident INC-{number} ack")).await;
    }
    world.advance(minutes(60)).await;
    let shown = world.says("eve", "/oncall fairness nights --from 2026-03-02 --to 2026-03-03").await;
    insta::assert_snapshot!("fairness_with_pages", shown);
    // What lies before is not counted, and whoever was paged is named though the schedule knows them no more.
    let later = world.says("eve", "/oncall fairness nights --from \"2026-03-02 12:00\" --to 2026-03-03").await;
    assert!(later.contains("@cy: 12 h in 1 shift") && later.contains("; 2 pages, 2 at night"), "{later}");
    world.reorganise(|org| org.schedule("nights", &["dee"])).await;
    let gone = world.says("eve", "/oncall fairness nights --from 2026-03-02 --to 2026-03-03").await;
    assert!(gone.contains("@bo: 0 h in 0 shifts") && gone.contains("; 1 page\n"), "{gone}");
    world.restart().await;
    assert_eq!(world.says("eve", "/oncall fairness nights --from 2026-03-02 --to 2026-03-03").await, gone);
}
