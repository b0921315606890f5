//! Files, by the upload in three steps.

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::state::{File, Message, State};
use super::Answer;

pub(super) fn upload_url(state: &mut State, args: &Args) -> Answer {
    let name = args.need("filename")?;
    let announced = args.number("length").filter(|&length| length > 0).ok_or("invalid_arguments")?;
    let file = File {
        id: state.id("F"),
        title: name.clone(),
        name,
        user: state.bot_user.clone(),
        created: state.seconds(),
        announced,
        ..File::default()
    };
    let id = file.id.clone();
    state.files.insert(id.clone(), file);
    Ok(json!({"upload_url": format!("{}/upload/v1/{id}", state.base), "file_id": id}))
}

pub(super) fn complete(state: &mut State, args: &Args) -> Answer {
    let Some(Value::Array(files)) = args.json("files") else { return Err("invalid_arguments".into()) };
    let mut channels = args.list("channels");
    channels.extend(args.text("channel_id").filter(|id| !id.is_empty()));
    let mut ids = Vec::new();
    for file in &files {
        let id = file["id"].as_str().ok_or("invalid_arguments")?;
        let known = state.files.get(id).ok_or("file_not_found")?;
        if known.bytes.is_none() || known.completed {
            return Err(if known.completed { "file_already_completed" } else { "file_not_found" }.into());
        }
        ids.push((id.to_owned(), file["title"].as_str().map(str::to_owned)));
    }
    for channel in &channels {
        state.own(channel)?;
    }
    for (id, title) in &ids {
        let file = state.files.get_mut(id).unwrap();
        file.completed = true;
        if let Some(title) = title {
            file.title.clone_from(title);
        }
    }
    let ids: Vec<String> = ids.into_iter().map(|(id, _)| id).collect();
    for channel in &channels {
        let message = Message {
            user: state.bot_user.clone(),
            by_bot: true,
            text: args.text("initial_comment").unwrap_or_default(),
            thread_ts: args.text("thread_ts"),
            ..Message::default()
        };
        state.share(channel, &ids, message);
    }
    let shown: Vec<Value> = ids.iter().map(|id| state.show_file(&state.files[id])).collect();
    Ok(json!({"files": shown}))
}

pub(super) fn info(state: &State, args: &Args) -> Answer {
    let file = state.files.get(&args.need("file")?).filter(|file| file.completed).ok_or("file_not_found")?;
    Ok(json!({"file": state.show_file(file), "comments": [], "response_metadata": {"next_cursor": ""}}))
}

pub(super) fn list(state: &State, args: &Args) -> Value {
    let (user, channel) = (args.text("user"), args.text("channel"));
    let is_wanted = |file: &&File| {
        file.completed
            && user.as_ref().is_none_or(|user| file.user == *user)
            && channel.as_ref().is_none_or(|channel| file.shares.iter().any(|(at, _)| at == channel))
    };
    let files: Vec<Value> = state.files.values().filter(is_wanted).map(|file| state.show_file(file)).collect();
    let paging = json!({"count": 100, "total": files.len(), "page": 1, "pages": 1});
    json!({"files": files, "paging": paging})
}

/// Messages that show it stay, with the word that it was deleted.
pub(super) fn delete(state: &mut State, args: &Args) -> Answer {
    let id = args.need("file")?;
    let bot = state.bot_user.clone();
    let file = state.files.get(&id).filter(|file| file.completed).ok_or("file_not_found")?;
    if file.user != bot {
        return Err("cant_delete_file".into());
    }
    state.files.remove(&id);
    Ok(json!({}))
}

impl State {
    /// Shares files in a channel by a message; its timestamp.
    pub(in super::super) fn share(&mut self, channel: &str, files: &[String], mut message: Message) -> String {
        message.files = files.to_vec();
        message.subtype = Some("file_share".to_owned());
        let ts = self.post(channel, message);
        for id in files {
            let file = self.files.get_mut(id).unwrap();
            file.shares.push((channel.to_owned(), ts.clone()));
            let user = file.user.clone();
            let event = json!({
                "type": "file_shared", "channel_id": channel, "file_id": id, "user_id": user, "file": {"id": id},
            });
            self.tell(channel, event);
        }
        ts
    }
}
