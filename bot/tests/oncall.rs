//! Who is on call, and who comes next.

use firebell_core::paging::policy::AckNeed;

use crate::support::{Org, World, minutes, on_both};

on_both!(everybody_on_call_is_named_in_their_order, what_one_is_on_call_for_can_be_named);
on_both!(who_cannot_be_paged_is_said, without_a_policy_the_last_resort_is_left);
on_both!(
    a_schedule_says_who_is_on_call_now_and_next,
    a_page_follows_the_schedule_and_why_paged_says_so,
    a_gap_is_passed_over_and_explained,
    whoever_takes_over_is_paged_until_the_next_hand_off,
    somebody_is_put_in_and_is_told,
    cover_is_for_one_person_wherever_they_are_on_call,
    shifts_change_hands_once_it_is_accepted,
    an_offer_can_be_declined_or_withdrawn,
    shifts_that_overlap_do_not_change_hands,
    a_shift_without_an_end_changes_hands_for_a_while,
    what_cannot_be_changed_is_refused_with_a_way_out,
    changes_survive_a_restart_and_an_apply,
    whoever_has_left_is_on_call_no_more,
    each_takes_a_turn_and_a_restart_forgets_no_turn,
    gaps_loads_and_simulations_are_shown,
);

/// Bo until noon, then cy, by the schedule that the policy asks first.
fn scheduled(org: &mut Org) {
    org.schedule("nights", &["bo", "cy"]);
    org.asks_schedule("web", "nights");
}

const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";

async fn everybody_on_call_is_named_in_their_order(world: &mut World) {
    let change = |org: &mut Org| {
        org.policy_of("data", &[(&["cy", "dee"], 15)], AckNeed::Everyone);
        org.files.policies.last_mut().unwrap().rounds = 2;
        org.service("search", "data");
    };
    world.reorganise(change).await;
    let told = world.says("eve", "/oncall").await;
    assert_eq!(world.says("eve", "/oncall who").await, told);
    insta::assert_snapshot!(told);
}

async fn what_one_is_on_call_for_can_be_named(world: &mut World) {
    world.reorganise(|org| org.service("docs", "nothing")).await;
    let by_policy = world.says("eve", "/oncall who web").await;
    assert!(by_policy.starts_with("web (web) for checkout and for whatever names no policy\n"), "{by_policy}");
    assert_eq!(world.says("eve", "/oncall who Checkout").await, format!("checkout:\n{by_policy}"));
    // A service whose policy is gone is covered by default, as a declaration would be.
    let by_default = world.says("eve", "/oncall who docs").await;
    assert!(by_default.starts_with("docs names no policy of its own:\nweb (web)"), "{by_default}");
}

async fn who_cannot_be_paged_is_said(world: &mut World) {
    world.reorganise(|org| org.mute("bo")).await;
    let told = world.says("eve", "/oncall").await;
    assert!(told.contains("now: @bo (cannot be reached); 5 min to answer"), "{told}");
    assert!(world.says("gus", "/oncall").await.starts_with("! "), "a guest is told nothing");
}

async fn without_a_policy_the_last_resort_is_left(world: &mut World) {
    world.reorganise(Org::nobody_to_page).await;
    let told = world.says("eve", "/oncall").await;
    assert_eq!(
        told,
        "No policy says who is paged.\nat last: the incident's lead, else whoever raised the page, else an administrator"
    );
}

async fn a_schedule_says_who_is_on_call_now_and_next(world: &mut World) {
    world.reorganise(scheduled).await;
    insta::assert_snapshot!("schedule_who", world.says("eve", "/oncall").await);
    let alone = world.says("eve", "/oncall who nights").await;
    assert!(alone.starts_with("nights (nights): @bo until 12:00 UTC, then @cy\n"), "{alone}");
    insta::assert_snapshot!("schedule_shifts", world.says("eve", "/oncall schedule nights --to wed 13:00").await);
}

async fn a_page_follows_the_schedule_and_why_paged_says_so(world: &mut World) {
    world.reorganise(scheduled).await;
    world.advance(minutes(3 * 60)).await;
    world.says("ana", DECLARE).await;
    world.paged("cy");
    world.not_paged("bo");
    let why = world.says("ana", "/incident why-paged @cy").await;
    assert!(why.contains("N1 @cy by console, step 1 (nights, layer day): queued 12:00, delivered"), "{why}");
    let why = world.says("ana", "/incident why-paged @bo").await;
    assert!(
        why.contains("@bo was told nothing: they were not on call: step 1 meant cy (nights, layer day) at 12:00"),
        "{why}"
    );
}

