//! A mail relay that talks real SMTP: EHLO, STARTTLS with a certificate of its own, AUTH PLAIN and LOGIN, commands that
//! come at once, and refusals at each step.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What goes wrong with one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// This reply instead of the greeting.
    Greeting(&'static str),
    /// It says nothing at all.
    Silence,
    /// This reply to MAIL.
    Sender(&'static str),
    /// This reply to the letter, which is not kept.
    Letter(&'static str),
    /// It breaks off once DATA was said.
    BreakAtData,
    /// It breaks off after the letter's dot; the letter is kept.
    BreakAfterDot,
    /// It falls silent after the letter's dot; the letter is kept.
    SilenceAfterDot,
}

/// What a relay asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    pub(crate) starttls: bool,
    pub(crate) implicit_tls: bool,
    /// The ways to log in that it offers, such as `PLAIN LOGIN`; none needs none.
    pub(crate) login: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
    pub(crate) encrypted: bool,
    pub(crate) user: Option<String>,
}

pub(crate) struct Relay {
    pub(crate) port: u16,
    /// What a client must trust.
    pub(crate) certificate: String,
    inner: Arc<Inner>,
}

struct Inner {
    wants: Wants,
    tls: TlsAcceptor,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    letters: Vec<Letter>,
    faults: VecDeque<Fault>,
    refused: HashMap<String, &'static str>,
    connections: usize,
    goodbyes: usize,
}

/// Who is known by `user` and `pass`.
const USER: &str = "user";
const PASSWORD: &str = "pass";

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

type Lines = BufReader<Box<dyn Stream>>;

impl Relay {
    pub(crate) async fn start(wants: Wants) -> Self {
        let key = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.signing_key.serialize_der()));
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![key.cert.der().clone()], secret).unwrap();
        let tls = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner { wants, tls, state: Mutex::default() });
        let served = Arc::clone(&inner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&served);
                tokio::spawn(async move { talk(Box::new(stream), &inner).await });
            }
        });
        Self { port, certificate: key.cert.pem(), inner }
    }

    /// The next connection fares so.
    pub(crate) fn fails(&self, fault: Fault) {
        self.inner.state.lock().unwrap().faults.push_back(fault);
    }

    /// A mailbox is answered with this reply.
    pub(crate) fn refuses(&self, mailbox: &str, reply: &'static str) {
        self.inner.state.lock().unwrap().refused.insert(mailbox.to_owned(), reply);
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.inner.state.lock().unwrap().letters.clone()
    }

    /// How many connections ended with QUIT.
    pub(crate) fn goodbyes(&self) -> usize {
        self.inner.state.lock().unwrap().goodbyes
    }

    pub(crate) fn connections(&self) -> usize {
        self.inner.state.lock().unwrap().connections
    }
}

/// One connection.
struct Talk<'t> {
    lines: Lines,
    inner: &'t Inner,
    fault: Option<Fault>,
    encrypted: bool,
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

async fn talk(stream: Box<dyn Stream>, inner: &Inner) -> Option<()> {
    let fault = {
        let mut state = inner.state.lock().unwrap();
        state.connections += 1;
        state.faults.pop_front()
    };
    let (stream, encrypted): (Box<dyn Stream>, bool) =
        if inner.wants.implicit_tls { (Box::new(inner.tls.accept(stream).await.ok()?), true) } else { (stream, false) };
    let mut talk =
        Talk { lines: BufReader::new(stream), inner, fault, encrypted, user: None, from: None, to: Vec::new() };
    match fault {
        Some(Fault::Greeting(reply)) => return talk.say(reply).await,
        Some(Fault::Silence) => return talk.silence().await,
        _ => talk.say("220 relay.example ESMTP").await?,
    }
    loop {
        let line = talk.line().await?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => talk.hello().await?,
            "STARTTLS" if inner.wants.starttls && !talk.encrypted => talk = talk.encrypt().await?,
            "AUTH" => talk.login(rest).await?,
            "MAIL" => talk.sender(rest).await?,
            "RCPT" => talk.recipient(rest).await?,
            "DATA" => talk.letter().await?,
            "NOOP" | "RSET" => talk.say("250 2.0.0 ok").await?,
            "QUIT" => {
                inner.state.lock().unwrap().goodbyes += 1;
                return talk.say("221 2.0.0 bye").await;
            }
            _ => talk.say("502 5.5.1 unknown").await?,
        }
    }
}

