//! The console platform: rooms in the terminal, no account needed. What it shows goes to a [`Screen`], the only part that
//! touches the outside.

pub mod amend;
pub mod screen;

use std::sync::Arc;

use firebell_core::effect::{Delivery, Reference};
use futures_util::future::BoxFuture;

use super::{Envelope, Outgoing};
use crate::naming::slug;

/// The name of the platform in the table of workspaces.
pub const PLATFORM: &str = "console";
/// The one workspace that the console has.
pub const WORKSPACE: &str = "local";

/// Where the console's rooms and notices are seen.
pub trait Screen: Send + Sync + 'static {
    /// Shows one thing. The delivery says whether it was seen.
    fn show<'s>(&'s self, envelope: &'s Envelope) -> BoxFuture<'s, Delivery>;
}

/// The console platform over one screen.
#[derive(Clone)]
pub struct Console {
    screen: Arc<dyn Screen>,
}

impl Console {
    /// A console that shows itself on `screen`.
    pub fn new(screen: Arc<dyn Screen>) -> Self {
        Self { screen }
    }

    /// Carries one thing out. A room is its name, so making it again changes nothing.
    pub(super) async fn deliver(&self, envelope: &Envelope) -> Delivery {
        match (self.screen.show(envelope).await, &envelope.what) {
            (Delivery::Delivered(_), Outgoing::OpenRoom { name, .. }) => {
                Delivery::Delivered(Reference { external_id: name.clone(), name: name.clone() })
            }
            (
                Delivery::Delivered(_),
                Outgoing::Card { replaces, .. }
                | Outgoing::Document { replaces, .. }
                | Outgoing::Mirror { replaces, .. },
            ) => {
                let external_id = replaces.clone().unwrap_or_else(|| envelope.key.clone());
                Delivery::Delivered(Reference { external_id, name: String::new() })
            }
            (delivery, _) => delivery,
        }
    }
}

/// The name of an incident's room: `inc-42-checkout-is-down`. The number makes it unique; a private incident's room says
/// nothing more.
pub fn room_name(incident: firebell_core::ids::IncidentId, title: &str, private: bool) -> String {
    const LONGEST: usize = 32;
    let number = incident.to_string().to_lowercase();
    if private {
        return number;
    }
    let slug = slug(title, LONGEST, char::is_alphanumeric);
    if slug.is_empty() { number } else { format!("{number}-{slug}") }
}

#[cfg(test)]
mod tests {
    use firebell_core::ids::IncidentId;

    use super::room_name;

    #[test]
    fn rooms_are_named_by_number_and_title() {
        let cases = [
            ("checkout is down", false, "inc-7-checkout-is-down"),
            ("  Übergabe: 50 % Fehler!! ", false, "inc-7-übergabe-50-fehler"),
            ("🔥🔥", false, "inc-7"),
            ("../../etc/passwd", false, "inc-7-etc-passwd"),
            ("payroll leaked", true, "inc-7"),
            (&"long ".repeat(40), false, "inc-7-long-long-long-long-long-long-lo"),
        ];
        for (title, private, name) in cases {
            assert_eq!(room_name(IncidentId(7), title, private), name, "{title}");
        }
    }
}
