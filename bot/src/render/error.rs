//! What is wrong with a template, where, and what to do about it.

use std::collections::BTreeMap;
use std::fmt;

use firebell_core::suggest;
use handlebars::RenderErrorReason;

use super::helpers::HELPERS;

/// A template that cannot be used; an operator must mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The file, as the operator knows it, or `built-in` and its name.
    pub file: String,
    /// Counted from 1.
    pub line: Option<usize>,
    /// In characters, counted from 1.
    pub column: Option<usize>,
    /// The variable that is not there, as the template names it.
    pub variable: Option<String>,
    pub reason: String,
}

/// A text that could not be rendered: always the fault of a template.
pub type RenderError = TemplateError;

impl TemplateError {
    pub(super) fn new(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, column: None, variable: None, reason: reason.into() }
    }

    pub(super) fn at(file: impl Into<String>, line: usize, reason: impl Into<String>) -> Self {
        Self { line: Some(line), ..Self::new(file, reason) }
    }

    pub(super) fn syntax(file: &str, error: &handlebars::TemplateError) -> Self {
        let (line, column) = error.pos().unzip();
        Self { line, column, ..Self::new(file, error.reason().to_string()) }
    }

    pub(super) fn rendering(name: &str, files: &BTreeMap<String, String>, error: &handlebars::RenderError) -> Self {
        let name = error.template_name.as_deref().unwrap_or(name);
        let mut variable = None;
        let reason = match error.reason() {
            RenderErrorReason::MissingVariable(Some(path)) => {
                let path = path.trim_start_matches("./");
                variable = Some(path.to_owned());
                format!("there is no variable `{path}` here")
            }
            RenderErrorReason::MissingVariable(None) => "it uses a variable that is not there".to_owned(),
            RenderErrorReason::PartialNotFound(partial) => {
                let near = suggest::nearest(partial, files.keys().map(String::as_str));
                format!("there is no template {partial} to include{}", meant(near))
            }
            RenderErrorReason::HelperNotFound(helper) => {
                let near = suggest::nearest(helper, HELPERS.iter().map(|(name, ..)| *name));
                format!("there is no helper {helper}{}", meant(near))
            }
            RenderErrorReason::IOError(error) => error.to_string(),
            other => other.to_string(),
        };
        let file = files.get(name).cloned().unwrap_or_else(|| name.to_owned());
        Self { line: error.line_no, column: error.column_no, variable, ..Self::new(file, reason) }
    }

    /// Where it is and what it is, for whoever tries a file that no template stands for yet.
    pub fn in_file(&self) -> String {
        let line = self.line.map_or_else(String::new, |line| format!(", line {line}"));
        let column = self.column.map_or_else(String::new, |column| format!(", column {column}"));
        format!("{}{line}{column}: {}", self.file, self.reason)
    }
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "template {}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}; mend the file, or remove it to use the built-in one", self.reason)
    }
}

impl std::error::Error for TemplateError {}
