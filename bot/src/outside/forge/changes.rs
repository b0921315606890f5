//! Lists of tickets: what changed since an instant, and one that bears a mark.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Method;
use reqwest::header::{ETAG, HeaderMap, IF_NONE_MATCH, LINK};
use serde_json::Value;

use super::{FIND_PAGES, PER_PAGE};
use crate::outside::call::{Answer, CallError, Caller};
use crate::outside::tracker::{Changes, Cursor, TicketRef, TicketState};

/// How many pages one look at the changes reads.
const PAGES: usize = 20;
/// How often what changed within one instant is read until it stands still.
const STILL: usize = 10;

/// A list of a forge.
pub(super) struct List<'l> {
    pub(super) caller: &'l Caller,
    pub(super) path: &'l [&'l str],
    /// What picks the account's own.
    pub(super) own: Option<(&'static str, String)>,
    pub(super) kind: &'static Kind,
}

/// How a forge lists.
pub(super) struct Kind {
    /// What bounds a list to changes at an instant or later.
    pub(super) since: &'static str,
    /// What orders it by change, the oldest first, and by making, the newest first.
    pub(super) by_change: &'static [(&'static str, &'static str)],
    pub(super) by_making: &'static [(&'static str, &'static str)],
    pub(super) read: fn(&Caller, &Value) -> Result<Entry, CallError>,
}

/// One thing of a list.
pub(super) struct Entry {
    pub(super) changed: DateTime<Utc>,
    pub(super) body: String,
    /// Absent for what is no ticket, such as GitHub's pull requests.
    pub(super) ticket: Told,
    pub(super) id: String,
}

struct Page {
    entries: Vec<Entry>,
    /// The query of the next page.
    next: Option<String>,
    /// The forge's mark of the answer.
    mark: Option<String>,
    is_unchanged: bool,
}

/// A ticket and how it stands; absent for what is no ticket.
type Told = Option<(TicketRef, TicketState)>;

/// What was told, by its id and the instant of its change.
#[derive(Default)]
struct Seen(BTreeMap<(String, DateTime<Utc>), Told>);

impl List<'_> {
    /// Reads on from a cursor. A list by pages shifts when something in it changes meanwhile, so every page begins at the
    /// instant at which the last one ended, and only where a whole page changed at one instant is the next one asked for.
    pub(super) async fn changes(&self, cursor: &Cursor) -> Result<Changes, CallError> {
        let (mut seen, mut at) = (Seen::default(), cursor.since);
        let mut mark = None;
        for number in 0..PAGES {
            let page = self.changed_since(at, cursor.mark.as_deref().filter(|_| number == 0)).await?;
            if page.is_unchanged {
                return Ok(Changes { states: Vec::new(), cursor: cursor.clone() });
            }
            let last = page.entries.last().map_or(at, |entry| entry.changed);
            let is_last = page.next.is_none();
            // Where a page is full, what comes next stands on another one, and this one's mark stays.
            mark = if page.entries.len() < PER_PAGE { page.mark.clone() } else { None };
            seen.note(page);
            if is_last {
                at = at.max(last);
                break;
            }
            match if last > at { Some(last) } else { self.within(at, &mut seen).await? } {
                Some(later) => at = later,
                None => break,
            }
        }
        // It is the mark of the answer to the very question that will be asked.
        let mark = mark.filter(|_| at == cursor.since);
        Ok(Changes { states: seen.states(), cursor: Cursor { since: at, mark } })
    }

    /// Reads all that changed at one instant, which is more than a page, until it stands still; then tells the next instant
    /// at which something changed.
    async fn within(&self, at: DateTime<Utc>, seen: &mut Seen) -> Result<Option<DateTime<Utc>>, CallError> {
        for _ in 0..STILL {
            let before = seen.0.len();
            let mut page = self.changed_since(at, None).await?;
            let later = loop {
                let later = page.entries.iter().map(|entry| entry.changed).find(|changed| *changed > at);
                let next = page.next.take();
                seen.note(page);
                match next {
                    Some(next) if later.is_none() => page = self.page(&next, None).await?,
                    _ => break later,
                }
            };
            if seen.0.len() == before {
                return Ok(later);
            }
        }
        let why = format!("{}: its tickets change faster than they can be listed", self.caller.service());
        Err(CallError::Unknown(why))
    }

    /// The account's own ticket whose body fits, the newest first.
    pub(super) async fn find(&self, fits: impl Fn(&str) -> bool) -> Result<Option<TicketRef>, CallError> {
        let mut query = self.query(self.kind.by_making);
        for _ in 0..FIND_PAGES {
            let page = self.page(&query, None).await?;
            let found = page.entries.into_iter().filter(|entry| fits(&entry.body)).find_map(|entry| entry.ticket);
            if let Some((at, _)) = found {
                return Ok(Some(at));
            }
            let Some(next) = page.next else { break };
            query = next;
        }
        Ok(None)
    }

    async fn changed_since(&self, at: DateTime<Utc>, mark: Option<&str>) -> Result<Page, CallError> {
        let mut query = self.query(self.kind.by_change);
        // Digits, `-`, `:` and letters, which need no encoding.
        let at = at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        query.extend(["&", self.kind.since, "=", &at]);
        self.page(&query, mark).await
    }

    fn query(&self, order: &[(&str, &str)]) -> String {
        let mut url = self.caller.url(self.path);
        let mut pairs = url.query_pairs_mut();
        pairs.extend_pairs(order).append_pair("per_page", &PER_PAGE.to_string());
        if let Some((name, value)) = &self.own {
            pairs.append_pair(name, value);
        }
        drop(pairs);
        url.query().unwrap_or_default().to_owned()
    }

    async fn page(&self, query: &str, mark: Option<&str>) -> Result<Page, CallError> {
        let mut url = self.caller.url(self.path);
        url.set_query(Some(query));
        let mut request = self.caller.request(Method::GET, url);
        if let Some(mark) = mark {
            request = request.header(IF_NONE_MATCH, mark);
        }
        let answer = self.caller.send(request).await?;
        let is_unchanged = answer.status == 304;
        let values: Vec<Value> = if is_unchanged { Vec::new() } else { self.caller.read(&answer)? };
        // One that cannot be read must not be passed over: it would never be seen again.
        let entries = values.iter().map(|value| (self.kind.read)(self.caller, value)).collect::<Result<_, _>>()?;
        Ok(Page {
            entries,
            next: next_query(&answer, query),
            mark: text(&answer.headers, ETAG.as_str()).map(str::to_owned),
            is_unchanged,
        })
    }
}

