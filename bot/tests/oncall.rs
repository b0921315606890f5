//! Who is on call, and who comes next.

use firebell_core::paging::policy::AckNeed;

use crate::support::{Org, World, on_both};

on_both!(everybody_on_call_is_named_in_their_order, what_one_is_on_call_for_can_be_named);
on_both!(who_cannot_be_paged_is_said, without_a_policy_the_last_resort_is_left);

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
    assert_eq!(told, "No policy says who is paged.\nat last: the incident's lead, else whoever raised the page");
}
