//! Every function of the store that runs a statement is run by these tests on both engines.

use std::fs;
use std::path::Path;

const MODULES: [&str; 29] = [
    "actions",
    "bundles",
    "calendars",
    "cards",
    "contacts",
    "copies",
    "digests",
    "directory",
    "effects",
    "entries",
    "feeds",
    "files",
    "handoffs",
    "inbox",
    "incidents",
    "integrations",
    "installation",
    "leases",
    "links",
    "meant",
    "messages",
    "outlets",
    "pages",
    "searched",
    "synthetic",
    "tickets",
    "timers",
    "versions",
    "walk",
];

#[test]
fn no_public_function_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut missing = Vec::new();
    let mut found = 0;
    for module in MODULES {
        let source = fs::read_to_string(folder.join(format!("{module}.rs"))).unwrap();
        let test = fs::read_to_string(folder.join(format!("tests/{module}.rs"))).unwrap();
        let sample = fs::read_to_string(folder.join("tests/sample.rs")).unwrap();
        assert!(test.contains("on_both("), "{module} is not tested on both engines");
        for line in source.lines().filter_map(|line| line.trim().strip_prefix("pub async fn ")) {
            let name: String = line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found += 1;
            let (called, by_sample) = (format!("{name}(tx"), format!("{module}::{name}(tx"));
            let generic = format!("{name}::<");
            let in_test = test.contains(&called) || test.contains(&generic) || test.contains(&format!("{name}(&mut"));
            if !in_test && !sample.contains(&by_sample) {
                missing.push(format!("{module}::{name}"));
            }
        }
    }
    assert!(found > 50, "only {found} functions were found; has their form changed?");
    assert!(missing.is_empty(), "not run by a test: {missing:?}");
}
