//! Discord's own description of its REST API: which paths there are, and what a request may look like.
//!
//! `openapi.json` is <https://github.com/discord/discord-api-spec>, `specs/openapi.json`, without white space.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

static DOCUMENT: LazyLock<Document> = LazyLock::new(Document::read);

/// The document, read once in a process.
pub(super) fn document() -> &'static Document {
    &DOCUMENT
}

pub(super) struct Document {
    whole: Value,
    paths: Vec<(String, Vec<String>)>,
    /// What checks the bodies of each operation, made when it is first asked for.
    bodies: Mutex<HashMap<String, Option<Arc<Body>>>>,
}

struct Body {
    validator: Validator,
    /// The fields that the top of a body may have.
    fields: BTreeSet<String>,
}

impl Document {
    fn read() -> Self {
        let whole: Value = serde_json::from_str(include_str!("openapi.json")).unwrap();
        let names = whole["paths"].as_object().unwrap().keys();
        let paths = names.map(|path| (path.clone(), segments(path).map(str::to_owned).collect())).collect();
        Self { whole, paths, bodies: Mutex::default() }
    }

    /// The path of the document that a request's path follows, with what stands for its names. Where several do, the
    /// one with the most words of its own.
    pub(super) fn route(&self, path: &str) -> Option<(&str, Vec<(String, String)>)> {
        let asked: Vec<String> = segments(path).map(decoded).collect();
        let literals = |known: &Vec<String>| known.iter().filter(|segment| !segment.starts_with('{')).count();
        let fits = |known: &Vec<String>| {
            let pairs = known.iter().zip(&asked);
            known.len() == asked.len() && pairs.into_iter().all(|(known, got)| known.starts_with('{') || known == got)
        };
        let best = self.paths.iter().filter(|(_, known)| fits(known)).max_by_key(|(_, known)| literals(known));
        let (template, known) = best?;
        let named = known.iter().zip(asked).filter(|(known, _)| known.starts_with('{'));
        Some((template, named.map(|(known, got)| (known.trim_matches(['{', '}']).to_owned(), got)).collect()))
    }

    pub(super) fn has(&self, method: &str, template: &str) -> bool {
        self.whole["paths"][template].get(method.to_lowercase()).is_some()
    }

    /// What the document does not allow of a request: names in the query, and the body.
    pub(super) fn faults(
        &self,
        (method, template): (&str, &str),
        query: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Vec<String> {
        let operation = &self.whole["paths"][template][method.to_lowercase()];
        let mut known = BTreeMap::new();
        for place in [&operation["parameters"], &self.whole["paths"][template]["parameters"]] {
            for parameter in place.as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query") {
                known.insert(parameter["name"].as_str().unwrap_or_default(), parameter);
            }
        }
        let mut faults: Vec<String> = Vec::new();
        faults.extend(query.keys().filter(|name| !known.contains_key(name.as_str())).map(|name| format!("?{name}")));
        let Some(check) = self.body(method, template) else {
            faults.extend(body.map(|_| "the body: there is none to be".to_owned()));
            return faults;
        };
        let body = body.map(as_documented);
        let Some(body) = &body else {
            let needed = operation["requestBody"]["required"] == true;
            faults.extend(needed.then(|| "the body: it is missing".to_owned()));
            return faults;
        };
        let wrong = check.validator.iter_errors(body).take(5);
        faults
            .extend(wrong.map(|error| format!("the body at {:?}: {}", error.instance_path.to_string(), kind(&error))));
        let fields = body.as_object().into_iter().flat_map(|map| map.keys());
        let unknown = fields.filter(|field| !check.fields.is_empty() && !check.fields.contains(*field));
        faults.extend(unknown.map(|field| format!("the body: {field} is no field of it")));
        faults
    }

    fn body(&self, method: &str, template: &str) -> Option<Arc<Body>> {
        let key = format!("{method} {template}");
        let mut bodies = self.bodies.lock().unwrap();
        bodies.entry(key).or_insert_with(|| self.compile(method, template).map(Arc::new)).clone()
    }

    fn compile(&self, method: &str, template: &str) -> Option<Body> {
        let content = &self.whole["paths"][template][method.to_lowercase()]["requestBody"]["content"];
        let schema = &content.get("application/json").or_else(|| content.get("multipart/form-data"))?["schema"];
        let mut fields = BTreeSet::new();
        self.fields(schema, &mut fields);
        Some(Body { validator: self.validator(schema), fields })
    }

    /// A validator for a schema of the document. It is given only those of the others that the schema leads to, as the
    /// whole would take long to compile.
    pub(super) fn validator(&self, schema: &Value) -> Validator {
        let mut needed = BTreeMap::new();
        self.gather(schema, &mut needed);
        let alone = json!({"allOf": [schema], "components": {"schemas": needed}});
        jsonschema::draft202012::options().build(&alone).unwrap()
    }

    fn gather<'a>(&'a self, schema: &Value, needed: &mut BTreeMap<String, &'a Value>) {
        match schema {
            Value::Object(map) => {
                if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(component)
                    && !needed.contains_key(name)
                {
                    let found = &self.whole["components"]["schemas"][name];
                    needed.insert(name.to_owned(), found);
                    self.gather(found, needed);
                }
                map.values().for_each(|inner| self.gather(inner, needed));
            }
            Value::Array(list) => list.iter().for_each(|inner| self.gather(inner, needed)),
            _ => {}
        }
    }

    fn fields(&self, schema: &Value, fields: &mut BTreeSet<String>) {
        if let Some(name) = schema["$ref"].as_str().and_then(component) {
            self.fields(&self.whole["components"]["schemas"][name], fields);
        }
        fields.extend(schema["properties"].as_object().into_iter().flat_map(|map| map.keys().cloned()));
        for way in ["anyOf", "oneOf", "allOf"] {
            schema[way].as_array().into_iter().flatten().for_each(|inner| self.fields(inner, fields));
        }
    }

    /// What checks the answer of an operation by a status, where the document has one.
    pub(super) fn answer(&self, method: &str, template: &str, status: u16) -> Option<Validator> {
        let operation = &self.whole["paths"][template][method.to_lowercase()];
        let schema =
            operation["responses"].get(status.to_string())?["content"].get("application/json")?.get("schema")?;
        Some(self.validator(schema))
    }
}

/// A body with permissions as numbers and ids of new files as strings. The document has them so, but for people Discord
/// writes it the other way round, takes both, and serenity and discord.js send what people read:
/// <https://docs.discord.com/developers/topics/permissions>,
/// <https://docs.discord.com/developers/reference#uploading-files>
fn as_documented(body: &Value) -> Value {
    let mut body = body.clone();
    for holder in ["", "/data", "/message"] {
        let files = body.pointer_mut(&format!("{holder}/attachments")).and_then(Value::as_array_mut);
        for file in files.into_iter().flatten() {
            if let Some(number) = file["id"].as_u64() {
                file["id"] = json!(number.to_string());
            }
        }
    }
    number_permissions(&mut body);
    let list = body.get_mut("permission_overwrites").and_then(Value::as_array_mut);
    list.into_iter().flatten().for_each(number_permissions);
    body
}

fn number_permissions(one: &mut Value) {
    for name in ["allow", "deny"] {
        if let Some(number) = one.get(name).and_then(Value::as_str).and_then(|text| text.parse::<u64>().ok()) {
            one[name] = json!(number);
        }
    }
}

fn component(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// Without the value, which may be what people wrote.
fn kind(error: &jsonschema::ValidationError<'_>) -> String {
    format!("it breaks {}", error.schema_path)
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
