//! Whether those who are needed have proved that they can be reached, where `[proof]` asks them to.

use crate::intake::{Fault, Intake};
use crate::platform::finding::Finding;

const ABOUT: &str = "proof";
/// How many are named.
const NAMED: usize = 5;

/// Where nobody is asked, nothing is said.
pub(super) async fn examine(intake: &Intake) -> Option<Finding> {
    intake.settings.proof?;
    let found = needed_without(intake).await;
    Some(found.map_or_else(|why| Finding::problem(ABOUT, why.to_string()), |handles| of(&handles)))
}

/// Those who are needed and of whom no method beside chat is proved.
async fn needed_without(intake: &Intake) -> Result<Vec<String>, Fault> {
    let directory = intake.directory().await?;
    let unproved = intake.unproved().await?.into_iter();
    let needed = unproved.filter(|held| held.all && directory.duty_of(held.person).is_some());
    let mut handles: Vec<String> = needed.map(|held| format!("@{}", directory.handle(held.person))).collect();
    handles.sort();
    Ok(handles)
}

fn of(handles: &[String]) -> Finding {
    let count = handles.len();
    if count == 0 {
        let says = "whoever is needed for a schedule, a policy or the last resort has proved a contact method, or has \
                    none beside chat";
        return Finding::ok(ABOUT, says);
    }
    let named = handles.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    let who = if count == 1 { "1 person who is" } else { &format!("{count} people who are") };
    let have = if count == 1 { "has" } else { "have" };
    Finding::note(
        ABOUT,
        format!(
            "{who} needed for a schedule, a policy or the last resort {have} proved no contact method: {named}{more}; let \
             them confirm what they were sent, or give `/oncall me test`. `/oncall proof` and `firebell contacts` tell \
             who has not"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::finding::Level;

    #[test]
    fn a_handful_is_named() {
        let handles: Vec<String> = (1..=6).map(|n| format!("@p{n}")).collect();
        let Finding { level, says, .. } = of(&handles);
        assert_eq!(level, Level::Note);
        assert!(says.starts_with("6 people who are needed for "), "{says}");
        assert!(says.contains(": @p1, @p2, @p3, @p4, @p5 and 1 more; "), "{says}");
        assert!(of(&handles[..5]).says.contains(": @p1, @p2, @p3, @p4, @p5; "));
        assert!(of(&handles[..1]).says.starts_with("1 person who is needed for "));
        assert_eq!(of(&[]).level, Level::Ok);
    }
}
