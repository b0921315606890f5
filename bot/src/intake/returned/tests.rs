//! Whatever people do to a document and to copies of it, nobody's words are lost: they stand in it, or in a conflict.

mod steps;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::actor::Actor;
use firebell_core::chain::Hash;
use firebell_core::command::{Ask, Command, Declare, ReviewCommand};
use firebell_core::decide::decide;
use firebell_core::directory::{Chosen, ContactMethod, Directory, Origin, Person, Standing};
use firebell_core::facts::Facts;
use firebell_core::ids::{EntryId, IncidentId, Key, PersonId, WorkspaceId};
use firebell_core::incident::{Incident, Measures};
use firebell_core::refusal::Refusal;
use firebell_core::settings::Settings;
use firebell_core::timeline::Entry;
use firebell_core::view::{Head, PostmortemView, Record};
use proptest::prelude::*;
use uuid::Uuid;

use self::steps::{SECTIONS, Step, step, words};
use super::{Compared, compared};
use crate::document::{Mark, Returned, ReturnedSection, sanitise_from};
use crate::render::Renderer;

static RENDERER: LazyLock<Renderer> = LazyLock::new(|| Renderer::new(None).unwrap());

const PEOPLE: [&str; 3] = ["ana", "bo", "cy"];

/// A file that was exported, with what somebody put into its sections.
#[derive(Debug, Clone)]
struct Copy {
    text: String,
    /// How many steps there had been.
    made: usize,
    edited: BTreeMap<&'static str, String>,
}

/// Words, and when they were put there.
#[derive(Debug, Clone)]
struct Put {
    text: String,
    step: usize,
    entry: EntryId,
}

/// What is known of a section without asking Firebell.
#[derive(Debug, Clone)]
struct Held {
    /// What was written as a section; nothing once that was taken away.
    own: Put,
    /// What was told as summary or impact, which stands there unless something was written.
    told: Put,
    /// The entry that wrote the section before the last one did.
    before: EntryId,
}

impl Held {
    fn nothing() -> Self {
        let put = Put { text: String::new(), step: 0, entry: EntryId(0) };
        Self { own: put.clone(), told: put, before: EntryId(0) }
    }

    fn stands(&self) -> &Put {
        if self.own.text.is_empty() { &self.told } else { &self.own }
    }

    fn writes(&mut self, own: Put) {
        self.before = self.over();
        self.own = own;
    }

    /// What a form takes along that is opened now.
    fn over(&self) -> EntryId {
        if self.own.text.is_empty() { EntryId(0) } else { self.own.entry }
    }
}

struct Story {
    directory: Directory,
    incident: Incident,
    entries: Vec<Entry>,
    held: BTreeMap<&'static str, Held>,
    copies: Vec<Copy>,
    steps: usize,
}

fn key(word: &str) -> Key {
    Key::new(word).unwrap()
}

fn id(who: usize) -> PersonId {
    PersonId(Uuid::from_u128(who as u128 + 1))
}

fn directory() -> Directory {
    let person = |(number, handle): (usize, &&str)| Person {
        id: id(number),
        handle: key(handle),
        name: (*handle).to_owned(),
        email: None,
        zone: chrono_tz::UTC,
        locale: "en".to_owned(),
        standing: Standing::Responder,
        contacts: vec![ContactMethod::Console],
        addresses: BTreeMap::new(),
        rules: Vec::new(),
        chosen: Chosen::default(),
        origin: Origin::File,
        active: true,
    };
    let people = PEOPLE.iter().enumerate().map(person).map(|person| (person.id, person)).collect();
    Directory { people, ..Directory::default() }
}

fn facts(directory: &Directory, incident: Option<Incident>, number: usize) -> Facts {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    Facts {
        settings: Arc::new(Settings::default()),
        directory: Arc::new(directory.clone()),
        incident,
        next_incident: IncidentId(1),
        raised: None,
        other: None,
        pages: Vec::new(),
        history: Vec::new(),
        message: None,
        places: Vec::new(),
        here: None,
        turns: BTreeMap::new(),
        seed,
    }
}

fn at(step: usize) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(i64::try_from(step).unwrap())
}

fn chat(who: usize) -> Actor {
    Actor::chat(id(who), WorkspaceId(Uuid::from_u128(77)))
}

/// What is kept of words, and nothing where nothing is left of them.
fn kept(text: &str) -> String {
    firebell_core::text::kept("section", text, 32_768).unwrap_or_default()
}

