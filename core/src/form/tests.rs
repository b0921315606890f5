use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::action::{ActionKind, Priority};
use crate::actor::{Actor, Via, Who};
use crate::command::parse::Context;
use crate::command::{ActionTraits, Ask, CauseCommand, Command, Quote, Request, ReviewCommand};
use crate::ids::{CauseId, EntryId, Key};
use crate::incident::{ActiveStatus, Incident, Mark, Said, Visibility};
use crate::rca::{Cause, CauseRole, Verdict};
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::timeline::{Declared, Entry};

/// Names of fields, and what was filled in.
type Filled<'v> = &'v [(&'v str, &'v [&'v str])];

fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn filled(fields: &[(&str, &[&str])]) -> Values {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    fields.iter().map(|(name, values)| ((*name).to_owned(), owned(values))).collect()
}

fn read_all(kind: FormKind, values: &[(&str, &[&str])]) -> Result<Vec<Command>, Refusal> {
    let settings = Settings::default();
    let context = Context { zone: chrono_tz::UTC, now: now(), severities: &settings.severities };
    let command = |values: Values| match request(kind, Some(IncidentId(4)), (&values, None), &context)?.ask {
        Ask::Command(command) => Ok(command),
        Ask::Query(_) | Ask::Own(_) | Ask::OnCall(_) => panic!("no command"),
    };
    split(kind, &filled(values)).into_iter().map(command).collect()
}

#[test]
fn a_declaration_is_read_whole() {
    let values: &[(&str, &[&str])] = &[
        ("title", &["  api is down "]),
        ("severity", &["sev1"]),
        ("services", &["checkout", "search"]),
        ("description", &["since the deploy\nat nine"]),
        ("options", &["private", "drill"]),
    ];
    let commands = read_all(FormKind::Declare, values).unwrap();
    let [Command::Declare(declare)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(declare.title, "api is down");
    assert_eq!(declare.severity.as_deref(), Some("sev1"));
    assert_eq!(declare.services, ["checkout", "search"]);
    assert_eq!(declare.description.as_deref(), Some("since the deploy\nat nine"));
    assert!(declare.private && declare.drill && !declare.here);
}

#[test]
fn what_was_left_open_is_absent() {
    let commands = read_all(FormKind::Declare, &[("title", &["x"]), ("services", &[]), ("description", &[" "])]);
    let [Command::Declare(declare)] = commands.as_deref().unwrap() else { panic!() };
    assert_eq!((declare.severity.as_ref(), declare.description.as_ref()), (None, None));
    assert_eq!(
        read_all(FormKind::Action, &[("text", &["alert on disk"])]).unwrap(),
        [Command::AddAction {
            text: "alert on disk".to_owned(),
            owner: None,
            due: None,
            traits: ActionTraits::default()
        }]
    );
    assert!(read_all(FormKind::Change, &[]).is_err());
}

#[test]
fn each_form_is_what_its_command_says() {
    let text = |text: &str| text.to_owned();
    let wrote = |text: &str, over: Option<i64>| {
        let (section, text) = (crate::ids::Key::new("lessons").unwrap(), text.to_owned());
        Command::Review(ReviewCommand::Write { section, text, over: over.map(crate::ids::EntryId) })
    };
    let cases: [(FormKind, Filled<'_>, Vec<Command>); 6] = [
        (
            FormKind::Update,
            &[("text", &["half are back"]), ("next", &["30m"])],
            vec![Command::Update { text: text("half are back"), next: Some(TimeDelta::minutes(30)) }],
        ),
        (
            FormKind::Change,
            &[("severity", &["sev2"]), ("status", &["mitigated"])],
            vec![Command::Severity { to: text("sev2") }, Command::Status { to: ActiveStatus::Mitigated }],
        ),
        (
            FormKind::Action,
            &[
                ("text", &["alert"]),
                ("owner", &["bo"]),
                ("due", &["2026-03-06 10:00"]),
                ("type", &["Detect"]),
                ("priority", &["low"]),
            ],
            vec![Command::AddAction {
                text: text("alert"),
                owner: Some(text("bo")),
                due: Some("2026-03-06T10:00:00Z".parse().unwrap()),
                traits: ActionTraits { kind: Some(ActionKind::Detect), priority: Some(Priority::Low), cause: None },
            }],
        ),
        (FormKind::Resolve, &[("summary", &["rolled back"])], vec![Command::Resolve { summary: text("rolled back") }]),
        (FormKind::Section, &[("section", &["lessons E7"]), ("text", &["test it"])], vec![wrote("test it", Some(7))]),
        (FormKind::Section, &[("section", &["Lessons"]), ("text", &[" "])], vec![wrote("", None)]),
    ];
    for (kind, values, expected) in cases {
        assert_eq!(read_all(kind, values).unwrap(), expected, "{kind:?}");
    }
}

#[test]
fn a_refusal_stands_at_its_field() {
    let long = "x".repeat(20_000);
    let cases: [(FormKind, Filled<'_>, &str); 11] = [
        (FormKind::Declare, &[], "title"),
        (FormKind::Declare, &[("title", &[&long])], "title"),
        (FormKind::Declare, &[("title", &["x"]), ("description", &[&long])], "description"),
        (FormKind::Update, &[], "text"),
        (FormKind::Update, &[("text", &["x"]), ("next", &["soon"])], "next"),
        (FormKind::Action, &[("text", &["x"]), ("due", &["whenever"])], "due"),
        (FormKind::Action, &[("text", &["x"]), ("type", &["whatever"])], "type"),
        (FormKind::Action, &[("text", &["x"]), ("priority", &["whatever"])], "priority"),
        (FormKind::Resolve, &[("summary", &["  "])], "summary"),
        (FormKind::Section, &[], "section"),
        (FormKind::Section, &[("section", &["a.b"])], "section"),
    ];
    for (kind, values, field) in cases {
        let refusal = read_all(kind, values).unwrap_err();
        assert_eq!(field_of(kind, &refusal), field, "{kind:?} {refusal}");
    }
    let unknown = |named: &str| Refusal::UnknownService { named: named.to_owned(), nearest: None };
    assert_eq!(field_of(FormKind::Declare, &unknown("x")), "services");
    let already = |is: &str| Refusal::Already { incident: IncidentId(1), is: is.to_owned() };
    for (is, field) in [("identified", "status"), ("SEV2", "severity"), ("sev2", "severity")] {
        assert_eq!(field_of(FormKind::Change, &already(is)), field, "{is}");
    }
}

#[test]
fn every_field_that_a_refusal_can_name_is_there() {
    let settings = Settings::default();
    let forms = [declare(&settings, "a\ntitle", "more"), cite()];
    for form in &forms {
        let named = field_of(form.kind, &Refusal::Empty { what: "anything".to_owned() });
        assert!(form.fields.iter().any(|field| field.name == named), "{named} of {:?}", form.kind);
        assert!(form.title.chars().count() <= 24 && form.submit.chars().count() <= 24, "{form:?}");
    }
    let Input::Line { initial, .. } = &forms[0].fields[0].input else { panic!() };
    assert_eq!(initial, "a title");
}

#[test]
fn a_message_is_cited_in_the_incident_that_was_chosen() {
    let settings = Settings::default();
    let context = Context { zone: chrono_tz::UTC, now: now(), severities: &settings.severities };
    let quote = Quote { text: "it broke at nine".to_owned(), author: None, said_at: now(), link: None };
    let cite = |chosen: &[(&str, &[&str])]| {
        request(FormKind::Cite, None, (&filled(chosen), Some(&quote)), &context).map(|request| request.incident)
    };
    for named in ["INC-7", "7", "#7", "INC-7 checkout is down"] {
        assert_eq!(cite(&[("incident", &[named])]).unwrap(), Some(IncidentId(7)), "{named}");
    }
    for chosen in [&[][..], &[("incident", &["checkout"][..])][..]] {
        assert_eq!(field_of(FormKind::Cite, &cite(chosen).unwrap_err()), "incident");
    }
}

fn analysed() -> Incident {
    let mark = Mark { at: now(), by: Who::Firebell, entry: EntryId(1) };
    let declared = Declared {
        id: IncidentId(4),
        title: "api is down".to_owned(),
        incident_type: Key::new("default").unwrap(),
        severity: Key::new("sev3").unwrap(),
        visibility: Visibility::Public,
        drill: false,
        owning_team: None,
        services: Vec::new(),
        fields: Vec::new(),
        impact_started: None,
        update_due: None,
        announced: Vec::new(),
        mirror: false,
    };
    let actor = Actor { who: mark.by.clone(), via: Via::Web };
    let entry = Entry {
        id: EntryId(1),
        happened_at: now(),
        recorded_at: now(),
        actor,
        kind: "declared".to_owned(),
        change: None,
    };
    let mut incident = Incident::born(&declared, &entry);
    for (id, verdict) in [(1, Verdict::Open), (2, Verdict::RuledOut { reason: "no".to_owned() })] {
        incident.analysis.causes.push(Cause {
            id: CauseId(id),
            role: CauseRole::Factor,
            said: Said { text: format!("cause\n{id}"), mark: mark.clone() },
            category: Some(Key::new("weather").unwrap()),
            verdict,
            judged: None,
            evidence: Vec::new(),
        });
    }
    incident
}

#[test]
fn a_cause_is_changed_with_what_it_says_filled_in() {
    let (incident, settings) = (analysed(), Settings::default());
    assert_eq!(cause(&incident, CauseId(9), &settings), None);
    let form = cause(&incident, CauseId(1), &settings).unwrap();
    let initial = |field: &Field| match &field.input {
        Input::Line { initial, .. } | Input::Text { initial, .. } => initial.clone(),
        Input::Choice { choices, initial } => {
            let held = initial.clone().unwrap();
            assert!(choices.iter().any(|choice| choice.value == held), "{held} can be kept");
            held
        }
        other => panic!("{other:?}"),
    };
    let values: Values = form.fields.iter().map(|field| (field.name.to_owned(), vec![initial(field)])).collect();
    let context = Context { zone: chrono_tz::UTC, now: now(), severities: &settings.severities };
    let read = |values: &Values| request(FormKind::Cause, form.incident, (values, None), &context);
    let edit = |role, category: &str| CauseCommand::Edit {
        cause: CauseId(1),
        text: Some("cause\n1".to_owned()),
        role: Some(role),
        category: Some(category.to_owned()),
    };
    let expected = Request {
        incident: Some(IncidentId(4)),
        ask: Ask::Command(Command::Analysis(edit(CauseRole::Factor, "weather"))),
    };
    assert_eq!(read(&values), Ok(expected));
    let mut typed = values.clone();
    typed.insert("role".to_owned(), vec!["What limited the damage".to_owned()]);
    typed.remove("category");
    let Ok(Request { ask: Ask::Command(Command::Analysis(step)), .. }) = read(&typed) else { panic!() };
    assert_eq!(step, edit(CauseRole::Limited, "none"));
    for (name, value, field) in
        [("cause", "it", "cause"), ("cause", "", "cause"), ("text", " ", "text"), ("role", "reason", "role")]
    {
        let mut wrong = values.clone();
        wrong.insert(name.to_owned(), vec![value.to_owned()]);
        assert_eq!(field_of(FormKind::Cause, &read(&wrong).unwrap_err()), field, "{name} {value:?}");
    }
}

#[test]
fn evidence_is_for_a_cause_that_was_not_ruled_out() {
    let incident = analysed();
    assert_eq!(evidence(&[]), None);
    let form = evidence(&[incident]).unwrap();
    let Input::Choice { choices, initial } = &form.fields[0].input else { panic!() };
    assert_eq!(choices, &[Choice { value: "INC-4 F1".to_owned(), label: "F1 cause 1".to_owned() }]);
    assert_eq!(initial.as_deref(), Some("INC-4 F1"));
    assert_eq!(chosen_cause(&filled(&[("cause", &["INC-4 F1"])])), Ok((IncidentId(4), CauseId(1))));
    for wrong in ["F1", "INC-4", "", "4 1"] {
        let refusal = chosen_cause(&filled(&[("cause", &[wrong])])).unwrap_err();
        assert_eq!(field_of(FormKind::Evidence, &refusal), "cause", "{wrong:?}");
    }
}
