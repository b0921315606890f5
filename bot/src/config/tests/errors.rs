use crate::config::Config;

fn error(text: &str) -> String {
    Config::parse(text, "firebell.toml").unwrap_err().to_string()
}

fn table(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(error(text), format!("firebell.toml:{expected}"), "for {text}");
    }
}

#[test]
fn an_unknown_key_names_its_section_and_the_nearest() {
    table(&[
        ("\n[database]\n  urll = \"x\"", "3:3: unknown key \"urll\" in [database]; did you mean \"url\"?"),
        ("[databse]\nurl = \"x\"", "1:2: unknown key \"databse\"; did you mean \"database\"?"),
        ("[http]\ncolour = 1", "2:1: unknown key \"colour\" in [http]"),
        ("[key]\nfil = \"x\"", "2:1: unknown key \"fil\" in [key]; did you mean \"file\"?"),
        (
            "[[people]]\nhandle = \"ana\"\nzoen = \"UTC\"",
            "3:1: unknown key \"zoen\" in [[people]]; did you mean \"zone\"?",
        ),
        ("[[people]]\nhandel = \"ana\"", "2:1: unknown key \"handel\" in [[people]]; did you mean \"handle\"?"),
        (
            "[[policies]]\nkey = \"web\"\n[[policies.steps]]\npeople = []\nwiat = \"5m\"",
            "5:1: unknown key \"wiat\" in [[policies.steps]]; did you mean \"wait\"?",
        ),
        (
            "people = [{ handle = \"ä\", zoen = 1 }]",
            "1:22: \"handle\" in [[people]]: a key has 1 to 64 of the characters a-z, 0-9, '-' and '_'",
        ),
    ]);
}

#[test]
fn rules_of_postmortems_are_held_to_what_there_is() {
    table(&[
        (
            "[postmortem]\ndue = { sev7 = \"5d\" }",
            "2:16: \"due\" in [postmortem] names unknown severity \"sev7\"; did you mean \"sev1\"?",
        ),
        (
            "[postmortem]\ndue = { sev1 = \"5x\" }",
            "2:16: \"sev1\" in [postmortem.due]: `5x` is not a duration; write 90s, 45 min, 1h30m, 2 hours, 2d or 1w",
        ),
        ("[postmortem]\nrequired = { sev1 = 21 }", "2:21: \"required\" in [postmortem]: expected at most 20 sign-offs"),
        (
            "[postmortem]\nremind_before = \"800d\"",
            "2:17: \"remind_before\" in [postmortem]: `800d` is longer than 366 days; write a shorter duration, such as 30m or 2d",
        ),
        (
            "[postmortem]\nremind_at = \"9\"",
            "2:13: \"remind_at\" in [postmortem]: `9` is no time of day; write it as \"10:00\"",
        ),
        (
            "[postmortem]\nreviewers = { sev1 = [\"anna\"] }\n[[people]]\nhandle = \"ana\"",
            "2:23: \"reviewers\" in [postmortem] names unknown person or team \"anna\"; did you mean \"ana\"?",
        ),
        (
            "[postmortem]\nservice_reviewers = { shop = [\"ana\"] }\n[[people]]\nhandle = \"ana\"",
            "2:31: \"service_reviewers\" in [postmortem] names unknown service \"shop\"",
        ),
        ("[postmortem]\ndue_in = \"5d\"", "2:1: unknown key \"due_in\" in [postmortem]"),
    ]);
}

