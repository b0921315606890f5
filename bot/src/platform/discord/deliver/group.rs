//! Everybody of a role comes into a room.

use firebell_core::effect::Reference;

use super::make::LET_IN;
use super::say::Saying;
use super::spot::Spot;
use super::{Step, Turn};
use crate::platform::discord::GroupHow;
use crate::platform::discord::api::{ApiError, Mentions, Overwrite, Permissions, code};

impl Turn<'_> {
    pub(super) async fn invite_group(&self, room: &str, role: &str) -> Step<Reference> {
        match self.settings.group.as_ref().map(|group| group.how) {
            Some(GroupHow::Brought) => self.bring(room, role).await,
            Some(GroupHow::Called) | None => self.call_role(room, role).await,
        }
    }

    async fn call_role(&self, room: &str, role: &str) -> Step<Reference> {
        let text = format!("<@&{role}>, this is an incident's room.");
        let mentions = Mentions::roles(&[role.to_owned()]);
        let id = self.say_in(room, Saying { text: &text, components: serde_json::Value::Null, mentions }).await?;
        Ok(Reference { external_id: id, name: String::new() })
    }

    /// Those who cannot be brought in do not stop the others.
    async fn bring(&self, room: &str, role: &str) -> Step<Reference> {
        if let Spot::Channel { hidden } = self.spot(room).await? {
            if hidden {
                let let_in = Overwrite::of_role(role, LET_IN, Permissions::NONE);
                self.api.set_overwrite(room, &let_in).await.map_err(|error| self.stop_in(room, error))?;
            }
            return Ok(Reference::default());
        }
        let members = self.members_of(role).await.map_err(|error| self.stop(error))?;
        let done = self.notes.brought.take(self.key).unwrap_or_default().min(members.len());
        let mut left_out = 0;
        for (at, member) in members.iter().enumerate().skip(done) {
            let later = |ended| {
                self.notes.brought.put(self.key.to_owned(), at);
                ended
            };
            self.in_time().map_err(later)?;
            match self.within(room, || self.api.add_thread_member(room, member)).await {
                Ok(()) => {}
                Err(error) if error.is(&[code::UNKNOWN_MEMBER, code::UNKNOWN_USER, code::MISSING_ACCESS]) => {
                    left_out += 1;
                }
                Err(error) => return Err(later(self.stop_in(room, error))),
            }
        }
        if left_out > 0 {
            tracing::warn!(room, role, left_out, "some of the role could not be let into the room");
        }
        Ok(Reference::default())
    }

    /// The people who have a role, by their ids.
    async fn members_of(&self, role: &str) -> Result<Vec<String>, ApiError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.api.members(&self.settings.guild, after.as_deref()).await?;
            let last = page.last().map(|member| member.user.id.clone());
            let has = page.iter().filter(|member| !member.user.bot && member.roles.iter().any(|held| held == role));
            found.extend(has.map(|member| member.user.id.clone()));
            if page.len() < 1000 || last.is_none() || !self.has_time() {
                return Ok(found);
            }
            after = last;
        }
    }
}
