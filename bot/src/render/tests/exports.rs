//! The record as JSON, and its schema.

use firebell_core::view::{ExportView, LinkExport, TimelineView};

use super::{HOSTILE, Sample, Target, full, renderer};

/// A file of the repository holds this text; with `FIREBELL_REGENERATE=1` it is written.
pub(super) fn keeps(path: &str, text: &str) {
    let full = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("FIREBELL_REGENERATE").is_some() {
        std::fs::write(&full, text).unwrap();
    }
    let held = std::fs::read_to_string(&full).unwrap_or_default();
    assert!(
        held == text,
        "{path} is not what the types say; write it anew by FIREBELL_REGENERATE=1 cargo nextest run --workspace -E 'test(kept_in_step)'"
    );
}

/// The record as JSON, with links that chain nothing.
fn export_of(sample: &Sample) -> serde_json::Value {
    let link = LinkExport { canonical: "00".into(), hash: "3f".repeat(32), salt: None, body: None };
    ExportView::of(&sample.record(), std::iter::repeat(link)).into_value().unwrap()
}

#[test]
fn a_record_keeps_to_its_schema() {
    let schema = serde_json::to_value(ExportView::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for sample in [full("words"), full(HOSTILE)] {
        let export = export_of(&sample);
        let errors: Vec<String> =
            validator.iter_errors(&export).map(|error| format!("{}: {error}", error.instance_path)).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
    assert!(!validator.is_valid(&serde_json::json!({ "incident": {} })));
}

#[test]
fn the_schema_of_records_is_kept_in_step() {
    let schema = serde_json::to_string_pretty(&ExportView::schema()).unwrap() + "\n";
    keeps("core/record.schema.json", &schema);
}

#[test]
fn a_redacted_entry_shows_its_marker_and_an_export_nothing_more() {
    let sample = full("words");
    let export = export_of(&sample);
    assert!(export["entries"][5]["change"].is_null());
    assert_eq!(export["entries"][5]["kind"], "noted");
    let timeline = renderer().timeline(Target::Console, &TimelineView::of(&sample.record())).unwrap();
    assert!(timeline.contains("E6  [redacted]"), "{timeline}");
}
