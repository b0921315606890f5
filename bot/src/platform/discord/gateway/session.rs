//! One session: serenity's shard on a thread of its own, which can be closed, cut off and, at the worst, left behind.
//!
//! A thread, since there are states in which serenity spins without ever waiting (a WebSocket that ended without a close
//! code), so that nothing else on its runtime goes on; and since its events keep their order on one worker only. Its own
//! ways to begin anew and to shut down are not used: they may spin, too, or wait for no reason.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serenity::gateway::{
    ConnectionStage, Shard, ShardManager, ShardManagerOptions, ShardMessenger, ShardRunner, ShardRunnerInfo,
    ShardRunnerOptions,
};
use serenity::http::Http;
use serenity::model::gateway::{GatewayIntents, ShardInfo};
use serenity::model::id::ShardId;
use serenity::prelude::{Mutex, RwLock, TypeMap};
use serenity_tungstenite::tungstenite::Message;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::ear::Ear;
use super::handler::Handler;
use super::told::{Hearer, Teller, Told, line};
use super::trouble::{Trouble, trouble_of};
use crate::platform::busy::Busy;
use crate::platform::rest::Token;

const SHARD: ShardId = ShardId(0);

/// What a session needs.
pub(super) struct Setup {
    pub(super) token: Token,
    pub(super) url: String,
    pub(super) intents: GatewayIntents,
    pub(super) connect: Duration,
    pub(super) backlog: Busy,
}

/// A session, from the first attempt to connect.
pub(super) struct Session {
    /// What it tells; nothing more once the thread has ended.
    pub(super) told: Hearer,
    ended: oneshot::Receiver<Trouble>,
    breaths: Arc<AtomicU64>,
    cut: watch::Sender<bool>,
}

impl Session {
    /// Begins one.
    ///
    /// # Errors
    /// This machine gives no thread.
    pub(super) fn start(setup: Setup) -> io::Result<Self> {
        let (teller, told) = line(&setup.backlog);
        let (end, ended) = oneshot::channel();
        let (cut, cutting) = watch::channel(false);
        let breaths = Arc::new(AtomicU64::new(0));
        let counted = breaths.clone();
        // The process does not wait for it at its end.
        std::thread::Builder::new().name("discord-gateway".to_owned()).spawn(move || {
            let trouble = live(setup, teller, counted, cutting);
            // Nobody listens any more to a session that was given up.
            let _ = end.send(trouble);
        })?;
        Ok(Self { told, ended, breaths, cut })
    }

    /// A number that rises as long as the thread is not held up.
    pub(super) fn breaths(&self) -> u64 {
        self.breaths.load(Ordering::Relaxed)
    }

    /// Interrupts it wherever it waits.
    pub(super) fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// What ended it; to be asked when it tells nothing more.
    pub(super) async fn end(&mut self) -> Trouble {
        // A panic leaves without a word.
        (&mut self.ended).await.unwrap_or(Trouble::Broken)
    }
}

/// Has a session's WebSocket closed, and ends the session. The second close is always refused, as nothing may be sent after
/// the first, and that ends serenity's loop, even while it spins; after one alone it would connect anew.
pub(super) fn close(messenger: &ShardMessenger) {
    messenger.shutdown_clean();
    messenger.shutdown_clean();
}

/// Sends a ping. Where that fails, serenity ends the session, which may not have seen by itself that its connection is over.
pub(super) fn ping(messenger: &ShardMessenger) {
    messenger.websocket_message(Message::Ping(Vec::new()));
}

fn live(setup: Setup, teller: Teller, breaths: Arc<AtomicU64>, cut: watch::Receiver<bool>) -> Trouble {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Trouble::Broken;
    };
    let trouble = tracing::subscriber::with_default(Ear(teller.clone()), || {
        runtime.block_on(async {
            let mut cut = cut;
            tokio::spawn(breathe(breaths));
            // In a task, which takes its turn with those of the events; this one here would go before them.
            let serving = tokio::spawn(serve(setup, teller));
            tokio::select! {
                served = serving => {
                    // What serenity took in last has yet to be told; tasks begin in their order.
                    let _ = tokio::spawn(async {}).await;
                    served.unwrap_or(Trouble::Broken)
                }
                _ = cut.wait_for(|cut| *cut) => Trouble::Ended,
            }
        })
    });
    // It would wait for a name that is being looked up.
    runtime.shutdown_background();
    trouble
}

async fn breathe(breaths: Arc<AtomicU64>) {
    loop {
        breaths.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn serve(setup: Setup, teller: Teller) -> Trouble {
    let Setup { token, url, intents, connect, .. } = setup;
    let url = Arc::new(Mutex::new(url));
    let info = ShardInfo { id: SHARD, total: 1 };
    let connecting = Shard::new(url.clone(), token.expose(), info, intents, None);
    let Ok(Ok(shard)) = timeout(connect, connecting).await else { return Trouble::NotConnected };
    let (data, http) = (Arc::new(RwLock::new(TypeMap::new())), Arc::new(Http::new("")));
    let manager = manager(&data, &http, intents);
    // When serenity gives a session up, it waits 5 s for a shard that has ended already, unless it knows that.
    manager.shutdown_finished(SHARD);
    let mut runner = ShardRunner::new(ShardRunnerOptions {
        data,
        event_handlers: Vec::new(),
        raw_event_handlers: vec![Arc::new(Handler { teller: teller.clone(), url })],
        manager: manager.clone(),
        shard,
        http,
    });
    let messenger = ShardMessenger::new(&runner);
    let info = ShardRunnerInfo { latency: None, runner_tx: messenger.clone(), stage: ConnectionStage::Handshake };
    manager.runners.lock().await.insert(SHARD, info);
    teller.tell(Told::Started(messenger));
    tokio::spawn(listen_to_the_heart(manager, teller));
    match Box::pin(runner.run()).await {
        Ok(()) => Trouble::Ended,
        Err(error) => trouble_of(&error),
    }
}

/// What a runner reports to. It can start shards by itself, which is done here; without a URL it cannot.
fn manager(data: &Arc<RwLock<TypeMap>>, http: &Arc<Http>, intents: GatewayIntents) -> Arc<ShardManager> {
    let options = ShardManagerOptions {
        data: data.clone(),
        event_handlers: Vec::new(),
        raw_event_handlers: Vec::new(),
        shard_index: 0,
        shard_init: 0,
        shard_total: 1,
        ws_url: Arc::new(Mutex::new(String::new())),
        http: http.clone(),
        intents,
        presence: None,
    };
    ShardManager::new(options).0
}

/// Tells of acknowledged heartbeats: the runner reports each one's latency, and no two are the same to the nanosecond.
async fn listen_to_the_heart(manager: Arc<ShardManager>, teller: Teller) {
    let mut before = None;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let latency = manager.runners.lock().await.get(&SHARD).and_then(|runner| runner.latency);
        if latency != before && !teller.tell(Told::Alive) {
            return;
        }
        before = latency;
    }
}
