//! Connections that can be reset in the middle of a request.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Marks a response that is not to be sent: the connection is reset instead.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Reset;

/// The first bytes of what should have come, and the length of the whole.
pub(in super::super) fn half(whole: &Bytes) -> Response {
    let first = whole.slice(..whole.len() / 2);
    let broken = futures_util::stream::iter([Ok(first), Err(io::Error::other("it breaks off"))]);
    Response::builder().header(header::CONTENT_LENGTH, whole.len()).body(Body::from_stream(broken)).unwrap()
}

pub(in super::super) async fn talk(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    let cut = Arc::new(AtomicBool::new(false));
    let wire = Wire { stream, cut: cut.clone() };
    let service = service_fn(move |request| {
        let (router, cut) = (TowerToHyperService::new(router.clone()), cut.clone());
        async move {
            let Ok(response) = router.call(request).await;
            if response.extensions().get::<Reset>().is_some() {
                cut.store(true, Ordering::SeqCst);
                return Err(io::Error::from(io::ErrorKind::ConnectionReset));
            }
            Ok(response)
        }
    });
    // Whoever hangs up early is no matter.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(wire), service).await;
}

/// A connection that says RST, not FIN, when it was cut.
struct Wire {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.cut.load(Ordering::SeqCst) {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.cut.load(Ordering::SeqCst) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
