//! The heartbeat: whether a watcher is configured, and whether its machine can be reached.

use std::time::Duration;

use firebell_core::when::format_duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::Config;
use crate::platform::finding::Finding;

const ABOUT: &str = "heartbeat";
const TIME: Duration = Duration::from_secs(5);

/// Connects and says nothing: a call would tell the watcher that all is well, and nobody knows that here.
pub(super) async fn examine(config: &Config) -> Finding {
    let (url, every) = match config.heartbeat() {
        Ok(Some(found)) => found,
        Ok(None) => {
            let none = "nobody outside is told that all is well, so nobody hears when this machine is gone; [heartbeat] \
                        names a watcher";
            return Finding::note(ABOUT, none);
        }
        Err(why) => return Finding::problem(ABOUT, why.to_string()),
    };
    let every = format_duration(every);
    let parsed = reqwest::Url::parse(url.expose()).ok();
    let Some((host, port)) = parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)))
    else {
        return Finding::problem(ABOUT, "its URL names no machine; copy it anew from the watcher");
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match timeout(TIME, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Finding::ok(
            ABOUT,
            format!("the watcher's machine can be reached; `firebell serve` calls it every {every} while all is well"),
        ),
        Ok(Err(why)) => Finding::problem(
            ABOUT,
            format!("the watcher's machine cannot be reached: {why}; check its URL, the network"),
        ),
        Err(_) => Finding::problem(
            ABOUT,
            format!("the watcher's machine gave no answer in {} s; check its URL, the network", TIME.as_secs()),
        ),
    }
}
