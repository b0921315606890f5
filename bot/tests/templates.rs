//! Templates of one's own, from their folder to what people read.

use std::os::unix::fs::symlink;

use crate::support::Home;

/// A home whose templates come from a folder, with an incident.
fn with(templates: &[(&str, &str)]) -> Home {
    let home = Home::with("[templates]\ndir = \"own\"\n");
    std::fs::create_dir(home.path("own")).unwrap();
    home.feeds(&["console"], "/incident declare checkout is down sev4\n").done();
    for (path, text) in templates {
        home.write(&format!("own/{path}"), text);
    }
    home
}

/// Whatever serves refuses the templates, and so does the check; answers why.
fn refused(home: &Home) -> String {
    let why = home.run(&["check"]).fault();
    for words in [&["serve", "--listen", "127.0.0.1:0"][..], &["console"]] {
        assert_eq!(home.run(words).fault(), why, "{words:?}");
    }
    assert!(why.starts_with("firebell: template own/") && why.lines().count() == 1, "{why}");
    why
}

#[test]
fn ones_own_templates_replace_the_built_in_ones() {
    let home = with(&[
        ("reply/noted.hbs", "Kept: {{entry}}.\n"),
        ("chat/summary.hbs", "{{card.id}} in short: {{#if summary}}{{summary.text}}{{else}}?{{/if}}\n"),
        ("postmortem/standard.md.hbs", "# {{card.title}}\n"),
    ]);
    home.run(&["check"]).done();
    assert_eq!(home.says("ana", "/incident note x").done(), "Kept: E5.");
    assert_eq!(home.says("ana", "/incident summary").done(), "INC-1 in short: ?");
    assert_eq!(home.run(&["export", "INC-1"]).done(), "# checkout is down");
    let shown = home.feeds(&["console"], "/incident summary all is well\n/incident summary\n").done();
    assert!(shown.contains("INC-1 in short: all is well"), "{shown}");
}

#[test]
fn a_postmortem_is_chosen_by_its_name() {
    let home = with(&[("postmortem/brief.md.hbs", "---\ntemplate: {{yaml template}}\n---\n\n# {{card.id}}\n")]);
    let brief = "---\ntemplate: \"brief\"\n---\n\n# INC-1";
    assert_eq!(home.run(&["export", "INC-1", "--template", "brief"]).done(), brief);
    assert!(home.run(&["export", "INC-1"]).done().contains("template: \"standard\""));
    assert!(home.says("ana", "/incident postmortem --template brief").done().contains("# INC-1"));
    let unknown = "no postmortem template is called shrot; there are brief, customer, executive, five-whys, security, short, standard";
    let refused = home.run(&["export", "INC-1", "--template", "shrot"]).refused();
    assert!(refused.to_lowercase().contains(unknown), "{refused}");
    let refused = home.says("ana", "/incident postmortem --template shrot").refused();
    assert!(refused.to_lowercase().contains(unknown), "{refused}");
    assert!(home.run(&["check"]).done().contains("brief, customer, executive, five-whys, security, short, standard"));
}

#[test]
fn a_name_leads_nowhere_but_to_the_templates() {
    let home = with(&[("postmortem/brief.md.hbs", "short\n")]);
    home.write("secret.md.hbs", "not for you\n");
    for name in ["../../secret", "../secret", "/etc/passwd", "..", "", "standard.md", "./brief", "brief\0"] {
        if !name.contains('\0') {
            let refused = home.run(&["export", "INC-1", "--template", name]).refused();
            assert!(
                refused.contains("there are brief, customer, executive, five-whys, security, short, standard"),
                "{name}: {refused}"
            );
        }
        let said = home.feeds(&["console"], format!("/incident postmortem --template \"{name}\"\n")).done();
        assert!(!said.contains("not for you") && !said.contains("root:"), "{name}: {said}");
    }
    // A link may lead where whoever made it wants.
    symlink(home.path("secret.md.hbs"), home.path("own/postmortem/linked.md.hbs")).unwrap();
    assert_eq!(home.run(&["export", "INC-1", "--template", "linked"]).done(), "not for you");
}

