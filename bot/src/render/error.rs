//! What is wrong with a template, where, and what to do about it.

use std::collections::BTreeMap;
use std::fmt;

use handlebars::RenderErrorReason;

/// A template that cannot be used; an operator must mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The file, as the operator knows it, or `built-in` and its name.
    pub file: String,
    /// Counted from 1.
    pub line: Option<usize>,
    pub reason: String,
}

/// A text that could not be rendered: always the fault of a template.
pub type RenderError = TemplateError;

impl TemplateError {
    pub(super) fn new(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, reason: reason.into() }
    }

    pub(super) fn syntax(file: &str, error: &handlebars::TemplateError) -> Self {
        let reason = error.reason().to_string();
        Self { file: file.to_owned(), line: error.pos().map(|(line, _)| line), reason }
    }

    pub(super) fn rendering(name: &str, files: &BTreeMap<String, String>, error: &handlebars::RenderError) -> Self {
        let name = error.template_name.as_deref().unwrap_or(name);
        let reason = match error.reason() {
            RenderErrorReason::MissingVariable(Some(path)) => {
                format!("there is no variable `{}` here", path.trim_start_matches("./"))
            }
            RenderErrorReason::MissingVariable(None) => "it uses a variable that is not there".to_owned(),
            RenderErrorReason::IOError(error) => error.to_string(),
            other => other.to_string(),
        };
        Self { file: files.get(name).cloned().unwrap_or_else(|| name.to_owned()), line: error.line_no, reason }
    }
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
