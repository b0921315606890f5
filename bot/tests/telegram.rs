//! Answers by a bot of Telegram, which is asked for them, so that no URL of ours need be public.

use std::collections::BTreeMap;
use std::time::Duration;

use firebell::app::TelegramApp;
use firebell::engine::lease::LeasePace;
use firebell::notifiers::Notifiers;
use firebell::notify::{Notifier, Setup};
use firebell_core::directory::{ContactMethod, PlainAddress};
use firebell_core::timeline::Change;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::contacts::DECLARE;
use crate::notify::outcomes::bot_at;
use crate::notify::providers::http::{Fake, Fault};
use crate::notify::providers::telegram::{CHAT, TOKEN, Telegram as FakeTelegram};
use crate::support::{Beside, World, key, minutes, on_both};

on_both!(
    a_button_acknowledges_and_tells_who_pressed_it,
    a_reply_with_the_code_acknowledges_and_a_stranger_is_told_the_number_of_the_chat,
    a_code_is_good_for_a_day,
    a_restart_before_the_answer_is_committed_loses_nothing,
    a_restart_after_the_answer_is_committed_repeats_the_words_and_nothing_else,
    a_chat_of_several_people_is_told_apart_by_the_code,
    one_replica_asks_and_another_takes_over_when_it_ends,
    troubles_are_said_once_and_without_the_token,
);

/// Nothing that is waited for takes as long.
const PATIENCE: Duration = Duration::from_secs(20);

/// A Firebell with a bot and no URL of its own; bo is in the bot's chat.
async fn stage(world: &mut World) -> Fake<FakeTelegram> {
    let fake = Fake::start(FakeTelegram::default()).await;
    let clock = world.clock.clone();
    let setup = Setup::new(std::sync::Arc::new(move || clock.now()));
    let bot = Notifier::Telegram(bot_at(fake.url.clone(), &setup));
    let notifiers = Notifiers::new(BTreeMap::from([(ContactMethod::Telegram, bot)]), None);
    world.restart_beside(Beside { notifiers, ..Beside::default() }).await;
    world.reorganise(|org| reached(org, "bo", CHAT)).await;
    world.says("ana", DECLARE).await;
    fake
}

fn reached(org: &mut crate::support::Org, who: &str, chat: i64) {
    let person = org.files.people.iter_mut().find(|person| person.handle == key(who)).unwrap();
    person.contacts = Some(vec![ContactMethod::Telegram]);
    person.addresses = BTreeMap::from([(ContactMethod::Telegram, PlainAddress(chat.to_string()))]);
}

fn bot(world: &World) -> TelegramApp {
    world.app.telegram.clone().unwrap()
}

/// What was told so far is taken by a process that has just begun.
async fn heard(world: &World) -> usize {
    let bot = bot(world);
    let count = bot.turn(&mut bot.updates(), Duration::ZERO).await.unwrap();
    world.settle().await;
    count
}

async fn acknowledgements(world: &World, number: i64) -> usize {
    let is = |change: &Option<Change>| matches!(change, Some(Change::Acknowledged { .. }));
    world.history(number).await.iter().filter(|entry| is(&entry.change)).count()
}

/// The code on the button of a message.
fn code(fake: &Fake<FakeTelegram>, message: usize) -> String {
    let data = |state: &mut FakeTelegram| {
        let button = &state.messages[message - 1]["reply_markup"]["inline_keyboard"][0][0];
        button["callback_data"].as_str().unwrap().to_owned()
    };
    fake.with(data).trim_start_matches("ack:").to_owned()
}

async fn a_button_acknowledges_and_tells_who_pressed_it(world: &mut World) {
    let fake = stage(world).await;
    fake.with(|state| state.press(1));
    assert_eq!(heard(world).await, 1);
    assert_eq!(fake.with(|state| state.answers["cb1"].clone()), "You have INC-1.");
    assert_eq!(acknowledgements(world, 1).await, 1);
    world.advance(minutes(60)).await;
    world.not_paged("cy");
    fake.with(|state| state.press(1));
    heard(world).await;
    let words = fake.with(|state| state.answers["cb2"].clone());
    assert!(words.contains("No page of yours has this code"), "{words}");
    assert_eq!(acknowledgements(world, 1).await, 1);
}

async fn a_reply_with_the_code_acknowledges_and_a_stranger_is_told_the_number_of_the_chat(world: &mut World) {
    let fake = stage(world).await;
    let code = code(&fake, 1);
    let last = || fake.with(|state| state.messages.last().unwrap()["text"].as_str().unwrap().to_owned());
    for (says, answer) in [("hello", "No page of yours has this code"), (code.as_str(), "You have INC-1.")] {
        fake.with(|state| state.says(says));
        heard(world).await;
        assert!(last().contains(answer), "{}", last());
    }
    assert_eq!(acknowledgements(world, 1).await, 1);
    world.reorganise(|org| reached(org, "bo", 99)).await;
    fake.with(|state| state.says(&code));
    heard(world).await;
    assert!(last().contains("This chat is nobody's here; as somebody's address for telegram its number is 4242"));
}