#[test]
fn a_wrong_value_says_what_to_write() {
    table(&[
        ("[database]\nconnections = \"9\"", "2:15: \"connections\" in [database]: expected a number from 1 to 1000"),
        ("[database]\nconnections = 0", "2:15: \"connections\" in [database]: expected a number from 1 to 1000"),
        ("[log]\nformat = \"jsn\"", "2:10: \"format\" in [log] cannot be \"jsn\"; did you mean \"json\"?"),
        ("[log]\nformat = \"xml\"", "2:10: \"format\" in [log] cannot be \"xml\"; write one of \"text\", \"json\""),
        (
            "[http]\nlisten = \"localhost\"",
            "2:10: \"listen\" in [http]: expected an address and a port, such as \"127.0.0.1:7373\"",
        ),
        ("[incidents]\nperson_wait = 5", "2:15: \"person_wait\" in [incidents]: expected a duration, such as \"5m\""),
        (
            "[incidents]\nperson_wait = \"5x\"",
            "2:15: \"person_wait\" in [incidents]: `5x` is not a duration; write 90s, 45 min, 1h30m, 2 hours, 2d or 1w",
        ),
        (
            "[retention]\ninbox = \"1h\"",
            "2:9: \"inbox\" in [retention]: expected at least \"24h\", as platforms send again for so long",
        ),
        (
            "[[slack]]\ncopy_files = \"20 MB\"",
            "2:14: \"copy_files\" in [[slack]]: expected a size from \"1 KiB\" to \"100 MiB\"",
        ),
        (
            "[[slack]]\ncopy_files = \"101 MiB\"",
            "2:14: \"copy_files\" in [[slack]]: expected a size from \"1 KiB\" to \"100 MiB\"",
        ),
        ("[[slack]]\ncopy_files = true", "2:14: \"copy_files\" in [[slack]]: expected a size, such as \"20 MiB\""),
        (
            "[[people]]\nhandle = \"ana\"\nzone = \"Europe/Berln\"",
            "3:8: \"zone\" in [[people]]: no time zone is called \"Europe/Berln\"; did you mean \"Europe/Berlin\"?",
        ),
        ("[[people]]\nhandle = \"ana\"\nadmin = 1", "3:9: \"admin\" in [[people]]: expected true or false"),
        (
            "[[people]]\nhandle = \"ana\"\ncontacts = [\"fax\"]",
            "3:13: \"contacts\" in [[people]] cannot be \"fax\"; write one of \"console\", \"slack\", \"discord\", \"discord-room\", \"email\", \"sms\", \"voice\", \"ntfy\", \"gotify\", \"pushover\", \"telegram\", \"webhook\", \"pagerduty\", \"opsgenie\"",
        ),
        (
            "[[people]]\nhandle = \"ana\"\ncontacts = [\"sms\"]\naddresses = { smss = \"+491511234567\" }",
            "4:15: unknown key \"smss\" in [people.addresses]; did you mean \"sms\"?",
        ),
        (
            "[log]\nformat = \"format\"",
            "2:10: \"format\" in [log] cannot be \"format\"; write one of \"text\", \"json\"",
        ),
        ("\n[[people]]\nname = \"Ana\"", "2:1: \"handle\" is missing in [[people]]"),
        ("people = 3", "1:10: \"people\": expected a list in brackets"),
        ("log = 3", "1:7: \"log\": expected a section, such as [log]"),
    ]);
}

