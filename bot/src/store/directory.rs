//! The directory's rows: read as one consistent copy, written change by change.

mod oncall;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use firebell_core::chain::Hash;
use firebell_core::directory::{
    Address, Chosen, ContactMethod, Directory, DirectoryChange, Identity, Origin, Person, PersonalRule, Service,
    Standing, Team,
};
use firebell_core::ids::{Key, PersonId, WorkspaceId};
use firebell_core::paging::policy::{PagingPolicy, Step, Terms};
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use uuid::Uuid;

use super::incidents::{Head, hash};
use super::read::Doc;
use super::{During as _, StoreError, Tx, Writes, execute, on, put};

/// The directory with the head of its stream.
#[derive(Debug, Clone)]
pub struct LoadedDirectory {
    pub directory: Directory,
    pub entries: i64,
    pub head: Head,
}

/// The hash at the end of the directory's stream, which names its content.
pub async fn head(tx: &mut Tx<'_>) -> Result<Hash, StoreError> {
    let sql = "SELECT head FROM directory WHERE id = 1";
    let bytes: Vec<u8> = on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await).during("look at the directory")?;
    hash(&bytes).ok_or_else(|| corrupt("directory", "1", "head"))
}

/// When the directory was changed last, if ever.
pub async fn changed_at(tx: &mut Tx<'_>) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT recorded_at FROM entry WHERE stream = 'directory' ORDER BY seq DESC LIMIT 1";
    on!(tx, |c| sqlx::query_scalar(sql).fetch_optional(c).await).during("look when the directory was changed")
}

/// Loads the whole directory; `lock` holds it until the end of the transaction.
pub async fn load(tx: &mut Tx<'_>, lock: bool) -> Result<LoadedDirectory, StoreError> {
    let locking = if lock { tx.for_update() } else { "" };
    let sql = format!("SELECT version, entries, head, signature, last_resort FROM directory WHERE id = 1 {locking}");
    let row: (i64, i64, Vec<u8>, String, Doc<Vec<PersonId>>) =
        on!(tx, |c| sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(c).await).during("load the directory")?;
    let (version, entries, head, signature, last_resort) = row;
    let hash = hash(&head).ok_or_else(|| corrupt("directory", "1", "head"))?;
    let directory = Directory {
        version,
        people: people(tx).await?.into_iter().map(|person| (person.id, person)).collect(),
        identities: identities(tx).await?,
        teams: teams(tx).await?.into_iter().map(|team| (team.key.clone(), team)).collect(),
        services: services(tx).await?.into_iter().map(|service| (service.key.clone(), service)).collect(),
        policies: policies(tx).await?.into_iter().map(|policy| (policy.key.clone(), policy)).collect(),
        schedules: oncall::schedules(tx).await?,
        overrides: oncall::overrides(tx).await?,
        swaps: oncall::swaps(tx).await?,
        handovers: oncall::handovers(tx).await?,
        calendars: oncall::calendars(tx).await?,
        last_resort: last_resort.of("directory", &1, "last resort")?,
    };
    Ok(LoadedDirectory { directory, entries, head: Head { hash, signature } })
}

fn corrupt(table: &'static str, id: &str, what: &str) -> StoreError {
    StoreError::Corrupt { table, id: id.to_owned(), why: format!("its {what} does not decode") }
}

