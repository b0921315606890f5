//! How people set by what they are reached: an address counts once the code came back that was sent there.

use firebell::store::on;
use firebell_core::directory::{ContactMethod, PlainAddress};

use crate::contacts::{DECLARE, NUMBER, Providers, reached};
use crate::notify::providers::http::Fault;
use crate::support::{Org, World, key, minutes, on_both};

on_both!(
    a_number_is_paged_once_its_code_came_back,
    a_topic_and_a_mailbox_are_proved_by_what_they_are_sent,
    a_code_is_good_for_five_tries,
    a_code_is_good_for_a_while_and_for_one_person,
    nobody_is_sent_codes_all_day,
    a_restart_between_the_code_and_its_return_changes_nothing,
    a_code_that_could_not_be_sent_says_why,
    what_somebody_proved_survives_a_file,
    the_address_before_hears_of_it,
    an_address_that_is_taken_away_hears_of_it,
    the_last_way_to_somebody_who_is_needed_stays,
    the_order_and_the_rules_are_the_persons,
    a_rule_may_name_a_method_twice,
    a_test_proves_what_a_file_gave,
    nobody_sees_what_is_anothers,
    an_address_stands_nowhere_in_the_clear,
);

const MINE: &str = "+4366012345642";

/// The last code in a text: six signs that stand by themselves behind the word for it.
pub(crate) fn code_in(text: &str) -> String {
    let (_, after) = text.rsplit_once("The code is ").unwrap_or_else(|| panic!("no code in {text}"));
    after.split(|sign: char| !sign.is_ascii_alphanumeric()).next().unwrap().to_owned()
}

/// Bo is reached by the console alone.
async fn begin(world: &mut World) -> Providers {
    let providers = Providers::of(world).await;
    world.reorganise(|org| org.policy("web", &[(&["bo"], 10), (&["cy"], 5)])).await;
    providers
}

async fn sets(world: &mut World, providers: &Providers, who: &str, number: &str) -> String {
    let asked = world.says(who, &format!("/oncall me set sms {number}")).await;
    assert!(asked.starts_with("A code is on its way to …") && !asked.contains(number), "{asked}");
    code_in(providers.texts().last().unwrap())
}

fn last_number(providers: &Providers) -> String {
    providers.twilio.with(|twilio| twilio.messages.last().unwrap().get("To").to_owned())
}

async fn a_number_is_paged_once_its_code_came_back(world: &mut World) {
    let providers = begin(world).await;
    let code = sets(world, &providers, "bo", MINE).await;
    let text = providers.texts().remove(0);
    assert!(text.contains("@bo (bo) wants Firebell to page them here by sms"), "{text}");
    assert_eq!(last_number(&providers), MINE);
    let shown = world.says("bo", "/oncall me").await;
    assert!(shown.contains("A code for sms …42 waits until 09:15") && !shown.contains("2. sms"), "{shown}");
    world.says("ana", DECLARE).await;
    world.paged("bo");
    assert_eq!(providers.texts().len(), 1, "it is not theirs yet");
    let done = world.says("bo", &format!("/oncall me confirm {}", code.to_lowercase())).await;
    assert!(done.starts_with("sms is yours now. Pages do not come by it"), "{done}");
    world.says("bo", "/oncall me order sms").await;
    world.says("ana", "/incident cancel").await;
    world.says("ana", DECLARE).await;
    assert!(providers.texts().last().unwrap().contains("INC-2"), "{:?}", providers.texts());
    assert_eq!(last_number(&providers), MINE);
    let shown = world.says("bo", "/oncall me").await;
    assert!(shown.contains("1. sms …42 (chat), proved 2026-03-02 09:00"), "{shown}");
    let again = world.says("bo", &format!("/oncall me confirm {code}")).await;
    assert!(again.starts_with("! No code waits for you"), "{again}");
    world.adds_up().await;
}

