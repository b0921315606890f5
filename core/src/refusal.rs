//! Refusals: what a person can mend. Faults, which an operator must mend, are other types.

use serde::{Deserialize, Serialize};

use crate::ids::{ActionId, CauseId, CommentId, EntryId, IncidentId, MessageId};
use crate::incident::StatusWord;
use crate::postmortem::Review;

/// Why a request is not carried out, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    #[error("the {what} is empty")]
    Empty { what: String },
    #[error("the {what} is longer than {max} characters; shorten it or link to it")]
    TooLong { what: String, max: usize },
    #[error("{message}")]
    Usage { message: String, usage: String, nearest: Option<String> },
    #[error("{message}")]
    BadTime { message: String },
    #[error("no person is called @{named}{}", did_you_mean(nearest.as_deref(), "@"))]
    UnknownPerson { named: String, nearest: Option<String> },
    #[error("no person or policy is called {named}{}", did_you_mean(nearest.as_deref(), ""))]
    UnknownTarget { named: String, nearest: Option<String> },
    #[error("no {what} is called {named}{}", did_you_mean(nearest.as_deref(), ""))]
    NobodyToPage { what: String, named: String, nearest: Option<String> },
    #[error("no service, policy or schedule is called {named}{}", did_you_mean(nearest.as_deref(), ""))]
    NotCovered { named: String, nearest: Option<String> },
    #[error("no service or policy is called {named}{}", if *schedule { format!("; that is a schedule, and `/oncall schedule {named}` shows who has it when") } else { did_you_mean(nearest.as_deref(), "") })]
    NotSimulated { named: String, nearest: Option<String>, schedule: bool },
    #[error("no schedule is called {named}{}", if *none { "; there is none yet, see README.md on the directory".to_owned() } else { did_you_mean(nearest.as_deref(), "") })]
    UnknownSchedule { named: String, nearest: Option<String>, none: bool },
    #[error("no service is called {named}{}", did_you_mean(nearest.as_deref(), ""))]
    UnknownService { named: String, nearest: Option<String> },
    #[error("no severity is called {named}; {}", there(known))]
    UnknownSeverity { named: String, known: Vec<String> },
    #[error("no type of incident is called {named}; {}", there(known))]
    UnknownType { named: String, known: Vec<String> },
    #[error("no role is called {named}; {}", there(known))]
    UnknownRole { named: String, known: Vec<String> },
    #[error("no custom field is called {named}; {}", fields(known))]
    UnknownField { named: String, known: Vec<String> },
    #[error("{field} cannot be {named}; it is one of {}", known.join(", "))]
    FieldValue { field: String, named: String, known: Vec<String> },
    #[error("no postmortem template is called {named}; {}", there(known))]
    UnknownTemplate { named: String, known: Vec<String> },
    #[error("no section can be called \"{named}\"; a section's key has a-z, 0-9, '-' and '_', as {}", known.join(", "))]
    UnknownSection { named: String, known: Vec<String> },
    #[error("the postmortem of {incident} is {}{}", is.word(), way_on(*is))]
    Document { incident: IncidentId, is: Review },
    #[error("the postmortem of {incident} needs {} more before it is published; {}", sign_offs(*missing), if *is == Review::InReview { "it is in review" } else { "`/incident postmortem review` asks for them" })]
    NotSigned { incident: IncidentId, is: Review, missing: u32 },
    #[error("the postmortem of {incident} has {count} {} that must be mended before it is published; `/incident {incident} postmortem lint` shows all: {}", if *count == 1 { "error" } else { "errors" }, first.join("; "))]
    LintErrors { incident: IncidentId, count: usize, first: Vec<String> },
    #[error(
        "nobody is configured to review the postmortem of {incident}; name them, as in `/incident postmortem review @ana`"
    )]
    NobodyReviews { incident: IncidentId },
    #[error("{incident} has no comment {comment}; `/incident {incident} postmortem status` shows them")]
    NoComment { incident: IncidentId, comment: CommentId },
    #[error("{comment} is already settled")]
    CommentSettled { comment: CommentId },
    #[error("section {section} was written by {by} after the form was opened; open it again, nothing was replaced")]
    SectionChanged { section: String, by: String },
    #[error("section {section} is longer than a form takes; edit it by `firebell postmortem edit {incident}`")]
    SectionTooLong { incident: IncidentId, section: String },
    #[error("no incident is called {named}")]
    NoIncident { named: IncidentId },
    #[error("there is no place \"{named}\"; {}", places(nearest.as_deref(), known))]
    UnknownPlace { named: String, nearest: Option<String>, known: Vec<String> },
    #[error("\"{named}\" may be {}; name one of them", names.join(" or "))]
    WhichPlace { named: String, names: Vec<String> },
    #[error("{incident} has a room there already, in {place}; `/incident {incident} room` lists its rooms")]
    RoomThere { incident: IncidentId, place: String },
    #[error("no room is called #{named}")]
    UnknownRoom { named: String },
    #[error("say which incident is meant, as in `/incident {example} ...`{}", list_of(candidates))]
    WhichIncident { example: IncidentId, candidates: Vec<IncidentId> },
    #[error("there is no open incident; begin with `/incident declare <title>`")]
    NothingOpen,
    #[error("{incident} has no entry {entry}; `/incident {incident} timeline` shows them")]
    NoEntry { incident: IncidentId, entry: EntryId },
    #[error("{incident} has no message {message}; `/incident {incident} timeline` shows them")]
    NoMessage { incident: IncidentId, message: MessageId },
    #[error("{incident} has no action {action}; `/incident {incident} actions` shows them")]
    NoAction { incident: IncidentId, action: ActionId },
    #[error("{incident} has no cause {cause}; `/incident {incident} causes` shows them")]
    NoCause { incident: IncidentId, cause: CauseId },
    #[error("{cause} is already {is}")]
    CauseAlready { cause: CauseId, is: String },
    #[error("that closes a circle, {}, and nothing can lead to itself", path_of(path))]
    Circle { path: Vec<CauseId> },
    #[error("no category of causes is called {named}{}; {}", did_you_mean(nearest.as_deref(), ""), there(known))]
    UnknownCategory { named: String, nearest: Option<String>, known: Vec<String> },
    #[error("{entry} {why}")]
    NoEvidence { entry: EntryId, why: String },
    #[error(
        "there is no cause in {incident} that it could support; `/incident {incident} trigger`, `factor` and `why` add one"
    )]
    NothingToSupport { incident: IncidentId },
    #[error("{incident} was merged into {into}, and what is found out goes there: `/incident {into} ...`")]
    GoesOn { incident: IncidentId, into: IncidentId },
    #[error("nobody has said when it was {time}, so the timeline has the say already")]
    TimeNotSet { time: String },
    #[error("{incident} is {is}, so it cannot become {to}{}", way_out(*is))]
    Transition { incident: IncidentId, is: StatusWord, to: StatusWord },
    #[error("{incident} is {is} and takes no more of this{}", way_out(*is))]
    NotActive { incident: IncidentId, is: StatusWord },
    #[error("{incident} is already {is}")]
    Already { incident: IncidentId, is: String },
    #[error("nobody waits for an acknowledgement in {incident}")]
    NothingToAcknowledge { incident: IncidentId },
    #[error("{incident} waits for {} themselves; nobody else can answer for them", people.join(", "))]
    OwedByOthers { incident: IncidentId, people: Vec<String> },
    #[error("{action} is already done")]
    ActionDone { action: ActionId },
    #[error("{action} is not done; `/incident done {action}` says that it is")]
    ActionOpen { action: ActionId },
    #[error("{action} says that already; nothing of it would change")]
    ActionAlready { action: ActionId },
    #[error("{}", none_of(("tracker", "[[trackers]]"), named.as_deref(), known))]
    UnknownTracker { named: Option<String>, known: Vec<String> },
    #[error("{}", none_of(("target", "[[postmortem.targets]]"), named.as_deref(), known))]
    UnknownExportTarget { named: Option<String>, known: Vec<String> },
    #[error("no team is called {named}{}; {}", did_you_mean(nearest.as_deref(), ""), there(known))]
    UnknownTeam { named: String, nearest: Option<String>, known: Vec<String> },
    #[error("{entry} holds no words that could be {verb}")]
    NoWords { entry: EntryId, verb: String },
    #[error("{target} is already redacted")]
    AlreadyRedacted { target: String },
    #[error("{message} was deleted or redacted; nothing of it is left to {verb}")]
    MessageGone { message: MessageId, verb: String },
    #[error("{person} cannot be paged: {why}")]
    Unreachable { person: String, why: String },
    #[error("this channel is the room of {incident} already; leave --here out, or end {incident} first")]
    RoomTaken { incident: IncidentId },
    #[error("{message} is part of the timeline already")]
    AlreadyMarked { message: MessageId },
    #[error("{message} bears no mark")]
    NotMarked { message: MessageId },
    #[error("no update of {incident} is due that could be put off")]
    NothingDue { incident: IncidentId },
    #[error("the section {section} was written anew{} since that copy was made ({entry}), so nothing was stored; put both together and try again", by_whom(by.as_deref()))]
    SectionConflict { section: String, entry: EntryId, by: Option<String> },
    #[error("nothing in the postmortem of {incident} would change")]
    NothingWritten { incident: IncidentId },
    #[error("an incident cannot be merged into itself")]
    MergeWithItself,
    #[error("{message}")]
    NotAllowed { message: String },
    #[error("@{handle} is a guest here and may not run commands; ask an administrator to make them a responder")]
    Guest { handle: String },
    #[error("a page is already open in {incident} under {policy}; it goes on until someone acknowledges it")]
    AlreadyPaging { incident: IncidentId, policy: String },
    #[error(
        "the entries of {incident} do not add up, so nothing was redacted; ask an operator to run `firebell verify`"
    )]
    BrokenRecord { incident: IncidentId },
}

