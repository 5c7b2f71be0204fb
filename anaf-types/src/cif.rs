//! Romanian fiscal codes: the CIF of a company and the CNP of a person.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const CIF_KEY: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
const CNP_KEY: [u32; 12] = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];

/// A Romanian fiscal code (CIF, also called CUI): 2 to 10 digits of which the last is a control digit.
///
/// ANAF accepts a person's numeric code (CNP or NIF, 13 digits) wherever it accepts a CIF, so this type holds
/// either. On the wire it is digits only, without `RO`: [`Cif::digits`]. A CNP is personal data: `Display` and
/// `Debug` mask it (`1*********118`), only [`Cif::digits`] and the `serde` form give it whole.
///
/// ```
/// use anaf_types::Cif;
///
/// let cif: Cif = " ro 1234567 4".parse()?;
/// assert_eq!(cif.digits(), "12345674");
/// assert!("RO12345678".parse::<Cif>().is_err());
/// # Ok::<(), anaf_types::InvalidCif>(())
/// ```
///
/// Source: Government Decision 1/1997 (CIF), Law 105/1996 (CNP) for the control digits; ANAF's e-Factura and
/// e-Transport API documents for the form on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cif {
    digits: [u8; 13],
    len: u8,
}

/// Why a text is not a fiscal code. The message never repeats the text, which may be a personal code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCif {
    /// Nothing but `RO` and white space.
    #[error("the fiscal code is empty")]
    Empty,
    /// Something other than digits after the optional `RO`.
    #[error("the fiscal code has a character that is not a digit, at position {position}")]
    NotDigits {
        /// The offending character's place in the input, counted from 1.
        position: usize,
    },
    /// Neither 2 to 10 digits (CIF) nor 13 (CNP).
    #[error("the fiscal code has {found} digits; a CIF has 2 to 10, a CNP has 13")]
    Length {
        /// How many digits were found.
        found: usize,
    },
    /// The last digit is not the one that the others give.
    #[error("the fiscal code's control digit is wrong: a digit was mistyped or left out")]
    ControlDigit,
}

impl Cif {
    /// Reads a fiscal code as people write it: `RO` in either case, spaces and tabs anywhere.
    ///
    /// # Errors
    /// [`InvalidCif`] says what is wrong; the control digit is checked.
    pub fn parse(input: &str) -> Result<Self, InvalidCif> {
        let cif = Self::collect(input)?;
        let valid = match cif.len {
            2..=10 => cif.control_digit_of_cif(),
            13 => cif.control_digit_of_cnp(),
            found => {
                return Err(InvalidCif::Length {
                    found: usize::from(found),
                });
            }
        };
        if valid {
            Ok(cif)
        } else {
            Err(InvalidCif::ControlDigit)
        }
    }

    /// Takes a code whose control digit is known not to hold, as some of ANAF's own test data: 1 to 13 digits.
    ///
    /// # Errors
    /// [`InvalidCif`], never [`InvalidCif::ControlDigit`].
    pub fn without_control(input: &str) -> Result<Self, InvalidCif> {
        Self::collect(input)
    }

    fn collect(input: &str) -> Result<Self, InvalidCif> {
        let mut digits = [0_u8; 13];
        // As the wire has it: nothing but digits.
        if let (1..=13, Some(slots)) = (input.len(), digits.get_mut(..input.len()))
            && input.bytes().all(|b| b.is_ascii_digit())
        {
            slots.copy_from_slice(input.as_bytes());
            return Ok(Self {
                digits,
                len: input.len() as u8,
            });
        }
        let mut found = 0_usize;
        let mut letters = 0_usize;
        for (at, c) in input.chars().enumerate() {
            match c {
                c if c.is_whitespace() => {}
                'R' | 'r' if found == 0 && letters == 0 => letters = 1,
                'O' | 'o' if found == 0 && letters == 1 => letters = 2,
                '0'..='9' if letters != 1 => {
                    if let Some(slot) = digits.get_mut(found) {
                        *slot = c as u8;
                    }
                    found += 1;
                }
                _ => return Err(InvalidCif::NotDigits { position: at + 1 }),
            }
        }
        if found == 0 {
            return Err(InvalidCif::Empty);
        }
        match u8::try_from(found) {
            Ok(len) if len <= 13 => Ok(Self { digits, len }),
            _ => Err(InvalidCif::Length { found }),
        }
    }

