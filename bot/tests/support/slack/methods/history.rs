//! What was said, and where it can be read.

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::state::{Channel, Message, State};
use super::{Answer, page};

pub(super) fn history(state: &State, args: &Args) -> Answer {
    let channel = readable(state, args)?;
    let in_room =
        |message: &&Message| message.thread_ts.is_none() || message.subtype.as_deref() == Some("thread_broadcast");
    let chosen = channel.messages.iter().rev().filter(in_room).filter(|message| within(&message.ts, args));
    let shown = chosen.map(|message| state.show_message(channel, message, args.flag("include_all_metadata"))).collect();
    let (messages, next) = page(shown, args, 100);
    Ok(json!({
        "messages": messages, "has_more": !next.is_empty(), "pin_count": channel.pins.len(),
        "channel_actions_ts": null, "channel_actions_count": 0, "response_metadata": {"next_cursor": next},
    }))
}

pub(super) fn replies(state: &State, args: &Args) -> Answer {
    let channel = readable(state, args)?;
    let asked = channel.message(&args.need("ts")?).ok_or("thread_not_found")?;
    let root = asked.thread_ts.clone().unwrap_or_else(|| asked.ts.clone());
    let mut shown = Vec::new();
    for message in channel.message(&root).into_iter().chain(channel.replies(&root)) {
        if message.ts == root || within(&message.ts, args) {
            shown.push(state.show_message(channel, message, args.flag("include_all_metadata")));
        }
    }
    let (messages, next) = page::<Value>(shown, args, 1000);
    Ok(json!({"messages": messages, "has_more": !next.is_empty(), "response_metadata": {"next_cursor": next}}))
}

pub(super) fn permalink(state: &State, args: &Args) -> Answer {
    let channel = state.seen(&args.need("channel")?)?;
    let message = channel.message(&args.need("message_ts")?).ok_or("message_not_found")?;
    let place = format!("https://{}.slack.com/archives/{}/p{}", state.domain, channel.id, message.ts.replace('.', ""));
    let thread = message.thread_ts.as_ref().map(|thread| format!("?thread_ts={thread}&cid={}", channel.id));
    Ok(json!({"channel": channel.id, "permalink": place + &thread.unwrap_or_default()}))
}

fn readable<'s>(state: &'s State, args: &Args) -> Result<&'s Channel, super::Refusal> {
    let channel = state.seen(&args.need("channel")?)?;
    if channel.has(&state.bot_user) { Ok(channel) } else { Err("not_in_channel".into()) }
}

/// Whether a timestamp lies between `oldest` and `latest`, which count themselves only with `inclusive`.
fn within(ts: &str, args: &Args) -> bool {
    let inclusive = args.flag("inclusive");
    let after = args
        .text("oldest")
        .is_none_or(|oldest| micros(&oldest) < micros(ts) || (inclusive && micros(&oldest) == micros(ts)));
    let before = args
        .text("latest")
        .is_none_or(|latest| micros(ts) < micros(&latest) || (inclusive && micros(&latest) == micros(ts)));
    after && before
}

fn micros(ts: &str) -> i64 {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, ""));
    let rest = format!("{rest:0<6}");
    seconds.parse::<i64>().unwrap_or(0) * 1_000_000 + rest[..6].parse::<i64>().unwrap_or(0)
}
