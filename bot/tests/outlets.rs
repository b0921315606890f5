//! Who delivers what: a console before which somebody sits has the better claim on what only a screen shows, and what
//! goes through something that nobody has waits.

use firebell::engine::Engine;
use firebell_core::ids::WorkspaceId;
use tokio::sync::watch;

use crate::support::{Home, Kind, World, minutes, on_both, seconds};

on_both!(
    a_page_shows_at_the_console_and_elsewhere_once_nobody_sits_there,
    a_console_that_falls_silent_is_replaced,
    what_goes_through_another_workspace_waits_for_whoever_has_it,
    what_was_claimed_by_mistake_is_put_off,
);

const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";

async fn a_page_shows_at_the_console_and_elsewhere_once_nobody_sits_there(world: &mut World) {
    let (console, screen) = world.console().await;
    let engine = console.engine.clone().arrive().await.unwrap();
    world.says("ana", DECLARE).await;
    assert_eq!(world.terminal.log(), []);
    engine.settle().await.unwrap();
    world.settle().await;
    assert_eq!((screen.count(Kind::Notice), screen.rooms().len(), world.terminal.log().len()), (1, 1, 0));
    let room = screen.rooms().remove(0);
    assert!(!screen.room(&room).card.is_empty(), "no card is shown");

    let shown = screen.log().len();
    leaves(engine).await;
    world.says("ana", "/incident declare payments are down sev1 --service checkout").await;
    world.paged("bo");
    let [room] = world.terminal.rooms().try_into().unwrap();
    assert!(!world.terminal.room(&room).card.is_empty(), "no card is shown");
    assert_eq!(screen.log().len(), shown);
    console.store.close().await;
}

/// It runs, and is told to stop at once.
async fn leaves(engine: Engine) {
    let (_stop, stopped) = watch::channel(true);
    engine.run(stopped).await;
}

async fn a_console_that_falls_silent_is_replaced(world: &mut World) {
    let (console, screen) = world.console().await;
    drop(console.engine.clone().arrive().await.unwrap());
    world.says("ana", DECLARE).await;
    world.advance(seconds(20)).await;
    assert_eq!(world.terminal.log(), []);
    world.advance(seconds(1)).await;
    world.paged("bo");
    assert_eq!((world.terminal.rooms().len(), screen.log().len()), (1, 0));
    console.store.close().await;
}

/// Whoever starts now has a workspace of their own, and not the one that incidents have rooms in.
async fn moves(world: &mut World) -> WorkspaceId {
    world.tampers("UPDATE workspace SET external_id = 'elsewhere' WHERE external_id = 'local'").await;
    let before = world.app.console;
    world.restart().await;
    assert_ne!(world.app.console, before);
    before
}

async fn moves_back(world: &mut World) {
    world.tampers("UPDATE workspace SET external_id = 'spare' WHERE external_id = 'local'").await;
    world.tampers("UPDATE workspace SET external_id = 'local' WHERE external_id = 'elsewhere'").await;
    world.restart().await;
}

async fn what_goes_through_another_workspace_waits_for_whoever_has_it(world: &mut World) {
    world.asks("ana", None, DECLARE).await;
    let first = moves(world).await;
    world.advance(minutes(20)).await;
    world.paged("bo");
    world.paged("cy");
    assert_eq!(world.terminal.rooms(), [""; 0]);
    moves_back(world).await;
    assert_eq!(world.app.console, first);
    world.settle().await;
    let [room] = world.terminal.rooms().try_into().unwrap();
    let room = world.terminal.room(&room);
    // All that was to be said in the meantime is said, once.
    assert!(room.members.contains("bo") && room.members.contains("cy") && !room.card.is_empty(), "{room:?}");
    assert_eq!(world.terminal.repeats().len(), 0);
}

async fn what_was_claimed_by_mistake_is_put_off(world: &mut World) {
    world.asks("ana", None, DECLARE).await;
    let first = moves(world).await;
    let here = world.app.console;
    world.tampers(&format!("UPDATE lane SET outlet = '{here}' WHERE outlet = '{first}'")).await;
    world.advance(seconds(59)).await;
    world.tampers(&format!("UPDATE lane SET outlet = '{first}' WHERE outlet = '{here}'")).await;
    moves_back(world).await;
    world.settle().await;
    assert_eq!(world.terminal.rooms(), [""; 0], "it rests for a minute");
    world.advance(seconds(1)).await;
    assert_eq!(world.terminal.rooms().len(), 1);
}

#[test]
fn what_serve_would_print_shows_at_a_console_for_as_long_as_there_is_one() {
    let home = Home::new();
    let mut serving = home.serve();
    let mut console = home.console();
    console.says("/incident declare checkout is down sev1");
    console.shows("PAGE @bo");
    home.run(&["do", "--as", "ana", "/incident page cy please come"]).done();
    console.shows("PAGE @cy");
    console.leaves();
    home.run(&["do", "--as", "bo", "/incident page ana please come"]).done();
    serving.shows("PAGE @ana");
    let served = serving.stop("-TERM");
    assert!(!served.out.contains("PAGE @bo") && !served.out.contains("PAGE @cy"), "{served:?}");
}

#[test]
fn a_console_counts_as_somebody_who_delivers() {
    let home = Home::founded();
    let mut console = home.console();
    console.says("/incident declare checkout is down sev1");
    console.shows("PAGE @bo");
    let noted = home.run(&["do", "--as", "bo", "/incident note on it"]);
    assert_eq!((noted.code, noted.err.as_str()), (0, ""), "{noted:?}");
    console.leaves();
    let alone = home.run(&["do", "--as", "bo", "/incident note anybody there"]);
    assert!(alone.code == 0 && alone.err.contains("neither `firebell serve` nor a console is alive"), "{alone:?}");
}
