//! Does one thing with a forge, for checks against servers that others wrote: reads from the standard input what to do as JSON,
//! and writes what came of it.

use std::io::{self, Read as _, Write as _};

use firebell::clock::Clock;
use firebell::notify::Secret;
use firebell::outside::call::CallError;
use firebell::outside::forge::{Forge, GitHub, GitLab};
use firebell::outside::publishing::{File, Publication};
use firebell::outside::tracker::{Cursor, Ticket, TicketRef, TicketState};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Order {
    forge: String,
    base: String,
    repository: String,
    token: String,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum What {
    Create { ticket: Said, again: bool },
    Update { at: TicketRef, ticket: Said },
    State { at: TicketRef },
    Since { cursor: Cursor },
    Publish { publication: Files },
    Examine { branch: String },
}

#[derive(Deserialize)]
struct Said {
    key: String,
    title: String,
    body: String,
    labels: Vec<String>,
    assignee: Option<String>,
    done: bool,
}

#[derive(Deserialize)]
struct Files {
    branch: String,
    base: String,
    title: String,
    /// Paths with texts.
    texts: Vec<(String, String)>,
    /// Paths with bytes.
    blobs: Vec<(String, Vec<u8>)>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let order: Order = serde_json::from_str(&text)?;
    let (base, token, clock) = (order.base.parse()?, Secret::new(&order.token)?, Clock::system());
    let forge = match order.forge.as_str() {
        "github" => Forge::GitHub(GitHub::new(base, &order.repository, token, clock)?),
        _ => Forge::GitLab(GitLab::new(base, &order.repository, token, clock)?),
    };
    let done = match carry_out(&forge, order.what).await {
        Ok(done) => json!({ "ok": done }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    writeln!(io::stdout(), "{done}")?;
    Ok(())
}

async fn carry_out(forge: &Forge, what: What) -> Result<Value, CallError> {
    Ok(match what {
        What::Create { ticket, again } => json!(forge.create(&ticket.into(), again).await?),
        What::Update { at, ticket } => json!(forge.update(&at, &ticket.into()).await?),
        What::State { at } => shown(&forge.state(&at).await?),
        What::Since { cursor } => {
            let changes = forge.states_since(&cursor).await?;
            let states: Vec<Value> = changes.states.iter().map(|(at, state)| json!([at, shown(state)])).collect();
            json!({ "states": states, "cursor": changes.cursor })
        }
        What::Publish { publication } => {
            let published = forge.publish(&publication.into()).await?;
            json!({ "url": published.url, "commit": published.commit })
        }
        What::Examine { branch } => json!(forge.examine(&branch).await?),
    })
}

fn shown(state: &TicketState) -> Value {
    json!({
        "done": state.done, "closed_at": state.closed_at, "assignee": state.assignee, "title": state.title,
    })
}

impl From<Said> for Ticket {
    fn from(said: Said) -> Self {
        let Said { key, title, body, labels, assignee, done } = said;
        Self { key, title, body, labels, assignee, due: None, done }
    }
}

impl From<Files> for Publication {
    fn from(said: Files) -> Self {
        let texts = said.texts.into_iter().map(|(path, text)| (path, text.into_bytes()));
        let files = texts.chain(said.blobs).map(|(path, content)| File { path, content }).collect();
        Self {
            key: "firebell:interop:INC-1".to_owned(),
            branch: said.branch,
            base: said.base,
            message: said.title.clone(),
            title: said.title,
            body: "For review.".to_owned(),
            files,
        }
    }
}
