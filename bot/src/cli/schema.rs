//! `firebell schema`.

use clap::{Args, ValueEnum};
use firebell_core::view::ExportView;

use super::say::say;
use super::{Exit, Failure};

/// `firebell schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// What is to be read.
    #[arg(value_enum)]
    of: SchemaOf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemaOf {
    /// The record of an incident, as `firebell export --format json` writes it.
    Record,
}

pub(super) fn schema(args: &SchemaArgs) -> Result<Exit, Failure> {
    let schema = match args.of {
        SchemaOf::Record => ExportView::schema(),
    };
    say(serde_json::to_string_pretty(&schema)?)?;
    Ok(Exit::Done)
}