#[test]
fn a_name_in_one_section_must_be_that_of_something_in_another() {
    let people = "[[people]]\nhandle = \"bo\"\n";
    let cases = [
        (
            "[[policies]]\nkey = \"web\"\n[[policies.steps]]\npeople = [\"bo\", \"boo\"]",
            "6:17: policy \"web\" names unknown person \"boo\"; did you mean \"bo\"?",
        ),
        (
            "[[policies]]\nkey = \"web\"\n[[policies.steps]]\npeople = [\"bo\", \"bo\"]",
            "6:17: person \"bo\" is there twice; remove one",
        ),
        (
            "[[policies]]\nkey = \"web\"\n[[policies.steps]]\npeople = []",
            "5:1: a step of policy \"web\" names nobody; name a person, a schedule or a team",
        ),
        ("[[policies]]\nkey = \"web\"", "4:7: policy \"web\" has no steps; add [[policies.steps]]"),
        ("[[people]]\nhandle = \"BO\"", "4:10: person \"bo\" is there twice; remove one"),
        (
            "[[people]]\nhandle = \"cy\"\nadmin = true\nguest = true",
            "6:9: person \"cy\" cannot be both admin and guest; remove one",
        ),
        ("[[teams]]\nkey = \"sea\"\nmembers = [\"zoe\"]", "5:12: team \"sea\" names unknown person \"zoe\""),
        ("[[teams]]\nkey = \"sea\"\n[[teams]]\nkey = \"sea\"", "6:7: team \"sea\" is there twice; remove one"),
        ("[[services]]\nkey = \"shop\"\nteam = \"sea\"", "5:8: service \"shop\" names unknown team \"sea\""),
        ("[[services]]\nkey = \"shop\"\npolicy = \"web\"", "5:10: service \"shop\" names unknown policy \"web\""),
        (
            "[incidents]\ndefault_policy = \"web\"",
            "4:18: \"default_policy\" in [incidents] names unknown policy \"web\"",
        ),
        (
            "[incidents]\ndefault_severity = \"sev9\"",
            "4:20: \"default_severity\" in [incidents] names unknown severity \"sev9\"; did you mean \"sev1\"?",
        ),
        (
            "[[incidents.severity]]\nkey = \"p1\"",
            "4:7: \"default_severity\" is missing in [incidents]: these severities have no \"sev3\"",
        ),
        (
            "[incidents]\ncause_categories = []",
            "4:20: \"cause_categories\" in [incidents] is empty; name at least one, or leave it out for the usual ones",
        ),
        (
            "[incidents]\ncause_categories = [\"code\", \"none\"]",
            "4:29: \"none\" is no category, it stands for having none; name it otherwise",
        ),
        ("[incidents]\ncause_categories = [\"code\", \"CODE\"]", "4:29: category \"code\" is there twice; remove one"),
        (
            "[[incidents.interval]]\nname = \"fix\"\nfrom = \"mitigatd\"\nto = \"resolved\"",
            "5:8: \"mitigatd\" is no key time; did you mean \"mitigated\"?; there are impact-started, detected, declared, acknowledged, mitigated, impact-ended, resolved",
        ),
        (
            "[[incidents.interval]]\nname = \"fix\"\nfrom = \"detected\"\nto = \"detected\"",
            "6:6: interval \"fix\" begins and ends with detected",
        ),
        ("[incidents]\ntypes = []", "4:9: \"types\" in [incidents] is empty; name at least one type"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(&format!("{people}{text}")), format!("firebell.toml:{expected}"), "for {text}");
    }
    assert_eq!(error("last_resort = [\"ana\"]"), "firebell.toml:1:16: \"last_resort\" names unknown person \"ana\"");
}

