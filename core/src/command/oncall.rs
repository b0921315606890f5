//! What `/oncall` asks for: who is on call, and to have somebody else there.

use chrono::{DateTime, TimeDelta, Utc};

/// A question about who is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnCallQuery {
    /// Whom a page would reach now: for a service, by a policy or a schedule, or for everything.
    Who { of: Option<String> },
    /// The shifts of a schedule; from now and for two weeks, where nothing else is said.
    Schedule { schedule: String, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>> },
    /// When nobody is on call, of one schedule or all; for four weeks, where nothing else is said.
    Gaps { schedule: Option<String>, to: Option<DateTime<Utc>> },
    /// Who bears how much; of the last four weeks, where nothing else is said.
    Fairness { schedule: String, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>> },
    /// Whom a policy would page, when and by what.
    Simulate { policy: String, at: Option<DateTime<Utc>>, severity: Option<String> },
    /// What whoever comes on call takes over, of one schedule or of all that whoever asks has to do with.
    Handoff { schedule: Option<String> },
    /// Proposals to change shifts that wait for whoever asks, or that they made.
    Swaps,
    /// Overrides that hold or are ahead, of all schedules.
    Overrides,
    /// How whoever asks is reached.
    Me,
    /// Who has not proved that they can be.
    Proof,
}

/// A request to have somebody else on call. People are named by their handles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnCallCommand {
    /// Somebody is put in, for everybody or in the place of one.
    Override {
        schedule: String,
        person: String,
        from: Option<DateTime<Utc>>,
        to: DateTime<Utc>,
        instead_of: Option<String>,
    },
    /// Whoever asks has it from now on: for so long, or until the next hand-off.
    Take { schedule: String, length: Option<TimeDelta> },
    /// Whoever asks stands in for somebody, by one schedule or by all.
    Cover { person: String, schedule: Option<String>, from: Option<DateTime<Utc>>, to: DateTime<Utc> },
    /// Whoever asks offers the shift that they have at one instant, for the one that somebody has at another.
    Swap { schedule: String, with: String, mine: DateTime<Utc>, theirs: Option<DateTime<Utc>> },
    /// A proposal is answered, or taken back by whoever made it; by its number in their list, the only one without.
    AnswerSwap { answer: SwapAnswer, number: Option<usize> },
    /// An override is ended; by its number in the list, the only one that whoever asks may end without.
    EndOverride { number: Option<usize> },
    /// Whoever asks takes on-call over; of the one schedule that waits for them, without any.
    AcceptHandoff { schedule: Option<String>, note: Option<String> },
    /// Whoever asks leaves word for those who come next.
    NoteHandoff { schedule: String, text: String },
}

/// What becomes of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwapAnswer {
    Accept,
    Decline,
    Withdraw,
}
