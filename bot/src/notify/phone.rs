//! Numbers of telephones.

/// Whether a text is a number as E.164 writes it: a plus sign, then 8 to 15 digits of which the first is no zero.
///
/// # Errors
/// What to write instead; the number is not repeated.
pub(crate) fn check(number: &str) -> Result<(), String> {
    let is_number = number.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
    });
    if is_number {
        return Ok(());
    }
    Err("this is no telephone number; write it with + and the country's code, without spaces, such as +4915112345678"
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_international_numbers_pass() {
        let table = [
            ("+4915112345678", true),
            ("+12025550123", true),
            ("+29012345", true),
            ("+123456789012345", true),
            ("+1234567890123456", false),
            ("+1234567", false),
            ("4915112345678", false),
            ("004915112345678", false),
            ("+04915112345678", false),
            ("+49 151 12345678", false),
            ("+49151١٢٣٤٥٦٧٨", false),
            ("+", false),
            ("", false),
        ];
        for (number, is_one) in table {
            assert_eq!(check(number).is_ok(), is_one, "{number}");
        }
    }
}
