use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use proptest::prelude::*;

use super::*;

const OLD: &str = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const NEW: &str = "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

fn ring(text: &str) -> Keyring {
    Keyring::from_text(text).unwrap()
}

fn unknown(id: &str) -> SealError {
    SealError::UnknownKey { id: id.into() }
}

#[test]
fn a_sealed_value_opens_for_its_purpose_alone() {
    let ring = ring(OLD);
    let sealed = ring.seal("workspace.token", b"xoxb-1").unwrap();
    assert_eq!(ring.open("workspace.token", &sealed).unwrap(), b"xoxb-1");
    assert_eq!(ring.open("contact.address", &sealed), Err(SealError::Broken));
    assert!(!sealed.windows(6).any(|window| window == b"xoxb-1"));
    assert_ne!(sealed, ring.seal("workspace.token", b"xoxb-1").unwrap());
}

#[test]
fn rotation_keeps_old_seals_and_signatures() {
    let old = ring(OLD);
    let sealed = old.seal("p", b"secret").unwrap();
    let signed = old.sign("head", b"INC-3 5").unwrap().to_string();

    let rotated = ring(&format!("{NEW},{OLD}"));
    assert_eq!(rotated.current_id(), "k2");
    assert_eq!(rotated.open("p", &sealed).unwrap(), b"secret");
    assert_eq!(rotated.verify("head", b"INC-3 5", &signed), Ok(()));

    let sealed_anew = rotated.seal("p", b"secret").unwrap();
    let signed_anew = rotated.sign("head", b"INC-3 5").unwrap().to_string();
    assert_eq!(old.open("p", &sealed_anew), Err(unknown("k2")));
    assert_eq!(old.verify("head", b"INC-3 5", &signed_anew), Err(unknown("k2")));
    assert_eq!(ring(NEW).open("p", &sealed), Err(unknown("k1")));
}

#[test]
fn a_rotation_changes_no_digest() {
    let (old, rotated) = (ring(OLD), ring(&format!("{NEW},{OLD}")));
    let digest = |ring: &Keyring| ring.digest("p", b"+436601234567").unwrap();
    assert_eq!(digest(&old), digest(&rotated));
    assert_ne!(digest(&old), digest(&ring(NEW)));
    assert_ne!(digest(&old), old.digest("q", b"+436601234567").unwrap());
}

#[test]
fn a_key_of_the_same_id_from_elsewhere_opens_nothing() {
    let other = ring(&NEW.replace("k2", "k1"));
    let ring = ring(OLD);
    assert_eq!(other.open("p", &ring.seal("p", b"").unwrap()), Err(SealError::Broken));
    let signed = ring.sign("head", b"").unwrap().to_string();
    assert_eq!(other.verify("head", b"", &signed), Err(SealError::Broken));
}

