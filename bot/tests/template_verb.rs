//! Templates listed, tried before they are in their folder, and what they can name; and the schema of records.

use serde_json::Value;

use crate::support::Home;

/// A home with an incident, and a folder for templates.
fn home() -> Home {
    let home = Home::with("[templates]\ndir = \"own\"\n");
    std::fs::create_dir(home.path("own")).unwrap();
    home.feeds(&["console"], "/incident declare checkout is down sev4\n").done();
    home
}

fn repository(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn every_postmortem_template_is_listed_with_where_it_is_from_and_its_sections() {
    let home = home();
    home.write(
        "own/postmortem/brief.md.hbs",
        "{{#written \"gist\" title=\"The gist\"}}?{{/written}}\n{{> postmortem/parts/summary}}\n",
    );
    home.write("own/postmortem/short.md.hbs", "nothing to write\n");
    home.write("own/postmortem/parts/links.hbs", "none\n");
    let said = home.run(&["template", "list"]).done();
    for expected in [
        "brief: own/postmortem/brief.md.hbs\n  gist                     The gist\n  summary                  Summary\n",
        "customer: built in\n  customer-summary         What happened, for customers\n",
        "short: own/postmortem/short.md.hbs, in the place of the built-in one\nstandard: built in\n",
        "postmortem/parts/links: own/postmortem/parts/links.hbs, in the place of the built-in part",
    ] {
        assert!(said.contains(expected), "{expected}\n\n{said}");
    }
    let json: Value = serde_json::from_str(&home.run(&["template", "list", "--json"]).done()).unwrap();
    let names: Vec<&str> =
        json["templates"].as_array().unwrap().iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["brief", "customer", "executive", "five-whys", "security", "short", "standard"]);
    assert_eq!(json["templates"][0]["sections"][1]["key"], "summary");
    assert_eq!(
        (&json["templates"][0]["replaces_built_in"], &json["templates"][5]["replaces_built_in"]),
        (&false.into(), &true.into())
    );
    assert_eq!(json["replaced_parts"][0]["name"], "postmortem/parts/links");
}

