//! `firebell doctor` asks Discord about a server.

use super::{PEOPLE, line};
use crate::support::discord::{Fake, Fault, Trouble, permissions as may};
use crate::support::{Ended, Home, fed};

const TOKEN: &str = "FIREBELL_DISCORD_BOT_TOKEN";

/// What the README asks for, as Discord's settings call it.
const ASKED_FOR: [(&str, u64); 11] = [
    ("View Channels", may::VIEW_CHANNEL),
    ("Send Messages", may::SEND_MESSAGES),
    ("Send Messages in Threads and Posts", may::SEND_MESSAGES_IN_THREADS),
    ("Create Private Threads", may::CREATE_PRIVATE_THREADS),
    ("Manage Threads and Posts", may::MANAGE_THREADS),
    ("Pin Messages", may::PIN_MESSAGES),
    ("Attach Files", may::ATTACH_FILES),
    ("Read Message History", may::READ_MESSAGE_HISTORY),
    ("Manage Channels", may::MANAGE_CHANNELS),
    ("Manage Roles", may::MANAGE_ROLES),
    ("View Audit Log", may::VIEW_AUDIT_LOG),
];

/// A folder whose configuration names a server, and the server, in which everything is in its place.
struct Clinic {
    fake: Fake,
    home: Home,
    forum: String,
    token: Option<String>,
    more: String,
}

impl Clinic {
    async fn open() -> Self {
        let fake = Fake::start().await;
        let (forum, announce) = (fake.add_forum("incidents", &[]), fake.add_channel("outages"));
        let role = fake.add_role("responders", 0, true);
        let private = fake.add_channel("war-rooms");
        fake.deny_everybody(u64::MAX);
        fake.grant_bot(ASKED_FOR.iter().fold(0, |all, (_, bit)| all | bit));
        let more = format!(
            "private_threads = \"{private}\"\nannounce = [\"{announce}\"]\nannounce_roles = [\"{role}\"]\n\
             invite_role = \"{role}\"\n"
        );
        let token = Some(fake.bot_token());
        Self { fake, home: Home::new(), forum, token, more }
    }

    async fn doctor(&self, ana: &str) -> Ended {
        let Self { fake, forum, more, .. } = self;
        let people = PEOPLE.replace("email = \"ana@example.com\"", &format!("discord = \"{ana}\""));
        let (api, guild) = (fake.api(), fake.guild());
        let server = format!(
            "[[discord]]\napi_url = \"{api}\"\nguild = \"{guild}\"\nforum = \"{forum}\"\ncommands = \"guild\"\n{more}"
        );
        self.home.write("firebell.toml", &format!("{people}{server}"));
        let mut command = self.home.command();
        command.arg("doctor").env_remove(TOKEN).envs(self.token.iter().map(|token| (TOKEN, token)));
        let ended = tokio::task::spawn_blocking(move || fed(&mut command, Vec::new())).await.unwrap();
        for secret in [Some(&fake.bot_token()), self.token.as_ref()].into_iter().flatten() {
            assert!(!ended.out.contains(secret) && !ended.err.contains(secret), "a secret is in {ended:?}");
        }
        ended
    }

    /// There is this one problem; answers its line.
    async fn problem(&self) -> String {
        let Ended { code, out, .. } = self.doctor("1").await;
        let problems: Vec<&str> = out.lines().filter(|line| line.starts_with("problem")).collect();
        assert!(code == 1 && problems.len() == 1 && out.ends_with("\n1 problem\n"), "{out}");
        problems[0].to_owned()
    }
}

#[tokio::test]
async fn what_the_readme_asks_for_is_enough() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let readme = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    let (last, others) = ASKED_FOR.split_last().unwrap();
    let others: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
    let sentence = format!("the permissions {} and {}", others.join(", "), last.0);
    assert!(readme.contains(&sentence), "the README does not say: {sentence}");
    let clinic = Clinic::open().await;
    let ana = clinic.fake.add_person("ana");
    let out = clinic.doctor(&ana).await.done();
    assert!(out.ends_with("\nall is well"), "{out}");
    for says in [
        "ok       discord main: bot token: is that of ",
        "ok       discord main: message content: the Message Content Intent is on",
        "ok       discord main: interactions: come by the gateway",
        &format!("ok       discord main: forum {}: is incidents, and the bot may do there", clinic.forum),
        "note     discord main: commands: not registered yet: incident, oncall, Add to timeline, Add as evidence, Declare incident",
        "ok       discord main: people: 1 of 1 are in the server",
    ] {
        assert!(out.contains(says), "{says} is not in:\n{out}");
    }
    assert!(clinic.fake.calls().iter().all(|call| call.method.starts_with("GET ")), "an examination only looks");
}

