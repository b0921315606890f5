//! How rooms are called: by a template of the operator's, the same on every platform that has channels.

use firebell_core::incident::Incident;
use handlebars::Handlebars;
use serde::Serialize;

/// What rooms are called when nobody says otherwise.
pub const DEFAULT: &str = "inc-{{number}}-{{title}}";
/// The longest part that a title makes of a name, in characters.
const TITLE_MAX: usize = 32;

/// A template for names.
#[derive(Debug, Clone)]
pub struct Naming(Handlebars<'static>);

/// What a template for names speaks of.
#[derive(Serialize)]
struct View<'i> {
    number: i64,
    /// In small letters and digits, with hyphens between them; empty for a private incident, as are the next two.
    title: String,
    service: &'i str,
    severity: &'i str,
    /// Of the declaration, in UTC: `20261121`.
    date: String,
}

impl Naming {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it, to complete "the name of rooms ...".
    pub fn new(template: &str) -> Result<Self, String> {
        let mut names = Handlebars::new();
        names.set_strict_mode(true);
        names.register_escape_fn(handlebars::no_escape);
        names.register_template_string("name", template).map_err(|error| format!("is no template: {error}"))?;
        let name = |number| {
            let view = View { number, title: String::new(), service: "", severity: "", date: String::new() };
            names.render("name", &view).map_err(|error| {
                format!("cannot be made: {error}; it may name number, title, service, severity and date")
            })
        };
        if name(1)? == name(2)? {
            return Err("holds no {{number}}, and without it two incidents would want the same name".to_owned());
        }
        Ok(Self(names))
    }

    /// The name of an incident's room. A private incident's says nothing but its number.
    pub fn name(&self, incident: &Incident) -> String {
        let told = !incident.is_private();
        let view = View {
            number: incident.id.0,
            title: if told { slug(&incident.title, TITLE_MAX, is_named) } else { String::new() },
            service: incident.services.first().filter(|_| told).map_or("", |service| service.as_str()),
            severity: if told { incident.severity.as_str() } else { "" },
            date: incident.declared.at.format("%Y%m%d").to_string(),
        };
        // It was tried when it was read.
        let name = self.0.render("name", &view).unwrap_or_else(|_| incident.id.to_string());
        slug(&name, usize::MAX, is_named)
    }
}

pub(crate) fn is_named(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A text in small letters as far as they are kept, with single hyphens for everything between them; at most so many
/// characters long.
pub fn slug(text: &str, longest: usize, keeps: impl Fn(char) -> bool) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            c if keeps(c) => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.chars().count() >= longest {
            break;
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use firebell_core::actor::{Actor, Who};
    use firebell_core::ids::{EntryId, IncidentId, Key};
    use firebell_core::incident::Visibility;
    use firebell_core::timeline::{Declared, Entry};

    use super::*;

    fn incident(title: &str, visibility: Visibility) -> Incident {
        let entry = Entry {
            id: EntryId(1),
            happened_at: DateTime::UNIX_EPOCH,
            recorded_at: DateTime::UNIX_EPOCH,
            actor: Actor { who: Who::Firebell, ..Actor::timer() },
            change: None,
            kind: "declared".to_owned(),
        };
        let key = |text| Key::new(text).unwrap();
        let declared = Declared {
            id: IncidentId(7),
            title: title.to_owned(),
            incident_type: key("default"),
            severity: key("sev1"),
            visibility,
            drill: false,
            owning_team: None,
            services: vec![key("check_out")],
            fields: Vec::new(),
            impact_started: None,
            update_due: None,
            announced: Vec::new(),
            mirror: false,
        };
        Incident::born(&declared, &entry)
    }

    #[test]
    fn rooms_are_named_by_the_template() {
        let cases = [
            (DEFAULT, "checkout is down", Visibility::Public, "inc-7-checkout-is-down"),
            (DEFAULT, "  Übergabe: 50 % Fehler!! ", Visibility::Public, "inc-7-übergabe-50-fehler"),
            (DEFAULT, "🔥🔥", Visibility::Public, "inc-7"),
            (DEFAULT, "payroll leaked", Visibility::Private, "inc-7"),
            ("{{date}}-{{service}}-{{number}} {{severity}}", "x", Visibility::Public, "19700101-check_out-7-sev1"),
            ("{{date}}-{{service}}-{{number}} {{severity}}", "x", Visibility::Private, "19700101-7"),
        ];
        for (template, title, visibility, name) in cases {
            assert_eq!(Naming::new(template).unwrap().name(&incident(title, visibility)), name, "{template} {title}");
        }
    }

    #[test]
    fn a_template_that_cannot_name_rooms_is_refused() {
        for (template, says) in [
            ("{{title}}", "two incidents would want the same name"),
            ("inc-{{numbr}}", "it may name number, title, service"),
            ("inc-{{number", "is no template"),
            ("", "two incidents"),
        ] {
            let error = Naming::new(template).unwrap_err();
            assert!(error.contains(says), "{template}: {error}");
        }
    }
}
