//! An export as a pile of items of known kinds, however its answers were put into one file.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::error::ImportError;
use super::report::{Kind, Report};
use super::shape::{self, Part};
use super::text::{counted, quoted};
use super::{Vendor, json};

/// What an answer of an API holds beside its items.
const ENVELOPE: [&str; 16] = [
    "count",
    "current_page_number",
    "expandable",
    "first",
    "last",
    "limit",
    "more",
    "next",
    "offset",
    "page_size",
    "paging",
    "previous",
    "query",
    "requestId",
    "took",
    "total",
];
/// The same, for numbers that some answers have.
const TOTALS: [&str; 3] = ["total_count", "totalCount", "total_pages"];
/// Fields of which a thing that stands for itself has one.
const NAMING: [&str; 3] = ["id", "name", "username"];
/// Names under which answers hold items of any kind.
const ANY: [&str; 2] = ["data", "results"];

/// The items of each kind, in the order of the export.
#[derive(Debug, Default)]
pub(super) struct Export {
    items: HashMap<Part, Vec<Value>>,
    /// Ids that are there already, with the position of their item.
    seen: HashMap<(Part, String), usize>,
    pages: HashMap<Part, Pages>,
}

/// Whether the last page of a list is there.
#[derive(Debug, Default)]
struct Pages {
    with_next: usize,
    last: usize,
}

impl Export {
    /// Sorts the items of an export by their kind; the report names the parts that are not known.
    pub(super) fn read(vendor: Vendor, json: &str, report: &mut Report) -> Result<Self, ImportError> {
        let value: Value = serde_json::from_str(json).map_err(|error| {
            // The error repeats its place at the end.
            let text = error.to_string();
            let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
            // An empty text fails on line 1, column 0.
            ImportError::NotJson { line: error.line().max(1), column: error.column().max(1), message }
        })?;
        if let Some(looks) = shape::other_vendor(vendor, &value) {
            return Err(ImportError::WrongVendor { asked: vendor, looks });
        }
        let mut reader = Reader { vendor, report, export: Self::default(), unknown: HashSet::new() };
        match &value {
            Value::Array(answers) => answers.iter().for_each(|answer| reader.answer(answer)),
            answer => reader.answer(answer),
        }
        let export = reader.export;
        if export.items.values().all(Vec::is_empty) {
            return Err(ImportError::NothingKnown { vendor, parts: shape::part_names(vendor) });
        }
        for part in Part::ALL {
            if export.pages.get(&part).is_some_and(|pages| pages.with_next > 0 && pages.last == 0) {
                let what = "the last page is missing, so there are more of them; export all pages";
                report.add(Kind::Left, part.word(), what);
            }
        }
        Ok(export)
    }

    /// The items of one kind.
    pub(super) fn items(&self, part: Part) -> &[Value] {
        self.items.get(&part).map_or(&[], Vec::as_slice)
    }
}

struct Reader<'r> {
    vendor: Vendor,
    report: &'r mut Report,
    export: Export,
    unknown: HashSet<String>,
}

