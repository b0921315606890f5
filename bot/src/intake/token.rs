//! Tokens: what they say is signed for one purpose, and ends.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};

use crate::seal::{Keyring, SealError};

/// How many bytes the second takes at which it ends.
const UNTIL: usize = 8;

/// A token that says this until an instant.
///
/// # Errors
/// The key cannot sign.
pub(super) fn token(keyring: &Keyring, purpose: &str, says: &[u8], until: DateTime<Utc>) -> Result<String, SealError> {
    let says = [says, &until.timestamp().to_be_bytes()].concat();
    let signature = keyring.sign(purpose, &says)?;
    Ok(format!("{}.{signature}", URL_SAFE_NO_PAD.encode(says)))
}

/// What a token says, in so many bytes, and until when; nothing where it was not made here for this purpose, or has ended.
pub(super) fn read<const SAYS: usize>(
    keyring: &Keyring,
    purpose: &str,
    token: &str,
    now: DateTime<Utc>,
) -> Option<([u8; SAYS], DateTime<Utc>)> {
    let (says, signature) = token.split_once('.')?;
    let says = URL_SAFE_NO_PAD.decode(says).ok().filter(|says| says.len() == SAYS + UNTIL)?;
    keyring.verify(purpose, &says, signature).ok()?;
    let (says, until) = says.split_at(SAYS);
    let until = DateTime::from_timestamp(i64::from_be_bytes(until.try_into().ok()?), 0)?;
    (now < until).then_some((says.try_into().ok()?, until))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_token_is_good_for_its_purpose_until_it_ends() {
        let (keyring, now) = (Keyring::fixed_for_replay(), DateTime::UNIX_EPOCH);
        let until = now + TimeDelta::seconds(10);
        let made = token(&keyring, "one", &[1, 2, 3], until).unwrap();
        assert_eq!(read::<3>(&keyring, "one", &made, now), Some(([1, 2, 3], until)));
        assert_eq!(read::<3>(&keyring, "another", &made, now), None);
        assert_eq!(read::<2>(&keyring, "one", &made, now), None);
        assert_eq!(read::<3>(&keyring, "one", &made, until), None);
        let (says, signature) = made.split_once('.').unwrap();
        let longer = URL_SAFE_NO_PAD.encode([[1, 2, 4].as_slice(), &until.timestamp().to_be_bytes()].concat());
        for spoilt in [format!("{longer}.{signature}"), format!("{says}."), says.to_owned(), format!("{made}0")] {
            assert_eq!(read::<3>(&keyring, "one", &spoilt, now), None, "{spoilt}");
        }
    }
}
