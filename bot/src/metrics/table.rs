//! The table of the numbers that stands in README.md.

use super::*;

const README: &str = include_str!("../../../README.md");

/// Metrics in which each number has at least one value: those without any are not told.
fn all() -> Metrics {
    let metrics = Metrics::default();
    metrics.command_done(&Command::Ack, CommandOutcome::Done);
    let work = Work::TellLinked {
        person: firebell_core::ids::PersonId(uuid::Uuid::nil()),
        workspace: firebell_core::ids::WorkspaceId(uuid::Uuid::nil()),
        linked: firebell_core::incident::Channel {
            workspace: firebell_core::ids::WorkspaceId(uuid::Uuid::nil()),
            external_id: "U1".to_owned(),
        },
    };
    metrics.effect_tried(&work, EffectOutcome::Superseded);
    metrics.effects_waiting(&[]);
    metrics.connected("slack", "main", Some(true));
    metrics.audited(DateTime::UNIX_EPOCH, &[("overdue", 1)]);
    metrics.add(&Tally { notices: vec![("queued", "slack")], ..Tally::default() });
    metrics
}

/// As it is to stand there, from what is told to whoever collects it.
fn table(text: &str) -> String {
    let head = "| number | kind | labels | what it tells |\n| --- | --- | --- | --- |\n".to_owned();
    let row = |help: &str| {
        let (name, what) = help.split_once(' ').unwrap();
        let of = format!("# TYPE {name} ");
        let kind = text.lines().find_map(|line| line.strip_prefix(&of)).unwrap();
        let name = if kind == "counter" { format!("{name}_total") } else { name.to_owned() };
        let sample = text.lines().find(|line| !line.starts_with('#') && line.starts_with(&name)).unwrap();
        let labels = sample.split_once('{').map(|(_, rest)| rest.split_once('}').unwrap().0).unwrap_or_default();
        let labels: Vec<String> = labels
            .split(',')
            .filter_map(|label| label.split_once('=').map(|(key, _)| key))
            .filter(|key| !key.is_empty() && *key != "le")
            .map(|key| format!("`{key}`"))
            .collect();
        format!("| `{name}` | {kind} | {} | {} |\n", labels.join(", "), what.trim_end_matches('.'))
    };
    text.lines().filter_map(|line| line.strip_prefix("# HELP ")).map(row).fold(head, |table, row| table + &row)
}

#[test]
fn the_readme_lists_every_number() {
    let table = table(&all().text().unwrap());
    assert!(table.lines().count() > 20, "{table}");
    assert!(README.contains(&table), "the table of README.md is to be\n{table}");
}

#[test]
fn no_label_holds_what_people_typed() {
    let text = all().text().unwrap();
    let known = ["command", "outcome", "work", "priority", "platform", "workspace", "finding", "state", "method", "le"];
    let labels = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('{'));
    for (_, labels) in labels {
        for label in labels.split('}').next().unwrap().split("\",") {
            let key = label.split('=').next().unwrap();
            assert!(known.contains(&key), "{key} of {labels}: are its values a closed set?");
        }
    }
}
