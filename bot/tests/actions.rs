//! Follow-ups: edited, taken back, listed over all incidents, and told to teams now and then.

use chrono::{NaiveTime, TimeDelta, Weekday};
use firebell_core::digest::Digest;
use firebell_core::directory::plan::FileTeam;
use firebell_core::ids::ActionId;

use crate::support::{Home, World, key, minutes, on_both};

on_both!(
    a_follow_up_is_edited_and_taken_back,
    what_is_not_there_is_refused_in_words_that_can_be_written,
    lists_go_over_all_incidents_by_when_they_are_due,
    a_private_incident_is_in_no_list_of_others,
    words_are_inert_in_lists,
    redacted_words_are_gone_from_every_edit,
    a_team_hears_once_a_week_what_it_still_has_to_do,
    of_two_replicas_one_tells_and_a_restart_tells_nobody_again,
    a_digest_of_nothing_is_none,
    a_private_incident_is_in_no_digest,
    a_team_with_a_channel_hears_it_there,
);

async fn a_follow_up_is_edited_and_taken_back(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident action watch the disk @bo --due 2026-03-06 --type detect --priority high").await;
    let shown = "A1 [ ] watch the disk @bo (due 2026-03-06 17:00), detect, priority high";
    assert_eq!(world.says("ana", "/incident actions").await, shown);
    let line = "/incident edit-action A1 watch both disks --owner cy --no-due --no-priority";
    assert_eq!(world.says("bo", line).await, "Action A1 of INC-1 is changed.");
    assert_eq!(world.says("ana", "/incident actions").await, "A1 [ ] watch both disks @cy, detect");
    world.says("cy", "/incident done A1").await;
    assert!(world.says("ana", "/incident actions").await.contains("[x] watch both disks"));
    assert_eq!(world.says("bo", "/incident undone A1").await, "Action A1 of INC-1 is to be done after all.");
    assert_eq!(world.says("ana", "/incident actions").await, "A1 [ ] watch both disks @cy, detect");
    let kinds: Vec<String> = world.history(1).await.into_iter().map(|entry| entry.kind).collect();
    for kind in ["action_added", "action_edited", "action_done", "action_reopened"] {
        assert_eq!(kinds.iter().filter(|held| *held == kind).count(), 1, "{kind} in {kinds:?}");
    }
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn what_is_not_there_is_refused_in_words_that_can_be_written(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident action watch the disk").await;
    for (line, answer) in [
        ("action x --against F2", "! INC-1 has no cause F2; `/incident INC-1 causes` shows them"),
        ("edit-action A1 --against F2", "! INC-1 has no cause F2; `/incident INC-1 causes` shows them"),
        ("action x --type fix", "! Type cannot be fix; it is one of prevent, detect, mitigate, process"),
        ("edit-action A1 watch the disk", "! A1 says that already; nothing of it would change"),
        ("undone A1", "! A1 is not done; `/incident done A1` says that it is"),
        ("ticket A1", "! No tracker is configured, see [[trackers]] in the sample of firebell.toml"),
        ("actions --team shop", "! No team is called shop; there are none"),
    ] {
        assert_eq!(world.says("ana", &format!("/incident {line}")).await, answer, "{line}");
    }
}

/// INC-1 is of the shop, INC-2 of nobody.
async fn promises(world: &mut World) {
    shop(world, &["bo", "cy"]).await;
    world.says("ana", "/incident declare checkout is down --service checkout sev4").await;
    world.says("ana", "/incident declare search is slow sev4").await;
    for line in [
        "INC-1 action alert on disk @bo --due 2026-03-03",
        "INC-1 action write a runbook @cy",
        "INC-2 action alert on latency @bo --due 2026-03-05",
        "INC-2 action cache results @bo --due 2026-03-02T10:00",
        "INC-2 action done already @bo --due 2026-03-04",
        "INC-2 done A3",
    ] {
        let answer = world.says("ana", &format!("/incident {line}")).await;
        assert!(answer.starts_with("Action A"), "{line}: {answer}");
    }
}

async fn shop(world: &mut World, members: &[&str]) {
    let members = members.iter().map(|handle| key(handle)).collect();
    world
        .reorganise(|org| {
            org.files.teams.push(FileTeam { key: key("shop"), name: "Shop".to_owned(), members });
            org.files.services.iter_mut().find(|held| held.key == key("checkout")).unwrap().team = Some(key("shop"));
        })
        .await;
}

async fn lists_go_over_all_incidents_by_when_they_are_due(world: &mut World) {
    promises(world).await;
    let all = [
        "INC-2 A2  cache results @bo (due 2026-03-02 10:00)",
        "INC-1 A1  alert on disk @bo (due 2026-03-03 17:00)",
        "INC-2 A1  alert on latency @bo (due 2026-03-05 17:00)",
        "INC-1 A2  write a runbook @cy",
    ];
    let due_today = |text: &str| text.replace("(due 2026-03-02 10:00)", "(due 10:00)");
    let all = all.map(due_today);
    assert_eq!(world.says("ana", "/incident actions --all").await, all.join("\n"));
    assert_eq!(world.says("bo", "/incident actions --mine").await, all[..3].join("\n"));
    assert_eq!(world.says("cy", "/incident actions --mine").await, all[3]);
    assert_eq!(world.says("dee", "/incident actions --mine").await, "Nothing is left to be done.");
    let of_shop = format!("{}\n{}", all[1], all[3]);
    assert_eq!(world.says("dee", "/incident actions --team Shop").await, of_shop);
    assert_eq!(world.says("dee", "/incident INC-2 actions --all").await, format!("{}\n{}", all[0], all[2]));
    assert_eq!(world.says("dee", "/incident actions --overdue").await, "Nothing is overdue.");
    world.advance(minutes(90)).await;
    let late = "INC-2 A2  cache results @bo (due 10:00, OVERDUE)";
    assert_eq!(world.says("dee", "/incident actions --overdue").await, late);
    assert!(world.says("dee", "/incident INC-2 actions").await.contains("(due 10:00, OVERDUE)"));
    assert!(world.says("gus", "/incident actions --all").await.contains("guest"));
}

async fn a_private_incident_is_in_no_list_of_others(world: &mut World) {
    shop(world, &["bo", "cy"]).await;
    world.says("bo", "/incident declare payroll leaked --private --service checkout sev4").await;
    world.says("bo", "/incident INC-1 action tell the lawyer @cy --due fri").await;
    for line in ["actions --all", "actions --mine", "actions --overdue", "actions --team shop"] {
        let shown = world.says("cy", &format!("/incident {line}")).await;
        assert!(!shown.contains("INC-1") && !shown.contains("lawyer"), "{line}: {shown}");
    }
    for who in ["ana", "bo"] {
        let shown = world.says(who, "/incident actions --all").await;
        assert!(shown.contains("INC-1 A1  tell the lawyer @cy") && shown.contains("PRIVATE"), "{who}: {shown}");
    }
}

async fn words_are_inert_in_lists(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    let words = "\u{1b}[31mred\u{1b}[0m {{incident}} <!channel> @everyone | `x`";
    world.says("ana", &format!("/incident action {words} --due fri")).await;
    for line in ["/incident actions", "/incident actions --all"] {
        let shown = world.says("ana", line).await;
        assert!(!shown.contains('\u{1b}') && shown.contains("{{incident}}"), "{shown:?}");
        assert_eq!(shown.lines().count(), 1, "{shown:?}");
    }
}

async fn redacted_words_are_gone_from_every_edit(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident action use the password hunter2").await;
    world.says("ana", "/incident edit-action A1 --priority low").await;
    let added = world.history(1).await.into_iter().find(|entry| entry.kind == "action_added").unwrap().id;
    world.says("ana", &format!("/incident redact {added} a password")).await;
    for entry in world.history(1).await {
        assert!(!format!("{:?}", entry.change).contains("hunter2"), "{}", entry.kind);
    }
    assert!(!world.row(1).await.action(ActionId(1)).unwrap().said.text.contains("hunter2"));
    assert!(!world.says("ana", "/incident actions --all").await.contains("hunter2"));
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

/// Digests on Tuesdays at nine.
async fn weekly(world: &mut World, channel: Option<&str>) {
    let channels = channel.map(|channel| (key("shop"), channel.to_owned())).into_iter().collect();
    let at = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
    world
        .restart_with(|settings| {
            settings.digest = Some(Digest { day: Weekday::Tue, at, zone: chrono_tz::UTC, channels });
        })
        .await;
}

fn digests(world: &World, who: &str) -> Vec<String> {
    world.terminal.told(who).into_iter().filter(|text| text.contains("has promised and not done yet")).collect()
}

async fn a_team_hears_once_a_week_what_it_still_has_to_do(world: &mut World) {
    promises(world).await;
    weekly(world, None).await;
    world.advance(minutes(24 * 60 - 1)).await;
    assert!(digests(world, "bo").is_empty());
    world.advance(minutes(1)).await;
    let [text] = digests(world, "bo").try_into().unwrap();
    let lines: Vec<&str> = text.trim().lines().collect();
    assert_eq!(lines[0], "What Shop has promised and not done yet:", "{text}");
    assert!(lines[1].starts_with("INC-1 A1  alert on disk @bo"), "{text}");
    assert_eq!((lines.len(), lines[2]), (3, "INC-1 A2  write a runbook @cy"));
    assert_eq!(digests(world, "cy").len(), 1);
    assert!(digests(world, "dee").is_empty() && digests(world, "ana").is_empty());
    world.advance(TimeDelta::days(6)).await;
    assert_eq!(digests(world, "bo").len(), 1);
    world.advance(TimeDelta::days(1)).await;
    let later = digests(world, "bo").pop().unwrap();
    assert_eq!(digests(world, "bo").len(), 2);
    assert!(later.contains("not done yet, 1 of it overdue:") && later.contains("OVERDUE"), "{later}");
}

async fn of_two_replicas_one_tells_and_a_restart_tells_nobody_again(world: &mut World) {
    promises(world).await;
    weekly(world, None).await;
    world.settle().await;
    let other = world.replica().await;
    world.clock.advance(TimeDelta::days(1)).unwrap();
    let (one, two) = tokio::join!(world.app.engine.settle(), other.engine.settle());
    one.unwrap();
    two.unwrap();
    other.store.close().await;
    world.restart().await;
    world.advance(minutes(60)).await;
    assert_eq!((digests(world, "bo").len(), digests(world, "cy").len()), (1, 1));
    // However long nobody looked, one digest follows.
    world.clock.advance(TimeDelta::days(30)).unwrap();
    world.restart().await;
    world.settle().await;
    assert_eq!(digests(world, "bo").len(), 2);
}

async fn a_digest_of_nothing_is_none(world: &mut World) {
    promises(world).await;
    for line in ["INC-1 done A1", "INC-1 done A2"] {
        world.says("ana", &format!("/incident {line}")).await;
    }
    weekly(world, None).await;
    world.advance(TimeDelta::days(8)).await;
    assert!(digests(world, "bo").is_empty());
    world.says("ana", "/incident INC-1 undone A1").await;
    world.advance(TimeDelta::days(7)).await;
    assert_eq!(digests(world, "bo").len(), 1);
}

async fn a_private_incident_is_in_no_digest(world: &mut World) {
    shop(world, &["bo", "cy"]).await;
    world.says("bo", "/incident declare payroll leaked --private --service checkout sev4").await;
    world.says("bo", "/incident INC-1 action tell the lawyer @bo").await;
    weekly(world, None).await;
    world.advance(TimeDelta::days(2)).await;
    assert!(digests(world, "bo").is_empty());
    world.says("bo", "/incident declare checkout is down --service checkout sev4").await;
    world.says("bo", "/incident INC-2 action watch the disk").await;
    world.advance(TimeDelta::days(7)).await;
    let [text] = digests(world, "bo").try_into().unwrap();
    assert!(text.contains("INC-2 A1") && !text.contains("lawyer") && !text.contains("INC-1"), "{text}");
}

async fn a_team_with_a_channel_hears_it_there(world: &mut World) {
    promises(world).await;
    weekly(world, Some("console:inc-1-checkout-is-down")).await;
    world.advance(TimeDelta::days(1)).await;
    assert!(digests(world, "bo").is_empty());
    let posts = world.terminal.room("inc-1-checkout-is-down").posts;
    assert!(posts.iter().any(|text| text.contains("What Shop has promised and not done yet")), "{posts:?}");
}

#[test]
fn the_command_line_lists_them() {
    let home = Home::founded();
    home.run(&["do", "--as", "ana", "/incident declare checkout is down sev4"]).done();
    home.run(&["do", "--as", "ana", "/incident action watch the disk @ana --due 2020-01-01 --type detect"]);
    home.run(&["do", "--as", "ana", "/incident action watch the disk @ana --due 2099-01-01 --type detect"]).done();
    let listed = home.run(&["actions"]).done();
    assert!(listed.contains("INC-1 A1  watch the disk @ana (due 2099-01-01 17:00), detect"), "{listed}");
    let listed = home.run(&["actions", "--mine", "@ana", "--json"]).done();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((&listed["rows"][0]["incident"], &listed["rows"][0]["kind_of"]), (&"INC-1".into(), &"detect".into()));
    assert!(home.run(&["actions", "--overdue"]).done().contains("Nothing is overdue."));
    let refused = home.run(&["actions", "--team", "moon"]);
    assert!(refused.err.contains("no team is called moon"), "{refused:?}");
}
