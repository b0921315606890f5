//! Where templates come from: built in, and replaced by an operator's own.

use std::collections::BTreeMap;
use std::path::Path;

use firebell_core::suggest;
use include_dir::{Dir, include_dir};

use super::{Target, TemplateError};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../templates");

const ENDING: &str = ".hbs";
/// What postmortem templates are called.
const POSTMORTEM_ENDING: &str = ".md.hbs";
/// The folder of what postmortem templates share.
pub(super) const PARTS: &str = "postmortem/parts/";
/// With which the file of a built-in template begins.
const BUILT_IN_MARK: &str = "built-in ";
/// The folder of templates for all chat platforms.
const CHAT: &str = "chat/";
/// The platforms that have templates of their own, which prevail over those for all, each with its folder.
const OWN: [(Target, &str); 2] = [(Target::Slack, "slack/"), (Target::Discord, "discord/")];

/// One template's text, and the file it came from.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) file: String,
    pub(super) text: String,
}

/// Every template by its name, which is its path without the ending.
pub(super) fn load(dir: Option<&Path>) -> Result<BTreeMap<String, Source>, TemplateError> {
    let mut sources = BTreeMap::new();
    built_in(&BUILT_IN, &mut sources)?;
    if let Some(dir) = dir {
        let mut own = BTreeMap::new();
        read(dir, "", &mut own)?;
        everywhere(&mut own, &sources);
        for (name, source) in own {
            let known = sources.contains_key(&name) || shared(&name).is_some_and(|name| sources.contains_key(&name));
            if !known && !is_postmortem(&name) {
                return Err(replaces_nothing(&name, source, &sources));
            }
            if name.starts_with("entry/") && says(&source.text) {
                return Err(TemplateError::new(source.file, "an entry's sentence cannot hold itself by `say`"));
            }
            sources.insert(name, source);
        }
    }
    Ok(sources)
}

/// Whether Slack may show what this template says, by itself or as a part of another: documents it does not, nor what is
/// for another platform alone.
pub(super) fn may_be_in_slack(name: &str) -> bool {
    !(is_postmortem(name) || ["report/", "ticket/", "discord/"].iter().any(|folder| name.starts_with(folder)))
}

/// The full name of a postmortem template.
pub(super) fn postmortem(name: &str) -> String {
    format!("postmortem/{name}.md")
}

/// Whether there is a built-in template of this full name.
pub(super) fn is_built_in(name: &str) -> bool {
    BUILT_IN.get_file(format!("{name}{ENDING}")).is_some()
}

/// An operator's own file, told from a built-in one.
pub(super) fn own(file: &str) -> Option<&str> {
    (!file.starts_with(BUILT_IN_MARK)).then_some(file)
}

/// A file as if it stood among the postmortem templates, and the name by which it would be chosen.
pub(super) fn alone(path: &Path) -> Result<(String, Source), TemplateError> {
    let file = path.display().to_string();
    let called = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = called.strip_suffix(POSTMORTEM_ENDING).filter(|name| is_postmortem(&postmortem(name)));
    let Some(name) = name else {
        let reason = "a postmortem template is called NAME.md.hbs; name it so, or have any other checked in its folder by \
                      `firebell check`";
        return Err(TemplateError::new(file, reason));
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| TemplateError::new(&file, format!("it cannot be read: {error}")))?;
    Ok((name.to_owned(), Source { file, text: without_final_newline(&text).to_owned() }))
}

/// The template for all chat platforms over which this one prevails on its own.
pub(super) fn shared(name: &str) -> Option<String> {
    let rest = OWN.iter().find_map(|(_, folder)| name.strip_prefix(folder))?;
    Some(format!("{CHAT}{rest}"))
}

/// The template that would prevail over this one there.
pub(super) fn prevailing(target: Target, name: &str) -> Option<String> {
    let (_, folder) = OWN.iter().find(|(platform, _)| *platform == target)?;
    name.strip_prefix(CHAT).map(|rest| format!("{folder}{rest}"))
}

/// Whoever replaces what all chat platforms show, and not what one of them shows, means that one too.
fn everywhere(own: &mut BTreeMap<String, Source>, built_in: &BTreeMap<String, Source>) {
    let everywhere = |(target, _): &(Target, &str)| {
        let target = *target;
        own.iter().filter_map(move |(name, source)| Some((prevailing(target, name)?, source.clone())))
    };
    let replaced = OWN.iter().flat_map(everywhere);
    let replaced: Vec<_> =
        replaced.filter(|(name, _)| built_in.contains_key(name) && !own.contains_key(name)).collect();
    own.extend(replaced);
}

fn built_in(dir: &Dir<'_>, sources: &mut BTreeMap<String, Source>) -> Result<(), TemplateError> {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        let Some(name) = path.strip_suffix(ENDING) else { continue };
        let text = file.contents_utf8().ok_or_else(|| TemplateError::new(&path, "it is not UTF-8"))?;
        let text = without_final_newline(text).to_owned();
        sources.insert(name.to_owned(), Source { file: format!("{BUILT_IN_MARK}{path}"), text });
    }
    dir.dirs().try_for_each(|dir| built_in(dir, sources))
}

fn read(dir: &Path, under: &str, sources: &mut BTreeMap<String, Source>) -> Result<(), TemplateError> {
    let failed = |path: &Path, error: &std::io::Error| {
        TemplateError::new(path.display().to_string(), format!("it cannot be read: {error}"))
    };
    for item in std::fs::read_dir(dir).map_err(|error| failed(dir, &error))? {
        let path = item.map_err(|error| failed(dir, &error))?.path();
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let relative = format!("{under}{file_name}");
        if path.is_dir() {
            read(&path, &format!("{relative}/"), sources)?;
        } else if let Some(name) = relative.strip_suffix(ENDING) {
            let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
            let text = without_final_newline(&text).to_owned();
            sources.insert(name.to_owned(), Source { file: path.display().to_string(), text });
        }
    }
    Ok(())
}

/// Whether a template uses `say`, however it is spaced.
fn says(text: &str) -> bool {
    let packed: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '~').collect();
    packed.contains("{{say")
}

/// Editors end every file with a newline, which would break a line that a template is put into.
fn without_final_newline(text: &str) -> &str {
    text.trim_end_matches(['\n', '\r'])
}

fn is_postmortem(name: &str) -> bool {
    let own = name.strip_prefix("postmortem/").and_then(|rest| rest.strip_suffix(".md"));
    own.is_some_and(|own| !own.is_empty() && !own.contains('/'))
}

fn replaces_nothing(name: &str, source: Source, known: &BTreeMap<String, Source>) -> TemplateError {
    let hint = suggest::nearest(name, known.keys().map(String::as_str))
        .map_or_else(String::new, |near| format!("; did you mean {near}{ENDING}?"));
    TemplateError::new(source.file, format!("no template is called {name}{ENDING}, so nothing would use it{hint}"))
}
