//! What the fakes of chat servers share: their clock, what goes wrong, connections that can be reset, and waiting.

pub(super) mod clock;
pub(super) mod faults;
pub(super) mod multipart;
pub(super) mod waiting;
pub(super) mod wire;

use tokio::net::TcpListener;

/// A port of its own on loopback, for those who cannot wait; there has to be a runtime nevertheless.
pub(super) fn listener() -> TcpListener {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    TcpListener::from_std(listener).unwrap()
}
