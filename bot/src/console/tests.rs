//! The console over lines that nobody types: what is written in, and what is seen.

use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::plan::FileDirectory;
use firebell_core::effect::Delivery;
use firebell_core::settings::Settings;

use super::{ConsoleOptions, ConsoleScreen, Input, run, speaker};
use crate::app::{App, Wiring};
use crate::clock::Clock;
use crate::engine::Retention;
use crate::entropy::Entropy;
use crate::platform::console::Screen as _;
use crate::platform::console::screen::Look;
use crate::platform::{Account, Envelope, Outgoing};
use crate::render::Renderer;
use crate::seal::Keyring;
use crate::store::{DatabaseUrl, Store, StoreOptions};

/// Talks with a console over a database in `folder`; answers what was seen.
async fn talk(folder: &Path, script: &str, engine_runs: bool) -> String {
    let seen = Arc::new(Mutex::new(String::new()));
    let out = seen.clone();
    let screen = ConsoleScreen::over(Look::Plain, move |text| {
        out.lock().unwrap().push_str(text);
        Ok(())
    });
    let app = app(folder, screen.clone()).await;
    let options = ConsoleOptions {
        screen,
        speaker: speaker("Root User"),
        folder: folder.to_owned(),
        input: Input::Lines(Box::new(Cursor::new(script.to_owned()))),
    };
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let engine = engine_runs.then(|| {
        tokio::spawn({
            let engine = app.engine.clone();
            async move { engine.run(stopped).await }
        })
    });
    Box::pin(run(app, options)).await.unwrap();
    stop.send_replace(true);
    if let Some(engine) = engine {
        engine.await.unwrap();
    }
    seen.lock().unwrap().clone()
}

async fn app(folder: &Path, screen: ConsoleScreen) -> App {
    let start: DateTime<Utc> = "2026-01-02T15:00:00Z".parse().unwrap();
    let url = DatabaseUrl::parse(&format!("sqlite:{}", folder.join("firebell.db").display())).unwrap();
    let wiring = Wiring {
        store: Store::open(&url, StoreOptions::default()).await.unwrap(),
        keyring: Keyring::fixed_for_replay(),
        settings: Settings::default(),
        directory: None::<FileDirectory>,
        renderer: Renderer::new(None).unwrap(),
        clock: Clock::manual(start),
        entropy: Entropy::System,
        screen: Arc::new(screen),
        watched: true,
        retention: Retention { inbox: TimeDelta::hours(24), messages: None, files: None },
        slack: Vec::new(),
        discord: Vec::new(),
        alarm_webhook: None,
        notifiers: crate::notifiers::Notifiers::default(),
        trackers: crate::trackers::Trackers::default(),
        targets: crate::targets::Targets::default(),
        twilio: None,
        heartbeat: None,
        synthetic: None,
        calendars: crate::calendars::Reach::default(),
    };
    Box::pin(App::wire(wiring)).await.unwrap()
}

/// Says that the texts are seen, one after the other.
#[track_caller]
fn in_order(seen: &str, texts: &[&str]) {
    let mut rest = seen;
    for text in texts {
        let Some((_, after)) = rest.split_once(text) else { panic!("{text:?} is not seen (there) in:\n{seen}") };
        rest = after;
    }
}

#[tokio::test]
async fn an_incident_from_its_declaration_to_its_postmortem() {
    let folder = tempfile::tempdir().unwrap();
    let script = "\
        @bo #inc-1\n\
        hello\n\
        @ana /incident declare checkout is down sev3\n\
        the disk is full\n\
        @bo on it\n\
        /incident page @ana come here\n\
        @ana /incident ack\n\
        /incident resolve more disk\n\
        /incident postmortem\n";
    let seen = talk(folder.path(), script, false).await;
    in_order(
        &seen,
        &[
            "@bo is new here",
            "! no room is called #inc-1; /rooms lists them\n",
            "! you are in no room: declare an incident first: /incident declare <title>\n",
            "@ana is new here",
            "INC-1 declared at SEV3.\n",
            "#inc-1-checkout-is-down │ room opened\n",
            "#inc-1-checkout-is-down │ @ana: the disk is full (M1)\n",
            "#inc-1-checkout-is-down │ @bo: on it (M2)\n",
            "Paging @ana for INC-1.\n",
            "PAGE @ana │ INC-1 SEV3: checkout is down\n          │ come here\n",
            "You have INC-1.\n",
            "INC-1 is resolved.",
            "the disk is full",
            &format!("Written to {}.", folder.path().join("INC-1-postmortem.md").display()),
        ],
    );
    assert!(std::fs::read_to_string(folder.path().join("INC-1-postmortem.md")).unwrap().contains("checkout is down"));
}

#[tokio::test]
async fn a_line_waits_for_what_the_one_before_set_off_while_the_engine_runs() {
    let folder = tempfile::tempdir().unwrap();
    let script =
        "@ana /incident declare one\nin one\n/incident declare two\nin two\n@bo #inc-1 in one again\nin two?\n";
    let seen = talk(folder.path(), script, true).await;
    in_order(
        &seen,
        &[
            "INC-1 declared",
            "#inc-1-one │ @ana: in one (M1)\n",
            "INC-2 declared",
            "#inc-2-two │ @ana: in two (M1)\n",
            "#inc-1-one │ @bo: in one again (M2)\n",
            "#inc-2-two │ @bo: in two? (M2)\n",
        ],
    );
}

