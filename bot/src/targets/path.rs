//! Where a postmortem's file is in a repository: a template of the operator's.

use firebell_core::ids::IncidentId;
use handlebars::Handlebars;
use serde::Serialize;

use super::Copy;
use crate::naming::{is_named, slug};
use crate::outside::publishing::check_path;

/// The longest part that a title makes of a path, in characters.
const TITLE_MAX: usize = 60;

/// A template for paths.
#[derive(Debug, Clone)]
pub(crate) struct Path(Handlebars<'static>);

/// What a template for paths speaks of.
#[derive(Serialize)]
struct View<'v> {
    id: String,
    number: i64,
    /// In small letters and digits, with hyphens between them.
    title: String,
    severity: &'v str,
    #[serde(rename = "type")]
    incident_type: &'v str,
    /// Of the declaration, in UTC.
    year: String,
    month: String,
    day: String,
}

impl Path {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn new(template: &str) -> Result<Self, String> {
        let mut paths = Handlebars::new();
        paths.set_strict_mode(true);
        paths.register_escape_fn(handlebars::no_escape);
        paths
            .register_template_string("path", template)
            .map_err(|error| format!("the path is no template: {error}"))?;
        let path = Self(paths);
        let sample = |number| View {
            id: IncidentId(number).to_string(),
            number,
            title: "title".to_owned(),
            severity: "sev1",
            incident_type: "default",
            year: "2026".to_owned(),
            month: "11".to_owned(),
            day: "21".to_owned(),
        };
        let made = |number| {
            path.made(&sample(number)).map_err(|error| {
                format!("the path cannot be made: {error}; it may name id, number, title, severity, type, year, month and day")
            })
        };
        let (one, two) = (made(1)?, made(2)?);
        if one == two {
            return Err(
                "the path holds neither {{id}} nor {{number}}, and two incidents would want the same file".to_owned()
            );
        }
        check_path(&one)?;
        Ok(path)
    }

    /// The file of a document in a form whose names end so.
    ///
    /// # Errors
    /// No path comes out of it.
    pub(super) fn of(&self, copy: &Copy, ending: &str) -> Result<String, String> {
        let view = View {
            id: copy.incident.to_string(),
            number: copy.incident.0,
            title: slug(&copy.title, TITLE_MAX, is_named),
            severity: copy.severity.as_str(),
            incident_type: copy.incident_type.as_str(),
            year: copy.declared.format("%Y").to_string(),
            month: copy.declared.format("%m").to_string(),
            day: copy.declared.format("%d").to_string(),
        };
        let path = self.made(&view).map_err(|error| format!("the path cannot be made: {error}"))?;
        let stem = path.strip_suffix(".md").unwrap_or(&path);
        let path = format!("{stem}.{ending}");
        check_path(&path)?;
        Ok(path)
    }

    fn made(&self, view: &View<'_>) -> Result<String, handlebars::RenderError> {
        self.0.render("path", view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_names_the_incident_and_stays_in_its_repository() {
        for good in [
            "postmortems/{{year}}/{{id}}.md",
            "{{number}}-{{title}}",
            "a/{{type}}/{{severity}}/{{month}}{{day}}/{{id}}",
        ] {
            assert!(Path::new(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("postmortems/last.md", "two incidents"),
            ("../{{id}}.md", "`..`"),
            ("/{{id}}.md", "slash"),
            ("{{id", "no template"),
            ("{{id}}/{{who}}", "it may name id"),
        ] {
            let error = Path::new(bad).map(drop).unwrap_err();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }
}
