//! What the log is told of requests: one line each, with what an operator searches for and nothing that a person typed.

use std::time::Instant;

use firebell_core::command::{Ask, ContactCommand, OnCallCommand, OnCallQuery, Own, Query, Request, ReviewQuery};
use firebell_core::ids::{IncidentId, Key, WorkspaceId};
use firebell_core::refusal::Refusal;
use tracing::field::{DisplayValue, display};

use super::{Answer, Arrival, Fault, From, Inbound};
use crate::metrics::command_word;

/// What is known so far of a request.
pub(super) struct Told {
    request: String,
    workspace: Option<WorkspaceId>,
    /// Who sent it, once that is known; what is no person's handle is somebody's typing.
    pub(super) actor: Option<Key>,
    command: Option<&'static str>,
    pub(super) incident: Option<IncidentId>,
    /// How a command arrived, once it is decided.
    pub(super) arrival: Option<Arrival>,
    since: Instant,
}

impl Told {
    /// A request that has just come in.
    pub(super) fn of(inbound: &Inbound) -> Self {
        let workspace = match inbound.from {
            From::Account { .. } => Some(inbound.workspace),
            From::Cli { .. } | From::Link { .. } | From::Program { .. } => None,
        };
        Self::new(&inbound.id, workspace)
    }

    /// Something that happened to a message, by the platform's id of it.
    pub(super) fn of_message(id: &str, workspace: WorkspaceId) -> Self {
        Self { command: Some("message"), ..Self::new(id, Some(workspace)) }
    }

    fn new(request: &str, workspace: Option<WorkspaceId>) -> Self {
        let request = request.to_owned();
        Self { request, workspace, actor: None, command: None, incident: None, arrival: None, since: Instant::now() }
    }

    /// What it asks for turned out to be this.
    pub(super) fn asks(&mut self, request: &Request) {
        self.incident = request.incident;
        self.command = Some(match &request.ask {
            Ask::Command(command) => command_word(command),
            Ask::Query(query) => query_word(query),
            Ask::Own(own) => own_word(own),
            Ask::OnCall(command) => on_call_word(command),
        });
    }

    /// It was answered, or was not.
    pub(super) fn ended(&self, outcome: &Result<Answer, Fault>) {
        match outcome {
            Err(fault) => self.failed(fault),
            Ok(Answer::Refused(refusal)) => self.refused(refusal),
            Ok(Answer::Done(_)) => self.committed(),
            Ok(Answer::Shown(_)) => self.shown(),
        }
    }

    /// It could not be carried out, which the operator must mend.
    pub(super) fn failed(&self, fault: &Fault) {
        let Self { request, command, .. } = self;
        let (workspace, actor, incident) = self.who_and_where();
        let took_ms = self.took_ms();
        tracing::error!(request, workspace, actor, command, incident, took_ms, %fault, "request failed");
    }

    fn refused(&self, refusal: &Refusal) {
        let Self { request, command, .. } = self;
        let (workspace, actor, incident) = self.who_and_where();
        let took_ms = self.took_ms();
        // The name of its kind alone: its words repeat those of the person.
        let refusal = serde_json::to_value(refusal).ok();
        let refusal = refusal.as_ref().and_then(|refusal| refusal.get("code")?.as_str());
        tracing::info!(request, workspace, actor, command, incident, took_ms, refusal, "request refused");
    }

    fn committed(&self) {
        let Self { request, command, .. } = self;
        let (workspace, actor, incident) = self.who_and_where();
        let took_ms = self.took_ms();
        let repeated = self.arrival == Some(Arrival::Repeated);
        tracing::info!(request, workspace, actor, command, incident, took_ms, repeated, "command committed");
    }

    fn shown(&self) {
        let Self { request, command, .. } = self;
        let (workspace, actor, incident) = self.who_and_where();
        let took_ms = self.took_ms();
        tracing::debug!(request, workspace, actor, command, incident, took_ms, "query answered");
    }

    #[expect(clippy::type_complexity, reason = "the three fields that may be absent, as the log wants them")]
    fn who_and_where(
        &self,
    ) -> (Option<DisplayValue<uuid::Uuid>>, Option<DisplayValue<&Key>>, Option<DisplayValue<IncidentId>>) {
        let workspace = self.workspace.map(|WorkspaceId(id)| display(id));
        (workspace, self.actor.as_ref().map(display), self.incident.map(display))
    }

    fn took_ms(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

fn own_word(own: &Own) -> &'static str {
    match own {
        Own::Code => "link_code",
        Own::Link { .. } => "link_account",
        Own::Unlink { .. } => "unlink_account",
        Own::Feed { .. } => "feed",
        Own::EndFeed { .. } => "end_feed",
        Own::Contact(command) => contact_word(command),
    }
}

fn contact_word(command: &ContactCommand) -> &'static str {
    match command {
        ContactCommand::Set { .. } => "set_contact",
        ContactCommand::Confirm { .. } => "confirm_contact",
        ContactCommand::Remove { .. } => "remove_contact",
        ContactCommand::Order { .. } => "order_contacts",
        ContactCommand::Rules { .. } => "contact_rules",
        ContactCommand::Test { .. } => "test_contacts",
    }
}

fn on_call_word(command: &OnCallCommand) -> &'static str {
    match command {
        OnCallCommand::Override { .. } => "override",
        OnCallCommand::Take { .. } => "take",
        OnCallCommand::Cover { .. } => "cover",
        OnCallCommand::Swap { .. } => "swap",
        OnCallCommand::AnswerSwap { .. } => "answer_swap",
        OnCallCommand::EndOverride { .. } => "end_override",
        OnCallCommand::AcceptHandoff { .. } => "accept_handoff",
        OnCallCommand::NoteHandoff { .. } => "note_handoff",
    }
}

fn on_call_query_word(query: &OnCallQuery) -> &'static str {
    match query {
        OnCallQuery::Who { .. } => "on_call",
        OnCallQuery::Schedule { .. } => "schedule",
        OnCallQuery::Gaps { .. } => "gaps",
        OnCallQuery::Fairness { .. } => "fairness",
        OnCallQuery::Simulate { .. } => "simulate",
        OnCallQuery::Handoff { .. } => "handoff",
        OnCallQuery::Swaps => "swaps",
        OnCallQuery::Overrides => "overrides",
        OnCallQuery::Me => "contacts",
        OnCallQuery::Proof => "proof",
    }
}

fn query_word(query: &Query) -> &'static str {
    match query {
        Query::Show => "show",
        Query::Rooms => "rooms",
        Query::Me => "me",
        Query::OnCall(query) => on_call_query_word(query),
        Query::Summary => "summary",
        Query::Impact => "impact",
        Query::Causes { .. } => "causes",
        Query::Cause { .. } => "cause",
        Query::Times => "times",
        Query::Timeline => "timeline",
        Query::Actions => "actions",
        Query::Similar => "similar",
        Query::Promised(_) => "promised",
        Query::List { .. } => "list",
        Query::Postmortem { .. } => "postmortem",
        Query::Review(ReviewQuery::Status) => "postmortem_status",
        Query::Review(ReviewQuery::Lint) => "postmortem_lint",
        Query::Review(ReviewQuery::Edit { .. }) => "postmortem_edit",
        Query::Export { .. } => "export",
        Query::WhyPaged { .. } => "why_paged",
        Query::Help { .. } => "help",
    }
}
