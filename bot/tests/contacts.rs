//! Pages that reach people beside the chat, and their answers: links, text messages, keys of a telephone.

use std::collections::BTreeMap;

use firebell::doors::TwilioDoor;
use firebell::notifiers::Notifiers;
use firebell::notify::twilio::{Sender, Twilio, TwilioConfig};
use firebell::notify::{
    Carrier, Carriers, Encryption, Mail, MailConfig, Notifier, Ntfy, NtfyConfig, Secret, Setup, Url,
};
use firebell_core::directory::{ContactMethod, PersonalRule, PlainAddress, Urgency};

use crate::notify::providers::http::{Fake, Fault};
use crate::notify::providers::ntfy::Ntfy as FakeNtfy;
use crate::notify::providers::smtp::{Relay, Wants};
use crate::notify::providers::twilio::{ACCOUNT, FROM, TOKEN, Twilio as FakeTwilio, signed};
use crate::support::{Beside, Org, World, key, minutes, on_both, seconds};

on_both!(
    each_method_comes_when_the_persons_rules_say,
    an_answer_stops_what_was_planned,
    a_restart_forgets_nothing_that_was_planned,
    a_method_that_fails_brings_the_next_at_once,
    whoever_has_no_address_is_told_by_the_next_method,
    what_nothing_sends_brings_the_next_method_after_a_minute,
    a_link_answers_one_page_for_one_person,
    a_link_is_good_for_a_day_and_for_nobody_elses_page,
    a_private_incident_shows_no_title_beside_the_chat,
    a_reply_with_the_code_acknowledges,
    a_key_of_the_telephone_acknowledges_and_a_ringing_call_ends,
    a_letter_brings_a_link_and_the_end_of_the_page,
    addresses_are_sealed_and_survive_a_file_without_them,
);

pub(crate) const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";
pub(crate) const NUMBER: &str = "+4915112345678";
pub(crate) const PUBLIC: &str = "https://firebell.example.org/";

/// Providers on this machine.
pub(crate) struct Providers {
    pub(crate) ntfy: Fake<FakeNtfy>,
    pub(crate) twilio: Fake<FakeTwilio>,
    pub(crate) relay: Relay,
}

impl Providers {
    /// Providers, and a Firebell that has them.
    pub(crate) async fn of(world: &mut World) -> Self {
        let (ntfy, twilio) = (Fake::start(FakeNtfy::default()).await, Fake::start(FakeTwilio::default()).await);
        let relay = Relay::start(Wants::default()).await;
        let providers = Self { ntfy, twilio, relay };
        world.restart_beside(providers.beside(world)).await;
        providers
    }

    pub(crate) fn beside(&self, world: &World) -> Beside {
        let clock = world.clock.clone();
        let setup = Setup::new(std::sync::Arc::new(move || clock.now()));
        let twilio = || {
            let config = TwilioConfig {
                base: self.twilio.url.clone(),
                account: ACCOUNT.to_owned(),
                api_key: None,
                secret: Secret::new(TOKEN).unwrap(),
                from: Sender::Number(FROM.to_owned()),
                language: "en-GB".to_owned(),
            };
            Carriers::new(vec![Carrier::Twilio(Twilio::new(config, &setup).unwrap())], setup.now.clone())
        };
        let mail = MailConfig {
            host: "127.0.0.1".to_owned(),
            port: self.relay.port,
            encryption: Encryption::None,
            login: None,
            from: "Firebell <firebell@example.org>".to_owned(),
            hello: None,
            roots: Vec::new(),
        };
        let ntfy = Ntfy::new(NtfyConfig { base: self.ntfy.url.clone(), auth: None }, &setup).unwrap();
        let methods = BTreeMap::from([
            (ContactMethod::Ntfy, Notifier::Ntfy(ntfy)),
            (ContactMethod::Sms, Notifier::Sms(twilio())),
            (ContactMethod::Voice, Notifier::Voice(twilio())),
            (ContactMethod::Email, Notifier::Mail(Mail::new(&mail, &setup).unwrap())),
        ]);
        let public_url: Url = PUBLIC.parse().unwrap();
        let auth_token = Secret::new(TOKEN).unwrap();
        let twilio = TwilioDoor { auth_token, public_url: public_url.clone(), language: "en-GB".to_owned() };
        Beside { notifiers: Notifiers::new(methods, Some(public_url)), twilio: Some(twilio), ..Beside::default() }
    }

    pub(crate) fn pushes(&self) -> usize {
        self.ntfy.with(|ntfy| ntfy.messages.iter().filter(|message| message["priority"] == 5).count())
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.twilio.with(|twilio| twilio.messages.iter().map(|form| form.get("Body").to_owned()).collect())
    }

