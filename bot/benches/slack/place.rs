//! Where is measured: a fake Slack with people in it, and the binary that serves it from a fresh folder.

use std::fmt::Write as _;
use std::ops::Deref;
use std::time::Duration;

use firebell::clock::Clock;
use firebell::platform::slack::manifest;

use crate::Failure;
use crate::served::Served;
use crate::support::slack::{Channel, Fake, Kind, Outcome, Settings, User};

/// How long the fake takes for each call of the Web API.
const LATENCY: Duration = Duration::from_millis(100);
/// How many people there are; the first is on call.
const PEOPLE: usize = 20;

/// A workspace that a process serves.
pub(crate) struct Place {
    pub(crate) fake: Fake,
    served: Served,
    clock: Clock,
    general: String,
}

impl Deref for Place {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.served
    }
}

impl Place {
    /// A process that listens on so many connections.
    pub(crate) async fn new(connections: usize) -> Result<Self, Failure> {
        let fake = Fake::start_with(Settings { start: None, ..Settings::default() }).await;
        fake.subscribe(&manifest::EVENTS.map(|(event, _)| event));
        for number in 0..PEOPLE {
            fake.add_user(User { id: account(number), ..User::named(&format!("p{number}")) });
        }
        fake.set_latency(LATENCY);
        let secrets = [("FIREBELL_SLACK_BOT_TOKEN", fake.bot_token()), ("FIREBELL_SLACK_APP_TOKEN", fake.app_token())];
        let served = Served::start(&configuration(&fake, connections)?, &secrets)?;
        let general = fake.channel("general").id;
        let place = Self { fake, served, clock: Clock::system(), general };
        place.until("connections", || place.fake.sockets().len() >= connections).await?;
        Ok(place)
    }

    /// Microseconds since 1970, by the fake's clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    /// Somebody declares an incident.
    pub(crate) async fn declare(&self, number: usize, what: &str) -> Outcome {
        self.fake.slash(&account(number % PEOPLE), &self.general, "/incident", &format!("declare {what}")).await
    }

    /// The channels whose names end like this.
    pub(crate) fn rooms(&self, slug: &str) -> Vec<Channel> {
        self.fake.with(|state| {
            let found =
                state.channels.values().filter(|channel| channel.kind != Kind::Dm && channel.name.ends_with(slug));
            found.cloned().collect()
        })
    }

    /// Waits until nothing more is called.
    pub(crate) async fn quiet(&self) {
        self.served.quiet(|| self.fake.calls().len()).await;
    }
}

fn account(number: usize) -> String {
    format!("U0P{number:04}")
}

/// Everybody's account is known, or the first word of each would wait for a call.
fn configuration(fake: &Fake, connections: usize) -> Result<String, Failure> {
    let mut text = "last_resort = [\"p1\"]\n[incidents]\ndefault_policy = \"first\"\n".to_owned();
    writeln!(text, "[[slack]]\napi_url = \"{}\"\nconnections = {connections}", fake.api())?;
    for number in 0..PEOPLE {
        writeln!(text, "[[people]]\nhandle = \"p{number}\"\nslack = \"{}\"", account(number))?;
    }
    text.push_str(
        "[[services]]\nkey = \"checkout\"\npolicy = \"first\"\nrunbook = \"https://wiki.example.com/checkout\"\n",
    );
    text.push_str("[[policies]]\nkey = \"first\"\n[[policies.steps]]\npeople = [\"p0\"]\nwait = \"1h\"\n");
    Ok(text)
}
