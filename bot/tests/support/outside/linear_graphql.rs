//! As much of GraphQL as Firebell speaks: one operation with variables, whose fields are checked against the schema.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A field with its arguments and what is asked of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) arguments: BTreeMap<String, Value>,
    pub(crate) fields: Vec<Field>,
}

/// The fields of each type that Firebell may ask for: a part of the public schema.
const SCHEMA: [(&str, &[&str]); 12] = [
    ("User", &["id", "name", "email", "active"]),
    ("Team", &["id", "key", "name", "states:WorkflowStateConnection"]),
    ("WorkflowState", &["id", "name", "type", "position"]),
    ("WorkflowStateConnection", &["nodes:WorkflowState", "pageInfo:PageInfo"]),
    ("Label", &["id", "name", "isGroup", "team:Team"]),
    ("PageInfo", &["hasNextPage", "endCursor"]),
    ("IssueConnection", &["nodes:Issue", "pageInfo:PageInfo"]),
    ("UserConnection", &["nodes:User", "pageInfo:PageInfo"]),
    ("TeamConnection", &["nodes:Team", "pageInfo:PageInfo"]),
    ("LabelConnection", &["nodes:Label", "pageInfo:PageInfo"]),
    ("Payload", &["success", "lastSyncId", "issue:Issue", "issueLabel:Label"]),
    (
        "Issue",
        &[
            "id",
            "identifier",
            "number",
            "url",
            "title",
            "description",
            "trashed",
            "createdAt",
            "updatedAt",
            "completedAt",
            "canceledAt",
            "dueDate",
            "state:WorkflowState",
            "assignee:User",
        ],
    ),
];

/// Reads an operation: whether it is a mutation, and its one field.
pub(crate) fn read(text: &str, variables: &Value) -> Result<(bool, Field), String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, variables };
    let is_mutation = match reader.next()?.as_str() {
        "query" => false,
        "mutation" => true,
        other => return Err(format!("Syntax Error: Unexpected Name {other:?}.")),
    };
    let mut declared = Vec::new();
    if reader.peek() == Some("(") {
        reader.at += 1;
        while reader.peek() != Some(")") {
            let token = reader.next()?;
            declared.extend(token.strip_prefix('$').map(str::to_owned));
        }
        reader.at += 1;
    }
    let given = variables.as_object().into_iter().flatten().map(|(name, _)| name);
    for name in given {
        if !declared.contains(name) {
            return Err(format!("Variable \"${name}\" is not defined."));
        }
    }
    let mut fields = reader.fields()?;
    match (fields.len(), reader.at == reader.tokens.len()) {
        (1, true) => Ok((is_mutation, fields.remove(0))),
        _ => Err("the fake answers one field at a time".to_owned()),
    }
}

/// What is asked of a value, or what is wrong with the question.
pub(crate) fn project(value: &Value, kind: &str, fields: &[Field]) -> Result<Value, String> {
    match value {
        Value::Array(values) => values.iter().map(|value| project(value, kind, fields)).collect(),
        Value::Object(object) => {
            let known = SCHEMA.iter().find(|(name, _)| *name == kind).unwrap().1;
            let mut projected = Map::new();
            for field in fields {
                let found = known.iter().map(|known| known.split_once(':').unwrap_or((known, "")));
                let Some((name, inner)) = found.into_iter().find(|(name, _)| *name == field.name) else {
                    return Err(format!("Cannot query field \"{}\" on type \"{kind}\".", field.name));
                };
                if inner.is_empty() != field.fields.is_empty() {
                    return Err(format!("Field \"{name}\" must have a selection of subfields, or none."));
                }
                let value = object.get(name).unwrap_or(&Value::Null);
                projected.insert(
                    name.to_owned(),
                    if inner.is_empty() { value.clone() } else { project(value, inner, &field.fields)? },
                );
            }
            Ok(Value::Object(projected))
        }
        other => Ok(other.clone()),
    }
}

struct Reader<'a> {
    tokens: Vec<String>,
    at: usize,
    variables: &'a Value,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Result<String, String> {
        let token = self.tokens.get(self.at).cloned().ok_or("Syntax Error: Unexpected <EOF>.")?;
        self.at += 1;
        Ok(token)
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        let token = self.next()?;
        if token == wanted { Ok(()) } else { Err(format!("Syntax Error: Expected {wanted:?}, found {token:?}.")) }
    }

    fn fields(&mut self) -> Result<Vec<Field>, String> {
        self.expect("{")?;
        let mut fields = Vec::new();
        while self.peek() != Some("}") {
            let name = self.next()?;
            let mut arguments = BTreeMap::new();
            if self.peek() == Some("(") {
                self.at += 1;
                while self.peek() != Some(")") {
                    let argument = self.next()?;
                    self.expect(":")?;
                    let value = self.next()?;
                    arguments.insert(argument, self.value(&value));
                }
                self.at += 1;
            }
            let inner = if self.peek() == Some("{") { self.fields()? } else { Vec::new() };
            fields.push(Field { name, arguments, fields: inner });
        }
        self.at += 1;
        Ok(fields)
    }

    fn value(&self, token: &str) -> Value {
        match token.strip_prefix('$') {
            Some(name) => self.variables[name].clone(),
            // What is no JSON is a word of an enumeration.
            None => serde_json::from_str(token).unwrap_or_else(|_| Value::String(token.to_owned())),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut found: Vec<String> = Vec::new();
    let mut was_word = false;
    for letter in text.chars() {
        let in_word = letter.is_ascii_alphanumeric() || "_$".contains(letter);
        match (in_word, was_word) {
            (true, true) => found.last_mut().unwrap().push(letter),
            (true, false) => found.push(letter.to_string()),
            _ if letter.is_whitespace() || letter == ',' => {}
            _ if "{}():!".contains(letter) => found.push(letter.to_string()),
            _ => return Err(format!("Syntax Error: Unexpected character {letter:?}.")),
        }
        was_word = in_word;
    }
    Ok(found)
}
