//! `[incidents]`: the rules of incidents, checked.

use firebell_core::command::rca::NO_CATEGORY;
use firebell_core::ids::Key;
use firebell_core::settings::{Capture, Field, Role, Settings, Severity};
use firebell_core::times::{Interval, KeyTime};
use toml::Spanned;

use super::directory::{known, unique};
use super::error::{Wrong, did_you_mean};
use super::file;
use super::rooms::Places;

/// The settings of the file over the defaults. Severities in the file replace the built-in four; roles rename or join
/// the built-in three, which are always there. Policies are known where the file describes the directory; elsewhere they
/// are in the database, and any may be named.
pub(super) fn check(section: file::Incidents, policies: Option<&[Key]>, places: &Places) -> Result<Settings, Wrong> {
    let mut settings = Settings::default();
    if let Some(types) = section.types {
        settings.types = unique("type", types.get_ref())?;
        if settings.types.is_empty() {
            return Err(Wrong::new(&types.span(), "\"types\" in [incidents] is empty; name at least one type"));
        }
    }
    unique("severity", section.severity.iter().map(|severity| &severity.key))?;
    let first = section.severity.first().map(|severity| severity.key.span());
    if first.is_some() {
        let checked = section.severity.into_iter().map(|held| severity(held, places));
        settings.severities = checked.collect::<Result<_, _>>()?;
    }
    unique("role", section.role.iter().map(|role| &role.key))?;
    section.role.into_iter().for_each(|role| add_role(&mut settings.roles, role));
    unique("field", section.field.iter().map(|field| &field.key))?;
    settings.fields = section.field.into_iter().map(field).collect::<Result<_, _>>()?;
    if let Some(categories) = section.cause_categories {
        settings.cause_categories = categories_of(&categories)?;
    }
    settings.intervals = intervals(section.interval)?;
    let keys: Vec<&Key> = settings.severities.iter().map(|severity| &severity.key).collect();
    match (section.default_severity, first) {
        (Some(default), _) => {
            known("\"default_severity\" in [incidents]", "severity", &default, &keys)?;
            settings.default_severity = default.into_inner();
        }
        (None, Some(first)) if !keys.contains(&&settings.default_severity) => {
            let message = "\"default_severity\" is missing in [incidents]: these severities have no \"sev3\"";
            return Err(Wrong::new(&first, message));
        }
        (None, _) => {}
    }
    if let Some(policy) = section.default_policy {
        if let Some(policies) = policies {
            known("\"default_policy\" in [incidents]", "policy", &policy, &policies.iter().collect::<Vec<_>>())?;
        }
        settings.default_policy = Some(policy.into_inner());
    }
    settings.capture = section.capture.map_or(settings.capture, Into::into);
    if let Some(mirror) = section.mirror.filter(|mirror| *mirror.get_ref()) {
        if settings.capture == Capture::Marked {
            let message = "\"mirror\" in [incidents] shows what is said in other rooms, and with capture = \"marked\" it is not \
                           kept; change one of them";
            return Err(Wrong::new(&mirror.span(), message));
        }
        settings.mirror = true;
    }
    settings.person_wait = section.person_wait.map_or(settings.person_wait, |wait| wait.0);
    settings.last_resort_every = section.last_resort_every.map_or(settings.last_resort_every, |every| every.0);
    Ok(settings)
}

fn categories_of(categories: &Spanned<Vec<Spanned<Key>>>) -> Result<Vec<Key>, Wrong> {
    let known = unique("category", categories.get_ref())?;
    if known.is_empty() {
        let message =
            "\"cause_categories\" in [incidents] is empty; name at least one, or leave it out for the usual ones";
        return Err(Wrong::new(&categories.span(), message));
    }
    // The word takes a category away.
    match categories.get_ref().iter().find(|key| key.get_ref().as_str() == NO_CATEGORY) {
        Some(none) => {
            Err(Wrong::new(&none.span(), "\"none\" is no category, it stands for having none; name it otherwise"))
        }
        None => Ok(known),
    }
}

fn intervals(sections: Vec<file::Interval>) -> Result<Vec<Interval>, Wrong> {
    let mut intervals: Vec<Interval> = Vec::new();
    for section in sections {
        let (at, name) = (section.name.span(), section.name.into_inner().0);
        if intervals.iter().any(|held| held.name.to_lowercase() == name.to_lowercase()) {
            return Err(Wrong::new(&at, format!("interval {name:?} is there twice; remove one")));
        }
        let (from, to) = (key_time(&section.from)?, key_time(&section.to)?);
        if from == to {
            let message = format!("interval {name:?} begins and ends with {}", from.word());
            return Err(Wrong::new(&section.to.span(), message));
        }
        intervals.push(Interval { name, from, to });
    }
    Ok(intervals)
}

fn key_time(named: &Spanned<String>) -> Result<KeyTime, Wrong> {
    let text = named.get_ref();
    KeyTime::parse(text).ok_or_else(|| {
        let known = KeyTime::ALL.map(KeyTime::word);
        let help = did_you_mean(text, known);
        let message = format!("{text:?} is no key time{help}; there are {}", known.join(", "));
        Wrong::new(&named.span(), message)
    })
}

fn severity(severity: file::Severity, places: &Places) -> Result<Severity, Wrong> {
    let key = severity.key.into_inner();
    Ok(Severity {
        rooms: places.check(&format!("severity \"{key}\""), severity.rooms)?,
        name: severity.name.map_or_else(|| key.to_string(), |name| name.0),
        update_every: severity.update_every.and_then(|every| every.0),
        pages: severity.pages,
        urgency: severity.urgency,
        key,
    })
}

fn add_role(roles: &mut Vec<Role>, role: file::Role) {
    let key = role.key.into_inner();
    let name = role.name.map_or_else(|| key.to_string(), |name| name.0);
    match roles.iter_mut().find(|held| held.key == key) {
        Some(held) => held.name = name,
        None => roles.push(Role { key, name }),
    }
}

fn field(field: file::Field) -> Result<Field, Wrong> {
    let key = field.key.into_inner();
    let mut values: Vec<String> = Vec::new();
    for value in field.values {
        let text = &value.get_ref().0;
        if values.iter().any(|held| held.to_lowercase() == text.to_lowercase()) {
            return Err(Wrong::new(
                &value.span(),
                format!("value {text:?} of field \"{key}\" is there twice; remove one"),
            ));
        }
        values.push(text.clone());
    }
    Ok(Field { name: field.name.map_or_else(|| key.to_string(), |name| name.0), values, key })
}
