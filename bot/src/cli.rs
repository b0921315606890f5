//! The command line.

mod act;
mod actions;
mod check;
mod doctor;
mod files;
mod import;
mod manifest;
mod open;
mod ping;
mod plan;
mod play;
mod postmortem;
mod pull;
mod read;
mod report;
mod say;
mod schedule;
mod schema;
mod serve;
mod template;
mod times;
mod token;
mod why;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use firebell_core::ids::IncidentId;

pub use actions::ActionsArgs;
pub use check::CheckArgs;
pub use plan::{ApplyArgs, PlanArgs};
pub use postmortem::PostmortemArgs;
pub use pull::PullArgs;
pub use report::ReportArgs;
pub use schedule::ScheduleArgs;
pub use schema::SchemaArgs;
pub use template::TemplateArgs;
pub use token::TokenArgs;
pub use why::{SimulateArgs, WhyArgs};

use crate::import::Vendor;
use crate::platform::slack::manifest::NAME_MAX;

/// Incident management, on-call paging and root-cause postmortems from chat.
#[derive(Debug, Parser)]
#[command(name = "firebell", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Sub,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The configuration file; ./firebell.toml if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The database: a SQLite file or postgres://...; ./firebell.db by default.
    #[arg(long, global = true, value_name = "URL")]
    pub db: Option<String>,
    /// How the log on stderr is written.
    #[arg(long, global = true, value_enum)]
    pub log_format: Option<Format>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Sub {
    /// Serve everything that is configured, until told to stop.
    Serve(ServeArgs),
    /// Run incidents in this terminal.
    Console,
    /// Play a transcript of an incident on a fresh database.
    Replay(ReplayArgs),
    /// Play GitLab.com's database outage of 31 January 2017.
    Demo(DemoArgs),
    /// Check the configuration, or files of the directory, and say what would be used.
    Check(check::CheckArgs),
    /// Say what applying files would change: whose hours, which gaps, whom policies page.
    Plan(plan::PlanArgs),
    /// Bring the directory in line with files, or with what was applied before.
    Apply(plan::ApplyArgs),
    /// List what was applied.
    Versions(JsonArg),
    /// Write the directory back as a file.
    Pull(pull::PullArgs),
    /// Say who is on call when.
    Schedule(schedule::ScheduleArgs),
    /// Examine the whole set-up, Slack's and Discord's side of it too, and say what to mend.
    Doctor(JsonArg),
    /// Print what a chat platform has to know of the app, to make it there.
    Manifest(ManifestArgs),
    /// Check the hash chain, its signatures and its anchors.
    Verify(VerifyArgs),
    /// Write an incident's postmortem or its whole record.
    Export(ExportArgs),
    /// Print the JSON Schema of what programs read.
    Schema(schema::SchemaArgs),
    /// Edit an incident's postmortem, take over a copy that was edited, or say what is missing in it.
    Postmortem(postmortem::PostmortemArgs),
    /// List postmortem templates, try one of your own, or say what a template can name.
    Template(template::TemplateArgs),
    /// List the files of an incident's messages, and write out those that were copied.
    Files(FilesArgs),
    /// Turn what another on-call system exports into configuration, and say what could not be carried over.
    Import(ImportArgs),
    /// List who has not proved that they can be reached.
    Contacts,
    /// Report on many incidents: how long they took, who was woken, what is late and what keeps coming back.
    Report(report::ReportArgs),
    /// List incidents.
    List(ListArgs),
    /// List follow-ups that are still to be done.
    Actions(actions::ActionsArgs),
    /// Show one incident.
    Show(ShowArgs),
    /// Say why a page reached somebody, or did not.
    Why(why::WhyArgs),
    /// Say whom a page would reach within an hour, when and by what, without paging.
    Simulate(why::SimulateArgs),
    /// Run any command of the grammar as a person, when the chat is down.
    Do(DoArgs),
    /// Make and end tokens with which programs raise pages by HTTP.
    Token(token::TokenArgs),
    /// Ask a running `serve` whether it is ready.
    Ping(PingArgs),
}

