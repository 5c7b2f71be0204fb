//! `and`, `or` and `not` over verdicts that may be missing.
//!
//! The official processor lets a decided operand outweigh one that it cannot evaluate, whatever their order: false
//! and (error) is false, (error) or true is true. XPath allows that and does not demand it.

use super::Verdict;

/// `a and b`
pub(crate) fn both(a: Verdict, b: impl FnOnce() -> Verdict) -> Verdict {
    match a {
        Ok(false) => Ok(false),
        Ok(true) => b(),
        Err(why) => match b() {
            Ok(false) => Ok(false),
            _ => Err(why),
        },
    }
}

/// `a or b`
pub(crate) fn either(a: Verdict, b: impl FnOnce() -> Verdict) -> Verdict {
    match a {
        Ok(true) => Ok(true),
        Ok(false) => b(),
        Err(why) => match b() {
            Ok(true) => Ok(true),
            _ => Err(why),
        },
    }
}

/// `not(a)`
pub(crate) fn not(a: Verdict) -> Verdict {
    a.map(|holds| !holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Undetermined::SeveralItems;

    #[test]
    fn a_decided_operand_outweighs_an_error() {
        let error: Verdict = Err(SeveralItems);
        for (a, b, and, or) in [
            (error, Ok(false), Ok(false), error),
            (Ok(false), error, Ok(false), error),
            (error, Ok(true), error, Ok(true)),
            (Ok(true), error, error, Ok(true)),
            (error, error, error, error),
            (Ok(true), Ok(false), Ok(false), Ok(true)),
        ] {
            assert_eq!((both(a, || b), either(a, || b)), (and, or), "{a:?} {b:?}");
        }
        assert_eq!(not(error), error);
    }
}
