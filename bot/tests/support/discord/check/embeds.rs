//! <https://docs.discord.com/developers/resources/message#embed-object-embed-limits>

use serde_json::Value;

use super::super::refusal::Form;

const FIELDS: [(&str, &[&str], usize); 4] =
    [("title", &[], 256), ("description", &[], 4096), ("footer", &["text"], 2048), ("author", &["name"], 256)];

pub(super) fn check(form: &mut Form, path: &str, embeds: &Value) {
    let embeds = embeds.as_array().map(Vec::as_slice).unwrap_or_default();
    form.within(path, embeds.len(), (0, 10));
    let mut sum = 0;
    for (index, embed) in embeds.iter().enumerate() {
        let path = format!("{path}.{index}");
        for (name, inner, most) in FIELDS {
            let value = inner.iter().fold(&embed[name], |value, step| &value[*step]);
            let path = inner.iter().fold(format!("{path}.{name}"), |path, step| format!("{path}.{step}"));
            sum += length(value);
            form.text(&path, value, (0, most));
        }
        let fields = embed["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        form.within(&format!("{path}.fields"), fields.len(), (0, 25));
        for (index, field) in fields.iter().enumerate() {
            for (name, most) in [("name", 256), ("value", 1024)] {
                sum += length(&field[name]);
                form.needed(&format!("{path}.fields.{index}.{name}"), &field[name], (1, most));
            }
        }
    }
    if sum > 6000 {
        form.wrong(path, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
}

fn length(text: &Value) -> usize {
    text.as_str().map_or(0, |text| text.chars().count())
}