/// What stands of them in a document.
fn shown(text: &str) -> String {
    sanitise_from(text, 3).trim().to_owned()
}

impl Story {
    fn new() -> Self {
        let directory = directory();
        let declare = Command::Declare(Declare { title: "it is down".to_owned(), ..Declare::default() });
        let decided = decide(&facts(&directory, None, 0), declare, &chat(0), at(0)).unwrap();
        let incident = decided.incidents[0].clone();
        let entries = decided.entries.into_iter().map(|(_, entry)| entry).collect();
        let held = SECTIONS.map(|section| (section, Held::nothing())).into();
        Self { directory, incident, entries, held, copies: Vec::new(), steps: 0 }
    }

    fn does(&mut self, command: Command) -> Result<(), Refusal> {
        let facts = facts(&self.directory, Some(self.incident.clone()), self.steps);
        let decided = decide(&facts, command, &chat(self.steps % PEOPLE.len()), at(self.steps))?;
        self.incident = decided.incidents.into_iter().next().unwrap();
        self.entries.extend(decided.entries.into_iter().map(|(_, entry)| entry));
        Ok(())
    }

    /// Words that the last entry put somewhere.
    fn put(&self, text: &str) -> Put {
        Put { text: text.to_owned(), step: self.steps, entry: EntryId(self.incident.entries) }
    }

    fn export(&self) -> String {
        let record = Record {
            incident: &self.incident,
            entries: &self.entries,
            messages: &[],
            pages: &[],
            directory: &self.directory,
            settings: &Settings::default(),
            times: chrono_tz::UTC.into(),
            head: Head { seq: self.incident.entries, hash: Hash::from_bytes([7; 32]), signature: "k.0".to_owned() },
        };
        RENDERER.postmortem("short", &PostmortemView::of(&record)).unwrap()
    }

    fn step(&mut self, step: Step) {
        self.steps += 1;
        match step {
            Step::Write(section, text) => self.write(SECTIONS[section], &text, None),
            Step::Form(section, text, stale) => self.write(SECTIONS[section], &text, Some(stale)),
            Step::Summary(text) => {
                let text = kept(&text);
                self.tell("summary", Command::SetSummary { text: text.clone() }, &text);
            }
            Step::Impact(text) => {
                let (text, started_at, ended_at, measures) = (kept(&text), None, None, Measures::default());
                let command = Command::SetImpact { text: Some(text.clone()), started_at, ended_at, measures };
                self.tell("impact", command, &text);
            }
            Step::Export => {
                let (text, edited) = (self.export(), BTreeMap::new());
                assert_eq!(text, self.export(), "what nobody changed is exported alike");
                self.copies.push(Copy { text, made: self.steps, edited });
            }
            Step::Edit(copy, section, text) => {
                let Some(number) = copy.checked_rem(self.copies.len()) else { return };
                self.copies[number].edit(SECTIONS[section], text);
            }
            Step::Import(copy) => {
                let Some(number) = copy.checked_rem(self.copies.len()) else { return };
                self.import(&self.copies[number].clone());
            }
        }
        self.says_what_was_written();
    }

    fn write(&mut self, section: &'static str, text: &str, form: Option<bool>) {
        let held = self.held[section].clone();
        let over = form.map(|stale| if stale { held.before } else { held.over() });
        let text = kept(text);
        let command = ReviewCommand::Write { section: key(section), text: text.clone(), over };
        match self.does(Command::Review(command)) {
            Ok(()) => {
                assert!(over.is_none_or(|over| over == held.over()), "a form replaced words that it had not shown");
                let put = self.put(&text);
                self.held.get_mut(section).unwrap().writes(put);
            }
            Err(Refusal::SectionChanged { .. }) => assert_ne!(over, Some(held.over())),
            Err(_) => assert_eq!(held.own.text, text, "only what stands there is refused"),
        }
    }

    /// The summary or the impact is told in the incident.
    fn tell(&mut self, section: &'static str, command: Command, text: &str) {
        // Whoever says nothing is shown what was told.
        if !text.is_empty() && self.does(command).is_ok() {
            self.held.get_mut(section).unwrap().told = self.put(text);
        }
    }

