//! One reading of a URL. It may lead anywhere, so it is guarded at each step; nothing that is told of it repeats it.

use std::error::Error as _;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, StatusCode, Url};

use super::Reach;
use crate::ical::MOST_BYTES;
use crate::notify::guard::Guard;

/// How often it may lead elsewhere.
const MOST_HOPS: usize = 3;
/// The longest validator that is kept; a longer one is worth less than asking for all of it.
const MOST_VALIDATOR: usize = 1024;

/// By what a server tells whether something has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) modified: Option<String>,
}

/// What a reading brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// The same as before.
    Same,
    New {
        text: String,
        validators: Validators,
    },
}

/// Reads URLs.
pub(super) struct Fetcher {
    /// Made when the first URL is read, which most processes never do.
    client: OnceLock<Result<Client, String>>,
    guard: Guard,
    patience: Duration,
}

impl Fetcher {
    pub(super) fn new(Reach { guard, patience }: Reach) -> Self {
        Self { client: OnceLock::new(), guard, patience }
    }

    fn client(&self) -> Result<&Client, String> {
        self.client.get_or_init(|| self.made()).as_ref().map_err(Clone::clone)
    }

    fn made(&self) -> Result<Client, String> {
        let guard = self.guard;
        let builder = crate::client::builder()
            .no_proxy()
            .dns_resolver(guard)
            .connect_timeout(self.patience)
            .timeout(self.patience)
            .redirect(Policy::custom(move |attempt| follow(guard, attempt)));
        builder.build().map_err(|error| format!("{error}; check this machine's certificates"))
    }

    /// Reads a URL, or hears that it is as it was.
    ///
    /// # Errors
    /// Why it cannot be read, without the URL.
    pub(super) async fn fetch(&self, url: &str, known: Option<&Validators>) -> Result<Fetched, String> {
        let url: Url = url.parse().map_err(|_| "its URL is none; give another".to_owned())?;
        self.guard.check(&url)?;
        let mut request = self.client()?.get(url).header("Accept", "text/calendar, */*;q=0.1");
        if let Some(Validators { etag, modified }) = known {
            let given = [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, modified)];
            for (name, value) in given.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
                request = request.header(name, value);
            }
        }
        let response = request.send().await.map_err(|error| self.why(error))?;
        match response.status() {
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Fetched::Same),
            StatusCode::OK => {}
            other => {
                return Err(format!("it answers with status {}; check that the URL is still good", other.as_u16()));
            }
        }
        let validators =
            Validators { etag: of(response.headers(), ETAG), modified: of(response.headers(), LAST_MODIFIED) };
        Ok(Fetched::New { text: self.read(response).await?, validators })
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<String, String> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.why(error))? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(format!("it has more than {MOST_BYTES} bytes; export a shorter time or fewer calendars"));
            }
            body.extend_from_slice(&chunk);
        }
        String::from_utf8(body).map_err(|_| "it is no text in UTF-8; give the URL of an iCal export".to_owned())
    }

    fn why(&self, error: reqwest::Error) -> String {
        let error = error.without_url();
        if error.is_timeout() {
            return format!("it has not answered within {} s", self.patience.as_secs_f32());
        }
        let mut cause = error.source();
        let mut last = error.to_string();
        while let Some(inner) = cause {
            last = inner.to_string();
            cause = inner.source();
        }
        if error.is_redirect() { format!("it leads elsewhere: {last}") } else { format!("it cannot be read: {last}") }
    }
}

/// Where it leads is judged like the URL itself.
fn follow(guard: Guard, attempt: Attempt<'_>) -> reqwest::redirect::Action {
    if attempt.previous().len() > MOST_HOPS {
        return attempt.error("too many times over");
    }
    match guard.check(attempt.url()) {
        Ok(()) => attempt.follow(),
        Err(why) => attempt.error(why),
    }
}

fn of(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= MOST_VALIDATOR).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_public_hosts_are_asked_where_nothing_else_is_allowed() {
        let fetcher = Fetcher::new(Reach::default());
        for url in [
            "http://calendar.example.org/a.ics",
            "https://127.0.0.1/a.ics",
            "https://[::1]/a.ics",
            "https://169.254.169.254/latest",
            "https://localhost/a.ics",
            "https://2130706433/a.ics",
            "https://ana:secret@calendar.example.org/a.ics",
            "file:///etc/passwd",
        ] {
            let why = fetcher.fetch(url, None).await.unwrap_err();
            assert!(why.contains("the URL") && !why.contains("a.ics") && !why.contains("secret"), "{url}: {why}");
        }
    }
}