    pub(crate) fn calls(&self) -> usize {
        self.twilio.with(|twilio| twilio.calls.len())
    }
}

/// Bo is reached by these methods, and by these rules for what hurries.
pub(crate) fn reached(org: &mut Org, methods: &[ContactMethod], rules: &[(ContactMethod, i64)]) {
    let person = org.files.people.iter_mut().find(|person| person.handle == key("bo")).unwrap();
    person.contacts = Some(methods.to_vec());
    person.email = Some("bo@example.org".to_owned());
    let address = |method: &ContactMethod| match method {
        ContactMethod::Ntfy => Some("bos-phone"),
        ContactMethod::Sms | ContactMethod::Voice => Some(NUMBER),
        _ => None,
    };
    let addresses = methods.iter().filter_map(|method| Some((*method, PlainAddress(address(method)?.to_owned()))));
    person.addresses = addresses.collect();
    let rule = |(method, after): &(ContactMethod, i64)| PersonalRule {
        urgency: Urgency::High,
        method: *method,
        after_s: after * 60,
    };
    person.rules = Some(rules.iter().map(rule).collect());
}

/// A push now, a text message after two minutes, a call after four.
fn by_rules(org: &mut Org) {
    use ContactMethod::{Ntfy, Sms, Voice};
    reached(org, &[Ntfy, Sms, Voice], &[(Ntfy, 0), (Sms, 2), (Voice, 4)]);
    org.policy("web", &[(&["bo"], 10), (&["cy"], 5)]);
}

/// What somebody's browser or the carrier sees.
pub(crate) async fn http(world: &World) -> (String, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = world.app.router();
    let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, served)
}

pub(crate) async fn visit(world: &mut World, method: reqwest::Method, link: &str) -> (u16, String) {
    let (url, served) = http(world).await;
    let at = link.replace(PUBLIC, &url);
    let response = reqwest::Client::new().request(method, at).send().await.unwrap();
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    served.abort();
    world.settle().await;
    (status, text)
}

/// Twilio posts a form, signed with `token`'s signature or with another.
async fn posts(world: &mut World, path: &str, form: &[(&str, &str)], truly: bool) -> (u16, String) {
    let form: Vec<(String, String)> = form.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let callback = signed(&format!("{PUBLIC}{path}"), form);
    let signature = if truly { callback.signature } else { "AAAA".to_owned() };
    let (url, served) = http(world).await;
    let client = reqwest::Client::new().post(format!("{url}{path}"));
    let response = client.header("X-Twilio-Signature", signature).form(&callback.params).send().await.unwrap();
    let (status, text) = (response.status().as_u16(), response.text().await.unwrap());
    served.abort();
    world.settle().await;
    (status, text)
}

/// The link that the last push brought.
fn link(providers: &Providers) -> String {
    let find = |ntfy: &mut FakeNtfy| {
        let pushed = ntfy.messages.iter().rev().find(|message| message["actions"].is_array());
        pushed.unwrap()["actions"][0]["url"].as_str().unwrap().to_owned()
    };
    providers.ntfy.with(find)
}

async fn each_method_comes_when_the_persons_rules_say(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", DECLARE).await;
    assert_eq!((providers.pushes(), providers.texts().len(), providers.calls()), (1, 0, 0));
    world.advance(minutes(2) - seconds(1)).await;
    assert_eq!(providers.texts().len(), 0, "never early");
    world.advance(seconds(1)).await;
    assert_eq!((providers.pushes(), providers.texts().len(), providers.calls()), (1, 1, 0));
    world.advance(minutes(2)).await;
    assert_eq!((providers.pushes(), providers.texts().len(), providers.calls()), (1, 1, 1));
    world.not_paged("cy");
    world.advance(minutes(6)).await;
    world.paged("cy");
    let why = world.says("ana", "/incident why-paged @bo").await;
    for line in
        ["@bo by ntfy, step 1: queued 09:00", "@bo by sms, step 1: queued 09:02", "@bo by voice, step 1: queued 09:04"]
    {
        assert!(why.contains(line), "{line} in {why}");
    }
}

async fn an_answer_stops_what_was_planned(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", DECLARE).await;
    world.advance(minutes(1)).await;
    world.says("bo", "/incident ack").await;
    world.advance(minutes(60)).await;
    assert_eq!((providers.texts().len(), providers.calls()), (0, 0));
    world.not_paged("cy");
}

async fn a_restart_forgets_nothing_that_was_planned(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", DECLARE).await;
    world.restart().await;
    world.advance(minutes(2)).await;
    assert_eq!((providers.pushes(), providers.texts().len()), (1, 1));
}

