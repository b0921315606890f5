//! What leaves Firebell of two public outages that are replayed, and of an incident of which nobody wrote anything: every
//! template in every form, held against the files under `bot/tests/goldens`. A PDF is held against its digest there; `scripts/test-interop` reads its words with other tools.
//!
//! `FIREBELL_GOLDENS=write` writes those files anew instead. `FIREBELL_DOCUMENTS_DIR` names a folder into which every document
//! is written, for tools that others wrote.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use firebell::app::{App, Wiring};
use firebell::clock::Clock;
use firebell::engine::Retention;
use firebell::entropy::Entropy;
use firebell::intake::{Answer, From, Inbound, Says, Shown};
use firebell::render::{Renderer, Target};
use firebell::replay::transcript::Transcript;
use firebell::replay::{Pace, Player};
use firebell::seal::Keyring;
use firebell::store::{Store, StoreOptions};
use firebell::targets::Targets;
use firebell::trackers::Trackers;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use similar::TextDiff;

use crate::support::{Place, Terminal};

/// The transcripts, and who asks for the documents of each.
const OUTAGES: [(&str, &str); 3] =
    [("cloudflare-2019-07-02", "sre2"), ("gitlab-2017-01-31", "ops2"), ("nothing-written", "ana")];

/// The documents of one outage by the names of their files.
type Documents = BTreeMap<String, Vec<u8>>;

#[tokio::test]
async fn every_template_in_every_form_reads_as_it_did() {
    for (outage, who) in OUTAGES {
        let place = Place::sqlite();
        let documents = Box::pin(replayed(&place, outage, who, &["md", "html", "pdf"])).await;
        place.remove().await;
        assert_eq!(documents.len(), 6 * 3 + 1, "six templates in three forms, and the record");
        if let Some(folder) = std::env::var_os("FIREBELL_DOCUMENTS_DIR") {
            write(&Path::new(&folder).join(outage), &documents);
        }
        let goldens = goldens_of(&documents);
        if std::env::var("FIREBELL_GOLDENS").is_ok_and(|what| what == "write") {
            let _ = std::fs::remove_dir_all(folder(outage));
            write(&folder(outage), &goldens);
        }
        compare(outage, &goldens);
    }
}

/// The databases keep the same, so what is made of it is the same.
#[tokio::test]
async fn documents_do_not_depend_on_the_database_on_postgres() {
    let (outage, who) = OUTAGES[1];
    let place = Place::postgres().await;
    let documents = Box::pin(replayed(&place, outage, who, &["md"])).await;
    place.remove().await;
    for (name, text) in goldens_of(&documents) {
        same(&folder(outage).join(name), &text);
    }
}

fn folder(outage: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(outage)
}

