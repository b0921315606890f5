//! What `firebell doctor` says of those who have not proved that they can be reached.

use super::line;
use crate::notify::providers::http::Fake;
use crate::notify::providers::ntfy::Ntfy;
use crate::own_contacts::code_in;
use crate::support::{Home, Place};

/// Ana is needed and pushed to; bo is pushed to, and nobody needs him; cy is needed, and reached by chat alone.
const PEOPLE: &str = r#"
last_resort = ["cy"]
[incidents]
default_policy = "primary"
[[people]]
handle = "ana"
contacts = ["console", "ntfy"]
addresses = { ntfy = "anas-phone" }
[[people]]
handle = "bo"
contacts = ["console", "ntfy"]
addresses = { ntfy = "bos-phone" }
[[people]]
handle = "cy"
contacts = ["console"]
[[policies]]
key = "primary"
[[policies.steps]]
people = ["ana"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_needed_and_proved_nothing_are_named() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let ntfy = Fake::start(Ntfy::default()).await;
        let home = Home::new();
        let configure = |proof: &str| {
            let notify = format!("[notify]\nprivate_networks = true\n[notify.ntfy]\nurl = \"{}\"\n", ntfy.url);
            let kept = format!("[database]\nurl = \"{}\"\n[key]\nfile = \"firebell.key\"\n", place.url);
            home.write("firebell.toml", &format!("{PEOPLE}{kept}{notify}{proof}"));
        };
        configure("");
        home.feeds(&["console"], "").done();
        let silent = home.run(&["doctor"]).out;
        assert!(!silent.contains(" proof: "), "{silent}");

        configure("[proof]\nevery = \"30d\"\n");
        let noted = home.run(&["doctor"]).out;
        let says = line(&noted, "proof");
        assert!(
            says.starts_with("note     proof: 1 person who is needed for a schedule, a policy or the last resort has"),
            "{noted}"
        );
        assert!(says.contains("proved no contact method: @ana; let them confirm"), "{says}");
        assert!(says.ends_with("`/oncall proof` and `firebell contacts` tell who has not"), "{says}");

        let serving = home.serve();
        home.says("ana", "/oncall me test ntfy").done();
        ntfy.until(|ntfy| !ntfy.messages.is_empty()).await;
        let code = code_in(&ntfy.with(|ntfy| ntfy.messages[0]["message"].as_str().unwrap().to_owned()));
        home.says("ana", &format!("/oncall me confirm {code}")).done();
        serving.stop("-TERM");
        let well = home.run(&["doctor"]).out;
        assert!(line(&well, "proof").starts_with("ok       proof: whoever is needed"), "{well}");
        place.remove().await;
    }
}
