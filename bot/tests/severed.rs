//! Connections to Postgres end whenever they like: what was acknowledged is there once, and the process goes on.

use std::net::TcpListener;
use std::time::Duration;

use firebell::app::App;
use firebell::intake::{Answer, Inbound, Kept, Says};
use firebell_core::reply::Reply;
use firebell_core::timeline::Change;
use futures_util::future::join_all;
use tokio::sync::watch;

use crate::support::{Home, NextCommit, Place, Relay, Webhook, World, fed, seconds};

const WRITERS: usize = 4;
const EACH: usize = 40;

/// Sends one request, as a platform would, until it is answered; answers whether it had to be sent again.
async fn insists(app: &App, inbound: &Inbound) -> (Reply, bool) {
    let mut faults = 0;
    loop {
        match app.intake.take(inbound.clone()).await {
            Ok(Answer::Done(reply)) => return (reply, faults > 0),
            Ok(other) => panic!("{other:?}"),
            Err(_) => faults += 1,
        }
        assert!(faults < 1_000, "it is never answered");
    }
}

/// A request, what it was answered, and whether it had to be sent again.
type Heard = (Inbound, Reply, bool);

async fn insists_on_all(app: &App, requests: Vec<Inbound>, answered: &watch::Sender<usize>) -> Vec<Heard> {
    let mut heard = Vec::new();
    for request in requests {
        let (reply, again) = insists(app, &request).await;
        heard.push((request, reply, again));
        answered.send_modify(|count| *count += 1);
    }
    heard
}

