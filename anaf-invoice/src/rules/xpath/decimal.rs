//! `xs:decimal` as the official rules compute with it: exact, of any length, no rounding but where a rule rounds.
//!
//! Amounts of up to 38 digits are one `i128`; longer ones spill into [`Big`], which is slower and never wrong.

use std::cmp::Ordering;

use super::big::Big;
use super::{Undetermined, xml_trim};

/// Longest number (in digits) that is computed with; a longer one leaves its rule undetermined.
const MAX_DIGITS: usize = 4_000;

/// So many digits always fit an `i64`.
const SHORT: usize = 18;

/// Decimal places which the official processor keeps at least when it divides (`op:numeric-divide`).
const DIVIDE_PLACES: u32 = 18;

/// An exact decimal number.
#[derive(Debug, Clone)]
pub(crate) enum Decimal {
    /// `units / 10^scale`.
    Small { units: i128, scale: u32 },
    /// A number (or an intermediate result) that does not fit an `i128`.
    Big(Box<Big>),
}

impl Decimal {
    pub(crate) const ZERO: Decimal = Decimal::integer(0);
    pub(crate) const ONE: Decimal = Decimal::integer(1);

    pub(crate) const fn integer(units: i128) -> Decimal {
        Decimal::Small { units, scale: 0 }
    }