fn write(folder: &Path, documents: &Documents) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, bytes) in documents {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

/// Every golden file is there, and none that nothing writes any more.
fn compare(outage: &str, goldens: &Documents) {
    let held = std::fs::read_dir(folder(outage)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut held: Vec<String> = held.collect();
    held.sort();
    assert!(held.iter().eq(goldens.keys()), "{outage}: there are {held:?}");
    for (name, bytes) in goldens {
        same(&folder(outage).join(name), bytes);
    }
}

fn same(golden: &Path, bytes: &[u8]) {
    let held = std::fs::read(golden).unwrap();
    if held == bytes {
        return;
    }
    let (held, now) = (String::from_utf8_lossy(&held), String::from_utf8_lossy(bytes));
    let diff = TextDiff::from_lines(&held, &now);
    panic!(
        "{} reads otherwise; if it should, run this with FIREBELL_GOLDENS=write and look at git diff:\n{}",
        golden.display(),
        diff.unified_diff().context_radius(1).header("held", "now")
    );
}

/// What is kept of the documents: PDFs as one list of digests, and the record without the bytes of which it tells the hashes.
fn goldens_of(documents: &Documents) -> Documents {
    let (mut goldens, mut digests) = (Documents::new(), String::new());
    for (name, bytes) in documents {
        match name.rsplit_once('.').unwrap().1 {
            // As sha256sum reads it.
            "pdf" => writeln!(digests, "{}  {name}", hex(&Sha256::digest(bytes))).unwrap(),
            "json" => drop(goldens.insert(name.clone(), lean(bytes))),
            _ => drop(goldens.insert(name.clone(), bytes.clone())),
        }
    }
    if !digests.is_empty() {
        goldens.insert("pdf.sha256".to_owned(), digests.into_bytes());
    }
    goldens
}

fn lean(record: &[u8]) -> Vec<u8> {
    let mut record: Value = serde_json::from_slice(record).unwrap();
    for entry in record["entries"].as_array_mut().unwrap() {
        let canonical = entry.as_object_mut().unwrap().remove("canonical").unwrap();
        let canonical = unhex(canonical.as_str().unwrap());
        assert_eq!(entry["hash"], hex(&Sha256::digest(canonical)), "the hash of {}", entry["id"]);
    }
    (serde_json::to_string_pretty(&record).unwrap() + "\n").into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Replays an outage and has somebody export it in its room, by every template in these forms, and the record.
async fn replayed(place: &Place, outage: &str, who: &str, forms: &[&str]) -> Documents {
    let file = format!("{}/tests/transcripts/{outage}.txt", env!("CARGO_MANIFEST_DIR"));
    let transcript = Transcript::parse(&std::fs::read_to_string(&file).unwrap(), &file).unwrap();
    let clock = Clock::manual(transcript.start);
    let renderer = Renderer::new(None).unwrap();
    let templates = renderer.templates();
    let app = wire(place, &transcript, clock.clone(), renderer).await;
    let player = Player::new((&transcript, &file), app.clone(), clock, Pace::Instant);
    Box::pin(player.play(|_| Ok(()))).await.unwrap();
    let mut documents = Documents::new();
    for template in &templates {
        for form in forms {
            let bytes = export(&app, who, &format!("{form} --template {template}")).await;
            documents.insert(format!("{template}.{form}"), bytes);
        }
    }
    documents.insert("record.json".to_owned(), export(&app, who, "json").await);
    app.store.close().await;
    documents
}

async fn export(app: &App, who: &str, what: &str) -> Vec<u8> {
    let inbound = Inbound {
        workspace: app.console,
        id: format!("export {what}"),
        from: From::Account { external_id: who.to_owned() },
        room: None,
        says: Says::Line(format!("/incident INC-1 export {what}")),
        target: Target::Console,
    };
    match app.intake.take(inbound).await.unwrap() {
        Answer::Shown(Shown::Document { content, .. }) => content.bytes().to_vec(),
        other => panic!("export {what}: {other:?}"),
    }
}

/// What `firebell replay` plays on: a key, ids and a clock that give the same bytes each time.
async fn wire(place: &Place, transcript: &Transcript, clock: Clock, renderer: Renderer) -> App {
    let settings = firebell_core::settings::Settings {
        default_policy: transcript.default_policy.clone(),
        ..firebell_core::settings::Settings::default()
    };
    let wiring = Wiring {
        store: Store::open(&place.url, StoreOptions::default()).await.unwrap(),
        keyring: Keyring::fixed_for_replay(),
        settings,
        directory: None,
        renderer,
        clock,
        entropy: Entropy::counter(),
        screen: std::sync::Arc::new(Terminal::new()),
        watched: true,
        retention: Retention { inbox: TimeDelta::days(1), messages: None, files: None },
        slack: Vec::new(),
        discord: Vec::new(),
        alarm_webhook: None,
        notifiers: firebell::notifiers::Notifiers::default(),
        trackers: Trackers::default(),
        targets: Targets::default(),
        twilio: None,
        heartbeat: None,
        synthetic: None,
        calendars: firebell::calendars::Reach::default(),
    };
    let app = Box::pin(App::wire(wiring)).await.unwrap();
    app.bring_in(transcript.directory()).await.unwrap();
    app
}