#[tokio::test]
async fn each_permission_that_is_missing_is_named_as_discords_settings_do() {
    let mut clinic = Clinic::open().await;
    let ana = clinic.fake.add_person("ana");
    let all = ASKED_FOR.iter().fold(0, |all, (_, bit)| all | bit);
    let channels =
        clinic.more.lines().filter(|line| !line.starts_with("private_threads")).collect::<Vec<_>>().join("\n");
    let mut unnamed: Vec<&str> = ASKED_FOR.iter().map(|(name, _)| *name).collect();
    // Private rooms are threads first, and then channels.
    for more in [clinic.more.clone(), channels] {
        clinic.more = more;
        for (name, bit) in ASKED_FOR {
            clinic.fake.grant_bot(all & !bit);
            let out = clinic.doctor(&ana).await.out;
            if out.lines().any(|line| !line.starts_with("ok ") && line.contains(name)) {
                unnamed.retain(|held| *held != name);
            }
        }
    }
    assert_eq!(unnamed, Vec::<&str>::new(), "nobody needs them");
}

#[tokio::test]
async fn a_bad_token_and_none_are_told_apart() {
    let mut clinic = Clinic::open().await;
    clinic.token = Some("MTAx.not-this-one".to_owned());
    let problem = clinic.problem().await;
    assert!(problem.contains("discord main: bot token: Discord does not take it; reset the token"), "{problem}");
    assert!(problem.ends_with(TOKEN), "{problem}");
    clinic.token = None;
    assert!(clinic.problem().await.contains(&format!("set {TOKEN}")));
}

#[tokio::test]
async fn what_is_lost_without_message_content_is_said() {
    let clinic = Clinic::open().await;
    let ana = clinic.fake.add_person("ana");
    clinic.fake.privileged(true, false);
    let out = clinic.doctor(&ana).await.done();
    assert!(line(&out, "discord main: message content").starts_with("note "), "{out}");
    assert!(line(&out, "discord main: message content").contains("only commands and what is added"), "{out}");
}

#[tokio::test]
async fn what_is_not_there_is_told_with_its_key() {
    let mut clinic = Clinic::open().await;
    clinic.forum = clinic.fake.add_channel("general-talk");
    assert!(
        clinic.problem().await.contains("#general-talk is a text channel, and it is to be a forum; mend \"forum\"")
    );
    clinic.forum = "1012345678901234567".to_owned();
    assert!(clinic.problem().await.contains("there is no such channel; mend \"forum\" (an id, not a name)"));
}

#[tokio::test]
async fn a_server_that_gives_no_answer_is_told_apart_from_one_that_refuses() {
    let clinic = Clinic::open().await;
    clinic.fake.breaks(Trouble::with("GET /users/@me", Fault::Status(502)));
    let problem = clinic.problem().await;
    assert!(problem.contains("Discord gave no answer at http://127.0.0.1"), "{problem}");
}

#[tokio::test]
async fn a_role_that_the_bot_cannot_give_is_told() {
    let mut clinic = Clinic::open().await;
    let role = clinic.fake.add_role("on call", 0, true);
    clinic.more = format!("{}on_call_role = \"{role}\"\n", clinic.more);
    let out = clinic.doctor("1").await.done();
    assert!(out.contains("is the role on call, and the bot may give it"), "{out}");
    clinic.fake.with(|state| state.roles.get_mut(&role).unwrap().position = 99);
    assert!(clinic.problem().await.contains("on call stands above the bot's role"));
    clinic.fake.with(|state| state.roles.get_mut(&role).unwrap().managed = true);
    assert!(clinic.problem().await.contains("belongs to an app"));
    clinic.more = clinic.more.replace(&role, "1012345678901234567");
    assert!(clinic.problem().await.contains("no such role; mend \"on_call_role\""));
}