#[tokio::test]
async fn words_are_inert_and_mistakes_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let script = "\
        /incident declare \u{1b}[31mred\u{7} alert\n\
        \u{1b}]0;owned\u{7} text\n\
        #inc-1-rde\n\
        @\u{1b}[2J hi\n\
        /declare x\n\
        /rooms\n\
        /who\n\
        /quit\n\
        /incident declare never\n";
    let seen = talk(folder.path(), script, false).await;
    in_order(
        &seen,
        &[
            "@root-user is new here",
            "@root-user: ␛]0;owned␇ text (M1)",
            "! no room is called #inc-1-rde; did you mean #inc-1-",
            "is no handle",
            "did you mean `/incident declare`?",
            "*  #inc-1-",
            "SEV3",
            "red␇ alert",
            "@root-user  root-user  responder",
        ],
    );
    assert!(!seen.contains(['\u{1b}', '\u{7}']), "{seen:?}");
    assert!(!seen.contains("INC-2"), "{seen}");
}

#[tokio::test]
async fn a_private_room_is_none_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let script = "@ana /incident declare payroll leaked --private\nsecret\n@bo hello\n@bo #inc-1 hello\n\
                  #inc-1 /edit M1 hello\n/delete M1\n/rooms\n";
    let seen = talk(folder.path(), script, false).await;
    in_order(
        &seen,
        &[
            "#inc-1 │ @ana: secret (M1)",
            "! you are in no room",
            "! no room is called #inc-1; /rooms lists them",
            "! no room is called #inc-1; /rooms lists them",
            "! you are in no room",
            "There is no room yet",
        ],
    );
}

#[tokio::test]
async fn people_change_and_take_back_what_they_said() {
    let folder = tempfile::tempdir().unwrap();
    let script = "\
        /edit M1 hello\n\
        @ana /incident declare checkout is down\n\
        it is the disk\n\
        @bo /edit M1 it was ana\n\
        /delete M9\n\
        @ana /edit M1 it is the \u{1b}[31mnetwork\n\
        /edit M1\n\
        /incident timeline\n\
        /delete M1\n\
        /edit M1 once more\n\
        /incident timeline\n\
        /help delete\n";
    let seen = talk(folder.path(), script, false).await;
    in_order(
        &seen,
        &[
            "! you are in no room: declare an incident first",
            "#inc-1-checkout-is-down │ @ana: it is the disk (M1)\n",
            "! Only who wrote M1 may edit it\n",
            "! INC-1 has no message M9; `/incident INC-1 timeline` shows them\n",
            "#inc-1-checkout-is-down │ @ana: it is the ␛[31mnetwork (M1, edited)\n",
            "! to put other words in the place of what you said, write `/edit <message> <new words>`",
            "M1  it is the ␛[31mnetwork (edited) — @ana\n",
            "#inc-1-checkout-is-down │ M1 is deleted.\n",
            "! M1 was deleted or redacted; nothing of it is left to edit\n",
            "M1  [deleted] — @ana\n",
            "/delete <message>\n    take back what you said\n    example: /delete M3\n",
        ],
    );
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
}

#[tokio::test]
async fn help_begins_with_the_console_and_goes_on_with_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let seen = talk(folder.path(), "?\n/help ack\n", false).await;
    in_order(&seen, &["This terminal is a chat", "/incident declare <title>", "/incident help", "/incident ack\n"]);
}

#[tokio::test]
async fn a_page_rings_and_a_card_is_shown_again_by_its_news() {
    let seen = Arc::new(Mutex::new(String::new()));
    let out = seen.clone();
    let screen = ConsoleScreen::over(Look::Coloured, move |text| {
        out.lock().unwrap().push_str(text);
        Ok(())
    });
    let card = |text: &str| Outgoing::Card {
        room: "inc-1".to_owned(),
        text: text.to_owned(),
        controls: Vec::new(),
        replaces: None,
    };
    let page = Outgoing::Notice {
        account: Account::Id("bo".to_owned()),
        room: None,
        text: "wake up".to_owned(),
        controls: Vec::new(),
    };
    for what in [page, card("INC-1\nfirst\nlead –"), card("INC-1\nfirst\nlead @ana")] {
        let delivery = screen.show(&Envelope { key: "k".to_owned(), again: false, what }).await;
        assert!(matches!(delivery, Delivery::Delivered(_)));
    }
    let seen = seen.lock().unwrap();
    assert!(seen.starts_with("\x07\x1b[1;31mPAGE @bo"), "{seen:?}");
    assert_eq!((seen.matches("first").count(), seen.matches("lead").count()), (1, 2), "{seen:?}");
}

#[test]
fn a_users_name_becomes_a_handle() {
    for (user, handle) in [("ana", "ana"), ("DOMAIN\\Ana.B", "domain-ana-b"), ("_svc", "_svc"), ("", "me"), ("Ü", "me")]
    {
        assert_eq!(speaker(user).as_str(), handle, "{user}");
    }
}
