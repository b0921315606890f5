//! Telegram: a button that acknowledges, a message that is edited when it is over, and updates that are asked for.

use std::time::Duration;

use firebell::notify::{Happened, Notifier, Updates, UpdatesError};
use serde_json::json;

use crate::notify::outcomes::bot_at;
use crate::notify::providers::http::{Fake, Fault};
use crate::notify::providers::telegram::{CHAT, TOKEN, Telegram};
use crate::notify::support::{address, id_of, over, page, patient, reason, secret, setup, wait};

const KEY: &str = "pg1:notice:ana:1";

async fn stage() -> (Fake<Telegram>, firebell::notify::Telegram, Notifier) {
    let fake = Fake::start(Telegram::default()).await;
    let bot = bot_at(fake.url.clone(), &patient());
    (fake, bot.clone(), Notifier::Telegram(bot))
}

#[tokio::test]
async fn a_page_has_its_buttons_until_it_is_over() {
    let (fake, _, notifier) = stage().await;
    let to = address(&CHAT.to_string());
    let id = id_of(notifier.send(&to, &page(KEY)).await);
    let buttons = json!([[
        { "text": "Acknowledge", "callback_data": "ack:K7QX" },
        { "text": "Open", "url": "https://fire.example/a/tok" },
    ]]);
    let shown = |place: usize| fake.with(|state| state.messages[place].clone());
    assert_eq!(
        (&shown(0)["reply_markup"]["inline_keyboard"], &shown(0)["disable_notification"]),
        (&buttons, &json!(false))
    );
    for attempt in ["it stands", "it is edited by now"] {
        assert_eq!(id_of(notifier.send(&to, &over("k", Some(&id))).await), id, "{attempt}");
        assert_eq!((&shown(0)["text"], shown(0).get("reply_markup")), (&json!("INC-1 is over\nResolved by bo."), None));
    }
    assert_eq!(id_of(notifier.send(&to, &over("k", Some("77"))).await), "2", "it was deleted, so a new one says so");
    assert_eq!(shown(1)["disable_notification"], true);
}

#[tokio::test]
async fn who_pressed_and_who_wrote_is_told_until_it_is_dealt_with() {
    let (fake, bot, notifier) = stage().await;
    let mut updates = Updates::new(bot.clone());
    // The answer to the first question comes once somebody does something.
    let (first, ()) = tokio::join!(updates.next(Duration::from_secs(30)), async {
        id_of(notifier.send(&address(&CHAT.to_string()), &page(KEY)).await);
        fake.with(|state| state.press(1));
    });
    let first = first.unwrap();
    let Some(Happened::Pressed { callback, chat, code }) = first[0].what.clone() else { panic!("{first:?}") };
    assert_eq!((chat, code.as_str()), (CHAT, "K7QX"));
    assert_eq!(updates.next(Duration::ZERO).await.unwrap(), first, "it is not dealt with yet");
    id_of(bot.answer_callback(&callback, "You have it.").await);
    assert_eq!(fake.with(|state| state.answers[&callback].clone()), "You have it.");
    updates.done(first[0].id);
    fake.with(|state| state.says("K7QX"));
    fake.with(|state| state.says("hello"));
    let second = updates.next(Duration::ZERO).await.unwrap();
    let said = |text: &str| Some(Happened::Said { chat: CHAT, text: text.to_owned() });
    assert_eq!([&second[0].what, &second[1].what], [&said("K7QX"), &said("hello")]);
    updates.done(second[1].id);
    assert_eq!(updates.next(Duration::ZERO).await, Ok(Vec::new()));
}

#[tokio::test]
async fn the_longest_updates_are_read() {
    let (fake, bot, _) = stage().await;
    for _ in 0..20 {
        fake.with(|state| state.says(&"\u{1}".repeat(4_096)));
    }
    assert_eq!(Updates::new(bot).next(Duration::ZERO).await.unwrap().len(), 20);
}

#[tokio::test]
async fn updates_say_when_to_ask_again() {
    let (fake, bot, _) = stage().await;
    let mut updates = Updates::new(bot);
    let table = [(Fault::Busy(429, 9), 9), (Fault::ResetBefore, 1), (Fault::Status(409), 60), (Fault::Status(401), 60)];
    for (fault, seconds) in table {
        fake.fails(fault);
        let error: UpdatesError = updates.next(Duration::ZERO).await.unwrap_err();
        assert_eq!(error.wait().num_seconds(), seconds, "{error}");
        assert!(!error.to_string().contains(TOKEN), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_names_what_to_do() {
    let (fake, _, notifier) = stage().await;
    let table = [
        (1, 403, json!({}), "blocked"),
        (2, 400, json!({}), "does not know the chat"),
        (3, 400, json!({ "migrate_to_chat_id": -1001 }), "supergroup"),
    ];
    for (chat, status, parameters, part) in table {
        fake.with(|state| state.bad.insert(chat, (status, parameters)));
        let why = reason(notifier.send(&address(&chat.to_string()), &page(KEY)).await);
        assert!(why.contains(part), "{why}");
    }
    // Telegram says in the body how long to wait.
    fake.with(|state| state.bad.insert(4, (429, json!({ "retry_after": 17 }))));
    assert_eq!(wait(notifier.send(&address("4"), &page(KEY)).await), 17);
    let config = firebell::notify::TelegramConfig { base: fake.url.clone(), token: secret("1:wrong") };
    let locked = Notifier::Telegram(firebell::notify::Telegram::new(config, &patient()).unwrap());
    assert_eq!(wait(locked.send(&address("5"), &page(KEY)).await), 60, "our token, not the person's");
}

#[test]
fn addresses_and_tokens_are_checked() {
    let base: firebell::notify::Url = "https://api.telegram.org".parse().unwrap();
    let notifier = Notifier::Telegram(bot_at(base.clone(), &setup()));
    let table = [
        ("4242", true),
        ("-1001234", true),
        ("@firebell", true),
        ("0", false),
        ("+42", false),
        ("@a b", false),
        ("ana", false),
    ];
    for (text, passes) in table {
        assert_eq!(notifier.check(&address(text)).is_ok(), passes, "{text}");
    }
    for token in ["", "abc", "abc:def", "12:", "12:a/b"]
        .into_iter()
        .filter_map(|token| firebell::notify::Secret::new(token).ok())
    {
        assert!(
            firebell::notify::Telegram::new(firebell::notify::TelegramConfig { base: base.clone(), token }, &setup())
                .is_err()
        );
    }
}
