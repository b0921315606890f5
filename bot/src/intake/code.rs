//! Codes that people type.

/// The signs of codes, of which none looks like another; each stands for five bits.
const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A code of so many signs, one for each byte of what it is made from.
pub(super) fn code(from: &[u8], length: usize) -> String {
    from.iter().take(length).map(|byte| sign_of(*byte)).collect()
}

/// A code without what people put between its signs.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|sign| sign.to_ascii_uppercase()).collect()
}

fn sign_of(byte: u8) -> char {
    SIGNS.get(usize::from(byte & 31)).map_or('A', |sign| char::from(*sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in ["ABCDE-FGH23", "abcdefgh23", " AbCdE fGh23 ", "`abcde-fgh23`"] {
            assert_eq!(plain(typed), "ABCDEFGH23", "{typed}");
        }
    }

    #[test]
    fn every_sign_is_as_likely_as_every_other() {
        let all: String = (0..=255).map(sign_of).collect();
        assert!(SIGNS.iter().all(|sign| all.matches(char::from(*sign)).count() == 8));
    }
}