impl Reader<'_> {
    /// One answer, or an item that stands alone.
    fn answer(&mut self, answer: &Value) {
        match answer {
            Value::Array(items) => items.iter().for_each(|item| self.any(item, false)),
            // An item has parts of other kinds, such as the teams of a person; an answer has no id.
            Value::Object(fields) if !fields.contains_key("id") => self.fields(answer, fields),
            Value::Null => {}
            item => self.any(item, false),
        }
    }

    fn fields(&mut self, answer: &Value, fields: &Map<String, Value>) {
        let mut names: Vec<&String> = fields.keys().collect();
        names.sort();
        for name in names {
            let Some(value) = fields.get(name) else { continue };
            if ANY.contains(&name.as_str()) {
                self.unnamed(answer, value);
            } else if let Some(part) = shape::part_named(self.vendor, name) {
                self.pages(part, answer);
                self.part(part, value);
            } else if !is_envelope(name) && self.unknown.insert(name.clone()) {
                let size =
                    value.as_array().map_or(String::new(), |list| format!(" of {}", counted(list.len(), "entry")));
                let what = format!("is a part{size} that is not known; nothing of it was carried over");
                self.report.add(Kind::Left, quoted(name), what);
            }
        }
    }

    /// The items of an answer that does not say what they are.
    fn unnamed(&mut self, answer: &Value, value: &Value) {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        if let Some(part) = items.first().and_then(|item| shape::part_of(self.vendor, item)) {
            self.pages(part, answer);
        }
        for item in items {
            self.any(item, true);
        }
    }

    /// An item whose kind is told by its fields alone.
    fn any(&mut self, item: &Value, in_answer: bool) {
        if let Some(part) = shape::part_of(self.vendor, item) {
            return self.item(part, item);
        }
        if let Value::Object(fields) = item
            && !in_answer
            && !fields.contains_key("id")
        {
            return self.fields(item, fields);
        }
        if self.unknown.insert(json::seen(item)) {
            let what =
                "holds an entry of which nobody can tell what it is; put its list under a name, such as \"users\"";
            self.report.add(Kind::Left, "the export", what);
        }
    }

    /// A part by its name: a list, an answer that holds the list, or one item.
    fn part(&mut self, part: Part, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.part_item(part, item)),
            Value::Null => {}
            item => self.part_item(part, item),
        }
    }

    fn part_item(&mut self, part: Part, item: &Value) {
        let Value::Object(fields) = item else {
            let what = format!("holds {} where an object should be; it was passed over", json::seen(item));
            return self.report.add(Kind::Left, part.word(), what);
        };
        // An item may have a part of its own kind, such as the teams of a team; an answer has no id.
        if fields.contains_key("id") {
            return self.item(part, item);
        }
        let is_list = |name: &str| ANY.contains(&name) || shape::part_named(self.vendor, name) == Some(part);
        match fields.iter().find(|(name, value)| is_list(name) && (value.is_array() || value.is_object())) {
            Some((_, inner)) => {
                self.pages(part, item);
                self.part(part, inner);
            }
            None => self.item(part, item),
        }
    }

    fn item(&mut self, part: Part, item: &Value) {
        let named =
            part.is_of_another() || NAMING.iter().any(|field| item.get(field).is_some_and(|value| !value.is_null()));
        let is_rest = item.as_object().is_some_and(|fields| fields.keys().all(|name| is_envelope(name)));
        if !named || is_rest {
            let what = "holds an entry with neither an id nor a name; it was passed over";
            return self.report.add(Kind::Left, part.word(), what);
        }
        let items = self.export.items.entry(part).or_default();
        if let Some(id) = json::id(item, "id") {
            if let Some(first) = self.export.seen.get(&(part, id.clone())) {
                // Pages that were read one after another may overlap.
                if items.get(*first) != Some(item) {
                    let what = format!("holds the id {} twice; the first one counts", quoted(&id));
                    self.report.add(Kind::Left, part.word(), what);
                }
                return;
            }
            self.export.seen.insert((part, id), items.len());
        }
        items.push(item.clone());
    }

    /// Remembers whether an answer says that another one follows it.
    fn pages(&mut self, part: Part, answer: &Value) {
        let paging = answer.get("paging");
        let next = paging.unwrap_or(answer).get("next");
        let more = json::flag(answer, "more");
        if next.is_none() && more.is_none() && paging.is_none() {
            return;
        }
        let pages = self.export.pages.entry(part).or_default();
        if more == Some(true) || next.is_some_and(|next| !next.is_null()) {
            pages.with_next += 1;
        } else {
            pages.last += 1;
        }
    }
}

fn is_envelope(name: &str) -> bool {
    ENVELOPE.contains(&name) || TOTALS.contains(&name)
}
