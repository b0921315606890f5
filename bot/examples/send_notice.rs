//! Sends one message, or judges one signature, by argument. The scripts in `scripts/interop` hold what comes out against other
//! people's programs.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use chrono::Utc;
use firebell::notify::guard::Guard;
use firebell::notify::twilio::inbound::{read_status, verify_signature};
use firebell::notify::twilio::{Sender, Twilio, TwilioConfig};
use firebell::notify::{
    Ack, Address, Carrier, Carriers, Encryption, Mail, MailConfig, Message, Notifier, Purpose, Secret, Setup, Webhook,
    WebhookConfig,
};
use firebell_core::effect::Delivery;

// Of the pretend provider only the signature is used.
#[allow(dead_code, clippy::unwrap_used)]
#[path = "../tests/notify/providers/http.rs"]
mod http;
#[allow(dead_code, clippy::unwrap_used)]
#[path = "../tests/notify/providers/twilio.rs"]
mod twilio;

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["mail", port, from, to] => mail(port.parse()?, from, to).await,
        ["webhook", url, secret] => webhook(url, secret).await,
        ["twilio", way, base, account, token, from, to, status_url] => {
            twilio(way, [base, account, token, from, to], status_url).await
        }
        ["twilio-verify", token, url, header, ref pairs @ ..] => {
            say_whether(verify_signature(&Secret::new(token)?, url, &params(pairs), header))
        }
        ["twilio-status", ref pairs @ ..] => {
            let receipt = read_status(&params(pairs)).ok_or("this is no status")?;
            say(&format!("{} {:?}", receipt.provider_id, receipt.stage))
        }
        ["twilio-fake-sign", url, ref pairs @ ..] => say(&twilio::signed(url, params(pairs)).signature),
        _ => Err("usage: send_notice mail|webhook|twilio|twilio-verify|twilio-status|twilio-fake-sign ...".into()),
    }
}

async fn mail(port: u16, from: &str, to: &str) -> Outcome {
    let config = MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::None,
        login: None,
        from: from.to_owned(),
        hello: None,
        roots: Vec::new(),
    };
    finish(&Notifier::Mail(Mail::new(&config, &setup())?), to, None).await
}

async fn webhook(url: &str, secret: &str) -> Outcome {
    let config = WebhookConfig { secret: Some(Secret::new(secret)?) };
    finish(&Notifier::Webhook(Webhook::new(&config, &setup())?), url, None).await
}

async fn twilio(way: &str, [base, account, token, from, to]: [&str; 5], status_url: &str) -> Outcome {
    let config = TwilioConfig {
        base: base.parse()?,
        account: account.to_owned(),
        api_key: None,
        secret: Secret::new(token)?,
        from: Sender::Number(from.to_owned()),
        language: "en-GB".to_owned(),
    };
    let setup = setup();
    let carriers = Carriers::new(vec![Carrier::Twilio(Twilio::new(config, &setup)?)], setup.now.clone());
    match way {
        "sms" => finish(&Notifier::Sms(carriers), to, Some(status_url)).await,
        "call" => finish(&Notifier::Voice(carriers), to, Some(status_url)).await,
        // Whom it reached is told by the id alone.
        "hang-up" => {
            let message = Message { purpose: Purpose::Over { reference: Some(to.to_owned()) }, ..message(None)? };
            report(Notifier::Voice(carriers).send(&Address::new(from), &message).await)
        }
        _ => Err("the way is sms, call or hang-up".into()),
    }
}

async fn finish(notifier: &Notifier, to: &str, status_url: Option<&str>) -> Outcome {
    report(notifier.send(&Address::new(to), &message(status_url)?).await)
}

/// A page whose texts try to break out of where they are put.
fn message(status_url: Option<&str>) -> Result<Message, Box<dyn Error>> {
    let ack = Ack {
        url: "https://fire.example/a/tok?x=1&y=2".parse()?,
        post_url: "https://fire.example/p/tok".parse()?,
        voice_url: None,
        status_url: status_url.map(str::parse).transpose()?,
    };
    Ok(Message {
        key: "pg1:notice:ana:1".to_owned(),
        again: false,
        purpose: Purpose::Page { urgent: true },
        subject: "INC-1 Prüfung is down\r\nBcc: eve@example.com".to_owned(),
        text: "First line\n.\n..second <b>line</b> ü".to_owned(),
        code: Some("K7QX".to_owned()),
        ack: Some(ack),
    })
}

fn report(delivery: Delivery) -> Outcome {
    match delivery {
        Delivery::Delivered(reference) => say(&reference.external_id),
        other => Err(format!("{other:?}").into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "an example has no clock of its own")]
fn setup() -> Setup {
    Setup { guard: Guard::allowing_private_networks(), ..Setup::new(Arc::new(Utc::now)) }
}

/// `name=value` each.
fn params(pairs: &[&str]) -> Vec<(String, String)> {
    pairs.iter().filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect()
}

fn say_whether(holds: bool) -> Outcome {
    if holds { say("valid") } else { Err("not valid".into()) }
}

fn say(line: &str) -> Outcome {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