    /// `xs:decimal($text)`: white space around is allowed, an exponent or an empty text is not.
    ///
    /// # Errors
    ///
    /// `FORG0001` where the text is no decimal number.
    pub(crate) fn parse(text: &str) -> Result<Decimal, Undetermined> {
        let text = xml_trim(text);
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        if digits.len() <= SHORT {
            return Decimal::parse_short(negative, digits);
        }
        let mut units: i128 = 0;
        let (mut count, mut scale, mut point, mut spilled) = (0usize, 0u32, false, false);
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    count += 1;
                    scale += u32::from(point);
                    if count > MAX_DIGITS {
                        return Err(Undetermined::TooLong);
                    }
                    let next = units
                        .checked_mul(10)
                        .and_then(|units| units.checked_add(i128::from(byte - b'0')));
                    match next {
                        Some(next) => units = next,
                        None => spilled = true,
                    }
                }
                b'.' if !point => point = true,
                _ => return Err(Undetermined::NotAValue),
            }
        }
        if count == 0 {
            return Err(Undetermined::NotAValue);
        }
        if spilled {
            return Ok(Decimal::Big(Box::new(Big::from_digits(
                negative, digits, scale,
            ))));
        }
        Ok(Decimal::Small {
            units: if negative { -units } else { units },
            scale,
        })
    }

    /// Digits, and perhaps a point, that fit a machine word: all amounts of real invoices.
    fn parse_short(negative: bool, digits: &[u8]) -> Result<Decimal, Undetermined> {
        let mut units: i64 = 0;
        let mut point = None;
        for (at, &byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => units = units * 10 + i64::from(byte - b'0'),
                b'.' if point.is_none() => point = Some(at),
                _ => return Err(Undetermined::NotAValue),
            }
        }
        if digits.len() == usize::from(point.is_some()) {
            return Err(Undetermined::NotAValue);
        }
        let scale = point.map_or(0, |at| digits.len() - at - 1);
        Ok(Decimal::Small {
            units: i128::from(if negative { -units } else { units }),
            scale: scale as u32,
        })
    }

    /// The exact value of a double: `xs:decimal(xs:double)`.
    ///
    /// # Errors
    ///
    /// `FOCA0002` for infinities and NaN.
    pub(crate) fn from_double(value: f64) -> Result<Decimal, Undetermined> {
        if !value.is_finite() {
            return Err(Undetermined::NotFinite);
        }
        let bits = value.to_bits();
        let (fraction, exponent) = (bits & ((1 << 52) - 1), ((bits >> 52) & 0x7ff) as i32);
        let mantissa = if exponent == 0 {
            fraction
        } else {
            fraction | (1 << 52)
        };
        let power = exponent.max(1) - 1075;
        let mut big = Big::from_units(i128::from(mantissa), 0);
        // m × 2^-k = m × 5^k / 10^k
        big = big.times_power(if power < 0 { 5 } else { 2 }, power.unsigned_abs());
        big.set(
            value.is_sign_negative(),
            if power < 0 { power.unsigned_abs() } else { 0 },
        );
        Ok(Decimal::Big(Box::new(big)))
    }

    fn to_big(&self) -> Big {
        match self {
            Decimal::Small { units, scale } => Big::from_units(*units, *scale),
            Decimal::Big(big) => (**big).clone(),
        }
    }

    /// Both numbers at the greater of the two scales, where that fits.
    fn aligned(&self, other: &Decimal) -> Option<(i128, i128, u32)> {
        let (Decimal::Small { units: a, scale: s }, Decimal::Small { units: b, scale: t }) =
            (self, other)
        else {
            return None;
        };
        match s.cmp(t) {
            Ordering::Equal => Some((*a, *b, *s)),
            Ordering::Less => Some((a.checked_mul(10i128.checked_pow(t - s)?)?, *b, *t)),
            Ordering::Greater => Some((*a, b.checked_mul(10i128.checked_pow(s - t)?)?, *s)),
        }
    }

    fn big(big: Big) -> Decimal {
        Decimal::Big(Box::new(big))
    }

    pub(crate) fn add(&self, other: &Decimal) -> Decimal {
        if let Some((a, b, scale)) = self.aligned(other)
            && let Some(units) = a.checked_add(b)
        {
            return Decimal::Small { units, scale };
        }
        Decimal::big(self.to_big().add(&other.to_big()))
    }

    pub(crate) fn negate(&self) -> Decimal {
        match self {
            // i128::MIN cannot arise: parsing builds magnitudes, and sums that overflow spill.
            Decimal::Small { units, scale } => Decimal::Small {
                units: units.saturating_neg(),
                scale: *scale,
            },
            Decimal::Big(big) => Decimal::big(big.negate()),
        }
    }

    pub(crate) fn sub(&self, other: &Decimal) -> Decimal {
        self.add(&other.negate())
    }

    pub(crate) fn mul(&self, other: &Decimal) -> Decimal {
        if let (Decimal::Small { units: a, scale: s }, Decimal::Small { units: b, scale: t }) =
            (self, other)
            && let Some(units) = a.checked_mul(*b)
        {
            return Decimal::Small {
                units,
                scale: s + t,
            };
        }
        Decimal::big(self.to_big().mul(&other.to_big()))
    }

    pub(crate) fn abs(&self) -> Decimal {
        match self {
            Decimal::Small { units, .. } if *units < 0 => self.negate(),
            Decimal::Big(big) if big.is_negative() => self.negate(),
            _ => self.clone(),
        }
    }

    /// `self div 100`, to the places that the official processor keeps (18, or those of the number), half down.
    pub(crate) fn percent(&self) -> Decimal {
        match self {
            Decimal::Small { units, scale } if scale + 2 <= DIVIDE_PLACES => Decimal::Small {
                units: *units,
                scale: scale + 2,
            },
            _ => {
                let big = self.to_big();
                let places = DIVIDE_PLACES.max(big.scale());
                Decimal::big(big.shifted(2).rounded(places, |remainder_vs_half, _| {
                    remainder_vs_half == Ordering::Greater
                }))
            }
        }
    }

    /// `fn:round`: to the nearest integer, halves towards positive infinity.
    pub(crate) fn round(&self) -> Decimal {
        match self {
            Decimal::Small { scale: 0, .. } => self.clone(),
            Decimal::Small { units, scale } => Decimal::integer(divided(*units, *scale)),
            Decimal::Big(big) => {
                Decimal::big(big.rounded(
                    0,
                    |remainder_vs_half, negative| match remainder_vs_half {
                        Ordering::Greater => true,
                        Ordering::Equal => !negative,
                        Ordering::Less => false,
                    },
                ))
            }
        }
    }

    /// `round(x * 10 * 10) div 100`: to two decimals, halves towards positive infinity.
    pub(crate) fn round_to_cents(&self) -> Decimal {
        match self {
            Decimal::Small { scale: 0..=2, .. } => self.clone(),
            Decimal::Small { units, scale } => Decimal::Small {
                units: divided(*units, scale - 2),
                scale: 2,
            },
            _ => self.mul(&Decimal::integer(100)).round().percent(),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Decimal::Small { units, .. } => *units == 0,
            Decimal::Big(big) => big.is_zero(),
        }
    }

    /// The nearest double, or one close to it: only for deciding comparisons that are not close.
    pub(crate) fn approximate(&self) -> f64 {
        match self {
            Decimal::Small { units, scale } => *units as f64 / 10f64.powi((*scale).min(400) as i32),
            Decimal::Big(big) => big.approximate(),
        }
    }
}

