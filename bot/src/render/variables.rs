//! The variables of postmortem templates, read from the types of the views that they are rendered with, and the helpers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use firebell_core::incident::Visibility;
use firebell_core::view::{PostView, PostmortemView, schema_of};
use serde_json::{Value, json};

use super::bound::{MOST, MOST_STEPS};
use super::helpers::HELPERS;
use super::material::Material;
use super::sample::{Sample, changes};

/// Every variable that a postmortem template can name, and every helper.
#[derive(Debug)]
pub struct Variables {
    schema: Value,
    kinds: Kinds,
}

/// What a variable holds that is absent.
const NOTHING: &str = "nothing";

/// The kinds of entries that have a field, by its name.
type Kinds = BTreeMap<String, BTreeSet<String>>;

/// One variable.
#[derive(Debug, Default)]
struct Variable {
    /// What it holds, as the page has it.
    holds: BTreeSet<String>,
    about: BTreeSet<String>,
    /// Entries of some kinds alone have it.
    partly: bool,
}

impl Default for Variables {
    fn default() -> Self {
        Self::new()
    }
}

impl Variables {
    /// Reads them.
    pub fn new() -> Self {
        Self { schema: schema_of::<Material<'static>>().to_value(), kinds: kinds() }
    }

    /// As a JSON Schema of what templates are rendered with, beside the helpers.
    pub fn json(&self) -> Value {
        let helper =
            |(name, usage, about): &(&str, &str, &str)| json!({ "name": name, "usage": usage, "about": about });
        json!({
            "variables": self.schema,
            "kinds": self.kinds,
            "helpers": HELPERS.iter().map(helper).collect::<Vec<_>>(),
        })
    }

    /// The name of every variable, whatever it is part of.
    pub fn names(&self) -> BTreeSet<String> {
        let all = self.types().into_iter();
        all.flat_map(|(_, schema)| self.variables(schema).into_keys()).collect()
    }

    /// Variables that nothing is said of, as `CardView.title`.
    pub fn unexplained(&self) -> Vec<String> {
        let of = |(name, schema): (String, &Value)| {
            let wanting = self.variables(schema).into_iter().filter(|(_, variable)| {
                variable.about.is_empty() || variable.about.contains("") || variable.holds.is_empty()
            });
            wanting.map(|(variable, _)| format!("{name}.{variable}")).collect::<Vec<_>>()
        };
        self.types().into_iter().flat_map(of).collect()
    }

    /// As a page of Markdown, ending with a newline.
    pub fn page(&self) -> String {
        let mut page = INTRODUCTION.to_owned();
        for (name, schema) in self.types() {
            let about = if name.is_empty() { String::new() } else { format!("\n{}\n", about(schema)) };
            let title = if name.is_empty() { "At hand everywhere" } else { &name };
            let _ = write!(page, "\n## {title}\n{about}");
            self.table(&mut page, schema);
        }
        page.push_str("\n## Helpers\n\n| Helper | What it does |\n| --- | --- |\n");
        for (_, usage, about) in HELPERS {
            let _ = writeln!(page, "| `{}` | {} |", cell(usage), cell(about));
        }
        let _ = write!(
            page,
            "\nWithin `each`, `{{{{@index}}}}` counts from 0, `{{{{@first}}}}` and `{{{{@last}}}}` tell the ends, and `{{{{@key}}}}` is the \
             name of an object's field; `{{{{this}}}}` is the item, `{{{{../zone}}}}` leads out of the block, and `{{{{@root.zone}}}}` out \
             of all.\n\nA template may write {} MiB and take {} million steps, of which each round of a loop is one; beyond that it is \
             stopped with its name and line.\n",
            MOST / 1024 / 1024,
            MOST_STEPS / 1_000_000,
        );
        page
    }

    fn table(&self, page: &mut String, schema: &Value) {
        let variables = self.variables(schema);
        let row = |page: &mut String, cells: &[String]| {
            let _ = writeln!(page, "| {} |", cells.join(" | "));
        };
        let cells = |name: &str, variable: &Variable| {
            let joined = |texts: &BTreeSet<String>| cell(&texts.iter().cloned().collect::<Vec<_>>().join(" "));
            let holds = in_words(&variable.holds);
            [format!("`{name}`"), cell(&holds), joined(&variable.about)]
        };
        page.push_str("\n| Variable | What it holds | What it is |\n| --- | --- | --- |\n");
        for (name, variable) in variables.iter().filter(|(_, variable)| !variable.partly) {
            row(page, &cells(name, variable));
        }
        if variables.values().any(|variable| variable.partly) {
            page.push_str(
                "\nBeside these each kind of entry has variables of its own. Ask for them where `kind` is known, as `{{say partial}}` \
                 does:\n\n| Variable | What it holds | What it is | Of which kinds |\n| --- | --- | --- | --- |\n",
            );
        }
        for (name, variable) in variables.iter().filter(|(_, variable)| variable.partly) {
            let kinds = self.kinds.get(name).into_iter().flatten().map(|kind| format!("`{kind}`"));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            let [name, holds, about] = cells(name, variable);
            row(page, &[name, holds, about, kinds]);
        }
    }

    /// The types, in the order in which they are met; that of the whole, which has no name, comes first.
    fn types(&self) -> Vec<(String, &Value)> {
        let mut found = vec![(String::new(), &self.schema)];
        let mut left: VecDeque<&Value> = VecDeque::from([&self.schema]);
        while let Some(schema) = left.pop_front() {
            for name in named_in(schema) {
                let known = found.iter().any(|(held, _)| *held == name);
                if let Some(named) = self.definition(&name).filter(|_| !known) {
                    // What only lends its fields to entries is no type that a template meets.
                    if named.get("properties").is_some() && !self.is_lent(&name) {
                        found.push((name, named));
                    }
                    left.push_back(named);
                }
            }
        }
        found
    }

    fn definition(&self, name: &str) -> Option<&Value> {
        self.schema.get("$defs")?.get(name)
    }

    /// Whether a type is one of the alternatives of an entry, and nothing else.
    fn is_lent(&self, name: &str) -> bool {
        let reference = format!("#/$defs/{name}");
        let is_it = |value: &Value| value.get("$ref").and_then(Value::as_str) == Some(&reference);
        let defs = self.schema.get("$defs").and_then(Value::as_object);
        let all = defs.into_iter().flat_map(|defs| defs.values()).chain([&self.schema]);
        let mut properties = all.filter_map(|held| held.get("properties")?.as_object()).flat_map(|held| held.values());
        !properties.any(|property| {
            is_it(property) || alternatives(property).any(is_it) || property.get("items").is_some_and(is_it)
        })
    }

    /// The variables of a type, by their names.
    fn variables(&self, schema: &Value) -> BTreeMap<String, Variable> {
        let mut found = BTreeMap::new();
        collect(schema, false, &mut found);
        for alternative in alternatives(schema) {
            let named = reference(alternative).and_then(|name| self.definition(&name));
            collect(named.unwrap_or(alternative), true, &mut found);
        }
        found
    }
}

fn collect(schema: &Value, partly: bool, found: &mut BTreeMap<String, Variable>) {
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let variable = found.entry(name.clone()).or_insert_with(|| Variable { partly, ..Variable::default() });
        variable.holds.extend(holds(property));
        variable.about.insert(about(property));
    }
}

