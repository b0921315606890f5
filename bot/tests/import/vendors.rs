//! Exports in the documented shapes, and all that becomes of them.

use firebell::import::{Kind, Vendor};

use crate::import::support::{FIXTURES, imported, now};
use crate::support::Home;

#[test]
fn each_vendor_is_carried_over() {
    for (vendor, json) in FIXTURES {
        let imported = imported(vendor, json);
        let whole = format!("{}\n----- report -----\n{}", imported.toml, imported.report);
        insta::assert_snapshot!(vendor.word(), whole);
    }
}

#[test]
fn what_is_made_passes_the_check_of_files() {
    let home = Home::with("[[slack]]\n");
    for (vendor, json) in FIXTURES {
        home.write("export.json", json);
        let file = home.run(&["import", vendor.word(), "export.json"]).done();
        home.write("org.toml", &file);
        let told = home.run(&["check", "org.toml"]).done();
        assert!(told.ends_with("the files are sound"), "{vendor}: {told}");
    }
}

#[test]
fn the_same_export_gives_the_same_file() {
    for (vendor, json) in FIXTURES {
        assert_eq!(imported(vendor, json), imported(vendor, json));
    }
}

#[test]
fn what_is_over_depends_on_the_time_alone() {
    let (_, json) = FIXTURES[0];
    let later = firebell::import::import(Vendor::PagerDuty, json, now() + chrono::TimeDelta::days(400)).unwrap();
    let commands = |report: &firebell::import::Report| {
        report.lines.iter().filter(|line| line.what.contains("/oncall override")).count()
    };
    assert_eq!((commands(&imported(Vendor::PagerDuty, json).report), commands(&later.report)), (2, 0));
    let over = later.report.lines.iter().find(|line| line.what == "layer \"Primary\" is over").unwrap();
    assert_eq!((over.about.as_str(), over.kind), ("schedule web", Kind::Left));
}

#[test]
fn words_name_vendors() {
    for vendor in Vendor::ALL {
        assert_eq!(vendor.word().parse(), Ok(vendor));
    }
    let error = "victorops".parse::<Vendor>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"victorops\" is no system to import from; write grafana-oncall, pagerduty or opsgenie"
    );
}
