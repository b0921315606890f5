//! The contact methods that this installation has beside its chat platforms, and how their addresses are kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::directory::{Address, ContactMethod, Origin, Person, PlainAddress};
use firebell_core::effect::Delivery;
use firebell_core::ids::Key;

use crate::notify::{self, Message, Notifier, Telegram, Url};
use crate::seal::{Keyring, SealError};

/// For what addresses are sealed and marked.
const PURPOSE: &str = "contact-address";

/// The contact methods beside chat. Clones share them.
#[derive(Clone, Default)]
pub struct Notifiers {
    methods: Arc<BTreeMap<ContactMethod, Notifier>>,
    /// Where people's browsers and carriers reach this Firebell; without it nothing can be answered by a link.
    public_url: Option<Url>,
    /// Where webhooks lead that policies name.
    targets: Arc<BTreeMap<Key, notify::Address>>,
}

impl Notifiers {
    /// These methods, with links that lead to `public_url`.
    pub fn new(methods: BTreeMap<ContactMethod, Notifier>, public_url: Option<Url>) -> Self {
        Self { methods: Arc::new(methods), public_url, targets: Arc::default() }
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

    /// The methods that there are.
    pub fn methods(&self) -> impl Iterator<Item = ContactMethod> + '_ {
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

    /// Whether this process has the method.
    pub(crate) fn has(&self, method: ContactMethod) -> bool {
        self.methods.contains_key(&method)
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
    let sealed = STANDARD.decode(&held.sealed).map_err(|_| broken(SealError::Malformed))?;
    let plain = keyring.open(PURPOSE, &sealed).map_err(broken)?;
    Ok(notify::Address::new(&String::from_utf8_lossy(&plain)))
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
