//! The database is taken away while Firebell serves, or Firebell is taken away from its database.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Home, fed};

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
