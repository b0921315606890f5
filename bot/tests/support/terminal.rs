//! A terminal that remembers what a person would see, and that can be told to misbehave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use firebell::platform::console::Screen;
use firebell::platform::{Envelope, Outgoing};
use firebell_core::effect::{Delivery, Reference};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

/// The kinds of things that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    OpenRoom,
    CloseRoom,
    Invite,
    Post,
    Card,
    Notice,
    Withdraw,
    Alarm,
}

/// What the terminal does instead of showing at once.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Shows nothing and answers this.
    Answer(Delivery),
    /// Shows it, and the answer gets lost.
    LoseAnswer,
    /// Waits until released, then shows.
    HangBefore,
    /// Shows, then waits until released before it answers.
    HangAfter,
}

/// A room as its members see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) private: bool,
    pub(crate) closed: bool,
    pub(crate) members: BTreeSet<String>,
    pub(crate) posts: Vec<String>,
    pub(crate) card: String,
}

/// Something that was shown more than once under one key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Repeats {
    pub(crate) times: u32,
    /// How many of them said that they might be repetitions.
    pub(crate) marked: u32,
}

#[derive(Default)]
struct Seen {
    log: Vec<Envelope>,
    keys: BTreeMap<String, Repeats>,
    rooms: BTreeMap<String, Room>,
    told: BTreeMap<String, Vec<String>>,
    script: Vec<Rule>,
    attempted: BTreeSet<String>,
    on_new_keys: Option<Act>,
}

struct Rule {
    kind: Kind,
    /// `None` is everybody and every room.
    whose: Option<String>,
    times: usize,
    act: Act,
}

/// The terminal of one world; it outlives the processes that write to it.
pub(crate) struct Terminal {
    seen: Mutex<Seen>,
    shown: watch::Sender<usize>,
    hanging: watch::Sender<Vec<String>>,
    released: watch::Sender<u64>,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self {
            seen: Mutex::default(),
            shown: watch::Sender::new(0),
            hanging: watch::Sender::new(Vec::new()),
            released: watch::Sender::new(0),
        }
    }

    /// The next `times` things of a kind go wrong in this way.
    pub(crate) fn script(&self, kind: Kind, times: usize, act: Act) {
        self.lock().script.push(Rule { kind, whose: None, times, act });
    }

    /// The same for one person or room alone.
    pub(crate) fn script_for(&self, kind: Kind, whose: &str, times: usize, act: Act) {
        self.lock().script.push(Rule { kind, whose: Some(whose.to_owned()), times, act });
    }

    /// Every effect and card goes wrong in this way the first time that it is attempted.
    pub(crate) fn first_attempts(&self, act: Act) {
        self.lock().on_new_keys = Some(act);
    }

    /// Nothing more goes wrong at its first attempt.
    pub(crate) fn first_attempts_go_well(&self) {
        self.lock().on_new_keys = None;
    }

    /// Returns the key of what hangs, once something does.
    pub(crate) async fn hangs(&self) -> String {
        self.hanging.subscribe().wait_for(|keys| !keys.is_empty()).await.unwrap()[0].clone()
    }

    /// Lets everything go on that hangs.
    pub(crate) fn release(&self) {
        self.released.send_modify(|count| *count += 1);
    }

    /// Returns once so many things of a kind have been shown, repetitions counted.
    pub(crate) async fn has_shown(&self, kind: Kind, count: usize) {
        self.shown.subscribe().wait_for(|_| self.count(kind) >= count).await.unwrap();
    }

    pub(crate) fn room(&self, name: &str) -> Room {
        let seen = self.lock();
        let known: Vec<&String> = seen.rooms.keys().collect();
        seen.rooms.get(name).unwrap_or_else(|| panic!("no room #{name} among {known:?}")).clone()
    }

    pub(crate) fn rooms(&self) -> Vec<String> {
        self.lock().rooms.keys().cloned().collect()
    }

    /// What a person was told directly: notices, withdrawals and alarms.
    pub(crate) fn told(&self, account: &str) -> Vec<String> {
        self.lock().told.get(account).cloned().unwrap_or_default()
    }

    /// Everything that was shown, repetitions too, in order.
    pub(crate) fn log(&self) -> Vec<Envelope> {
        self.lock().log.clone()
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.lock().log.iter().filter(|envelope| Kind::of(&envelope.what) == kind).count()
    }

    /// The keys that were shown more than once.
    pub(crate) fn repeats(&self) -> BTreeMap<String, Repeats> {
        let seen = self.lock();
        seen.keys
            .iter()
            .filter(|(_, repeats)| repeats.times > 0)
            .map(|(key, repeats)| (key.clone(), *repeats))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    async fn hang(&self, key: &str) {
        let mut released = self.released.subscribe();
        let before = *released.borrow();
        let _hanging = Hanging::begin(&self.hanging, key);
        released.wait_for(|count| *count > before).await.unwrap();
    }

    fn record(&self, envelope: &Envelope) -> Delivery {
        self.lock().record(envelope);
        self.shown.send_modify(|count| *count += 1);
        Delivery::Delivered(Reference { external_id: envelope.key.clone(), name: String::new() })
    }
}

