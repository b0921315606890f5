//! Events as Discord told them. serenity reads each into its own types and writes it from them, which leaves something out;
//! what that is and matters is put right here, and the tests list the rest. What serenity cannot read comes unchanged.

use serde_json::{Map, Value};
use serenity::model::event::Event;

/// An event as `{"t": .., "d": ..}`; nothing when it cannot be written.
pub(super) fn as_discord_told(event: Event) -> Option<Value> {
    let kind = match &event {
        Event::InteractionCreate(event) => Some(u8::from(event.interaction.kind())),
        _ => None,
    };
    let partial = matches!(event, Event::MessageUpdate(_));
    let raw = matches!(event, Event::Unknown(_));
    let mut told = serde_json::to_value(event).ok()?;
    if raw {
        return Some(told);
    }
    let data = told.get_mut("d")?;
    wrap_snapshots(data);
    if let Some(fields) = data.as_object_mut() {
        if let Some(kind) = kind {
            // Its type is which type of serenity's it is.
            fields.insert("type".to_owned(), Value::from(kind));
        }
        if partial {
            drop_what_was_not_told(fields);
        }
    }
    Some(told)
}

/// What Discord did not say of a message is nothing to serenity, as if it were no more.
fn drop_what_was_not_told(fields: &mut Map<String, Value>) {
    fields.retain(|_, value| !value.is_null());
}

/// A forwarded message is one field deeper: `{"message_snapshots": [{"message": ..}]}`.
fn wrap_snapshots(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "message_snapshots" {
                    for snapshot in value.as_array_mut().into_iter().flatten() {
                        let message = snapshot.take();
                        *snapshot = Value::Object(Map::from_iter([("message".to_owned(), message)]));
                    }
                } else {
                    wrap_snapshots(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(wrap_snapshots),
        _ => {}
    }
}
