//! Why a text is not read at all.

/// The longest text that is read, in bytes.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// How deep components may stand inside each other; calendars have three levels.
pub(crate) const MOST_DEEP: usize = 32;

/// Why nothing of a text was read. Whoever has an older copy does better to keep it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    #[error(
        "the calendar has {bytes} bytes, and {MOST_BYTES} at most are read: export a shorter time or fewer calendars"
    )]
    TooLarge { bytes: usize },
    #[error(
        "the text is no calendar, for no line says BEGIN:VCALENDAR: give the address of the calendar's iCal export"
    )]
    NotACalendar,
    /// Half a calendar would look like one with people missing.
    #[error("the calendar breaks off inside {component}, which line {line} begins: fetch it again")]
    CutShort { component: String, line: usize },
    #[error("line {line} begins a component inside {MOST_DEEP} others: remove what stands around it")]
    TooDeep { line: usize },
}