async fn a_method_that_fails_brings_the_next_at_once(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    providers.ntfy.fails(Fault::Status(403));
    world.says("ana", DECLARE).await;
    assert_eq!(providers.texts().len(), 1, "two minutes early, since the push can never come");
    world.advance(minutes(2)).await;
    assert_eq!(providers.texts().len(), 1, "and not once more");
}

async fn whoever_has_no_address_is_told_by_the_next_method(world: &mut World) {
    let providers = Providers::of(world).await;
    world
        .reorganise(|org| {
            reached(org, &[ContactMethod::Sms, ContactMethod::Console], &[]);
            org.files.people.iter_mut().for_each(|person| person.addresses.clear());
        })
        .await;
    world.says("ana", DECLARE).await;
    world.paged("bo");
    assert_eq!(providers.texts().len(), 0);
    let why = world.says("ana", "/incident why-paged @bo").await;
    assert!(why.contains("no address for sms is known of them"), "{why}");
}

/// A method that was configured when somebody chose it, and is no more.
async fn what_nothing_sends_brings_the_next_method_after_a_minute(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(|org| reached(org, &[ContactMethod::Gotify, ContactMethod::Ntfy], &[])).await;
    world.says("ana", DECLARE).await;
    let pushed = || providers.ntfy.with(|ntfy| ntfy.messages.len());
    world.advance(seconds(59)).await;
    assert_eq!(pushed(), 0, "another process may have it");
    world.advance(seconds(1)).await;
    assert_eq!(pushed(), 1);
    let why = world.says("ana", "/incident why-paged @bo").await;
    assert!(why.contains("nothing here sends by gotify; add it to [notify], or take gotify out of contacts"), "{why}");
    world.adds_up().await;
}

async fn a_link_answers_one_page_for_one_person(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", DECLARE).await;
    let link = link(&providers);
    let (status, shown) = visit(world, reqwest::Method::GET, &link).await;
    assert_eq!(status, 200);
    assert!(shown.contains("INC-1 SEV1: checkout is down") && shown.contains("<button>"), "{shown}");
    let why = world.says("ana", "/incident why-paged").await;
    assert!(why.contains("in E4: open"), "to look at it answers nothing: {why}");
    let (status, shown) = visit(world, reqwest::Method::POST, &link).await;
    assert!(status == 200 && shown.contains("You have INC-1."), "{shown}");
    world.advance(minutes(60)).await;
    assert_eq!(providers.texts().len(), 0);
    let timeline = world.says("ana", "/incident timeline").await;
    assert!(timeline.contains("bo"), "{timeline}");
    let (_, shown) = visit(world, reqwest::Method::POST, &link).await;
    assert!(shown.contains("this page is over"), "{shown}");
    let (_, shown) = visit(world, reqwest::Method::GET, &link).await;
    assert!(shown.contains("@bo has acknowledged this page"), "{shown}");
}

async fn a_link_is_good_for_a_day_and_for_nobody_elses_page(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", DECLARE).await;
    let link = link(&providers);
    for spoilt in
        [link.replace("/a/", "/a/x"), format!("{link}0"), format!("{PUBLIC}a/nonsense"), format!("{PUBLIC}a/..")]
    {
        let (status, _) = visit(world, reqwest::Method::POST, &spoilt).await;
        assert_eq!(status, 404, "{spoilt}");
    }
    // At once, as nothing that falls due on the way has a say in it.
    world.clock.advance(minutes(24 * 60 + 1)).unwrap();
    let (status, shown) = visit(world, reqwest::Method::POST, &link).await;
    assert!(status == 404 && shown.contains("This link is not good any more"), "{shown}");
}

async fn a_private_incident_shows_no_title_beside_the_chat(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", &format!("{DECLARE} --private")).await;
    world.advance(minutes(2)).await;
    let pushed = providers.ntfy.with(|ntfy| format!("{:?}", ntfy.messages));
    assert!(!pushed.contains("checkout is down"), "{pushed}");
    assert!(providers.texts().iter().all(|text| !text.contains("checkout is down")));
    let (_, shown) = visit(world, reqwest::Method::GET, &link(&providers)).await;
    assert!(shown.contains("INC-1 SEV1</h1>"), "{shown}");
}