/// How much of a person's own words a refusal repeats, in characters.
const ECHO_MAX: usize = 40;

impl Refusal {
    /// A person's own words, clipped and with control characters made visible, fit to be repeated in a refusal.
    pub fn quote(text: &str) -> String {
        let picture = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        let mut quoted: String = text.chars().take(ECHO_MAX).map(picture).collect();
        if text.chars().nth(ECHO_MAX).is_some() {
            quoted.push('…');
        }
        quoted
    }
}

fn none_of((what, section): (&str, &str), named: Option<&str>, known: &[String]) -> String {
    if known.is_empty() {
        return format!("no {what} is configured, see {section} in the sample of firebell.toml");
    }
    let problem = named.map_or_else(|| format!("say which {what}"), |named| format!("no {what} is called {named}"));
    format!("{problem}; {}", there(known))
}

fn by_whom(handle: Option<&str>) -> String {
    handle.map_or_else(String::new, |handle| format!(" by @{handle}"))
}

fn did_you_mean(nearest: Option<&str>, prefix: &str) -> String {
    nearest.map_or_else(String::new, |word| format!("; did you mean {prefix}{word}?"))
}

fn places(nearest: Option<&str>, known: &[String]) -> String {
    match nearest {
        Some(nearest) if known.len() < 2 => format!("did you mean {nearest}?"),
        Some(nearest) => format!("did you mean {nearest}? There are {}", known.join(", ")),
        None => there(known),
    }
}

