//! The directions of ARCHITECTURE.md, read from the `use` lines.

use std::path::{Path, PathBuf};

/// A part of `bot/src`, and the parts that it must not name.
const BOT: &[(&str, &[&str])] = &[
    ("platform", &["store", "intake", "worker", "engine", "app", "web", "cli", "config"]),
    ("store", &["intake", "worker", "engine", "app", "platform", "render", "web", "cli", "config", "replay"]),
    ("render", &["store", "intake", "worker", "engine", "app", "platform", "web", "cli", "config"]),
    ("intake", &["worker", "engine", "app", "platform", "web", "cli", "config", "replay"]),
    ("worker", &["engine", "app", "web", "cli", "config", "replay"]),
    ("engine", &["app", "cli", "config", "replay", "platform"]),
    ("web", &["store", "intake", "worker", "engine", "app", "platform", "cli", "config"]),
    ("config", &["intake", "worker", "engine", "app", "platform", "web", "cli"]),
];

/// Crates that would let the outside into the domain.
const NOT_IN_CORE: &[&str] = &["tokio", "sqlx", "axum", "reqwest", "serenity", "slack_morphism", "firebell"];

#[test]
fn parts_name_only_what_they_may() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for (part, forbidden) in BOT {
        let files = files_of(&source, part);
        assert!(!files.is_empty(), "there is no part {part}; mend this table");
        for file in files {
            for (number, line) in code(&file) {
                let named = |word: &&&str| {
                    line.contains(&format!("crate::{word}::"))
                        || line.contains(&format!("crate::{word};"))
                        || line.contains(&format!("crate::{word} "))
                };
                if let Some(word) = forbidden.iter().find(named) {
                    breaches.push(format!("{}:{number}: {part} names {word}", file.display()));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_domain_lets_nothing_in() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    let mut breaches = Vec::new();
    for file in all_files(&source) {
        for (number, line) in code(&file) {
            let named = |name: &&&str| line.contains(&format!("{name}::"));
            if let Some(name) = NOT_IN_CORE.iter().find(named).filter(|_| !line.contains("firebell_core")) {
                breaches.push(format!("{}:{number}: core names {name}", file.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn only_app_wires() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let makers = ["Intake::new(", "Worker::new(", "Store::open(", "Health::new("];
    let wiring: Vec<String> = all_files(&source)
        .iter()
        .filter(|file| !file.ends_with("app.rs") && !is_test(file))
        .flat_map(|file| code(file).into_iter().map(|(number, line)| (file.clone(), number, line)))
        .filter(|(_, _, line)| makers.iter().any(|maker| line.contains(maker)))
        .map(|(file, number, _)| format!("{}:{number}", file.display()))
        .collect();
    assert!(wiring.is_empty(), "these wire parts beside app.rs: {}", wiring.join(", "));
}

/// The lines of a file that are code and not tests, with their numbers.
fn code(file: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(file).unwrap();
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim().to_owned()));
    numbered
        .take_while(|(_, line)| !line.starts_with("mod tests {"))
        .filter(|(_, line)| !line.starts_with("//"))
        .collect()
}

fn files_of(source: &Path, part: &str) -> Vec<PathBuf> {
    let mut files = all_files(&source.join(part));
    let root = source.join(format!("{part}.rs"));
    files.extend(root.exists().then_some(root));
    files.retain(|file| !is_test(file));
    files
}

fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(all_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}
