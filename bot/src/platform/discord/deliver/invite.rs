//! A person is brought into a room.

use firebell_core::effect::{Delivery, Reference};

use super::make::LET_IN;
use super::spot::Spot;
use super::{Step, Turn};
use crate::platform::Account;
use crate::platform::discord::api::{ApiError, Overwrite, Permissions, code};

impl Turn<'_> {
    /// Brings somebody in: into a thread as a member of it; a hidden channel is opened for them. Any other channel they see.
    pub(super) async fn invite(&self, room: &str, account: &Account) -> Step<Reference> {
        let user = account_id(account)?;
        let spot = self.spot(room).await?;
        self.in_time()?;
        let invited = match spot {
            Spot::Post { .. } | Spot::Thread => self.within(room, || self.api.add_thread_member(room, user)).await,
            Spot::Channel { hidden: true } => {
                self.api.set_overwrite(room, &Overwrite::of_member(user, LET_IN, Permissions::NONE)).await
            }
            Spot::Channel { hidden: false } => Ok(()),
        };
        invited.map_err(|error| self.not_let_in(room, error))?;
        Ok(Reference { external_id: user.to_owned(), name: String::new() })
    }

    pub(super) fn not_let_in(&self, room: &str, error: ApiError) -> Delivery {
        match error {
            // Discord says the same of a thread that the bot may not see, and of somebody who may not see the channel of it.
            error if error.is(&[code::MISSING_ACCESS]) => {
                let named = self.stop_in(room, error);
                match named {
                    Delivery::Impossible(why) => Delivery::Impossible(format!(
                        "{why}; or the person may not see the channel that the room is in: give them a role that does"
                    )),
                    other => other,
                }
            }
            error => self.stop_in(room, error),
        }
    }
}

/// Discord's id of an account.
pub(super) fn account_id(account: &Account) -> Step<&str> {
    match account {
        Account::Id(id) => Ok(id),
        Account::Email(_) => Err(Delivery::Impossible(
            "Discord finds nobody by an e-mail address: they can type /incident me link in Discord, or give them \"discord\" in \
             firebell.toml"
                .to_owned(),
        )),
    }
}
