//! What the parts of an export are called, and what things look like that nobody has named.

use serde_json::Value;

use super::{Vendor, json};

/// A kind of item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Users,
    Teams,
    Services,
    Schedules,
    Shifts,
    Overrides,
    Chains,
    Policies,
    Integrations,
    Routes,
    Rules,
}

impl Part {
    pub(super) const ALL: [Self; 11] = [
        Self::Users,
        Self::Teams,
        Self::Services,
        Self::Schedules,
        Self::Shifts,
        Self::Overrides,
        Self::Chains,
        Self::Policies,
        Self::Integrations,
        Self::Routes,
        Self::Rules,
    ];

    /// Whether it belongs to another thing, and needs no name of its own.
    pub(super) fn is_of_another(self) -> bool {
        matches!(self, Self::Shifts | Self::Overrides | Self::Policies | Self::Routes | Self::Rules)
    }

    /// What the report calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Teams => "teams",
            Self::Services => "services",
            Self::Schedules => "schedules",
            Self::Shifts => "shifts",
            Self::Overrides => "overrides",
            Self::Chains => "escalation chains",
            Self::Policies => "escalation policies",
            Self::Integrations => "integrations",
            Self::Routes => "routes",
            Self::Rules => "notification rules",
        }
    }
}

/// The names of a vendor's parts; the first of a part's is the one to write.
fn names(vendor: Vendor) -> &'static [(&'static str, Part)] {
    match vendor {
        Vendor::GrafanaOnCall => &[
            ("users", Part::Users),
            ("teams", Part::Teams),
            ("schedules", Part::Schedules),
            ("on_call_shifts", Part::Shifts),
            ("shifts", Part::Shifts),
            ("escalation_chains", Part::Chains),
            ("escalation_policies", Part::Policies),
            ("integrations", Part::Integrations),
            ("routes", Part::Routes),
            ("personal_notification_rules", Part::Rules),
            ("notification_rules", Part::Rules),
        ],
        Vendor::PagerDuty => &[
            ("users", Part::Users),
            ("teams", Part::Teams),
            ("services", Part::Services),
            ("schedules", Part::Schedules),
            ("escalation_policies", Part::Policies),
            ("overrides", Part::Overrides),
        ],
        Vendor::Opsgenie => &[
            ("users", Part::Users),
            ("teams", Part::Teams),
            ("services", Part::Services),
            ("schedules", Part::Schedules),
            ("escalations", Part::Policies),
            ("escalation_policies", Part::Policies),
            ("overrides", Part::Overrides),
            ("schedule_overrides", Part::Overrides),
            ("routing_rules", Part::Routes),
            ("team_routing_rules", Part::Routes),
            ("integrations", Part::Integrations),
        ],
    }
}

/// The names to suggest for a vendor's parts.
pub(super) fn part_names(vendor: Vendor) -> Vec<&'static str> {
    names(vendor).iter().map(|(name, _)| *name).collect()
}

/// The part of a name; in the singular too, and in any way of writing words together.
pub(super) fn part_named(vendor: Vendor, name: &str) -> Option<Part> {
    let name = snake(name);
    let fits = |known: &str| {
        let singular =
            known.strip_suffix("ies").map_or_else(|| known.trim_end_matches('s').to_owned(), |stem| format!("{stem}y"));
        name == known || name == singular
    };
    names(vendor).iter().find(|(known, _)| fits(known)).map(|(_, part)| *part)
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    // No known name is longer.
    for c in name.chars().take(64) {
        match c {
            'A'..='Z' if !snake.is_empty() => snake.extend(['_', c.to_ascii_lowercase()]),
            '-' | ' ' => snake.push('_'),
            c => snake.push(c.to_ascii_lowercase()),
        }
    }
    snake
}

/// What kind of item this is, by its fields.
pub(super) fn part_of(vendor: Vendor, item: &Value) -> Option<Part> {
    let has = |field: &str| item.get(field).is_some();
    let kind = json::text(item, "type").unwrap_or_default();
    match vendor {
        Vendor::PagerDuty => match kind.trim_end_matches("_reference") {
            "user" => Some(Part::Users),
            "team" => Some(Part::Teams),
            "service" => Some(Part::Services),
            "schedule" => Some(Part::Schedules),
            "escalation_policy" => Some(Part::Policies),
            _ if has("schedule_layers") => Some(Part::Schedules),
            _ if has("escalation_rules") => Some(Part::Policies),
            _ if has("start") && has("end") && has("user") => Some(Part::Overrides),
            _ => None,
        },
        Vendor::Opsgenie => match () {
            () if has("alias") && has("startDate") => Some(Part::Overrides),
            () if has("username") => Some(Part::Users),
            () if has("rotations") || (has("timezone") && has("enabled")) => Some(Part::Schedules),
            () if has("rules") => Some(Part::Policies),
            () if has("criteria") || has("notify") => Some(Part::Routes),
            () if has("visibility") || (has("teamId") && !has("type")) => Some(Part::Services),
            () if has("type") && has("enabled") => Some(Part::Integrations),
            () if has("id") && has("name") => Some(Part::Teams),
            () => None,
        },
        Vendor::GrafanaOnCall => match () {
            () if has("username") => Some(Part::Users),
            () if has("integration_id") => Some(Part::Routes),
            () if has("escalation_chain_id") && !kind.is_empty() => Some(Part::Policies),
            () if has("user_id") && !kind.is_empty() => Some(Part::Rules),
            () if has("start") && has("duration") => Some(Part::Shifts),
            () if matches!(kind, "web" | "calendar" | "ical") => Some(Part::Schedules),
            () if has("on_call_now") || has("shifts") => Some(Part::Schedules),
            () if has("default_route") => Some(Part::Integrations),
            () if has("grafana_id") || has("avatar_url") => Some(Part::Teams),
            () if has("id") && has("name") && has("team_id") => Some(Part::Chains),
            () => None,
        },
    }
}

