//! Every way to write or to reach a private address.

use std::sync::Arc;

use chrono::DateTime;

use super::*;
use crate::notify::http::{Caller, Failure};
use crate::notify::setup::Setup;

fn checked(guard: Guard, url: &str) -> bool {
    guard.check(&url.parse().unwrap()).is_ok()
}

#[test]
fn only_public_hosts_over_https_pass() {
    let table = [
        ("https://hooks.example.org/x?y=1", true),
        ("https://203.0.114.9/", true),
        ("https://[2606:4700::1111]/", true),
        ("https://[64:ff9b::8.8.8.8]/", true),
        ("http://hooks.example.org/", false),
        ("ftp://hooks.example.org/", false),
        ("file:///etc/passwd", false),
        ("https://ana@hooks.example.org/", false),
        ("https://ana:pw@hooks.example.org/", false),
        ("https://localhost/", false),
        ("https://LOCALHOST./", false),
        ("https://db.internal/", false),
        ("https://printer.local/", false),
        ("https://127.0.0.1/", false),
        ("https://127.1/", false),
        ("https://127.0.0.1./", false),
        ("https://168.63.129.16/", false),
        ("https://2130706433/", false),
        ("https://0x7f.0.0.1/", false),
        ("https://0177.0.0.1/", false),
        ("https://0/", false),
        ("https://１２７.0.0.1/", false),
        ("https://10.1.2.3/", false),
        ("https://172.16.0.1/", false),
        ("https://172.32.0.1/", true),
        ("https://192.168.1.1/", false),
        ("https://100.64.0.1/", false),
        ("https://100.128.0.1/", true),
        ("https://169.254.169.254/latest/meta-data/", false),
        ("https://100.100.100.200/", false),
        ("https://192.0.0.192/", false),
        ("https://198.18.0.1/", false),
        ("https://203.0.113.9/", false),
        ("https://224.0.0.1/", false),
        ("https://255.255.255.255/", false),
        ("https://[::1]/", false),
        ("https://[::]/", false),
        ("https://[fe80::1]/", false),
        ("https://[fd00:ec2::254]/", false),
        ("https://[fc00::1]/", false),
        ("https://[ff02::1]/", false),
        ("https://[2001:db8::1]/", false),
        ("https://[::ffff:127.0.0.1]/", false),
        ("https://[::ffff:8.8.8.8]/", true),
        ("https://[::127.0.0.1]/", false),
        ("https://[::8.8.8.8]/", false),
        ("https://[::ffff:0:10.0.0.1]/", false),
        ("https://[64:ff9b::10.0.0.1]/", false),
        ("https://[64:ff9b:1::8.8.8.8]/", false),
        ("https://[2002:0a00:0001::]/", false),
        ("https://[2002:808:808::1]/", true),
        // Teredo of 10.0.0.1, which is written with its bits turned.
        ("https://[2001:0:4136:e378:8000:63bf:f5ff:fffe]/", false),
        ("https://[2001:0:4136:e378:8000:63bf:f7f7:f7f7]/", true),
    ];
    for (url, passes) in table {
        assert_eq!(checked(Guard::default(), url), passes, "{url}");
    }
}

#[test]
fn an_operator_who_allows_private_networks_does_not_allow_metadata() {
    let guard = Guard::allowing_private_networks();
    let table = [
        ("http://127.0.0.1:8080/", true),
        ("http://ntfy.internal/", true),
        ("https://[fd12::1]/", true),
        ("https://[::ffff:10.0.0.1]/", true),
        ("http://ana:pw@10.0.0.1/", false),
        ("http://169.254.169.254/", false),
        ("http://[::ffff:169.254.169.254]/", false),
        ("http://[64:ff9b::169.254.169.254]/", false),
        ("http://[fd00:ec2::254]/", false),
        ("http://[fe80::1]/", false),
        ("http://0.0.0.0/", false),
        ("http://224.0.0.1/", false),
        ("http://192.0.0.192/", false),
        ("http://[64:ff9b:1::169.254.169.254]/", false),
        ("http://[64:ff9b:1::10.0.0.1]/", true),
    ];
    for (url, passes) in table {
        assert_eq!(checked(guard, url), passes, "{url}");
    }
}

/// What a host of a URL is refused for, it is refused for when a name leads there.
#[tokio::test]
async fn a_name_that_leads_to_this_machine_is_not_connected_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://localhost:{}/", listener.local_addr().unwrap().port()).parse().unwrap();
    let setup = Setup::new(Arc::new(DateTime::default));
    let caller = Caller::guarded(&setup).unwrap();
    let outcome = caller.call(caller.post(url)).await;
    assert!(matches!(outcome, Err(Failure::Later(_))), "it was called");
    let nobody = std::future::poll_fn(|context| std::task::Poll::Ready(listener.poll_accept(context).is_pending()));
    assert!(nobody.await, "somebody connected");
}
