//! Calendars that other programs subscribe to: by an address that is one person's, with the shifts that the pager goes by.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use firebell::ical;
use firebell::notifiers::Notifiers;
use firebell_core::directory::Standing;
use reqwest::{Method, Response};

use crate::support::{Beside, Org, World, key, minutes, on_both};

on_both!(
    a_schedules_calendar_is_what_the_pager_goes_by,
    ones_own_calendar_has_every_schedule_and_what_is_offered,
    an_entry_keeps_its_name_while_its_people_change,
    an_address_is_good_until_it_is_revoked_or_replaced,
    an_address_that_is_asked_for_twice_at_once_is_one,
    whoever_left_reads_nothing_more,
    programs_that_have_it_are_told_so,
    what_is_no_token_is_nothing,
    without_a_public_url_there_is_no_address,
);

const PUBLIC: &str = "https://firebell.example.org/";

/// Bo until noon of each day in Berlin, then cy, and so on; the clocks there change on 29 March.
fn scheduled(org: &mut Org) {
    org.schedule("nights", &["bo", "cy"]);
    org.files.schedules[0].zone = chrono_tz::Europe::Berlin;
    org.asks_schedule("web", "nights");
}

async fn reached(world: &mut World) {
    let public_url = Some(PUBLIC.parse().unwrap());
    let notifiers = Notifiers::new(BTreeMap::new(), public_url);
    world.restart_beside(Beside { notifiers, ..Beside::default() }).await;
    world.reorganise(scheduled).await;
}

/// The address that somebody gets.
async fn address(world: &mut World, who: &str, line: &str) -> String {
    let told = world.says(who, line).await;
    let line = told.lines().find(|line| line.starts_with(PUBLIC));
    line.unwrap_or_else(|| panic!("{told}")).to_owned()
}

async fn visit(world: &World, method: Method, address: &str, known: Option<&str>) -> Response {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = address.replace(PUBLIC, &format!("http://{}/", listener.local_addr().unwrap()));
    let router = world.app.router();
    let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    // A client needs one, and nothing here has called anybody yet.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut request = reqwest::Client::new().request(method, at);
    if let Some(known) = known {
        request = request.header("If-None-Match", known);
    }
    let response = request.send().await.unwrap();
    // The connection is open until its answer was read.
    drop(served);
    response
}

async fn status(world: &World, address: &str) -> u16 {
    visit(world, Method::GET, address, None).await.status().as_u16()
}

