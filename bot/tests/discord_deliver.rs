//! Deliveries to Discord as Discord takes them: each against the fake, which holds every request against Discord's own
//! document and knows the limits and permissions that the document does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use firebell::clock::Clock;
use firebell::platform::discord::api::Api;
use firebell::platform::discord::{Discord, Group, GroupHow, PrivateRooms, Rooms, Settings};
use firebell::platform::rest::{self, Rest, Token};
use firebell::platform::{Account, Envelope, Labels, Link, Outgoing, Platform};
use firebell_core::control::{Button, Control};
use firebell_core::effect::Delivery;
use firebell_core::ids::IncidentId;

use crate::support::discord::{Fake, Fault, Kind, Trouble, permissions};

const NAME: &str = "INC-7 Checkout down";

/// A server's deliveries, each under a key of its own.
struct Told {
    fake: Fake,
    platform: Platform,
    keys: AtomicUsize,
}

impl Told {
    fn of(fake: &Fake, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Clock::manual(DateTime::from_timestamp(fake.now(), 0).unwrap());
        let rest = || Rest::new(rest::client().unwrap(), clock.clone());
        let token = Token::new(&fake.bot_token()).unwrap();
        let api = Api::new([rest(), rest()], &fake.api(), &token).unwrap();
        let mut settings = Settings {
            guild: fake.guild(),
            rooms: Rooms::Channels { category: None },
            private_rooms: PrivateRooms::Channels { category: None },
            naming: None,
            tags: true,
            announce_roles: Vec::new(),
            group: None,
            adopted: tokio::sync::mpsc::unbounded_channel().0,
        };
        change(&mut settings);
        let platform = Platform::Discord(Discord::new(Arc::new(api), settings));
        Self { fake: fake.clone(), platform, keys: AtomicUsize::default() }
    }

    async fn attempt(&self, key: &str, what: Outgoing, again: bool) -> Delivery {
        self.platform.deliver(&Envelope { key: key.to_owned(), again, what }).await
    }

    /// What Discord calls what was made.
    async fn done(&self, what: Outgoing) -> String {
        let key = format!("INC-7:key:{}", self.keys.fetch_add(1, Ordering::Relaxed));
        match self.attempt(&key, what, false).await {
            Delivery::Delivered(made) => made.external_id,
            other => panic!("{other:?}; calls: {:#?}", self.fake.calls()),
        }
    }

    async fn room(&self, private: bool) -> String {
        self.done(open(private, self.now())).await
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.fake.now(), 0).unwrap()
    }
}

fn open(private: bool, requested_at: DateTime<Utc>) -> Outgoing {
    let labels = labels("declared");
    Outgoing::OpenRoom { name: NAME.to_owned(), private, requested_at, adopts: None, labels }
}

fn labels(status: &str) -> Labels {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Labels { now: words(&[status, "sev1"]), all: words(&["declared", "resolved", "sev1", "sev2"]) }
}

fn card(room: &str, text: &str, replaces: Option<&str>) -> Outgoing {
    let buttons = Button::ALL.iter().map(|button| Control::of(*button, IncidentId(7)));
    let (room, text, replaces) = (room.to_owned(), text.to_owned(), replaces.map(str::to_owned));
    Outgoing::Card { room, text, controls: buttons.collect(), replaces }
}

fn post(room: &str, text: &str) -> Outgoing {
    Outgoing::Post { room: room.to_owned(), text: text.to_owned(), controls: Vec::new() }
}

fn describe(room: &str, status: &str) -> Outgoing {
    let (topic, purpose) = (format!("{status} sev1"), String::new());
    Outgoing::Describe { room: room.to_owned(), topic, purpose, labels: labels(status) }
}

/// Everything that a room goes through, whatever it is.
async fn a_life(told: &Told, private: bool) -> String {
    let ana = told.fake.add_person("ana");
    let room = told.room(private).await;
    let shown = told.done(card(&room, "**SEV1** declared", None)).await;
    told.done(describe(&room, "declared")).await;
    let links = vec![Link { title: "Runbook: api".to_owned(), url: "https://runbooks.example/api".to_owned() }];
    told.done(Outgoing::Bookmarks { room: room.clone(), links }).await;
    told.done(Outgoing::Invite { room: room.clone(), account: Account::Id(ana.clone()) }).await;
    assert!(told.fake.channels_seen_by(&ana).iter().any(|seen| seen.id == room), "they see it");
    told.done(post(&room, &format!("{}\n{}", "a".repeat(1_500), "b".repeat(1_500)))).await;
    assert_eq!(told.done(card(&room, "**SEV1** resolved", Some(&shown))).await, shown);
    told.done(describe(&room, "resolved")).await;
    let text = |id: &str| told.fake.message(&room, id).unwrap().content;
    assert_eq!(text(&shown), "**SEV1** resolved");
    told.done(Outgoing::CloseRoom { room: room.clone() }).await;
    told.done(card(&room, "**SEV1** closed", Some(&shown))).await;
    assert_eq!(text(&shown), "**SEV1** closed", "the card says so after the end, too");
    room
}

