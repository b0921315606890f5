//! What of incidents is searched. Core cuts it into words and marks; here they are stored with the incident they are of, and
//! candidates are found by them.

use std::collections::BTreeMap;

use firebell_core::ids::IncidentId;
use firebell_core::incident::Incident;
use firebell_core::similar::{Frequencies, Plan, Row, searched};

use super::incidents::{Loaded, get_sound};
use super::read::sound;
use super::{During as _, StoreError, Tx, Writes, execute, on, put, select_in};

/// By which rules core cuts words. It rises with them, so that what was cut by others is cut anew.
const RULES: i64 = 2;
/// So many candidates are read that rare words find, which core's plan hardly ever exceeds; and so many that others do.
const RARE_MAX: i64 = 800;
const COMMON_MAX: i64 = 200;
const MARKED_MAX: i64 = 50;
/// Words that nearly all have are looked for among so many of the newest incidents.
const NEWEST: i64 = 1_000;
/// More marks than this are not looked for.
const MARKS_MAX: usize = 12;
/// So many incidents are filled in at a time.
const SLICE: usize = 500;

/// Writes what is searched of those incidents of which it changed, each beside what it was.
pub(super) fn save(writes: &mut Writes, rows: &[(Option<Incident>, Loaded)]) -> Result<(), StoreError> {
    let changed = rows.iter().filter(|(before, now)| before.as_ref().map(searched) != Some(searched(&now.incident)));
    let changed: Vec<(Option<Row>, Row)> =
        changed.map(|(before, now)| (before.as_ref().map(Row::of), Row::of(&now.incident))).collect();
    put_rows(writes, &changed)
}

fn put_rows(writes: &mut Writes, changed: &[(Option<Row>, Row)]) -> Result<(), StoreError> {
    if changed.is_empty() {
        return Ok(());
    }
    put!(
        writes,
        "save searched words",
        "INSERT INTO searched (incident, title, body, marks) VALUES",
        changed,
        |(_, row)| [row.incident.0, row.title.as_str(), row.body.as_str(), row.marks.as_str()],
        "ON CONFLICT (incident) DO UPDATE SET title = excluded.title, body = excluded.body, marks = excluded.marks"
    )?;
    let known: Vec<i64> = changed.iter().filter_map(|(before, row)| before.as_ref().map(|_| row.incident.0)).collect();
    let head = "DELETE FROM searched_mark WHERE incident IN (VALUES";
    put!(writes, "take back searched marks", head, &known, |incident| [*incident], ")")?;
    let marks: Vec<(&str, i64)> =
        changed.iter().flat_map(|(_, row)| row.borrowed().each_mark().map(|mark| (mark, row.incident.0))).collect();
    let head = "INSERT INTO searched_mark (mark, incident) VALUES";
    put!(writes, "save searched marks", head, &marks, |(mark, incident)| [*mark, *incident], "ON CONFLICT DO NOTHING")?;
    count(writes, changed)
}

/// Counts in how many incidents words are. In their order, so that two who count at once do not wait for each other.
fn count(writes: &mut Writes, changed: &[(Option<Row>, Row)]) -> Result<(), StoreError> {
    let mut more: BTreeMap<&str, i64> = BTreeMap::new();
    for (before, now) in changed {
        before.iter().flat_map(|row| row.borrowed().words()).for_each(|word| *more.entry(word).or_default() -= 1);
        now.borrowed().words().for_each(|word| *more.entry(word).or_default() += 1);
    }
    let more: Vec<(&str, i64)> = more.into_iter().filter(|(_, more)| *more != 0).collect();
    put!(
        writes,
        "count searched words",
        "INSERT INTO searched_word (word, incidents) VALUES",
        &more,
        |(word, more)| [*word, *more],
        "ON CONFLICT (word) DO UPDATE SET incidents = searched_word.incidents + excluded.incidents"
    )?;
    let less: Vec<&str> = more.iter().filter(|(_, more)| *more < 0).map(|(word, _)| *word).collect();
    let head = "DELETE FROM searched_word WHERE incidents < 1 AND word IN (VALUES";
    put!(writes, "forget searched words", head, &less, |word| [*word], ")")
}

/// In how many incidents these words are.
pub async fn frequencies(tx: &mut Tx<'_>, words: &[String]) -> Result<Frequencies, StoreError> {
    let incidents = "SELECT next_incident - 1 FROM installation WHERE id = 1";
    let incidents: Option<i64> =
        on!(&mut *tx, |c| sqlx::query_scalar(incidents).fetch_optional(c).await).during("count incidents")?;
    let head = "SELECT word, incidents FROM searched_word WHERE word IN";
    let of: Vec<(String, i64)> = select_in!(tx, head, [], words, "").during("look how common words are")?;
    Ok(Frequencies { incidents: incidents.unwrap_or(0), of: of.into_iter().collect() })
}

/// Candidates as the database found them: texts of which each line is one, with tabs between what is searched of it. A
/// thousand rows would cost several times as much, since each is handed from thread to thread, or sent, by itself.
#[derive(Debug)]
pub struct Candidates(Vec<String>);

impl Candidates {
    /// Each of them; some may come several times. One that was edited by hand so that it cannot be read is reported and
    /// passed over.
    pub fn rows(&self) -> Vec<Row<&str>> {
        sound(self.0.iter().flat_map(|text| text.lines()).map(of_line), "incident that is searched")
    }
}

/// Every candidate in one value, of what follows. Words and marks hold neither tabs nor line feeds.
macro_rules! lines_of {
    ($from:expr) => {
        concat!("SELECT string_agg(incident || '\t' || title || '\t' || body || '\t' || marks, '\n') FROM ", $from)
    };
}
pub(super) use lines_of;

