//! Whoever changes the record by hand is found out, and told at which entry.

use crate::support::{World, on_both};

on_both!(
    an_untouched_record_verifies,
    an_edited_body,
    an_edited_column,
    a_deleted_entry,
    entries_that_changed_places,
    a_cut_off_tail,
    a_tail_cut_off_with_a_genuine_older_head,
    a_forged_head,
    a_redaction_that_was_not_carried_out,
    a_body_that_was_taken_away,
    an_edited_directory,
    an_edited_row,
    an_edited_message,
    a_message_whose_words_were_taken_away,
    a_message_that_is_said_to_be_deleted,
    words_of_a_redacted_message_that_are_still_there,
    a_record_of_the_installation_that_is_gone,
    an_incident_that_is_gone,
    a_message_that_is_gone,
);

/// Two incidents, so that what is wrong with one says nothing of the other.
async fn written(world: &mut World) {
    for line in [
        "/incident declare checkout is down sev4",
        "/incident declare search is slow sev4",
        "/incident INC-1 note first",
        "/incident INC-1 note second",
        "/incident INC-1 note third",
    ] {
        world.says("ana", line).await;
    }
    let kinds: Vec<String> = world.history(1).await.into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["declared", "room_requested", "member_joined", "room_opened", "noted", "noted", "noted"]);
}

async fn found(world: &World, expected: &str) {
    assert_eq!(world.broken().await, [expected]);
}

async fn an_untouched_record_verifies(world: &mut World) {
    written(world).await;
    world.says("ana", "/incident INC-1 redact E5 a password").await;
    world.says("ana", "/incident INC-1 export json").await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn an_edited_body(world: &mut World) {
    written(world).await;
    world
        .tampers("UPDATE entry_body SET body = replace(body, 'second', 'nothing') WHERE stream = 'INC-1' AND seq = 6")
        .await;
    found(world, "INC-1: entry 6 was changed: its body does not match its hash").await;
}

async fn an_edited_column(world: &mut World) {
    written(world).await;
    world
        .tampers("UPDATE entry SET actor = replace(actor, 'person', 'persona') WHERE stream = 'INC-1' AND seq = 5")
        .await;
    found(world, "INC-1: entry 5 was changed: its column actor differs from what was hashed").await;
}

async fn a_deleted_entry(world: &mut World) {
    written(world).await;
    world.tampers("DELETE FROM entry_body WHERE stream = 'INC-1' AND seq = 6").await;
    world.tampers("DELETE FROM entry WHERE stream = 'INC-1' AND seq = 6").await;
    found(world, "INC-1: entry 6 is missing: entry 7 stands in its place").await;
}

async fn entries_that_changed_places(world: &mut World) {
    written(world).await;
    for table in ["entry", "entry_body"] {
        for (from, to) in [(5, 99), (6, 5), (99, 6)] {
            world.tampers(&format!("UPDATE {table} SET seq = {to} WHERE stream = 'INC-1' AND seq = {from}")).await;
        }
    }
    found(world, "INC-1: entry 5 does not follow the entry before it: it names another previous hash").await;
}

async fn a_cut_off_tail(world: &mut World) {
    written(world).await;
    world.tampers("DELETE FROM entry_body WHERE stream = 'INC-1' AND seq = 7").await;
    world.tampers("DELETE FROM entry WHERE stream = 'INC-1' AND seq = 7").await;
    found(world, "INC-1: the tail was cut off: the head counts 7 entries and there are 6").await;
}

/// The head as it was signed when there were fewer entries is genuine; only an anchor knows that there was more.
async fn a_tail_cut_off_with_a_genuine_older_head(world: &mut World) {
    written(world).await;
    world.tampers("CREATE TABLE older AS SELECT number, entries, head, signature FROM incident").await;
    world.says("ana", "/incident INC-1 note the backup was never tested").await;
    world.says("ana", "/incident INC-1 export json").await;
    world.tampers("DELETE FROM entry_body WHERE stream = 'INC-1' AND seq = 8").await;
    world.tampers("DELETE FROM entry WHERE stream = 'INC-1' AND seq = 8").await;
    for column in ["entries", "head", "signature"] {
        let older = format!("(SELECT older.{column} FROM older WHERE older.number = 1)");
        world.tampers(&format!("UPDATE incident SET {column} = {older} WHERE number = 1")).await;
    }
    found(world, "INC-1: the tail was cut off: an anchor names entry 8 and there are 7 entries").await;
}

async fn a_forged_head(world: &mut World) {
    written(world).await;
    world.tampers("UPDATE incident SET signature = (SELECT signature FROM directory) WHERE number = 1").await;
    let broken = world.broken().await;
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("INC-1: the signature of the head at entry 7 does not hold: "), "{broken:?}");
}

async fn a_redaction_that_was_not_carried_out(world: &mut World) {
    written(world).await;
    world.tampers("CREATE TABLE kept AS SELECT * FROM entry_body").await;
    world.says("ana", "/incident INC-1 redact E6 a password").await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.tampers("INSERT INTO entry_body SELECT * FROM kept WHERE stream = 'INC-1' AND seq = 6").await;
    found(world, "INC-1: redacted entry 6 still has its body").await;
}