/// What stands beside each other in a schema.
fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema.get(word)?.as_array());
    lists.flatten()
}

/// The definition that a schema refers to.
fn reference(schema: &Value) -> Option<String> {
    let path = schema.get("$ref")?.as_str()?;
    Some(path.trim_start_matches("#/$defs/").to_owned())
}

/// The definitions that a type refers to, in the order of its fields.
fn named_in(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(fields) => {
            let inside = fields.iter().filter(|(name, _)| *name != "$defs").flat_map(|(_, held)| named_in(held));
            reference(schema).into_iter().chain(inside).collect()
        }
        Value::Array(items) => items.iter().flat_map(named_in).collect(),
        _ => Vec::new(),
    }
}

/// What a variable may hold, each in words.
fn holds(schema: &Value) -> BTreeSet<String> {
    if let Some(name) = reference(schema) {
        return BTreeSet::from([format!("[{name}](#{})", name.to_lowercase())]);
    }
    let inside = |word: &str| schema.get(word).map(|inside| in_words(&holds(inside))).unwrap_or_default();
    let of_type = |word: &str| match word {
        "string" => "text".to_owned(),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "null" => NOTHING.to_owned(),
        "array" => format!("list of {}", inside("items")),
        _ => format!("{} by name", inside("additionalProperties")),
    };
    match schema.get("type") {
        Some(Value::String(word)) => BTreeSet::from([of_type(word)]),
        Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).map(of_type).collect(),
        _ => alternatives(schema).flat_map(holds).collect(),
    }
}

fn in_words(holds: &BTreeSet<String>) -> String {
    let (last, others): (Vec<&str>, Vec<&str>) = holds.iter().map(String::as_str).partition(|word| *word == NOTHING);
    [others, last].concat().join(", or ")
}

/// What the type says of itself.
fn about(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A text within a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Which kinds of entries have which fields, read from a record that has one of every kind.
fn kinds() -> Kinds {
    let mut found = Kinds::new();
    let Some(sample) = Sample::new(&changes("words"), Visibility::Public) else { return found };
    let record = sample.record();
    let rows = PostmortemView::of(&record).rows;
    let entries = record.entries.iter().filter_map(|entry| PostView::of(&record, entry.id));
    let entries = entries.filter_map(|post| serde_json::to_value(post.entry).ok());
    for entry in entries.chain(rows.iter().filter_map(|row| serde_json::to_value(row).ok())) {
        let Some(kind) = entry.get("kind").and_then(Value::as_str) else { continue };
        for name in entry.as_object().into_iter().flatten().map(|(name, _)| name) {
            found.entry(name.clone()).or_default().insert(kind.to_owned());
        }
    }
    found
}

const INTRODUCTION: &str = "\
# Variables of postmortem templates

What a template under `postmortem/` can name. This page is made from the types themselves by `firebell template variables`; do not
edit it.

A name that is not there is an error. What may hold nothing is asked for by `{{#if}}` first. People's own words are made inert where
they are written by `{{...}}`; `{{{...}}}` writes them as they are. Times are in the zone of the document unless they say otherwise.
";
