//! Limits: what is used up is not called, and what is apart goes on.

use super::*;

fn used_up() -> Reply {
    const HEADERS: &[(&str, &str)] = &[
        ("x-ratelimit-bucket", "abc"),
        ("x-ratelimit-limit", "1"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset-after", "4.5"),
    ];
    Reply::Told(200, HEADERS, json!({ "id": "1" }))
}

fn interaction() -> Interaction {
    Interaction { id: "1".into(), application: "2".into(), token: "t".into() }
}

#[tokio::test]
async fn a_bucket_that_is_used_up_is_not_called() {
    let little = Little::new(|_| used_up()).await;
    let api = api(&little);
    let post = async |channel: &str| api.post(channel, &NewMessage::text("x")).await.map(|posted| posted.id);
    assert_eq!(post("1").await, Ok("1".to_owned()));
    assert_eq!(post("1").await, Err(ApiError::RetryAfter(TimeDelta::milliseconds(4500))));
    assert_eq!(post("2").await, Ok("1".to_owned()), "another channel");
    little.wait(5);
    assert_eq!(post("1").await, Ok("1".to_owned()));
    assert_eq!(little.methods().len(), 3);
}

#[tokio::test]
async fn the_global_limit_holds_back_all_but_interactions() {
    const HEADERS: &[(&str, &str)] = &[("retry-after", "3"), ("x-ratelimit-global", "true")];
    let little = Little::new(|asked| {
        if asked.method.contains("interactions") || asked.method.contains("webhooks") {
            return Reply::Told(204, &[], Value::Null);
        }
        Reply::Told(429, HEADERS, json!({ "global": true, "retry_after": 3.0 }))
    })
    .await;
    let api = api(&little);
    let wait = Err(ApiError::RetryAfter(TimeDelta::seconds(3)));
    assert_eq!(api.post("1", &NewMessage::text("x")).await.map(drop), wait);
    assert_eq!(api.channel("2").await.map(drop), wait, "it is not even asked");
    assert_eq!(little.methods().len(), 1);
    api.respond(&interaction(), &json!({ "type": 5 })).await.unwrap();
    api.edit_response(&interaction(), &json!({ "content": "done" })).await.unwrap();
    assert_eq!(little.methods(), ["v10/interactions/1/t/callback", "v10/webhooks/2/t/messages/@original"]);
}

#[tokio::test]
async fn a_shared_limit_closes_its_place_alone() {
    const HEADERS: &[(&str, &str)] = &[("retry-after", "60"), ("x-ratelimit-scope", "shared")];
    let little = Little::new(|asked| match asked.method.as_str() {
        "v10/channels/1/messages" => Reply::Told(429, HEADERS, json!({ "global": false })),
        _ => Reply::Ok(json!({ "id": "5" })),
    })
    .await;
    let api = api(&little);
    assert!(api.post("1", &NewMessage::text("x")).await.is_err());
    assert!(api.post("2", &NewMessage::text("x")).await.is_ok());
}

#[tokio::test]
async fn a_token_that_was_refused_is_tried_once_a_minute() {
    let little =
        Little::new(
            |asked| {
                if asked.method.contains("webhooks") { no(401, 50_027) } else { Reply::Status(401, None, "{}") }
            },
        )
        .await;
    let api = api(&little);
    assert!(api.edit_response(&interaction(), &Value::Null).await.is_err(), "that was another token");
    for second in [0, 1, 58, 1, 1] {
        little.wait(second);
        let error = api.channel("1").await.unwrap_err();
        assert!(error.is_of_token(), "{error:?}");
    }
    assert_eq!(little.methods().len(), 1 + 2);
}
