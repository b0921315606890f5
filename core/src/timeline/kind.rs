//! The word for each kind of entry, as stored beside it and as the name of its template.

use super::{Change, InstallationChange, Payload};
use crate::directory::DirectoryChange;

impl Change {
    /// The word for this kind of entry, as stored beside it and as the name of its template.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Declared(_) => "declared",
            Self::RoomRequested { .. } => "room_requested",
            Self::RoomOpened { .. } => "room_opened",
            Self::RoomFailed { .. } => "room_failed",
            Self::RoomClosed { .. } => "room_closed",
            Self::SetUpFailed { .. } => "set_up_failed",
            Self::Announced { .. } => "announced",
            Self::MirrorSet { .. } => "mirror_set",
            Self::MemberJoined { .. } => "member_joined",
            Self::StatusChanged { .. } => "status_changed",
            Self::SeverityChanged { .. } => "severity_changed",
            Self::RoleAssigned { .. } => "role_assigned",
            Self::SummarySet { .. } => "summary_set",
            Self::ImpactSet { .. } => "impact_set",
            Self::FieldSet { .. } => "field_set",
            Self::Noted { .. } => "noted",
            Self::Updated { .. } => "updated",
            Self::UpdateReminded { .. } => "update_reminded",
            Self::UpdateSnoozed { .. } => "update_snoozed",
            Self::ActionAdded { .. } => "action_added",
            Self::ActionDone { .. } => "action_done",
            Self::Linked { .. } => "linked",
            Self::MessageMarked { .. } => "message_marked",
            Self::MessageUnmarked { .. } => "message_unmarked",
            Self::MessageCited { .. } => "message_cited",
            Self::FileSettled { .. } => "file_settled",
            Self::Corrected { .. } => "corrected",
            Self::EntryRedacted { .. } => "entry_redacted",
            Self::MessageRedacted { .. } => "message_redacted",
            Self::Paged { .. } => "paged",
            Self::Escalated { .. } => "escalated",
            Self::PageDeferred { .. } => "page_deferred",
            Self::PlaceFailed { .. } => "place_failed",
            Self::StepSkipped { .. } => "step_skipped",
            Self::LastResortPaged { .. } => "last_resort_paged",
            Self::NoticeSettled { .. } => "notice_settled",
            Self::Acknowledged { .. } => "acknowledged",
            Self::PageEnded { .. } => "page_ended",
            Self::MergedInto { .. } => "merged_into",
            Self::MergedFrom { .. } => "merged_from",
            Self::Cancelled { .. } => "cancelled",
            Self::Resolved { .. } => "resolved",
            Self::Reopened { .. } => "reopened",
            Self::Closed => "closed",
        }
    }
}

impl Payload {
    /// The word for this kind of entry.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Incident(change) => change.kind(),
            Self::Directory(change) => match change {
                DirectoryChange::PersonSaved(_) => "person_saved",
                DirectoryChange::IdentityLinked(_) => "identity_linked",
                DirectoryChange::IdentityUnlinked { .. } => "identity_unlinked",
                DirectoryChange::TeamSaved(_) => "team_saved",
                DirectoryChange::TeamRemoved { .. } => "team_removed",
                DirectoryChange::ServiceSaved(_) => "service_saved",
                DirectoryChange::ServiceRemoved { .. } => "service_removed",
                DirectoryChange::PolicySaved(_) => "policy_saved",
                DirectoryChange::PolicyRemoved { .. } => "policy_removed",
                DirectoryChange::ScheduleSaved(_) => "schedule_saved",
                DirectoryChange::ScheduleRemoved { .. } => "schedule_removed",
                DirectoryChange::OverrideSaved(_) => "override_saved",
                DirectoryChange::OverrideRemoved { .. } => "override_removed",
                DirectoryChange::SwapSaved(_) => "swap_saved",
                DirectoryChange::HandoverSaved(_) => "handover_saved",
                DirectoryChange::HandoverRemoved { .. } => "handover_removed",
                DirectoryChange::SwapRemoved { .. } => "swap_removed",
                DirectoryChange::CalendarSaved(_) => "calendar_saved",
                DirectoryChange::CalendarRemoved { .. } => "calendar_removed",
                DirectoryChange::LastResortSet { .. } => "last_resort_set",
            },
            Self::Installation(change) => match change {
                InstallationChange::Created { .. } => "installation_created",
                InstallationChange::KeyAdded { .. } => "key_added",
                InstallationChange::WorkspaceConnected { .. } => "workspace_connected",
                InstallationChange::TokenAdded { .. } => "token_added",
                InstallationChange::TokenRevoked { .. } => "token_revoked",
                InstallationChange::AlarmRaised { .. } => "alarm_raised",
                InstallationChange::SyntheticSent { .. } => "synthetic_sent",
                InstallationChange::ContactProved { .. } => "contact_proved",
                InstallationChange::SyntheticSettled { .. } => "synthetic_settled",
            },
        }
    }
}