async fn a_topic_and_a_mailbox_are_proved_by_what_they_are_sent(world: &mut World) {
    let providers = begin(world).await;
    world.says("bo", "/oncall me set ntfy bos-new-phone").await;
    let pushed = providers.ntfy.with(|ntfy| ntfy.messages.last().unwrap().clone());
    assert_eq!(pushed["topic"], "bos-new-phone");
    let code = code_in(pushed["message"].as_str().unwrap());
    assert!(world.says("bo", &format!("/oncall me confirm {code}")).await.starts_with("ntfy is yours now"));
    let asked = world.says("bo", "/oncall me set mail bo@home.example").await;
    assert!(asked.contains("on its way to b…@home.example by email"), "{asked}");
    let letter = providers.relay.letters().pop().unwrap();
    assert_eq!(letter.to, ["bo@home.example"]);
    let code = code_in(&letter.text.replace("=\r\n", ""));
    assert!(world.says("bo", &format!("/oncall me confirm {code}")).await.starts_with("email is yours now"));
    let spoken = world.says("bo", &format!("/oncall me set voice {MINE}")).await;
    assert!(spoken.contains("by voice"), "{spoken}");
    let twiml = providers.twilio.with(|twilio| twilio.calls.last().unwrap().form.get("Twiml").to_owned());
    let (_, spelt) = twiml.split_once("The code is: ").unwrap();
    let code: String = spelt.split('.').next().unwrap().chars().filter(char::is_ascii_alphanumeric).collect();
    assert!(world.says("bo", &format!("/oncall me confirm {code}")).await.starts_with("voice is yours now"), "{twiml}");
    for (line, says) in [
        ("set sms 0660 1234", "! This cannot be an address for sms: "),
        ("set mail nobody", "! This cannot be an address for email: "),
        ("set telegram 998877", "! Telegram is not configured here"),
        ("set slack U1", "! Slack needs no address"),
        ("set moon 998877", "! There is no such contact method"),
        ("set sms", "! Say where sms leads"),
    ] {
        let refused = world.says("bo", &format!("/oncall me {line}")).await;
        assert!(refused.starts_with(says), "{line}: {refused}");
        assert!(!refused.contains("998877") && !refused.contains("0660"), "{refused}");
    }
}

async fn a_code_is_good_for_five_tries(world: &mut World) {
    let providers = begin(world).await;
    let code = sets(world, &providers, "bo", MINE).await;
    let wrong = if code == "AAAAAA" { "BBBBBB" } else { "AAAAAA" };
    for says in ["try 4 times", "try 3 times", "try 2 times", "try once more", "too many were wrong by now"] {
        let refused = world.says("bo", &format!("/oncall me confirm {wrong}")).await;
        assert!(refused.contains(says), "{says}: {refused}");
    }
    let refused = world.says("bo", &format!("/oncall me confirm {code}")).await;
    assert!(refused.starts_with("! Too many wrong codes were given"), "{refused}");
    assert!(!world.says("bo", "/oncall me").await.contains(". sms"));
    let code = sets(world, &providers, "bo", MINE).await;
    assert!(world.says("bo", &format!("/oncall me confirm {code}")).await.starts_with("sms is yours now"));
}

async fn a_code_is_good_for_a_while_and_for_one_person(world: &mut World) {
    let providers = begin(world).await;
    let code = sets(world, &providers, "bo", MINE).await;
    let refused = world.says("cy", &format!("/oncall me confirm {code}")).await;
    assert!(refused.starts_with("! No code waits for you"), "{refused}");
    let other = sets(world, &providers, "cy", "+4366012345643").await;
    assert!(world.says("cy", &format!("/oncall me confirm {code}")).await.starts_with("! This is not the code"));
    assert!(world.says("bo", &format!("/oncall me confirm {other}")).await.starts_with("! This is not the code"));
    world.advance(minutes(15)).await;
    let refused = world.says("bo", &format!("/oncall me confirm {code}")).await;
    assert!(refused.starts_with("! No code waits for you"), "{refused}");
    // Of two for one method the later one counts.
    let first = sets(world, &providers, "bo", MINE).await;
    let second = sets(world, &providers, "bo", "+4366012345644").await;
    assert!(world.says("bo", &format!("/oncall me confirm {first}")).await.starts_with("! This is not the code"));
    assert!(world.says("bo", &format!("/oncall me confirm {second}")).await.starts_with("sms is yours now"));
    assert!(world.says("bo", "/oncall me").await.contains("sms …44"));
    let refused = world.says("gus", "/oncall me").await;
    assert!(refused.contains("guest"), "{refused}");
}

