//! `firebell ping`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::open::config;
use super::{Exit, Failure, Global, PingArgs};
use crate::web;

pub(super) async fn ping(global: &Global, args: PingArgs) -> Result<Exit, Failure> {
    let url = match args.url {
        Some(url) => url,
        None => ready_at(config(global)?.http.listen),
    };
    web::ping(&url).await?;
    Ok(Exit::Done)
}

/// Where a `serve` on this machine that listens there says whether it is ready. Whoever listens everywhere is reached here.
fn ready_at(listen: SocketAddr) -> String {
    let host = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}/readyz", SocketAddr::new(host, listen.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_everywhere_is_asked_here() {
        for (listen, url) in [
            ("127.0.0.1:7373", "http://127.0.0.1:7373/readyz"),
            ("0.0.0.0:80", "http://127.0.0.1:80/readyz"),
            ("192.0.2.1:7373", "http://192.0.2.1:7373/readyz"),
            ("[::]:7373", "http://[::1]:7373/readyz"),
        ] {
            assert_eq!(ready_at(listen.parse().unwrap()), url);
        }
    }
}
