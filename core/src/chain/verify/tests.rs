use proptest::prelude::*;

use super::*;
use crate::chain::{ChainError, Link, canonical};

/// One row of the database, which tests tamper with.
#[derive(Clone)]
struct Row {
    seq: i64,
    stream: String,
    kind: String,
    happened_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    actor: String,
    canonical: Vec<u8>,
    hash: Hash,
    body: Option<(Vec<u8>, String)>,
}

/// A whole stream with everything that is compared with it.
#[derive(Clone)]
struct Evidence {
    rows: Vec<Row>,
    redactions: BTreeSet<i64>,
    anchors: Vec<(i64, Hash)>,
    head: (i64, Hash),
}

/// Five entries of `INC-3`; the third is redacted, the second and fifth are anchored.
fn evidence() -> Evidence {
    let rows = chain("INC-3", &["declared", "spoke api down", "pasted secret", "redacted 3", "resolved"]);
    let anchors = vec![(5, rows[4].hash), (2, rows[1].hash)];
    let head = (5, rows[4].hash);
    let mut evidence = Evidence { rows, redactions: BTreeSet::from([3]), anchors, head };
    evidence.rows[2].body = None;
    evidence
}

fn chain(stream: &str, bodies: &[&str]) -> Vec<Row> {
    let mut prev = Hash::ZERO;
    let mut rows = Vec::new();
    for (seq, body) in (1..).zip(bodies) {
        let row = row(stream, seq, body, prev);
        prev = row.hash;
        rows.push(row);
    }
    rows
}

fn row(stream: &str, seq: i64, body: &str, prev: Hash) -> Row {
    let salt = vec![u8::try_from(seq).unwrap(); 16];
    let happened_at = DateTime::from_timestamp_micros(1_700_000_000_000_000 + seq).unwrap();
    let link = Link {
        stream,
        seq,
        kind: "note",
        happened_at,
        recorded_at: happened_at,
        actor: r#"{"person":7}"#,
        prev,
        body: body_hash(&salt, body),
    };
    let canonical = canonical(&link);
    Row {
        seq,
        stream: stream.into(),
        kind: "note".into(),
        happened_at,
        recorded_at: happened_at,
        actor: link.actor.into(),
        hash: entry_hash(&canonical),
        canonical,
        body: Some((salt, body.into())),
    }
}

/// Rewrites entry `seq` with another body and rehashes it alone, as a careful forger would.
fn rehash(evidence: &mut Evidence, seq: usize, body: &str) {
    let prev = seq.checked_sub(2).map_or(Hash::ZERO, |before| evidence.rows[before].hash);
    let number = i64::try_from(seq).unwrap();
    evidence.rows[seq - 1] = row("INC-3", number, body, prev);
}

fn verify(evidence: &Evidence) -> Result<Verified, Break> {
    let mut verifier = Verifier::new("INC-3", evidence.redactions.clone());
    for &(seq, hash) in &evidence.anchors {
        verifier = verifier.expect_anchor(seq, hash);
    }
    for row in &evidence.rows {
        verifier.push(&StoredEntry {
            seq: row.seq,
            stream: &row.stream,
            kind: &row.kind,
            happened_at: row.happened_at,
            recorded_at: row.recorded_at,
            actor: &row.actor,
            canonical: &row.canonical,
            hash: row.hash,
            body: row.body.as_ref().map(|(salt, body)| (&salt[..], &body[..])),
        })?;
    }
    verifier.finish(evidence.head.0, evidence.head.1)
}

#[test]
fn an_untouched_stream_verifies() {
    let evidence = evidence();
    let head = evidence.rows[4].hash;
    assert_eq!(verify(&evidence), Ok(Verified { entries: 5, redacted: 1, anchors: 2, head }));
}

#[test]
fn an_empty_stream_verifies() {
    let verified = Verifier::new("INC-3", BTreeSet::new()).expect_anchor(0, Hash::ZERO).finish(0, Hash::ZERO);
    assert_eq!(verified, Ok(Verified { entries: 0, redacted: 0, anchors: 1, head: Hash::ZERO }));
}

/// A tampering, and the break it must be found as.
type Case = (fn(&mut Evidence), i64, BreakReason);

fn chain_cases() -> Vec<Case> {
    use BreakReason as R;
    vec![
        (|e| drop(e.rows.remove(3)), 4, R::Gap { found: 5 }),
        (|e| drop(e.rows.remove(0)), 1, R::Gap { found: 2 }),
        (|e| e.rows.swap(3, 4), 4, R::Gap { found: 5 }),
        (|e| e.rows.insert(1, e.rows[0].clone()), 2, R::Gap { found: 1 }),
        (|e| e.rows[1].seq = i64::MIN, 2, R::Gap { found: i64::MIN }),
        (|e| e.rows[1].hash = Hash::ZERO, 2, R::HashDiffers),
        (|e| e.rows[1].canonical.push(0), 2, R::HashDiffers),
        (
            |e| {
                e.rows[1].canonical.push(0);
                e.rows[1].hash = entry_hash(&e.rows[1].canonical);
            },
            2,
            R::Unreadable(ChainError::Trailing),
        ),
        (|e| rehash(e, 1, "declared sev4"), 2, R::PreviousDiffers),
    ]
}

