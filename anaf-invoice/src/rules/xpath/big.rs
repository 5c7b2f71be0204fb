//! The slow and exact fallback of [`Decimal`](super::decimal::Decimal): sign, digits in base 10⁹, scale.

use std::cmp::Ordering;

const BASE: u64 = 1_000_000_000;

/// `(-1)^negative × magnitude / 10^scale`; `limbs` are least significant first, without leading zeros.
#[derive(Debug, Clone)]
pub(crate) struct Big {
    negative: bool,
    limbs: Vec<u32>,
    scale: u32,
}

impl Big {
    pub(super) fn from_units(units: i128, scale: u32) -> Big {
        let (mut rest, mut limbs) = (units.unsigned_abs(), Vec::with_capacity(5));
        while rest > 0 {
            limbs.push((rest % u128::from(BASE)) as u32);
            rest /= u128::from(BASE);
        }
        Big {
            negative: units < 0,
            limbs,
            scale,
        }
    }

    /// From ASCII digits; a point among them is passed over, `scale` says where it stood.
    pub(super) fn from_digits(negative: bool, text: &[u8], scale: u32) -> Big {
        let mut limbs = Vec::with_capacity(text.len() / 9 + 1);
        let (mut limb, mut weight) = (0u32, 1u32);
        for digit in text.iter().rev().filter(|byte| byte.is_ascii_digit()) {
            limb += u32::from(digit - b'0') * weight;
            if weight == 100_000_000 {
                limbs.push(limb);
                (limb, weight) = (0, 1);
            } else {
                weight *= 10;
            }
        }
        limbs.push(limb);
        Big {
            negative,
            limbs,
            scale,
        }
        .trimmed()
    }

    pub(super) fn set(&mut self, negative: bool, scale: u32) {
        (self.negative, self.scale) = (negative, scale);
    }

    pub(super) fn scale(&self) -> u32 {
        self.scale
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative && !self.is_zero()
    }

    pub(super) fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    pub(super) fn negate(&self) -> Big {
        Big {
            negative: !self.negative,
            ..self.clone()
        }
    }

    fn trimmed(mut self) -> Big {
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
        self
    }

    fn times_small(&mut self, factor: u32) {
        let mut carry = 0u64;
        for limb in &mut self.limbs {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            *limb = (product % BASE) as u32;
            carry = product / BASE;
        }
        if carry > 0 {
            self.limbs.push(carry as u32);
        }
    }

    /// Multiplied by `factor` to the `exponent`; the scale stays.
    pub(super) fn times_power(mut self, factor: u32, exponent: u32) -> Big {
        for _ in 0..exponent {
            self.times_small(factor);
        }
        self
    }

    /// The same value with `scale` decimal places (not fewer than it has).
    fn at_scale(&self, scale: u32) -> Big {
        let grow = scale.saturating_sub(self.scale);
        let mut out = self.clone();
        for _ in 0..grow % 9 {
            out.times_small(10);
        }
        if !out.is_zero() {
            out.limbs
                .splice(0..0, std::iter::repeat_n(0, (grow / 9) as usize));
        }
        out.scale += grow;
        out
    }

    /// Divided by `10^places`, exactly.
    pub(super) fn shifted(mut self, places: u32) -> Big {
        self.scale += places;
        self
    }

