//! One connection.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::super::Fake;
use super::{Live, Order};

/// The codes by which a client takes leave, so that its session ends:
/// <https://docs.discord.com/developers/events/gateway#initiating-a-disconnect>
const LEAVE: [u16; 2] = [1000, 1001];

pub(in super::super) async fn accept(listener: TcpListener, fake: Fake) {
    while let Ok((stream, _)) = listener.accept().await {
        if fake.with(|state| state.gateway.wrong.refusing) {
            let _ = stream.set_zero_linger();
            continue;
        }
        tokio::spawn(greet(stream, fake.clone()));
    }
}

async fn greet(stream: TcpStream, fake: Fake) {
    let _ = stream.set_nodelay(true);
    let Ok(mut socket) = accept_async(stream).await else { return };
    let (orders, todo) = unbounded_channel();
    let (id, hello) = fake.with(|state| {
        let gateway = &mut state.gateway;
        gateway.made += 1;
        let interval = u64::try_from(gateway.heartbeat.as_millis()).unwrap();
        gateway.live.push(Live { id: gateway.made, orders, session: None, beats: 0, heard: 0 });
        state.told += 1;
        let hello = json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": interval, "_trace": []}});
        let gateway = &state.gateway;
        (gateway.made, Some(hello.to_string()).filter(|_| !gateway.wrong.mute))
    });
    let greeted = match hello {
        Some(hello) => socket.send(Message::text(hello)).await,
        None => Ok(()),
    };
    let took_leave = match greeted {
        Ok(()) => attend(socket, todo, (&fake, id)).await,
        Err(_) => false,
    };
    fake.with(|state| state.hung_up(id, took_leave));
}

/// Serves a connection until one of the two hangs up; whether the client took leave.
async fn attend(
    mut socket: WebSocketStream<TcpStream>,
    mut todo: UnboundedReceiver<Order>,
    (fake, id): (&Fake, u64),
) -> bool {
    loop {
        let done = tokio::select! {
            order = todo.recv() => match order {
                Some(Order::Text(text)) => socket.send(Message::text(text)).await,
                Some(Order::Close(code)) => {
                    let frame = code.map(|(code, reason)| CloseFrame { code: code.into(), reason: reason.into() });
                    let _ = socket.close(frame).await;
                    return false;
                }
                Some(Order::DropTcp) | None => {
                    let _ = socket.get_ref().set_zero_linger();
                    return false;
                }
            },
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    fake.with(|state| state.hear(id, &text));
                    Ok(())
                }
                Some(Ok(Message::Binary(bytes))) => {
                    fake.with(|state| state.hear(id, &String::from_utf8_lossy(&bytes)));
                    Ok(())
                }
                Some(Ok(Message::Close(frame))) => {
                    // The answer to it is still to be sent.
                    let _ = socket.flush().await;
                    return frame.is_some_and(|frame| LEAVE.contains(&frame.code.into()));
                }
                Some(Ok(_)) => Ok(()),
                Some(Err(error)) => Err(error),
                None => return false,
            },
        };
        if done.is_err() {
            return false;
        }
    }
}
