//! The closed sets of label values. A new variant makes the compiler ask for its word.

use firebell_core::command::{ActionCommand, CauseCommand, Command, ReviewCommand};
use firebell_core::effect::{Delivery, Priority, Work};

/// How a command was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandOutcome {
    /// Decided and committed.
    Done,
    /// It had been answered before, and got the same reply.
    Repeated,
    /// The person can mend it.
    Refused,
    /// The operator must mend it.
    Failed,
}

/// How an attempt at an effect ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectOutcome {
    /// Done.
    Delivered,
    /// To be tried again.
    RetryAfter,
    /// Never to be done.
    Impossible,
    /// It may or may not have happened.
    Unknown,
    /// Not tried: the recheck found it no longer wanted.
    Superseded,
}

impl CommandOutcome {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Repeated => "repeated",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl EffectOutcome {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::RetryAfter => "retry_after",
            Self::Impossible => "impossible",
            Self::Unknown => "unknown",
            Self::Superseded => "superseded",
        }
    }
}

impl From<&Delivery> for EffectOutcome {
    fn from(delivery: &Delivery) -> Self {
        match delivery {
            Delivery::Delivered(_) => Self::Delivered,
            Delivery::RetryAfter(_) => Self::RetryAfter,
            Delivery::Impossible(_) => Self::Impossible,
            Delivery::Unknown => Self::Unknown,
        }
    }
}

/// Every priority, the most urgent first.
pub(super) const PRIORITIES: [Priority; 3] = [Priority::Notice, Priority::Post, Priority::Setup];

pub(super) fn priority_word(priority: Priority) -> &'static str {
    match priority {
        Priority::Notice => "notice",
        Priority::Post => "post",
        Priority::Setup => "setup",
    }
}

pub(super) fn work_word(work: &Work) -> &'static str {
    match work {
        Work::OpenRoom { .. } => "open_room",
        Work::CloseRoom { .. } => "close_room",
        Work::Invite { .. } => "invite",
        Work::SetUp { .. } => "set_up",
        Work::Announce { .. } => "announce",
        Work::Tell { .. } => "tell",
        Work::CopyFile { .. } => "copy_file",
        Work::Post { .. } => "post",
        Work::Mirror { .. } => "mirror",
        Work::TellLinked { .. } => "tell_linked",
        Work::TellOnCall { .. } => "tell_on_call",
        Work::Notice { .. } => "notice",
        Work::Call { .. } => "call",
        Work::Hook { .. } => "hook",
        Work::Ticket { .. } => "ticket",
        Work::Publish { .. } => "publish",
        Work::Digest { .. } => "digest",
        Work::TeamDigest { .. } => "team_digest",
        Work::Withdraw { .. } => "withdraw",
        Work::Synthetic { .. } => "synthetic",
        Work::ContactCode { .. } => "contact_code",
        Work::TellReplaced { .. } => "tell_replaced",
        Work::TellUnproved { .. } => "tell_unproved",
        Work::Alarm { .. } => "alarm",
    }
}

fn action_word(command: &ActionCommand) -> &'static str {
    match command {
        ActionCommand::Edit { .. } => "edit_action",
        ActionCommand::Reopen { .. } => "reopen_action",
        ActionCommand::Ticket { .. } => "ticket",
        ActionCommand::Ticketed { .. } => "ticketed",
        ActionCommand::TicketFailed { .. } => "ticket_failed",
        ActionCommand::Synced { .. } => "action_synced",
    }
}

/// The word of a command in metrics and in the log.
pub(crate) fn command_word(command: &Command) -> &'static str {
    match command {
        Command::Declare(_) => "declare",
        Command::Raise(_) => "raise",
        Command::PlaceFailed { .. } => "place_failed",
        Command::Status { .. } => "status",
        Command::Severity { .. } => "severity",
        Command::Assign { .. } => "assign",
        Command::Page { .. } => "page",
        Command::Ack => "ack",
        Command::Note { .. } => "note",
        Command::Update { .. } => "update",
        Command::Snooze { .. } => "snooze",
        Command::Unmark { .. } => "unmark",
        Command::Cite { .. } => "cite",
        Command::SetUpFailed { .. } => "set_up_failed",
        Command::FileSettled { .. } => "file_settled",
        Command::Announced { .. } => "announced",
        Command::AnnouncementFailed { .. } => "announcement_failed",
        Command::Join => "join",
        Command::AddRoom { .. } => "add_room",
        Command::Mirror { .. } => "mirror",
        Command::TakeOver { .. } => "take_over",
        Command::AddAction { .. } => "add_action",
        Command::FinishAction { .. } => "finish_action",
        Command::Action(command) => action_word(command),
        Command::SetSummary { .. } => "set_summary",
        Command::WriteSections { .. } => "write_sections",
        Command::SetImpact { .. } => "set_impact",
        Command::SetTime { .. } => "set_time",
        Command::Analysis(step) => cause_word(step),
        Command::SetField { .. } => "set_field",
        Command::Correct { .. } => "correct",
        Command::Link { .. } => "link",
        Command::Mark { .. } => "mark",
        Command::Redact { .. } => "redact",
        Command::Merge { .. } => "merge",
        Command::Cancel { .. } => "cancel",
        Command::Resolve { .. } => "resolve",
        Command::Reopen { .. } => "reopen",
        Command::Close => "close",
        Command::PageDue { .. } => "page_due",
        Command::UpdateDue => "update_due",
        Command::RemindersDue => "reminders_due",
        Command::Review(command) => review_word(command),
        Command::RoomOpened { .. } => "room_opened",
        Command::RoomFailed { .. } => "room_failed",
        Command::RoomClosed { .. } => "room_closed",
        Command::NoticeDelivered { .. } => "notice_delivered",
        Command::NoticeFailed { .. } => "notice_failed",
        Command::NoticeGivenUp { .. } => "notice_given_up",
        Command::NoticeReceipt { .. } => "notice_receipt",
    }
}

fn cause_word(step: &CauseCommand) -> &'static str {
    match step {
        CauseCommand::Why { .. } => "add_why",
        CauseCommand::Add { .. } => "add_cause",
        CauseCommand::Edit { .. } => "edit_cause",
        CauseCommand::Link { .. } => "link_causes",
        CauseCommand::Judge { .. } => "judge_cause",
        CauseCommand::Support { .. } => "add_evidence",
        CauseCommand::Withdraw { .. } => "remove_evidence",
    }
}

fn review_word(command: &ReviewCommand) -> &'static str {
    match command {
        ReviewCommand::Ask { .. } => "postmortem_review",
        ReviewCommand::Sign => "postmortem_sign",
        ReviewCommand::Back { .. } => "postmortem_back",
        ReviewCommand::Publish => "postmortem_publish",
        ReviewCommand::Revise => "postmortem_revise",
        ReviewCommand::Send { .. } => "postmortem_send",
        ReviewCommand::Sent { .. } => "postmortem_sent",
        ReviewCommand::NotSent { .. } => "postmortem_not_sent",
        ReviewCommand::Own { .. } => "postmortem_owner",
        ReviewCommand::Due { .. } => "postmortem_due",
        ReviewCommand::Comment { .. } => "postmortem_comment",
        ReviewCommand::Settle { .. } => "postmortem_settle",
        ReviewCommand::Template { .. } => "postmortem_template",
        ReviewCommand::Write { .. } => "postmortem_write",
    }
}
