//! Calendars that are read from URLs: when they are applied, and then again and again.

mod files;
mod server;

use std::sync::Arc;

use chrono::TimeDelta;
use firebell::calendars::Fresh;
use firebell::intake::{Fault, Wanted};
use firebell_core::actor::Actor;
use firebell_core::directory::Origin;
use firebell_core::directory::plan::FileCalendar;
use firebell_core::oncall::calendar::Calendar;
use firebell_core::oncall::schedule::Source;

use self::server::{Does, SECRET, Server, shifts};
use crate::support::{Org, World, key, minutes, on_both};

on_both!(
    a_calendar_is_read_at_its_apply_and_whenever_it_is_due,
    what_cannot_be_read_leaves_what_was_good_last,
    nobody_relies_on_a_calendar_that_was_never_read,
    a_restart_asks_no_sooner_and_forgets_nothing,
    one_replica_reads_what_is_due,
    one_that_dies_while_it_reads_is_followed_by_another,
    a_calendar_that_stays_unread_is_told,
    gaps_say_on_what_they_rest,
    another_url_or_use_is_read_anew,
    days_are_taken_from_a_url_too,
    its_url_stands_nowhere_in_the_clear,
);

/// A schedule that has its people from a calendar at a URL.
fn planned(org: &mut Org, server: &Server) {
    org.schedule("nights", &["eve"]);
    let layer = &mut org.files.schedules[0].layers[0];
    layer.layer.source = Source::Calendar(key("planned"));
    layer.pools.clear();
    calendar(org, server);
}

fn calendar(org: &mut Org, server: &Server) {
    let calendar = Calendar {
        key: key("planned"),
        name: "Planned".to_owned(),
        origin: Origin::File,
        days: Vec::new(),
        events: Vec::new(),
        source: None,
    };
    org.files.calendars =
        vec![FileCalendar { calendar, people: Vec::new(), url: Some(server.url_for()), keeps: false }];
}

async fn applied(world: &mut World) -> Result<usize, Fault> {
    world.app.bring_in(world.org.files.clone()).await
}

/// Bo is on call by the calendar of a server.
async fn with_bo(world: &mut World) -> Server {
    let server = Server::start(&shifts("bo"));
    planned(&mut world.org, &server);
    applied(world).await.unwrap();
    assert_eq!(on_call(world).await, "bo", "it was read before anything else happened");
    world.settle().await;
    server
}

async fn on_call(world: &World) -> String {
    let directory = world.app.intake.directory().await.unwrap();
    let held = directory.roster(&key("nights")).unwrap().at(world.clock.now()).on_call;
    held.iter().map(|held| directory.handle(held.person)).collect::<Vec<_>>().join("+")
}

async fn version(world: &World) -> i64 {
    world.app.intake.directory().await.unwrap().version
}

async fn failure(world: &World) -> String {
    let standings = world.app.intake.calendar_standings().await.unwrap();
    standings[0].failure.clone().unwrap_or_default()
}

