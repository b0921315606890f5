//! Firebell proves that it works: a watcher outside hears of it, its numbers tell how pages went, and its auditor finds
//! what goes wrong.

use firebell::heartbeat::Beat;
use firebell_core::effect::Delivery;

use crate::support::{Act, Home, Kind, Watcher, World, minutes, on_both, seconds};

on_both!(
    a_watcher_is_told_as_long_as_all_is_well,
    a_watcher_that_takes_nothing_is_an_outage_of_its_own,
    the_numbers_tell_how_pages_went,
    a_notice_that_was_taken_back_is_counted,
    what_waits_is_counted_by_its_priority,
    a_page_that_does_not_go_on_raises_an_alarm,
    somebody_whom_nothing_reaches_raises_an_alarm,
);

const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";

async fn audited(world: &World) {
    world.app.engine.audit().await.unwrap();
    world.settle().await;
}

/// The value of one number, as whoever collects it is told.
fn number(world: &World, name: &str) -> Option<f64> {
    let text = world.app.engine.metrics.text().unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
    value.map(|value| value.parse().unwrap())
}

/// What the last resort was told of Firebell's own troubles.
fn alarms(world: &World) -> Vec<String> {
    let told = world.terminal.told("dee").into_iter();
    told.filter_map(|text| Some(text.lines().next()?.strip_prefix("Firebell is in trouble: ")?.to_owned())).collect()
}

async fn a_watcher_is_told_as_long_as_all_is_well(world: &mut World) {
    let watcher = Watcher::new();
    world.is_watched_by(&watcher).await;
    let engine = world.app.engine.clone();
    assert_eq!((engine.beat().await, watcher.calls()), (Some(Beat::HeldBack), 0), "nobody has looked yet");
    audited(world).await;
    assert_eq!((engine.beat().await, watcher.calls()), (Some(Beat::Taken), 1));

    world.says("ana", DECLARE).await;
    world.tampers("UPDATE page SET due_at = NULL").await;
    audited(world).await;
    assert_eq!((engine.beat().await, watcher.calls()), (Some(Beat::HeldBack), 0), "a page has no due time");
    audited(world).await;
    assert_eq!((engine.beat().await, watcher.calls()), (Some(Beat::Taken), 1), "it was put right");

    world.says("bo", "/incident ack").await;
    world.advance(minutes(4)).await;
    assert_eq!(
        (engine.beat().await, watcher.calls()),
        (Some(Beat::HeldBack), 0),
        "the auditor has not looked for long"
    );
    audited(world).await;
    engine.health.database_lost();
    assert_eq!((engine.beat().await, watcher.calls()), (Some(Beat::HeldBack), 0), "the database is lost");
    engine.health.database_up();
    assert_eq!((engine.beat().await, watcher.calls()), (Some(Beat::Taken), 1));
    let last: f64 = world.clock.now().timestamp().to_string().parse().unwrap();
    assert_eq!(number(world, "firebell_heartbeat_last_success_timestamp_seconds"), Some(last));
}

async fn a_watcher_that_takes_nothing_is_an_outage_of_its_own(world: &mut World) {
    let watcher = Watcher::new();
    world.is_watched_by(&watcher).await;
    audited(world).await;
    for (status, beat, failures) in
        [(500, Beat::NotTaken, 1.0), (404, Beat::NotTaken, 2.0), (302, Beat::NotTaken, 3.0), (204, Beat::Taken, 3.0)]
    {
        watcher.answers(status);
        assert_eq!(world.app.engine.beat().await, Some(beat), "{status}");
        assert_eq!(number(world, "firebell_heartbeat_failures_total"), Some(failures), "{status}");
    }
    assert_eq!(world.app.engine.health.ready(), Ok(()), "pages go on without a watcher");
}

async fn the_numbers_tell_how_pages_went(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "bo", 1, Act::Answer(Delivery::RetryAfter(seconds(20))));
    world.says("ana", DECLARE).await;
    world.advance(seconds(90)).await;
    world.says("bo", "/incident ack").await;
    for (name, value) in [
        ("firebell_page_first_notice_seconds_count", 1.0),
        ("firebell_page_first_notice_seconds_sum", 20.0),
        ("firebell_page_acknowledgement_seconds_count", 1.0),
        ("firebell_page_acknowledgement_seconds_sum", 90.0),
        ("firebell_notices_total{state=\"queued\",method=\"console\"}", 1.0),
        ("firebell_notices_total{state=\"delivered\",method=\"console\"}", 1.0),
    ] {
        assert_eq!(number(world, name), Some(value), "{name}");
    }
    // The second notice of a page is not its first, and who answers twice does not answer faster.
    world.says("ana", "/incident declare search is down sev1 --service checkout").await;
    world.advance(minutes(5)).await;
    assert_eq!((world.pages("bo"), world.pages("cy")), (2, 1));
    world.says("cy", "/incident INC-2 ack").await;
    world.says("bo", "/incident INC-2 ack").await;
    assert_eq!(number(world, "firebell_page_first_notice_seconds_count"), Some(2.0));
    assert_eq!(number(world, "firebell_page_first_notice_seconds_sum"), Some(20.0));
    assert_eq!(number(world, "firebell_page_acknowledgement_seconds_count"), Some(2.0));
    assert_eq!(number(world, "firebell_page_acknowledgement_seconds_sum"), Some(390.0));
}

