//! The unique transport identifier (UIT).

use std::fmt;
use std::str::FromStr;

/// A UIT: 14 digits or capital letters (those that look like digits, B, G, I, O, S and Z, are not used) and two check
/// digits, the sum of the 14 ASCII codes modulo 100.
///
/// ANAF gives one to each notification. It travels with the goods, and every later declaration about the transport
/// names it.
///
/// ```
/// use anaf_etransport::{InvalidUit, Uit};
/// let uit: Uit = "0123456789ACDE94".parse()?;
/// assert_eq!(uit.as_str(), "0123456789ACDE94");
/// assert_eq!("0123456789ACDE49".parse::<Uit>(), Err(InvalidUit::CheckDigits { expected: "94".into() }));
/// # Ok::<(), InvalidUit>(())
/// ```
///
/// Source: `UitType` of the official schema and rule BR-019.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uit([u8; 16]);

/// Why a text is not a UIT.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidUit {
    /// Not 16 characters.
    #[error("a UIT has 16 characters, not {0}")]
    Length(usize),
    /// A character that no UIT has; the position counts from 1.
    #[error(
        "a UIT has no `{character}` at position {position}: 14 digits or capital letters without B, G, I, O, S, Z, then two digits"
    )]
    Character {
        /// The character.
        character: char,
        /// Where it stands, from 1.
        position: usize,
    },
    /// The check digits do not fit: the UIT was copied wrongly.
    #[error("the check digits of this UIT would be {expected}: it was copied wrongly")]
    CheckDigits {
        /// What the first 14 characters ask for.
        expected: String,
    },
}

crate::shown::debug_as_text!(InvalidUit);

const BODY: usize = 14;

impl Uit {
    /// Reads a UIT exactly as it is written; blanks around it are taken off, small letters are not taken.
    ///
    /// # Errors
    /// [`InvalidUit`] says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, InvalidUit> {
        let text = text.trim();
        let length = text.chars().count();
        if length != BODY + 2 {
            return Err(InvalidUit::Length(length));
        }
        let fits = |(at, c): (usize, char)| {
            if at < BODY {
                is_body(c)
            } else {
                c.is_ascii_digit()
            }
        };
        if let Some((at, character)) = text.chars().enumerate().find(|pair| !fits(*pair)) {
            return Err(InvalidUit::Character {
                character,
                position: at + 1,
            });
        }
        let expected = check_digits_of(text).unwrap_or_default();
        if !text.ends_with(&expected) {
            return Err(InvalidUit::CheckDigits { expected });
        }
        Self::of_shape(text).ok_or(InvalidUit::Length(length))
    }

    /// Takes what has the shape, whatever its check digits: what a document that is read may hold.
    pub(crate) fn of_shape(text: &str) -> Option<Self> {
        if has_shape(text) {
            text.as_bytes().try_into().ok().map(Self)
        } else {
            None
        }
    }

    /// The 16 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn is_body(c: char) -> bool {
    c.is_ascii_digit()
        || (c.is_ascii_uppercase() && !matches!(c, 'B' | 'G' | 'I' | 'O' | 'S' | 'Z'))
}

/// `[0-9ACDEFHJKLMNPQRTUVWXY]{14}[0-9]{2}`
pub(crate) fn has_shape(text: &str) -> bool {
    text.len() == BODY + 2
        && text.chars().enumerate().all(|(at, c)| {
            if at < BODY {
                is_body(c)
            } else {
                c.is_ascii_digit()
            }
        })
}

/// `$UIT-CHECK` of rule BR-019: the last two characters of the sum of the first 14 code points, as XPath prints a
/// double. `None` for a shorter text, whose sum is not a number.
pub(crate) fn check_digits_of(text: &str) -> Option<String> {
    let mut codes = text.chars().map(u32::from);
    let mut sum = 0;
    for _ in 0..BODY {
        sum += codes.next()?;
    }
    Some(match sum {
        // XPath prints doubles from a million up with an exponent: 1.5E7.
        10_000_000.. => "E7".to_owned(),
        1_000_000.. => "E6".to_owned(),
        _ => format!("{:02}", sum % 100),
    })
}

/// `matches(substring(., 15), $UIT-CHECK)`: found anywhere from the 15th character on. A shorter text has no such part.
pub(crate) fn is_check_digit_found(text: &str, check: Option<String>) -> bool {
    let rest = text
        .char_indices()
        .nth(BODY)
        .and_then(|(at, _)| text.get(at..));
    match (rest, check) {
        (Some(rest), Some(check)) => rest.contains(&check),
        _ => false,
    }
}

impl FromStr for Uit {
    type Err = InvalidUit;

    fn from_str(text: &str) -> Result<Self, InvalidUit> {
        Self::parse(text)
    }
}

impl fmt::Display for Uit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uit({})", self.as_str())
    }
}

impl serde::Serialize for Uit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Uit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The examples that ANAF prints in the rules.
    const ANAFS: [&str; 11] = [
        "3V0P0L0P0T3JUW46",
        "4C0U0C0J0W3DDQ92",
        "5Y0Q0L0A0Y3AJA00",
        "6N0U0A0A0K3PUM07",
        "7M0L0P0H0K3RAP05",
        "8H0Q0V0L0Q3WQN41",
        "9E0P0C0J0J3DQV99",
        "0C1E0K0N0M3EHP79",
        "1C1E0Y0Y0N3YLK25",
        "2D1R0D0L0N3CYH94",
        "3H1M0A0E0J3FKN75",
    ];

    #[test]
    fn the_published_examples_are_uits() {
        for text in ANAFS {
            assert_eq!(text.parse::<Uit>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn one_wrong_digit_is_caught() {
        for text in ANAFS {
            let mut bytes = text.as_bytes().to_vec();
            bytes[0] = if bytes[0] == b'9' { b'0' } else { bytes[0] + 1 };
            let wrong = String::from_utf8(bytes).unwrap();
            assert!(
                matches!(wrong.parse::<Uit>(), Err(InvalidUit::CheckDigits { .. })),
                "{wrong}"
            );
        }
    }

    #[test]
    fn errors_say_what_and_where() {
        assert_eq!("".parse::<Uit>(), Err(InvalidUit::Length(0)));
        let character = InvalidUit::Character {
            character: 'O',
            position: 2,
        };
        assert_eq!("3O0P0L0P0T3JUW46".parse::<Uit>(), Err(character));
        assert!(" 3V0P0L0P0T3JUW46\n".parse::<Uit>().is_ok());
    }

    proptest! {
        #[test]
        fn any_body_has_exactly_one_uit(body in "[0-9ACDEFHJKLMNPQRTUVWXY]{14}") {
            let good = (0..100).filter(|digits| format!("{body}{digits:02}").parse::<Uit>().is_ok()).count();
            prop_assert_eq!(good, 1);
        }

        #[test]
        fn parsing_never_panics(text in ".{0,40}") {
            let _ = text.parse::<Uit>();
            let _ = is_check_digit_found(&text, check_digits_of(&text));
        }
    }
}
