//! Numbers as people write them: `1200`, `1,200`, `3.4k`, `12500 EUR`.

use crate::incident::Money;
use crate::refusal::Refusal;
use crate::suggest;

/// The most that is counted, which every platform and database can hold.
const MAX: u64 = 1_000_000_000_000_000;

/// The currencies of ISO 4217 that are in use; those that most mean first.
const CURRENCIES: &str = "EUR USD GBP CHF JPY AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
BZD CAD CDF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HKD \
HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA \
MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF \
SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VED \
VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// A whole number, with separators between thousands and `k`, `M` or `G` behind if somebody likes.
///
/// # Errors
/// What can be written.
pub(super) fn count(text: &str) -> Result<u64, String> {
    scaled(text.trim(), 0).ok_or_else(|| {
        let named = Refusal::quote(text);
        format!("\"{named}\" is no whole number; write 1200, 1,200, 34k or 1.5M")
    })
}

/// An amount with its currency before or behind it.
///
/// # Errors
/// What can be written.
pub(super) fn money(text: &str) -> Result<Money, String> {
    let text = text.trim();
    let named = || Refusal::quote(text);
    let advice = "write an amount and its currency, as 12500 EUR or 12.5k EUR";
    let is_sign = |c: char| c.is_ascii_alphabetic();
    let before = text.find(|c| !is_sign(c)).unwrap_or(text.len());
    let behind = text
        .rfind(|c| !is_sign(c))
        .map_or(0, |at| at + text.get(at..).map_or(0, |rest| rest.chars().next().map_or(0, char::len_utf8)));
    let (currency, amount) = if before > 1 {
        text.split_at(before)
    } else {
        let (amount, currency) = text.split_at(behind);
        // What multiplies an amount may stand right before its currency.
        let factor = usize::from(currency.len() == 4 && currency.starts_with(['k', 'K', 'm', 'M', 'g', 'G']));
        (currency.get(factor..).unwrap_or_default(), text.get(..amount.len() + factor).unwrap_or_default())
    };
    if currency.len() < 2 {
        return Err(format!("\"{}\" has no currency; {advice}", named()));
    }
    let currency = Refusal::quote(&currency.to_uppercase());
    let mut known = CURRENCIES.split_whitespace();
    if !known.any(|held| held == currency) {
        let nearest = suggest::nearest(&currency, CURRENCIES.split_whitespace());
        let hint = nearest.map_or_else(String::new, |nearest| format!(", perhaps {nearest} is meant"));
        return Err(format!("{currency} is no currency of ISO 4217{hint}; {advice}"));
    }
    let cents = scaled(amount.trim(), 2).ok_or_else(|| format!("\"{}\" is no amount; {advice}", named()))?;
    Ok(Money { cents, currency })
}

/// The number times ten to the power of `places`, if nothing is lost.
fn scaled(text: &str, places: u32) -> Option<u64> {
    let (digits, factor) = match text.chars().next_back()? {
        'k' | 'K' => (text.get(..text.len() - 1)?, 3),
        'm' | 'M' => (text.get(..text.len() - 1)?, 6),
        'g' | 'G' => (text.get(..text.len() - 1)?, 9),
        _ => (text, 0),
    };
    let (whole, part) = digits.trim_end().split_once('.').map_or((digits.trim_end(), None), |(w, p)| (w, Some(p)));
    let part = part.map_or(Some(""), |part| Some(part).filter(|part| is_number(part)))?.trim_end_matches('0');
    let power = factor + places;
    let behind = u32::try_from(part.len()).ok()?;
    let ahead = power.checked_sub(behind)?;
    let whole: u64 = grouped(whole)?.parse().ok()?;
    let part: u64 = if part.is_empty() { 0 } else { part.parse().ok()? };
    let whole = whole.checked_mul(10_u64.checked_pow(power)?)?;
    whole.checked_add(part.checked_mul(10_u64.checked_pow(ahead)?)?).filter(|number| *number <= MAX)
}

/// The digits without what separates thousands, which stands between groups of three or nowhere.
fn grouped(text: &str) -> Option<String> {
    let is_separator = |c: char| matches!(c, ',' | '_' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}');
    let groups: Vec<&str> = text.split(is_separator).collect();
    let fits = groups.iter().enumerate().all(|(at, group)| {
        let length = match (at, groups.len()) {
            (_, 1) => group.len() <= 18,
            (0, _) => group.len() <= 3,
            _ => group.len() == 3,
        };
        is_number(group) && length
    });
    fits.then(|| groups.concat())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("0", Some(0)),
            ("1200", Some(1_200)),
            ("1,200", Some(1_200)),
            ("1_200_300", Some(1_200_300)),
            ("1'200", Some(1_200)),
            ("12 500", Some(12_500)),
            ("34k", Some(34_000)),
            ("34 K", Some(34_000)),
            ("1.5M", Some(1_500_000)),
            ("1.25k", Some(1_250)),
            ("2.0", Some(2)),
            ("1G", Some(1_000_000_000)),
            ("1.2345k", None),
            ("1.200", None),
            ("1,2", None),
            ("1,2000", None),
            (",200", None),
            ("1.", None),
            (".5k", None),
            ("-3", None),
            ("many", None),
            ("k", None),
            ("", None),
            ("٣", None),
            ("99999999999999999999", None),
            ("9999999G", None),
        ] {
            assert_eq!(count(text).ok(), number, "{text:?}");
        }
        assert_eq!(count("~1k").unwrap_err(), "\"~1k\" is no whole number; write 1200, 1,200, 34k or 1.5M");
    }

    #[test]
    fn money_has_an_amount_and_a_currency() {
        for (text, shown) in [
            ("12500 EUR", Some("12500 EUR")),
            ("eur 12,500.50", Some("12500.50 EUR")),
            ("12.5k usd", Some("12500 USD")),
            ("0.5CHF", Some("0.50 CHF")),
            ("1M JPY", Some("1000000 JPY")),
            ("12kEUR", Some("12000 EUR")),
            ("5 EURO", None),
            ("12.345 EUR", None),
            ("12500", None),
            ("EUR", None),
            ("12500 ERU", None),
            ("12500 €", None),
            ("", None),
            ("€€", None),
        ] {
            assert_eq!(money(text).ok().map(|money| money.to_string()).as_deref(), shown, "{text:?}");
        }
        assert_eq!(
            money("5 ERU").unwrap_err(),
            "ERU is no currency of ISO 4217, perhaps EUR is meant; write an amount and its currency, as 12500 EUR or 12.5k EUR"
        );
        assert_eq!(
            money("x EUR").unwrap_err(),
            "\"x EUR\" is no amount; write an amount and its currency, as 12500 EUR or 12.5k EUR"
        );
        assert_eq!(
            money("5").unwrap_err(),
            "\"5\" has no currency; write an amount and its currency, as 12500 EUR or 12.5k EUR"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = (count(&text), money(&text));
        }

        #[test]
        fn whole_numbers_are_themselves(number in 0..=MAX) {
            prop_assert_eq!(count(&number.to_string()), Ok(number));
        }

        #[test]
        fn money_is_read_back_as_it_is_shown(cents in 0..=MAX) {
            let held = Money { cents, currency: "EUR".to_owned() };
            prop_assert_eq!(money(&held.to_string()), Ok(held));
        }
    }
}
