//! Signatures of webhooks as <https://www.standardwebhooks.com> describes them: HMAC-SHA256 over id, time and body.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// The bytes of a secret that its base64 must hold.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The key that one receiver shares with us. Its `Debug` says only that it is there.
#[derive(Clone)]
pub struct Signer(hmac::Key);

impl Signer {
    /// A key of `whsec_` and base64, of 24 to 64 bytes.
    ///
    /// # Errors
    /// What is wrong with it; it is not repeated.
    pub fn new(secret: &str) -> Result<Self, String> {
        let bytes = secret.strip_prefix("whsec_").and_then(|text| STANDARD.decode(text).ok());
        match bytes {
            Some(bytes) if SECRET_BYTES.contains(&bytes.len()) => Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes))),
            _ => Err("the signing secret is not whsec_ and base64 of 24 to 64 bytes; copy it again".to_owned()),
        }
    }

    /// The header `webhook-signature` of a body sent at `seconds` since 1970. The id must hold no full stop.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let tag = hmac::sign(&self.0, &signed(id, seconds, body));
        format!("v1,{}", STANDARD.encode(tag))
    }

    /// Whether one of the signatures of a header is ours, compared in constant time.
    pub fn verify(&self, id: &str, seconds: i64, body: &[u8], header: &str) -> bool {
        let signed = signed(id, seconds, body);
        header
            .split(' ')
            .filter_map(|part| STANDARD.decode(part.strip_prefix("v1,")?).ok())
            .any(|tag| hmac::verify(&self.0, &signed, &tag).is_ok())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(..)")
    }
}

fn signed(id: &str, seconds: i64, body: &[u8]) -> Vec<u8> {
    [format!("{id}.{seconds}.").as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    /// The example of the standard's own libraries.
    #[test]
    fn the_documented_example_comes_out() {
        let signer = Signer::new(SECRET).unwrap();
        assert_eq!(signer.sign(ID, 1_614_265_330, BODY), SIGNATURE);
        let several = format!("v1,AAAA v2,xyz {SIGNATURE}");
        let table = [
            (ID, 1_614_265_330, BODY, SIGNATURE, true),
            (ID, 1_614_265_330, BODY, several.as_str(), true),
            ("msg_x", 1_614_265_330, BODY, SIGNATURE, false),
            (ID, 1_614_265_331, BODY, SIGNATURE, false),
            (ID, 1_614_265_330, b"{}", SIGNATURE, false),
            (ID, 1_614_265_330, BODY, "", false),
            (ID, 1_614_265_330, BODY, &SIGNATURE[3..], false),
        ];
        for (id, seconds, body, header, holds) in table {
            assert_eq!(signer.verify(id, seconds, body, header), holds, "{id} {seconds} {header}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_one_is_refused() {
        for secret in ["", "whsec_", "whsec_AAAA", "whsec_!!!", &SECRET[6..]] {
            assert!(Signer::new(secret).is_err(), "{secret}");
        }
        assert_eq!(format!("{:?}", Signer::new(SECRET).unwrap()), "Signer(..)");
    }
}