fn entry_cases() -> Vec<Case> {
    use BreakReason as R;
    vec![
        (|e| e.rows[1].stream = "INC-4".into(), 2, R::ColumnDiffers { column: "stream" }),
        (|e| e.rows = chain("INC-4", &["other"]), 1, R::ColumnDiffers { column: "stream" }),
        (
            |e| {
                e.rows[1] = row("INC-3", 9, "elsewhere", e.rows[0].hash);
                e.rows[1].seq = 2;
            },
            2,
            R::ColumnDiffers { column: "seq" },
        ),
        (|e| e.rows[1].kind = "fact".into(), 2, R::ColumnDiffers { column: "kind" }),
        (|e| e.rows[1].happened_at += chrono::TimeDelta::nanoseconds(1), 2, R::ColumnDiffers { column: "happened_at" }),
        (|e| e.rows[1].recorded_at -= chrono::TimeDelta::hours(1), 2, R::ColumnDiffers { column: "recorded_at" }),
        (|e| e.rows[1].actor = r#"{"person":8}"#.into(), 2, R::ColumnDiffers { column: "actor" }),
        (|e| e.rows[1].body = Some((vec![2; 16], "spoke api up".into())), 2, R::BodyDiffers),
        (|e| e.rows[1].body = Some((vec![], "spoke api down".into())), 2, R::BodyDiffers),
        (|e| e.rows[1].body = None, 2, R::BodyMissing),
        (|e| e.redactions.clear(), 3, R::BodyMissing),
        (|e| e.redactions.extend([2]), 2, R::BodyNotRedacted),
    ]
}

fn end_cases() -> Vec<Case> {
    use BreakReason as R;
    vec![
        (|e| drop(e.rows.pop()), 5, R::CountDiffers { head: 5, found: 4 }),
        (|e| e.rows.clear(), 1, R::CountDiffers { head: 5, found: 0 }),
        (|e| e.rows.push(row("INC-3", 6, "late", e.rows[4].hash)), 6, R::CountDiffers { head: 5, found: 6 }),
        (|e| e.head.1 = Hash::ZERO, 5, R::HeadDiffers),
        (
            |e| {
                e.anchors.clear();
                rehash(e, 5, "resolved by another");
            },
            5,
            R::HeadDiffers,
        ),
        (
            |e| {
                rehash(e, 5, "resolved by another");
                e.head.1 = e.rows[4].hash;
            },
            5,
            R::AnchorDiffers,
        ),
        (|e| e.anchors.push((2, Hash::ZERO)), 2, R::AnchorDiffers),
        (|e| e.anchors.push((0, e.rows[0].hash)), 0, R::AnchorDiffers),
        (
            |e| {
                drop(e.rows.pop());
                e.head = (4, e.rows[3].hash);
            },
            5,
            R::AnchorBeyondTail { found: 4 },
        ),
    ]
}

#[test]
fn every_tampering_is_found_for_its_own_reason() {
    let cases = [chain_cases(), entry_cases(), end_cases()].concat();
    for (number, (tamper, seq, why)) in cases.into_iter().enumerate() {
        let mut evidence = evidence();
        tamper(&mut evidence);
        let expected = Break { stream: "INC-3".into(), seq, why };
        assert_eq!(verify(&evidence), Err(expected), "case {number}");
    }
}

#[test]
fn a_break_reads_as_one_sentence() {
    let say = |seq, why| Break { stream: "INC-3".into(), seq, why }.to_string();
    assert_eq!(say(17, BreakReason::BodyDiffers), "INC-3: entry 17 was changed: its body does not match its hash");
    assert_eq!(say(4, BreakReason::Gap { found: 5 }), "INC-3: entry 4 is missing: entry 5 stands in its place");
    assert_eq!(say(3, BreakReason::BodyNotRedacted), "INC-3: redacted entry 3 still has its body");
    assert_eq!(
        say(18, BreakReason::CountDiffers { head: 20, found: 17 }),
        "INC-3: the tail was cut off: the head counts 20 entries and there are 17"
    );
    assert_eq!(
        say(6, BreakReason::CountDiffers { head: 5, found: 6 }),
        "INC-3: entries were added behind the head: it counts 5 entries and there are 6"
    );
}

proptest! {
    #[test]
    fn any_flipped_byte_is_found(
        row in 0..5_usize,
        part in 0..4_u8,
        at in any::<proptest::sample::Index>(),
        flip in 1..=u8::MAX,
    ) {
        let mut evidence = evidence();
        let row = &mut evidence.rows[row];
        let mut hash = *row.hash.as_bytes();
        let mut body = row.body.clone().map(|(salt, text)| (salt, text.into_bytes()));
        let bytes: &mut [u8] = match (part, &mut body) {
            (0, _) => &mut row.canonical,
            (1, Some((salt, _))) => salt,
            // A text column cannot hold broken UTF-8, so the body is damaged within ASCII.
            (2, Some((_, text))) => text,
            _ => &mut hash,
        };
        let flip = if part == 2 { flip & 0x7f } else { flip };
        prop_assume!(flip != 0);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        row.hash = Hash::from_bytes(hash);
        row.body = body.map(|(salt, text)| (salt, String::from_utf8(text).unwrap()));
        prop_assert!(verify(&evidence).is_err());
    }
}
