//! The contact methods of the file beside chat, and what they need.

mod section;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use firebell_core::directory::ContactMethod;
use firebell_core::ids::Key;
use toml::Spanned;

pub use self::section::Notify;
use self::section::{BodyFormat, CarrierSection, Encrypted, MailSection, TwilioSection};
use super::error::{ConfigError, Wrong};
use super::value::Link;
use crate::clock::Clock;
use crate::notify::guard::Guard;
use crate::notify::twilio::{Sender, Twilio, TwilioConfig};
use crate::notify::{
    Address, Carrier, Carriers, Encryption, Format, Gotify, GotifyConfig, HttpCarrier, HttpCarrierConfig, Login, Mail,
    MailConfig, Notifier, Now, Ntfy, NtfyAuth, NtfyConfig, Opsgenie, OpsgenieConfig, PagerDuty, PagerDutyConfig,
    Pushover, PushoverConfig, Secret, Setup, Telegram, TelegramConfig, Url, Webhook, WebhookConfig,
};

/// What a variable holds that prevails over a file of a secret.
type Variable<'v> = &'v dyn Fn(&str) -> Option<String>;

/// By what Twilio is known when it posts.
#[derive(Debug, Clone)]
pub struct TwilioSigns {
    pub auth_token: Secret,
    pub language: String,
}

impl Notify {
    /// The methods, ready to send. Reads the files of their secrets, so it is to be asked at the start, while all is well.
    ///
    /// # Errors
    /// A secret is missing or cannot be read, or a method refuses its configuration.
    pub fn notifiers(
        &self,
        clock: &Clock,
        variable: Variable<'_>,
    ) -> Result<BTreeMap<ContactMethod, Notifier>, ConfigError> {
        let clock = clock.clone();
        let now: Now = std::sync::Arc::new(move || clock.now());
        let mut setup = Setup::new(now.clone());
        setup.guard = self.guard();
        let mut methods = BTreeMap::new();
        if let Some(section) = &self.mail {
            let mail = Mail::new(&section.config(variable)?, &setup).map_err(refused("notify.mail"))?;
            methods.insert(ContactMethod::Email, Notifier::Mail(mail));
        }
        self.carriers(&setup, &now, variable, &mut methods)?;
        self.push(&setup, variable, &mut methods)?;
        if let Some(section) = &self.webhook {
            let key = ("FIREBELL_WEBHOOK_SECRET", "notify.webhook", "secret_file");
            let secret = optional_secret(key, section.secret_file.as_ref(), variable)?;
            let webhook = Webhook::new(&WebhookConfig { secret }, &setup).map_err(refused("notify.webhook"))?;
            methods.insert(ContactMethod::Webhook, Notifier::Webhook(webhook));
        }
        if let Some(section) = &self.pagerduty {
            let config = PagerDutyConfig { base: url("notify.pagerduty", "url", &section.url)? };
            let pagerduty = PagerDuty::new(config, &setup).map_err(refused("notify.pagerduty"))?;
            methods.insert(ContactMethod::PagerDuty, Notifier::PagerDuty(pagerduty));
        }
        if let Some(section) = &self.opsgenie {
            let key = ("FIREBELL_OPSGENIE_API_KEY", "notify.opsgenie", "api_key_file");
            let api_key = secret(key, section.api_key_file.as_ref(), variable)?;
            let base =
                url("notify.opsgenie", "api_url", section.api_url.as_deref().unwrap_or("https://api.opsgenie.com"))?;
            let opsgenie =
                Opsgenie::new(OpsgenieConfig { base, api_key }, &setup).map_err(refused("notify.opsgenie"))?;
            methods.insert(ContactMethod::Opsgenie, Notifier::Opsgenie(opsgenie));
        }
        Ok(methods)
    }

    /// The methods for which there is a section, whether or not their secrets can be read here.
    pub fn configured(&self) -> BTreeSet<ContactMethod> {
        let all = [
            (ContactMethod::Email, self.mail.is_some()),
            (ContactMethod::Sms, self.twilio.is_some() || !self.carrier.is_empty()),
            (ContactMethod::Voice, self.twilio.is_some()),
            (ContactMethod::Ntfy, self.ntfy.is_some()),
            (ContactMethod::Gotify, self.gotify.is_some()),
            (ContactMethod::Pushover, self.pushover.is_some()),
            (ContactMethod::Telegram, self.telegram.is_some()),
            (ContactMethod::Webhook, self.webhook.is_some()),
            (ContactMethod::PagerDuty, self.pagerduty.is_some()),
            (ContactMethod::Opsgenie, self.opsgenie.is_some()),
        ];
        all.into_iter().filter_map(|(method, has)| has.then_some(method)).collect()
    }

    /// Where the webhooks lead that policies name.
    pub fn targets(&self) -> BTreeMap<Key, Address> {
        let targets = self.webhook.iter().flat_map(|section| &section.targets);
        targets.map(|(name, url)| (name.clone(), Address::new(url))).collect()
    }

