//! `firebell doctor` and `firebell manifest`: from an empty folder to a workspace in which everything is in its place.

mod discord;
mod proof;

use serde_json::Value;
use yaml_rust2::YamlLoader;

use crate::support::slack::{ALL_SCOPES, Fake, Fault, Kind, Trouble};
use crate::support::{Ended, Home, Place, fed};

const PEOPLE: &str = r#"
last_resort = ["bo"]
[incidents]
default_policy = "primary"
[[people]]
handle = "ana"
email = "ana@example.com"
[[people]]
handle = "bo"
contacts = ["console"]
[[policies]]
key = "primary"
[[policies.steps]]
people = ["ana"]
"#;

/// A folder whose configuration names a workspace, and the workspace, in which everything is in its place.
struct Clinic {
    fake: Fake,
    home: Home,
    announce: String,
    group: String,
    environment: Vec<(&'static str, String)>,
}

impl Clinic {
    async fn open() -> Self {
        let fake = Fake::start().await;
        let ana = fake.add_person("ana");
        let announce = fake.add_channel("outages", Kind::Public, &[&fake.bot_user()]);
        let group = fake.add_group("oncall", &[&ana]);
        let home = Home::new();
        let scopes = firebell::platform::slack::manifest::scopes();
        fake.grant(&scopes.into_iter().collect::<Vec<_>>());
        let environment =
            vec![("FIREBELL_SLACK_BOT_TOKEN", fake.bot_token()), ("FIREBELL_SLACK_APP_TOKEN", fake.app_token())];
        let clinic = Self { fake, home, announce, group, environment };
        clinic.configure(PEOPLE);
        clinic
    }

    fn configure(&self, people: &str) {
        let Self { fake, announce, group, .. } = self;
        let slack = format!(
            "[[slack]]\napi_url = \"{}\"\nannounce = [\"{announce}\"]\ninvite_group = \"{group}\"\non_call_group = \"{group}\"\n",
            fake.api()
        );
        self.home.write("firebell.toml", &format!("{people}{slack}"));
    }

    async fn doctor(&self, words: &[&str]) -> Ended {
        let mut command = self.home.command();
        command.arg("doctor").args(words);
        for name in ["FIREBELL_SLACK_BOT_TOKEN", "FIREBELL_SLACK_APP_TOKEN", "FIREBELL_SLACK_SIGNING_SECRET"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().cloned());
        let ended = tokio::task::spawn_blocking(move || fed(&mut command, Vec::new())).await.unwrap();
        for secret in [self.fake.bot_token(), self.fake.app_token(), self.fake.signing_secret()] {
            assert!(!ended.out.contains(&secret) && !ended.err.contains(&secret), "a secret is in {ended:?}");
        }
        ended
    }

    /// There is this one problem; answers its line.
    async fn problem(&self) -> String {
        let Ended { code, out, .. } = self.doctor(&[]).await;
        let problems: Vec<&str> = out.lines().filter(|line| line.starts_with("problem")).collect();
        assert!(code == 1 && problems.len() == 1 && out.ends_with("\n1 problem\n"), "{out}");
        problems[0].to_owned()
    }
}

fn line<'a>(out: &'a str, about: &str) -> &'a str {
    out.lines().find(|line| line.contains(&format!(" {about}: "))).unwrap_or_else(|| panic!("no {about} in:\n{out}"))
}

#[tokio::test]
async fn a_healthy_set_up_has_one_good_line_for_each_thing() {
    let clinic = Clinic::open().await;
    let out = clinic.doctor(&[]).await.done();
    assert!(out.ends_with("\nall is well"), "{out}");
    let lines = [
        ("note     database", "firebell.db is not there yet; `firebell serve` makes it"),
        ("ok       key", "firebell.key (made at the first start)"),
        ("ok       slack main: bot token", &clinic.fake.bot_user()),
        ("ok       slack main: scopes", "all 22 are there"),
        ("ok       slack main: clock", "of Slack's"),
        ("ok       slack main: app token", "connected by Socket Mode, and Slack said hello"),
        (&format!("ok       slack main: announce channel {}", clinic.announce), "is #outages, and the bot is in it"),
        (&format!("ok       slack main: invite_group {}", clinic.group), "people in it: 1"),
        (&format!("ok       slack main: on_call_group {}", clinic.group), "people in it: 1"),
        ("ok       slack main: people", "Slack knows 1 of 1"),
    ];
    for (start, says) in lines {
        let line = out.lines().find(|line| line.starts_with(&format!("{start}: "))).unwrap_or_else(|| panic!("{out}"));
        assert!(line.contains(says), "{line}");
    }
    assert!(!clinic.home.path("firebell.db").exists(), "an examination makes no database");
    clinic.fake.until("the socket is closed", |fake| fake.sockets().is_empty().then_some(())).await;
    let changes = clinic.fake.calls().into_iter().filter(|call| {
        let looks = ["auth.test", "bots.info", "apps.connections.open", "conversations.info", "usergroups.users.list"];
        !looks.contains(&call.method.as_str()) && call.method != "users.lookupByEmail"
    });
    assert_eq!(changes.count(), 0, "an examination only looks");
}