/// `firebell serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to listen for /healthz, /readyz and /metrics; 127.0.0.1:7373 by default.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<std::net::SocketAddr>,
}

/// `firebell replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The transcript.
    pub file: PathBuf,
    /// How many times as fast as it happened.
    #[arg(long, value_name = "N", conflicts_with = "instant", value_parser = speed)]
    pub speed: Option<f64>,
    /// Do not wait at all.
    #[arg(long)]
    pub instant: bool,
    /// Write each incident's postmortem and record into this folder.
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
}

/// `firebell demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Do not wait at all; otherwise it takes about 30 seconds.
    #[arg(long)]
    pub instant: bool,
}

/// For readers that scripts use.
#[derive(Debug, Args)]
pub struct JsonArg {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `firebell manifest`.
#[derive(Debug, Args)]
pub struct ManifestArgs {
    #[arg(value_enum)]
    pub platform: ManifestOf,
    /// How it is written; Slack takes both.
    #[arg(long, value_enum, default_value = "yaml")]
    pub format: ManifestAs,
    /// The app's name as people see it.
    #[arg(long, default_value = "Firebell", value_parser = app_name)]
    pub name: String,
    /// Where Slack reaches this Firebell, for signed HTTP in the place of Socket Mode.
    #[arg(long, value_parser = public_url)]
    pub url: Option<String>,
}

/// What a manifest is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ManifestOf {
    Slack,
}

/// How a manifest is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ManifestAs {
    Yaml,
    Json,
}

/// `firebell verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// One incident; every stream of the database without it.
    #[arg(value_parser = incident)]
    pub incident: Option<IncidentId>,
    /// A postmortem or record that was exported: its head must still be part of the chain.
    #[arg(long, value_name = "FILE", requires = "incident")]
    pub against: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `firebell export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[arg(value_parser = incident)]
    pub incident: IncidentId,
    #[arg(long, value_enum, default_value = "md")]
    pub format: ExportAs,
    /// Where to write it; standard output without it.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// A postmortem template; a record as JSON has none.
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// The zone of the times in a postmortem; those of a record are in UTC.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub zone: chrono_tz::Tz,
}

/// `firebell files`.
#[derive(Debug, Args)]
pub struct FilesArgs {
    #[arg(value_parser = incident)]
    pub incident: IncidentId,
    /// Write the copies into this folder, each under its number and name. What is there already is not replaced.
    #[arg(long, value_name = "DIR")]
    pub save: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `firebell import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Whose export it is: grafana-oncall, pagerduty or opsgenie.
    pub vendor: Vendor,
    /// The export: JSON as the vendor's API answers, all in one file.
    pub file: PathBuf,
    /// Where to write the configuration; standard output without it.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What an export is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ExportAs {
    Md,
    Html,
    Pdf,
    /// The whole record.
    Json,
}