#[test]
fn schedules_say_what_they_lack_and_what_cannot_be() {
    let people = "[[people]]\nhandle = \"bo\"\n[[schedules]]\nkey = \"web\"\n";
    let layer = "[[schedules.layers]]\nname = \"a\"\n";
    let cases = [
        ("", "4:7: schedule \"web\" has no layers; add [[schedules.layers]]"),
        (
            "zone = \"Europe/Berln\"",
            "5:8: \"zone\" in [[schedules]]: no time zone is called \"Europe/Berln\"; did you mean \"Europe/Berlin\"?",
        ),
        (&format!("team = \"sea\"\n{layer}"), "5:8: schedule \"web\" names unknown team \"sea\""),
        (
            &format!("handoff_notice = \"13h\"\n{layer}"),
            "5:18: \"handoff_notice\" in [[schedules]]: \"13h\" is too long before a hand-off; write at most \"12h\"",
        ),
        (layer, "6:8: layer \"a\" of schedule \"web\" lacks \"start\"; write it as start = \"2026-01-05T09:00\""),
        (
            &format!("{layer}start = \"2026-01-05\"\npeople = [\"bo\"]"),
            "6:8: layer \"a\" of schedule \"web\" lacks \"turn\"; write it as turn = \"1w\", or handoff = [\"mon\"]",
        ),
        (
            &format!("{layer}start = \"2026-01-05\"\nturn = \"1y\""),
            "8:8: \"turn\" in [[schedules.layers]]: a turn is from 1 to 1000 hours, days, weeks or months, such as \"12h\", \
             \"1d\", \"2w\" or \"1mo\"",
        ),
        (
            &format!("{layer}start = \"2026-01-05\"\nturn = \"1w\"\npeople = []"),
            "9:10: layer \"a\" of schedule \"web\" names nobody; name at least one person",
        ),
        (
            &format!("{layer}start = \"2026-01-05\"\nturn = \"1w\"\npeople = [\"bo\", [\"boo\"]]"),
            "9:18: layer \"a\" of schedule \"web\" names unknown person \"boo\"; did you mean \"bo\"?",
        ),
        (
            &format!("{layer}start = \"2026-01-05\"\nturn = \"1w\"\nhandoff = [\"mon\"]"),
            "9:11: layer \"a\" of schedule \"web\" has both \"turn\" and \"handoff\"; keep one of them",
        ),
        (
            &format!("{layer}start = \"2026-01-05\"\nhandoff = [\"mon\", \"mon\"]"),
            "8:11: \"handoff\" of layer \"a\" of schedule \"web\" names each day once, and at least one",
        ),
        (
            &format!("{layer}start = \"2026-01-05\"\nturn = \"1w\"\nevery = 2"),
            "9:9: \"every\" of layer \"a\" of schedule \"web\" counts hand-off days; it goes with \"handoff\" alone",
        ),
        (
            &format!("{layer}from = \"2026-02-01\"\nuntil = \"2026-01-01\""),
            "8:9: layer \"a\" of schedule \"web\" ends before it begins; \"until\" must be after \"from\"",
        ),
        (
            &format!("{layer}start = \"2026-01-05\"\nhandoff = [\"mon\"]\nevery = 0"),
            "9:9: \"every\" in [[schedules.layers]]: expected a whole number from 1 to 65535",
        ),
        (&format!("{layer}{layer}"), "8:8: layer \"a\" of schedule \"web\" is there twice; remove one"),
        (&format!("{layer}calendar = \"x\""), "7:12: layer \"a\" of schedule \"web\" names unknown calendar \"x\""),
        (
            &format!("{layer}windows = [\"9-17\"]"),
            "7:12: \"windows\" in [[schedules.layers]]: \"9-17\" is no part of the week; write one such as \
             \"mon-fri 09:00-17:00\", \"sat,sun\" or \"fri 17:00 - mon 09:00\"",
        ),
        (
            "layers = []\n[[calendars]]\nkey = \"x\"\ndays = [\"2026-12-26..2026-12-24\"]",
            "8:9: \"days\" in [[calendars]]: \"2026-12-26..2026-12-24\" is no date; write one such as \"2026-12-25\", or \
             \"2026-12-24..2026-12-26\"",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(&format!("{people}{text}")), format!("firebell.toml:{expected}"), "for {text}");
    }
}

#[test]
fn services_and_steps_name_what_there_is() {
    let people = "[[people]]\nhandle = \"bo\"\n";
    let step = "[[policies]]\nkey = \"web\"\n[[policies.steps]]\npeople = [\"bo\"]\n";
    let cases = [
        ("[[services]]\nkey = \"shop\"\ntier = 0", "5:8: \"tier\" of service \"shop\": expected a number from 1 to 9"),
        (
            "[[services]]\nkey = \"shop\"\ndepends_on = [\"shop\"]",
            "5:15: service \"shop\" depends on itself; remove it from \"depends_on\"",
        ),
        (
            "[[services]]\nkey = \"shop\"\ndepends_on = [\"api\"]",
            "5:15: service \"shop\" names unknown service \"api\"",
        ),
        (&format!("{step}schedules = [\"x\"]"), "7:14: policy \"web\" names unknown schedule \"x\""),
        (&format!("{step}round_robin = [\"x\"]"), "7:16: policy \"web\" names unknown schedule \"x\""),
        (&format!("{step}teams = [\"x\"]"), "7:10: policy \"web\" names unknown team \"x\""),
        (&format!("{step}tiers = [1, 10]"), "7:13: \"tiers\" of policy \"web\": expected numbers from 1 to 9"),
        (
            &format!("{step}zone = \"UTC\""),
            "7:8: \"zone\" of a step of policy \"web\" says where \"hours\" are, and there are none",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(&format!("{people}{text}")), format!("firebell.toml:{expected}"), "for {text}");
    }
}