async fn a_gap_is_passed_over_and_explained(world: &mut World) {
    world.reorganise(scheduled).await;
    let closed = |org: &mut Org| {
        org.files.schedules[0].layers[0].layer.windows =
            firebell_core::oncall::text::read_windows("sat,sun 22:00-06:00").unwrap();
    };
    world.reorganise(closed).await;
    world.says("ana", DECLARE).await;
    world.paged("cy");
    let why = world.says("ana", "/incident why-paged").await;
    assert!(why.contains("step 1 was passed over at 09:00: nobody is on call by nights"), "{why}");
    let who = world.says("eve", "/oncall who nights").await;
    assert!(who.starts_with("nights (nights): nobody is on call until 2026-03-07 22:00 UTC, then @bo"), "{who}");
}

async fn whoever_takes_over_is_paged_until_the_next_hand_off(world: &mut World) {
    world.reorganise(scheduled).await;
    let told = world.says("dee", "/oncall take nights").await;
    assert_eq!(told, "@dee is on call by nights from 2026-03-02 09:00 to 2026-03-02 12:00.");
    assert_eq!(
        world.terminal.told("bo"),
        ["You are not on call by nights from 2026-03-02 09:00 to 2026-03-02 12:00 UTC: @dee has put in somebody else."]
    );
    world.says("ana", DECLARE).await;
    world.paged("dee");
    world.not_paged("bo");
    let why = world.says("ana", "/incident why-paged @dee").await;
    assert!(why.contains("(nights, taken by @dee)"), "{why}");
    world.advance(minutes(3 * 60)).await;
    assert!(world.says("eve", "/oncall who nights").await.starts_with("nights (nights): @cy until"));
    let told = world.says("dee", "/oncall take nights --for 30m").await;
    assert_eq!(told, "@dee is on call by nights from 2026-03-02 12:00 to 2026-03-02 12:30.");
}

async fn somebody_is_put_in_and_is_told(world: &mut World) {
    world.reorganise(scheduled).await;
    let told = world.says("ana", "/oncall override nights @dee --from 10:00 --to 11:00 --instead bo").await;
    assert_eq!(told, "@dee is on call by nights from 2026-03-02 10:00 to 2026-03-02 11:00, wherever @bo would be.");
    assert_eq!(
        world.terminal.told("dee"),
        ["You are on call by nights from 2026-03-02 10:00 to 2026-03-02 11:00 UTC: @ana put you in."]
    );
    assert_eq!(
        world.terminal.told("bo"),
        ["You are not on call by nights from 2026-03-02 10:00 to 2026-03-02 11:00 UTC: @ana has put in somebody else."]
    );
    insta::assert_snapshot!("schedule_overridden", world.says("eve", "/oncall schedule nights --to 13:00").await);
}

async fn cover_is_for_one_person_wherever_they_are_on_call(world: &mut World) {
    let two = |org: &mut Org| {
        scheduled(org);
        org.schedule("days", &["bo+cy"]);
        org.schedule("other", &["cy"]);
    };
    world.reorganise(two).await;
    let told = world.says("dee", "/oncall cover @bo --to tomorrow 13:00").await;
    assert_eq!(
        told,
        "@dee is on call by days, nights from 2026-03-02 09:00 to 2026-03-03 13:00, wherever @bo would be."
    );
    let nights = world.says("eve", "/oncall who nights").await;
    assert!(nights.starts_with("nights (nights): @dee until 12:00 UTC, then @cy"), "{nights}");
    let days = world.says("eve", "/oncall who days").await;
    assert!(days.starts_with("days (days): @dee, @cy until 2026-03-03 13:00 UTC, then @bo, @cy"), "{days}");
}

async fn shifts_change_hands_once_it_is_accepted(world: &mut World) {
    world.reorganise(scheduled).await;
    let told = world.says("bo", "/oncall swap nights @cy --mine 11:00 --theirs 13:00").await;
    assert_eq!(told, "Offered to @cy: nights from 2026-03-02 09:00 to 2026-03-02 12:00. It counts once they accept.");
    insta::assert_snapshot!("swap_offered", world.terminal.told("cy").join("\n"));
    assert!(
        world.says("eve", "/oncall who nights").await.starts_with("nights (nights): @bo until"),
        "nothing counts yet"
    );
    insta::assert_snapshot!("swaps_asked", world.says("cy", "/oncall swaps").await);
    insta::assert_snapshot!("swaps_own", world.says("bo", "/oncall swaps").await);
    let refused = world.says("bo", "/oncall swap nights @cy --mine 11:00 --theirs 13:00").await;
    assert!(refused.starts_with("! You have offered that shift to @cy already"), "{refused}");
    assert!(world.says("bo", "/oncall swaps accept").await.starts_with("! "), "nobody accepts their own offer");
    let told = world.says("cy", "/oncall swaps accept").await;
    assert_eq!(told, "Done: the shifts of nights have changed, and @bo is told.");
    let who = world.says("eve", "/oncall who nights").await;
    assert!(who.starts_with("nights (nights): @cy until 12:00 UTC, then @bo"), "{who}");
    assert_eq!(world.says("cy", "/oncall swaps").await, "No offer waits.");
}