async fn a_code_is_good_for_a_day(world: &mut World) {
    let fake = stage(world).await;
    let code = code(&fake, 1);
    // At once: what falls due on the way would fall due hundreds of times.
    world.clock.advance(minutes(26 * 60)).unwrap();
    world.settle().await;
    let last = || fake.with(|state| state.messages.last().unwrap()["text"].as_str().unwrap().to_owned());
    let answers = [
        (code.as_str(), "The code of INC-1 was good for a day and is not any more; acknowledge it in chat"),
        ("ok", "No page of yours has this code"),
    ];
    for (says, answer) in answers {
        fake.with(|state| state.says(says));
        heard(world).await;
        assert!(last().contains(answer), "{}", last());
    }
    assert_eq!(acknowledgements(world, 1).await, 0);
    let why = world.says("ana", "/incident INC-1 why-paged").await;
    assert!(why.contains("in E4: open"), "{why}");
    let answer = world.says("bo", "/incident INC-1 ack").await;
    assert!(answer.contains("You have INC-1"), "{answer}");
}

async fn a_restart_before_the_answer_is_committed_loses_nothing(world: &mut World) {
    let fake = stage(world).await;
    fake.with(|state| state.press(1));
    let told = bot(world).updates().next(Duration::ZERO).await.unwrap();
    assert_eq!(told.len(), 1, "the process that has it ends here");
    world.restart().await;
    assert_eq!((heard(world).await, acknowledgements(world, 1).await), (1, 1));
}

async fn a_restart_after_the_answer_is_committed_repeats_the_words_and_nothing_else(world: &mut World) {
    let fake = stage(world).await;
    fake.with(|state| state.press(1));
    heard(world).await;
    fake.with(|state| state.answers.clear());
    world.restart().await;
    assert_eq!(heard(world).await, 1, "it was not confirmed");
    assert_eq!(fake.with(|state| state.answers["cb1"].clone()), "You have INC-1.");
    assert_eq!(acknowledgements(world, 1).await, 1);
    let bot = bot(world);
    let mut updates = bot.updates();
    assert_eq!(bot.turn(&mut updates, Duration::ZERO).await.unwrap(), 1);
    assert_eq!(bot.turn(&mut updates, Duration::ZERO).await.unwrap(), 0, "it is confirmed by now");
    assert_eq!(heard(world).await, 0);
}

async fn a_chat_of_several_people_is_told_apart_by_the_code(world: &mut World) {
    let fake = stage(world).await;
    world.reorganise(|org| reached(org, "cy", CHAT)).await;
    world.says("ana", "/incident page @cy").await;
    fake.with(|state| state.says("ack"));
    heard(world).await;
    assert_eq!(acknowledgements(world, 1).await, 0, "nobody can tell whose answer that is");
    fake.with(|state| state.press(2));
    heard(world).await;
    let by = world.history(1).await.into_iter().find_map(|entry| match entry.change {
        Some(Change::Acknowledged { person, .. }) => Some(person),
        _ => None,
    });
    let directory = world.app.intake.directory().await.unwrap();
    assert_eq!(directory.handle(by.unwrap()), "cy");
}

async fn one_replica_asks_and_another_takes_over_when_it_ends(world: &mut World) {
    let fake = stage(world).await;
    let other = world.replica().await;
    let ms = Duration::from_millis;
    let pace = LeasePace { lasts: ms(4000), renew: ms(200), margin: ms(700), look: ms(50), release: ms(1000) };
    let (stop, stopped) = watch::channel(false);
    let first = tokio::spawn(bot(world).paced(pace).run(stopped));
    fake.with(|state| state.press(1));
    timeout(PATIENCE, fake.until(|state| state.answers.contains_key("cb1"))).await.unwrap();
    let (stop_other, stopped) = watch::channel(false);
    let second = tokio::spawn(other.telegram.clone().unwrap().paced(pace).run(stopped));
    // A question is open, and the end does not wait for its answer.
    stop.send_replace(true);
    timeout(Duration::from_secs(5), first).await.expect("it does not end").unwrap();
    world.says("ana", DECLARE).await;
    let message = fake.with(|state| {
        state.press(state.messages.len());
        state.messages.len()
    });
    assert!(message > 1);
    timeout(PATIENCE, fake.until(|state| state.answers.contains_key("cb2"))).await.unwrap();
    assert_eq!(acknowledgements(world, 2).await, 1);
    stop_other.send_replace(true);
    timeout(Duration::from_secs(5), second).await.expect("it does not end").unwrap();
    other.store.close().await;
}

async fn troubles_are_said_once_and_without_the_token(world: &mut World) {
    let fake = stage(world).await;
    let bot = bot(world);
    let mut updates = bot.updates();
    for fault in [Fault::Status(401), Fault::Status(409), Fault::Busy(429, 9), Fault::ResetBefore] {
        fake.fails(fault);
        let error = bot.turn(&mut updates, Duration::ZERO).await.unwrap_err().to_string();
        assert!(error.contains("Telegram") && !error.contains(TOKEN) && !error.contains("http"), "{error}");
    }
    fake.with(|state| state.press(1));
    assert_eq!(heard(world).await, 1);
}