async fn text(world: &World, address: &str) -> String {
    let response = visit(world, Method::GET, address, None).await;
    assert_eq!(response.status().as_u16(), 200);
    response.text().await.unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// What our own reader makes of it.
fn events(text: &str) -> Vec<(DateTime<Utc>, DateTime<Utc>, String)> {
    let range = "2020-01-01T00:00:00Z".parse().unwrap().."2030-01-01T00:00:00Z".parse().unwrap();
    let read = ical::read(text, range, chrono_tz::UTC).unwrap();
    assert_eq!(read.left, Vec::<String>::new());
    read.events.iter().map(|event| (event.start, event.end, event.summary.to_string())).collect()
}

async fn a_schedules_calendar_is_what_the_pager_goes_by(world: &mut World) {
    reached(world).await;
    world.says("dee", "/oncall override nights @dee --from 2026-03-28T20:00 --to 2026-03-29T06:00").await;
    world.says("eve", "/oncall take nights --for 30m").await;
    let address = address(world, "eve", "/oncall feed nights").await;
    let text = text(world, &address).await;
    assert!(text.contains("X-WR-CALNAME:nights\r\n"), "{text}");
    let events = events(&text);
    let directory = world.app.intake.directory().await.unwrap();
    let roster = directory.roster(&key("nights")).unwrap();
    let (first, last) = (events[0].0, events.last().unwrap().1);
    assert!(first < world.clock.now() - TimeDelta::days(28) && last > world.clock.now() + TimeDelta::days(365));
    let shifts = roster.shifts(first, last);
    let people = |shift: &firebell_core::oncall::shift::Shift| {
        let people = shift.on_call.iter().map(|held| format!("@{}", directory.handle(held.person)));
        format!("{} (nights)", people.collect::<Vec<_>>().join(", "))
    };
    let expected: Vec<_> = shifts.iter().map(|shift| (shift.start, shift.end, people(shift))).collect();
    assert_eq!(events, expected);
    let hours = |day: &str| {
        let start: DateTime<Utc> = day.parse().unwrap();
        events.iter().filter(|event| event.0 >= start).map(|event| event.1 - event.0).next().unwrap()
    };
    assert_eq!(hours("2026-03-27T00:00:00Z"), TimeDelta::hours(24));
    assert_eq!(hours("2026-03-29T05:00:00Z"), TimeDelta::hours(4), "noon is an hour earlier by now");
    assert_eq!(text.matches("DESCRIPTION:override by @dee").count(), 1, "{text}");
}

async fn ones_own_calendar_has_every_schedule_and_what_is_offered(world: &mut World) {
    reached(world).await;
    world
        .reorganise(|org| {
            org.schedule("days", &["cy+dee", "dee+eve"]);
            org.schedule("others", &["eve"]);
        })
        .await;
    world.says("bo", "/oncall swap nights @dee --mine 10:00").await;
    world.says("cy", "/oncall override others @dee --to 11:00").await;
    let address = address(world, "dee", "/oncall feed").await;
    let text = text(world, &address).await;
    assert!(text.contains("X-WR-CALNAME:On call: @dee\r\n"), "{text}");
    let events = events(&text);
    let of = |what: &str| events.iter().filter(|event| event.2 == what).collect::<Vec<_>>();
    // One after the other with another beside her: that is one stretch without an end.
    let days = of("On call: days");
    assert!(days.len() == 1 && days[0].1 - days[0].0 > TimeDelta::days(365 + 366), "{days:?}");
    let others = of("On call: others");
    assert!(others.len() == 1 && others[0].1 == "2026-03-02T11:00:00Z".parse::<DateTime<Utc>>().unwrap(), "{others:?}");
    assert_eq!(of("Perhaps on call: nights").len(), 1, "{text}");
    assert_eq!(text.matches("STATUS:TENTATIVE").count(), 1);
    world.says("dee", "/oncall swaps accept").await;
    let after = self::text(world, &address).await;
    assert!(after.contains("SUMMARY:On call: nights") && !after.contains("TENTATIVE"), "{after}");
}

async fn an_entry_keeps_its_name_while_its_people_change(world: &mut World) {
    reached(world).await;
    let address = address(world, "bo", "/oncall feed nights").await;
    let named = |text: &str, of: &str| {
        let entry = text.split("BEGIN:VEVENT").find(|entry| entry.contains(of)).unwrap_or_default();
        let line = |name: &str| entry.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
        (line("UID:"), line("SUMMARY:"), line("SEQUENCE:").parse::<i64>().unwrap(), line("LAST-MODIFIED:"))
    };
    let (uid, summary, sequence, modified) = named(&text(world, &address).await, "DTSTART:20260311T110000Z");
    assert!(uid.ends_with("@firebell.example.org") && summary == "@bo (nights)", "{uid} {summary}");
    world.advance(minutes(10)).await;
    world.says("dee", "/oncall override nights @dee --from 2026-03-11T11:00 --to 2026-03-12T11:00").await;
    let (again, summary, later, changed) = named(&text(world, &address).await, "DTSTART:20260311T110000Z");
    assert_eq!((again, summary.as_str()), (uid, "@dee (nights)"));
    assert!(later > sequence && changed > modified, "{later} {changed}");
}

async fn an_address_is_good_until_it_is_revoked_or_replaced(world: &mut World) {
    reached(world).await;
    let first = address(world, "bo", "/oncall feed nights").await;
    let own = address(world, "bo", "/oncall feed").await;
    let of_cy = address(world, "cy", "/oncall feed nights").await;
    let told = world.says("bo", "/oncall feed nights").await;
    assert!(told.contains("The address of before is good no more."), "{told}");
    let second = told.lines().find(|line| line.starts_with(PUBLIC)).unwrap().to_owned();
    for (address, expected) in [(&first, 404), (&second, 200), (&own, 200), (&of_cy, 200)] {
        assert_eq!(status(world, address).await, expected);
    }
    world.restart().await;
    assert_eq!(status(world, &second).await, 200);
    insta::assert_snapshot!("feed_ended", world.says("bo", "/oncall feed revoke nights").await);
    for (address, expected) in [(&second, 404), (&own, 200), (&of_cy, 200)] {
        assert_eq!(status(world, address).await, expected);
    }
    let told = world.says("bo", "/oncall feed revoke nights").await;
    assert_eq!(told, "! You have no address of a calendar of nights; `/oncall feed nights` gives you one");
    assert!(world.says("bo", "/oncall feed revoke").await.starts_with("The address of your calendar is good no more"));
    assert_eq!(status(world, &own).await, 404);
    let nowhere = |text: &[u8], token: &str| !text.windows(token.len()).any(|found| found == token.as_bytes());
    let token = of_cy.strip_prefix(PUBLIC).unwrap().trim_end_matches(".ics").rsplit('/').next().unwrap().to_owned();
    assert!(world.files().iter().all(|(_, held)| nowhere(held, &token)), "the token is in the database");
}

async fn an_address_that_is_asked_for_twice_at_once_is_one(world: &mut World) {
    reached(world).await;
    let asked = world.inbound("the-same", "bo", "/oncall feed nights");
    let first = world.takes(asked.clone()).await;
    assert_eq!(world.takes(asked.clone()).await, first, "the platform has asked again");
    let told = world.says("bo", "/oncall feed revoke nights").await;
    assert!(told.contains("good no more"), "{told}");
    world.takes(asked).await;
    let address = first.lines().find(|line| line.starts_with(PUBLIC)).unwrap();
    assert_eq!(status(world, address).await, 404, "a late repetition brings nothing back");
}

async fn whoever_left_reads_nothing_more(world: &mut World) {
    reached(world).await;
    let (nights, own) =
        (address(world, "eve", "/oncall feed nights").await, address(world, "eve", "/oncall feed").await);
    let of_bo = address(world, "bo", "/oncall feed nights").await;
    let eve = |org: &mut Org, standing| {
        let person = org.files.people.iter_mut().find(|person| person.handle == key("eve"));
        person.unwrap().standing = standing;
    };
    world.reorganise(move |org| eve(org, Standing::Guest)).await;
    assert_eq!((status(world, &nights).await, status(world, &own).await), (404, 404));
    world.reorganise(move |org| eve(org, Standing::Responder)).await;
    assert_eq!((status(world, &nights).await, status(world, &own).await), (200, 200));
    world.reorganise(|org| org.files.people.retain(|person| person.handle != key("eve"))).await;
    assert_eq!((status(world, &nights).await, status(world, &own).await), (404, 404));
    assert_eq!(status(world, &of_bo).await, 200);
    world.reorganise(|org| org.policy("web", &[(&["bo"], 5)])).await;
    world.reorganise(|org| org.files.schedules.clear()).await;
    assert_eq!(status(world, &of_bo).await, 404, "the schedule is gone");
    assert!(world.says("bo", "/oncall feed revoke nights").await.contains("good no more"), "its address can be ended");
}

async fn programs_that_have_it_are_told_so(world: &mut World) {
    reached(world).await;
    let address = address(world, "bo", "/oncall feed nights").await;
    let got = visit(world, Method::GET, &address, None).await;
    assert_eq!(header(&got, "content-type"), "text/calendar; charset=utf-8");
    assert_eq!(header(&got, "cache-control"), "private, max-age=300");
    let tag = header(&got, "etag").to_owned();
    let length = got.text().await.unwrap().len();
    let looked = visit(world, Method::HEAD, &address, None).await;
    assert_eq!((looked.status().as_u16(), header(&looked, "etag")), (200, tag.as_str()));
    assert_eq!(header(&looked, "content-length"), length.to_string());
    assert_eq!(looked.text().await.unwrap(), "");
    let same = visit(world, Method::GET, &address, Some(&tag)).await;
    assert_eq!((same.status().as_u16(), header(&same, "etag")), (304, tag.as_str()));
    assert_eq!(same.text().await.unwrap(), "");
    world.advance(minutes(60 * 24)).await;
    assert_eq!(visit(world, Method::GET, &address, Some(&tag)).await.status().as_u16(), 304, "nothing has changed");
    world.says("dee", "/oncall take nights --for 30m").await;
    let other = visit(world, Method::GET, &address, Some(&tag)).await;
    assert!(other.status().as_u16() == 200 && header(&other, "etag") != tag);
    assert_eq!(visit(world, Method::POST, &address, None).await.status().as_u16(), 405);
}

async fn what_is_no_token_is_nothing(world: &mut World) {
    reached(world).await;
    let address = address(world, "bo", "/oncall feed nights").await;
    let (start, end) = (format!("{PUBLIC}v1/calendars/"), ".ics");
    let token = address.strip_prefix(&start).unwrap().strip_suffix(end).unwrap();
    let turned: String = token.chars().rev().collect();
    for forged in [
        format!("{start}{turned}{end}"),
        format!("{start}{token}"),
        format!("{start}{token}0{end}"),
        format!("{start}{}{end}", &token[1..]),
        format!("{start}{}{end}", "0".repeat(64)),
        format!("{start}{}{end}", "%00".repeat(64)),
        format!("{start}{end}"),
    ] {
        let response = visit(world, Method::GET, &forged, None).await;
        assert_eq!((response.status().as_u16(), header(&response, "cache-control")), (404, "no-store"), "{forged}");
        assert_eq!(response.text().await.unwrap(), "");
    }
}

async fn without_a_public_url_there_is_no_address(world: &mut World) {
    world.reorganise(scheduled).await;
    let told = world.says("bo", "/oncall feed nights").await;
    insta::assert_snapshot!("no_public_url", told);
    assert!(world.says("bo", "/oncall feed moon").await.starts_with("! No schedule is called moon"));
    let guest = world.says("gus", "/oncall feed").await;
    assert!(guest.starts_with("! @gus is a guest here"), "{guest}");
    let response = visit(world, Method::GET, &format!("{PUBLIC}v1/calendars/x.ics"), None).await;
    assert_eq!(response.status().as_u16(), 404);
}