async fn a_reply_with_the_code_acknowledges(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", DECLARE).await;
    world.advance(minutes(2)).await;
    let text = providers.texts().remove(0);
    let is_code = |word: &&str| word.len() == 6 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let code =
        text.split(|c: char| !c.is_ascii_alphanumeric()).find(is_code).unwrap_or_else(|| panic!("{text}")).to_owned();
    let sms = |from: &'static str, body: &str| {
        [
            ("MessageSid", "SM1".to_owned()),
            ("From", from.to_owned()),
            ("To", FROM.to_owned()),
            ("Body", body.to_owned()),
        ]
    };
    let forms = [
        (sms(NUMBER, &code), false, 403, ""),
        (sms("+4915100000000", &code), true, 200, "number is nobody"),
        (sms(NUMBER, "AAAAAA"), true, 200, "no page of yours has this code"),
        (sms(NUMBER, &code.to_lowercase()), true, 200, "You have INC-1."),
        (sms(NUMBER, &code), true, 200, "no page of yours has this code"),
    ];
    for (form, truly, expected, says) in forms {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (status, answer) = posts(world, "v1/twilio/sms", &form, truly).await;
        assert!(
            status == expected && answer.to_lowercase().contains(&says.to_lowercase()),
            "{status} {answer} for {form:?}"
        );
    }
    world.advance(minutes(60)).await;
    assert_eq!(providers.calls(), 0);
}

async fn a_key_of_the_telephone_acknowledges_and_a_ringing_call_ends(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    world.says("ana", DECLARE).await;
    world.advance(minutes(4)).await;
    let url = providers.twilio.with(|twilio| twilio.calls[0].form.get("Url").to_owned());
    let path = url.strip_prefix(PUBLIC).unwrap().to_owned();
    let call = [("CallSid", "CA1"), ("CallStatus", "in-progress")];
    let (status, said) = posts(world, &path, &call, true).await;
    assert!(status == 200 && said.contains("INC-1 SEV1: checkout is down") && said.contains("<Gather"), "{said}");
    let pressed = |digit: &'static str| [("CallSid", "CA1"), ("CallStatus", "in-progress"), ("Digits", digit)];
    assert_eq!(posts(world, &path, &pressed("4"), false).await.0, 403);
    let (_, said) = posts(world, &path, &pressed("9"), true).await;
    assert!(said.contains("<Gather"), "another key asks once more: {said}");
    let (_, said) = posts(world, &path, &pressed("4"), true).await;
    assert!(said.contains("You have INC-1."), "{said}");
    world.advance(minutes(60)).await;
    world.not_paged("cy");

    let status = |call: usize| providers.twilio.with(|twilio| twilio.calls[call].status);
    assert_ne!(status(0), "completed", "what they hear in it is not cut off");
    // Somebody else answers while it rings, or the same person elsewhere.
    for (call, by) in [(1, "ana"), (2, "bo")] {
        world.says("ana", DECLARE).await;
        world.advance(minutes(4)).await;
        world.says(by, &format!("/incident INC-{} ack", call + 1)).await;
        assert_eq!(status(call), "completed", "answered by {by}");
    }
    // It is over while the carrier's answer is lost; the carrier tells by itself which call it is.
    world.says("ana", DECLARE).await;
    world.advance(minutes(3)).await;
    providers.twilio.fails(Fault::ResetAfter);
    world.advance(minutes(1)).await;
    let ringing = providers.twilio.with(|twilio| twilio.callback(&format!("CA{:032x}", 4), "ringing"));
    let form: Vec<(&str, &str)> = ringing.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    posts(world, ringing.url.strip_prefix(PUBLIC).unwrap(), &form, true).await;
    world.says("ana", "/incident INC-4 ack").await;
    assert_eq!(status(3), "completed");
}

async fn a_letter_brings_a_link_and_the_end_of_the_page(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(|org| reached(org, &[ContactMethod::Email], &[])).await;
    world.says("ana", DECLARE).await;
    let letters = providers.relay.letters();
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(letter.to, ["bo@example.org"]);
    assert!(letter.text.contains("checkout is down"), "{}", letter.text);
    assert!(letter.text.replace("=\r\n", "").contains("https://firebell.example.org/a/"), "{}", letter.text);
    world.says("ana", "/incident ack").await;
    let letters = providers.relay.letters();
    assert!(letters.len() == 2 && letters[1].text.contains("In-Reply-To:"), "{letters:?}");
}

async fn addresses_are_sealed_and_survive_a_file_without_them(world: &mut World) {
    let providers = Providers::of(world).await;
    world.reorganise(by_rules).await;
    let held = world.app.intake.directory().await.unwrap();
    let version = held.version;
    assert!(!format!("{:?}", held.people).contains("4915112345678"));
    assert!(!serde_json::to_string(&held.people.values().collect::<Vec<_>>()).unwrap().contains("4915112345678"));
    // The same file changes nothing, though it is sealed anew.
    world.reorganise(|_| {}).await;
    world.restart().await;
    assert_eq!(world.app.intake.directory().await.unwrap().version, version);
    world.reorganise(|org| org.files.people.iter_mut().for_each(|person| person.addresses.clear())).await;
    world.says("ana", DECLARE).await;
    world.advance(minutes(2)).await;
    assert_eq!((providers.pushes(), providers.texts().len()), (1, 1));
}
