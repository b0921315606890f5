//! Files that have a calendar at a URL, through the binary.

use super::server::{Does, SECRET, Server, shifts};
use crate::support::{Home, Place};

const ORG: &str = r#"
[[people]]
handle = "bo"
contacts = ["console"]
[[people]]
handle = "cy"
contacts = ["console"]
[[schedules]]
key = "nights"
[[schedules.layers]]
name = "planned"
calendar = "planned"
"#;

fn at_command_line(place: &Place, server: &Server) -> Home {
    let home = Home::new();
    let config = format!(
        "[database]\nurl = \"{}\"\n[key]\nfile = \"firebell.key\"\n[notify]\nprivate_networks = true\n",
        place.url
    );
    home.write("firebell.toml", &config);
    home.feeds(&["console"], "").done();
    let calendar = format!("[[calendars]]\nkey = \"planned\"\nurl = \"{}\"\nrefresh = \"2h\"\n", server.url());
    home.write("org/all.toml", &format!("{ORG}{calendar}"));
    home
}

#[tokio::test]
async fn files_with_a_url_are_checked_planned_applied_and_written_back() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let server = Server::start(&shifts("bo"));
        let home = at_command_line(&place, &server);
        server.does(Does::Status(500));
        let checked = home.run(&["check", "org"]);
        assert!(checked.err.contains("calendar planned is at a URL"), "{}", checked.err);
        checked.done();
        assert_eq!(server.asked(), 0, "to check files asks nobody");
        let refused = home.run(&["apply", "org"]);
        assert!(
            refused.code != 0 && refused.err.contains("calendar \"planned\": 127.0.0.1: it answers with status 500")
        );
        assert!(!refused.err.contains(SECRET), "{}", refused.err);

        server.does(Does::Answer);
        let from = ["--from", "2026-03-02T00:00"];
        let planned = home.run(&[&["plan", "org"][..], &from].concat()).done();
        assert!(planned.contains("@bo") && planned.contains("672 h"), "the plan tells the hours: {planned}");
        assert!(!planned.contains(SECRET), "{planned}");
        home.run(&[&["apply", "org"][..], &from].concat()).done();
        // What is known already may be out of reach for a while.
        server.does(Does::Status(500));
        let again = home.run(&[&["apply", "org"][..], &from].concat());
        assert!(again.err.contains("what it said before counts on"), "{}", again.err);
        assert!(again.done().contains("nothing changes"));
        let examined = home.run(&["doctor"]);
        assert!(examined.out.contains("planned was read from 127.0.0.1 when it was applied"), "{}", examined.out);

        server.does(Does::Answer);
        let asked = server.asked();
        let serving = home.serve();
        server.is_asked_again(asked);
        serving.stop("-TERM");
        server.does(Does::Status(500));

        let written = home.run(&["pull"]).done();
        for line in [&format!("url = \"{}\"", server.url()), "refresh = \"2h\"", "zone = \"UTC\""] {
            assert!(written.contains(line), "{line} is not in {written}");
        }
        home.write("org/all.toml", &written);
        assert!(home.run(&[&["plan", "org"][..], &from].concat()).done().contains("nothing changes"));
        let versions = home.run(&["versions", "--json"]).done();
        let number = serde_json::from_str::<serde_json::Value>(&versions).unwrap()[0]["number"].clone();
        home.run(&["apply", "--version", &number.to_string()]).done();
        place.remove().await;
    }
}

#[tokio::test]
async fn gaps_at_the_command_line_say_on_what_they_rest() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let server = Server::start(&shifts("bo"));
        let home = at_command_line(&place, &server);
        home.run(&["apply", "org"]).done();
        assert_eq!(home.run(&["schedule", "gaps"]).err, "");
        server.does(Does::Status(500));
        let asked = server.asked();
        let serving = home.serve();
        server.is_asked_again(asked);
        // What came of it is written down a little later.
        let told =
            (0..100).map(|_| home.run(&["schedule", "gaps", "nights", "--json"])).find(|told| !told.err.is_empty());
        let told = told.expect("nothing is said of a calendar that cannot be read");
        assert!(told.err.starts_with("beware: nights rests on what calendar planned said at "), "{}", told.err);
        assert!(told.err.trim_end().ends_with(" UTC; it could not be read since"), "{}", told.err);
        serde_json::from_str::<serde_json::Value>(&told.done()).unwrap();
        let from_files = home.run(&["schedule", "gaps", "--files", "org"]);
        assert!(!from_files.err.contains("rests on"), "{}", from_files.err);
        serving.stop("-TERM");
        place.remove().await;
    }
}

#[test]
fn what_a_file_says_of_a_url_is_held_against_itself() {
    for (calendar, says) in [
        ("url = \"ftp://example.org/a\"", "expected a URL that begins with https://"),
        ("url = \"https://ana:topsecret@example.org/a\"", "neither a user nor a password"),
        ("url = \"https://example.org/a\"\nrefresh = \"5m\"", "expected a duration from \"15m\" to \"7d\""),
        ("url = \"https://example.org/a\"\nfile = \"a.ics\"", "has both \"url\" and \"file\""),
        ("url = \"https://example.org/a\"\ndays = [\"2026-12-25\"]", "has both \"url\" and \"days\""),
        ("refresh = \"1h\"", "\"refresh\" says how often \"url\" is read, and there is none"),
    ] {
        let home = Home::with(&format!("[[calendars]]\nkey = \"planned\"\n{calendar}\n"));
        let refused = home.run(&["check"]);
        assert!(refused.code == 1 && refused.err.contains(says), "{calendar}: {}", refused.err);
        assert!(!refused.err.contains("topsecret"), "{}", refused.err);
    }
    let home = Home::with("[[calendars]]\nkey = \"planned\"\nurl = \"webcal://example.org/a\"\n");
    home.run(&["check"]).done();
}
