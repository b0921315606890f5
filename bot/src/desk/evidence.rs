//! Messages that somebody points at as evidence, and the form that changes a cause.

use firebell_core::command::parse::{Context, parse};
use firebell_core::command::{Ask as Wants, CauseCommand, Command, Query, Request, Support};
use firebell_core::form::{self, FormKind, Values};
use firebell_core::ids::{CauseId, IncidentId, MessageId};
use firebell_core::incident::Incident;
use firebell_core::refusal::Refusal;

use super::FrontDesk;
use super::requests::Asker;
use crate::intake::{Answer as Decided, Says};
use crate::platform::incoming::{Answer, Cited, NotKept};

/// A message of a room as it is kept.
type Pointed = Option<(IncidentId, MessageId)>;

impl FrontDesk {
    /// The form that a line asks for which names a cause and nothing that is to become of it.
    pub(super) async fn cause_form(&self, asker: &Asker, line: &str) -> Result<Option<Answer>, NotKept> {
        let settings = &self.intake.settings;
        let now = self.intake.clock.now();
        let context = Context { zone: chrono_tz::UTC, now, severities: &settings.severities };
        let Ok(Request { incident, ask: Wants::Query(Query::Cause { cause }) }) = parse(line, &context) else {
            return Ok(None);
        };
        if self.may_act(asker).await?.is_err() {
            return Ok(None);
        }
        // Where no room says which is meant, and where there is no such cause, the line is answered like any other.
        let incident = self.here(asker, incident).await?;
        let form = incident.and_then(|incident| form::cause(&incident, cause, settings));
        Ok(form.map(|form| Answer::Form(Box::new(form))))
    }

    /// Makes a message evidence: of the only cause there is, else of the one that is chosen.
    pub(super) async fn evidence(&self, asker: &Asker, message: Cited) -> Result<Answer, NotKept> {
        if let Err(refusal) = self.may_act(asker).await? {
            return self.refused(asker.workspace, &refusal);
        }
        let pointed = self.pointed(asker, &message).await?;
        let incidents: Vec<Incident> = match pointed {
            Some((incident, _)) => self.here(asker, Some(incident)).await?.into_iter().collect(),
            None => self.open_incidents(asker).await?,
        };
        let standing = incidents.iter().flat_map(form::standing).count();
        match (incidents.as_slice(), form::evidence(&incidents)) {
            ([], _) => self.refused(asker.workspace, &Refusal::NothingOpen),
            ([only], _) if standing < 2 => {
                let decided = self.supports(asker, (only.id, None), pointed, message).await?;
                self.answer((asker.workspace, asker.person, asker.room.as_deref()), decided).await
            }
            (_, Some(form)) => Ok(Answer::Form(Box::new(form))),
            (_, None) => Ok(Answer::Form(Box::new(form::cite()))),
        }
    }

    /// The cause that was chosen for a message.
    pub(super) async fn chose_cause(
        &self,
        asker: &Asker,
        values: &Values,
        cites: Option<Cited>,
    ) -> Result<Answer, NotKept> {
        let Some(message) = cites else {
            return Ok(self.invalid(FormKind::Evidence, &Refusal::Empty { what: "message".to_owned() }));
        };
        let (incident, cause) = match form::chosen_cause(values) {
            Ok(chosen) => chosen,
            Err(refusal) => return Ok(self.invalid(FormKind::Evidence, &refusal)),
        };
        let pointed = self.pointed(asker, &message).await?;
        match self.supports(asker, (incident, Some(cause)), pointed, message).await? {
            Ok(Decided::Refused(refusal)) => Ok(self.invalid(FormKind::Evidence, &refusal)),
            decided => self.answer((asker.workspace, asker.person, asker.room.as_deref()), decided).await,
        }
    }

    async fn supports(
        &self,
        asker: &Asker,
        (incident, cause): (IncidentId, Option<CauseId>),
        pointed: Pointed,
        message: Cited,
    ) -> Result<Result<Decided, crate::intake::Fault>, NotKept> {
        let by = match pointed {
            Some((held, message)) if held == incident => Support::Message(message),
            _ => Support::Quote(self.quote(asker, message).await?),
        };
        let ask = Wants::Command(Command::Analysis(CauseCommand::Support { cause, by }));
        let says = Says::Request(Box::new(Request { incident: Some(incident), ask }));
        Ok(self.intake.take(self.inbound_of(asker, says)?).await)
    }

    /// Takes evidence away that a reaction was.
    pub(super) async fn withdrawn(
        &self,
        workspace: firebell_core::ids::WorkspaceId,
        by: (String, String),
        (incident, message): (IncidentId, MessageId),
    ) -> Result<(), NotKept> {
        let step = CauseCommand::Withdraw { cause: None, by: Support::Message(message) };
        self.by(workspace, by, (incident, Command::Analysis(step))).await
    }
}