async fn an_offer_can_be_declined_or_withdrawn(world: &mut World) {
    world.reorganise(scheduled).await;
    for (who, answer, told) in [("cy", "decline", "bo"), ("bo", "withdraw", "cy")] {
        world.says("bo", "/oncall swap nights @cy --mine 11:00").await;
        let wrong = if answer == "decline" { "bo" } else { "cy" };
        assert!(world.says(wrong, &format!("/oncall swaps {answer} 1")).await.starts_with("! You are not"), "{answer}");
        let reply = world.says(who, &format!("/oncall swaps {answer} 1")).await;
        assert_eq!(reply, format!("The offer for nights is gone, and @{told} is told."));
    }
    assert!(world.says("eve", "/oncall who nights").await.starts_with("nights (nights): @bo until"));
    assert_eq!(
        world.says("cy", "/oncall swaps accept").await,
        "! No offer waits for that; `/oncall swaps` lists those that concern you"
    );
    // What is over is offered no more.
    world.says("bo", "/oncall swap nights @cy --mine 11:00").await;
    world.advance(minutes(3 * 60)).await;
    assert_eq!(world.says("cy", "/oncall swaps").await, "No offer waits.");
}

async fn shifts_that_overlap_do_not_change_hands(world: &mut World) {
    let pools = |pools: &'static [&'static str]| move |org: &mut Org| org.schedule("nights", pools);
    world.reorganise(pools(&["bo+cy", "bo", "cy", "dee"])).await;
    // Both are on call until noon, then bo is for a day, and cy for the next.
    for line in ["@cy --mine 11:00", "@cy --mine 13:00 --theirs 11:00", "@cy --mine 11:00 --theirs wed 11:00"] {
        let told = world.says("bo", &format!("/oncall swap nights {line}")).await;
        let way = "who would be missing; name shifts at other times";
        assert!(told.starts_with("! @") && told.ends_with(way), "{line}: {told}");
    }
    world.says("bo", "/oncall swap nights @dee --mine 11:00").await;
    world.reorganise(pools(&["bo+dee"])).await;
    let told = world.says("dee", "/oncall swaps accept").await;
    let way = "who would be missing; decline it, and have a new one offered";
    assert_eq!(told, format!("! @dee is on call by nights during the shift of @bo, {way}"));
}

async fn a_shift_without_an_end_changes_hands_for_a_while(world: &mut World) {
    world.reorganise(|org| org.schedule("nights", &["bo"])).await;
    world.says("bo", "/oncall swap nights @cy --mine 11:00").await;
    let told = world.says("cy", "/oncall swaps accept").await;
    assert_eq!(told, "Done: the shifts of nights have changed, and @bo is told.");
    let who = world.says("eve", "/oncall who nights").await;
    assert!(who.starts_with("nights (nights): @cy"), "{who}");
}

async fn what_cannot_be_changed_is_refused_with_a_way_out(world: &mut World) {
    let organised = |org: &mut Org| {
        scheduled(org);
        let members = vec![crate::support::key("bo")];
        org.files.teams = vec![firebell_core::directory::plan::FileTeam {
            key: crate::support::key("shop"),
            name: "Shop".to_owned(),
            members,
        }];
        org.files.schedules[0].team = Some(crate::support::key("shop"));
    };
    world.reorganise(organised).await;
    for (who, line, says) in [
        (
            "eve",
            "/oncall take nights",
            "! Only team shop, those of its schedule nights and administrators may change it",
        ),
        ("gus", "/oncall take nights", "! "),
        ("bo", "/oncall take nigths", "! No schedule is called nigths; did you mean nights?"),
        ("bo", "/oncall override nights @gus --to 11:00", "! "),
        ("bo", "/oncall override nights @zoe --to 11:00", "! No person is called @zoe"),
        ("bo", "/oncall override nights @bo --to 11:00 --instead bo", "! @bo cannot stand in for themselves"),
        ("bo", "/oncall cover @dee --to 11:00", "! @dee has no shift in that time"),
        ("bo", "/oncall override nights @cy --from 12:00 --to 11:00", "! It would end before it begins"),
        ("bo", "/oncall swap nights @cy --mine 13:00", "! @bo is not on call by nights then"),
        ("bo", "/oncall swap nights @bo --mine 11:00", "! You cannot change shifts with yourself"),
        ("bo", "/oncall schedule nights --to 2028-01-01", "! That is more than 366 days"),
        ("bo", "/oncall override nights @cy --from 2026-01-01 --to 11:00", "! `2026-01-01` is not in the future"),
    ] {
        let told = world.says(who, line).await;
        assert!(told.starts_with(says), "{who} {line}: {told}");
    }
    for who in ["bo", "cy", "ana"] {
        let told = world.says(who, "/oncall take nights --for 5m").await;
        assert!(told.starts_with(&format!("@{who} is on call")), "{told}");
    }
}