#[tokio::test]
async fn a_database_in_use_is_opened_and_its_key_compared() {
    let clinic = Clinic::open().await;
    let console = clinic.home.console();
    tokio::task::spawn_blocking(move || console.leaves()).await.unwrap();
    let out = clinic.doctor(&[]).await.done();
    assert!(
        line(&out, "database").contains("opens, has schema ") && line(&out, "database").ends_with("can be written")
    );
    assert!(line(&out, "record").starts_with("ok "), "{out}");
    std::fs::remove_file(clinic.home.path("firebell.key")).unwrap();
    assert!(clinic.problem().await.starts_with("problem  key: "));
}

#[tokio::test]
async fn a_postgres_is_written_to_and_its_clock_compared() {
    let place = Place::postgres().await;
    let url = place.url.to_string();
    let out = tokio::task::spawn_blocking(move || {
        let home = Home::with("[key]\nfile = \"firebell.key\"\n");
        let fresh = home.run(&["doctor", "--db", &url]).done();
        // The first key that it sees becomes its own, and an examination gives it none.
        assert!(line(&fresh, "database").ends_with("can be written") && !fresh.contains(" record: "), "{fresh}");
        home.run(&["console", "--db", &url]).done();
        home.run(&["doctor", "--db", &url]).done()
    });
    let out = out.await.unwrap();
    assert!(line(&out, "record").starts_with("ok "), "{out}");
    assert!(line(&out, "database clock").ends_with("is within 1 s of this machine's"), "{out}");
    place.remove().await;
}

#[tokio::test]
async fn a_bad_token_is_told_with_where_to_find_a_good_one() {
    let mut clinic = Clinic::open().await;
    clinic.environment[0].1 = "xoxb-not-this-one".to_owned();
    let problem = clinic.problem().await;
    assert!(problem.contains("slack main: bot token: was refused (invalid_auth); copy"), "{problem}");
    assert!(problem.ends_with("into FIREBELL_SLACK_BOT_TOKEN") && !problem.contains("not-this-one"), "{problem}");
}

#[tokio::test]
async fn a_bad_app_token_is_told_apart() {
    let mut clinic = Clinic::open().await;
    clinic.environment[1].1 = "xapp-not-this-one".to_owned();
    let problem = clinic.problem().await;
    assert!(
        problem.contains("slack main: app token: was refused (invalid_auth): make an app-level token"),
        "{problem}"
    );
    assert!(problem.contains("FIREBELL_SLACK_APP_TOKEN") && !problem.contains("60 s"), "{problem}");
}

#[tokio::test]
async fn scopes_that_are_missing_or_too_many_are_named() {
    let clinic = Clinic::open().await;
    let held: Vec<&str> = ALL_SCOPES.iter().copied().filter(|scope| *scope != "pins:write").collect();
    clinic.fake.grant(&held);
    let problem = clinic.problem().await;
    assert!(
        problem.contains("slack main: scopes: pins:write missing; put what `firebell manifest slack`"),
        "{problem}"
    );
    let out = clinic.doctor(&[]).await.out;
    let more = out.lines().find(|line| line.starts_with("note     slack main: scopes: ")).unwrap();
    assert!(more.contains("team:read") && more.ends_with("not needed; take them away"), "{more}");
}

#[tokio::test]
async fn without_an_app_token_there_must_be_a_signing_secret() {
    let mut clinic = Clinic::open().await;
    clinic.environment.truncate(1);
    let problem = clinic.problem().await;
    assert!(problem.contains("set FIREBELL_SLACK_APP_TOKEN or FIREBELL_SLACK_SIGNING_SECRET"), "{problem}");
    clinic.environment.push(("FIREBELL_SLACK_SIGNING_SECRET", clinic.fake.signing_secret()));
    let out = clinic.doctor(&[]).await.done();
    assert!(line(&out, "signing secret").contains("/slack/commands"), "{out}");
    clinic.environment.remove(0);
    assert!(clinic.problem().await.contains("has no bot token (xoxb-...); set FIREBELL_SLACK_BOT_TOKEN"));
}