async fn a_body_that_was_taken_away(world: &mut World) {
    written(world).await;
    world.tampers("DELETE FROM entry_body WHERE stream = 'INC-1' AND seq = 6").await;
    found(world, "INC-1: entry 6 lost its body and no redaction names it").await;
}

async fn an_edited_directory(world: &mut World) {
    let body = "UPDATE entry_body SET body = replace(body, 'guest', 'admin') \
                WHERE stream = 'directory' AND body LIKE '%\"gus\"%guest%'";
    world.tampers(body).await;
    let broken = world.broken().await;
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert!(broken[0].starts_with("directory: entry "), "{broken:?}");
    assert!(broken[0].ends_with(" was changed: its body does not match its hash"), "{broken:?}");
}

/// The entries are untouched, but what people are shown is not what they add up to.
async fn an_edited_row(world: &mut World) {
    written(world).await;
    let row = if world.on_postgres().await {
        "UPDATE incident SET state = replace(CAST(state AS TEXT), '\"drill\": false', '\"drill\": true')::jsonb"
    } else {
        "UPDATE incident SET state = replace(state, '\"drill\":false', '\"drill\":true')"
    };
    world.tampers(&format!("{row} WHERE number = 1")).await;
    found(world, "INC-1: its row was changed: it is not what its entries add up to").await;
}

async fn an_edited_message(world: &mut World) {
    written(world).await;
    world.talks("inc-1-checkout-is-down", "bo", "it was me").await.unwrap();
    world.says("ana", "/incident INC-1 mark M1").await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.tampers("UPDATE message_revision SET text = 'it was ana' WHERE incident = 1").await;
    found(world, "INC-1: message M1 was changed: revision 1 does not match its hash").await;
}

async fn a_message_whose_words_were_taken_away(world: &mut World) {
    written(world).await;
    world.talks("inc-1-checkout-is-down", "bo", "it was me").await.unwrap();
    world.tampers("UPDATE message_revision SET text = NULL, salt = NULL").await;
    found(world, "INC-1: message M1 lost its words and no redaction names it").await;
}

/// A deletion pins nothing, but it cannot stand where words were marked.
async fn a_message_that_is_said_to_be_deleted(world: &mut World) {
    written(world).await;
    world.talks("inc-1-checkout-is-down", "bo", "it was me").await.unwrap();
    world.says("ana", "/incident INC-1 mark M1").await;
    world.tampers("UPDATE message_revision SET text = NULL, salt = NULL, deleted = TRUE").await;
    found(world, "INC-1: message M1 was changed: revision 1 is neither words nor a deletion").await;
    let zero = if world.on_postgres().await { "decode(repeat('00', 32), 'hex')" } else { "zeroblob(32)" };
    world.tampers(&format!("UPDATE message_revision SET hash = {zero}")).await;
    found(world, "INC-1: message M1 was changed: it is not what E8 cites").await;
}

async fn words_of_a_redacted_message_that_are_still_there(world: &mut World) {
    written(world).await;
    world.talks("inc-1-checkout-is-down", "bo", "hunter2").await.unwrap();
    world.tampers("CREATE TABLE kept AS SELECT * FROM message_revision").await;
    world.says("bo", "/incident INC-1 redact M1 a password").await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.tampers("DELETE FROM message_revision").await;
    world.tampers("INSERT INTO message_revision SELECT * FROM kept").await;
    found(world, "INC-1: redacted message M1 still has its words").await;
}

async fn a_record_of_the_installation_that_is_gone(world: &mut World) {
    world.tampers("DELETE FROM entry_body WHERE stream = 'installation'").await;
    world.tampers("DELETE FROM entry WHERE stream = 'installation'").await;
    found(world, "installation: the tail was cut off: the head counts 2 entries and there are 0").await;
}

async fn an_incident_that_is_gone(world: &mut World) {
    written(world).await;
    world.says("ana", "/incident INC-2 export json").await;
    for sql in [
        "DELETE FROM incident_member WHERE incident = 2",
        "DELETE FROM card WHERE incident = 2",
        "DELETE FROM room WHERE incident = 2",
        "DELETE FROM searched WHERE incident = 2",
        "DELETE FROM incident WHERE number = 2",
    ] {
        world.tampers(sql).await;
    }
    found(world, "INC-2 is not in the database").await;
    world.tampers("DELETE FROM entry_body WHERE stream = 'INC-2'").await;
    world.tampers("DELETE FROM entry WHERE stream = 'INC-2'").await;
    found(world, "INC-2 is not in the database").await;
    // Its number as if it had never been given out: the anchor of what was exported remains.
    world.tampers("UPDATE installation SET next_incident = 2").await;
    found(world, "INC-2 is not in the database").await;
    world.tampers("DELETE FROM anchor WHERE stream = 'INC-2'").await;
    world.tampers("UPDATE installation SET next_incident = 3").await;
    found(world, "INC-2 is not in the database").await;
}

/// What a mark cites is kept until retention may delete it.
async fn a_message_that_is_gone(world: &mut World) {
    written(world).await;
    world.talks("inc-1-checkout-is-down", "bo", "it was me").await.unwrap();
    world.says("ana", "/incident INC-1 mark M1").await;
    world.tampers("DELETE FROM message_revision").await;
    found(world, "INC-1: message M1 is gone, which E8 cites").await;
    world.says("ana", "/incident INC-1 resolve it is over").await;
    world.says("ana", "/incident INC-1 close").await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}
