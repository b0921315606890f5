//! A relay before Postgres that can lose what the server says of a commit.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use firebell::store::DatabaseUrl;

use super::Place;

/// What becomes of the next commit on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextCommit {
    /// It reaches the server, which carries it out, and nobody hears of it.
    Unheard,
    /// It never reaches the server.
    Lost,
}

/// Stands between Firebell and its database.
pub(crate) struct Relay {
    orders: Arc<Mutex<Orders>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Orders {
    next_commit: Option<NextCommit>,
    /// Nobody gets through any more once a commit was taken.
    then_closed: bool,
    closed: bool,
}

impl Relay {
    /// From now on the database is reached through a relay.
    pub(crate) fn before(place: &mut Place) -> Self {
        let server = std::env::var("FIREBELL_TEST_POSTGRES").unwrap();
        let mut url = reqwest::Url::parse(&server).unwrap();
        let behind = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let shown = place.url.to_string();
        url.set_path(shown.rsplit_once('/').unwrap().1);
        url.set_query(Some("sslmode=disable"));
        place.url = DatabaseUrl::parse(url.as_str()).unwrap();
        let orders = Arc::new(Mutex::new(Orders::default()));
        let held = orders.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let orders = held.clone();
                let behind = behind.clone();
                std::thread::spawn(move || {
                    let client = client.unwrap();
                    if !orders.lock().unwrap().closed {
                        carry(client, TcpStream::connect(behind).unwrap(), &orders);
                    }
                });
            }
        });
        Self { orders }
    }

    /// The connection breaks at the next commit; afterwards others get through, or nobody does.
    pub(crate) fn breaks_at(&self, next: NextCommit, then_closed: bool) {
        *self.orders.lock().unwrap() = Orders { next_commit: Some(next), then_closed, closed: false };
    }

    /// Lets everybody through again, or nobody.
    pub(crate) fn lets_through(&self, allowed: bool) {
        *self.orders.lock().unwrap() = Orders { closed: !allowed, ..Orders::default() };
    }
}

fn carry(mut client: TcpStream, mut server: TcpStream, orders: &Mutex<Orders>) {
    let unheard = Arc::new(Mutex::new(false));
    let (mut from, mut to, deaf) = (server.try_clone().unwrap(), client.try_clone().unwrap(), unheard.clone());
    std::thread::spawn(move || {
        let mut answer = Vec::new();
        pump(&mut from, |bytes| {
            if !*deaf.lock().unwrap() {
                return to.write_all(bytes).is_ok();
            }
            answer.extend_from_slice(bytes);
            !holds_commit(&answer)
        });
        let _ = to.shutdown(Shutdown::Both);
    });
    pump(&mut client, |bytes| {
        let mut orders = orders.lock().unwrap();
        if orders.closed {
            return false;
        }
        if holds_commit(bytes)
            && let Some(next) = orders.next_commit.take()
        {
            orders.closed = orders.then_closed;
            *unheard.lock().unwrap() = true;
            return next == NextCommit::Unheard && server.write_all(bytes).is_ok();
        }
        server.write_all(bytes).is_ok()
    });
    // A commit that is under way is finished before the server notices.
    let _ = server.shutdown(Shutdown::Write);
}

/// Hands on what comes until that fails or nothing more does.
fn pump(from: &mut TcpStream, mut hand_on: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16_384];
    while let Ok(count) = from.read(&mut buffer)
        && count > 0
        && hand_on(&buffer[..count])
    {}
    let _ = from.shutdown(Shutdown::Read);
}

fn holds_commit(bytes: &[u8]) -> bool {
    bytes.windows(6).any(|window| window == b"COMMIT")
}