#[tokio::test]
async fn the_app_token_must_be_that_of_the_bots_app() {
    let mut clinic = Clinic::open().await;
    let bots = clinic.fake.with(|state| {
        state.app_token = "xapp-1-A0OTHER-1-fake".to_owned();
        state.app.clone()
    });
    clinic.environment[1].1 = clinic.fake.app_token();
    let problem = clinic.problem().await;
    let says = format!("app token: is that of the app A0OTHER, and the bot token that of {bots}, so what people do is");
    assert!(problem.contains(&says) && problem.ends_with("put it into FIREBELL_SLACK_APP_TOKEN"), "{problem}");
    assert!(clinic.fake.calls_of("apps.connections.open").is_empty(), "what happens there is left to whom it is for");
    // Where it cannot be known whose bot it is, connecting tells whether the token is good.
    clinic.fake.breaks(Trouble::with("bots.info", Fault::Status(500)));
    assert!(line(&clinic.doctor(&[]).await.done(), "app token").contains("said hello"));
}

#[tokio::test]
async fn a_socket_that_never_opens_is_not_waited_for_for_ever() {
    let clinic = Clinic::open().await;
    clinic.fake.breaks(Trouble::with("apps.connections.open", Fault::Hang));
    let problem = clinic.problem().await;
    assert!(problem.contains("slack main: Socket Mode: apps.connections.open gave no answer in time"), "{problem}");
}

#[tokio::test]
async fn a_socket_that_says_nothing_is_a_problem() {
    let clinic = Clinic::open().await;
    clinic.fake.greet_nobody(true);
    let problem = clinic.problem().await;
    assert!(problem.contains("slack main: Socket Mode: Slack did not say hello"), "{problem}");
}

#[tokio::test]
async fn the_bot_must_be_where_incidents_are_announced() {
    let mut clinic = Clinic::open().await;
    clinic.announce = clinic.fake.add_channel("elsewhere", Kind::Public, &[]);
    clinic.configure(PEOPLE);
    let problem = clinic.problem().await;
    assert!(problem.ends_with("the bot is not in #elsewhere; invite it there"), "{problem}");
    clinic.announce = "C0NOTHING".to_owned();
    clinic.configure(PEOPLE);
    assert!(clinic.problem().await.contains("announce channel C0NOTHING: there is no such channel"));
}

#[tokio::test]
async fn people_whom_slack_does_not_know_are_noted() {
    let clinic = Clinic::open().await;
    clinic.configure(
        "last_resort = [\"ana\"]\n[[people]]\nhandle = \"ana\"\nslack = \"U0NOBODY\"\n[[people]]\nhandle = \"bo\"\n\
         email = \"bo@elsewhere.example\"\n[[people]]\nhandle = \"cy\"\n",
    );
    let out = clinic.doctor(&[]).await.done();
    for says in [
        "ok       slack main: people: Slack knows 0 of 3",
        "note     slack main: people: @ana: Slack does not know the account U0NOBODY; mend it in [[people]]",
        "note     slack main: people: @bo: Slack does not know the e-mail address; mend it in [[people]]",
        "note     slack main: people: @cy has neither \"slack\" nor \"email\"",
    ] {
        assert!(out.contains(says), "{says} is not in:\n{out}");
    }
}

#[tokio::test]
async fn what_was_found_is_there_for_programs_too() {
    let clinic = Clinic::open().await;
    clinic.fake.revoke();
    let Ended { code, out, .. } = clinic.doctor(&["--json"]).await;
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report["well"]), (1, &Value::Bool(false)), "{out}");
    let checks = report["checks"].as_array().unwrap();
    let bot = checks.iter().find(|check| check["about"] == "slack main: bot token").unwrap();
    assert!(bot["level"] == "problem" && bot["says"].as_str().unwrap().contains("token_revoked"), "{bot}");
}