async fn nobody_is_sent_codes_all_day(world: &mut World) {
    let providers = begin(world).await;
    for who in ["ana", "bo", "cy"] {
        sets(world, &providers, who, MINE).await;
    }
    let refused = world.says("dee", &format!("/oncall me set sms {MINE}")).await;
    assert!(refused.starts_with("! That address for sms was sent enough codes"), "{refused}");
    let refused = world.says("dee", &format!("/oncall me set voice {MINE}")).await;
    assert!(
        refused.starts_with("! That address for voice was sent enough codes"),
        "a call rings there, too: {refused}"
    );
    for end in 10..15 {
        sets(world, &providers, "bo", &format!("+43660123456{end}")).await;
    }
    let refused = world.says("bo", "/oncall me set sms +4366012345699").await;
    assert!(refused.starts_with("! You may have 6 codes sent within an hour"), "{refused}");
    assert_eq!(providers.texts().len(), 8);
    world.advance(minutes(61)).await;
    sets(world, &providers, "bo", MINE).await;
}

async fn a_restart_between_the_code_and_its_return_changes_nothing(world: &mut World) {
    let providers = begin(world).await;
    let asked = world.asks("bo", None, &format!("/oncall me set sms {MINE}")).await;
    assert!(asked.starts_with("A code is on its way"), "{asked}");
    world.restart().await;
    world.settle().await;
    let code = code_in(&providers.texts().remove(0));
    world.restart().await;
    assert!(world.says("bo", &format!("/oncall me confirm {code}")).await.starts_with("sms is yours now"));
    assert_eq!(providers.texts().len(), 1);
}

async fn a_code_that_could_not_be_sent_says_why(world: &mut World) {
    let providers = begin(world).await;
    providers.twilio.with(|twilio| twilio.bad.insert("+4366012345642", 21_211));
    world.says("bo", &format!("/oncall me set sms {MINE}")).await;
    let shown = world.says("bo", "/oncall me").await;
    assert!(shown.contains("The code for sms …42 could not be sent: "), "{shown}");
    assert!(!shown.contains(MINE), "{shown}");
    providers.ntfy.fails(Fault::Status(503));
    world.says("bo", "/oncall me set ntfy bos-new-phone").await;
    world.advance(minutes(14)).await;
    assert_eq!(providers.ntfy.with(|ntfy| ntfy.messages.len()), 1, "it is tried again");
}

/// A file gives bo another number.
fn by_file(org: &mut Org) {
    reached(org, &[ContactMethod::Sms, ContactMethod::Console], &[]);
    org.policy("web", &[(&["bo"], 10), (&["cy"], 5)]);
}

async fn what_somebody_proved_survives_a_file(world: &mut World) {
    let providers = begin(world).await;
    world.reorganise(by_file).await;
    let code = sets(world, &providers, "bo", MINE).await;
    world.says("bo", &format!("/oncall me confirm {code}")).await;
    world.says("bo", "/oncall me set ntfy bos-new-phone").await;
    let pushed = providers.ntfy.with(|ntfy| ntfy.messages.last().unwrap()["message"].as_str().unwrap().to_owned());
    world.says("bo", &format!("/oncall me confirm {}", code_in(&pushed))).await;
    let version = world.app.intake.directory().await.unwrap().version;
    world.reorganise(by_file).await;
    world.restart().await;
    assert_eq!(world.app.intake.directory().await.unwrap().version, version, "the file changes nothing of it");
    let shown = world.says("bo", "/oncall me").await;
    for line in ["1. sms …42 (chat), proved", "2. console (account)", "3. ntfy …ne (chat), proved"] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    world.says("ana", DECLARE).await;
    assert_eq!(last_number(&providers), MINE);
    // Taken back, the file has its say again.
    world.says("bo", "/oncall me remove sms").await;
    world.reorganise(by_file).await;
    world.says("ana", DECLARE).await;
    assert_eq!(last_number(&providers), NUMBER);
    world.adds_up().await;
}

async fn the_address_before_hears_of_it(world: &mut World) {
    let providers = begin(world).await;
    world.reorganise(by_file).await;
    let code = sets(world, &providers, "bo", MINE).await;
    let done = world.says("bo", &format!("/oncall me confirm {code}")).await;
    assert!(done.starts_with("sms is yours now, in the place of …78, where this is told, too."), "{done}");
    assert!(providers.texts().last().unwrap().starts_with("@bo (bo) is paged by sms at another address"));
    assert_eq!(last_number(&providers), NUMBER);
}

