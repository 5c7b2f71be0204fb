//! UIT codes: their shape, and how long they are valid.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::oauth::random_bytes;

/// The characters of a UIT: no `B`, `G`, `I`, `O`, `S`, `Z`, which look like digits.
const ALPHABET: &[u8] = b"0123456789ACDEFHJKLMNPQRTUVWXY";

/// The last two digits of a UIT: the sum of the codes of its first 14 characters, modulo 100.
///
/// ```
/// assert_eq!(fake_anaf::uit_check_digits("0123456789ACDE"), "94");
/// ```
pub fn uit_check_digits(front: &str) -> String {
    let sum: u32 = front.bytes().map(u32::from).sum();
    format!("{:02}", sum % 100)
}

/// Whether this is a UIT: 14 characters of its alphabet and their two check digits.
pub fn uit_checks(uit: &str) -> bool {
    uit.len() == 16
        && uit.split_at_checked(14).is_some_and(|(front, check)| {
            front.bytes().all(|byte| ALPHABET.contains(&byte)) && uit_check_digits(front) == check
        })
}

/// A UIT that nobody has.
pub(super) fn issue() -> String {
    let pick = |byte: u8| {
        ALPHABET
            .get(usize::from(byte) % ALPHABET.len())
            .copied()
            .map_or('0', char::from)
    };
    let front: String = random_bytes(14).into_iter().map(pick).collect();
    let check = uit_check_digits(&front);
    front + &check
}

/// Operations whose UIT is valid for 15 days: AIC, LHI, LHE, SCI, SCE and DIN.
const FIFTEEN_DAYS: [u32; 6] = [10, 12, 22, 14, 24, 60];

/// The last day of a UIT: 5 or 15 calendar days in Romania, counting the transport date.
pub(super) fn last_day(operation: u32, transport: Date) -> Date {
    let days = if FIFTEEN_DAYS.contains(&operation) {
        15
    } else {
        5
    };
    transport.saturating_add(Span::new().days(days - 1))
}

/// How many days before the transport a UIT may be asked for.
const AHEAD: i64 = 3;

/// Whether a UIT may be asked for now.
pub(super) fn may_be_asked_for(now: Timestamp, transport: Date) -> bool {
    let today = crate::clock::day(now);
    today <= transport && transport <= today.saturating_add(Span::new().days(AHEAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_check() {
        assert!(uit_checks("0123456789ACDE94"));
        for wrong in [
            "0123456789ACDE95",
            "0123456789ACDB91",
            "",
            "0123456789ACDE9",
            "0123456789ACD€4",
        ] {
            assert!(!uit_checks(wrong), "{wrong}");
        }
        for _ in 0..200 {
            let uit = issue();
            assert!(uit_checks(&uit), "{uit}");
        }
    }

    #[test]
    fn windows_are_calendar_days_in_romania() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(last_day(30, date("2026-07-01")), date("2026-07-05"));
        assert_eq!(last_day(60, date("2026-07-01")), date("2026-07-15"));
        // 21:30 UTC on the first is already the second in Bucharest.
        let night: Timestamp = "2026-07-01T21:30:00Z".parse().unwrap();
        for (transport, allowed) in [
            ("2026-07-01", false),
            ("2026-07-02", true),
            ("2026-07-05", true),
            ("2026-07-06", false),
        ] {
            assert_eq!(
                may_be_asked_for(night, date(transport)),
                allowed,
                "{transport}"
            );
        }
    }
}