#[test]
fn an_empty_folder_lacks_somebody_to_page() {
    let home = Home::new();
    home.write("firebell.toml", "");
    let Ended { code, out, .. } = home.run(&["doctor"]);
    assert_eq!(code, 1, "{out}");
    assert!(line(&out, "paging").starts_with("problem  paging: nobody would be paged; name people in"), "{out}");
    assert!(line(&out, "chat").starts_with("note "), "{out}");
    home.write("firebell.toml", "[database]\nurll = 1\n");
    let Ended { code, out, .. } = home.run(&["doctor"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.starts_with("problem  configuration: firebell.toml:2:1: unknown key \"urll\""), "{out}");
}

/// Where there are policies somebody is paged, and without a last resort nobody knows who once they are exhausted.
#[test]
fn a_last_resort_that_is_missing_is_a_problem() {
    let home = Home::new();
    let policies = PEOPLE.replace("last_resort = [\"bo\"]\n", "").replace("default_policy = \"primary\"\n", "");
    home.write("firebell.toml", &format!("{policies}[[services]]\nkey = \"shop\"\npolicy = \"primary\"\n"));
    let why = "no last_resort: where a policy is exhausted, the lead, whoever raised the page or an administrator is paged; \
               name somebody";
    let checked = home.run(&["check"]).done();
    assert!(checked.contains(&format!("\nbeware: {why}\n")) && !checked.contains("nobody would be paged"), "{checked}");
    let Ended { code, out, .. } = home.run(&["doctor"]);
    assert_eq!((code, line(&out, "paging")), (1, format!("problem  paging: {why}").as_str()), "{out}");
    // Without a policy a declaration reaches nobody at all.
    home.write("firebell.toml", "[[people]]\nhandle = \"ana\"\n");
    let checked = home.run(&["check"]).done();
    let nobody = "\nbeware: nobody would be paged, for there is neither a policy nor a last resort\n";
    assert!(checked.contains(nobody) && !checked.contains("no last_resort"), "{checked}");
}

/// What `check` and `serve` refuse is not sound.
#[test]
fn a_contact_that_nothing_sends_is_found() {
    let home =
        Home::with("[[people]]\nhandle = \"dee\"\ncontacts = [\"sms\"]\naddresses = { sms = \"+4915112345678\" }\n");
    let why = "person \"dee\" has the contact \"sms\", and nothing under [notify] sends it";
    assert_eq!(home.run(&["check"]).fault(), format!("firebell: {why}"));
    let Ended { code, out, .. } = home.run(&["doctor"]);
    assert_eq!(code, 1, "{out}");
    assert_eq!(line(&out, "configuration"), format!("problem  configuration: {why}"));
    assert!(out.ends_with("\n1 problem\n"), "{out}");
}

#[test]
fn what_is_wrong_here_is_found_without_slack() {
    let home = Home::with("[templates]\ndir = \"own\"\n");
    home.write("own/chat/card.hbs", "{{nonsense}}");
    home.write("firebell.db", "this is no database");
    let Ended { code, out, .. } = home.run(&["doctor"]);
    assert_eq!(code, 1, "{out}");
    for about in ["database", "templates"] {
        assert!(line(&out, about).starts_with("problem "), "{out}");
    }
}

#[test]
fn the_manifest_is_printed_in_both_forms_and_the_rest_is_told_beside_it() {
    let home = Home::new();
    // It needs no configuration, so that one which is wrong does not matter.
    home.write("firebell.toml", "[nonsense]\n");
    let Ended { code, out, err } = home.run(&["manifest", "slack", "--name", "Bell"]);
    assert_eq!(code, 0, "{err}");
    let yaml = &YamlLoader::load_from_str(&out).unwrap()[0];
    assert_eq!(yaml["display_information"]["name"].as_str(), Some("Bell"));
    assert_eq!(yaml["settings"]["socket_mode_enabled"].as_bool(), Some(true));
    assert_eq!(err.lines().count(), 3, "{err}");
    for name in ["connections:write", "FIREBELL_SLACK_APP_TOKEN", "FIREBELL_SLACK_BOT_TOKEN"] {
        assert!(err.contains(name), "{err}");
    }

    let words = ["manifest", "slack", "--format", "json", "--url", "https://bell.example.com"];
    let Ended { code, out, err } = home.run(&words);
    assert_eq!(code, 0, "{err}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["display_information"]["name"], "Firebell");
    assert_eq!(json["settings"]["socket_mode_enabled"], false);
    assert_eq!(json["features"]["slash_commands"][0]["url"], "https://bell.example.com/slack/commands");
    assert!(err.contains("FIREBELL_SLACK_SIGNING_SECRET") && !err.contains("APP_TOKEN"), "{err}");
    assert_eq!(home.run(&["manifest", "slack"]).out, home.run(&["manifest", "slack", "--format", "yaml"]).out);
}
