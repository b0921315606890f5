//! Where is measured: a fake Discord with people in it, and the binary that serves it from a fresh folder.

use std::fmt::Write as _;
use std::ops::Deref;
use std::time::Duration;

use firebell::clock::Clock;

use crate::Failure;
use crate::served::Served;
use crate::support::discord::{Channel, Fake, Outcome, Settings};

/// How long the fake takes for each call of the REST API.
const LATENCY: Duration = Duration::from_millis(100);
/// How many people there are; the first is on call.
const PEOPLE: usize = 20;

/// A server that a process serves.
pub(crate) struct Place {
    pub(crate) fake: Fake,
    served: Served,
    clock: Clock,
    pub(crate) general: String,
    forum: String,
    people: Vec<String>,
}

impl Deref for Place {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.served
    }
}

impl Place {
    /// A process that listens to the gateway.
    pub(crate) async fn new() -> Result<Self, Failure> {
        let fake = Fake::start_with(Settings { start: None, ..Settings::default() }).await;
        let people: Vec<String> = (0..PEOPLE).map(|number| fake.add_person(&format!("p{number}"))).collect();
        // Tags that are there are not made.
        let forum = fake.add_forum("incidents", &TAGS);
        fake.set_latency(LATENCY);
        let secrets = [("FIREBELL_DISCORD_BOT_TOKEN", fake.bot_token())];
        let served = Served::start(&configuration(&fake, &forum, &people)?, &secrets)?;
        let general = fake.channel("general").id;
        let place = Self { fake, served, clock: Clock::system(), general, forum, people };
        place.until("the gateway", || place.is_connected()).await?;
        place.until("the commands", || place.fake.command_writes() > 0).await?;
        place.quiet().await;
        Ok(place)
    }

    /// Microseconds since 1970, by the fake's clock.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    /// Somebody's account.
    pub(crate) fn person(&self, number: usize) -> &str {
        &self.people[number % PEOPLE]
    }

    /// Whether somebody listens to the gateway.
    pub(crate) fn is_connected(&self) -> bool {
        self.fake.connections().iter().any(|connection| connection.session.is_some())
    }

    /// Somebody declares an incident, with what pages or does not.
    pub(crate) async fn declare(&self, number: usize, title: &str, severity: &str) -> Outcome {
        let options = [("title", title), ("severity", severity), ("service", "checkout")];
        self.fake.slash(self.person(number), &self.general, "incident declare", &options).await
    }

    /// The posts whose names end like this.
    pub(crate) fn rooms(&self, end: &str) -> Vec<Channel> {
        self.fake.threads(&self.forum).into_iter().filter(|post| post.name.ends_with(end)).collect()
    }

    /// Waits until nothing more is called.
    pub(crate) async fn quiet(&self) {
        self.served.quiet(|| self.fake.calls().len()).await;
    }
}

const TAGS: [&str; 12] = [
    "declared",
    "investigating",
    "identified",
    "mitigated",
    "resolved",
    "closed",
    "cancelled",
    "merged",
    "sev1",
    "sev2",
    "sev3",
    "sev4",
];

/// Everybody's account is known, or the first word of each would wait for a call.
fn configuration(fake: &Fake, forum: &str, people: &[String]) -> Result<String, Failure> {
    let mut text = "last_resort = [\"p1\"]\n[incidents]\ndefault_policy = \"first\"\n".to_owned();
    writeln!(text, "[[discord]]\napi_url = \"{}\"\nguild = \"{}\"\nforum = \"{forum}\"", fake.api(), fake.guild())?;
    for (number, account) in people.iter().enumerate() {
        writeln!(text, "[[people]]\nhandle = \"p{number}\"\ndiscord = \"{account}\"")?;
    }
    text.push_str(
        "[[services]]\nkey = \"checkout\"\npolicy = \"first\"\nrunbook = \"https://wiki.example.com/checkout\"\n",
    );
    text.push_str("[[policies]]\nkey = \"first\"\n[[policies.steps]]\npeople = [\"p0\"]\nwait = \"1h\"\n");
    Ok(text)
}
