//! What reading one file may take.
//!
//! Time is counted in steps, a step being one day, hour or the like that a rule is tried on. That makes the bound a
//! property of the file and the range, and not of the machine.

/// The most occurrences that one file may have in one range.
pub const MOST_OCCURRENCES: usize = 20_000;

/// Steps for one event: a daily rule that counts its occurrences takes one for each day since its start.
const STEPS_OF_ONE: u32 = 400_000;

/// Steps for all events of a file together.
const STEPS_OF_ALL: u32 = 6_000_000;

/// Why an event's occurrences were not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    #[error("it occurs more than {MOST_OCCURRENCES} times in this range: give it a rule with fewer occurrences")]
    Dense,
    #[error("its rule takes too many steps: give it a coarser FREQ or a later DTSTART")]
    Long,
    #[error("the events before it took all the steps that one file may take: split the calendar")]
    Spent,
    #[error("the file has more than {MOST_OCCURRENCES} occurrences in this range: split the calendar")]
    Full,
}

/// What is left for the rest of a file.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: u32,
    room: usize,
}

impl Budget {
    pub(crate) const fn new() -> Self {
        Self { steps: STEPS_OF_ALL, room: MOST_OCCURRENCES }
    }

    /// Steps for one more event.
    pub(crate) const fn steps(&mut self) -> Steps<'_> {
        Steps { own: STEPS_OF_ONE, all: &mut self.steps }
    }

    /// Takes room for the occurrences of one event: for all of them or for none, because half a schedule looks like a
    /// whole one.
    pub(crate) const fn take(&mut self, occurrences: usize) -> Result<(), Stop> {
        match self.room.checked_sub(occurrences) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None if occurrences > MOST_OCCURRENCES => Err(Stop::Dense),
            None => Err(Stop::Full),
        }
    }
}

/// The steps that one event may take.
#[derive(Debug)]
pub(crate) struct Steps<'b> {
    own: u32,
    all: &'b mut u32,
}

impl Steps<'_> {
    pub(crate) const fn step(&mut self) -> Result<(), Stop> {
        if *self.all == 0 {
            return Err(Stop::Spent);
        }
        if self.own == 0 {
            return Err(Stop::Long);
        }
        self.own -= 1;
        *self.all -= 1;
        Ok(())
    }
}
