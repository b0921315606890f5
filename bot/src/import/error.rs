//! Why an export could not be read at all.

use super::Vendor;

/// Why there is no configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Lines and columns are counted from 1.
    #[error("the export is no JSON: line {line}, column {column}: {message}; export it again, or mend it there")]
    NotJson { line: usize, column: usize, message: String },
    /// It has the marks of another vendor's export.
    #[error("the export does not look like one of {asked} but of {looks}; import it as {}", looks.word())]
    WrongVendor { asked: Vendor, looks: Vendor },
    /// None of its parts is known.
    #[error("the export holds nothing of {vendor} that is known; expected an object with arrays such as {}", parts.join(", "))]
    NothingKnown { vendor: Vendor, parts: Vec<&'static str> },
}

/// A word that names no vendor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no system to import from; write grafana-oncall, pagerduty or opsgenie")]
pub struct UnknownVendor(pub(super) String);
