//! Readers: whoever holds the database and its key sees everything.

use std::path::Path;

use firebell_core::chain::Hash;
use firebell_core::command::ExportFormat;
use firebell_core::policy::Viewer;
use serde_json::json;

use super::open::quiet_app;
use super::say::{complain, say};
use super::{Exit, ExportArgs, ExportAs, Failure, Global, ListArgs, ShowArgs, VerifyArgs};
use crate::app::App;
use crate::intake::{Answer, Exported, Shown, VerifyReport};
use crate::render::Target;

pub(super) async fn list(global: &Global, args: &ListArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    if args.json {
        let incidents = app.intake.incidents(Viewer::Operator, args.all, None).await?;
        say(serde_json::to_string_pretty(&incidents)?)?;
    } else {
        say(app.intake.operator_list(args.all, chrono_tz::UTC).await?)?;
    }
    app.store.close().await;
    Ok(Exit::Done)
}

/// Who has not proved that they can be reached.
pub(super) async fn contacts(global: &Global) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    say(app.intake.operator_proof().await?.trim_end())?;
    app.store.close().await;
    Ok(Exit::Done)
}

pub(super) async fn show(global: &Global, args: &ShowArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let answer = if args.json {
        app.intake.operator_export(args.incident, ExportFormat::Json, None, chrono_tz::UTC).await?
    } else {
        app.intake.operator_show(args.incident, chrono_tz::UTC).await?
    };
    let exit = print(&app, &answer)?;
    app.store.close().await;
    Ok(exit)
}

pub(super) async fn export(global: &Global, args: ExportArgs) -> Result<Exit, Failure> {
    let app = quiet_app(global).await?;
    let format = match args.format {
        ExportAs::Md => ExportFormat::Markdown,
        ExportAs::Html => ExportFormat::Html,
        ExportAs::Pdf => ExportFormat::Pdf,
        ExportAs::Json => ExportFormat::Json,
    };
    let answer = app.intake.operator_export(args.incident, format, args.template.as_deref(), args.zone).await?;
    let exit = match (&answer, &args.output) {
        (Answer::Shown(Shown::Document { content, .. }), Some(path)) => {
            std::fs::write(path, content.bytes()).map_err(|error| format!("write {}: {error}", path.display()))?;
            say(format_args!("wrote {}", path.display()))?;
            Exit::Done
        }
        _ => print(&app, &answer)?,
    };
    app.store.close().await;
    Ok(exit)
}

fn print(app: &App, answer: &Answer) -> Result<Exit, Failure> {
    let words = app.intake.words(Target::Console, answer, chrono_tz::UTC)?;
    if matches!(answer, Answer::Refused(_)) {
        complain(words);
        return Ok(Exit::Refused);
    }
    say(words.trim_end_matches('\n'))?;
    Ok(Exit::Done)
}

pub(super) async fn verify(global: &Global, args: VerifyArgs) -> Result<Exit, Failure> {
    let exported = args.against.as_deref().map(head_of).transpose()?;
    let app = quiet_app(global).await?;
    let reports = app.intake.verify(args.incident, exported).await?;
    app.store.close().await;
    let broken = reports.iter().filter(|report| report.result.is_err()).count();
    if args.json {
        let reports: Vec<_> = reports.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&reports)?)?;
    } else {
        for report in &reports {
            say(sentence(report))?;
        }
    }
    Ok(if broken == 0 { Exit::Done } else { Exit::Fault })
}

/// What a verification found, as one line.
pub(super) fn sentence(report: &VerifyReport) -> String {
    match &report.result {
        Ok(verified) => format!(
            "{}: {} entries, {} redacted, {} anchors, head {}: intact{}",
            report.stream,
            verified.entries,
            verified.redacted,
            verified.anchors,
            verified.head,
            if report.evidence { "" } else { ", but no evidence: everybody knows the key of replays" }
        ),
        Err(why) => format!("BROKEN {why}"),
    }
}

fn as_json(report: &VerifyReport) -> serde_json::Value {
    match &report.result {
        Ok(verified) => json!({
            "stream": report.stream,
            "intact": true,
            "evidence": report.evidence,
            "entries": verified.entries,
            "redacted": verified.redacted,
            "anchors": verified.anchors,
            "head": verified.head.to_string(),
        }),
        Err(why) => json!({ "stream": report.stream, "intact": false, "why": why }),
    }
}

/// The head that an exported document carries: in JSON as a field, in Markdown as the line of its record.
fn head_of(path: &Path) -> Result<Exported, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("read {}: {error}", path.display()))?;
    let found = match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(value) => json_head(&value),
        Err(_) => markdown_head(&text),
    };
    found.ok_or_else(|| format!("{} carries no head of a record; is it an export of Firebell?", path.display()).into())
}

fn json_head(value: &serde_json::Value) -> Option<Exported> {
    let head = value.get("head")?;
    let hash: Hash = head.get("hash")?.as_str()?.parse().ok()?;
    Some((head.get("entries")?.as_i64()?, hash, head.get("signature")?.as_str()?.to_owned()))
}

/// Reads the count of entries, a hash of 64 hexadecimal digits and the signature after it, wherever the template puts
/// them.
fn markdown_head(text: &str) -> Option<Exported> {
    let apart = |c: char| c.is_whitespace() || "`*,|;:".contains(c);
    let words: Vec<&str> = text.split(apart).filter(|word| !word.is_empty()).collect();
    let at = words.iter().rposition(|word| word.len() == 64 && word.parse::<Hash>().is_ok())?;
    let (before, after) = words.split_at(at);
    let hash = after.first()?.parse().ok()?;
    let signature = after.iter().find(|word| is_signature(word))?;
    let count = before.windows(2).rev().find_map(|pair| match pair {
        [number, word] if word.eq_ignore_ascii_case("entries") => number.parse().ok(),
        [word, number] if word.eq_ignore_ascii_case("entries") => number.parse().ok(),
        _ => None,
    });
    Some((count?, hash, signature.trim_end_matches('.').to_owned()))
}

/// A key's id, a dot, and 64 hexadecimal digits.
fn is_signature(word: &str) -> bool {
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    word.trim_end_matches('.').split_once('.').is_some_and(|(id, mac)| !id.is_empty() && hex(mac))
}
