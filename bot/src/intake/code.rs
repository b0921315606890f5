//! Codes that people type.

/// The signs of codes, of which none looks like another; each stands for five bits.
const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A code of so many signs, one for each byte of what it is made from.
pub(super) fn code(from: &[u8], length: usize) -> String {
    from.iter().take(length).map(|byte| sign_of(*byte)).collect()
}

fn sign_of(byte: u8) -> char {
    SIGNS.get(usize::from(byte & 31)).map_or('A', |sign| char::from(*sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_as_likely_as_every_other() {
        let all: String = (0..=255).map(sign_of).collect();
        assert!(SIGNS.iter().all(|sign| all.matches(char::from(*sign)).count() == 8));
    }
}
