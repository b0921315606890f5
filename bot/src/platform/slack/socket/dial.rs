//! A new connection, up to Slack's hello. Every step has its time.

use futures_util::StreamExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::envelope::{self, Frame, Reason};
use super::{OpenError, Opener, Pace, Status, Trouble};

/// The largest frame that is taken, in bytes: far above what Slack sends, and no harm to hold.
const MAX_FRAME_BYTES: usize = 4 * 1024 * 1024;

/// A WebSocket to Slack.
pub(super) type Ws = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Makes a connection.
pub(super) async fn dial(open: &dyn Opener, pace: &Pace, status: &Status) -> Result<Ws, Trouble> {
    let url = match timeout(pace.open, open.open()).await {
        Ok(Ok(url)) => url,
        Ok(Err(OpenError::Refused { code })) => return Err(Trouble::Refused { code }),
        Ok(Err(OpenError::RetryAfter(wait))) => return Err(Trouble::AskedToWait(wait)),
        Ok(Err(OpenError::Failed)) | Err(_) => return Err(Trouble::NotOpened),
    };
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_FRAME_BYTES)).max_frame_size(Some(MAX_FRAME_BYTES));
    // The URL is a ticket: it is in no message. Acknowledgements are small and must not wait for each other.
    let connecting = connect_async_with_config(url.as_str(), Some(config), true);
    let mut ws = match timeout(pace.connect, connecting).await {
        Ok(Ok((ws, _))) => ws,
        Ok(Err(error)) => {
            tracing::debug!(why = why(&error), "no WebSocket to Slack");
            return Err(Trouble::NotConnected);
        }
        Err(_) => return Err(Trouble::NotConnected),
    };
    timeout(pace.hello, hello(status, &mut ws)).await.unwrap_or(Err(Trouble::NoHello))?;
    Ok(ws)
}

/// What a broken connection broke of, without anything that was said on it.
pub(super) fn why(error: &Error) -> String {
    match error {
        Error::Io(error) => error.to_string(),
        Error::Http(answer) => format!("HTTP status {}", answer.status()),
        Error::Capacity(_) => "too large".to_owned(),
        Error::Protocol(_) => "not the WebSocket protocol".to_owned(),
        Error::Tls(_) => "TLS".to_owned(),
        Error::Url(_) | Error::HttpFormat(_) => "not a URL of a WebSocket".to_owned(),
        _ => "closed".to_owned(),
    }
}

/// Waits for Slack's first word. An envelope before it is not acknowledged, so it comes again.
async fn hello(status: &Status, ws: &mut Ws) -> Result<(), Trouble> {
    loop {
        let text = match ws.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Trouble::NoHello),
            Some(Ok(_)) => continue,
        };
        match envelope::read(&text) {
            Frame::Hello => return Ok(()),
            Frame::Disconnect(Reason::Disabled) => return Err(Trouble::Disabled),
            Frame::Disconnect(Reason::Crowded) => return Err(Trouble::Crowded),
            Frame::Disconnect(Reason::Renewal) => return Err(Trouble::Closed),
            Frame::Envelope(_) | Frame::Unknown { .. } => {}
            Frame::Unreadable => status.unreadable(),
        }
    }
}