async fn a_notice_that_was_taken_back_is_counted(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "bo", 9, Act::Answer(Delivery::RetryAfter(minutes(1))));
    world.says("ana", DECLARE).await;
    world.says("cy", "/incident INC-1 ack").await;
    world.terminal.script_for(Kind::Notice, "eve", 1, Act::Answer(Delivery::Impossible("no such number".to_owned())));
    world.says("ana", "/incident INC-1 page @eve have a look").await;
    for (state, count) in [("queued", 2.0), ("cancelled", 1.0), ("failed", 1.0)] {
        let name = format!("firebell_notices_total{{state=\"{state}\",method=\"console\"}}");
        assert!(number(world, &name) >= Some(count), "{name}: {:?}", number(world, &name));
    }
    assert_eq!(number(world, "firebell_page_acknowledgement_seconds_count"), Some(1.0));
}

async fn what_waits_is_counted_by_its_priority(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "bo", 99, Act::Answer(Delivery::RetryAfter(minutes(1))));
    world.says("ana", DECLARE).await;
    world.advance(seconds(90)).await;
    // It says that it is there, and counts what waits.
    drop(world.app.engine.clone().arrive().await.unwrap());
    for (priority, open, age) in [("notice", 1.0, 90.0), ("post", 0.0, 0.0), ("setup", 0.0, 0.0)] {
        let of = |name: &str| number(world, &format!("firebell_{name}{{priority=\"{priority}\"}}"));
        assert_eq!((of("effects_open"), of("oldest_effect_age_seconds")), (Some(open), Some(age)), "{priority}");
    }
}

async fn a_page_that_does_not_go_on_raises_an_alarm(world: &mut World) {
    const OVERDUE: &str = "pages that are overdue by more than 2 minutes";
    world.says("ana", DECLARE).await;
    world.advance(minutes(3)).await;
    // Its row says one thing and its document another, so that nobody dares to touch it.
    world.tampers("UPDATE page SET due_at = raised_at").await;
    world.restart().await;
    audited(world).await;
    assert_eq!(alarms(world), [""; 0], "a process that has just begun may yet go on with it");
    // Not step by step: what is due next is due for ever.
    world.clock.advance(minutes(2)).unwrap();
    audited(world).await;
    audited(world).await;
    assert_eq!(alarms(world), [OVERDUE], "once an hour is enough");
    let line = format!("auditor: {OVERDUE}");
    assert_eq!(world.app.engine.health.ready(), Err(vec![line.clone()]));
    assert_eq!(world.app.engine.health.content(), Err(vec![line]));
    assert_eq!(number(world, "firebell_audit_findings{finding=\"overdue\"}"), Some(1.0));
    assert_eq!(number(world, "firebell_audit_findings{finding=\"timeless\"}"), Some(0.0));
}

async fn somebody_whom_nothing_reaches_raises_an_alarm(world: &mut World) {
    const UNREACHED: &str = "no notice gets through to somebody whom INC-1 pages";
    let never = Act::Answer(Delivery::Impossible("the number does not exist".to_owned()));
    world.terminal.script_for(Kind::Notice, "bo", 1, never);
    world.says("ana", DECLARE).await;
    audited(world).await;
    assert_eq!(alarms(world), [UNREACHED]);
    let health = &world.app.engine.health;
    assert_eq!(health.ready(), Ok(()), "another replica could do no better");
    assert_eq!(health.content(), Err(vec![format!("auditor: {UNREACHED}")]));
    assert_eq!(number(world, "firebell_audit_findings{finding=\"dead_letter\"}"), Some(1.0));

    world.says("cy", "/incident ack").await;
    audited(world).await;
    assert_eq!((alarms(world).len(), world.app.engine.health.content()), (1, Ok(())));
    assert_eq!(world.broken().await, Vec::<String>::new());
}

#[test]
fn serve_calls_the_watcher_and_nobody_reads_where() {
    let watcher = Watcher::new();
    let home = Home::with(&format!("[heartbeat]\nurl = \"{}\"\nevery = \"10s\"\n", watcher.url));
    let checked = home.run(&["check"]).done();
    assert!(checked.contains("heartbeat                        every 10 s"), "{checked}");
    let examined = home.run(&["doctor"]).out;
    assert!(examined.contains("ok       heartbeat: the watcher's machine can be reached"), "{examined}");
    assert_eq!(watcher.calls(), 0, "nobody knows yet whether all is well");

    let serving = home.serve();
    assert_eq!(watcher.hears(), "GET /ping/hunter2 HTTP/1.1");
    let numbers = serving.asked("/metrics").1;
    assert!(!numbers.contains("hunter2"), "{numbers}");
    assert_eq!(serving.asked("/healthz"), (200, "ok".to_owned()));
    let ended = serving.stop("-TERM");
    for said in [checked, examined, ended.out, ended.err] {
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_watcher_that_cannot_be_reached_is_said_once() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let home = Home::with(&format!("[heartbeat]\nurl = \"http://{closed}/hunter2\"\nevery = \"10s\"\n"));
    let examined = home.run(&["doctor"]);
    assert_eq!(examined.code, 1, "{examined:?}");
    assert!(examined.out.contains("problem  heartbeat: the watcher's machine cannot be reached: "), "{examined:?}");
    let mut serving = home.serve();
    serving.logs("heartbeat not taken; it is tried again");
    serving.is_ready();
    let ended = serving.stop("-TERM");
    assert!(!ended.err.contains("hunter2") && !ended.err.contains(&closed.to_string()), "{}", ended.err);
}
