//! What templates speak of: plain, typed and preformatted, so that a template needs nothing but `if` and `each`.
//! Handles are given without their `@`, which the template writes, so that an `@` in people's own words can be told
//! from a mention.

mod card;
mod causes;
mod contacts;
mod document;
mod entry;
mod export;
mod format;
mod handoff;
mod help;
mod lists;
mod mine;
mod news;
mod notice;
mod oncall;
mod overrides;
mod postmortem;
mod promised;
mod proof;
mod record;
mod reply;
mod review;
mod rooms;
mod schedule;
mod schema;
mod similar;
mod simulation;
mod ticket;
mod times;
mod why;
mod words;

pub use card::{AnnouncementView, CardView, EARLIER, FieldView, RoleView, RunbookView, SaidView, ShowView};
pub use causes::{CauseCounts, CauseRow, CauseShownView, CauseView, CausesView, EdgeView, EvidenceView};
pub use contacts::{ContactCodeView, ContactRow, ContactsView, MissingRow, Proved, ReplacedView, RulesRow, WaitingRow};
pub use document::{DocumentView, LinkView, PhaseView, TellingView};
pub use entry::{Anchor, EntryView, Field, PostView, WhoView};
pub use export::{EntryExport, ExportView, HeadExport, LinkExport, MessageExport};
pub use format::{INSTANT, ShownIn, instant};
pub use handoff::{NoteRow, OfferRow, OverrideRow, PackAction, PackFacts, PackIncident, PackPage, PackView};
pub use help::{HelpView, VerbView};
pub use lists::{ActionView, ActionsView, ListRow, ListView, TicketView, TimelineRow, TimelineView};
pub use mine::{AccountView, CodeView, FeedView, LinkedView, MeView};
pub use news::OnCallNewsView;
pub use notice::{AlarmView, CallView, NoticeView, SyntheticView, WithdrawView};
pub use oncall::{CoverView, HeldView, OnCallView, ReachedView, StepView};
pub use overrides::{MadeRow, OverridesView};
pub use postmortem::{MetricView, ParticipantView, PostmortemView, Times};
pub use promised::{PromisedRow, PromisedView};
pub use proof::{ProofRow, ProofView, UnprovedView};
pub use record::{Captured, Head, Record};
pub use reply::{DisorderView, ReplyView};
pub use review::{CommentRow, FindingRow, LintView, ReviewView, ReviewerRow, SectionView};
pub use rooms::{AnsweredView, MirroredView, RoomRow, RoomsView};
pub use schedule::{
    FairnessView, GapView, GapsRow, GapsView, LoadRow, SHIFTS_MAX, ScheduleView, ShiftRow, SpanView, SwapRow,
    SwapsView, Unread, UnreadRow, reasons,
};
pub use schema::schema_of;
pub use similar::{ReasonView, SIMILAR_MAX, SimilarRow, SimilarView};
pub use simulation::{SimulatedRow, SimulationView, ToldRow};
pub use ticket::TicketBodyView;
pub use times::{KeyTimeView, TimesView};
pub use why::{AbsentView, NoticeRow, PageView, PassedOverView, WhyView};
pub use words::{CauseWords, DocumentWords, FollowUpWords, MeasuresView, Words};