/// Reads a closed set of words through the same serde names that JSON uses.
fn word<T: DeserializeOwned>((table, id, what): (&'static str, &str, &str), text: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| corrupt(table, id, what))
}

async fn people(tx: &mut Tx<'_>) -> Result<Vec<Person>, StoreError> {
    type Row = (
        Uuid,
        String,
        String,
        Option<String>,
        String,
        String,
        String,
        String,
        bool,
        Doc<Vec<PersonalRule>>,
        Doc<Chosen>,
    );
    let sql =
        "SELECT id, handle, name, email, zone, locale, standing, origin, active, rules, chosen FROM person ORDER BY id";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load people")?;
    let mut contacts = contacts(tx).await?;
    rows.into_iter()
        .map(|(id, handle, name, email, zone, locale, standing, origin, active, rules, chosen)| {
            let named = id.to_string();
            let (contacts, addresses) = contacts.remove(&id).unwrap_or_default();
            Ok(Person {
                id: PersonId(id),
                handle: Key::new(&handle).map_err(|_| corrupt("person", &named, "handle"))?,
                name,
                email,
                zone: zone.parse().map_err(|_| corrupt("person", &named, "zone"))?,
                locale,
                standing: word::<Standing>(("person", &named, "standing"), &standing)?,
                contacts,
                addresses,
                rules: rules.of("person", &named, "rules")?,
                chosen: chosen.of("person", &named, "choices")?,
                origin: word::<Origin>(("person", &named, "origin"), &origin)?,
                active,
            })
        })
        .collect()
}

type Contacts = (Vec<ContactMethod>, BTreeMap<ContactMethod, Address>);

async fn contacts(tx: &mut Tx<'_>) -> Result<HashMap<Uuid, Contacts>, StoreError> {
    let sql = "SELECT person, method, held FROM contact ORDER BY person, position";
    let rows: Vec<(Uuid, String, Option<Doc<Address>>)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load contacts")?;
    let mut contacts: HashMap<Uuid, Contacts> = HashMap::new();
    for (person, method, held) in rows {
        let method = word(("contact", &person.to_string(), "method"), &method)?;
        let (methods, addresses) = contacts.entry(person).or_default();
        methods.push(method);
        if let Some(held) = held {
            addresses.insert(method, held.of("contact", &person, "address")?);
        }
    }
    Ok(contacts)
}

async fn identities(tx: &mut Tx<'_>) -> Result<Vec<Identity>, StoreError> {
    let sql = "SELECT workspace, external_id, person, origin FROM identity ORDER BY workspace, external_id";
    let rows: Vec<(Uuid, String, Uuid, String)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load identities")?;
    rows.into_iter()
        .map(|(workspace, external_id, person, origin)| {
            let origin = word(("identity", &external_id, "origin"), &origin)?;
            Ok(Identity { workspace: WorkspaceId(workspace), external_id, person: PersonId(person), origin })
        })
        .collect()
}

async fn teams(tx: &mut Tx<'_>) -> Result<Vec<Team>, StoreError> {
    let sql = "SELECT key, name, members, origin FROM team ORDER BY key";
    let rows: Vec<(String, String, Doc<Vec<PersonId>>, String)> =
        on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load teams")?;
    rows.into_iter()
        .map(|(key, name, members, origin)| {
            let members = members.of("team", &key, "members")?;
            let origin = word(("team", &key, "origin"), &origin)?;
            Ok(Team { key: Key::new(&key).map_err(|_| corrupt("team", &key, "key"))?, name, members, origin })
        })
        .collect()
}

async fn services(tx: &mut Tx<'_>) -> Result<Vec<Service>, StoreError> {
    type Row = (
        String,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        Doc<Vec<String>>,
        Option<i64>,
        Doc<Vec<Key>>,
        String,
    );
    let sql = "SELECT key, name, team, policy, runbook, rooms, tier, depends_on, origin FROM service ORDER BY key";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load services")?;
    rows.into_iter()
        .map(|(key, name, team, policy, runbook, rooms, tier, depends_on, origin)| {
            let reference = |text: Option<String>| {
                text.map(|text| Key::new(&text)).transpose().map_err(|_| corrupt("service", &key, "reference"))
            };
            let (team, policy) = (reference(team)?, reference(policy)?);
            let origin = word(("service", &key, "origin"), &origin)?;
            let rooms = rooms.of("service", &key, "rooms")?;
            let depends_on = depends_on.of("service", &key, "dependencies")?;
            let key = Key::new(&key).map_err(|_| corrupt("service", &key, "key"))?;
            Ok(Service { key, name, team, policy, tier, depends_on, runbook, rooms, origin })
        })
        .collect()
}

async fn policies(tx: &mut Tx<'_>) -> Result<Vec<PagingPolicy>, StoreError> {
    type Row = (String, String, i64, i64, Doc<Vec<Step>>, Doc<Terms>, String);
    let sql = "SELECT key, name, version, rounds, steps, terms, origin FROM policy ORDER BY key";
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(sql).fetch_all(c).await).during("load policies")?;
    rows.into_iter()
        .map(|(key, name, version, rounds, steps, terms, origin)| {
            let steps = steps.of("policy", &key, "steps")?;
            let terms = terms.of("policy", &key, "terms")?;
            let origin = word(("policy", &key, "origin"), &origin)?;
            let key = Key::new(&key).map_err(|_| corrupt("policy", &key, "key"))?;
            Ok(PagingPolicy { key, name, version, steps, rounds, terms, origin })
        })
        .collect()
}

