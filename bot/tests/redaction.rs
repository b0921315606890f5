//! Redacted words are gone for good, and the record still verifies.

use firebell::store::{StoreError, Tx, on};
use firebell_core::effect::Delivery;
use sqlx::AssertSqlSafe;

use crate::support::{Act, Kind, Place, World, minutes, on_both, seconds};

on_both!(
    redacted_words_are_in_no_table,
    words_redacted_before_they_are_sent_are_never_sent,
    a_redacted_title_is_shown_nowhere_but_in_the_name_of_its_room
);

const PASSWORD: &str = "hunter2swordfish";
const ROOM: &str = "inc-1-checkout-is-down";

async fn redacted_words_are_in_no_table(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", &format!("/incident note the password is {PASSWORD}")).await;
    world.says("ana", &format!("/incident correct E5 the old password is {PASSWORD}")).await;
    world.says("ana", &format!("/incident summary {PASSWORD} leaked")).await;
    world.talks(ROOM, "bo", &format!("I pasted {PASSWORD}")).await.unwrap();
    world.edits(ROOM, "bo", &format!("I pasted {PASSWORD}, sorry")).await.unwrap();
    world.says("ana", "/incident mark M1").await;
    world.says("bo", &format!("/incident page @cy it is {PASSWORD}")).await;
    world.says("cy", "/incident ack").await;
    assert!(!places(world).await.is_empty());

    let history = world.history(1).await;
    let with_words = |kind: &str| history.iter().find(|entry| entry.kind == kind).unwrap().id;
    for entry in [with_words("noted"), with_words("summary_set"), with_words("message_marked"), with_words("paged")] {
        let reply = world.says("ana", &format!("/incident redact {entry} pasted by mistake")).await;
        assert_eq!(reply, format!("{entry} of INC-1 is redacted; its words are gone for good."));
        world.adds_up().await;
    }
    assert_eq!(places(world).await, Vec::<String>::new());
    assert_eq!(world.broken().await, Vec::<String>::new());
    for line in ["timeline", "postmortem", "show", "export json", "why-paged"] {
        let shown = world.says("ana", &format!("/incident {line}")).await;
        assert!(!shown.contains(PASSWORD), "{line}: {shown}");
        // Brackets are escaped in Markdown.
        let says_so = shown.replace('\\', "").contains("[redacted]");
        assert!(says_so || !matches!(line, "timeline" | "postmortem"), "{line}: {shown}");
    }
    assert_eq!(places(world).await, Vec::<String>::new());
    assert!(!world.terminal.room(ROOM).card.contains(PASSWORD));
}

async fn words_redacted_before_they_are_sent_are_never_sent(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    for kind in [Kind::Post, Kind::Notice, Kind::Card] {
        world.terminal.script(kind, 1, Act::Answer(Delivery::RetryAfter(minutes(1))));
    }
    world.says("ana", &format!("/incident page @cy it is {PASSWORD}")).await;
    world.says("ana", &format!("/incident update it was {PASSWORD}")).await;
    let history = world.history(1).await;
    for entry in history.iter().filter(|entry| matches!(entry.kind.as_str(), "paged" | "updated")) {
        world.says("ana", &format!("/incident redact {} a password", entry.id)).await;
    }
    world.advance(minutes(2)).await;
    world.paged("cy");
    assert_eq!(world.terminal.room(ROOM).posts, ["Paging @cy: [redacted] — @ana", "Update: [redacted] — @ana"]);
    let shown = format!("{:?}", world.terminal.log());
    assert!(!shown.contains(PASSWORD), "{shown}");
}

/// `SQLite` leaves deleted words in the free pages of its file unless it is told to overwrite them.
#[tokio::test]
async fn redacted_words_are_not_in_the_file_either() {
    let mut world = World::on(Place::sqlite()).await;
    world.says("ana", "/incident declare checkout is down").await;
    world.talks(ROOM, "ana", &format!("I pasted {PASSWORD}")).await.unwrap();
    for number in 1..20 {
        world.advance(seconds(1)).await;
        world.edits(ROOM, "ana", &format!("I pasted {PASSWORD} {number} times")).await.unwrap();
    }
    world.says("ana", "/incident mark M1").await;
    for number in 1..50 {
        world.says("ana", &format!("/incident note {number}: the password is {PASSWORD}")).await;
    }
    for entry in world.history(1).await.iter().filter(|e| matches!(e.kind.as_str(), "noted" | "message_marked")) {
        world.says("ana", &format!("/incident redact {} a password", entry.id)).await;
    }
    assert_eq!(places(&world).await, Vec::<String>::new());
    // The last to close the file moves the log into it.
    world.app.store.close().await;
    for (name, bytes) in world.files() {
        let found = bytes.windows(PASSWORD.len()).filter(|window| *window == PASSWORD.as_bytes()).count();
        assert_eq!(found, 0, "{name} still holds the password");
    }
}

/// The tables that hold the password anywhere in a row.
async fn places(world: &World) -> Vec<String> {
    world.store().read(|tx| Box::pin(search(tx))).await.unwrap()
}

async fn search(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    let postgres = matches!(tx, Tx::Pg(_));
    let columns = if postgres {
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'"
    } else {
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    };
    let columns: Vec<(String, String)> = on!(&mut *tx, |c| sqlx::query_as(columns).fetch_all(c).await)?;
    assert!(columns.len() > 100, "only {} columns were found", columns.len());
    let hex = PASSWORD.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let mut found = Vec::new();
    for (table, column) in columns {
        let sql = if postgres {
            // The text of bytes is their hexadecimal form.
            format!("SELECT count(*) FROM \"{table}\" WHERE \"{column}\"::text LIKE $1 OR \"{column}\"::text LIKE $2")
        } else {
            format!(
                "SELECT count(*) FROM \"{table}\" WHERE CAST(\"{column}\" AS TEXT) LIKE $1 \
                 OR lower(hex(\"{column}\")) LIKE $2"
            )
        };
        let (plain, encoded) = (format!("%{PASSWORD}%"), format!("%{hex}%"));
        let count: i64 =
            on!(&mut *tx, |c| sqlx::query_scalar(AssertSqlSafe(sql)).bind(plain).bind(encoded).fetch_one(c).await)?;
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    Ok(found)
}

async fn a_redacted_title_is_shown_nowhere_but_in_the_name_of_its_room(world: &mut World) {
    world.says("ana", &format!("/incident declare {PASSWORD} is exposed sev1 --service checkout")).await;
    world.says("bo", "/incident ack").await;
    world.says("ana", "/incident redact E1 a password").await;
    for line in ["show", "timeline", "list", "postmortem"] {
        let shown = world.says("ana", &format!("/incident {line}")).await;
        let unescaped = shown.replace('\\', "");
        assert!(
            unescaped.contains("[redacted]") && !shown.contains(&format!("{PASSWORD} is exposed")),
            "{line}: {shown}"
        );
    }
    assert!(!world.terminal.room("inc-1-hunter2swordfish-is-exposed").card.contains(PASSWORD));
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.adds_up().await;
}