#[test]
fn cut_values_do_not_open() {
    let ring = ring(OLD);
    let sealed = ring.seal("p", b"secret").unwrap();
    for length in 0..sealed.len() {
        assert!(ring.open("p", &sealed[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_signature_holds_for_its_purpose_and_message_alone() {
    let ring = ring(OLD);
    let signed = ring.sign("head", b"INC-3 5").unwrap().to_string();
    assert!(signed.starts_with("k1.") && signed.len() == 67, "{signed}");
    assert_eq!(ring.verify("head", b"INC-3 5", &signed), Ok(()));
    assert_eq!(ring.verify("token", b"INC-3 5", &signed), Err(SealError::Broken));
    assert_eq!(ring.verify("head", b"INC-3 6", &signed), Err(SealError::Broken));
    let flipped = signed.replace(char::is_numeric, "a").replacen("ka", "k1", 1);
    assert_eq!(ring.verify("head", b"INC-3 5", &flipped), Err(SealError::Broken));
    for text in ["", "k1", "k1.", "k1.00", &signed[3..], &signed[..66], &signed.replace('k', "\n")] {
        assert_eq!(ring.verify("head", b"INC-3 5", text), Err(SealError::Malformed), "{text}");
    }
}

/// What is sealed and signed must hold across releases, so the derivation is pinned by values computed elsewhere.
#[test]
fn derivation_is_pinned() {
    let ring = ring(OLD);
    assert_eq!(
        ring.sign("head", b"INC-3 5").unwrap().to_string(),
        "k1.168938bd582b10b36527349fd354f241c737406157e91e241832b12f254dab0e"
    );
    assert_eq!(ring.fingerprint().unwrap(), "6f661aae");
    assert_ne!(ring.fingerprint(), Keyring::fixed_for_replay().fingerprint());
}

#[test]
fn every_form_of_a_key_is_the_same_key() {
    let hex = "fbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbef";
    let url_safe = "------------------------------------------8";
    let expected = ring(hex).fingerprint();
    let standard = url_safe.replace('-', "+");
    for text in [url_safe, &format!("{standard}="), &format!(" k1:{hex}\n"), &format!("k1:{standard}")] {
        let ring = ring(text);
        assert_eq!((ring.current_id(), ring.fingerprint()), ("k1", expected.clone()), "{text}");
    }
}

#[test]
fn bad_key_texts_are_refused_without_repeating_them() {
    let secret = &OLD[3..];
    let cases = [
        (" \n".to_owned(), "it is empty"),
        ("hunter22".to_owned(), "key 1 is not 32 bytes"),
        (format!("{OLD},k2:{}", &secret[1..]), "key 2 is not 32 bytes"),
        (format!("{OLD},{secret}"), "key 2 is not 32 bytes"),
        (format!("{OLD},"), "key 2 is not 32 bytes"),
        (format!("K1:{secret}"), "the id of key 1"),
        (format!(":{secret}"), "the id of key 1"),
        (format!("{secret}:k1"), "the id of key 1"),
        (format!("{OLD},{}", NEW.replace("k2", "k1")), "two keys have the id k1"),
    ];
    for (text, expected) in cases {
        let error = Keyring::from_text(&text).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error} {error:?}").contains("AAAA"), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter"), "{error:?}");
    }
}

#[test]
fn debug_shows_ids_alone() {
    let text = format!("{:?}", ring(&format!("{NEW},{OLD}")));
    assert_eq!(text, r#"Keyring { current: "k2", older: ["k1"] }"#);
}

#[test]
fn a_key_file_is_made_once_and_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.key");
    let made = Keyring::load_or_create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let loaded = Keyring::load_or_create(&path).unwrap();
    assert_eq!(made.fingerprint(), loaded.fingerprint());
    assert_eq!(loaded.open("p", &made.seal("p", b"secret").unwrap()).unwrap(), b"secret");

    let other = Keyring::load_or_create(&folder.path().join("other.key")).unwrap();
    assert_ne!(made.fingerprint(), other.fingerprint());
}

#[test]
fn processes_starting_at_once_agree_on_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.key");
    let start = std::sync::Barrier::new(8);
    let load = || {
        start.wait();
        Keyring::load_or_create(&path).unwrap().fingerprint().unwrap()
    };
    let prints: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(prints.iter().all(|print| *print == prints[0]), "{prints:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.key");
    fs::write(&path, OLD).unwrap();
    for mode in [0o640, 0o604, 0o660, 0o610] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = Keyring::load_or_create(&path).unwrap_err().to_string();
        assert!(error.contains(&format!("`chmod 600 {}`", path.display())), "{error}");
    }
    for mode in [0o600, 0o400] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(Keyring::load_or_create(&path).unwrap().fingerprint(), ring(OLD).fingerprint());
    }
}

#[test]
fn a_damaged_file_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.key");
    fs::write(&path, "k1:AAAA").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let error = Keyring::load_or_create(&path).unwrap_err();
    assert!(matches!(error, KeyError::BadFile { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "k1:AAAA");

    let error = Keyring::load_or_create(folder.path()).unwrap_err();
    assert!(matches!(error, KeyError::Exposed { .. } | KeyError::Unreadable { .. }), "{error:?}");
    let error = Keyring::load_or_create(Path::new("/nonexistent/firebell.key")).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/firebell.key"), "{error}");
}

#[test]
fn seeds_differ() {
    assert_ne!(random_seed().unwrap(), random_seed().unwrap());
}

proptest! {
    #[test]
    fn any_bytes_are_opened_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(ring(OLD).open("p", &bytes).is_err());
    }

    #[test]
    fn anything_behind_a_true_header_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let sealed = [b"\x01\x02k1", &bytes[..]].concat();
        prop_assert!(ring(OLD).open("p", &sealed).is_err());
    }

    #[test]
    fn any_flipped_byte_breaks_the_seal(
        plain in proptest::collection::vec(any::<u8>(), 0..50),
        at in any::<proptest::sample::Index>(),
        flip in 1..=u8::MAX,
    ) {
        let ring = ring(OLD);
        let mut sealed = ring.seal("p", &plain).unwrap();
        prop_assert_eq!(ring.open("p", &sealed).unwrap(), plain);
        let at = at.index(sealed.len());
        sealed[at] ^= flip;
        prop_assert!(ring.open("p", &sealed).is_err());
    }

    #[test]
    fn any_text_is_verified_without_panic(text in any::<String>()) {
        prop_assert!(ring(OLD).verify("head", b"", &text).is_err());
        let own = format!("k1.{text}");
        prop_assert!(ring(OLD).verify("head", b"", &own).is_err());
    }
}