#[tokio::test]
async fn a_post_in_a_forum_lives_and_ends() {
    let fake = Fake::start().await;
    let forum = fake.add_forum("incidents", &["Billing"]);
    let told = Told::of(&fake, |settings| settings.rooms = Rooms::Forum(forum));
    let room = a_life(&told, false).await;
    let thread = fake.channel_by_id(&room).thread.unwrap();
    assert!(thread.archived && thread.locked);
    let mut tags = fake.tags_of(&room);
    tags.sort();
    assert_eq!(tags, ["resolved", "sev1"]);
    assert_eq!(fake.violations(), [""; 0]);
}

#[tokio::test]
async fn a_text_channel_lives_and_ends() {
    let fake = Fake::start().await;
    let category = fake.add_channel_of("Incidents", Kind::Category, None);
    let told = Told::of(&fake, |settings| settings.rooms = Rooms::Channels { category: Some(category) });
    let room = a_life(&told, false).await;
    assert_eq!(fake.channel_by_id(&room).topic.as_deref(), Some("resolved sev1"));
    assert_eq!(fake.pins_of(&room).len(), 1);
    assert_eq!(fake.violations(), [""; 0]);
}

#[tokio::test]
async fn a_private_room_is_seen_by_those_who_were_let_in() {
    for in_threads in [false, true] {
        let fake = Fake::start().await;
        let bo = fake.add_person("bo");
        let parent = fake.add_channel("private-incidents");
        let told = Told::of(&fake, |settings| {
            if in_threads {
                settings.private_rooms = PrivateRooms::Threads(parent);
            }
        });
        let room = a_life(&told, true).await;
        assert!(!fake.channels_seen_by(&bo).iter().any(|seen| seen.id == room), "nobody else sees it");
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[tokio::test]
async fn a_room_whose_answer_is_lost_is_made_once() {
    for in_forum in [false, true] {
        let fake = Fake::start().await;
        let forum = fake.add_forum("incidents", &[]);
        let rooms = if in_forum { Rooms::Forum(forum) } else { Rooms::Channels { category: None } };
        let told = Told::of(&fake, |settings| settings.rooms = rooms.clone());
        let call = if in_forum { "POST /channels/{channel_id}/threads" } else { "POST /guilds/{guild_id}/channels" };
        fake.breaks(Trouble::with(call, Fault::ResetAfter).times(1));
        let requested_at = told.now();
        assert_eq!(told.attempt("INC-7:open:1", open(false, requested_at), false).await, Delivery::Unknown);
        // Another process takes over.
        let told = Told::of(&fake, |settings| settings.rooms = rooms);
        let made = told.attempt("INC-7:open:1", open(false, requested_at), true).await;
        assert!(matches!(made, Delivery::Delivered(_)), "{made:?}");
        assert_eq!(fake.calls_of(call).len(), 1);
        assert_eq!(fake.violations(), [""; 0]);
    }
}

#[tokio::test]
async fn pages_reach_people_and_call_nobody_else() {
    let fake = Fake::start().await;
    let ana = fake.add_person("ana");
    let told = Told::of(&fake, |_| {});
    let room = told.room(false).await;
    let controls = vec![Control::of(Button::Acknowledge, IncidentId(7))];
    let notice = |room: Option<&str>| Outgoing::Notice {
        account: Account::Id(ana.clone()),
        room: room.map(str::to_owned),
        text: "page for you, not for @everyone".to_owned(),
        controls: controls.clone(),
    };
    let told_alone = told.done(notice(None)).await;
    let called = told.done(notice(Some(&room))).await;
    assert_eq!(fake.dms(&ana).len(), 1);
    for (notice, room) in [(told_alone, None), (called, Some(room))] {
        let (account, text) = (Account::Id(ana.clone()), "it is over".to_owned());
        told.done(Outgoing::Withdraw { account, room, text, notice: Some(notice) }).await;
    }
    assert_eq!(fake.dms(&ana)[0].content, "it is over");
    assert_eq!(fake.violations(), [""; 0]);
}

#[tokio::test]
async fn a_role_is_called_and_an_incident_announced() {
    let fake = Fake::start().await;
    let role = fake.add_role("on-call", 0, true);
    let status = fake.add_channel("status");
    let told = Told::of(&fake, |settings| {
        settings.announce_roles = vec![role.clone()];
        settings.group = Some(Group { role: role.clone(), how: GroupHow::Called });
    });
    let room = told.room(false).await;
    told.done(Outgoing::InviteGroup { room, group: role.clone() }).await;
    let announce = |text: &str, replaces: Option<String>| Outgoing::Announce {
        channel: status.clone(),
        text: text.to_owned(),
        replaces,
    };
    let first = told.done(announce("INC-7 declared", None)).await;
    assert_eq!(told.done(announce("INC-7 resolved", Some(first.clone()))).await, first);
    assert_eq!(fake.channel_by_id(&status).messages.len(), 1);
    assert_eq!(fake.violations(), [""; 0]);
}

#[tokio::test]
async fn what_the_bot_may_not_do_is_named() {
    let fake = Fake::start().await;
    let forum = fake.add_forum("incidents", &[]);
    let told = Told::of(&fake, |settings| settings.rooms = Rooms::Forum(forum.clone()));
    let all = permissions::VIEW_CHANNEL | permissions::READ_MESSAGE_HISTORY;
    fake.grant_bot(all);
    fake.deny_everybody(permissions::SEND_MESSAGES);
    let refused = told.attempt("k", open(false, told.now()), false).await;
    let Delivery::Impossible(reason) = refused else { panic!("{refused:?}") };
    assert!(reason.contains(&forum) && reason.contains("Send Messages"), "{reason}");
}