    /// Which hosts may be called that stand in contacts and calendars.
    pub fn guard(&self) -> Guard {
        if self.private_networks { Guard::allowing_private_networks() } else { Guard::default() }
    }

    /// By what Twilio is known when it posts, where it is configured.
    ///
    /// # Errors
    /// The auth token is missing or cannot be read.
    pub fn twilio_signs(&self, variable: Variable<'_>) -> Result<Option<TwilioSigns>, ConfigError> {
        let signs = |section: &TwilioSection| {
            Ok(TwilioSigns { auth_token: section.token(variable)?, language: section.language.clone() })
        };
        self.twilio.as_ref().map(signs).transpose()
    }

    fn carriers(
        &self,
        setup: &Setup,
        now: &Now,
        variable: Variable<'_>,
        methods: &mut BTreeMap<ContactMethod, Notifier>,
    ) -> Result<(), ConfigError> {
        let mut texts = Vec::new();
        for section in &self.carrier {
            let carrier = HttpCarrier::new(section.config()?, setup).map_err(refused("notify.carrier"))?;
            texts.push((if section.first { 0 } else { 2 }, Carrier::Http(carrier)));
        }
        if let Some(section) = &self.twilio {
            let twilio = Twilio::new(section.config(variable)?, setup).map_err(refused("notify.twilio"))?;
            texts.push((1, Carrier::Twilio(twilio.clone())));
            let calls = Carriers::new(vec![Carrier::Twilio(twilio)], now.clone());
            methods.insert(ContactMethod::Voice, Notifier::Voice(calls));
        }
        // In the order in which they stand, but for those that come first.
        texts.sort_by_key(|(place, _)| *place);
        if !texts.is_empty() {
            let texts = Carriers::new(texts.into_iter().map(|(_, carrier)| carrier).collect(), now.clone());
            methods.insert(ContactMethod::Sms, Notifier::Sms(texts));
        }
        Ok(())
    }

    fn push(
        &self,
        setup: &Setup,
        variable: Variable<'_>,
        methods: &mut BTreeMap<ContactMethod, Notifier>,
    ) -> Result<(), ConfigError> {
        if let Some(section) = &self.ntfy {
            let key = ("FIREBELL_NTFY_TOKEN", "notify.ntfy", "token_file");
            let auth = optional_secret(key, section.token_file.as_ref(), variable)?.map(NtfyAuth::Token);
            let ntfy = Ntfy::new(NtfyConfig { base: url("notify.ntfy", "url", &section.url)?, auth }, setup);
            methods.insert(ContactMethod::Ntfy, Notifier::Ntfy(ntfy.map_err(refused("notify.ntfy"))?));
        }
        if let Some(section) = &self.gotify {
            let gotify = Gotify::new(GotifyConfig { base: url("notify.gotify", "url", &section.url)? }, setup);
            methods.insert(ContactMethod::Gotify, Notifier::Gotify(gotify.map_err(refused("notify.gotify"))?));
        }
        if let Some(section) = &self.pushover {
            let token = secret(
                ("FIREBELL_PUSHOVER_TOKEN", "notify.pushover", "token_file"),
                section.token_file.as_ref(),
                variable,
            )?;
            let base =
                url("notify.pushover", "api_url", section.api_url.as_deref().unwrap_or("https://api.pushover.net"))?;
            let config = PushoverConfig { base, token, sound: section.sound.clone() };
            let pushover = Pushover::new(config, setup).map_err(refused("notify.pushover"))?;
            methods.insert(ContactMethod::Pushover, Notifier::Pushover(pushover));
        }
        if let Some(section) = &self.telegram {
            let token = secret(
                ("FIREBELL_TELEGRAM_TOKEN", "notify.telegram", "token_file"),
                section.token_file.as_ref(),
                variable,
            )?;
            let base =
                url("notify.telegram", "api_url", section.api_url.as_deref().unwrap_or("https://api.telegram.org"))?;
            let telegram = Telegram::new(TelegramConfig { base, token }, setup).map_err(refused("notify.telegram"))?;
            methods.insert(ContactMethod::Telegram, Notifier::Telegram(telegram));
        }
        Ok(())
    }
}

impl MailSection {
    fn config(&self, variable: Variable<'_>) -> Result<MailConfig, ConfigError> {
        let encryption = match self.encryption {
            Encrypted::Starttls => Encryption::StartTls,
            Encrypted::Tls => Encryption::Implicit,
            Encrypted::None => Encryption::None,
        };
        let usual = match encryption {
            Encryption::StartTls => 587,
            Encryption::Implicit => 465,
            Encryption::None => 25,
        };
        let key = ("FIREBELL_MAIL_PASSWORD", "notify.mail", "password_file");
        let login = |user: &String| {
            let password = secret(key, self.password_file.as_ref(), variable)?;
            Ok(Login { user: user.clone(), password })
        };
        Ok(MailConfig {
            host: self.host.clone(),
            port: self.port.unwrap_or(usual),
            encryption,
            login: self.user.as_ref().map(login).transpose()?,
            from: self.from.clone(),
            hello: None,
            roots: Vec::new(),
        })
    }
}

