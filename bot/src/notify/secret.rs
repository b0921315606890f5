//! Texts that are shown to nobody: credentials, and where a person is reached.

use std::fmt;

/// A credential of an account. Its `Debug` says only that it is there.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Where one person is reached by one method: a number, a mailbox, a topic, a chat, a URL. Many of these give power to
/// whoever knows them, so it is handled as a secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address(String);

impl Secret {
    /// Hides a credential; spaces around it are a slip of whoever copied it.
    ///
    /// # Errors
    /// What is wrong with it; the text is not repeated.
    pub fn new(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("the credential is empty; copy it from the provider's console".to_owned()),
            text if text.chars().any(char::is_control) => {
                Err("the credential holds control characters; copy it again".to_owned())
            }
            text => Ok(Self(text.to_owned())),
        }
    }

    /// The credential, for the call that needs it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Address {
    /// Hides an address; spaces around it are a slip of whoever typed it. Whether it is one is for its method to say.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The address, for the call that needs it, or for the person whose it is.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_is_shown() {
        let secret = Secret::new(" hunter2\n").unwrap();
        assert_eq!((format!("{secret:?}"), secret.expose()), ("Secret(..)".to_owned(), "hunter2"));
        let address = Address::new(" +4915112345678 ");
        assert_eq!((format!("{address:?}"), address.expose()), ("Address(..)".to_owned(), "+4915112345678"));
    }

    #[test]
    fn a_secret_that_cannot_be_one_is_refused_without_being_repeated() {
        for text in ["", "  ", "hun\nter2"] {
            let error = Secret::new(text).unwrap_err();
            assert!(!error.contains("ter2"), "{error}");
        }
    }
}
