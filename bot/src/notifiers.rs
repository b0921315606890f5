//! The contact methods that this installation has beside its chat platforms, and how their addresses are kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::directory::reach::Home;
use firebell_core::directory::{Address, ContactMethod, Origin, Person, PlainAddress};
use firebell_core::effect::Delivery;
use firebell_core::ids::Key;

use crate::notify::{self, Message, Notifier, Telegram, Url};
use crate::outside;
use crate::outside::webhook::HookDraft;
use crate::seal::{Keyring, SealError};

/// For what addresses are sealed and marked.
const PURPOSE: &str = "contact-address";
/// For what is counted how often an address was sent something.
const REACH: &str = "contact-reach";

/// The contact methods beside chat. Clones share them.
#[derive(Clone, Default)]
pub struct Notifiers {
    methods: Arc<BTreeMap<ContactMethod, Notifier>>,
    /// Addresses are checked, and nothing is sent.
    checks_alone: bool,
    /// Where people's browsers and carriers reach this Firebell; without it nothing can be answered by a link.
    public_url: Option<Url>,
    /// Where webhooks lead that policies name.
    targets: Arc<BTreeMap<Key, notify::Address>>,
}

impl Notifiers {
    /// These methods, with links that lead to `public_url`.
    pub fn new(methods: BTreeMap<ContactMethod, Notifier>, public_url: Option<Url>) -> Self {
        Self { methods: Arc::new(methods), checks_alone: false, public_url, targets: Arc::default() }
    }

    /// The same methods, with webhooks that policies name.
    #[must_use]
    pub fn with_targets(self, targets: BTreeMap<Key, notify::Address>) -> Self {
        Self { targets: Arc::new(targets), ..self }
    }

    /// Where a webhook leads that a policy names.
    pub(crate) fn target(&self, name: &Key) -> Option<&notify::Address> {
        self.targets.get(name)
    }

    /// The same for a process that sends nothing by them.
    #[must_use]
    pub fn checking_alone(self) -> Self {
        Self { checks_alone: true, ..self }
    }

    /// The methods by which this process sends.
    pub fn methods(&self) -> impl Iterator<Item = ContactMethod> + '_ {
        self.known().filter(|_| !self.checks_alone)
    }

    /// The methods that are configured.
    pub fn known(&self) -> impl Iterator<Item = ContactMethod> + '_ {
        self.methods.keys().copied()
    }

    /// Where this Firebell is reached.
    pub fn public_url(&self) -> Option<&Url> {
        self.public_url.as_ref()
    }

    /// The bot of Telegram, where there is one.
    pub(crate) fn telegram(&self) -> Option<Telegram> {
        match self.methods.get(&ContactMethod::Telegram)? {
            Notifier::Telegram(bot) => Some(bot.clone()),
            _ => None,
        }
    }

    /// Makes one attempt; `None` where this process does not have the method.
    pub(crate) async fn send(
        &self,
        method: ContactMethod,
        to: &notify::Address,
        message: &Message,
    ) -> Option<Delivery> {
        Some(self.methods.get(&method)?.send(to, message).await)
    }

    /// Posts a document to a webhook that is named here.
    pub(crate) async fn publish(&self, to: &Key, draft: &HookDraft) -> Delivery {
        let (Some(Notifier::Webhook(webhook)), Some(address)) =
            (self.methods.get(&ContactMethod::Webhook), self.targets.get(to))
        else {
            let why = format!("no webhook {to} is configured; add it to [notify.webhook.targets]");
            return Delivery::Impossible(why);
        };
        outside::webhook::publish(webhook, address, draft).await
    }

    /// Whether this process sends by the method.
    pub(crate) fn has(&self, method: ContactMethod) -> bool {
        !self.checks_alone && self.methods.contains_key(&method)
    }

    /// Whether a webhook can be called there.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead.
    pub fn check_target(&self, target: &notify::Address) -> Result<(), String> {
        self.methods.get(&ContactMethod::Webhook).map_or(Ok(()), |webhook| webhook.check(target))
    }

    /// Whether a text can be an address of this method; of a method that is not configured nobody knows.
    ///
    /// # Errors
    /// What is wrong with it and what to write instead.
    pub fn check(&self, method: ContactMethod, address: &PlainAddress) -> Result<(), String> {
        self.methods.get(&method).map_or(Ok(()), |notifier| notifier.check(&notify::Address::new(&address.0)))
    }
}

/// An address as it is kept.
///
/// # Errors
/// The key cannot seal.
pub fn seal(keyring: &Keyring, address: &PlainAddress, origin: Origin) -> Result<Address, SealError> {
    let plain = address.0.trim().as_bytes();
    let sealed = STANDARD.encode(keyring.seal(PURPOSE, plain)?);
    Ok(Address { sealed, mark: mark(keyring, address)?, origin })
}

/// What tells two addresses apart, and one from another that somebody calls from, without telling what it is.
///
/// # Errors
/// The key cannot sign.
pub fn mark(keyring: &Keyring, address: &PlainAddress) -> Result<String, SealError> {
    Ok(STANDARD.encode(keyring.digest(PURPOSE, address.0.trim().as_bytes())?))
}

