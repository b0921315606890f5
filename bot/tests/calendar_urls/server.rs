//! A server of one calendar.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use firebell_core::directory::plan::{FileUrl, PlainUrl};

/// What keeps the calendar from others.
pub(super) const SECRET: &str = "private-7f3a9c";

/// What the server does with a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Does {
    #[default]
    Answer,
    Status(u16),
    /// It is never answered.
    Hang,
    /// The answer has no end.
    Flood,
    Redirect(String),
}

#[derive(Default)]
pub(super) struct State {
    body: String,
    does: Does,
    /// With what each request was conditional, if it was.
    pub(super) asked: Vec<Option<String>>,
    unchanged: usize,
    hanging: Vec<TcpStream>,
}

/// A server of one calendar on this machine. The tag of a text is its length and the number of its `A`s.
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) state: Arc<Mutex<State>>,
    changed: Arc<Condvar>,
}

impl Server {
    pub(super) fn start(body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { body: body.to_owned(), ..State::default() }));
        let changed = Arc::new(Condvar::new());
        let (served, told) = (state.clone(), changed.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                // Whoever asks may be on the thread that looks at the state.
                let Ok(request) = read(&stream) else { continue };
                let _ = serve(stream, request, &mut served.lock().unwrap());
                told.notify_all();
            }
        });
        Self { port, state, changed }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/{SECRET}/shifts.ics", self.port)
    }

    pub(super) fn says(&self, body: &str) {
        body.clone_into(&mut self.state.lock().unwrap().body);
    }

    pub(super) fn does(&self, what: Does) {
        self.state.lock().unwrap().does = what;
    }

    pub(super) fn asked(&self) -> usize {
        self.state.lock().unwrap().asked.len()
    }

    /// Waits until it was asked more often than that.
    pub(super) fn is_asked_again(&self, asked: usize) {
        let waits = |state: &mut State| state.asked.len() <= asked;
        let state = self.state.lock().unwrap();
        let (_state, waited) = self.changed.wait_timeout_while(state, Duration::from_secs(20), waits).unwrap();
        assert!(!waited.timed_out(), "nobody asks");
    }

    pub(super) fn unchanged(&self) -> usize {
        self.state.lock().unwrap().unchanged
    }

    pub(super) fn url_for(&self) -> FileUrl {
        FileUrl { url: PlainUrl(self.url()), refresh_s: 6 * 3600, zone: chrono_tz::UTC }
    }
}

/// The first line of a request, and with what it is conditional.
fn read(stream: &TcpStream) -> std::io::Result<(String, Option<String>)> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let path = lines.next().unwrap_or(Ok(String::new()))?;
    let mut known = None;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        known = line.to_lowercase().strip_prefix("if-none-match: ").map(str::to_owned).or(known);
    }
    Ok((path, known))
}

fn serve(mut stream: TcpStream, (path, known): (String, Option<String>), state: &mut State) -> std::io::Result<()> {
    let answer = |status: &str, headers: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
    };
    if path.contains("/elsewhere") {
        return stream.write_all(answer("200 OK", "", &state.body).as_bytes());
    }
    let tag = format!("\"{}-{}\"", state.body.len(), state.body.matches("SUMMARY:cy").count());
    state.asked.push(known.clone());
    match state.does.clone() {
        Does::Answer if known.as_deref() == Some(tag.as_str()) => {
            state.unchanged += 1;
            stream.write_all(b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n")
        }
        Does::Answer => stream.write_all(answer("200 OK", &format!("etag: {tag}\r\n"), &state.body).as_bytes()),
        Does::Status(status) => stream.write_all(answer(&format!("{status} X"), "", "no").as_bytes()),
        Does::Hang => {
            state.hanging.push(stream);
            Ok(())
        }
        Does::Flood => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nBEGIN:VCALENDAR\r\n")?;
            let line = "X-FILLING:0123456789abcdef\r\n".repeat(4096);
            while stream.write_all(line.as_bytes()).is_ok() {}
            Ok(())
        }
        Does::Redirect(to) => stream.write_all(answer("302 Found", &format!("location: {to}\r\n"), "").as_bytes()),
    }
}

/// Somebody's shifts of one year, from the day of the stories on, from midnight to midnight.
pub(super) fn shifts(who: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART:20260301T000000Z\r\nDTEND:20260302T000000Z\r\nRRULE:FREQ=DAILY;COUNT=365\r\nSUMMARY:{who}\r\nEND:VEVENT\r\n\
         END:VCALENDAR\r\n"
    )
}