async fn an_address_that_is_taken_away_hears_of_it(world: &mut World) {
    let providers = begin(world).await;
    let code = sets(world, &providers, "bo", MINE).await;
    world.says("bo", &format!("/oncall me confirm {code}")).await;
    // One that somebody wants, and that was not confirmed, is nobody's yet.
    sets(world, &providers, "bo", "+4366012345643").await;
    let done = world.says("bo", "/oncall me remove sms").await;
    assert!(done.starts_with("You are not reached by sms any more, and …42 is told of it."), "{done}");
    let texts = providers.texts();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(
        texts[2].starts_with("@bo (bo) is not paged by sms here any more: they took this address away."),
        "{texts:?}"
    );
    assert!(texts[2].contains("If that was not you"), "{texts:?}");
    assert_eq!(last_number(&providers), MINE);
    world.restart().await;
    assert_eq!(providers.texts().len(), 3, "it is told once");
    let again = world.says("bo", "/oncall me remove sms").await;
    assert!(again.starts_with("! You are not reached by sms"), "{again}");
    world.says("ana", DECLARE).await;
    world.paged("bo");
    assert_eq!(providers.texts().len(), 3);
    world.adds_up().await;
}

async fn the_last_way_to_somebody_who_is_needed_stays(world: &mut World) {
    let providers = begin(world).await;
    world.reorganise(by_file).await;
    for (who, line, says) in [
        ("bo", "remove sms", "! A file gives you sms"),
        ("bo", "remove console", "! A file gives you console"),
        ("bo", "remove ntfy", "! You are not reached by ntfy"),
        ("bo", "remove", "! Say which method"),
    ] {
        let refused = world.says(who, &format!("/oncall me {line}")).await;
        assert!(refused.starts_with(says), "{refused}");
    }
    // Only what chat gave is theirs to take away.
    world.reorganise(|org| org.mute("cy")).await;
    let code = sets(world, &providers, "cy", "+4366012345643").await;
    world.says("cy", &format!("/oncall me confirm {code}")).await;
    let refused = world.says("cy", "/oncall me remove sms").await;
    assert!(
        refused.starts_with("! Sms is the last way to reach you, and you are needed for policy web; add another first"),
        "{refused}"
    );
    world.reorganise(|org| org.policy("web", &[(&["bo"], 10)])).await;
    assert!(world.says("cy", "/oncall me remove sms").await.starts_with("You are not reached by sms any more"));
    assert!(world.says("cy", "/oncall me").await.contains("nothing, so you cannot be paged"));
}

async fn the_order_and_the_rules_are_the_persons(world: &mut World) {
    let providers = begin(world).await;
    let file = |org: &mut Org| {
        reached(org, &[ContactMethod::Ntfy, ContactMethod::Sms, ContactMethod::Voice], &[(ContactMethod::Voice, 0)]);
        org.policy("web", &[(&["bo"], 10), (&["cy"], 5)]);
    };
    world.reorganise(file).await;
    let ordered = world.says("bo", "/oncall me order voice, sms").await;
    assert_eq!(ordered, "You are reached by: voice, sms, ntfy");
    let ruled = world.says("bo", "/oncall me rules high ntfy, sms after 2m").await;
    assert_eq!(ruled, "Pages of high urgency come by: ntfy, sms after 2m");
    world.reorganise(file).await;
    let shown = world.says("bo", "/oncall me").await;
    for line in ["1. voice …78 (file), not proved", "3. ntfy", "Pages of high urgency come by: ntfy, sms after 2m"] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
    world.says("ana", DECLARE).await;
    assert_eq!((providers.pushes(), providers.texts().len(), providers.calls()), (1, 0, 0));
    world.advance(minutes(2)).await;
    assert_eq!((providers.pushes(), providers.texts().len(), providers.calls()), (1, 1, 0));
    for (line, says) in [
        ("rules high moon", "! There is no such contact method"),
        ("rules high telegram", "! You are not reached by telegram"),
        ("rules high sms after soon", "! `soon` is not a duration"),
        ("rules high sms, sms", "! \"sms\" stands twice"),
        ("rules sms", "! Say for what and how"),
        ("order sms sms", "! Sms is named twice"),
        ("order", "! Say which method comes first"),
    ] {
        let refused = world.says("bo", &format!("/oncall me {line}")).await;
        assert!(refused.starts_with(says), "{line}: {refused}");
    }
    let none = world.says("bo", "/oncall me rules high none").await;
    assert!(none.starts_with("You have no rules for pages of high urgency any more"), "{none}");
    world.reorganise(file).await;
    assert!(world.says("bo", "/oncall me").await.contains("come by: voice"), "the file has its say again");
}