/// An address as it is kept, with what tells it from others however it was typed.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) home: Home,
    pub(crate) reach: Vec<u8>,
}

/// What somebody typed to be an address of theirs.
///
/// # Errors
/// The key cannot seal.
pub(crate) fn found(keyring: &Keyring, address: &PlainAddress) -> Result<Found, SealError> {
    found_as(keyring, address, seal(keyring, address, Origin::Chat)?)
}

fn found_as(keyring: &Keyring, plain: &PlainAddress, address: Address) -> Result<Found, SealError> {
    let same: String = plain.0.chars().filter(|sign| !sign.is_whitespace()).collect();
    let reach = keyring.digest(REACH, same.to_lowercase().as_bytes())?.to_vec();
    Ok(Found { home: Home { address, masked: plain.masked() }, reach })
}

/// Where the methods of a person lead, as far as that is known.
///
/// # Errors
/// The key cannot seal.
pub(crate) fn homes(keyring: &Keyring, person: &Person) -> Result<BTreeMap<ContactMethod, Found>, SealError> {
    let mut homes = BTreeMap::new();
    for method in person.contacts.iter().copied().filter(|method| method.has_address()) {
        let Ok(open) = address(keyring, person, method) else { continue };
        let plain = PlainAddress(open.expose().to_owned());
        let held = match person.addresses.get(&method) {
            Some(held) => held.clone(),
            // By what they are known, whoever said it.
            None => seal(keyring, &plain, if person.origin == Origin::File { Origin::File } else { Origin::Api })?,
        };
        homes.insert(method, found_as(keyring, &plain, held)?);
    }
    Ok(homes)
}

/// By what the addresses of a person are told apart, as far as they are known.
///
/// # Errors
/// The key cannot sign.
pub(crate) fn marks(keyring: &Keyring, person: &Person) -> Result<BTreeMap<ContactMethod, String>, SealError> {
    let mut marks: BTreeMap<ContactMethod, String> =
        person.addresses.iter().map(|(method, held)| (*method, held.mark.clone())).collect();
    if let Some(email) = &person.email
        && !marks.contains_key(&ContactMethod::Email)
    {
        marks.insert(ContactMethod::Email, mark(keyring, &PlainAddress(email.clone()))?);
    }
    Ok(marks)
}

/// An address in the clear.
///
/// # Errors
/// It was sealed with a key that is not here.
pub(crate) fn opened(keyring: &Keyring, held: &Address) -> Result<PlainAddress, SealError> {
    let sealed = STANDARD.decode(&held.sealed).map_err(|_| SealError::Malformed)?;
    let plain = keyring.open(PURPOSE, &sealed)?;
    Ok(PlainAddress(String::from_utf8_lossy(&plain).into_owned()))
}

/// Where a method leads for a person: the address that is kept, else for letters the one by which they are known.
///
/// # Errors
/// Why it leads nowhere, for those who read why something failed.
pub(crate) fn address(keyring: &Keyring, person: &Person, method: ContactMethod) -> Result<notify::Address, String> {
    let Some(held) = person.addresses.get(&method) else {
        let email = person.email.as_deref().filter(|_| method == ContactMethod::Email);
        let missing = || {
            format!("no address for {} is known of them; give them one in \"addresses\" of [[people]]", method.word())
        };
        return email.map(notify::Address::new).ok_or_else(missing);
    };
    let broken =
        |_| format!("their address for {} cannot be opened with this installation's key; set it anew", method.word());
    let plain = opened(keyring, held).map_err(broken)?;
    Ok(notify::Address::new(&plain.0))
}

/// What files say of addresses, sealed, so that the directory can take it.
///
/// # Errors
/// The key cannot seal.
pub fn sealed(keyring: &Keyring, files: FileDirectory) -> Result<FileDirectory, SealError> {
    let mut all: BTreeMap<Key, BTreeMap<ContactMethod, Address>> = BTreeMap::new();
    for person in &files.people {
        let mut own = BTreeMap::new();
        for (method, plain) in &person.addresses {
            own.insert(*method, seal(keyring, plain, Origin::File)?);
        }
        all.insert(person.handle.clone(), own);
    }
    Ok(FileDirectory { sealed: Some(all), ..files })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_sealed_and_known_again_by_its_mark() {
        let keyring = Keyring::fixed_for_replay();
        let plain = PlainAddress(" +4915112345678 ".to_owned());
        let (one, two) = (seal(&keyring, &plain, Origin::File).unwrap(), seal(&keyring, &plain, Origin::File).unwrap());
        assert_ne!(one.sealed, two.sealed, "two seals of one address tell nothing");
        assert_eq!(one.mark, two.mark);
        assert_ne!(one.mark, mark(&keyring, &PlainAddress("+4915112345679".to_owned())).unwrap());
        assert!(!format!("{one:?}{plain:?}").contains("4915"));
    }
}