    pub(super) fn add(&self, other: &Big) -> Big {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.at_scale(scale), other.at_scale(scale));
        if a.negative == b.negative {
            return Big {
                negative: a.negative,
                limbs: sum(&a.limbs, &b.limbs),
                scale,
            };
        }
        let (negative, limbs) = match magnitude(&a.limbs, &b.limbs) {
            Ordering::Less => (b.negative, difference(&b.limbs, &a.limbs)),
            _ => (a.negative, difference(&a.limbs, &b.limbs)),
        };
        Big {
            negative,
            limbs,
            scale,
        }
        .trimmed()
    }

    pub(super) fn mul(&self, other: &Big) -> Big {
        let mut limbs = vec![0u32; self.limbs.len() + other.limbs.len()];
        for (i, &a) in self.limbs.iter().enumerate() {
            let mut carry = 0u64;
            for (slot, b) in limbs
                .iter_mut()
                .skip(i)
                .zip(other.limbs.iter().copied().chain(std::iter::repeat(0)))
            {
                let value = u64::from(*slot) + u64::from(a) * u64::from(b) + carry;
                *slot = (value % BASE) as u32;
                carry = value / BASE;
            }
        }
        Big {
            negative: self.negative != other.negative,
            limbs,
            scale: self.scale + other.scale,
        }
        .trimmed()
    }

    pub(super) fn compare(&self, other: &Big) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (negative, _) => {
                let scale = self.scale.max(other.scale);
                let order = magnitude(&self.at_scale(scale).limbs, &other.at_scale(scale).limbs);
                if negative { order.reverse() } else { order }
            }
        }
    }

    /// At most `places` decimals; `up(remainder compared with one half, negative)` decides whether the magnitude grows.
    pub(super) fn rounded(&self, places: u32, up: fn(Ordering, bool) -> bool) -> Big {
        let Some(drop) = self.scale.checked_sub(places).filter(|drop| *drop > 0) else {
            return self.clone();
        };
        let digits = self.digits();
        let keep = digits.len().saturating_sub(drop as usize);
        let (head, tail) = digits.split_at(keep);
        // Leading zeros stand for a number shorter than what is dropped.
        let leading = (drop as usize).saturating_sub(digits.len());
        let versus_half = match (leading, tail.split_first()) {
            (0, Some((first, rest))) => {
                first
                    .cmp(&b'5')
                    .then(if rest.iter().all(|digit| *digit == b'0') {
                        Ordering::Equal
                    } else {
                        Ordering::Greater
                    })
            }
            _ => Ordering::Less,
        };
        let kept = Big::from_digits(self.negative, head, places);
        if !up(versus_half, self.negative) {
            return kept;
        }
        let mut one = Big::from_units(1, places);
        one.negative = self.negative;
        kept.add(&one)
    }

    /// Decimal digits of the magnitude, most significant first.
    fn digits(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.limbs.len() * 9);
        for limb in self.limbs.iter().rev() {
            out.extend_from_slice(format!("{limb:09}").as_bytes());
        }
        out
    }

    pub(super) fn approximate(&self) -> f64 {
        let top = self.limbs.len().saturating_sub(3);
        let head = self
            .limbs
            .iter()
            .skip(top)
            .rev()
            .fold(0f64, |value, limb| value * BASE as f64 + f64::from(*limb));
        let exponent = i32::try_from(top * 9)
            .unwrap_or(i32::MAX)
            .saturating_sub_unsigned(self.scale);
        // Two steps, because 10^exponent alone may leave the range of a double.
        let value = head * 10f64.powi(exponent / 2) * 10f64.powi(exponent - exponent / 2);
        if self.negative { -value } else { value }
    }
}

fn magnitude(a: &[u32], b: &[u32]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

fn sum(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut carry = 0u64;
    let mut out: Vec<u32> = long
        .iter()
        .zip(short.iter().copied().chain(std::iter::repeat(0)))
        .map(|(x, y)| {
            let value = u64::from(*x) + u64::from(y) + carry;
            carry = value / BASE;
            (value % BASE) as u32
        })
        .collect();
    if carry > 0 {
        out.push(carry as u32);
    }
    out
}

/// `a - b` where `a >= b`.
fn difference(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut borrow = 0i64;
    a.iter()
        .zip(b.iter().copied().chain(std::iter::repeat(0)))
        .map(|(x, y)| {
            let mut value = i64::from(*x) - i64::from(y) - borrow;
            borrow = i64::from(value < 0);
            if value < 0 {
                value += BASE as i64;
            }
            value as u32
        })
        .collect()
}
