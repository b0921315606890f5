//! `firebell template`: the postmortem templates that there are, a file tried before it is one, and what templates can name.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use firebell_core::command::ExportFormat;
use firebell_core::ids::IncidentId;
use serde_json::json;

use super::open::{config, log, quiet_app_with, renderer};
use super::say::{complain, say};
use super::{Exit, Failure, Global};
use crate::intake::{Answer, Shown};
use crate::logging::Answered;
use crate::render::{PostmortemTemplate, Target, Trial, Variables};

/// `firebell template`.
#[derive(Debug, Args)]
pub struct TemplateArgs {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Debug, Subcommand)]
enum Sub {
    /// List the postmortem templates, where each is from, and the sections that people write in it.
    List(super::JsonArg),
    /// Try a postmortem template before it is in its folder: with every branch of it, or on an incident.
    Check(CheckArgs),
    /// Print every variable and helper that a postmortem template can name.
    Variables(VariablesArgs),
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The template, called NAME.md.hbs. It may include what stands under postmortem/parts/.
    file: PathBuf,
    /// Also render this incident by it, and print that; as an export, it anchors the record.
    #[arg(long, value_name = "INCIDENT", value_parser = super::incident)]
    with: Option<IncidentId>,
    /// Print what it says of a made-up incident.
    #[arg(long, conflicts_with = "with")]
    print: bool,
}

#[derive(Debug, Args)]
struct VariablesArgs {
    /// How they are printed: Markdown, or JSON with a JSON Schema of what templates are rendered with.
    #[arg(long, value_enum, default_value = "md")]
    format: VariablesAs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum VariablesAs {
    Md,
    Json,
}

pub(super) async fn template(global: &Global, args: TemplateArgs) -> Result<Exit, Failure> {
    match args.command {
        Sub::List(args) => list(global, args.json),
        Sub::Check(args) => check(global, args).await,
        Sub::Variables(args) => variables(&args),
    }
}

fn list(global: &Global, json: bool) -> Result<Exit, Failure> {
    let config = config(global)?;
    log(&config, Answered::Here)?;
    let renderer = renderer(&config)?;
    let (templates, parts) = (renderer.postmortems(), renderer.replaced_parts());
    if json {
        let parts: Vec<_> = parts.iter().map(|part| json!({ "name": part.name, "file": part.file })).collect();
        let templates: Vec<_> = templates.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&json!({ "templates": templates, "replaced_parts": parts }))?)?;
        return Ok(Exit::Done);
    }
    for template in &templates {
        say(format_args!("{}: {}", template.name, origin(template)))?;
        for section in &template.sections {
            say(format_args!("  {:<24} {}", section.key, section.title))?;
        }
    }
    for part in &parts {
        say(format_args!("{}: {}, in the place of the built-in part", part.name, part.file))?;
    }
    Ok(Exit::Done)
}

fn origin(template: &PostmortemTemplate) -> String {
    match (&template.file, template.replaces) {
        (None, _) => "built in".to_owned(),
        (Some(file), false) => file.clone(),
        (Some(file), true) => format!("{file}, in the place of the built-in one"),
    }
}

fn as_json(template: &PostmortemTemplate) -> serde_json::Value {
    let sections = template.sections.iter().map(|section| json!({ "key": section.key, "title": section.title }));
    json!({
        "name": template.name,
        "built_in": template.file.is_none(),
        "file": template.file,
        "replaces_built_in": template.replaces,
        "sections": sections.collect::<Vec<_>>(),
    })
}

async fn check(global: &Global, args: CheckArgs) -> Result<Exit, Failure> {
    let config = config(global)?;
    log(&config, Answered::Here)?;
    let trial = Trial::of(config.templates.as_deref(), &args.file).map_err(|error| error.in_file())?;
    trial.check().map_err(|error| error.in_file())?;
    if args.print {
        say(trial.sample().map_err(|error| error.in_file())?.trim_end())?;
        return Ok(Exit::Done);
    }
    let Some(incident) = args.with else {
        let sections = trial.renderer.sections(&trial.name);
        let keys: Vec<&str> = sections.iter().map(|section| section.key.as_str()).collect();
        let keys = if keys.is_empty() { "no sections".to_owned() } else { format!("the sections {}", keys.join(", ")) };
        say(format_args!("{} is sound: the template {} with {keys}", args.file.display(), trial.name))?;
        return Ok(Exit::Done);
    };
    let app = quiet_app_with(&config, trial.renderer).await?;
    let answer =
        app.intake.operator_export(incident, ExportFormat::Markdown, Some(&trial.name), chrono_tz::UTC).await?;
    let exit = if let Answer::Shown(Shown::Document { content, .. }) = &answer {
        say(String::from_utf8_lossy(content.bytes()).trim_end())?;
        Exit::Done
    } else {
        complain(app.intake.words(Target::Console, &answer, chrono_tz::UTC)?);
        Exit::Refused
    };
    app.store.close().await;
    Ok(exit)
}

fn variables(args: &VariablesArgs) -> Result<Exit, Failure> {
    let variables = Variables::new();
    match args.format {
        VariablesAs::Md => say(variables.page().trim_end())?,
        VariablesAs::Json => say(serde_json::to_string_pretty(&variables.json())?)?,
    }
    Ok(Exit::Done)
}
