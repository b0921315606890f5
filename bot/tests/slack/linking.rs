//! Two accounts of one human become one person's.

use chrono::TimeDelta;

use super::rooms_added::room_here;
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(two =>
    a_code_makes_another_account_ones_own,
    what_the_other_was_in_one_is_in,
    wrong_codes_are_few,
    whom_a_file_describes_is_not_swallowed,
    who_is_paged_answers_first,
    an_account_is_let_go,
);

/// In the second workspace there is also somebody whom nobody knows.
fn two(before: &mut Before) {
    before.connect("twin");
    before.others[0].0.add_person("zed");
}

async fn code(world: &SlackWorld, who: &str) -> String {
    let told = world.types(who, "me link").await;
    let code = told.split_whitespace().nth(3).unwrap().trim_end_matches('.').to_owned();
    assert_eq!(code.len(), 11, "{told}");
    assert!(told.contains("within 10 minutes") && told.contains(&format!("@{who}")), "{told}");
    code
}

async fn a_code_makes_another_account_ones_own(world: &mut SlackWorld) {
    let code = code(world, "dee").await;
    assert_eq!(world.count("SELECT count(*) FROM link_code").await, 1);
    world.goes_over();
    assert!(world.types("zed", "me").await.starts_with("You are @zed"));
    let done = world.types("zed", &format!("me link {}", code.to_lowercase().replace('-', " "))).await;
    assert!(done.starts_with("This account is @dee's now. What @zed was in open incidents, @dee is."), "{done}");
    let again = world.types("zed", &format!("me link {code}")).await;
    assert!(again.starts_with("! This code is not good"), "it works once: {again}");
    let me = world.types("zed", "me").await;
    assert!(me.starts_with("You are @dee (") && me.contains(" in main") && me.contains(" in twin"), "{me}");
    world.goes_over();
    let told = world.told("dee");
    assert!(told.contains("in twin is yours now") && told.contains("me unlink"), "{told}");
    assert_eq!(world.count("SELECT count(*) FROM link_code").await, 0);
    let kept = world.texts("SELECT CAST(reply AS TEXT) FROM inbox WHERE reply IS NOT NULL").await.concat();
    assert!(!kept.contains(&code) && !kept.contains(&code.replace('-', "")), "{kept}");
    assert!(world.logged(&code).is_empty());
    assert_eq!(world.broken().await, [""; 0]);
    let entries = world.texts("SELECT kind FROM entry WHERE stream = 'directory' ORDER BY seq DESC LIMIT 1").await;
    assert_eq!(entries, ["identity_linked"]);
}

async fn what_the_other_was_in_one_is_in(world: &mut SlackWorld) {
    world.goes_over();
    world.types("zed", "declare payroll leaked --private").await;
    let room = room_here(world, 1).unwrap().id;
    world.types_in(&room, "zed", "lead").await;
    world.goes_over();
    assert_eq!(world.types("dee", "INC-1 show").await, "! No incident is called INC-1");
    let code = code(world, "dee").await;
    world.goes_over();
    world.types("zed", &format!("me link {code}")).await;
    let shown = world.types_in(&room, "zed", "show").await;
    assert!(shown.contains("payroll leaked"), "{shown}");
    world.goes_over();
    assert!(world.types("dee", "INC-1 show").await.contains("payroll leaked"));
    let timeline = world.timeline("dee", 1).await;
    assert!(timeline.contains("Lead is @dee") || timeline.contains("@dee"), "{timeline}");
    assert!(world.row(1).await.lead().is_some());
    assert!(world.types("dee", "INC-1 resolve it was moved").await.contains("resolved"));
    assert!(world.types("dee", "INC-1 close").await.contains("closed"), "the lead may");
    assert_eq!(world.broken().await, [""; 0]);
}

async fn wrong_codes_are_few(world: &mut SlackWorld) {
    let good = code(world, "dee").await;
    world.goes_over();
    for number in 0..5 {
        let refused = world.types("zed", &format!("me link WRONG-{number}")).await;
        assert!(refused.starts_with("! This code is not good"), "{refused}");
        assert!(!refused.contains("WRONG"), "{refused}");
    }
    let refused = world.types("zed", &format!("me link {good}")).await;
    assert!(refused.starts_with("! This account gave too many wrong codes"), "{refused}");
    world.advance(TimeDelta::minutes(10)).await;
    let old = world.types("zed", &format!("me link {good}")).await;
    assert!(old.starts_with("! This code is not good"), "it is too old: {old}");
    world.goes_over();
    let good = code(world, "dee").await;
    world.goes_over();
    assert!(world.types("zed", &format!("me link {good}")).await.starts_with("This account is @dee's now."));
}

async fn whom_a_file_describes_is_not_swallowed(world: &mut SlackWorld) {
    let code = code(world, "dee").await;
    world.goes_over();
    let refused = world.types("bo", &format!("me link {code}")).await;
    assert!(refused.contains("bo's, whom the configuration describes"), "{refused}");
    let own = world.types("dee", &format!("me link {code}")).await;
    assert!(own.contains("dee's already"), "{own}");
    assert!(world.types("zed", &format!("me link {code}")).await.starts_with("This account is @dee's now."));
    assert!(world.types("bo", "me").await.starts_with("You are @bo ("));
}

async fn who_is_paged_answers_first(world: &mut SlackWorld) {
    world.goes_over();
    world.types("zed", "me").await;
    world.types("bo", "declare checkout is down").await;
    world.types("bo", "INC-1 page @zed").await;
    world.goes_over();
    let code = code(world, "dee").await;
    world.goes_over();
    let refused = world.types("zed", &format!("me link {code}")).await;
    assert_eq!(refused, "! This account is being paged in INC-1; acknowledge there first, then link it");
    world.types("zed", "INC-1 ack").await;
    assert!(world.types("zed", &format!("me link {code}")).await.starts_with("This account is @dee's now."));
}

async fn an_account_is_let_go(world: &mut SlackWorld) {
    world.goes_over();
    let only = world.types("zed", "me unlink twin").await;
    assert!(only.contains("only account"), "{only}");
    let account = world.id("zed").to_owned();
    world.goes_over();
    let code = code(world, "dee").await;
    world.goes_over();
    world.types("zed", &format!("me link {code}")).await;
    assert!(world.types("zed", "me unlink nowhere").await.contains("no such account"));
    assert_eq!(
        world.types("zed", &format!("me unlink {account}")).await,
        format!("The account {account} in twin is yours no more.")
    );
    let me = world.types("zed", "me").await;
    assert!(me.starts_with("You are @zed"), "{me}");
}