impl Seen {
    fn note(&mut self, page: Page) {
        for entry in page.entries {
            self.0.insert((entry.id, entry.changed), entry.ticket);
        }
    }

    /// The last state of each, the oldest change first.
    fn states(self) -> Vec<(TicketRef, TicketState)> {
        let mut last = BTreeMap::new();
        for ((id, changed), ticket) in self.0 {
            last.insert(id, (changed, ticket));
        }
        let mut states: Vec<_> = last.into_values().collect();
        states.sort_by_key(|(changed, _)| *changed);
        states.into_iter().filter_map(|(_, ticket)| ticket).collect()
    }
}

/// The query of the next page. Behind a proxy the host of a link may be one that is not to be called, so that the query alone
/// is taken from it.
fn next_query(answer: &Answer, query: &str) -> Option<String> {
    if let Some(links) = text(&answer.headers, LINK.as_str()) {
        let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
        let url = next.split_once('<')?.1.split_once('>')?.0;
        return url.split_once('?').map(|(_, query)| query.to_owned());
    }
    let page = text(&answer.headers, "x-next-page").filter(|page| page.parse::<u32>().is_ok())?;
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("page=")).collect();
    Some(format!("{}&page={page}", kept.join("&")))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn the_next_page_is_known_by_its_link_or_its_number_and_no_host_is_believed() {
        let link = "<http://inside:8080/api/v4/projects/1/issues?page=1&per_page=50>; rel=\"first\", \
                    <http://inside:8080/api/v4/projects/1/issues?after=Y3&per_page=50>; rel=\"next\"";
        let last = "<https://api.github.com/repositories/1/issues?page=1>; rel=\"prev\"";
        let table = [
            (Some(link), None, Some("after=Y3&per_page=50")),
            (Some(last), Some("3"), None),
            (None, Some("3"), Some("sort=asc&page=3")),
            (None, Some(""), None),
            (None, Some("3&x=1"), None),
            (None, None, None),
        ];
        for (link, page, wanted) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in [("link", link), ("x-next-page", page)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let answer = Answer { status: 200, headers, body: Value::Null };
            assert_eq!(next_query(&answer, "page=2&sort=asc").as_deref(), wanted, "{link:?} {page:?}");
        }
    }
}