#[test]
fn a_misspelt_variable_is_refused_with_its_file_and_line() {
    for (path, text, line, name) in [
        ("chat/card.hbs", "{{id}}\n{{titel}}\n", 2, "titel"),
        ("chat/card.hbs", "{{id}}\n{{#if drill}}\n{{#if merged_into}}{{titel}}{{/if}}\n{{/if}}\n", 3, "titel"),
        ("entry/noted.hbs", "{{#if corrected}}\n{{txt}}{{else}}{{text}}{{/if}}\n", 2, "txt"),
        (
            "postmortem/short.md.hbs",
            "# {{card.id}}\n\n{{#each actions}}{{#if done}}{{don_at}}{{/if}}{{/each}}\n",
            3,
            "don_at",
        ),
    ] {
        let why = refused(&with(&[(path, text)]));
        let expected = format!("firebell: template own/{path}, line {line}: there is no variable `{name}` here; mend");
        assert!(why.starts_with(&expected), "{why}");
    }
}

#[test]
fn a_file_that_is_no_template_is_refused_by_everybody() {
    for (path, text, expected) in [
        ("chat/card.hbs", "{{id}}\n{{#if drill}}\n", "own/chat/card.hbs, line "),
        ("postmortem/short.md.hbs", "{{id\n", "own/postmortem/short.md.hbs, line 1"),
        ("chat/crad.hbs", "{{id}}\n", "did you mean chat/card.hbs?"),
        ("chat/card.hbs", "{{#iff drill}}x{{/iff}}\n", "own/chat/card.hbs, line 1: "),
    ] {
        let home = with(&[(path, text)]);
        let why = refused(&home);
        assert!(why.contains(expected), "{why}");
    }
    let home = with(&[]);
    std::fs::write(home.path("own/noted.hbs"), b"\xff\xfe").unwrap();
    let why = refused(&home);
    assert!(why.contains("own/noted.hbs: it cannot be read: "), "{why}");
    assert_eq!(home.says("ana", "/incident note x").fault(), why);
}

#[test]
fn a_folder_that_cannot_be_read_is_refused() {
    let home = with(&[]);
    std::fs::remove_dir(home.path("own")).unwrap();
    let missing = home.run(&["check"]).fault();
    assert!(missing.starts_with("firebell: template own: it cannot be read: No such file"), "{missing}");
    home.write("own", "a file\n");
    let file = home.run(&["export", "INC-1"]).fault();
    assert!(file.starts_with("firebell: template own: it cannot be read: Not a directory"), "{file}");
}

#[test]
fn what_is_edited_counts_from_the_next_export() {
    let home = with(&[("postmortem/standard.md.hbs", "first {{card.id}}\n")]);
    assert_eq!(home.run(&["export", "INC-1"]).done(), "first INC-1");
    home.write("own/postmortem/standard.md.hbs", "second {{card.id}}\n");
    assert_eq!(home.run(&["export", "INC-1"]).done(), "second INC-1");
    home.write("own/postmortem/standard.md.hbs", "third\n{{card.ident}}\n");
    let why = home.run(&["export", "INC-1"]).fault();
    let expected = "own/postmortem/standard.md.hbs, line 2: there is no variable `card.ident` here";
    assert!(why.contains(expected), "{why}");
    // It keeps nobody from going on, and from the other templates.
    home.says("ana", "/incident note x").done();
    std::fs::remove_file(home.path("own/postmortem/standard.md.hbs")).unwrap();
    assert!(home.run(&["export", "INC-1"]).done().contains("# Timeline"));
    assert!(home.run(&["verify"]).done().lines().all(|line| line.ends_with(": intact")));
}

#[test]
fn templates_that_include_each_other_in_a_circle_are_refused_by_everybody() {
    for (templates, why) in [
        (
            &[("chat/card.hbs", "{{> chat/card}}\n")][..],
            "card.hbs, line 1: it includes itself: chat/card includes chat/card",
        ),
        (
            &[("chat/card.hbs", "a\n{{#if id}}{{> chat/show}}{{/if}}\n"), ("chat/show.hbs", "{{> chat/card}}\n")],
            "it includes itself: chat/card includes chat/show includes chat/card",
        ),
        (
            &[("entry/noted.hbs", "{{> chat/post}}\n"), ("chat/post.hbs", "{{say entry.partial}}\n")],
            "it includes itself: chat/post includes entry/noted includes chat/post",
        ),
        (&[("chat/card.hbs", "{{#*inline \"x\"}}{{> x}}{{/inline}}{{> x}}\n")], "it includes itself: x includes x"),
        (&[("chat/card.hbs", "{{> (lookup this \"id\")}}\n")], "line 1: the name of a partial must be written out"),
    ] {
        let home = with(templates);
        let refused = refused(&home);
        assert!(refused.contains(why), "{refused}");
        assert!(home.run(&["export", "INC-1"]).fault().contains(why));
    }
}
