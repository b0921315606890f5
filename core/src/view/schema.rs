//! JSON Schemas of what templates and programs read, made from the types.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// What the JSON of this type looks like. Descriptions are the types' own comments, each in one line.
pub fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let settings = settings.with_transform(RecursiveTransform(in_one_line as fn(&mut Schema)));
    settings.into_generator().into_root_schema_for::<T>()
}

/// Takes out of a description what only readers of the source make something of.
fn in_one_line(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        *text = line.replace("[`", "`").replace("`]", "`");
    }
}