/// Writes one change.
pub async fn write(tx: &mut Tx<'_>, change: &DirectoryChange) -> Result<(), StoreError> {
    match change {
        DirectoryChange::PersonSaved(person) => save_person(tx, person).await,
        DirectoryChange::IdentityLinked(identity) => save_identity(tx, identity).await,
        DirectoryChange::IdentityUnlinked { workspace, external_id } => {
            let sql = "DELETE FROM identity WHERE workspace = $1 AND external_id = $2";
            execute!(tx, sql, [workspace.0, external_id.as_str()]).during("unlink an identity")?;
            Ok(())
        }
        DirectoryChange::TeamSaved(team) => save_team(tx, team).await,
        DirectoryChange::ServiceSaved(service) => save_service(tx, service).await,
        DirectoryChange::PolicySaved(policy) => save_policy(tx, policy).await,
        DirectoryChange::TeamRemoved { key } => remove(tx, "DELETE FROM team WHERE key = $1", key).await,
        DirectoryChange::ServiceRemoved { key } => remove(tx, "DELETE FROM service WHERE key = $1", key).await,
        DirectoryChange::PolicyRemoved { key } => remove(tx, "DELETE FROM policy WHERE key = $1", key).await,
        DirectoryChange::ScheduleSaved(schedule) => oncall::save_schedule(tx, schedule).await,
        DirectoryChange::ScheduleRemoved { key } => remove(tx, "DELETE FROM schedule WHERE key = $1", key).await,
        DirectoryChange::OverrideSaved(made) => oncall::save_override(tx, made).await,
        DirectoryChange::OverrideRemoved { id, .. } => oncall::remove_override(tx, *id).await,
        DirectoryChange::SwapSaved(swap) => oncall::save_swap(tx, swap).await,
        DirectoryChange::SwapRemoved { id } => oncall::remove_swap(tx, *id).await,
        DirectoryChange::HandoverSaved(handover) => oncall::save_handover(tx, handover).await,
        DirectoryChange::HandoverRemoved { schedule } => {
            remove(tx, "DELETE FROM handover WHERE schedule = $1", schedule).await
        }
        DirectoryChange::CalendarSaved(calendar) => oncall::save_calendar(tx, calendar).await,
        DirectoryChange::CalendarRemoved { key } => remove(tx, "DELETE FROM calendar WHERE key = $1", key).await,
        DirectoryChange::LastResortSet { people } => {
            let sql = "UPDATE directory SET last_resort = $1 WHERE id = 1";
            execute!(tx, sql, [Json(people)]).during("set the last resort")?;
            Ok(())
        }
    }
}

/// Moves the directory's version and the head of its stream, guarded by the version before.
pub async fn advance(
    tx: &mut Tx<'_>,
    (before, after, entries): (i64, i64, i64),
    head: &Head,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE directory SET version = $2, entries = $3, head = $4, signature = $5 WHERE id = 1 AND version = $1";
    let changed = execute!(tx, sql, [before, after, entries, head.hash.as_bytes().as_slice(), &head.signature])
        .during("advance the directory")?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict { table: "directory", id: "1".to_owned() }) }
}

fn text<T: serde::Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        other => unreachable!("a unit variant serialises as a word, not as {other:?}"),
    }
}