/// Fields that no other vendor has.
fn marks(vendor: Vendor) -> &'static [&'static str] {
    match vendor {
        Vendor::PagerDuty => &[
            "escalation_rules",
            "schedule_layers",
            "rotation_virtual_start",
            "rotation_turn_length_seconds",
            "escalation_delay_in_minutes",
            "num_loops",
            "html_url",
            "contact_methods",
        ],
        Vendor::Opsgenie => &[
            "fullName",
            "ownerTeam",
            "rotations",
            "participants",
            "timeRestriction",
            "userContacts",
            "notifyType",
            "routing_rules",
            "requestId",
            "escalations",
        ],
        Vendor::GrafanaOnCall => &[
            "grafana_id",
            "escalation_chain_id",
            "rolling_users",
            "rotation_start",
            "on_call_now",
            "on_call_shifts",
            "escalation_chains",
            "ical_url_primary",
            "persons_to_notify",
            "default_route",
            "current_page_number",
        ],
    }
}

/// How many values are looked at to tell the vendor.
const LOOKED_AT: usize = 50_000;

/// Another vendor, whose marks the export has, when it has none of this one.
pub(super) fn other_vendor(asked: Vendor, value: &Value) -> Option<Vendor> {
    let mut found = Vendor::ALL.map(|vendor| (vendor, 0_usize));
    let (mut open, mut looked) = (vec![value], 0);
    while let Some(value) = open.pop() {
        looked += 1;
        if looked > LOOKED_AT {
            break;
        }
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                for (name, value) in fields {
                    for (vendor, count) in &mut found {
                        *count += usize::from(marks(*vendor).contains(&name.as_str()));
                    }
                    open.push(value);
                }
            }
            _ => {}
        }
    }
    if found.iter().any(|(vendor, count)| *vendor == asked && *count > 0) {
        return None;
    }
    found.into_iter().filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count).map(|(vendor, _)| vendor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_known_by_any_way_of_writing() {
        let cases = [
            (Vendor::PagerDuty, "escalation_policies", Some(Part::Policies)),
            (Vendor::PagerDuty, "escalation_policy", Some(Part::Policies)),
            (Vendor::PagerDuty, "schedule", Some(Part::Schedules)),
            (Vendor::Opsgenie, "routingRules", Some(Part::Routes)),
            (Vendor::Opsgenie, "Escalations", Some(Part::Policies)),
            (Vendor::GrafanaOnCall, "on-call-shifts", Some(Part::Shifts)),
            (Vendor::GrafanaOnCall, "webhooks", None),
        ];
        for (vendor, name, part) in cases {
            assert_eq!(part_named(vendor, name), part, "{vendor} {name}");
        }
    }

    #[test]
    fn unnamed_items_are_known_by_their_fields() {
        let cases = [
            (Vendor::GrafanaOnCall, json!({"id": "U", "username": "ana", "grafana_id": 1}), Some(Part::Users)),
            (Vendor::GrafanaOnCall, json!({"id": "T", "grafana_id": 1, "name": "x"}), Some(Part::Teams)),
            (Vendor::GrafanaOnCall, json!({"id": "F", "name": "x", "team_id": null}), Some(Part::Chains)),
            (
                Vendor::GrafanaOnCall,
                json!({"id": "R", "integration_id": "C", "escalation_chain_id": "F"}),
                Some(Part::Routes),
            ),
            (
                Vendor::GrafanaOnCall,
                json!({"id": "E", "escalation_chain_id": "F", "type": "wait"}),
                Some(Part::Policies),
            ),
            (Vendor::GrafanaOnCall, json!({"id": "N", "user_id": "U", "type": "wait"}), Some(Part::Rules)),
            (
                Vendor::GrafanaOnCall,
                json!({"id": "S", "type": "ical", "name": "x", "team_id": null}),
                Some(Part::Schedules),
            ),
            (Vendor::Opsgenie, json!({"id": "1", "name": "x", "description": ""}), Some(Part::Teams)),
            (Vendor::Opsgenie, json!({"alias": "a", "startDate": "x", "user": {}}), Some(Part::Overrides)),
            (Vendor::PagerDuty, json!({"id": "P", "type": "user_reference"}), Some(Part::Users)),
            (Vendor::PagerDuty, json!({"id": "P"}), None),
        ];
        for (vendor, item, part) in cases {
            assert_eq!(part_of(vendor, &item), part, "{vendor} {item}");
        }
    }
}
