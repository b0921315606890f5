//! Answers in the shapes that Slack publishes, and without what may be absent.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::{channels, files, identity, links, people};

fn reads<T: DeserializeOwned>(name: &str, shape: &str) {
    serde_json::from_str::<T>(shape).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut nothing: Value = serde_json::from_str(shape).unwrap();
    for value in nothing.as_object_mut().unwrap().values_mut() {
        *value = Value::Null;
    }
    serde_json::from_value::<T>(nothing).unwrap_or_else(|error| panic!("{name} of nulls: {error}"));
    serde_json::from_value::<T>(json!({"ok": true, "unheard_of": [1]})).unwrap();
}

macro_rules! shapes {
    ($($name:literal: $answer:ty;)*) => {
        const SHAPES: &[&str] = &[$($name),*];

        #[test]
        fn published_answers_can_be_read() {
            $(reads::<$answer>($name, include_str!(concat!("../shapes/api_", $name, ".json")));)*
        }
    };
}

shapes! {
    "apps.connections.open": identity::Connection;
    "auth.test": identity::AuthTest;
    "bookmarks.add": links::OneBookmark;
    "conversations.create": channels::OneChannel;
    "conversations.invite": channels::Invitation;
    "files.completeUploadExternal": files::Completed;
    "files.getUploadURLExternal": files::UploadUrl;
    "pins.add": Value;
    "usergroups.users.update": people::OneGroup;
    "users.info": people::OneUser;
    "users.lookupByEmail": people::OneUser;
}

#[test]
fn no_shape_is_left_out() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/platform/slack/api/shapes");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let listed: Vec<String> = SHAPES.iter().map(|name| format!("api_{name}.json")).collect();
    assert_eq!(names, listed);
}
