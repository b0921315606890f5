//! A postmortem that goes out as a file, is edited where people edit texts, and comes back.

use crate::support::Home;

/// A home with INC-1, whose lessons are written and whose document was exported to `INC-1.md`.
fn exported() -> Home {
    let home = Home::founded();
    home.says("ana", "/incident declare checkout is down sev4").done();
    home.says("ana", "/incident INC-1 postmortem write lessons rotate the logs").done();
    home.run(&["export", "INC-1", "--template", "short", "-o", "INC-1.md"]).done();
    home
}

/// A file is edited as by hand.
fn edits(home: &Home, from: &str, to: &str) {
    let text = home.read("INC-1.md");
    assert!(text.contains(from), "{text}");
    home.write("INC-1.md", &text.replace(from, to));
}

fn document(home: &Home) -> String {
    home.run(&["export", "INC-1", "--template", "short"]).done()
}

#[test]
fn what_was_edited_is_taken_over_and_what_was_not_stays() {
    let home = exported();
    let said = home.run(&["postmortem", "import", "INC-1.md", "--as", "bo"]).done();
    assert_eq!(said, "Nothing was changed in a section of the postmortem of INC-1.");
    assert_eq!(document(&home), home.read("INC-1.md").trim_end(), "nobody has changed anything");

    edits(&home, "_To be written: what users felt, how many, and for how long._", "Nobody could **pay**.\n\n- At all.");
    home.says("ana", "/incident INC-1 note the disk was full").done();
    home.says("ana", "/incident INC-1 postmortem write lessons rotate the logs daily").done();
    home.run(&["postmortem", "import", "INC-1.md", "--as", "bo"]).done();
    let text = document(&home);
    for words in ["Nobody could **pay**.\n\n- At all.", "rotate the logs daily", "the disk was full"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(home.run(&["verify"]).done().lines().all(|line| line.ends_with(": intact")));
}

#[test]
fn what_two_wrote_is_shown_to_the_second_and_stored_by_nobody() {
    let home = exported();
    edits(&home, "rotate the logs", "watch the disk");
    edits(
        &home,
        "_To be written: what happened, to whom, and how it ended, in three sentences._",
        "The disk was full.",
    );
    home.says("ana", "/incident INC-1 postmortem write lessons buy a disk").done();
    home.says("ana", "/incident INC-1 summary nobody can pay").done();
    let before = document(&home);
    let refused = home.run(&["postmortem", "import", "INC-1.md", "--as", "bo"]).refused();
    for words in
        ["\"lessons\" was written by @ana", "-buy a disk", "+watch the disk", "-nobody can pay", "+The disk was full."]
    {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    assert_eq!(document(&home), before);
}

#[test]
fn what_an_editor_writes_outside_of_the_sections_is_kept() {
    let home = exported();
    let edits = |script: &str| {
        let mut command = home.command();
        command.env("TMPDIR", home.path(".")).env("VISUAL", script).args([
            "postmortem",
            "edit",
            "INC-1",
            "--as",
            "bo",
            "--template",
            "short",
        ]);
        crate::support::fed(&mut command, Vec::new())
    };
    let kept = || {
        let folders = std::fs::read_dir(home.path(".")).unwrap().map(|entry| entry.unwrap().path());
        let mut folders = folders.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("firebell-"));
        folders.next().map(|folder| std::fs::read_to_string(folder.join("INC-1-postmortem.md")).unwrap())
    };
    edits("sed -i s/rotate/keep/").done();
    assert!(document(&home).contains("keep the logs"));
    assert_eq!(kept(), None, "all of it was taken over");
    let said = edits("sed -i 's/^## Timeline$/&\\n\\nIt began earlier./'");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("your changes there were not taken over; they are kept in "), "{said:?}");
    assert!(kept().unwrap().contains("It began earlier."));
}
