//! The database is taken away while Firebell serves, or Firebell is taken away from its database.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{Home, Serving, Webhook, fed};

/// The ten seconds that what is under way may take, and some for a busy machine.
const DRAINED: Duration = Duration::from_secs(15);

fn alarming(url: &str) -> Home {
    Home::with(&format!("[alarm]\nwebhook = \"{url}\"\n"))
}

/// One way to lose a database file, and what is said of it.
struct Loss {
    how: fn(&Home),
    said: &'static str,
    /// Putting the file back, where it still exists.
    back: Option<fn(&Home)>,
}

const LOSSES: [Loss; 4] = [
    Loss {
        how: |home| std::fs::remove_file(home.path("firebell.db")).unwrap(),
        said: "firebell.db is gone",
        back: Some(put_back),
    },
    Loss {
        how: |home| {
            home.write("other.db", "not a database");
            std::fs::rename(home.path("other.db"), home.path("firebell.db")).unwrap();
        },
        said: "firebell.db is another file now",
        back: Some(put_back),
    },
    Loss {
        how: |home| {
            std::fs::remove_file(home.path("firebell.db")).unwrap();
            std::fs::create_dir(home.path("firebell.db")).unwrap();
        },
        said: "firebell.db is another file now",
        back: Some(|home| {
            std::fs::remove_dir(home.path("firebell.db")).unwrap();
            put_back(home);
        }),
    },
    Loss { how: |home| home.write("firebell.db", &"garbage ".repeat(50_000)), said: "(code ", back: None },
];

fn put_back(home: &Home) {
    std::fs::rename(home.path("spare.db"), home.path("firebell.db")).unwrap();
}

#[test]
fn a_lost_file_is_told_once_and_taken_up_again_when_it_is_back() {
    // All at once, since each takes its time.
    std::thread::scope(|scope| {
        for loss in &LOSSES {
            scope.spawn(move || lose_and_find(loss));
        }
    });
}

fn lose_and_find(Loss { how, said, back }: &Loss) {
    let webhook = Webhook::new();
    let home = alarming(&webhook.url);
    let mut serving = home.serve();
    home.says("ana", "/incident declare it is down sev1").done();
    serving.delivers_a_page();
    std::fs::hard_link(home.path("firebell.db"), home.path("spare.db")).unwrap();
    how(&home);

    let line = serving.logs("has lost the database since");
    assert!(line.contains(said), "{line}");
    assert_eq!(webhook.hears(), line.trim_end());
    let (status, why) = serving.asked("/readyz");
    assert!(status == 503 && why.starts_with("database: no answer since "), "{status} {why}");
    let refused = home.says("ana", "/incident note lost").fault();
    assert_eq!(refused.lines().count(), 1, "{refused}");
    // Another round, in which nobody is told again.
    serving.logs_times("\"database lost\"", 2);
    if let Some(back) = back {
        back(&home);
        is_back(&mut serving, &home);
        assert_eq!(webhook.hears(), "firebell: all clear, the database answers again");
    }
    let ended = serving.stop("-TERM");
    assert_eq!(ended.code, 0);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    assert_eq!(ended.err.matches("has lost the database").count(), 1, "{}", ended.err);
    assert!(webhook.was_left_alone());
}

fn is_back(serving: &mut Serving, home: &Home) {
    serving.logs("firebell: all clear, the database answers again");
    assert_eq!(serving.asked("/readyz"), (200, "ready".to_owned()));
    home.says("bo", "/incident ack").done();
    serving.shows("Acknowledged — @bo");
    let timeline = home.says("ana", "/incident timeline").done();
    assert!(!timeline.contains("lost"), "{timeline}");
    sound(home);
}

/// The record says of itself that nothing was changed.
fn sound(home: &Home) {
    let verified = home.run(&["verify"]).done();
    assert!(verified.lines().count() >= 3 && verified.lines().all(|line| line.ends_with(": intact")), "{verified}");
}

#[test]
fn a_file_without_permission_is_said_to_be_one() {
    let home = Home::founded();
    let mut command = Command::new(home.path("firebell"));
    // Root may open everything, so somebody else does it, who needs the binary and a key within reach.
    if std::fs::metadata(home.path(".")).unwrap().uid() == 0 {
        command.uid(65_534);
    }
    let binary = home.command().get_program().to_owned();
    std::fs::hard_link(&binary, home.path("firebell"))
        .or_else(|_| std::fs::copy(&binary, home.path("firebell")).map(drop))
        .unwrap();
    let may = |name: &str, mode| std::fs::set_permissions(home.path(name), Permissions::from_mode(mode)).unwrap();
    may(".", 0o555);
    command.current_dir(home.path(".")).env("FIREBELL_KEY", "ab".repeat(32)).args([
        "do",
        "--as",
        "ana",
        "/incident list",
    ]);
    for mode in [0o000, 0o444] {
        may("firebell.db", mode);
        let said = fed(&mut command, Vec::new()).fault();
        assert!(said.contains("this user may lack permission for the file or its folder"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    may(".", 0o755);
}

#[test]
fn a_webhook_that_never_answers_holds_nothing_up() {
    // Connections wait in its queue for ever.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = alarming(&format!("http://{}/alarm", silent.local_addr().unwrap()));
    let mut serving = home.serve();
    std::fs::rename(home.path("firebell.db"), home.path("spare.db")).unwrap();
    serving.logs("has lost the database since");
    put_back(&home);
    serving.is_ready();
    let told = Instant::now();
    assert_eq!(serving.stop("-TERM").code, 0);
    assert!(told.elapsed() < DRAINED, "{:?}", told.elapsed());
}

#[test]
fn whatever_is_killed_nothing_acknowledged_is_lost() {
    const WRITERS: usize = 4;
    const EACH: usize = 6;
    let home = Home::new();
    let serving = home.serve();
    home.says("ana", "/incident declare it is down sev1").done();
    let acknowledged = AtomicUsize::new(0);
    let noted: Vec<(String, String)> = std::thread::scope(|scope| {
        let (home, acknowledged) = (&home, &acknowledged);
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| scope.spawn(move || notes(home, writer, EACH, acknowledged))).collect();
        while acknowledged.load(Ordering::SeqCst) < WRITERS {
            std::thread::yield_now();
        }
        assert_eq!(serving.stop("-KILL").code, -9);
        let mut again = home.serve();
        home.says("bo", "/incident INC-1 ack").done();
        again.shows("Acknowledged — @bo");
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(noted.len(), WRITERS * EACH);
    sound(&home);
    let timeline = home.says("ana", "/incident timeline").done();
    for (text, entry) in noted {
        assert!(timeline.contains(&format!("  {entry}  {text} — @ana\n")), "{text:?} is not {entry} in:\n{timeline}");
    }
}

/// Notes one after the other by processes of their own, every second of which has a twin that is killed at once;
/// answers what was acknowledged, with the number of its entry.
fn notes(home: &Home, writer: usize, count: usize, acknowledged: &AtomicUsize) -> Vec<(String, String)> {
    let note = |number| {
        let text = format!("note {writer}.{number}");
        let said = home.says("ana", &format!("/incident INC-1 note {text}")).done();
        acknowledged.fetch_add(1, Ordering::SeqCst);
        if number % 2 == 0 {
            let mut twin = home.command();
            let mut twin = twin.args(["do", "--as", "ana", "/incident INC-1 note killed"]).spawn().unwrap();
            twin.kill().unwrap();
            twin.wait().unwrap();
        }
        let entry = said.strip_prefix("Noted in INC-1 as ").unwrap().trim_end_matches('.').to_owned();
        (text, entry)
    };
    (0..count).map(note).collect()
}