async fn save_person(tx: &mut Tx<'_>, p: &Person) -> Result<(), StoreError> {
    let sql = "INSERT INTO person (id, handle, name, email, zone, locale, standing, origin, active, rules, chosen) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, \
               name = excluded.name, email = excluded.email, zone = excluded.zone, locale = excluded.locale, \
               standing = excluded.standing, origin = excluded.origin, active = excluded.active, \
               rules = excluded.rules, chosen = excluded.chosen";
    execute!(
        tx,
        sql,
        [
            p.id.0,
            p.handle.as_str(),
            &p.name,
            p.email.as_deref(),
            p.zone.name(),
            &p.locale,
            text(p.standing),
            text(p.origin),
            p.active,
            Json(&p.rules),
            Json(&p.chosen)
        ]
    )
    .during("save a person")?;
    let forget = "DELETE FROM contact WHERE person = $1";
    execute!(tx, forget, [p.id.0]).during("replace contacts")?;
    let contacts: Vec<_> = (0_i64..).zip(&p.contacts).collect();
    let sql = "INSERT INTO contact (person, position, method, held) VALUES";
    Writes::alone(tx, |writes| {
        let row = |method: &ContactMethod| p.addresses.get(method).map(Json);
        put!(
            writes,
            "save contacts",
            sql,
            &contacts,
            |(position, method)| [p.id.0, *position, method.word(), row(method)],
            ""
        )
    })
    .await?;
    Ok(())
}

async fn save_identity(tx: &mut Tx<'_>, i: &Identity) -> Result<(), StoreError> {
    let sql = "INSERT INTO identity (workspace, external_id, person, origin) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (workspace, external_id) DO UPDATE SET person = excluded.person, origin = excluded.origin";
    execute!(tx, sql, [i.workspace.0, &i.external_id, i.person.0, text(i.origin)]).during("link an identity")?;
    Ok(())
}

async fn save_team(tx: &mut Tx<'_>, t: &Team) -> Result<(), StoreError> {
    let sql = "INSERT INTO team (key, name, members, origin) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE \
               SET name = excluded.name, members = excluded.members, origin = excluded.origin";
    execute!(tx, sql, [t.key.as_str(), &t.name, Json(&t.members), text(t.origin)]).during("save a team")?;
    Ok(())
}

async fn save_service(tx: &mut Tx<'_>, s: &Service) -> Result<(), StoreError> {
    let sql = "INSERT INTO service (key, name, team, policy, runbook, rooms, tier, depends_on, origin) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT (key) DO UPDATE SET name = excluded.name, team = excluded.team, policy = excluded.policy, \
               runbook = excluded.runbook, rooms = excluded.rooms, tier = excluded.tier, \
               depends_on = excluded.depends_on, origin = excluded.origin";
    execute!(
        tx,
        sql,
        [
            s.key.as_str(),
            &s.name,
            s.team.as_ref().map(Key::as_str),
            s.policy.as_ref().map(Key::as_str),
            s.runbook.as_deref(),
            Json(&s.rooms),
            s.tier,
            Json(&s.depends_on),
            text(s.origin)
        ]
    )
    .during("save a service")?;
    Ok(())
}

async fn save_policy(tx: &mut Tx<'_>, p: &PagingPolicy) -> Result<(), StoreError> {
    let sql = "INSERT INTO policy (key, name, version, rounds, steps, terms, origin) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (key) DO UPDATE SET name = excluded.name, version = excluded.version, \
               rounds = excluded.rounds, steps = excluded.steps, terms = excluded.terms, origin = excluded.origin";
    execute!(tx, sql, [p.key.as_str(), &p.name, p.version, p.rounds, Json(&p.steps), Json(&p.terms), text(p.origin)])
        .during("save a policy")?;
    Ok(())
}

async fn remove(tx: &mut Tx<'_>, sql: &'static str, key: &Key) -> Result<(), StoreError> {
    execute!(tx, sql, [key.as_str()]).during("remove from the directory")?;
    Ok(())
}