/// `round(units div 10^places)`, halves towards positive infinity.
fn divided(units: i128, places: u32) -> i128 {
    // Division of machine words is many times faster, and real amounts are words.
    if let (Ok(units), Some(power)) = (i64::try_from(units), 10i64.checked_pow(places)) {
        let (floor, rest) = (units.div_euclid(power), units.rem_euclid(power));
        return i128::from(floor) + i128::from(rest >= power - rest);
    }
    match 10i128.checked_pow(places) {
        Some(power) => {
            let (floor, rest) = (units.div_euclid(power), units.rem_euclid(power));
            floor + i128::from(rest >= power - rest)
        }
        // |units| < 10^39 < 10^places / 2
        None => 0,
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        if let Some((a, b, _)) = self.aligned(other) {
            return a.cmp(&b);
        }
        self.to_big().compare(&other.to_big())
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn parses_what_xs_decimal_accepts() {
        for (text, same) in [
            ("+10", "10"),
            (".5", "0.5"),
            ("5.", "5"),
            ("0010.00", "10"),
            (" 10\n", "10"),
            ("-0", "0"),
            ("-.10", "-0.1"),
        ] {
            assert_eq!(d(text), d(same), "{text}");
        }
        for text in [
            "", " ", ".", "-", "+", "1E2", "NaN", "INF", "10,00", "1 0", "--1", "1.0.0", "\u{a0}1",
            "٣",
        ] {
            assert_eq!(Decimal::parse(text), Err(Undetermined::NotAValue), "{text}");
        }
        assert_eq!(
            Decimal::parse(&"9".repeat(MAX_DIGITS + 1)),
            Err(Undetermined::TooLong)
        );
    }

    #[test]
    fn rounds_halves_towards_positive_infinity() {
        for (number, rounded) in [
            ("1.005", "1.01"),
            ("-1.005", "-1.00"),
            ("1.004", "1"),
            ("-1.006", "-1.01"),
            ("2.675", "2.68"),
            ("0.0049999999999999999999999999999999999999999999", "0"),
            ("-0.0050000000000000000000000000000000000000000000", "0"),
            ("-0.0050000000000000000000000000000000000000000001", "-0.01"),
            (
                "123456789012345678901234567890123456789012.345",
                "123456789012345678901234567890123456789012.35",
            ),
        ] {
            assert_eq!(d(number).round_to_cents(), d(rounded), "{number}");
        }
    }

    #[test]
    fn spills_without_losing_a_digit() {
        let nines = d(&"9".repeat(38));
        assert_eq!(
            nines.mul(&nines).add(&nines).add(&nines),
            d(&"9".repeat(76))
        );
        assert_eq!(
            d("1e".trim_end_matches('e'))
                .sub(&d("0.00000000000000000000000000000000000000000000001"))
                .round(),
            d("1")
        );
        assert!(nines.mul(&nines).sub(&nines.mul(&nines)).is_zero());
        assert!(nines.mul(&d("-1")).mul(&nines) < nines);
    }

    #[test]
    fn doubles_expand_exactly() {
        assert_eq!(
            Decimal::from_double(0.1).unwrap(),
            d("0.1000000000000000055511151231257827021181583404541015625")
        );
        assert_eq!(Decimal::from_double(-2.5).unwrap(), d("-2.5"));
        assert_eq!(
            Decimal::from_double(1e23).unwrap(),
            d("99999999999999991611392")
        );
        assert_eq!(Decimal::from_double(f64::NAN), Err(Undetermined::NotFinite));
    }

    proptest::proptest! {
        #[test]
        fn both_representations_agree(a in -1_000_000_000_000i64..1_000_000_000_000, b in -1_000_000i64..1_000_000, s in 0u32..6, t in 0u32..6) {
            let (x, y) = (Decimal::Small { units: a.into(), scale: s }, Decimal::Small { units: b.into(), scale: t });
            let (bx, by) = (Decimal::big(x.to_big()), Decimal::big(y.to_big()));
            proptest::prop_assert_eq!(x.add(&y), bx.add(&by));
            proptest::prop_assert_eq!(x.mul(&y), bx.mul(&by));
            proptest::prop_assert_eq!(x.cmp(&y), bx.cmp(&by));
            proptest::prop_assert_eq!(x.round(), bx.round());
            proptest::prop_assert_eq!(x.percent(), bx.percent());
            proptest::prop_assert_eq!(x.round_to_cents(), bx.round_to_cents());
            proptest::prop_assert!((x.approximate() - bx.approximate()).abs() <= 1e-9 * x.approximate().abs());
        }
    }
}