/// Writes from several sides, and ends every connection again and again meanwhile.
async fn writes_while_severed(world: &World) -> Vec<Heard> {
    let (answered, mut progress) = watch::channel(0);
    let request = |writer, number| {
        let line = format!("/incident INC-1 note {writer}.{number}");
        world.inbound(&format!("{writer}.{number}"), "ana", &line)
    };
    let writers = (0..WRITERS)
        .map(|writer| insists_on_all(&world.app, (0..EACH).map(|number| request(writer, number)).collect(), &answered));
    let severing = async {
        for count in (1..WRITERS * EACH - 10).step_by(9) {
            progress.wait_for(|answered| *answered >= count).await.unwrap();
            world.sever().await;
        }
    };
    let (heard, ()) = tokio::join!(join_all(writers), severing);
    heard.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_stored_once() {
    let mut world = World::on(Place::postgres().await).await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    let (stop, stopped) = watch::channel(false);
    let engine = world.app.engine.clone();
    let serving = tokio::spawn(async move { engine.run(stopped).await });

    let heard = writes_while_severed(&world).await;
    assert!(heard.iter().any(|(_, _, again)| *again), "nobody noticed");
    let history = world.history(1).await;
    let noted = history.iter().filter(|entry| entry.kind == "noted").count();
    assert_eq!(noted, WRITERS * EACH);
    for (request, reply, _) in &heard {
        let Reply::Noted { entry, .. } = reply else { panic!("{reply:?}") };
        let Says::Line(line) = &request.says else { panic!("{request:?}") };
        let text = line.trim_start_matches("/incident INC-1 note ").to_owned();
        let kept = history.iter().find(|held| held.id == *entry).unwrap();
        assert_eq!(kept.change, Some(Change::Noted { text }));
        assert_eq!(insists(&world.app, request).await.0, *reply, "a second arrival hears the same");
    }
    goes_on(&mut world).await;
    stop.send(true).unwrap();
    serving.await.unwrap();
    assert_eq!(world.history(1).await.iter().filter(|entry| entry.kind == "noted").count(), noted);
    world.end().await;
}

async fn goes_on(world: &mut World) {
    let asked = world.asks("ana", None, "/incident INC-1 page @eve have a look").await;
    assert_eq!(asked, "Paging @eve for INC-1.");
    let told = async {
        let mut hints = world.store().changed();
        while world.pages("eve") == 0 {
            // What was cut short waits for its lease, and whoever met a fault for a second.
            world.clock.advance(seconds(1)).unwrap();
            let _ = tokio::time::timeout(Duration::from_millis(100), hints.changed()).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), told).await.expect("nobody was paged any more");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

/// How often a note is on record.
async fn noted(world: &World, text: &str) -> usize {
    let noted = Some(Change::Noted { text: text.to_owned() });
    world.history(1).await.into_iter().filter(|entry| entry.change == noted).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_nobody_heard_of_is_looked_up() {
    let mut place = Place::postgres().await;
    let relay = Relay::before(&mut place);
    let mut world = World::on(place).await;
    world.says("ana", "/incident declare checkout is down sev4").await;
    for next in [NextCommit::Unheard, NextCommit::Lost] {
        relay.breaks_at(next, false);
        let said = world.says("ana", &format!("/incident INC-1 note {next:?}")).await;
        assert!(said.starts_with("Noted in INC-1 as E"), "{next:?}: {said}");
        assert_eq!(noted(&world, &format!("{next:?}")).await, 1, "{next:?}");
    }
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_stored_is_not_said_to_be_lost() {
    let mut place = Place::postgres().await;
    let relay = Relay::before(&mut place);
    let mut world = World::on(place).await;
    world.says("ana", "/incident declare checkout is down sev4").await;
    for (next, stored) in [(NextCommit::Unheard, 1), (NextCommit::Lost, 0)] {
        let text = format!("{next:?}");
        let request = world.inbound(&text, "ana", &format!("/incident INC-1 note {text}"));
        relay.breaks_at(next, true);
        let fault = world.app.intake.take(request.clone()).await.unwrap_err();
        assert_eq!(fault.kept(), Kept::Unknown, "{fault}");
        let said = fault.to_string();
        assert!(said.starts_with("failed to hear whether it was stored: "), "{said}");
        assert!(said.ends_with("look with `show` or `timeline` before you do it again"), "{said}");
        let fault = world.app.intake.take(request.clone()).await.unwrap_err();
        assert_eq!(fault.kept(), Kept::Nothing, "nobody got through: {fault}");

        relay.lets_through(true);
        assert_eq!(noted(&world, &text).await, stored, "{text}");
        // The same request, as a platform would send it again.
        assert!(matches!(world.app.intake.take(request).await, Ok(Answer::Done(Reply::Noted { .. }))), "{text}");
        assert_eq!(noted(&world, &text).await, 1, "{text}");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lets_nobody_in_is_an_outage_until_it_does() {
    let place = Place::postgres().await;
    let webhook = Webhook::new();
    let home = Home::with(&format!(
        "[alarm]\nwebhook = \"{}\"\n[database]\nurl = \"{}\"\n[key]\nfile = \"firebell.key\"\n",
        webhook.url, place.url
    ));
    let mut serving = home.serve();
    home.says("ana", "/incident declare it is down sev1").done();
    serving.delivers_a_page();
    place.let_in(false).await;
    place.sever().await;
    let line = serving.logs("has lost the database since");
    assert_eq!(webhook.hears(), line.trim_end());
    assert!(!line.contains("postgres://") && !line.contains("password"), "{line}");
    let (status, why) = serving.asked("/readyz");
    assert!(status == 503 && why.starts_with("database: no answer since "), "{status} {why}");
    let said = home.says("ana", "/incident note lost").fault();
    assert!(said.starts_with("firebell: failed to ") && said.contains("not currently accepting connections"), "{said}");

    let lines = [
        ("timers not looked at", "timers are looked at again"),
        ("queue not looked at", "the queue is looked at again"),
        ("\"database lost\"", "\"database back\""),
    ];
    for (lost, _) in lines {
        serving.logs(lost);
    }
    place.let_in(true).await;
    serving.logs("all clear");
    for (_, back) in lines {
        serving.logs(back);
    }
    assert_eq!(webhook.hears(), "firebell: all clear, the database answers again");
    serving.is_ready();
    home.says("bo", "/incident ack").done();
    serving.shows("Acknowledged — @bo");
    let ended = serving.stop("-TERM");
    assert_eq!(ended.code, 0, "{}", ended.err);
    for line in lines.iter().flat_map(|(lost, back)| [*lost, *back]).chain(["has lost the database"]) {
        assert_eq!(ended.err.matches(line).count(), 1, "{line}: {}", ended.err);
    }
    assert!(home.run(&["verify"]).done().lines().all(|line| line.ends_with(": intact")));
    place.remove().await;
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_said_in_one_line() {
    let home = Home::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = std::env::var("FIREBELL_TEST_POSTGRES").unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    let nowhere = format!("{server}/no_such_database");
    for (url, expected) in [
        (format!("postgres://bell:hunter2@{closed}/fire"), "Connection refused"),
        (nowhere, "database \"no_such_database\" does not exist"),
    ] {
        for words in [
            &["serve", "--listen", "127.0.0.1:0"][..],
            &["console"],
            &["list"],
            &["do", "--as", "ana", "/incident list"],
        ] {
            let mut command = home.command();
            command.args(["--db", &url]).args(words).env("FIREBELL_KEY", "ab".repeat(32));
            let said = fed(&mut command, Vec::new()).fault();
            assert!(said.starts_with("firebell: failed to reach the database: ") && said.contains(expected), "{said}");
            assert!(said.lines().count() == 1 && !said.contains("hunter2"), "{said}");
        }
    }
}