#[test]
fn a_heartbeat_has_one_url_and_a_sane_pace() {
    let pace = "expected a duration from \"10s\" to \"1h\"; the watcher is to wait for some minutes longer";
    table(&[
        ("[heartbeat]\nevery = \"5s\"", &format!("2:9: \"every\" in [heartbeat]: {pace}")),
        ("[heartbeat]\nevery = \"2h\"", &format!("2:9: \"every\" in [heartbeat]: {pace}")),
        ("[heartbeat]\nevery = 60", "2:9: \"every\" in [heartbeat]: expected a duration, such as \"1m\""),
        (
            "[heartbeat]\nurl = \"https://example.com/a\"\nurl_file = \"x\"",
            "3:12: [heartbeat] has both \"url\" and \"url_file\"; keep one of them",
        ),
        (
            "[heartbeat]\nurl = \"http://example.com/a\"",
            "2:7: \"url\" in [heartbeat]: expected a URL that begins with https://, or with http:// for this machine alone",
        ),
    ]);
}

#[test]
fn a_synthetic_page_goes_to_somebody_who_is_known_and_can_be_missed() {
    let ana = "[[people]]\nhandle = \"ana\"\n[synthetic]\n";
    table(&[
        (
            "[synthetic]\nperson = \"ann\"\n[[people]]\nhandle = \"ana\"",
            "2:10: \"person\" in [synthetic] names unknown person \"ann\"; did you mean \"ana\"?",
        ),
        ("[synthetic]\nevery = \"5m\"", "2:9: \"every\" in [synthetic]: expected at least \"10m\""),
        (
            "[synthetic]\nevery = \"1h\"\nwithin = \"1h\"",
            "3:10: \"within\" in [synthetic] must be less than \"every\", or the next is sent before one is missed",
        ),
        (
            "[synthetic]\nmethod = \"discord-room\"",
            "2:10: \"method\" in [synthetic] cannot be \"discord-room\": a synthetic page is about no incident in whose \
             room they could be called; write \"discord\"",
        ),
    ]);
    let given = |text: &str| Config::parse(&format!("{ana}{text}"), "firebell.toml").unwrap().synthetic;
    assert_eq!(given("every = \"1h\""), None);
    let hourly = given("person = \"ana\"\nevery = \"1h\"").unwrap();
    assert_eq!((hourly.every.num_minutes(), hourly.within.num_minutes(), hourly.method), (60, 5, None));
}

#[test]
fn rounds_of_proof_come_once_a_week_at_most() {
    table(&[("[proof]\nevery = \"1d\"", "2:9: \"every\" in [proof]: expected at least \"7d\"")]);
    assert!(error("[proof]\nat = \"25:00\"").contains("no time of day"));
    let given = |text: &str| Config::parse(text, "firebell.toml").unwrap().settings().proof;
    assert_eq!(given("[proof]\nat = \"09:30\""), None);
    let rounds = given("[proof]\nevery = \"4w\"\nat = \"09:30\"").unwrap();
    assert_eq!((rounds.every.num_days(), rounds.at.to_string()), (28, "09:30:00".to_owned()));
}

#[test]
fn no_error_repeats_a_secret() {
    let cases = [
        "[database]\nurl = \"mysql://u:hunter2@host/db\"",
        "[database]\nurl = \"postgres://u:hunter2@ho st:port/db\"",
        "[alarm]\nwebhook = \"http://example.com/hunter2\"",
        "[alarm]\nwebhook = [\"https://example.com/hunter2\"]",
        "alarm = \"https://example.com/hunter2\"",
        "[alarm]\nwebhook = https://example.com/hunter2",
        "[alarm]\nwebhook = \"https://example.com/hunter2\"\nwebhook_file = \"x\"",
        "[heartbeat]\nurl = \"http://example.com/hunter2\"",
        "[heartbeat]\nurl = \"https://example.com/hunter2\"\nurl_file = \"x\"",
        "[heartbeat]\nurl = \"https://example.com/hunter2\"\nevery = \"5s\"",
    ];
    for text in cases {
        assert!(!error(text).contains("hunter2"), "{}", error(text));
    }
}

#[test]
fn a_file_that_is_no_toml_says_where() {
    assert!(error("[http]\nlisten = ").starts_with("firebell.toml:2:"), "{}", error("[http]\nlisten = "));
    assert!(error("[http]\n[http]").starts_with("firebell.toml:2:"), "{}", error("[http]\n[http]"));
}