/// `firebell list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Also those that are over.
    #[arg(long)]
    pub all: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `firebell show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    #[arg(value_parser = incident)]
    pub incident: IncidentId,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `firebell do`.
#[derive(Debug, Args)]
pub struct DoArgs {
    /// The person who acts; the operating system's user is recorded beside them.
    #[arg(long = "as", value_name = "PERSON")]
    pub person: String,
    /// The command, as in chat: "/incident INC-3 ack". Whatever follows its first word belongs to it.
    #[arg(required = true, num_args = 1.., allow_hyphen_values = true)]
    pub words: Vec<String>,
}

/// `firebell ping`.
#[derive(Debug, Args)]
pub struct PingArgs {
    /// What to ask; /readyz at the configured address by default.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    Fault,
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Fault => 1,
            Exit::Refused => 3,
        })
    }
}

/// A failure of a command: one sentence for the person at the terminal.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command line; wrong usage ends with exit code 2.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(conflict) = cli.conflict() {
        Cli::command().error(ErrorKind::ArgumentConflict, conflict).exit();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say::complain(format_args!("firebell: start: {error}"));
            return Exit::Fault.into();
        }
    };
    let ended = runtime.block_on(run(cli));
    // Whatever had to be finished is. What still blocks a thread, such as a terminal that stands still, would hold the
    // process for as long as it does.
    runtime.shutdown_background();
    match ended {
        Ok(exit) => exit.into(),
        Err(failure) => {
            say::complain(format_args!("firebell: {failure}"));
            Exit::Fault.into()
        }
    }
}

impl Cli {
    /// What was said that cannot go together, beyond what clap can be told.
    fn conflict(&self) -> Option<&'static str> {
        match &self.command {
            Sub::Export(ExportArgs { format: ExportAs::Json, template: Some(_), .. }) => {
                Some("--template is for a postmortem: a record as JSON has none; leave out --template or --format json")
            }
            _ => None,
        }
    }
}

/// Two are enough for a small installation, and more only cost memory there.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8)
}

async fn run(cli: Cli) -> Result<Exit, Failure> {
    let global = cli.global;
    match cli.command {
        Sub::Serve(args) => serve::serve(&global, args).await,
        Sub::Console => Box::pin(play::console(&global)).await,
        Sub::Replay(args) => Box::pin(play::replay(&global, args)).await,
        Sub::Demo(args) => Box::pin(play::demo(&global, &args)).await,
        Sub::Check(args) => check::check(&global, &args),
        Sub::Plan(args) => plan::plan(&global, &args).await,
        Sub::Apply(args) => plan::apply(&global, &args).await,
        Sub::Versions(args) => plan::versions(&global, args.json).await,
        Sub::Pull(args) => pull::pull(&global, &args).await,
        Sub::Schedule(args) => schedule::schedule(&global, &args).await,
        Sub::Doctor(args) => doctor::doctor(&global, args.json).await,
        Sub::Manifest(args) => manifest::manifest(args),
        Sub::Verify(args) => read::verify(&global, args).await,
        Sub::Export(args) => read::export(&global, args).await,
        Sub::Schema(args) => schema::schema(&args),
        Sub::Postmortem(args) => postmortem::postmortem(&global, args).await,
        Sub::Template(args) => template::template(&global, args).await,
        Sub::Files(args) => files::files(&global, &args).await,
        Sub::Import(args) => import::import(&args),
        Sub::Report(args) => Box::pin(report::report(&global, args)).await,
        Sub::Contacts => read::contacts(&global).await,
        Sub::List(args) => read::list(&global, &args).await,
        Sub::Actions(args) => actions::actions(&global, &args).await,
        Sub::Show(args) => read::show(&global, &args).await,
        Sub::Why(args) => why::why(&global, &args).await,
        Sub::Simulate(args) => why::simulate(&global, &args).await,
        Sub::Token(args) => token::token(&global, &args).await,
        Sub::Do(args) => act::act(&global, args).await,
        Sub::Ping(args) => ping::ping(&global, args).await,
    }
}

fn incident(text: &str) -> Result<IncidentId, String> {
    text.parse().map_err(|_| "an incident is numbered like INC-42".to_owned())
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && speed > 0.0 => Ok(speed),
        _ => Err("the speed is a number above 0, as in --speed 60".to_owned()),
    }
}

fn app_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    match name.chars().count() {
        1..=NAME_MAX => Ok(name.to_owned()),
        _ => Err(format!("a name has 1 to {NAME_MAX} characters")),
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).ok().filter(|url| url.scheme() == "https" && url.has_host());
    match url.filter(|url| url.query().is_none() && url.fragment().is_none()) {
        Some(_) => Ok(text.to_owned()),
        None => Err("Slack posts to https alone: write a URL such as https://firebell.example.com".to_owned()),
    }
}