#[test]
fn a_sound_file_is_said_to_be_sound_and_rendered_on_demand() {
    let home = home();
    home.write("brief.md.hbs", "# {{card.title}} by {{template}}\n\n{{> postmortem/parts/summary}}\n");
    let said = home.run(&["template", "check", "brief.md.hbs"]).done();
    assert_eq!(said, "brief.md.hbs is sound: the template brief with the sections summary");
    assert!(
        home.run(&["template", "check", "brief.md.hbs", "--print"]).done().starts_with("# words of people by brief\n")
    );
    let made = home.run(&["template", "check", "brief.md.hbs", "--with", "INC-1"]).done();
    assert!(made.starts_with("# checkout is down by brief\n\n<!-- firebell:section summary "), "{made}");
    // It is no template until it is in its folder, and the incident has no other.
    assert!(
        home.run(&["export", "INC-1", "--template", "brief"])
            .refused()
            .contains("No postmortem template is called brief")
    );
    let unknown = home.run(&["template", "check", "brief.md.hbs", "--with", "INC-7"]).refused();
    assert!(unknown.contains("INC-7"), "{unknown}");
    // Whoever holds the database sees what is private, as with every export.
    home.says("ana", "/incident declare payroll leaked sev4 --private").done();
    assert!(
        home.run(&["template", "check", "brief.md.hbs", "--with", "INC-2"])
            .done()
            .starts_with("# payroll leaked by brief")
    );
    home.write("bare.md.hbs", "{{card.id}}\n");
    assert!(home.run(&["template", "check", "bare.md.hbs"]).done().ends_with("the template bare with no sections"));
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_place_and_what_was_meant() {
    let home = home();
    home.write("own/postmortem/parts/summary.hbs", "{{summary.txt}}\n");
    for (text, expected) in [
        (
            "# x\n\n  {{card.titel}}\n",
            "try.md.hbs, line 3, column 3: there is no variable `card.titel` here; did you mean `card.title`?",
        ),
        (
            "{{#each actions}}\n{{#if done}}{{don_at}}{{/if}}{{/each}}\n",
            "try.md.hbs, line 2, column 13: there is no variable `don_at` here; did you mean `done_at`?",
        ),
        ("{{#rows rwos}}{{id}}{{/rows}}\n", "line 1, column 1: there is no variable `rwos` here; did you mean `rows`?"),
        (
            "{{#each causes.row}}{{id}}{{/each}}\n",
            "there is no variable `causes.row` here; did you mean `causes.rows`?",
        ),
        (
            "{{#each pages}}{{#each notices}}{{../stat}}{{/each}}{{/each}}\n",
            "there is no variable `../stat` here; did you mean `../state`?",
        ),
        ("{{banana}}\n", "try.md.hbs, line 1, column 1: there is no variable `banana` here"),
        (
            "{{> postmortem/parts/sumary}}\n",
            "there is no template postmortem/parts/sumary to include; did you mean postmortem/parts/summary?",
        ),
        ("{{#eech actions}}x{{/eech}}\n", "line 1, column 1: there is no helper eech; did you mean each?"),
        ("a\n{{#if card\n", "try.md.hbs, line 2"),
        (
            "{{> postmortem/parts/summary}}\n",
            "own/postmortem/parts/summary.hbs, line 1, column 1: there is no variable `summary.txt` here",
        ),
        (
            "a\n{{#each @root.rows}}{{#each @root.rows}}{{#each @root.rows}}{{#each @root.rows}}{{/each}}{{/each}}{{/each}}{{/each}}\n",
            "try.md.hbs, line 2, column ",
        ),
    ] {
        home.write("try.md.hbs", text);
        let said = home.run(&["template", "check", "try.md.hbs"]).fault();
        assert!(
            said.starts_with("firebell: ") && said.lines().count() == 1 && said.contains(expected),
            "{text}: {said}"
        );
        assert_eq!(said.contains("did you mean"), expected.contains("did you mean"), "{said}");
    }
    for (name, expected) in [
        ("none.md.hbs", "none.md.hbs: it cannot be read: No such file"),
        ("card.hbs", "card.hbs: a postmortem template is called NAME.md.hbs; name it so"),
        (".md.hbs", "a postmortem template is called NAME.md.hbs"),
    ] {
        let said = home.run(&["template", "check", name]).fault();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn what_templates_can_name_is_printed() {
    let home = Home::new();
    let page = home.run(&["template", "variables"]).done();
    assert_eq!(page, repository("templates/VARIABLES.md").trim_end());
    let json: Value = serde_json::from_str(&home.run(&["template", "variables", "--format", "json"]).done()).unwrap();
    assert_eq!(json["variables"]["$defs"]["CardView"]["properties"]["title"]["type"], "string");
    assert!(json["helpers"].as_array().unwrap().iter().any(|helper| helper["name"] == "rows"));
}

#[test]
fn a_record_is_what_its_schema_says() {
    let home = home();
    let printed = home.run(&["schema", "record"]).done();
    assert_eq!(printed, repository("core/record.schema.json").trim_end());
    home.feeds(
        &["console"],
        "/incident ack\nwords in the room\n/incident note x\n/incident factor a disk\n/incident summary s\n",
    )
    .done();
    home.says("ana", "/incident resolve done").done();
    let schema: Value = serde_json::from_str(&printed).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let export: Value = serde_json::from_str(&home.run(&["export", "INC-1", "--format", "json"]).done()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&export).map(|error| format!("{}: {error}", error.instance_path)).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert_eq!(
        export["entries"].as_array().map(Vec::len),
        export["head"]["entries"].as_u64().and_then(|n| n.try_into().ok())
    );
}

#[test]
fn a_section_of_a_part_can_be_taken_over_from_a_file() {
    let home = home();
    home.run(&["export", "INC-1", "-o", "INC-1.md"]).done();
    let text = home.read("INC-1.md");
    let edited =
        text.replacen("_To be written: what happened, to whom", "The disk was full: what happened, to whom", 1);
    assert_ne!(text, edited);
    home.write("INC-1.md", &edited);
    home.run(&["postmortem", "import", "INC-1.md", "--as", "ana"]).done();
    assert!(home.run(&["export", "INC-1"]).done().contains("The disk was full"));
}
