//! The page that a platform has for each person: open incidents, my pages, my actions, who is on call.

use chrono::{DateTime, Utc};
use firebell_core::actor::Actor;
use firebell_core::control::{Button, Control};
use firebell_core::directory::Directory;
use firebell_core::ids::{IncidentId, PersonId, WorkspaceId};
use firebell_core::incident::Incident;
use firebell_core::paging::target;
use firebell_core::policy::{self, Viewer};

use super::people::Nobody;
use super::{Door, FrontDesk, failed};
use crate::intake::{Fault, LIST_MAX};
use crate::platform::incoming::{Home, HomeRow, NotKept, Section};
use crate::render::{Renderer, Target};

impl FrontDesk {
    /// Shows somebody their page as it stands, and keeps it current for a while.
    pub(super) async fn home(&self, workspace: WorkspaceId, account: String) -> Result<(), NotKept> {
        let person = match self.person(workspace, &account).await {
            Ok(person) => person,
            Err(Nobody::NotKept) => return Err(NotKept),
            Err(Nobody::Unknown | Nobody::Unanswered) => return Ok(()),
        };
        let door = self.door(workspace)?;
        // Before the page is made: what is committed meanwhile is then looked at again.
        let seen = self.homes.opened(workspace, &account, self.intake.clock.now());
        let mut seen = seen.lock().await;
        let home = self.page((workspace, door), Some(person)).await.map_err(|fault| failed(&fault))?;
        seen.show(door, account, home, self.intake.clock.now()).await;
        Ok(())
    }

    /// Somebody's page as it is now. Whoever may not run commands sees nothing on it, and so does an account that is
    /// nobody's any more.
    pub(super) async fn page(
        &self,
        (workspace, door): (WorkspaceId, &Door),
        person: Option<PersonId>,
    ) -> Result<Home, Fault> {
        let (directory, target) = (self.intake.directory().await?, door.target);
        let person = person.and_then(|person| directory.people.get(&person));
        let Some((person, viewer)) = person.map(|person| (person.id, Viewer::person(person))) else {
            return Ok(Home { sections: vec![section("", Vec::new(), "Open this page again.")] });
        };
        if let Err(refusal) = policy::may_act(&Actor::chat(person, workspace), &directory) {
            let why = self.intake.renderer.refusal(target, &refusal);
            return Ok(Home { sections: vec![section("", Vec::new(), &why)] });
        }
        let open = self.intake.incidents(viewer, false, Some(LIST_MAX)).await?;
        let all = self.intake.incidents(viewer, true, Some(LIST_MAX)).await?;
        let mine = self.intake.pages_of(person).await?;
        let sections = vec![
            pages(&open, &mine, target),
            incidents(&open, &directory, target),
            actions(&all, person, target),
            on_call(&directory, self.intake.clock.now(), target),
        ];
        Ok(Home { sections })
    }
}

fn pages(open: &[Incident], mine: &[IncidentId], target: Target) -> Section {
    let row = |incident: &Incident| HomeRow {
        text: headline(incident, target),
        controls: vec![Control::of(Button::Acknowledge, incident.id)],
    };
    let rows = open.iter().filter(|incident| mine.contains(&incident.id)).map(row).collect();
    section("My pages", rows, "Nobody waits for your acknowledgement.")
}

fn incidents(open: &[Incident], directory: &Directory, target: Target) -> Section {
    let row = |incident: &Incident| {
        let lead =
            incident.lead().map_or("nobody leads yet".to_owned(), |lead| format!("lead @{}", directory.handle(lead)));
        HomeRow {
            text: format!("{}\n{lead}", headline(incident, target)),
            controls: vec![Control::of(Button::Update, incident.id), Control::of(Button::Timeline, incident.id)],
        }
    };
    section("Open incidents", open.iter().map(row).collect(), "There is no open incident.")
}

fn actions(all: &[Incident], person: PersonId, target: Target) -> Section {
    let mut rows = Vec::new();
    for incident in all {
        for action in incident.actions.iter().filter(|held| held.owner == Some(person) && held.done.is_none()) {
            let due = action.due.map_or_else(String::new, |due| format!(", due {}", due.format("%Y-%m-%d")));
            let text = Renderer::inert(target, &action.said.text);
            rows.push(HomeRow { text: format!("{} of {}: {text}{due}", action.id, incident.id), controls: Vec::new() });
        }
    }
    section("My actions", rows, "You have no open actions.")
}

/// Who is paged first under each policy.
fn on_call(directory: &Directory, now: DateTime<Utc>, target: Target) -> Section {
    let row = |policy: &firebell_core::paging::policy::PagingPolicy| {
        let first = policy.steps.first().map(|step| target::Target::everybody(step, directory, now).people());
        let people: Vec<String> =
            first.unwrap_or_default().iter().map(|person| format!("@{}", directory.handle(*person))).collect();
        let people = if people.is_empty() { "nobody".to_owned() } else { people.join(", ") };
        HomeRow { text: format!("{}: {people}", Renderer::inert(target, &policy.name)), controls: Vec::new() }
    };
    section("On call", directory.policies.values().map(row).collect(), "No policy says who is paged.")
}

fn headline(incident: &Incident, target: Target) -> String {
    let drill = if incident.drill { "[DRILL] " } else { "" };
    let severity = incident.severity.to_string().to_uppercase();
    let title = Renderer::inert(target, &incident.title);
    format!("{drill}{} {severity} {}: {title}", incident.id, incident.status.word())
}

fn section(title: &str, rows: Vec<HomeRow>, empty: &str) -> Section {
    Section { title: title.to_owned(), rows, empty: empty.to_owned() }
}
