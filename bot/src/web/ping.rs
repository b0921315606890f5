//! The container's health check: asks a replica, over plain HTTP, whether it is ready.

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(3);
const MAX_ANSWER_BYTES: u64 = 8 * 1024;

/// Asks `url`, such as `http://127.0.0.1:7373/readyz`, and is content with the status 200 alone. It takes 3 s at most
/// and no TLS: a health check runs every few seconds and should cost next to nothing.
///
/// # Errors
/// One text for the operator: no answer, or the failing checks that the replica named.
pub async fn ping(url: &str) -> Result<(), String> {
    let target = read_url(url)?;
    let answer = tokio::time::timeout(PATIENCE, ask(&target))
        .await
        .map_err(|_| format!("ping {url}: no answer within 3 s"))?
        .map_err(|error| format!("ping {url}: {error}; is Firebell running and listening there?"))?;
    judge(url, &String::from_utf8_lossy(&answer))
}

struct Target {
    authority: String,
    path: String,
}

fn read_url(url: &str) -> Result<Target, String> {
    let wanted = "give a URL such as http://127.0.0.1:7373/readyz";
    let parsed = Url::parse(url).map_err(|error| format!("ping {url}: {error}; {wanted}"))?;
    if parsed.scheme() != "http" {
        return Err(format!("ping {url}: only http is spoken here; {wanted}"));
    }
    let host = parsed.host_str().ok_or_else(|| format!("ping {url}: there is no host; {wanted}"))?;
    let authority = format!("{host}:{}", parsed.port_or_known_default().unwrap_or(80));
    let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Target { authority, path: format!("{}{query}", parsed.path()) })
}

async fn ask(target: &Target) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(&target.authority).await?;
    let Target { authority, path } = target;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await?;
    Ok(answer)
}

fn judge(url: &str, answer: &str) -> Result<(), String> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let line = head.lines().next().unwrap_or_default();
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    match status {
        Some("200") => Ok(()),
        Some(status) if body.is_empty() => Err(format!("ping {url}: answered {status}")),
        Some(status) => Err(format!("ping {url}: answered {status}: {}", body.trim_end().replace('\n', "; "))),
        None => Err(format!("ping {url}: what answered does not speak HTTP; check the port")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_line_is_read_strictly() {
        let table = [
            ("HTTP/1.1 200 OK\r\n\r\nready", Ok(())),
            ("HTTP/1.0 200\r\n\r\n", Ok(())),
            ("HTTP/1.1 204 No Content\r\n\r\n", Err("ping u: answered 204")),
            ("HTTP/1.1 503 X\r\n\r\nworker: a\nticker: b", Err("ping u: answered 503: worker: a; ticker: b")),
            ("SSH-2.0-OpenSSH_9.6\r\n", Err("ping u: what answered does not speak HTTP; check the port")),
            ("", Err("ping u: what answered does not speak HTTP; check the port")),
        ];
        for (answer, expected) in table {
            assert_eq!(judge("u", answer), expected.map_err(str::to_owned), "{answer:?}");
        }
    }

    #[test]
    fn a_url_gives_address_and_path() {
        let table = [
            ("http://127.0.0.1:7373/readyz", "127.0.0.1:7373", "/readyz"),
            ("http://localhost", "localhost:80", "/"),
            ("http://[::1]:7373/readyz?a=b", "[::1]:7373", "/readyz?a=b"),
        ];
        for (url, authority, path) in table {
            let target = read_url(url).unwrap();
            assert_eq!((target.authority.as_str(), target.path.as_str()), (authority, path));
        }
        for url in ["https://127.0.0.1/", "127.0.0.1:7373/readyz", "", "/readyz"] {
            assert!(read_url(url).is_err(), "{url}");
        }
    }
}
