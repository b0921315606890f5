//! Calls against a little server: what they send, what they read, and what failures mean.

mod calls;
pub(crate) mod limits;

use serde_json::{Value, json};

use super::*;
use crate::platform::little::{Little, Reply};

/// Discord's API on a little server.
pub(crate) fn api(little: &Little) -> Api {
    let token = Token::new("secret.bot.token").unwrap();
    Api::new([little.rest(), little.rest()], &format!("{}/api/v10", little.origin), &token).unwrap()
}

/// A refusal by a code of Discord's.
pub(crate) fn no(status: u16, code: u32) -> Reply {
    Reply::Told(status, &[], json!({ "message": "Words of Discord's", "code": code }))
}

async fn asked_me(reply: impl Fn() -> Reply + Send + 'static) -> Result<User, ApiError> {
    let little = Little::new(move |_| reply()).await;
    api(&little).ask_me().await
}

#[tokio::test]
async fn what_an_answer_means() {
    type Case = (fn() -> Reply, Result<&'static str, ApiError>);
    let refused = |status, code, word: &str| Err(ApiError::refused(status, code, word));
    let table: [Case; 9] = [
        (|| Reply::Ok(json!({ "id": "7", "username": "firebell", "unheard_of": [1] })), Ok("7")),
        (|| Reply::Ok(json!({ "id": "7", "username": null, "bot": null })), Ok("7")),
        (|| no(404, 50_001), refused(404, 50_001, "Words of Discord's")),
        (|| Reply::Status(404, None, "<html>"), refused(404, 0, "")),
        (|| Reply::Status(503, None, ""), Err(ApiError::NotSent)),
        (|| Reply::Broken, Err(ApiError::NotSent)),
        (|| Reply::Ok(json!({ "id": [] })), Err(ApiError::NotSent)),
        (|| Reply::Status(429, Some("9"), ""), Err(ApiError::RetryAfter(TimeDelta::seconds(9)))),
        (|| no(500, 130_000), Err(ApiError::NotSent)),
    ];
    for (number, (reply, expected)) in table.into_iter().enumerate() {
        let result = asked_me(reply).await.map(|me| me.id);
        assert_eq!(result, expected.map(str::to_owned), "case {number}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_doubt_where_something_may_have_been_done() {
    let little = Little::new(|_| Reply::Broken).await;
    let api = api(&little);
    assert_eq!(api.post("1", &NewMessage::text("down")).await.unwrap_err(), ApiError::Unknown);
    assert_eq!(api.channel("1").await.unwrap_err(), ApiError::NotSent);
}

#[tokio::test]
async fn a_form_that_is_refused_tells_which_field_and_not_what_stood_there() {
    let little = Little::new(|_| {
        let wrong = json!({ "_errors": [{ "code": "BASE_TYPE_BAD_LENGTH", "message": "secret words" }] });
        Reply::Told(
            400,
            &[],
            json!({
                "code": 50_035, "message": "Invalid Form Body", "errors": { "embeds": { "0": { "title": wrong } } },
            }),
        )
    })
    .await;
    let error = api(&little).post("1", &NewMessage::text("down")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Discord refused it: Invalid Form Body: embeds.0.title: BASE_TYPE_BAD_LENGTH (50035)"
    );
}

#[tokio::test]
async fn the_token_is_sent_and_never_shown() {
    let little = Little::new(|_| Reply::Ok(json!({ "id": "7" }))).await;
    let api = api(&little);
    api.me().await.unwrap();
    api.me().await.unwrap();
    let asked = little.asked();
    assert_eq!(asked.len(), 1, "who the bot is does not change");
    assert_eq!(asked[0].token.as_deref(), Some("Bot secret.bot.token"));
    assert!(!format!("{api:?}").contains("secret"));
    let interaction = Interaction { id: "1".into(), application: "2".into(), token: "secret".into() };
    assert_eq!(format!("{interaction:?}"), "Interaction(1)");
    api.respond(&interaction, &Value::Null).await.unwrap();
    assert_eq!(little.asked()[0].token, None, "its own token is in its path");
}

#[tokio::test]
async fn what_is_no_id_leads_nowhere() {
    let little = Little::new(|_| Reply::Ok(json!({ "id": "7" }))).await;
    let api = api(&little);
    for id in ["", ".", ".."] {
        assert!(api.channel(id).await.is_err(), "{id}");
    }
    assert_eq!(little.asked(), []);
    api.channel("1/../../users/@me?x#y").await.unwrap();
    assert_eq!(little.methods(), ["v10/channels/1%2F..%2F..%2Fusers%2F@me%3Fx%23y"]);
}

#[test]
fn every_call_has_a_route_and_what_it_needs() {
    for call in Call::ALL {
        let ids = call.route().matches("{}").count();
        assert_eq!(call.route().split('/').filter(|part| part.contains('{')).count(), ids, "{call:?}");
        let unnamed = call.permissions().0.count_ones() as usize - call.permissions().names().len();
        assert_eq!(unnamed, 0, "{call:?} needs what has no name");
    }
    assert_eq!(
        Permissions::of(&[Permissions::PIN_MESSAGES, Permissions::VIEW_CHANNEL]).names(),
        ["View Channels", "Pin Messages"]
    );
}
