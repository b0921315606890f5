//! What the fields of an entry's template are, by kind of entry.

use schemars::JsonSchema;
use serde::Serialize;

use super::{CauseWords, DocumentWords, FollowUpWords, MeasuresView};

/// What an entry's template speaks of. Steps are counted from 1, as people do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Words {
    Declared {
        /// The incident's title.
        title: String,
        /// In capitals: `SEV1`.
        severity: String,
        /// Whether only its members may know of it.
        private: bool,
        /// Whether it is an exercise.
        drill: bool,
        /// The keys of the services that are affected.
        services: Vec<String>,
    },
    Room {
        /// What the room is called.
        room: Option<String>,
        /// Why it could not be done.
        reason: Option<String>,
    },
    Mirror {
        /// Whether what is said in one room is shown in the others from here on.
        on: bool,
    },
    SetUp {
        /// What could not be done; of a person, what follows their name.
        step: &'static str,
        /// The person's handle.
        person: Option<String>,
        /// Why it could not be done.
        reason: String,
    },
    Snooze {
        /// When the next update is due.
        next_due: String,
    },
    Unmark {
        /// The message: `M3`.
        message: String,
    },
    File {
        /// The file: `FILE2`.
        file: String,
        /// The message: `M3`.
        message: String,
        /// What the file is called.
        name: String,
        /// Why it could not be done.
        failed: Option<String>,
    },
    Citation {
        /// The handle of whoever wrote it.
        author: Option<String>,
        /// What it says.
        text: String,
        /// Where it can be read.
        link: Option<String>,
    },
    Member {
        /// The person's handle.
        person: String,
        /// How they came in: `was paged`.
        how: &'static str,
    },
    Move {
        /// What it is now: a status, or a severity in capitals.
        to: String,
        /// What it was before.
        before: Option<String>,
    },
    Role {
        /// What the role is called, with a capital.
        role: String,
        /// The person's handle.
        person: String,
        /// What it was before.
        before: Option<String>,
    },
    Text {
        /// What it says.
        text: String,
    },
    Field {
        /// What the custom field is called, with a capital.
        field: String,
        /// What it holds; absent where it was emptied.
        value: Option<String>,
    },
    Impact {
        /// What it says.
        text: Option<String>,
        /// When users began to feel it.
        started: Option<String>,
    },
    Update {
        /// What it says.
        text: String,
        /// When the next update is due.
        next_due: Option<String>,
    },
    Reminder {
        /// When it was due.
        due: String,
        /// When the next update is due.
        next_due: String,
    },
    Action {
        /// The follow-up: `A2`.
        action: String,
        /// What was promised.
        text: Option<String>,
        /// The handle of whoever is to do it.
        owner: Option<String>,
        /// Until when.
        due: Option<String>,
        /// What it is good for: `prevent`, `detect`, `mitigate` or `process`.
        kind_of: Option<&'static str>,
        /// `high`, `medium` or `low`.
        priority: Option<&'static str>,
        /// The cause that it is to take away: `F2`.
        cause: Option<String>,
    },
    FollowUp(FollowUpWords),
    Cause(CauseWords),
    Document(DocumentWords),
    Time {
        /// What the key time is called: `impact started`.
        key_time: &'static str,
        /// When it was; absent where the timeline has the say again.
        at: Option<String>,
    },
    Measures(MeasuresView),
    Link {
        /// Where it leads.
        url: String,
        /// What it is called, if somebody said so.
        title: Option<String>,
    },
    Message {
        /// The message: `M3`.
        message: String,
        /// The handle of whoever wrote it.
        author: String,
        /// What it says.
        text: Option<String>,
        /// Whether its author has changed it.
        edited: bool,
        /// Whether its author has deleted it.
        deleted: bool,
    },
    Correction {
        /// The entry that is corrected: `E12`.
        entry: String,
        /// What it says.
        text: Option<String>,
        /// When it was.
        at: Option<String>,
    },
    Redaction {
        /// What words were taken out of: `E12` or `M3`.
        target: String,
        /// Why that was done.
        reason: String,
    },
    Page {
        /// The key of the policy; absent for a page to named people or to the last resort.
        policy: Option<String>,
        /// The version of the policy that the page keeps.
        version: i64,
        /// The handles of those who are told.
        people: Vec<String>,
        /// What whoever raised it said.
        message: Option<String>,
        /// Whether an acknowledged page was raised anew.
        anew: bool,
    },
    Deferral {
        /// Until when it waits.
        until: String,
    },
    PlaceFailure {
        /// The channel or webhook.
        place: String,
        /// Why it could not be done.
        reason: String,
    },
    Step {
        /// Which step of the policy, from 1.
        step: i64,
        /// The handles of those who are told.
        people: Vec<String>,
        /// The channels and webhooks that are told.
        places: Vec<String>,
        /// Why it reached nobody.
        reason: Option<&'static str>,
    },
    LastResort {
        /// The handles of those who are told.
        people: Vec<String>,
        /// For which time the last resort is told, from 1.
        round: i64,
    },
    Notice {
        /// The notice: `N4`.
        notice: String,
        /// The person's handle.
        person: String,
        /// By what: `email`, `sms`, `slack`.
        method: &'static str,
        /// What became of it: `sent`, `delivered`, `read`, `failed` or `dead`.
        outcome: &'static str,
        /// Whether it may have arrived twice.
        again: bool,
        /// Why it could not be done.
        failed: Option<String>,
    },
    Acknowledgement {
        /// The person's handle.
        person: String,
        /// Whether they answered for all whom the page told.
        whole: bool,
    },
    PageEnd {
        /// What ended it: `resolved`, `cancelled` or `merged`.
        reason: &'static str,
    },
    Incident {
        /// The other incident: `INC-43`.
        incident: String,
    },
    Reason {
        /// Why that was done.
        reason: Option<String>,
    },
    Nothing {},
}