async fn a_rule_may_name_a_method_twice(world: &mut World) {
    let providers = begin(world).await;
    let code = sets(world, &providers, "bo", MINE).await;
    world.says("bo", &format!("/oncall me confirm {code}")).await;
    let answer = world.says("bo", "/oncall me rules high sms, sms after 3m").await;
    assert!(answer.contains("sms after 3m"), "{answer}");
    let refused = world.says("bo", "/oncall me rules high sms, sms").await;
    assert!(refused.contains("stands twice"), "{refused}");
    let before = providers.texts().len();
    world.says("ana", DECLARE).await;
    let told = |providers: &Providers| providers.texts().len() - before;
    assert_eq!(told(&providers), 1);
    world.advance(minutes(3)).await;
    assert_eq!(told(&providers), 2);
    world.adds_up().await;
}

async fn a_test_proves_what_a_file_gave(world: &mut World) {
    let providers = begin(world).await;
    world.reorganise(by_file).await;
    assert!(world.says("bo", "/oncall me").await.contains("sms was never proved: `/oncall me test sms`"));
    let tested = world.says("bo", "/oncall me test").await;
    assert!(tested.starts_with("A notice is on its way by: sms."), "{tested}");
    let text = providers.texts().pop().unwrap();
    assert!(text.starts_with("This tests how Firebell reaches @bo (bo) by sms."), "{text}");
    assert_eq!(last_number(&providers), NUMBER);
    let done = world.says("bo", &format!("/oncall me confirm {}", code_in(&text))).await;
    assert_eq!(done, "sms leads to you. Thank you.");
    let shown = world.says("bo", "/oncall me").await;
    assert!(shown.contains("1. sms …78 (file), proved 2026-03-02 09:00") && !shown.contains("never proved"), "{shown}");
    let refused = world.says("bo", "/oncall me test console").await;
    assert!(refused.starts_with("! Console is proved by every answer"), "{refused}");
    let refused = world.says("cy", "/oncall me test").await;
    assert!(refused.starts_with("! No method of yours leads to an address"), "{refused}");
    // Another address is another matter, also for a code that is on its way.
    world.says("bo", "/oncall me test sms").await;
    let code = code_in(providers.texts().last().unwrap());
    let other = |org: &mut Org| {
        by_file(org);
        let bo = org.files.people.iter_mut().find(|person| person.handle == key("bo")).unwrap();
        bo.addresses.insert(ContactMethod::Sms, PlainAddress("+4915112345679".to_owned()));
    };
    world.reorganise(other).await;
    let refused = world.says("bo", &format!("/oncall me confirm {code}")).await;
    assert!(refused.starts_with("! Sms leads elsewhere since that code was sent"), "{refused}");
    assert!(world.says("bo", "/oncall me").await.contains("1. sms …79 (file), not proved"));
}

async fn nobody_sees_what_is_anothers(world: &mut World) {
    let _providers = begin(world).await;
    world.reorganise(by_file).await;
    let shown = world.says("bo", "/oncall me").await;
    assert!(shown.contains("…78") && !shown.contains("4915112"), "{shown}");
    let others = world.says("ana", "/oncall me").await;
    assert!(!others.contains("…78") && others.starts_with("You are @ana"), "{others}");
    assert!(world.says("bo", "/oncall help me").await.contains("/oncall me [confirm|set|"));
}

async fn an_address_stands_nowhere_in_the_clear(world: &mut World) {
    let providers = begin(world).await;
    let code = sets(world, &providers, "bo", MINE).await;
    world.says("bo", &format!("/oncall me confirm {code}")).await;
    for sql in [
        "SELECT CAST(held AS TEXT) FROM contact_code",
        "SELECT CAST(work AS TEXT) FROM effect",
        "SELECT CAST(reply AS TEXT) FROM inbox WHERE reply IS NOT NULL",
        "SELECT body FROM entry_body",
    ] {
        let read = world.store().read(move |tx| {
            Box::pin(async move { Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(sql).fetch_all(c).await)?) })
        });
        let rows = read.await.unwrap();
        assert!(!rows.is_empty(), "{sql}");
        for row in rows {
            assert!(!row.contains("66012345642") && !row.contains(&code), "{sql}: {row}");
        }
    }
    let directory = world.app.intake.directory().await.unwrap();
    let shown = format!("{:?} {}", directory.people, serde_json::to_string(&directory.people).unwrap());
    assert!(!shown.contains("66012345642"), "{shown}");
}