#[test]
fn a_discord_server_is_described_by_ids_and_keys() {
    let id = "expected an id of 15 to 20 digits (with Discord's developer mode on: right-click, Copy ID)";
    let key = "expected the 64 hexadecimal digits that stand under \"General Information\" of the application";
    let digits = "0f".repeat(32);
    table(&[
        ("[[discord]]\nguild = \"acme\"", &format!("2:9: \"guild\" in [[discord]]: {id}")),
        (
            "[[discord]]\nannounce = [\"123456789012345678\", \"#ops\"]",
            &format!("2:35: \"announce\" in [[discord]]: {id}"),
        ),
        ("[[discord]]\npublic_key = \"0f\"", &format!("2:14: \"public_key\" in [[discord]]: {key}")),
        (
            "[[discord]]\ngateway = false",
            "2:11: without \"gateway\" nothing reaches Firebell from Discord; give the application's \"public_key\" for \
             signed HTTP, or leave \"gateway\" out",
        ),
        (
            "[[discord]]\ncommands = \"server\"",
            "2:12: \"commands\" in [[discord]] cannot be \"server\"; write one of \"guild\", \"global\"",
        ),
        (
            "[[discord]]\non_call_policy = \"web\"\n[[people]]\nhandle = \"ana\"",
            "2:18: \"on_call_policy\" in [[discord]] names unknown policy \"web\"",
        ),
        (
            "[[discord]]\ngateway_url = \"https://example.com\"",
            "2:15: \"gateway_url\" in [[discord]]: expected a URL that begins with wss://, or with ws:// for this machine",
        ),
        (
            "[[discord]]\napi_url = \"http://example.com\"",
            "2:11: \"api_url\" in [[discord]]: expected a URL that begins with https://, or with http:// for this machine",
        ),
        (
            "[[discord]]\n[[discord]]\nname = \"main\"",
            "3:8: Discord server \"main\" is there twice; give each its own \"name\"",
        ),
        (
            "[[discord]]\n[[people]]\nhandle = \"ana\"\ndiscord = { eu = \"1\" }",
            "4:11: person \"ana\" names unknown Discord server \"eu\"",
        ),
    ]);
    let sound = format!("[[discord]]\ngateway = false\npublic_key = \"{digits}\"\nguild = \"123456789012345678\"");
    let config = Config::parse(&sound, "firebell.toml").unwrap();
    assert_eq!(config.discord[0].guild().unwrap(), "123456789012345678");
    assert_eq!(
        config.discord[0].secrets().unwrap_err().to_string(),
        "the Discord server \"main\" has no bot token; set FIREBELL_DISCORD_BOT_TOKEN or \"bot_token_file\""
    );
}

#[test]
fn a_tracker_that_cannot_be_called_is_said() {
    let github = "[[trackers]]\nname = \"hub\"\nkind = \"github\"\n";
    let is_http = "expected a URL that begins with https://, or with http:// for this machine";
    for (more, expected) in [
        ("project = \"acme\"", "4:11: tracker \"hub\": prepare calls of GitHub: \"acme\" is no repository; give one as owner/name".to_owned()),
        ("project = \"a/b\"\nurl = \"http://example.org\"", format!("5:7: \"url\" of tracker \"hub\": {is_http}")),
        ("project = \"a/b\"\nwhen = \"never\"", "5:8: \"when\" in [[trackers]] cannot be \"never\"; write one of \"always\", \"asked\"".to_owned()),
        (
            "project = \"a/b\"\ntypes = [\"fix\"]",
            "5:10: \"types\" in [[trackers]]: \"fix\" is no type of follow-ups; it is one of prevent, detect, mitigate, process".to_owned(),
        ),
    ] {
        assert_eq!(error(&format!("{github}{more}")), format!("firebell.toml:{expected}"));
    }
    table(&[
        (
            "[actions]\ndigest = \"daily\"",
            "2:10: \"digest\" in [actions]: \"daily\" is no day and time; write them as \"mon 09:00\"",
        ),
        (
            "[actions]\nread_trackers_every = \"1s\"",
            "2:23: \"read_trackers_every\" in [actions]: expected a duration from \"15s\" to \"1h\"",
        ),
        (
            "[actions]\ndigest = \"mon 09:00\"\nchannels = { web = \"general\" }",
            "3:20: \"channels\" in [actions]: expected a channel, such as \"slack:C0123ABC\"",
        ),
    ]);
}
