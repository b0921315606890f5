//! What was seen before: incidents like the one at hand, why, and what was promised after them and is not done.

use crate::support::{World, minutes, on_both};

on_both!(
    earlier_incidents_are_named_with_reasons_and_open_actions,
    a_card_follows_what_is_said_of_its_incident,
    nobody_is_told_of_a_private_incident_who_may_not_see_it,
    what_is_hidden_leaves_its_place_to_the_next,
    what_was_no_incident_is_not_told,
    nothing_is_like_the_first,
    redacted_words_are_found_no_more,
);

/// The lines of a card that tell of earlier incidents.
fn seen_before(world: &World, room: &str) -> Vec<String> {
    let card = world.terminal.room(room).card;
    card.lines().skip_while(|line| !line.starts_with("seen before:")).map(str::to_owned).collect()
}

async fn earlier_incidents_are_named_with_reasons_and_open_actions(world: &mut World) {
    world.says("ana", "/incident declare payment pool exhausted sev2 --service checkout").await;
    for action in ["alert on a full pool @bo --due 2026-04-01", "size the pool @cy", "tell support", "write it up @bo"]
    {
        world.says("ana", &format!("/incident INC-1 action {action}")).await;
    }
    world.says("ana", "/incident INC-1 action add a dashboard").await;
    world.says("ana", "/incident INC-1 done A2").await;
    world.says("ana", "/incident INC-1 resolve restarted it").await;
    world.says("ana", "/incident declare a certificate ran out").await;
    world.says("ana", "/incident declare checkout is slow sev4 --service checkout").await;
    world.advance(minutes(60)).await;
    world.says("bo", "/incident declare pool of payments exhausted sev1 --service checkout").await;

    let card = seen_before(world, "inc-4-pool-of-payments-exhausted");
    assert_eq!(
        card,
        [
            "seen before: INC-1  resolved  2026-03-02 09:00  payment pool exhausted (same service: checkout; in both titles: exhausted, pool)",
            "  still open: A1 alert on a full pool @bo (due 2026-04-01 17:00)",
            "  still open: A3 tell support",
            "  still open: A4 write it up @bo",
            "  and 1 more",
            "seen before: INC-3  declared  2026-03-02 09:00  checkout is slow (same service: checkout)",
        ]
    );
    let similar = world.says("cy", "/incident similar INC-4").await;
    assert_eq!(
        similar.lines().collect::<Vec<_>>(),
        [
            "INC-1  SEV2  resolved  2026-03-02 09:00  payment pool exhausted",
            "  same service: checkout; in both titles: exhausted, pool",
            "  still open: A1 alert on a full pool @bo (due 2026-04-01 17:00)",
            "  still open: A3 tell support",
            "  still open: A4 write it up @bo",
            "  still open: A5 add a dashboard",
            "INC-3  SEV4  declared  2026-03-02 09:00  checkout is slow",
            "  same service: checkout",
        ]
    );
    // Whoever asks is told of later ones, too; a card tells of what was before.
    assert!(world.says("cy", "/incident INC-1 similar").await.contains("INC-4  SEV1"));
    assert_eq!(seen_before(world, "inc-1-payment-pool-exhausted"), Vec::<String>::new());
    assert!(world.says("cy", "/incident INC-4 show").await.contains("\nseen before: INC-1  resolved"));
    world.says("cy", "/incident INC-1 done A3").await;
    assert!(!world.says("cy", "/incident INC-4 similar").await.contains("tell support"));
}

async fn a_card_follows_what_is_said_of_its_incident(world: &mut World) {
    world.says("ana", "/incident declare certificate of the gateway expired").await;
    world.says("ana", "/incident INC-1 resolve renewed").await;
    world.says("bo", "/incident declare errors everywhere").await;
    let room = "inc-2-errors-everywhere";
    assert_eq!(seen_before(world, room), Vec::<String>::new());
    world.says("bo", "/incident INC-2 summary the certificate had expired").await;
    let told = "seen before: INC-1  resolved  2026-03-02 09:00  certificate of the gateway expired (words: certificate, expired)";
    assert_eq!(seen_before(world, room), [told]);
    world.says("bo", "/incident INC-2 summary nobody knows").await;
    assert_eq!(seen_before(world, room), Vec::<String>::new());
    world.says("bo", "/incident INC-2 correct E1 gateway refuses all").await;
    assert!(seen_before(world, room).first().is_some_and(|line| line.ends_with("(in both titles: gateway)")));
    world.says("bo", "/incident INC-2 note the certificate had expired").await;
    assert_eq!(seen_before(world, room).len(), 1);
}

