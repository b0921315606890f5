//! Calls that are written down and fail as they are told to.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::super::{CallError, Calls};
use crate::content::Content;
use crate::platform::incoming::{AccountKind, Profile};

#[derive(Default)]
pub(in crate::platform::slack) struct Line {
    /// Method, arguments, and whether it was done.
    made: Mutex<Vec<(&'static str, Value, bool)>>,
    failing: Mutex<HashMap<&'static str, Vec<CallError>>>,
    down: AtomicBool,
    names: Mutex<HashMap<String, (String, String)>>,
    messages: Mutex<HashMap<String, Value>>,
}

impl Line {
    pub(in crate::platform::slack) fn knows(&self, account: &str, name: &str, handle: &str) {
        self.names.lock().unwrap().insert(account.to_owned(), (name.to_owned(), handle.to_owned()));
    }

    pub(in crate::platform::slack) fn has_channel(&self, id: &str, name: &str) {
        self.knows(id, name, name);
    }

    pub(in crate::platform::slack) fn has_message(&self, room: &str, message: Value) {
        let id = format!("{room}:{}", message["ts"].as_str().unwrap());
        self.messages.lock().unwrap().insert(id, message);
    }

    pub(in crate::platform::slack) fn fails(&self, method: &'static str, times: usize) {
        for _ in 0..times {
            self.fails_with(method, CallError { retry_after: None, reason: "scripted".to_owned(), is_final: false });
        }
    }

    pub(in crate::platform::slack) fn fails_with(&self, method: &'static str, error: CallError) {
        self.failing.lock().unwrap().entry(method).or_default().push(error);
    }

    pub(in crate::platform::slack) fn is_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// How often a call was tried.
    pub(in crate::platform::slack) fn made(&self, method: &str) -> usize {
        self.made.lock().unwrap().iter().filter(|(made, ..)| *made == method).count()
    }

    /// The arguments of the calls that were done.
    pub(in crate::platform::slack) fn done(&self, method: &str) -> Vec<Value> {
        let made = self.made.lock().unwrap();
        made.iter().filter(|(made, _, done)| *made == method && *done).map(|(_, with, _)| with.clone()).collect()
    }

    pub(in crate::platform::slack) fn last(&self, method: &str) -> Option<Value> {
        self.done(method).pop()
    }

    fn call<T: Send + 'static>(
        &self,
        method: &'static str,
        with: Value,
        done: T,
    ) -> BoxFuture<'_, Result<T, CallError>> {
        let mut failing = self.failing.lock().unwrap();
        let scripted = failing.get_mut(method).filter(|errors| !errors.is_empty()).map(|errors| errors.remove(0));
        let down = || CallError { retry_after: None, reason: "down".to_owned(), is_final: false };
        let error = scripted.or_else(|| self.down.load(Ordering::SeqCst).then(down));
        self.made.lock().unwrap().push((method, with, error.is_none()));
        Box::pin(std::future::ready(error.map_or(Ok(done), Err)))
    }
}

impl Calls for Line {
    fn respond<'c>(&'c self, _response_url: &'c str, body: Value) -> BoxFuture<'c, Result<(), CallError>> {
        self.call("respond", body, ())
    }

    fn open_view<'c>(&'c self, trigger_id: &'c str, view: Value) -> BoxFuture<'c, Result<(), CallError>> {
        self.call("open_view", json!({ "trigger": trigger_id, "view": view }), ())
    }

    fn ephemeral<'c>(
        &'c self,
        channel: &'c str,
        user: &'c str,
        message: Value,
    ) -> BoxFuture<'c, Result<(), CallError>> {
        self.call("ephemeral", json!({ "channel": channel, "user": user, "text": message["text"] }), ())
    }

    fn direct<'c>(&'c self, user: &'c str, message: Value) -> BoxFuture<'c, Result<(), CallError>> {
        self.call("direct", json!({ "user": user, "text": message["text"] }), ())
    }

    fn upload<'c>(
        &'c self,
        channel_or_user: &'c str,
        name: &'c str,
        title: &'c str,
        content: &'c Content,
    ) -> BoxFuture<'c, Result<String, CallError>> {
        let url = format!("https://acme.slack.com/files/U1/F1/{name}");
        self.call("upload", json!({ "to": channel_or_user, "name": name, "title": title, "text": content.text() }), url)
    }

    fn link<'c>(&'c self, channel: &'c str, title: &'c str, url: &'c str) -> BoxFuture<'c, Result<(), CallError>> {
        self.call("link", json!([channel, title, url]), ())
    }

    fn message<'c>(
        &'c self,
        channel: &'c str,
        ts: &'c str,
        thread_ts: Option<&'c str>,
    ) -> BoxFuture<'c, Result<Option<Value>, CallError>> {
        let message = self.messages.lock().unwrap().get(&format!("{channel}:{ts}")).cloned();
        self.call("message", json!({ "channel": channel, "ts": ts, "thread_ts": thread_ts }), message)
    }

    fn profile<'c>(&'c self, account: &'c str) -> BoxFuture<'c, Result<Option<Profile>, CallError>> {
        let known = self.names.lock().unwrap().get(account).cloned();
        let profile = known.map(|(name, handle)| Profile {
            account: account.to_owned(),
            name,
            handle,
            email: None,
            zone: None,
            kind: AccountKind::Member,
        });
        self.call("profile", json!(account), profile)
    }

    fn channel_name<'c>(&'c self, id: &'c str) -> BoxFuture<'c, Result<Option<String>, CallError>> {
        let known = self.names.lock().unwrap().get(id).cloned();
        self.call("channel_name", json!(id), known.map(|(name, _)| name))
    }

    fn groups(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, CallError>> {
        let known = self.names.lock().unwrap();
        let groups = known.iter().filter(|(id, _)| id.starts_with('S'));
        let groups = groups.map(|(id, (_, handle))| (id.clone(), handle.clone())).collect();
        self.call("groups", json!(null), groups)
    }
}