impl<'t> Talk<'t> {
    async fn say(&mut self, reply: &str) -> Option<()> {
        self.lines.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
        self.lines.flush().await.ok()
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.lines.read_line(&mut line).await.ok()? > 0).then(|| line.trim_end().to_owned())
    }

    /// Until the client goes away.
    async fn silence(&mut self) -> Option<()> {
        self.lines.read_to_end(&mut Vec::new()).await.ok().map(drop)
    }

    async fn hello(&mut self) -> Option<()> {
        self.say("250-relay.example").await?;
        self.say("250-PIPELINING").await?;
        if self.inner.wants.starttls && !self.encrypted {
            self.say("250-STARTTLS").await?;
        }
        if let Some(ways) = self.inner.wants.login.filter(|_| self.may_log_in()) {
            self.say(&format!("250-AUTH {ways}")).await?;
        }
        self.say("250 8BITMIME").await
    }

    fn may_log_in(&self) -> bool {
        self.encrypted || !self.inner.wants.starttls
    }

    async fn encrypt(mut self) -> Option<Talk<'t>> {
        self.say("220 2.0.0 go ahead").await?;
        assert!(self.lines.buffer().is_empty(), "something was said in clear after STARTTLS");
        let stream: Box<dyn Stream> = Box::new(self.inner.tls.accept(self.lines.into_inner()).await.ok()?);
        Some(Talk { lines: BufReader::new(stream), encrypted: true, ..self })
    }

    async fn login(&mut self, rest: &str) -> Option<()> {
        let ways = self.inner.wants.login.unwrap_or_default();
        let (way, first) = rest.split_once(' ').unwrap_or((rest, ""));
        if !self.may_log_in() || !ways.split(' ').any(|offered| offered == way) {
            return self.say("504 5.5.4 not offered").await;
        }
        let (user, password) = if way == "PLAIN" {
            let text = if first.is_empty() { self.ask("").await? } else { decode(first) };
            let mut parts = text.split('\0').skip(1).map(str::to_owned);
            (parts.next()?, parts.next()?)
        } else {
            (self.ask("Username:").await?, self.ask("Password:").await?)
        };
        if (user.as_str(), password.as_str()) != (USER, PASSWORD) {
            return self.say("535 5.7.8 authentication failed").await;
        }
        self.user = Some(user);
        self.say("235 2.7.0 welcome").await
    }

    async fn ask(&mut self, question: &str) -> Option<String> {
        self.say(&format!("334 {}", STANDARD.encode(question))).await?;
        Some(decode(&self.line().await?))
    }

    async fn sender(&mut self, rest: &str) -> Option<()> {
        if let Some(Fault::Sender(reply)) = self.fault {
            return self.say(reply).await;
        }
        if self.inner.wants.login.is_some() && self.user.is_none() {
            return self.say("530 5.7.0 authentication required").await;
        }
        self.from = Some(between(rest));
        self.to.clear();
        self.say("250 2.1.0 ok").await
    }

    async fn recipient(&mut self, rest: &str) -> Option<()> {
        let to = between(rest);
        let refused = self.inner.state.lock().unwrap().refused.get(&to).copied();
        if let Some(reply) = refused {
            return self.say(reply).await;
        }
        self.to.push(to);
        self.say("250 2.1.5 ok").await
    }

    async fn letter(&mut self) -> Option<()> {
        let Some(from) = self.from.take().filter(|_| !self.to.is_empty()) else {
            return self.say("503 5.5.1 no recipient").await;
        };
        if self.fault == Some(Fault::BreakAtData) {
            return None;
        }
        self.say("354 go ahead").await?;
        let mut text = String::new();
        loop {
            match self.line().await?.as_str() {
                "." => break,
                line => text = text + line.strip_prefix('.').unwrap_or(line) + "\r\n",
            }
        }
        if let Some(Fault::Letter(reply)) = self.fault {
            return self.say(reply).await;
        }
        let (encrypted, user) = (self.encrypted, self.user.clone());
        let letter = Letter { from, to: std::mem::take(&mut self.to), text, encrypted, user };
        self.inner.state.lock().unwrap().letters.push(letter);
        match self.fault {
            Some(Fault::BreakAfterDot) => None,
            Some(Fault::SilenceAfterDot) => self.silence().await,
            _ => self.say("250 2.0.0 queued").await,
        }
    }
}

fn decode(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

/// What stands between the angle brackets.
fn between(text: &str) -> String {
    text.split_once('<').and_then(|(_, text)| text.split_once('>')).map_or("", |(text, _)| text).to_owned()
}
