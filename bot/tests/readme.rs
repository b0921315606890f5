//! What README.md tells people to write can be used as it is written.

use crate::support::{Home, fed};

/// The secrets that its texts say stand in the environment.
const SECRETS: [(&str, &str); 1] = [("FIREBELL_TWILIO_AUTH_TOKEN", "a-token")];

/// The configurations in a document, each whole.
fn configurations(document: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    for line in document.lines().map(str::trim_start) {
        match (open, line) {
            (false, "```toml") => {
                open = true;
                found.push(String::new());
            }
            (true, "```") => open = false,
            (true, line) => found.last_mut().unwrap().extend([line, "\n"]),
            (false, _) => {}
        }
    }
    found
}

#[test]
fn every_configuration_of_the_readme_is_sound() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let found = configurations(&readme);
    assert!(found.len() >= 5, "only {} were found", found.len());
    let home = Home::new();
    for text in found {
        home.write("firebell.toml", &text);
        let said = fed(home.command().args(["check"]).envs(SECRETS), Vec::new());
        assert!(said.code == 0 && said.out.ends_with("the configuration is sound\n"), "{text}\n{said:?}");
    }
}