impl TwilioSection {
    fn token(&self, variable: Variable<'_>) -> Result<Secret, ConfigError> {
        let key = ("FIREBELL_TWILIO_AUTH_TOKEN", "notify.twilio", "auth_token_file");
        secret(key, self.auth_token_file.as_ref(), variable)
    }

    fn config(&self, variable: Variable<'_>) -> Result<TwilioConfig, ConfigError> {
        let from = match &self.messaging_service {
            None => Sender::Number(self.from.clone()),
            Some(sid) => Sender::Service { sid: sid.clone(), caller: self.from.clone() },
        };
        Ok(TwilioConfig {
            base: url("notify.twilio", "api_url", &self.api_url)?,
            account: self.account.clone(),
            api_key: None,
            secret: self.token(variable)?,
            from,
            language: self.language.clone(),
        })
    }
}

impl CarrierSection {
    fn config(&self) -> Result<HttpCarrierConfig, ConfigError> {
        let wrong = |message: String| ConfigError::Method { section: "notify.carrier", message };
        let method = reqwest::Method::from_bytes(self.method.as_bytes()).map_err(|_| {
            wrong(format!("\"method\" cannot be {:?}; write \"POST\", \"PUT\" or \"GET\"", self.method))
        })?;
        let mut headers = Vec::new();
        let mut add = |name: &str, value: &str| {
            let secret = Secret::new(value).map_err(|message| wrong(format!("header {name}: {message}")))?;
            headers.push((name.to_owned(), secret));
            Ok::<(), ConfigError>(())
        };
        for (name, value) in &self.headers {
            add(name, value)?;
        }
        if let Some(path) = &self.header_file {
            let text = read(path)?;
            let (name, value) = text.trim().split_once(':').ok_or_else(|| ConfigError::BadFile {
                path: path.clone(),
                message: "it holds no header; write one as \"Authorization: Bearer ...\"".to_owned(),
            })?;
            add(name.trim(), value)?;
        }
        let format = match self.format {
            BodyFormat::Json => Format::Json,
            BodyFormat::Form => Format::Form,
        };
        let (body, success, id_pointer) = (self.body.clone(), self.success.clone(), self.id_pointer.clone());
        Ok(HttpCarrierConfig {
            url: url("notify.carrier", "url", &self.url)?,
            method,
            headers,
            format,
            body,
            success,
            id_pointer,
        })
    }
}

fn read(path: &PathBuf) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.clone(), source })
}

/// The variable of a secret, its section, and the key of its file there.
type SecretKey = (&'static str, &'static str, &'static str);

/// A secret that a method can do without.
fn optional_secret(
    key: SecretKey,
    file: Option<&PathBuf>,
    variable: Variable<'_>,
) -> Result<Option<Secret>, ConfigError> {
    let given = file.is_some() || variable(key.0).is_some();
    given.then(|| secret(key, file, variable)).transpose()
}

/// A secret: the variable prevails over the file.
fn secret(
    (name, section, key): SecretKey,
    file: Option<&PathBuf>,
    variable: Variable<'_>,
) -> Result<Secret, ConfigError> {
    if let Some(text) = variable(name).filter(|text| !text.trim().is_empty()) {
        return Secret::new(&text).map_err(|message| ConfigError::Environment { name, message });
    }
    let missing = || ConfigError::Method { section, message: format!("has no secret; set {name} or \"{key}\"") };
    let path = file.ok_or_else(missing)?;
    Secret::new(&read(path)?).map_err(|message| ConfigError::BadFile { path: path.clone(), message })
}

fn url(section: &'static str, key: &str, text: &str) -> Result<Url, ConfigError> {
    let wrong = || ConfigError::Method {
        section,
        message: format!("\"{key}\" is no URL that begins with https:// or http://"),
    };
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http")).ok_or_else(wrong)
}

fn refused(section: &'static str) -> impl Fn(crate::notify::SetupError) -> ConfigError {
    move |error| ConfigError::Method { section, message: error.to_string() }
}

/// Where this Firebell is reached from outside.
pub(super) fn public_url(given: Option<Spanned<Link>>) -> Result<Option<Url>, Wrong> {
    let Some(given) = given else { return Ok(None) };
    let wrong = || {
        Wrong::new(&given.span(), "\"public_url\" in [http]: expected a URL such as \"https://firebell.example.org/\"")
    };
    let mut url = Url::parse(&given.get_ref().0).map_err(|_| wrong())?;
    if url.query().is_some() || url.fragment().is_some() || !url.has_host() {
        return Err(wrong());
    }
    // What is joined to it stands below it.
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(Some(url))
}