async fn a_calendar_is_read_at_its_apply_and_whenever_it_is_due(world: &mut World) {
    let server = with_bo(world).await;
    let before = version(world).await;
    let asked = server.asked();
    server.says(&shifts("cy@example.org, cy"));
    world.advance(minutes(6 * 60 - 1)).await;
    assert_eq!((server.asked(), on_call(world).await.as_str()), (asked, "bo"), "never early");
    // Half of what it says names nobody who is known, so all of it is passed over.
    world.advance(minutes(1)).await;
    assert_eq!((server.asked(), on_call(world).await.as_str()), (asked + 1, "bo"));
    assert!(failure(world).await.contains("names \"cy@example.org\""), "{}", failure(world).await);
    server.says(&shifts("cy"));
    world.advance(minutes(15)).await;
    assert_eq!((on_call(world).await.as_str(), version(world).await), ("cy", before + 1));
    let unchanged = server.unchanged();
    world.advance(minutes(24 * 60)).await;
    assert_eq!((server.unchanged(), version(world).await), (unchanged + 4, before + 1), "nothing is recorded twice");
    world.says("ana", "/incident declare checkout is down sev1").await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn what_cannot_be_read_leaves_what_was_good_last(world: &mut World) {
    let server = with_bo(world).await;
    let before = version(world).await;
    world.advance(minutes(6 * 60 - 1)).await;
    let elsewhere = format!("http://127.0.0.1:{}/elsewhere", server.port);
    for (does, says, why) in [
        (Does::Status(500), shifts("cy"), "status 500"),
        (Does::Status(404), shifts("cy"), "status 404"),
        (Does::Hang, shifts("cy"), "has not answered within"),
        (Does::Flood, shifts("cy"), "more than 5242880 bytes"),
        (Does::Answer, "<html>sign in</html>".to_owned(), "no line says BEGIN:VCALENDAR"),
        (Does::Answer, shifts("cy").replace("END:VCALENDAR\r\n", ""), "breaks off"),
        (Does::Answer, shifts("zoe"), "names \"zoe\""),
        (Does::Redirect("http://169.254.169.254/latest/meta-data".to_owned()), shifts("cy"), "private network"),
        (Does::Redirect("file:///etc/passwd".to_owned()), shifts("cy"), "status 302"),
        (Does::Redirect(server.url()), shifts("cy"), "too many times"),
    ] {
        server.does(does.clone());
        server.says(&says);
        let asked = server.asked();
        world.advance(minutes(15)).await;
        let failure = failure(world).await;
        assert!(server.asked() > asked && failure.contains(why), "{does:?}: {failure}");
        assert!(!failure.contains(SECRET) && !failure.is_empty(), "{does:?}: {failure}");
        assert_eq!((on_call(world).await.as_str(), version(world).await), ("bo", before), "{does:?}");
    }
    server.does(Does::Redirect(elsewhere));
    world.advance(minutes(15)).await;
    assert_eq!((on_call(world).await.as_str(), failure(world).await.as_str()), ("cy", ""));
}

async fn nobody_relies_on_a_calendar_that_was_never_read(world: &mut World) {
    let server = Server::start(&shifts("bo"));
    let before = version(world).await;
    planned(&mut world.org, &server);
    for (does, says) in [(Does::Status(503), shifts("bo")), (Does::Answer, shifts("zoe"))] {
        server.does(does);
        server.says(&says);
        let refused = applied(world).await.unwrap_err().to_string();
        let begins = "failed to read calendar \"planned\": 127.0.0.1: ";
        assert!(refused.starts_with(begins) && !refused.contains(SECRET), "{refused}");
        assert_eq!(version(world).await, before);
    }
}

async fn a_restart_asks_no_sooner_and_forgets_nothing(world: &mut World) {
    let server = with_bo(world).await;
    let asked = server.asked();
    server.does(Does::Status(500));
    world.restart().await;
    world.settle().await;
    assert_eq!((server.asked(), on_call(world).await.as_str()), (asked, "bo"));
    world.advance(minutes(60)).await;
    world.restart().await;
    server.does(Does::Answer);
    server.says(&shifts("cy"));
    world.advance(minutes(5 * 60 - 1)).await;
    assert_eq!(server.asked(), asked);
    world.advance(minutes(1)).await;
    assert_eq!((server.asked(), on_call(world).await.as_str()), (asked + 1, "cy"));
}

async fn one_replica_reads_what_is_due(world: &mut World) {
    let server = with_bo(world).await;
    let other = world.replica().await;
    world.clock.set(world.clock.now() + minutes(6 * 60)).unwrap();
    let asked = server.asked();
    let (one, two) = tokio::join!(world.app.engine.calendars.refresh(), other.engine.calendars.refresh());
    assert!(one.unwrap() != two.unwrap(), "one of them did");
    assert_eq!(server.asked(), asked + 1);
    other.store.close().await;
}

async fn one_that_dies_while_it_reads_is_followed_by_another(world: &mut World) {
    let server = with_bo(world).await;
    server.does(Does::Hang);
    server.says(&shifts("cy"));
    world.clock.set(world.clock.now() + minutes(6 * 60)).unwrap();
    let asked = server.asked();
    let calendars = world.app.engine.calendars.clone();
    let reading = tokio::spawn(async move { calendars.refresh().await });
    while server.asked() == asked {
        tokio::task::yield_now().await;
    }
    reading.abort();
    server.does(Does::Answer);
    world.restart().await;
    world.settle().await;
    assert_eq!(on_call(world).await, "bo", "nobody knows yet that it died");
    world.advance(minutes(2)).await;
    assert_eq!(on_call(world).await, "cy");
}

async fn a_calendar_that_stays_unread_is_told(world: &mut World) {
    let server = with_bo(world).await;
    let findings = |world: &World| {
        let text = world.app.engine.metrics.text().unwrap();
        let line = text.lines().find(|line| line.starts_with("firebell_audit_findings{finding=\"calendar\"}"));
        line.and_then(|line| line.rsplit(' ').next()).map(str::to_owned)
    };
    server.does(Does::Status(500));
    world.advance(minutes(18 * 60)).await;
    world.app.engine.audit().await.unwrap();
    assert_eq!(findings(world).as_deref(), Some("0"));
    world.advance(minutes(1)).await;
    for _ in 0..2 {
        world.app.engine.audit().await.unwrap();
        world.settle().await;
        world.advance(minutes(120)).await;
    }
    assert_eq!(findings(world).as_deref(), Some("1"));
    let told = world.terminal.told("dee");
    let alarms: Vec<&String> = told.iter().filter(|text| text.contains("calendar planned could not be read")).collect();
    assert_eq!(alarms.len(), 1, "it is told once: {told:?}");
    server.does(Does::Answer);
    world.advance(minutes(15)).await;
    world.app.engine.audit().await.unwrap();
    assert_eq!(findings(world).as_deref(), Some("0"));
}

async fn gaps_say_on_what_they_rest(world: &mut World) {
    let server = with_bo(world).await;
    let rests = "  This rests on what calendar planned said at ";
    let gaps = world.says("ana", "/oncall gaps").await;
    assert!(gaps.starts_with("nights: ") && !gaps.contains(rests), "{gaps}");
    server.does(Does::Status(500));
    world.advance(minutes(6 * 60)).await;
    let before = world.clock.now() - minutes(6 * 60);
    let line = format!("{rests}{} UTC; it could not be read since.", before.format("%Y-%m-%d %H:%M"));
    for asks in ["/oncall gaps", "/oncall gaps nights"] {
        let gaps = world.says("ana", asks).await;
        assert!(gaps.lines().any(|held| held == line), "{line} in {gaps}");
    }
    // A schedule that does not rest on it says nothing of it.
    world.org.schedule("days", &["cy"]);
    applied(world).await.unwrap();
    let gaps = world.says("ana", "/oncall gaps days").await;
    assert!(gaps.starts_with("days: ") && !gaps.contains(rests), "{gaps}");
    server.does(Does::Answer);
    world.advance(minutes(15)).await;
    let gaps = world.says("ana", "/oncall gaps").await;
    assert!(!gaps.contains(rests), "{gaps}");
    // Nobody serves for long: nothing failed, and what is known is old.
    world.clock.set(world.clock.now() + minutes(24 * 60)).unwrap();
    let gaps = world.says("ana", "/oncall gaps nights").await;
    assert!(gaps.contains(rests) && gaps.contains("; nobody has read it since."), "{gaps}");
}

async fn another_url_or_use_is_read_anew(world: &mut World) {
    let first = with_bo(world).await;
    let second = Server::start(&shifts("cy"));
    calendar(&mut world.org, &second);
    applied(world).await.unwrap();
    world.settle().await;
    assert_eq!(on_call(world).await, "cy");
    let asked = first.asked();
    world.advance(minutes(24 * 60)).await;
    assert_eq!(first.asked(), asked, "nobody asks there any more");
    // The same file again reads nothing and changes nothing.
    let asked = second.asked();
    assert_eq!((applied(world).await.unwrap(), second.asked()), (0, asked));
    // What was applied meanwhile is not taken for what was read before it.
    second.says(&shifts("bo"));
    let (files, _) = world.app.engine.calendars.read(world.org.files.clone(), Fresh::Always).await.unwrap();
    let wanted: Wanted = Arc::new(move |directory, mint| directory.plan(&files, mint));
    world.app.intake.change_directory(Actor::files(), wanted).await.unwrap();
    assert_eq!(on_call(world).await, "bo");
    second.says(&shifts("cy"));
    world.advance(minutes(6 * 60)).await;
    assert_eq!(on_call(world).await, "cy");
    let asked = second.asked();
    // In another month more of it is worked out, so all of it is asked for.
    let unchanged = second.unchanged();
    world.advance(TimeDelta::days(31)).await;
    assert!(second.unchanged() > unchanged, "within a month it is conditional");
    let anew = second.state.lock().unwrap().asked[asked..].iter().filter(|known| known.is_none()).count();
    assert_eq!(anew, 1, "once, for the new month");
}

async fn days_are_taken_from_a_url_too(world: &mut World) {
    let days = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
                DTSTART;VALUE=DATE:20260302\r\nSUMMARY:zoe has her birthday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let server = Server::start(days);
    world.org.schedule("nights", &["bo"]);
    let holidays = firebell_core::oncall::schedule::Holidays { calendar: key("planned"), only: false };
    world.org.files.schedules[0].layers[0].layer.holidays = Some(holidays);
    calendar(&mut world.org, &server);
    applied(world).await.unwrap();
    world.settle().await;
    assert_eq!(on_call(world).await, "", "the layer heeds the day");
    server.says(&days.replace("20260302", "20260303").replace("has her birthday", "is away"));
    world.advance(minutes(6 * 60)).await;
    assert_eq!(on_call(world).await, "bo");
}

async fn its_url_stands_nowhere_in_the_clear(world: &mut World) {
    let server = with_bo(world).await;
    server.does(Does::Status(500));
    world.advance(minutes(6 * 60)).await;
    let directory = world.app.intake.directory().await.unwrap();
    assert!(!format!("{:?} {:?}", directory.calendars, world.org.files).contains(SECRET));
    let holds = |held: &[u8]| held.windows(SECRET.len()).any(|found| found == SECRET.as_bytes());
    assert!(!world.files().iter().any(|(_, held)| holds(held)), "it is in the database");
    assert_eq!(world.broken().await, Vec::<String>::new());
}
