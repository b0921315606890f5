//! Requests of people: lines, buttons, forms and shortcuts.

use firebell_core::actor::Actor;
use firebell_core::command::{Ask as Wants, Command, Query, Quote, Request};
use firebell_core::control::{Button, Control};
use firebell_core::form::{self, FormKind, Values};
use firebell_core::ids::{IncidentId, Key, MessageId, PersonId, WorkspaceId};
use firebell_core::message::Happened;
use firebell_core::policy;
use firebell_core::refusal::Refusal;
use firebell_core::settings::LEAD;

use super::people::Nobody;
use super::{FrontDesk, failed};
use crate::intake::{Answer as Decided, From, Heard, Inbound, Says};
use crate::platform::incoming::{Answer, Ask, Cited, Incoming, NotKept};

/// Who asks, where, and under which id.
pub(super) struct Asker {
    pub(super) workspace: WorkspaceId,
    pub(super) person: PersonId,
    pub(super) account: String,
    pub(super) room: Option<String>,
    pub(super) id: String,
}

impl FrontDesk {
    pub(super) async fn request(&self, workspace: WorkspaceId, incoming: Incoming) -> Result<Answer, NotKept> {
        let Incoming { id, account, room, ask } = incoming;
        let person = match self.person(workspace, &account).await {
            Ok(person) => person,
            Err(nobody) => return self.unknown(workspace, &nobody),
        };
        let asker = Asker { workspace, person, account, room, id };
        match ask {
            Ask::Line { text, mentions } => {
                let text = self.called(workspace, text, &mentions).await?;
                if let Some((incident, section)) = self.edits_section(&asker, &text).await? {
                    return self.section_form(&asker, incident, &section).await;
                }
                match self.cause_form(&asker, &text).await? {
                    Some(form) => Ok(form),
                    None => self.says(&asker, Says::Line(text)).await,
                }
            }
            Ask::Press { control } => self.press(&asker, control).await,
            Ask::Submit { form, incident, values, cites } => self.submit(&asker, (form, incident), values, cites).await,
            Ask::Declare { from } => self.declare_form(&asker, from.as_ref()).await,
            Ask::Mark { message } => self.mark(&asker, message).await,
            Ask::Evidence { message } => self.evidence(&asker, message).await,
            Ask::Options { source, typed, incident } => self.options(&asker, (source, incident), &typed).await,
        }
    }

    /// A line with the names of commands in the place of the accounts that it mentions, as far as they are somebody's.
    async fn called(&self, workspace: WorkspaceId, mut text: String, mentions: &[String]) -> Result<String, NotKept> {
        // An id may begin with another.
        let mut mentions: Vec<&String> = mentions.iter().collect();
        mentions.sort_by_key(|account| std::cmp::Reverse(account.len()));
        for account in mentions {
            match self.person(workspace, account).await {
                Ok(person) => {
                    let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
                    text = text.replace(&format!("@{account}"), &format!("@{}", directory.handle(person)));
                }
                Err(Nobody::Unknown | Nobody::Unanswered) => {}
                Err(Nobody::NotKept) => return Err(NotKept),
            }
        }
        Ok(text)
    }

    /// Hands a request to intake and answers what it says.
    async fn says(&self, asker: &Asker, says: Says) -> Result<Answer, NotKept> {
        let decided = self.intake.take(self.inbound(asker, &asker.id, says)?).await;
        self.answer((asker.workspace, asker.person, asker.room.as_deref()), decided).await
    }

    /// What somebody asks for, under the id that it came in with.
    pub(super) fn inbound_of(&self, asker: &Asker, says: Says) -> Result<Inbound, NotKept> {
        self.inbound(asker, &asker.id, says)
    }

    pub(super) fn inbound(&self, asker: &Asker, id: &str, says: Says) -> Result<Inbound, NotKept> {
        Ok(Inbound {
            workspace: asker.workspace,
            id: id.to_owned(),
            from: From::Account { external_id: asker.account.clone() },
            room: asker.room.clone(),
            says,
            target: self.door(asker.workspace)?.target,
        })
    }

    async fn press(&self, asker: &Asker, Control { button, incident }: Control) -> Result<Answer, NotKept> {
        let ask = match button {
            Button::Acknowledge => Wants::Command(Command::Ack),
            Button::Lead => match Key::new(LEAD) {
                Ok(role) => Wants::Command(Command::Assign { role, person: "me".to_owned() }),
                Err(_) => return Ok(Answer::Nothing),
            },
            Button::Snooze => return self.says(asker, named(incident, "snooze")).await,
            Button::Timeline => Wants::Query(Query::Timeline),
            Button::Declare => return self.declare_form(asker, None).await,
            Button::Update => return self.form_about(asker, (FormKind::Update, incident)).await,
            Button::Change => return self.form_about(asker, (FormKind::Change, incident)).await,
            Button::Action => return self.form_about(asker, (FormKind::Action, incident)).await,
            Button::Resolve => return self.form_about(asker, (FormKind::Resolve, incident)).await,
        };
        self.says(asker, Says::Request(Box::new(Request { incident, ask }))).await
    }