async fn nobody_is_told_of_a_private_incident_who_may_not_see_it(world: &mut World) {
    world.says("cy", "/incident declare payroll leaked by mistake sev3 --private").await;
    world.says("cy", "/incident INC-1 action tell the staff @bo").await;
    world.says("eve", "/incident declare payroll leaked again sev3").await;
    let room = "inc-2-payroll-leaked-again";
    assert_eq!(seen_before(world, room), Vec::<String>::new());
    let none = "No other incident is like INC-2.";
    assert_eq!(world.says("eve", "/incident INC-2 similar").await, none);
    for member in ["cy", "ana"] {
        let told = world.says(member, "/incident INC-2 similar").await;
        assert!(
            told.starts_with("INC-1  SEV3  declared  2026-03-02 09:00  PRIVATE  payroll leaked by mistake"),
            "{told}"
        );
        assert!(told.contains("still open: A1 tell the staff @bo"), "{told}");
        // What stands in a room everybody there can read.
        assert!(!world.says(member, "/incident INC-2 show").await.contains("seen before"));
    }
    assert_eq!(world.says("eve", "/incident INC-1 similar").await, "! No incident is called INC-1");
    // Nor is one private incident told of in the room of another.
    world.says("cy", "/incident declare payroll leaked a third time sev3 --private").await;
    let private = world.terminal.rooms().into_iter().find(|room| room.starts_with("inc-3")).unwrap();
    let told = seen_before(world, &private);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told.first().is_some_and(|line| line.starts_with("seen before: INC-2")), "{told:?}");
}

async fn what_is_hidden_leaves_its_place_to_the_next(world: &mut World) {
    world.says("eve", "/incident declare payroll is late --service checkout").await;
    for number in 2..14 {
        world.says("cy", &format!("/incident declare payroll leaked by mistake, page {number} --private")).await;
    }
    world.says("eve", "/incident declare payroll leaked by mistake --service checkout").await;
    let told = seen_before(world, "inc-14-payroll-leaked-by-mistake");
    assert!(matches!(&told[..], [one] if one.contains("INC-1  declared")), "{told:?}");
    let similar = world.says("eve", "/incident INC-14 similar").await;
    assert!(similar.starts_with("INC-1  SEV3") && !similar.contains("leaked"), "{similar}");
    assert!(world.says("cy", "/incident INC-14 similar").await.starts_with("INC-13  SEV3"));
}

async fn what_was_no_incident_is_not_told(world: &mut World) {
    world.says("ana", "/incident declare payment pool exhausted --drill").await;
    world.says("ana", "/incident declare payment pool exhausted").await;
    world.says("ana", "/incident INC-2 cancel a false alarm").await;
    world.says("ana", "/incident declare payment pool exhausted").await;
    world.says("ana", "/incident declare payment pool exhausted").await;
    world.says("ana", "/incident INC-3 merge INC-4").await;
    let told = world.says("ana", "/incident INC-4 similar").await;
    assert_eq!(told, "No other incident is like INC-4.");
    // An exercise goes as it would if it were none.
    world.says("ana", "/incident declare payment pool exhausted --drill").await;
    assert!(world.says("ana", "/incident INC-5 similar").await.starts_with("INC-4"));
    assert_eq!(seen_before(world, "inc-5-payment-pool-exhausted").len(), 1);
}

async fn nothing_is_like_the_first(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    assert_eq!(world.says("ana", "/incident similar").await, "No other incident is like INC-1.");
    world.says("ana", "/incident declare '; DROP TABLE \"searched\" -- \\ \u{301} | & ! ( ) :* NEAR OR").await;
    assert_eq!(world.says("ana", "/incident INC-2 similar").await, "No other incident is like INC-2.");
}

async fn redacted_words_are_found_no_more(world: &mut World) {
    world.says("ana", "/incident declare hunter2swordfish leaked").await;
    world.says("ana", "/incident declare where is hunter2swordfish").await;
    assert!(world.says("ana", "/incident INC-2 similar").await.starts_with("INC-1"));
    world.says("ana", "/incident INC-1 redact E1 a password").await;
    assert_eq!(world.says("ana", "/incident INC-2 similar").await, "No other incident is like INC-2.");
    world.says("ana", "/incident INC-2 status investigating").await;
    assert_eq!(seen_before(world, "inc-2-where-is-hunter2swordfish"), Vec::<String>::new());
}
