//! `firebell serve`.

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::open::{Purpose, app, config, log, stdout_screen};
use super::{Exit, Failure, Global, ServeArgs};
use crate::logging::Answered;
use crate::web;

pub(super) async fn serve(global: &Global, args: ServeArgs) -> Result<Exit, Failure> {
    let mut config = config(global)?;
    log(&config, Answered::Elsewhere)?;
    if let Some(listen) = args.listen {
        config.http.listen = listen;
    }
    let address = config.http.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("listen on {address}: {error}; choose another with --listen"))?;
    // Where port 0 was asked for, the system has chosen one.
    let address = listener.local_addr()?;
    let app = app(&config, stdout_screen(), Purpose::Serve).await?;
    let (stop, stopped) = watch::channel(false);
    let health = app.engine.health.clone();
    let mut web_stopped = stopped.clone();
    let routes = web::router(health.clone(), app.engine.metrics.clone());
    let routes = routes.merge(app.router());
    let web = tokio::spawn(web::serve_router(listener, routes, async move {
        let _ = web_stopped.wait_for(|stop| *stop).await;
    }));
    let slack = app.slack.iter().map(|slack| tokio::spawn(slack.clone().run(stopped.clone())));
    let discord = app.discord.iter().map(|discord| tokio::spawn(discord.clone().run(stopped.clone())));
    let telegram = app.telegram.iter().map(|bot| tokio::spawn(bot.clone().run(stopped.clone())));
    let listening: Vec<_> = slack.chain(discord).chain(telegram).collect();
    let engine = app.engine.clone();
    let running = tokio::spawn(async move { engine.run(stopped).await });
    let mut told = Told::listen()?;
    tracing::info!(%address, database = %config.database.url, "firebell serves");
    told.wait().await;
    tracing::info!("told to stop; what is running may finish within ten seconds");
    health.drain();
    let _ = stop.send(true);
    for listener in listening {
        let _ = listener.await;
    }
    let _ = running.await;
    app.store.close().await;
    let _ = web.await;
    tracing::info!("firebell stopped");
    Ok(Exit::Done)
}

/// Hears SIGTERM and SIGINT, from the moment it is made: one that came earlier would end the process where it stands.
struct Told {
    terminate: Signal,
    interrupt: Signal,
}

impl Told {
    fn listen() -> Result<Self, Failure> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