    /// A form that was sent. What is refused stays open, with the reason at its field; of two things that were asked for,
    /// one that is so already counts as done when the other one is done.
    async fn submit(
        &self,
        asker: &Asker,
        (kind, incident): (FormKind, Option<IncidentId>),
        values: Values,
        cites: Option<Cited>,
    ) -> Result<Answer, NotKept> {
        if kind == FormKind::Evidence {
            return self.chose_cause(asker, &values, cites).await;
        }
        let quote = match cites {
            Some(message) => Some(self.quote(asker, message).await?),
            None => None,
        };
        let parts = form::split(kind, &values);
        let (mut done, mut refused) = (None, None);
        for (number, values) in parts.into_iter().enumerate() {
            let says = Says::Form { kind, incident, values, quote: quote.clone() };
            let id = format!("{}/{number}", asker.id);
            match self.intake.take(self.inbound(asker, &id, says)?).await {
                Ok(Decided::Refused(Refusal::Already { incident, is })) => {
                    refused.get_or_insert(Refusal::Already { incident, is });
                }
                Ok(Decided::Refused(refusal)) => return Ok(self.invalid(kind, &refusal)),
                decided => done = Some(decided),
            }
        }
        match (done, refused) {
            (Some(decided), _) => self.answer((asker.workspace, asker.person, asker.room.as_deref()), decided).await,
            (None, Some(refusal)) => Ok(self.invalid(kind, &refusal)),
            (None, None) => Ok(Answer::Nothing),
        }
    }

    /// Makes a message part of the timeline: of the incident whose room it was said in, else of the one that is meant.
    async fn mark(&self, asker: &Asker, message: Cited) -> Result<Answer, NotKept> {
        let actor = Actor::chat(asker.person, asker.workspace);
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        if let Err(refusal) = policy::may_act(&actor, &directory) {
            return self.refused(asker.workspace, &refusal);
        }
        match self.pointed(asker, &message).await? {
            Some((incident, message)) => {
                let ask = Wants::Command(Command::Mark { message });
                self.says(asker, Says::Request(Box::new(Request { incident: Some(incident), ask }))).await
            }
            None => {
                let open = self.open_incidents(asker).await?;
                match open.as_slice() {
                    [] => self.refused(asker.workspace, &Refusal::NothingOpen),
                    [only] => {
                        let ask = Wants::Command(Command::Cite { quote: self.quote(asker, message).await? });
                        self.says(asker, Says::Request(Box::new(Request { incident: Some(only.id), ask }))).await
                    }
                    _ => Ok(Answer::Form(Box::new(form::cite()))),
                }
            }
        }
    }

    /// A message that somebody points at, as it is kept where it was said in a room.
    pub(super) async fn pointed(
        &self,
        asker: &Asker,
        message: &Cited,
    ) -> Result<Option<(IncidentId, MessageId)>, NotKept> {
        if let Some(original) = self.copied(asker.workspace, &message.room, &message.message.id).await? {
            return Ok(Some(original));
        }
        match self.captured(asker.workspace, message).await {
            Ok(found) => Ok(found),
            Err(Nobody::NotKept) => Err(NotKept),
            Err(Nobody::Unknown | Nobody::Unanswered) => Ok(None),
        }
    }

    /// The message as it is kept of its room, whatever is captured there; `None` where the room is no incident's.
    pub(super) async fn captured(
        &self,
        workspace: WorkspaceId,
        Cited { room, message, .. }: &Cited,
    ) -> Result<Option<(IncidentId, MessageId)>, Nobody> {
        self.person(workspace, &message.author).await?;
        let heard = Heard {
            workspace,
            room: room.clone(),
            external_id: message.id.clone(),
            sent_at: message.sent_at,
            parent: message.parent.clone(),
            wanted: true,
            what: Happened::Said { author: message.author.clone(), text: message.text.clone() },
            files: message.files.clone(),
        };
        let kept = self.intake.hear(heard).await.map_err(|_| Nobody::NotKept)?;
        Ok(kept.unwrap_or_default())
    }

    /// A message as it is cited. Who said it may be nobody that can be known.
    pub(super) async fn quote(&self, asker: &Asker, cited: Cited) -> Result<Quote, NotKept> {
        let author = match self.person(asker.workspace, &cited.message.author).await {
            Ok(person) => Some(person),
            Err(Nobody::Unknown | Nobody::Unanswered) => None,
            Err(Nobody::NotKept) => return Err(NotKept),
        };
        Ok(Quote { text: cited.message.text, author, said_at: cited.message.sent_at, link: cited.permalink })
    }
}

fn named(incident: Option<IncidentId>, verb: &str) -> Says {
    Says::Line(incident.map_or_else(|| verb.to_owned(), |incident| format!("{incident} {verb}")))
}