fn fields(known: &[String]) -> String {
    if known.is_empty() {
        return "none is configured, see [[incidents.field]] in the sample of firebell.toml".to_owned();
    }
    there(known)
}

/// What there is in the place of something unknown.
pub fn there(known: &[impl AsRef<str>]) -> String {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    match known.as_slice() {
        [] => "there are none".to_owned(),
        [one] => format!("there is only {one}"),
        several => format!("there are {}", several.join(", ")),
    }
}

/// `F3 → F2 → F3`.
fn path_of(path: &[CauseId]) -> String {
    path.iter().map(ToString::to_string).collect::<Vec<_>>().join(" → ")
}

fn list_of(candidates: &[IncidentId]) -> String {
    match candidates {
        [] => String::new(),
        some => {
            let names: Vec<String> = some.iter().map(ToString::to_string).collect();
            format!(": {}", names.join(", "))
        }
    }
}

fn way_on(is: Review) -> &'static str {
    match is {
        Review::Draft => "; `/incident postmortem review` asks for its review",
        Review::InReview => "; `/incident postmortem back` makes it a draft again",
        Review::Approved => {
            "; `/incident postmortem publish` publishes it, and `/incident postmortem back` makes it a draft again"
        }
        Review::Published => "; `/incident postmortem revise` makes it a draft again",
    }
}

fn sign_offs(count: u32) -> String {
    if count == 1 { "1 sign-off".to_owned() } else { format!("{count} sign-offs") }
}

fn way_out(is: StatusWord) -> &'static str {
    match is {
        StatusWord::Resolved => "; `/incident reopen` first",
        StatusWord::Closed => "; it is closed for good: declare a new incident and link this one",
        StatusWord::Cancelled => "; declare a new incident",
        StatusWord::Merged => "; go on in the incident it was merged into",
        StatusWord::Declared | StatusWord::Investigating | StatusWord::Identified | StatusWord::Mitigated => "",
    }
}
