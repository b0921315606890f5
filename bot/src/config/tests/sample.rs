use chrono::TimeDelta;
use firebell_core::action::ActionKind;
use firebell_core::directory::{ContactMethod, Standing};
use firebell_core::ids::Key;
use firebell_core::paging::policy::AckNeed;
use firebell_core::settings::Settings;

use crate::config::file::File;
use crate::config::{Config, KeySource};

const SAMPLE: &str = include_str!("../../../../firebell.sample.toml");

#[test]
fn the_sample_states_the_defaults() {
    let sample = Config::parse(SAMPLE, "firebell.sample.toml").unwrap();
    assert_eq!(format!("{sample:?}"), format!("{:?}", Config::default()));
    assert_eq!(sample.settings(), Settings::default());
}

#[test]
fn every_example_of_the_sample_can_be_used() {
    let config = Config::parse(&with_examples(), "firebell.sample.toml").unwrap();
    let settings = config.settings();
    assert_eq!(settings.severities[0].rooms, ["slack"]);
    let mut severities = settings.severities.clone();
    severities[0].rooms.clear();
    assert_eq!(severities, Settings::default().severities);
    assert_eq!(settings.roles.len(), 4);
    assert_eq!(settings.default_policy, Some(Key::new("web").unwrap()));
    assert_eq!(config.key_source().unwrap(), KeySource::File("firebell.key".into()));

    let synthetic = config.synthetic.clone().unwrap();
    assert_eq!((synthetic.person.as_str(), synthetic.method), ("ana", Some(ContactMethod::Slack)));
    assert_eq!((synthetic.every, synthetic.within), (TimeDelta::days(1), TimeDelta::minutes(5)));

    let proof = settings.proof.unwrap();
    assert_eq!((proof.every, proof.at.to_string()), (TimeDelta::days(30), "10:00:00".to_owned()));

    let documents = &settings.postmortem;
    let sev1 = Key::new("sev1").unwrap();
    assert_eq!((documents.due[&sev1], documents.required(&sev1)), (TimeDelta::days(5), 2));
    assert_eq!((documents.reviewers[&sev1].len(), documents.service_reviewers.len()), (2, 1));
    let [tracker, _] = &settings.trackers[..] else { panic!("{:?}", settings.trackers) };
    assert!(tracker.scope.always && !tracker.scope.private);
    assert_eq!(tracker.kinds, [ActionKind::Prevent, ActionKind::Detect]);
    assert_eq!(config.trackers.all[0].variable(), "FIREBELL_TRACKER_GITHUB_TOKEN");
    let kept: Vec<(&str, bool)> =
        settings.targets.iter().map(|target| (target.name.as_str(), target.scope.always)).collect();
    assert_eq!(kept, [("handbook", true), ("wiki", false), ("notion", false), ("audit", false), ("files", false)]);
    assert_eq!(settings.targets[0].scope.severities, [Key::new("sev1").unwrap(), Key::new("sev2").unwrap()]);
    assert_eq!(config.targets[0].variable(), "FIREBELL_TARGET_HANDBOOK_TOKEN");
    let digest = settings.digest.clone().unwrap();
    assert_eq!((digest.day, digest.at.to_string()), (chrono::Weekday::Mon, "09:00:00".to_owned()));
    assert_eq!(digest.channels.len(), 1);

    let directory = config.directory();
    let standings: Vec<Standing> = directory.people.iter().map(|person| person.standing).collect();
    assert_eq!(standings, [Standing::Admin, Standing::Responder, Standing::Guest]);
    let steps = &directory.policies[0].steps;
    assert_eq!((steps[0].wait_s, steps[0].needs), (300, AckNeed::Anyone));
    assert_eq!((steps[1].people.len(), steps[1].wait_s, steps[1].needs), (2, 600, AckNeed::Everyone));
    assert_eq!(directory.schedules[0].handoff_notice_s, Some(900));
    let (first, second) = (&directory.schedules[0].layers[0].layer, &directory.schedules[0].layers[1].layer);
    assert_eq!((first.name.as_str(), second.name.as_str(), second.priority), ("week", "office", 1));
    assert_eq!(second.windows.len(), 5);
    assert_eq!(directory.calendars[0].calendar.days.len(), 2);
    assert_eq!(directory.calendars[1].url.as_ref().unwrap().refresh_s, 6 * 3600);
    assert_eq!(directory.last_resort, [Key::new("ana").unwrap()]);
    assert_eq!(settings.person_wait, TimeDelta::minutes(5));
}

#[test]
fn every_key_is_in_the_sample() {
    let headers = [
        "",
        "[database]",
        "[key]",
        "[http]",
        "[notify]",
        "[alarm]",
        "[heartbeat]",
        "[synthetic]",
        "[proof]",
        "[templates]",
        "[log]",
        "[incidents]",
        "[postmortem]",
        "[actions]",
        "[retention]",
    ];
    let lists = [
        "[[slack]]",
        "[[discord]]",
        "[[incidents.severity]]",
        "[[incidents.role]]",
        "[[people]]",
        "[[teams]]",
        "[[services]]",
        "[[policies]]",
        "[[schedules]]",
        "[[calendars]]",
        "[[trackers]]",
        "[[postmortem.targets]]",
        "[[notify.carrier]]",
        "[notify.mail]",
        "[notify.twilio]",
        "[notify.ntfy]",
        "[notify.gotify]",
        "[notify.pushover]",
        "[notify.telegram]",
        "[notify.webhook]",
        "[notify.pagerduty]",
        "[notify.opsgenie]",
    ];
    let inner = ["[[policies]]\n[[policies.steps]]", "[[schedules]]\n[[schedules.layers]]"];
    let all = headers.into_iter().chain(lists).chain(inner);
    let mut seen = 0;
    for header in all {
        let error = toml::from_str::<File>(&format!("{header}\nno_such_key = 1")).err().unwrap();
        for key in error.message().split('`').skip(3).step_by(2) {
            let section = [format!("\n[{key}]"), format!("# [[{key}]]"), format!("# [[incidents.{key}]]")];
            let inner = [
                format!("# [[postmortem.{key}]]"),
                format!("# [[policies.{key}]]"),
                format!("# [[schedules.{key}]]"),
                format!("# [notify.{key}]"),
                format!("# [[notify.{key}]]"),
            ];
            let stated = SAMPLE.contains(&format!("\n{key} = ")) || SAMPLE.contains(&format!("\n# {key} = "));
            let found = stated || section.iter().chain(&inner).any(|header| SAMPLE.contains(header.as_str()));
            assert!(found || key == "webhook", "{key} of {header}");
            seen += 1;
        }
    }
    assert!(seen > 75, "only {seen} keys were looked for");
}

fn with_examples() -> String {
    let is_example = |line: &str| {
        let key = line.split_once(" = ").map_or("", |(key, _)| key);
        line.starts_with('[') && line.ends_with(']')
            || !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let uncommented = |line: &'static str| line.strip_prefix("# ").filter(|rest| is_example(rest)).unwrap_or(line);
    SAMPLE.lines().map(uncommented).collect::<Vec<_>>().join("\n")
}
