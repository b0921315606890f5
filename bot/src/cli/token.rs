//! `firebell token`: programs that may act by HTTP.

use clap::{Args, Subcommand};
use firebell_core::ids::Key;
use firebell_core::integration::Scope;
use serde_json::json;

use super::open::quiet_app;
use super::say::{complain, say};
use super::{Exit, Failure, Global, JsonArg};
use crate::intake::dates;

/// `firebell token`.
#[derive(Debug, Args)]
pub struct TokenArgs {
    #[command(subcommand)]
    pub what: What,
}

/// What is done about tokens.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Make a token for a program, and print it this once.
    Add(NameArg),
    /// End the token of a program at once.
    Revoke(NameArg),
    /// List the programs that have, or had, one.
    List(JsonArg),
}

/// A program.
#[derive(Debug, Args)]
pub struct NameArg {
    /// What the program is called in the record.
    #[arg(value_parser = name)]
    pub name: Key,
}

pub(super) async fn token(global: &Global, args: &TokenArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let exit = match &args.what {
        What::Add(NameArg { name }) => match app.intake.add_token(name.clone(), Scope::ALL.to_vec()).await? {
            Some(token) => {
                complain(format_args!("the token of {name}; it is kept nowhere, and not shown again:"));
                say(token)?;
                Exit::Done
            }
            None => {
                complain(format_args!("{name} has a token; `firebell token revoke {name}` ends it"));
                Exit::Refused
            }
        },
        What::Revoke(NameArg { name }) => {
            if app.intake.revoke_token(name).await? {
                say(format_args!("the token of {name} is good no more"))?;
                Exit::Done
            } else {
                complain(format_args!("{name} has no token that is good; `firebell token list` says who has"));
                Exit::Refused
            }
        }
        What::List(args) => {
            list(&app.intake.tokens().await?, args.json)?;
            Exit::Done
        }
    };
    app.store.close().await;
    Ok(exit)
}

fn list(tokens: &[crate::store::integrations::Listed], as_json: bool) -> Result<(), Failure> {
    let rows = tokens.iter().map(|listed| {
        let (made, revoked) = dates(listed);
        let scopes: Vec<&str> = listed.integration.scopes.iter().map(|scope| scope.word()).collect();
        (listed.integration.name.to_string(), scopes, made, revoked)
    });
    if as_json {
        let rows = rows.map(
            |(name, scopes, made, revoked)| json!({ "name": name, "scopes": scopes, "made": made, "revoked": revoked }),
        );
        return say(rows.collect::<serde_json::Value>());
    }
    if tokens.is_empty() {
        return say("no program has a token; `firebell token add NAME` makes one");
    }
    for (name, scopes, made, revoked) in rows {
        let ended = revoked.map(|day| format!(", revoked {day}")).unwrap_or_default();
        say(format_args!("{name}: {}, made {made}{ended}", scopes.join(", ")))?;
    }
    Ok(())
}

fn name(text: &str) -> Result<Key, String> {
    Key::new(text).map_err(|error| error.to_string())
}