    fn values(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.digits
            .iter()
            .take(usize::from(self.len))
            .map(|d| u32::from(d - b'0'))
    }

    fn control_digit_of_cif(&self) -> bool {
        let mut from_last = self.values().rev();
        let control = from_last.next();
        let sum: u32 = from_last
            .zip(CIF_KEY.iter().rev())
            .map(|(d, k)| d * k)
            .sum();
        control == Some(sum * 10 % 11 % 10)
    }

    fn control_digit_of_cnp(&self) -> bool {
        let sum: u32 = self.values().zip(CNP_KEY).map(|(d, k)| d * k).sum();
        let expected = match sum % 11 {
            10 => 1,
            rest => rest,
        };
        self.values().next_back() == Some(expected)
    }

    /// The digits as ANAF wants them on the wire, without `RO`. For a person this is the whole CNP: do not log it.
    #[must_use]
    pub fn digits(&self) -> &str {
        let bytes = self.digits.get(..usize::from(self.len)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Whether this is a person's 13-digit code (CNP or NIF) rather than a company's.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.len == 13
    }
}

impl FromStr for Cif {
    type Err = InvalidCif;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::parse(s)
    }
}

impl fmt::Display for Cif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        match (self.is_personal(), digits.get(..1), digits.get(10..)) {
            (true, Some(first), Some(last)) => write!(f, "{first}*********{last}"),
            _ => f.write_str(digits),
        }
    }
}

impl fmt::Debug for Cif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cif({self})")
    }
}

impl Serialize for Cif {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.digits())
    }
}

impl<'de> Deserialize<'de> for Cif {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = crate::json::Text::deserialize(deserializer)?;
        Self::without_control(text.as_str()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_write() {
        let cases: [(&str, Result<&str, InvalidCif>); 14] = [
            ("12345674", Ok("12345674")),
            ("RO12345674", Ok("12345674")),
            ("ro 1234 5674", Ok("12345674")),
            ("\tRo12345674 ", Ok("12345674")),
            ("8000000000", Ok("8000000000")),
            ("1960523410015", Err(InvalidCif::ControlDigit)),
            ("12345678", Err(InvalidCif::ControlDigit)),
            ("", Err(InvalidCif::Empty)),
            ("RO", Err(InvalidCif::Empty)),
            ("R12345674", Err(InvalidCif::NotDigits { position: 2 })),
            ("RORO12345674", Err(InvalidCif::NotDigits { position: 3 })),
            ("1234-5674", Err(InvalidCif::NotDigits { position: 5 })),
            ("1", Err(InvalidCif::Length { found: 1 })),
            ("12345678901", Err(InvalidCif::Length { found: 11 })),
        ];
        for (input, expected) in cases {
            let got = Cif::parse(input);
            assert_eq!(
                got.as_ref().map(Cif::digits).map_err(|e| *e),
                expected,
                "{input:?}"
            );
        }
        assert!(matches!(
            Cif::parse(&"1".repeat(300)),
            Err(InvalidCif::Length { found: 300 })
        ));
    }

    fn cnp(first_twelve: &str) -> String {
        (0..10)
            .map(|c| format!("{first_twelve}{c}"))
            .find(|c| Cif::parse(c).is_ok())
            .expect("one control digit fits")
    }

    #[test]
    fn a_cnp_is_accepted_and_never_printed_whole() {
        let text = cnp("190010112345");
        let cif = Cif::parse(&text).unwrap();
        assert!(cif.is_personal());
        assert_eq!(cif.digits(), text);
        for printed in [format!("{cif}"), format!("{cif:?}")] {
            assert!(!printed.contains(&text), "{printed}");
            assert!(printed.contains("1*********"), "{printed}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(input in ".{0,40}") {
            let _ = Cif::parse(&input);
        }

        #[test]
        fn one_control_digit_in_ten_fits(body in "[1-9][0-9]{0,8}") {
            let fitting = (0..10).filter(|c| Cif::parse(&format!("{body}{c}")).is_ok()).count();
            prop_assert_eq!(fitting, 1);
        }

        #[test]
        fn reads_what_it_prints(body in "[1-9][0-9]{3,8}") {
            let text = (0..10).map(|c| format!("{body}{c}")).find(|t| Cif::parse(t).is_ok()).unwrap();
            let cif = Cif::parse(&format!("RO {text}")).unwrap();
            prop_assert_eq!(Cif::parse(&cif.to_string()).unwrap(), cif);
        }
    }
}
