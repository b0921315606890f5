//! A calendar as it is written: what of it concerns events, with its lines sorted into components.

use super::error::{IcsError, MOST_DEEP};
use super::event::RawEvent;
use super::left::{Left, quote};
use super::lines::{Line, unfold};
use super::observance::RawZone;

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    pub(crate) name: Option<String>,
    /// The zone of the whole calendar (X-WR-TIMEZONE), and the line that names it.
    pub(crate) zone: Option<(usize, String)>,
    pub(crate) zones: Vec<RawZone>,
    pub(crate) events: Vec<RawEvent>,
}

/// Where in a file a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Calendar,
    Event,
    Zone,
    Observance,
    /// In a component that is no concern of ours, such as an alarm or a task.
    Elsewhere,
}

impl Place {
    fn inside(self, component: &str) -> Self {
        match (self, component) {
            (Self::Outside, "VCALENDAR") => Self::Calendar,
            (Self::Calendar, "VEVENT") => Self::Event,
            (Self::Calendar, "VTIMEZONE") => Self::Zone,
            (Self::Zone, "STANDARD" | "DAYLIGHT") => Self::Observance,
            _ => Self::Elsewhere,
        }
    }
}

/// A component that has begun and not ended.
#[derive(Debug)]
struct Open {
    component: String,
    line: usize,
    place: Place,
}

/// Reads the components of a text.
pub(crate) fn components(text: &str, left: &mut Left) -> Result<Calendar, IcsError> {
    let mut reader = Reader { calendar: Calendar::default(), open: Vec::new(), event: None, zone: None, left };
    let mut any = false;
    for unfolded in unfold(text) {
        let Some(line) = Line::parse(&unfolded) else {
            reader.left.add(unfolded.number, format!("{} is no line of a calendar", quote(&unfolded.text)));
            continue;
        };
        reader.take(&line)?;
        any |= reader.place() == Place::Calendar;
    }
    if !any {
        return Err(IcsError::NotACalendar);
    }
    match reader.open.pop() {
        Some(Open { component, line, .. }) => Err(IcsError::CutShort { component, line }),
        None => Ok(reader.calendar),
    }
}

struct Reader<'l> {
    calendar: Calendar,
    open: Vec<Open>,
    event: Option<RawEvent>,
    zone: Option<RawZone>,
    left: &'l mut Left,
}

impl Reader<'_> {
    fn place(&self) -> Place {
        self.open.last().map_or(Place::Outside, |open| open.place)
    }

    fn take(&mut self, line: &Line<'_>) -> Result<(), IcsError> {
        match line.name.as_str() {
            "BEGIN" => return self.begin(line),
            "END" => self.end(line),
            _ => match self.place() {
                Place::Outside => {
                    self.left.add(line.number, format!("{} stands outside of the calendar", quote(&line.name)));
                }
                Place::Calendar => self.describe(line),
                Place::Event => {
                    if let Some(event) = &mut self.event {
                        event.take(line, self.left);
                    }
                }
                Place::Zone => {
                    if let Some(zone) = &mut self.zone {
                        zone.take(line);
                    }
                }
                Place::Observance => {
                    if let Some(zone) = &mut self.zone {
                        zone.take_of_observance(line);
                    }
                }
                Place::Elsewhere => {}
            },
        }
        Ok(())
    }

    fn describe(&mut self, line: &Line<'_>) {
        match line.name.as_str() {
            "X-WR-CALNAME" | "NAME" => {
                self.calendar.name.get_or_insert_with(|| super::text::unescape(line.value));
            }
            "X-WR-TIMEZONE" => {
                self.calendar.zone.get_or_insert_with(|| (line.number, line.value.trim().to_owned()));
            }
            _ => {}
        }
    }

    fn begin(&mut self, line: &Line<'_>) -> Result<(), IcsError> {
        if self.open.len() == MOST_DEEP {
            return Err(IcsError::TooDeep { line: line.number });
        }
        let component: String = line.value.trim().chars().take(40).collect::<String>().to_ascii_uppercase();
        let place = self.place().inside(&component);
        match place {
            Place::Event => self.event = Some(RawEvent::new(line.number)),
            Place::Zone => self.zone = Some(RawZone::default()),
            Place::Observance => {
                if let Some(zone) = &mut self.zone {
                    zone.begin_observance();
                }
            }
            Place::Outside | Place::Calendar | Place::Elsewhere => {}
        }
        self.open.push(Open { component, line: line.number, place });
        Ok(())
    }

    fn end(&mut self, line: &Line<'_>) {
        let component = line.value.trim();
        let Some(depth) = self.open.iter().rposition(|open| open.component.eq_ignore_ascii_case(component)) else {
            self.left.add(line.number, format!("{} ends what has not begun", quote(component)));
            return;
        };
        // What was not ended inside it may lack its rest.
        for open in self.open.split_off(depth + 1).into_iter().rev() {
            self.left.add(open.line, format!("{} is left out: nothing ends it", open.component));
            self.close(open.place, false);
        }
        if let Some(open) = self.open.pop() {
            self.close(open.place, true);
        }
    }

    fn close(&mut self, place: Place, whole: bool) {
        match place {
            Place::Event => {
                let event = self.event.take().filter(|_| whole);
                self.calendar.events.extend(event.and_then(|event| event.finish(self.left)));
            }
            Place::Zone => self.calendar.zones.extend(self.zone.take().filter(|_| whole)),
            _ => {}
        }
    }
}