async fn changes_survive_a_restart_and_an_apply(world: &mut World) {
    world.reorganise(scheduled).await;
    world.says("dee", "/oncall take nights").await;
    world.says("cy", "/oncall swap nights @bo --mine 13:00").await;
    world.restart().await;
    world.reorganise(|org| org.schedule("nights", &["cy", "bo"])).await;
    assert!(
        world.says("eve", "/oncall who nights").await.starts_with("nights (nights): @dee until 12:00 UTC, then @bo")
    );
    // What was offered is not cy's any more.
    let told = world.says("bo", "/oncall swaps accept").await;
    assert!(told.starts_with("! The schedule has changed since"), "{told}");
    // A schedule that goes takes what was made for it along.
    world.reorganise(|org| org.files.schedules.clear()).await;
    assert_eq!(world.says("bo", "/oncall swaps").await, "No offer waits.");
    world.reorganise(scheduled).await;
    assert!(world.says("eve", "/oncall who nights").await.starts_with("nights (nights): @bo"));
}

async fn whoever_has_left_is_on_call_no_more(world: &mut World) {
    world.reorganise(scheduled).await;
    let leaves = |handle: &'static str| {
        move |org: &mut Org| org.files.people.retain(|person| person.handle != crate::support::key(handle))
    };
    world.says("dee", "/oncall take nights").await;
    assert!(world.says("eve", "/oncall who nights").await.starts_with("nights (nights): @dee until"));
    world.reorganise(leaves("dee")).await;
    let who = world.says("eve", "/oncall who nights").await;
    assert!(who.starts_with("nights (nights): @bo until 12:00 UTC, then @cy"), "{who}");
    world.says("ana", DECLARE).await;
    world.paged("bo");
    world.not_paged("dee");
    // Of the turn itself nothing is left but a gap, which is said, and passed over.
    world.says("bo", "/oncall swap nights @cy --mine 11:00").await;
    world.reorganise(leaves("bo")).await;
    let told = world.says("cy", "/oncall swaps accept").await;
    assert_eq!(told, "! @bo has left, and nobody would take over from them; decline it");
    let who = world.says("eve", "/oncall who nights").await;
    assert!(who.starts_with("nights (nights): nobody is on call until 12:00 UTC, then @cy"), "{who}");
    assert!(world.says("cy", "/oncall swaps decline").await.starts_with("The offer for nights is gone"));
}

async fn each_takes_a_turn_and_a_restart_forgets_no_turn(world: &mut World) {
    let pool = |org: &mut Org| {
        org.schedule("pool", &["bo+cy+dee"]);
        org.asks_schedule("web", "pool");
        let step = &mut org.files.policies[0].steps[0];
        step.round_robin = std::mem::take(&mut step.schedules);
    };
    world.reorganise(pool).await;
    let count = |world: &World| ["bo", "cy", "dee"].map(|who| world.pages(who));
    for number in 1..=6 {
        world.says("ana", DECLARE).await;
        world.says("ana", &format!("/incident INC-{number} ack")).await;
        if number % 2 == 0 {
            world.restart().await;
        }
        if number == 3 {
            assert_eq!(count(world), [1, 1, 1]);
        }
    }
    assert_eq!(count(world), [2, 2, 2]);
    let who = world.says("eve", "/oncall who web").await;
    assert!(who.contains("now: @bo (pool, in turn), @cy (pool, in turn), @dee (pool, in turn)"), "{who}");
}

async fn gaps_loads_and_simulations_are_shown(world: &mut World) {
    world.reorganise(scheduled).await;
    let windows = firebell_core::oncall::text::read_windows("mon-fri 06:00-24:00").unwrap();
    world.reorganise(move |org| org.files.schedules[0].layers[0].layer.windows.clone_from(&windows)).await;
    insta::assert_snapshot!("gaps", world.says("eve", "/oncall gaps --to fri 09:00").await);
    insta::assert_snapshot!(
        "fairness",
        world.says("eve", "/oncall fairness nights --from 2026-03-02 --to 2026-03-09").await
    );
    insta::assert_snapshot!(
        "simulation",
        world.says("eve", "/oncall simulate checkout --at tomorrow 05:56 --severity sev1").await
    );
    let refused = world.says("eve", "/oncall simulate wbe").await;
    assert!(refused.starts_with("! No service or policy is called wbe; did you mean web?"), "{refused}");
    let refused = world.says("eve", "/oncall simulate nights").await;
    let schedule = "! No service or policy is called nights; that is a schedule, and `/oncall schedule nights` shows who has it when";
    assert!(refused.starts_with(schedule), "{refused}");
}