fn of_line(line: &str) -> Result<Row<&str>, StoreError> {
    let mut parts = line.split('\t');
    let (incident, rest) = (parts.next(), [parts.next(), parts.next(), parts.next(), parts.next()]);
    match (incident.and_then(|incident| incident.parse().ok()), rest) {
        (Some(incident), [Some(title), Some(body), Some(marks), None]) => {
            Ok(Row { incident: IncidentId(incident), title, body, marks })
        }
        _ => {
            let why = "its words hold tabs or line feeds".to_owned();
            Err(StoreError::Corrupt { table: "searched", id: incident.unwrap_or_default().to_owned(), why })
        }
    }
}

/// The candidates that a plan finds before this number.
pub async fn candidates(tx: &mut Tx<'_>, plan: &Plan, below: i64) -> Result<Candidates, StoreError> {
    let mut found = vec![marked(tx, &plan.marks, below).await?];
    if plan.newest {
        let sql = lines_of!(
            "(SELECT incident, title, body, marks FROM searched WHERE incident < $1 ORDER BY incident DESC LIMIT $2) \
             AS newest"
        );
        let newest = on!(&mut *tx, |c| sqlx::query_scalar(sql).bind(below).bind(NEWEST).fetch_one(c).await);
        found.push(newest.during("read the newest incidents")?);
    }
    let common = if plan.common.len() > 1 { tx.any_two_words(&plan.common) } else { tx.any_word(&plan.common) };
    let mut wanted = vec![(tx.any_word(&plan.rare), RARE_MAX), (common, COMMON_MAX)];
    wanted.retain(|(words, _)| !words.is_empty());
    if !wanted.is_empty() {
        found.extend(worded(tx, &wanted, below).await?);
    }
    Ok(Candidates(found.into_iter().flatten().collect()))
}

/// The newest that have each of these marks.
async fn marked(tx: &mut Tx<'_>, marks: &[String], below: i64) -> Result<Option<String>, StoreError> {
    let marks = marks.get(..MARKS_MAX).unwrap_or(marks);
    if marks.is_empty() {
        return Ok(None);
    }
    let newest_of = |at: usize| {
        format!(
            "SELECT incident FROM (SELECT incident FROM searched_mark WHERE mark = ${at} AND incident < ${} \
             ORDER BY incident DESC LIMIT {MARKED_MAX}) AS newest{at}",
            marks.len() + 1
        )
    };
    let each = (1..=marks.len()).map(newest_of).collect::<Vec<_>>().join(" UNION ");
    let sql = format!(lines_of!("searched WHERE incident IN ({})"), each);
    let found = on!(tx, |c| {
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
        marks.iter().fold(query, sqlx::query::QueryScalar::bind).bind(below).fetch_one(c).await
    });
    found.during("look for marks")
}

/// What each of these queries finds, up to its limit of the newest.
async fn worded(tx: &mut Tx<'_>, wanted: &[(String, i64)], below: i64) -> Result<Vec<Option<String>>, StoreError> {
    let (before, sql, after) = tx.full_text();
    if let Some(before) = before {
        execute!(tx, before, []).during("prepare to look for words")?;
    }
    let mut found = Vec::with_capacity(wanted.len());
    for (words, most) in wanted {
        let one = on!(&mut *tx, |c| sqlx::query_scalar(sql).bind(words).bind(below).bind(most).fetch_one(c).await);
        found.push(one.during("look for words")?);
    }
    if let Some(after) = after {
        execute!(tx, after, []).during("have looked for words")?;
    }
    Ok(found)
}

/// Whether something is to be filled in: incidents of which nothing is searched, or words that were cut by other rules.
pub(super) async fn lacks(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT searched <> $1 OR (SELECT count(*) FROM incident) <> (SELECT count(*) FROM searched) \
               FROM installation WHERE id = 1";
    let lacks: Option<bool> =
        on!(tx, |c| sqlx::query_scalar(sql).bind(RULES).fetch_optional(c).await).during("compare searched words")?;
    Ok(lacks.unwrap_or(false))
}

/// Fills in what is missing, alone in its transaction.
pub(super) async fn fill(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    if let Some(lock) = tx.lock_searched() {
        execute!(tx, lock, []).during("lock searched words")?;
    }
    let other = "SELECT searched <> $1 FROM installation WHERE id = 1";
    let other: Option<bool> = on!(&mut *tx, |c| sqlx::query_scalar(other).bind(RULES).fetch_optional(c).await)
        .during("compare searched words")?;
    if other.unwrap_or(false) {
        execute!(tx, "DELETE FROM searched", []).during("empty searched words")?;
        execute!(tx, "DELETE FROM searched_mark", []).during("empty searched marks")?;
        execute!(tx, "DELETE FROM searched_word", []).during("empty counted words")?;
        execute!(tx, "UPDATE installation SET searched = $1 WHERE id = 1", [RULES]).during("note how words are cut")?;
    }
    let sql = "SELECT number FROM incident WHERE number NOT IN (SELECT incident FROM searched) ORDER BY number";
    let missing: Vec<i64> =
        on!(&mut *tx, |c| sqlx::query_scalar(sql).fetch_all(c).await).during("list incidents that are not searched")?;
    for slice in missing.chunks(SLICE) {
        let loaded = get_sound(tx, slice).await?;
        let rows: Vec<(Option<Row>, Row)> = loaded.iter().map(|loaded| (None, Row::of(&loaded.incident))).collect();
        Writes::alone(tx, |writes| put_rows(writes, &rows)).await?;
    }
    Ok(())
}
