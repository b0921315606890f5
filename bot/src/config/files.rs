//! Files of the directory: people, teams, services, policies, schedules and calendars, read together.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::Key;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::calendars::CalendarSection;
use super::directory::{self, Known};
use super::error::{ConfigError, Wrong, line_and_column};
use super::file::DirectoryFile;
use super::rooms::Places;
use super::{Config, reached_by};

/// The text of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// What errors call it.
    pub name: String,
    pub text: String,
    /// It is the iCalendar file of a calendar, whose path is its name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub calendar: bool,
}

/// The texts of all files that describe one directory, and those of the iCalendar files that they name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sources(pub Vec<Text>);

/// What the place of something in a text is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Positions {
    /// From the beginning of its own text. That does not tell of which text it is.
    OfEach,
    /// From the beginning of all of them: each is read behind as many blanks as the texts before it have bytes, which for
    /// many files is far more than what they hold.
    OfAll,
}

impl Sources {
    /// Reads files, and of folders those whose names end in `.toml`, by their names. One that is named twice is read once.
    ///
    /// # Errors
    /// One cannot be read, is no text in UTF-8, or a folder has none.
    pub fn read(paths: &[PathBuf]) -> Result<Self, ConfigError> {
        let mut files: Vec<PathBuf> = Vec::new();
        for path in paths {
            for file in files_of(path)? {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
        }
        files.iter().map(|path| read(path)).collect::<Result<_, _>>().map(Self)
    }

    /// The same with the iCalendar files that they name, so that all of it says the same whenever it is read. What cannot be
    /// read is missing still, for whoever checks it to say so.
    #[must_use]
    pub fn with_calendars(mut self) -> Self {
        let Ok(file) = self.parse(Positions::OfEach) else { return self };
        let paths: BTreeSet<&Path> = file.calendars.iter().filter_map(CalendarSection::path).collect();
        let text = |path: &Path| {
            let text = fs::read_to_string(path).ok()?;
            Some(Text { name: path.display().to_string(), text, calendar: true })
        };
        let texts: Vec<Text> = paths.into_iter().filter_map(text).collect();
        self.0.extend(texts);
        self
    }

    /// Those of the directory.
    pub fn files(&self) -> impl Iterator<Item = &Text> {
        self.0.iter().filter(|text| !text.calendar)
    }

    /// Where each text begins when all stand behind each other, with one byte between two of them, so that the end of one
    /// is not the beginning of the next.
    fn starts(&self) -> impl Iterator<Item = (usize, &Text)> {
        self.files().scan(0, |next, text| {
            let start = *next;
            *next += text.text.len() + 1;
            Some((start, text))
        })
    }

    fn parse(&self, positions: Positions) -> Result<DirectoryFile, Wrong> {
        let mut all = DirectoryFile::default();
        for (start, text) in self.starts() {
            let blanks = if positions == Positions::OfAll { start } else { 0 };
            let padded = format!("{}{}", " ".repeat(blanks), text.text);
            let file: DirectoryFile = toml::from_str(&padded).map_err(|error| Wrong::from_toml(&padded, &error))?;
            all.people.extend(file.people);
            all.teams.extend(file.teams);
            all.services.extend(file.services);
            all.policies.extend(file.policies);
            all.schedules.extend(file.schedules);
            all.calendars.extend(file.calendars);
            match (&all.last_resort, file.last_resort) {
                (Some(first), Some(second)) => {
                    let message = "\"last_resort\" is there twice; keep one of them";
                    return Err(Wrong::twice(&second.span(), &first.span(), message));
                }
                (None, some) => all.last_resort = some,
                (Some(_), None) => {}
            }
        }
        Ok(all)
    }

    /// The file that a byte of all of them is in, and the place there.
    fn place(&self, at: usize) -> Option<(&Text, usize)> {
        self.starts().take_while(|(start, _)| *start <= at).last().map(|(start, text)| (text, at - start))
    }

    fn explain(&self, wrong: Wrong) -> ConfigError {
        let Some((text, at)) = self.place(wrong.at) else { return wrong.in_file("", "") };
        let other = wrong.other.and_then(|other| self.place(other)).filter(|(other, _)| other.name != text.name);
        let message = other.map_or_else(String::new, |(other, at)| {
            let (line, column) = line_and_column(&other.text, at);
            format!(" (the other one is at {}:{line}:{column})", other.name)
        });
        Wrong { at, message: format!("{}{message}", wrong.message), other: None }.in_file(&text.text, &text.name)
    }
}

impl Config {
    /// What these texts want the directory to hold, with the workspaces of this configuration. An iCalendar file that is not
    /// among them is read where it lies.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] for the first thing that is wrong.
    pub fn directory_of(&self, sources: &Sources) -> Result<FileDirectory, ConfigError> {
        let read = |positions| sources.parse(positions).and_then(|file| self.check_directory(file, sources));
        // Once more for whoever has to mend something, and not for the many who have not.
        read(Positions::OfEach).or_else(|_| read(Positions::OfAll)).map_err(|wrong| sources.explain(wrong))
    }

    fn check_directory(&self, file: DirectoryFile, sources: &Sources) -> Result<FileDirectory, Wrong> {
        let slack: Vec<String> = self.slack.iter().map(|workspace| workspace.name.clone()).collect();
        let discord: Vec<String> = self.discord.iter().map(|server| server.name.clone()).collect();
        let known = Known { slack: &slack, discord: &discord };
        let rows = directory::Rows {
            teams: file.teams,
            services: file.services,
            policies: file.policies,
            schedules: file.schedules,
            calendars: file.calendars,
            texts: &sources.0,
        };
        let last_resort: Vec<Spanned<Key>> = file.last_resort.map(Spanned::into_inner).unwrap_or_default();
        let people = directory::people(file.people, known)?;
        let mut directory = directory::check(people, rows, &last_resort, &Places::new(known))?;
        directory.default_contacts = reached_by(!slack.is_empty(), !discord.is_empty());
        Ok(directory)
    }
}

/// A file, or those of a folder.
fn files_of(path: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let unreadable = |source: io::Error| ConfigError::Unreadable { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file.extension() == Some(OsStr::new("toml")) && file.is_file() {
            files.push(file);
        }
    }
    if files.is_empty() {
        let message = "there is no file in it whose name ends in .toml; name another folder, or the files".to_owned();
        return Err(ConfigError::BadFile { path: path.to_owned(), message });
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Text, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    // Behind blanks, the mark that some editors put in front of a text would be a part of it.
    let text = text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned);
    Ok(Text { name: path.display().to_string(), text, calendar: false })
}
