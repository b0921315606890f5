//! `firebell files`: what people posted, listed and written out.

use serde_json::Value;

use crate::support::Home;
use crate::support::slack::{Fake, SharedFile};

/// A folder in which incident 1 has a copied file and one that was too large.
async fn posted() -> Home {
    let fake = Fake::start().await;
    let cy = fake.add_person("cy");
    let home = Home::new();
    home.write("bot", &fake.bot_token());
    home.write("app", &fake.app_token());
    let slack = format!(
        "[[slack]]\napi_url = \"{}\"\nbot_token_file = \"bot\"\napp_token_file = \"app\"\ncopy_files = \"1 KiB\"\n",
        fake.api()
    );
    home.write("firebell.toml", &slack);
    let mut serving = home.serve();
    serving.is_ready();
    fake.connected(2).await;
    let general = fake.channel("general").id;
    let declared = fake.slash(&cy, &general, "/incident", "declare checkout is down").await;
    assert_eq!(declared.text(), "INC-1 declared at SEV3.");
    let in_room =
        |fake: &Fake| fake.channels().into_iter().find(|room| room.name.starts_with("inc-1") && room.has(&cy));
    let room = fake.until("the room", in_room).await.id;
    let graph = SharedFile { name: "../graph.png", bytes: b"png", comment: "" };
    fake.shares_file(&cy, &room, graph).await;
    serving.delivers("copy_file", 1);
    let dump = SharedFile { name: "dump.bin", bytes: &[0; 1025], comment: "" };
    fake.shares_file(&cy, &room, dump).await;
    serving.logs("delivery is impossible");
    assert_eq!(serving.stop("-TERM").code, 0);
    home
}

/// The fake goes on in another thread while this one waits for the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_are_listed_written_out_and_never_over_something_else() {
    let home = posted().await;
    let listed = home.run(&["files", "INC-1"]).done();
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines[0].starts_with("FILE1 of M1: ../graph.png (image/png, 3 B); copied, 3 B, SHA-256 "), "{listed}");
    assert!(
        lines[1].starts_with("FILE2 of M2: dump.bin (")
            && lines[1].ends_with("; not copied: it is larger than 1 KiB, up to which files are copied"),
        "{listed}"
    );
    let rows: Value = serde_json::from_str(&home.run(&["files", "INC-1", "--json"]).done()).unwrap();
    assert_eq!((&rows[0]["state"], &rows[0]["copy"]["size"]), (&"copied".into(), &3.into()));
    assert_eq!((&rows[1]["state"], &rows[1]["copy"]), (&"not_copied".into(), &Value::Null));
    let saved = home.run(&["files", "INC-1", "--save", "out"]).done();
    assert!(saved.ends_with("wrote out/INC-1-FILE1-_graph.png"), "{saved}");
    assert_eq!(home.read("out/INC-1-FILE1-_graph.png"), "png");
    assert_eq!(std::fs::read_dir(home.path("out")).unwrap().count(), 1);
    let twice = home.run(&["files", "INC-1", "--save", "out"]);
    assert!(twice.code == 1 && twice.err.contains("write out/INC-1-FILE1-_graph.png: File exists"), "{twice:?}");
    assert!(home.run(&["files", "INC-2"]).refused().contains("INC-2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_copies_of_a_closed_incident_are_let_go_of_when_it_is_time() {
    let home = posted().await;
    for line in ["/incident INC-1 resolve it was the disk", "/incident INC-1 close"] {
        home.says("cy", line).done();
    }
    home.write("firebell.toml", "[retention]\nfiles = \"1s\"\n");
    // Retention is applied in the first round of a process, which one that is told to stop finishes. The first processes
    // may come before a second is over.
    let gone = (0..30).find_map(|_| {
        let mut serving = home.serve();
        serving.is_ready();
        assert_eq!(serving.stop("-TERM").code, 0);
        let listed = home.run(&["files", "INC-1"]).done();
        listed.contains("; its copy was let go of, as [retention] says").then_some(listed)
    });
    assert!(gone.is_some_and(|listed| listed.contains("FILE1 of M1: ../graph.png")));
    assert!(home.run(&["verify", "INC-1"]).done().contains("intact"));
}