    fn import(&mut self, copy: &Copy) {
        let before = self.incident.clone();
        let Ok(returned) = Returned::read(&copy.text) else { return };
        // A mark among the words ends a section early, and what follows makes the file unfit, so this is all there is.
        for (section, text) in &copy.edited {
            let read = returned.sections.iter().find(|read| read.key.as_str() == *section).unwrap();
            assert_eq!(read.text, text.lines().collect::<Vec<_>>().join("\n").trim());
        }
        let changed: Vec<_> = returned.sections.iter().filter(|read| read.changed).collect();
        let clashing = |read: &&&ReturnedSection| {
            let stands = self.held[read.key.as_str()].stands();
            stands.step > copy.made && stands.text != read.text
        };
        let clashes: Vec<_> = changed.iter().filter(clashing).map(|read| (read.key.as_str(), &read.text)).collect();
        match compared(&returned, &self.incident, &self.directory) {
            Compared::Unchanged(_) => assert_eq!(changed, Vec::<&ReturnedSection>::new()),
            Compared::Conflicts(_, conflicts) => {
                let told: Vec<_> = conflicts.iter().map(|told| (told.section.as_str(), &told.mine)).collect();
                assert_eq!(told, clashes);
                for told in &conflicts {
                    let stands = self.held[told.section.as_str()].stands();
                    assert_eq!((&told.theirs, told.entry), (&stands.text, stands.entry));
                }
            }
            Compared::Changed(request) => {
                assert_eq!(clashes, Vec::new(), "it replaces what its writer has not seen");
                let Ask::Command(command) = request.ask else { panic!("{request:?}") };
                self.takes_over(command, &changed);
            }
            other => panic!("{other:?}"),
        }
        // Whatever was not edited in the copy stands as it stood.
        for (section, said) in &before.postmortem.sections {
            let edited = copy.edited.contains_key(section.as_str());
            assert!(edited || self.incident.postmortem.sections.get(section) == Some(said), "{section} was replaced");
        }
    }

    fn takes_over(&mut self, command: Command, changed: &[&ReturnedSection]) {
        let mut entry = EntryId(self.incident.entries);
        match self.does(command) {
            Ok(()) => {}
            Err(Refusal::NothingWritten { .. }) => {
                let stands = |read: &&ReturnedSection| self.held[read.key.as_str()].own.text == kept(&read.text);
                assert!(changed.iter().all(stands));
            }
            Err(refusal) => panic!("{refusal}"),
        }
        for read in changed {
            let text = kept(&read.text);
            let held = self.held.get_mut(read.key.as_str()).unwrap();
            if held.own.text != text {
                entry.0 += 1;
                held.writes(Put { text, step: self.steps, entry });
            }
        }
    }

    /// The record and the document say what is known to have been written.
    fn says_what_was_written(&self) {
        let returned = Returned::read(&self.export()).unwrap();
        for section in SECTIONS {
            let stored = self.incident.postmortem.sections.get(&key(section)).map_or("", |said| said.text.as_str());
            assert_eq!(stored, self.held[section].own.text, "section {section}");
            let read = returned.sections.iter().find(|read| read.key.as_str() == section).unwrap();
            assert!(!read.changed, "nobody has changed {section}");
            if !stored.is_empty() {
                assert_eq!(read.text, shown(stored), "section {section}");
            }
        }
    }
}

impl Copy {
    /// Puts words between the marks of a section.
    fn edit(&mut self, section: &'static str, text: String) {
        let begin = format!("<!-- firebell:section {section} ");
        // Nobody goes on in a file that was spoilt by a mark among somebody's words.
        if Returned::read(&self.text).is_err() {
            return;
        }
        let Some(from) = self.text.find(&begin).and_then(|at| Some(at + self.text.get(at..)?.find('\n')? + 1)) else {
            return;
        };
        let Some(to) = self.text.get(from..).and_then(|rest| rest.find(Mark::END)).map(|end| from + end) else {
            return;
        };
        self.text.replace_range(from..to, &format!("\n{text}\n\n"));
        self.edited.insert(section, text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nobodys_words_are_lost(steps in prop::collection::vec(step(), 1..14)) {
        let mut story = Story::new();
        for step in steps {
            story.step(step);
        }
    }

    /// What was exported and comes back is exported the same again.
    #[test]
    fn what_comes_back_is_exported_alike(texts in prop::array::uniform3(words())) {
        let mut story = Story::new();
        for (section, text) in SECTIONS.into_iter().zip(&texts) {
            story.write(section, text, None);
        }
        let first = story.export();
        for read in Returned::read(&first).unwrap().sections {
            if let Some(said) = story.incident.postmortem.sections.get_mut(&read.key) {
                said.text = kept(&read.text);
            }
        }
        prop_assert_eq!(story.export(), first);
    }
}
