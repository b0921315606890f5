//! The word for each kind of entry, as stored beside it and as the name of its template.

use super::{Change, InstallationChange, Payload};
use crate::action::ActionChange;
use crate::directory::DirectoryChange;
use crate::postmortem::PostmortemChange;
use crate::rca::AnalysisChange;

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
            Self::Action(step) => step.kind(),
            Self::Analysis(step) => step.kind(),
            Self::Postmortem(step) => step.kind(),
            Self::TimeSet { .. } => "time_set",
            Self::ImpactMeasured { .. } => "impact_measured",
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

impl ActionChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::ActionEdited { .. } => "action_edited",
            Self::ActionReopened { .. } => "action_reopened",
            Self::NudgePlanned { .. } => "nudge_planned",
            Self::ActionNudged { .. } => "action_nudged",
            Self::ActionTicketed { .. } => "action_ticketed",
            Self::TicketFailed { .. } => "ticket_failed",
        }
    }
}

impl AnalysisChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::CauseAdded { .. } => "cause_added",
            Self::CauseEdited { .. } => "cause_edited",
            Self::CauseLinked { .. } => "cause_linked",
            Self::CauseUnlinked { .. } => "cause_unlinked",
            Self::CauseJudged { .. } => "cause_judged",
            Self::EvidenceAdded { .. } => "evidence_added",
            Self::EvidenceRemoved { .. } => "evidence_removed",
        }
    }
}

impl PostmortemChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::SectionWritten { .. } => "section_written",
            Self::TemplateChosen { .. } => "template_chosen",
            Self::PostmortemAssigned { .. } => "postmortem_assigned",
            Self::PostmortemDue { .. } => "postmortem_due",
            Self::PostmortemReminded { .. } => "postmortem_reminded",
            Self::ReviewAsked { .. } => "review_asked",
            Self::SignedOff { .. } => "signed_off",
            Self::Approved => "approved",
            Self::SentBack { .. } => "sent_back",
            Self::Published => "published",
            Self::Commented { .. } => "commented",
            Self::CommentSettled { .. } => "comment_settled",
            Self::PostmortemExported { .. } => "postmortem_exported",
            Self::ExportFailed { .. } => "export_failed",
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
