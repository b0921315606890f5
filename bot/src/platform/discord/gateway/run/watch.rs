//! The life of one session as its supervisor sees it: what it tells is handed on, and it is given up when all is not well.

use std::ops::ControlFlow::{self, Break, Continue};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::Value;
use serenity::gateway::ShardMessenger;
use tokio::sync::watch::Receiver;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::super::session::{Session, close, ping};
use super::super::told::Told;
use super::super::trouble::{Status, Trouble};
use super::super::{Gateway, Listener, Ready};
use crate::platform::connections::Up;
use crate::stop::stopped;

/// What became of a session.
pub(super) struct Attended {
    pub(super) trouble: Trouble,
    /// For how long it was good; nothing when it never began.
    pub(super) lived: Duration,
}

/// Hands on what a session tells until it ends, or has to be ended; nothing when there is a stop.
pub(super) async fn attend(
    gateway: &Gateway,
    session: Session,
    stop: &mut Receiver<bool>,
    status: &Status,
) -> Option<Attended> {
    let now = Instant::now();
    let mut attendant = Attendant {
        gateway,
        status,
        session,
        messenger: None,
        up: None,
        began: None,
        heard: now,
        until: Some((now + gateway.pace.ready, Trouble::NotReady)),
        breathed: (0, now),
        pinged: now,
    };
    let mut looks = interval(gateway.pace.look);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let turn = tokio::select! {
            biased;
            () = stopped(stop) => {
                attendant.end(true).await;
                return None;
            }
            told = attendant.session.told.recv() => match told {
                Some((told, _held)) => attendant.take(told),
                None => Break(None),
            },
            _ = looks.tick() => attendant.look(),
        };
        if let Break(trouble) = turn {
            let lived = attendant.began.map_or(Duration::ZERO, |began| began.elapsed());
            let ended = attendant.end(trouble.is_some()).await;
            return Some(Attended { trouble: trouble.unwrap_or(ended), lived });
        }
    }
}

struct Attendant<'g> {
    gateway: &'g Gateway,
    status: &'g Status,
    session: Session,
    messenger: Option<ShardMessenger>,
    up: Option<Up<Trouble>>,
    /// When it was ready.
    began: Option<Instant>,
    /// When something was heard last.
    heard: Instant,
    /// By when it must be ready, and what is wrong when it is not.
    until: Option<(Instant, Trouble)>,
    /// How often its thread had breathed, and when that was seen to change.
    breathed: (u64, Instant),
    /// When a ping was sent last.
    pinged: Instant,
}

impl Attendant<'_> {
    /// Breaks when the session is to be given up: with what is wrong, or nothing when it has ended by itself.
    fn take(&mut self, told: Told) -> ControlFlow<Option<Trouble>> {
        match told {
            Told::Started(messenger) => self.messenger = Some(messenger),
            Told::Ready => self.ready(Ready::New),
            Told::Resumed => self.ready(Ready::Resumed),
            Told::Lost => {
                self.up = None;
                self.status.trouble(Trouble::Lost);
                let by = Instant::now() + self.gateway.pace.resume;
                // Several attempts have no more time than one.
                self.until = self.until.take().or(Some((by, Trouble::NotResumed)));
            }
            Told::Event(value) => self.event(value),
            Told::Alive => self.hear(),
            Told::Unreadable => self.status.unreadable(),
            Told::Refused(trouble) => return Break(Some(trouble)),
        }
        Continue(())
    }

    fn ready(&mut self, how: Ready) {
        self.until = None;
        self.began.get_or_insert_with(Instant::now);
        // The one before it is gone first: otherwise both would count for a moment.
        self.up = None;
        self.up = Some(match how {
            Ready::New => self.status.up(),
            Ready::Resumed => self.status.resumed(),
        });
        tracing::info!(?how, "connected to Discord");
        self.tell(|listener| listener.ready(how));
    }

    fn event(&mut self, value: Value) {
        self.hear();
        self.tell(|listener| listener.event(value));
    }

    fn hear(&mut self) {
        self.heard = Instant::now();
        self.status.heard();
    }

    fn tell(&self, tell: impl FnOnce(&dyn Listener)) {
        if catch_unwind(AssertUnwindSafe(|| tell(&*self.gateway.listener))).is_err() {
            tracing::error!("handling what Discord told failed within");
        }
    }

    /// Looks whether all is well.
    fn look(&mut self) -> ControlFlow<Option<Trouble>> {
        let pace = &self.gateway.pace;
        let breaths = self.session.breaths();
        if breaths != self.breathed.0 {
            self.breathed = (breaths, Instant::now());
        }
        // While many events come it has little breath.
        if self.breathed.1.elapsed() >= pace.stuck && self.heard.elapsed() >= pace.stuck {
            return Break(Some(Trouble::Stuck));
        }
        if let Some(messenger) = self.messenger.as_ref().filter(|_| self.pinged.elapsed() >= pace.ping) {
            self.pinged = Instant::now();
            ping(messenger);
        }
        match &self.until {
            Some((by, trouble)) if Instant::now() >= *by => Break(Some(trouble.clone())),
            None if self.heard.elapsed() >= pace.silence => Break(Some(Trouble::Silent)),
            _ => Continue(()),
        }
    }

    /// Closes it while it is running, and cuts it off when that takes too long; what it told before is handed on. Answers
    /// what ended it.
    async fn end(&mut self, running: bool) -> Trouble {
        self.up = None;
        let close_time = self.gateway.pace.close;
        match &self.messenger {
            Some(messenger) if running => close(messenger),
            _ => self.session.cut(),
        }
        let mut ended = timeout(close_time, self.session.end()).await;
        if ended.is_err() {
            self.session.cut();
            ended = timeout(close_time, self.session.end()).await;
        }
        while let Ok(told) = self.session.told.try_recv() {
            if let (Told::Event(value), _held) = told {
                self.event(value);
            }
        }
        ended.unwrap_or_else(|_| {
            tracing::error!("a thread of Discord's gateway did not end and was left behind");
            Trouble::Stuck
        })
    }
}
