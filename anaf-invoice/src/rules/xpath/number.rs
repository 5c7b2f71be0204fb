//! Arithmetic and comparisons on "a decimal or nothing", as XPath has them: nothing in, nothing out, and every
//! comparison with nothing is false. The second operand is not looked at where the first is nothing, nor are its
//! errors.

use super::{Decimal, Undetermined, Verdict};

/// An `xs:decimal?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) Option<Decimal>);

/// A number, nothing, or the reason why it cannot be computed.
pub(crate) type Computed = Result<Number, Undetermined>;

impl Number {
    pub(crate) fn abs(self) -> Number {
        Number(self.0.map(|number| number.abs()))
    }

    pub(crate) fn round(self) -> Number {
        Number(self.0.map(|number| number.round()))
    }

    /// `round(x * 10 * 10) div 100`
    pub(crate) fn round_to_cents(self) -> Number {
        Number(self.0.map(|number| number.round_to_cents()))
    }

    /// `x div 100`
    pub(crate) fn percent(self) -> Number {
        Number(self.0.map(|number| number.percent()))
    }

    /// `x = 0`
    pub(crate) fn is_zero(&self) -> bool {
        self.0.as_ref().is_some_and(Decimal::is_zero)
    }

    /// `x != 0`
    pub(crate) fn is_not_zero(&self) -> bool {
        self.0.as_ref().is_some_and(|number| !number.is_zero())
    }
}

impl From<Decimal> for Number {
    fn from(number: Decimal) -> Number {
        Number(Some(number))
    }
}

fn combine(
    a: Computed,
    b: impl FnOnce() -> Computed,
    with: impl FnOnce(&Decimal, &Decimal) -> Decimal,
) -> Computed {
    let Some(a) = a?.0 else {
        return Ok(Number(None));
    };
    Ok(Number(b()?.0.map(|b| with(&a, &b))))
}

/// `a + b`
pub(crate) fn plus(a: Computed, b: impl FnOnce() -> Computed) -> Computed {
    combine(a, b, Decimal::add)
}

/// `a - b`
pub(crate) fn minus(a: Computed, b: impl FnOnce() -> Computed) -> Computed {
    combine(a, b, Decimal::sub)
}

/// `a * b`
pub(crate) fn times(a: Computed, b: impl FnOnce() -> Computed) -> Computed {
    combine(a, b, Decimal::mul)
}

/// `round(a * 10 * 10) div 100`
pub(crate) fn to_cents(a: Computed) -> Computed {
    a.map(Number::round_to_cents)
}

/// `a = b`
pub(crate) fn equal(a: Computed, b: impl FnOnce() -> Computed) -> Verdict {
    let Some(a) = a?.0 else { return Ok(false) };
    Ok(b()?.0.is_some_and(|b| a == b))
}

/// `a < b`
pub(crate) fn less(a: Computed, b: impl FnOnce() -> Computed) -> Verdict {
    let Some(a) = a?.0 else { return Ok(false) };
    Ok(b()?.0.is_some_and(|b| a < b))
}

/// `a > b`
pub(crate) fn more(a: Computed, b: impl FnOnce() -> Computed) -> Verdict {
    let Some(a) = a?.0 else { return Ok(false) };
    Ok(b()?.0.is_some_and(|b| a > b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_makes_nothing_and_hides_the_second_operand() {
        let nothing = || Ok(Number(None));
        let one = || Ok(Number::from(Decimal::ONE));
        let error = || Err(Undetermined::NotAValue);
        assert_eq!(plus(nothing(), error), nothing());
        assert_eq!(plus(one(), nothing), nothing());
        assert_eq!(plus(one(), error), error());
        assert_eq!(
            [
                equal(nothing(), nothing),
                equal(nothing(), error),
                less(one(), nothing)
            ],
            [Ok(false); 3]
        );
        assert_eq!(more(plus(one(), one), one), Ok(true));
    }
}