impl Screen for Terminal {
    fn show<'s>(&'s self, envelope: &'s Envelope) -> BoxFuture<'s, Delivery> {
        let act = self.lock().next_act(envelope);
        async move {
            match act {
                None => self.record(envelope),
                Some(Act::Answer(delivery)) => delivery,
                Some(Act::LoseAnswer) => {
                    self.record(envelope);
                    Delivery::Unknown
                }
                Some(Act::HangBefore) => {
                    self.hang(&envelope.key).await;
                    self.record(envelope)
                }
                Some(Act::HangAfter) => {
                    let delivery = self.record(envelope);
                    self.hang(&envelope.key).await;
                    delivery
                }
            }
        }
        .boxed()
    }
}

impl Seen {
    fn next_act(&mut self, Envelope { key, what, .. }: &Envelope) -> Option<Act> {
        if self.attempted.insert(key.clone()) && self.on_new_keys.is_some() {
            return self.on_new_keys.clone();
        }
        let applies = |rule: &&mut Rule| {
            rule.times > 0
                && rule.kind == Kind::of(what)
                && rule.whose.as_deref().is_none_or(|whose| whose == whose_is(what))
        };
        let rule = self.script.iter_mut().find(applies)?;
        rule.times -= 1;
        Some(rule.act.clone())
    }

    /// Like a chat server that knows the key of what it has shown already: a repetition is counted and changes nothing.
    fn record(&mut self, envelope: &Envelope) {
        self.log.push(envelope.clone());
        if let Some(repeats) = self.keys.get_mut(&envelope.key) {
            repeats.times += 1;
            repeats.marked += u32::from(envelope.again);
            return;
        }
        self.keys.insert(envelope.key.clone(), Repeats::default());
        match envelope.what.clone() {
            Outgoing::OpenRoom { name, private, .. } => {
                let twice = self.rooms.insert(name.clone(), Room { private, ..Room::default() });
                assert_eq!(twice, None, "#{name} was opened under two keys");
            }
            Outgoing::CloseRoom { room } => self.in_room(&room).closed = true,
            Outgoing::Invite { room, account } => {
                self.in_room(&room).members.insert(account.to_string());
            }
            Outgoing::Post { room, text, .. } | Outgoing::Mirror { room, text, .. } => {
                self.in_room(&room).posts.push(text);
            }
            Outgoing::Card { room, text, .. } => self.in_room(&room).card = text,
            Outgoing::Notice { account, text, .. }
            | Outgoing::Withdraw { account, text, .. }
            | Outgoing::Tell { account, text }
            | Outgoing::Alarm { account, text } => self.told.entry(account.to_string()).or_default().push(text),
            // It is the log that has it.
            Outgoing::Document { room, .. } => assert!(!self.in_room(&room).closed, "#{room} takes no file any more"),
            other => panic!("a terminal has nothing like {other:?}"),
        }
    }

    fn in_room(&mut self, name: &str) -> &mut Room {
        let room = self.rooms.get_mut(name).unwrap_or_else(|| panic!("#{name} was never opened"));
        assert!(!room.closed, "#{name} is closed");
        room
    }
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::OpenRoom,
        Self::CloseRoom,
        Self::Invite,
        Self::Post,
        Self::Card,
        Self::Notice,
        Self::Withdraw,
        Self::Alarm,
    ];

    pub(crate) fn of(what: &Outgoing) -> Self {
        match what {
            Outgoing::OpenRoom { .. } => Self::OpenRoom,
            Outgoing::CloseRoom { .. } => Self::CloseRoom,
            Outgoing::Invite { .. } => Self::Invite,
            Outgoing::Post { .. } => Self::Post,
            Outgoing::Card { .. } => Self::Card,
            Outgoing::Notice { .. } => Self::Notice,
            Outgoing::Withdraw { .. } => Self::Withdraw,
            Outgoing::Alarm { .. } => Self::Alarm,
            other => panic!("a terminal has nothing like {other:?}"),
        }
    }
}

fn whose_is(what: &Outgoing) -> String {
    match what {
        Outgoing::OpenRoom { name, .. } => name.clone(),
        Outgoing::CloseRoom { room } | Outgoing::Post { room, .. } | Outgoing::Card { room, .. } => room.clone(),
        Outgoing::Invite { account, .. }
        | Outgoing::Notice { account, .. }
        | Outgoing::Withdraw { account, .. }
        | Outgoing::Alarm { account, .. } => account.to_string(),
        other => panic!("a terminal has nothing like {other:?}"),
    }
}

/// Known while it lives, so that a call that is killed does not count as hanging.
struct Hanging<'t> {
    keys: &'t watch::Sender<Vec<String>>,
    key: String,
}

impl<'t> Hanging<'t> {
    fn begin(keys: &'t watch::Sender<Vec<String>>, key: &str) -> Self {
        keys.send_modify(|keys| keys.push(key.to_owned()));
        Self { keys, key: key.to_owned() }
    }
}

impl Drop for Hanging<'_> {
    fn drop(&mut self) {
        self.keys.send_modify(|keys| keys.retain(|key| *key != self.key));
    }
}
