//! The bot of Telegram, where one is configured: buttons of pages and replies, asked for by one replica at a time.

use std::time::Duration;

use chrono::TimeDelta;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::Delivery;
use firebell_core::ids::WorkspaceId;
use tokio::sync::watch;
use uuid::Uuid;

use crate::clock::Clock;
use crate::engine::lease::{Lease, LeasePace};
use crate::intake::{Answer, Fault, Intake, Sender};
use crate::notify::{Happened, Telegram, Update, Updates, UpdatesError};
use crate::render::Target;
use crate::stop::stopped;

/// How long Telegram keeps a question open while nobody tells the bot anything.
const WAIT: Duration = Duration::from_secs(25);
/// The least pause after something went wrong, which doubles up to the longest.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// How long the database may take after it failed.
const AFTER_FAULT: TimeDelta = TimeDelta::seconds(5);

/// Hears one bot. Clones share its connections.
#[derive(Clone)]
pub struct TelegramApp {
    bot: Telegram,
    intake: Intake,
    clock: Clock,
    /// On whose behalf answers come in.
    console: WorkspaceId,
    /// Another one each time that a process starts.
    process: Uuid,
    pace: LeasePace,
}

/// Why nothing was heard this time.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    #[error(transparent)]
    Telegram(#[from] UpdatesError),
    #[error("take what the bot of Telegram was told: {0}")]
    Fault(#[from] Fault),
}

impl Unheard {
    fn wait(&self) -> TimeDelta {
        match self {
            Self::Telegram(error) => error.wait(),
            Self::Fault(_) => AFTER_FAULT,
        }
    }
}

impl TelegramApp {
    pub(super) fn new(bot: Telegram, intake: &Intake, console: WorkspaceId) -> Result<Self, Fault> {
        let mut drawn = [0; 16];
        drawn.copy_from_slice(&intake.seed()?[..16]);
        let (process, clock, intake) = (Uuid::from_bytes(drawn), intake.clock.clone(), intake.clone());
        Ok(Self { bot, intake, clock, console, process, pace: LeasePace::default() })
    }

    /// The same, with other spans around its lease.
    #[must_use]
    pub fn paced(self, pace: LeasePace) -> Self {
        Self { pace, ..self }
    }

    /// Listens until `stop` turns true, whenever this process is the one that does: to two, Telegram refuses both.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let lease = Lease {
            store: self.intake.store.clone(),
            clock: self.clock.clone(),
            name: self.name(),
            holder: self.process,
            pace: self.pace,
        };
        let holds = watch::Sender::new(false);
        let (tell, mut held) = (holds.clone(), holds.subscribe());
        // The question ends before the lease is given up.
        let (give_up, ended) = watch::channel(false);
        let keeping = tokio::spawn(async move { lease.keep(&tell, ended).await });
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                turned = held.wait_for(|held| *held) => if turned.is_err() { break },
            }
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break,
                _ = held.wait_for(|held| !*held) => {}
                () = self.listen() => {}
            }
        }
        give_up.send_replace(true);
        let _ = keeping.await;
    }

    /// Asks again and again. It may be ended anywhere: what was not confirmed comes again, and counts once.
    async fn listen(&self) {
        let mut updates = self.updates();
        let mut pause: Option<TimeDelta> = None;
        loop {
            match self.turn(&mut updates, WAIT).await {
                Ok(_) => {
                    if pause.take().is_some() {
                        tracing::info!("the bot of Telegram is heard again");
                    }
                }
                Err(trouble) => {
                    let wait = pause.map_or(FIRST_PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE)).max(trouble.wait());
                    if pause.is_none() {
                        tracing::warn!(%trouble, "the bot of Telegram is not heard; buttons of its messages wait");
                    }
                    pause = Some(wait);
                    self.clock.after(wait).await;
                }
            }
        }
    }

    /// Where Telegram itself thinks that we are.
    pub fn updates(&self) -> Updates {
        Updates::new(self.bot.clone())
    }

    /// Asks once and takes what there is, waiting for so long at most; answers how much that was.
    ///
    /// # Errors
    /// What was not taken comes again.
    pub async fn turn(&self, updates: &mut Updates, wait: Duration) -> Result<usize, Unheard> {
        let told = updates.next(wait).await?;
        for update in &told {
            self.hear(update).await?;
            updates.done(update.id);
        }
        Ok(told.len())
    }

    async fn hear(&self, update: &Update) -> Result<(), Fault> {
        // Telegram keeps what it was not told to forget for a day, and so long it is known here that it was answered.
        let once = format!("{}:{}", self.name(), update.id);
        match &update.what {
            None => {}
            Some(Happened::Pressed { callback, chat, code }) => {
                let words = self.answer(*chat, code, &once).await?;
                said(&self.bot.answer_callback(callback, &words).await);
            }
            Some(Happened::Said { chat, text }) => {
                let words = self.answer(*chat, text, &once).await?;
                said(&self.bot.say(*chat, &words).await);
            }
        }
        Ok(())
    }

    /// What is said to whoever pressed or wrote this. Their chat is known by its mark, as a telephone is by its number.
    async fn answer(&self, chat: i64, text: &str, once: &str) -> Result<String, Fault> {
        let stranger = format!("this chat is nobody's here; as somebody's address for telegram its number is {chat}");
        let sender = Sender { methods: &[ContactMethod::Telegram], address: chat.to_string(), stranger };
        let answer = self.intake.answer_by_message(self.console, &sender, text, Some(once)).await?;
        let words = self.intake.words(Target::Console, &answer, chrono_tz::UTC)?;
        if let Answer::Refused(refusal) = &answer {
            tracing::debug!(%refusal, "an answer by Telegram was refused");
        }
        Ok(words.trim().to_owned())
    }

    /// By what its lease and its updates are known. A bot's number is no secret; what follows it in the token is.
    fn name(&self) -> String {
        format!("telegram:{}", self.bot.number())
    }
}

/// What was answered is committed, whether the words for it arrive or not.
fn said(delivery: &Delivery) {
    if !matches!(delivery, Delivery::Delivered(_)) {
        tracing::debug!("the words of an answer did not reach a chat of Telegram");
    }
}
