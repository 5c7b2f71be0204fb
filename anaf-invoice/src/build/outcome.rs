//! What building gives: the invoice with its disagreements, or the problems.

use std::fmt;

use rust_decimal::Decimal;

use crate::codes::VatCategory;
use crate::model::Invoice;

/// A built invoice, and where it says something else than the arithmetic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Authored {
    /// The invoice.
    pub invoice: Invoice,
    /// Stated values that differ from the computed ones. The invoice has the stated ones.
    pub disagreements: Vec<Disagreement>,
}

impl Authored {
    /// The invoice, when nothing in it was stated otherwise than computed.
    ///
    /// # Errors
    /// [`Disagreements`]: the invoice, and what disagrees in it.
    pub fn into_agreed(self) -> Result<Invoice, Box<Disagreements>> {
        if self.disagreements.is_empty() {
            Ok(self.invoice)
        } else {
            Err(Box::new(Disagreements(self)))
        }
    }
}

/// A stated value that differs from the computed one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disagreement {
    /// The business term, as `BT-131`.
    pub term: &'static str,
    /// The line (BT-126), for terms of a line.
    pub line: Option<String>,
    /// What the caller stated; the invoice has it.
    pub stated: Decimal,
    /// What follows from the other terms.
    pub computed: Decimal,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.term)?;
        if let Some(line) = &self.line {
            write!(f, " of line {line}")?;
        }
        write!(f, ": stated {}, computed {}", self.stated, self.computed)
    }
}

/// Stated values contradict the arithmetic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreements(Authored);

impl Disagreements {
    /// The invoice with its disagreements, to use all the same.
    pub fn into_authored(self) -> Authored {
        self.0
    }

    /// The disagreements.
    #[must_use]
    pub fn list(&self) -> &[Disagreement] {
        &self.0.disagreements
    }
}

impl fmt::Display for Disagreements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stated amounts disagree with the computed ones: ")?;
        list(f, &self.0.disagreements)
    }
}

impl std::error::Error for Disagreements {}

/// Why an invoice could not be built: all problems at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    problems: Vec<BuildProblem>,
}

impl BuildError {
    pub(super) fn new(problems: Vec<BuildProblem>) -> Self {
        Self { problems }
    }

    /// The problems, at least one.
    #[must_use]
    pub fn problems(&self) -> &[BuildProblem] {
        &self.problems
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the invoice cannot be built: ")?;
        list(f, &self.problems)
    }
}

impl std::error::Error for BuildError {}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str("; ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

/// One thing that keeps an invoice from being built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildProblem {
    /// A required term is missing or blank.
    #[error("{term} is missing: {what}")]
    Missing {
        /// The business term or group.
        term: &'static str,
        /// What it is, and when it is required.
        what: &'static str,
    },
    /// A term has a value that the rules refuse.
    #[error("{term} is wrong: {what}")]
    Wrong {
        /// The business term.
        term: &'static str,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An amount has more than two decimals (BR-DEC rules).
    #[error("{term} is {value}: amounts have at most two decimals")]
    TooManyDecimals {
        /// The business term.
        term: &'static str,
        /// The amount as given.
        value: Decimal,
    },
    /// A price is below zero (BR-27, BR-28): give the sign to the quantity.
    #[error(
        "{term} of line {line} is {value}: a price is never negative, the quantity has the sign"
    )]
    NegativePrice {
        /// The business term.
        term: &'static str,
        /// The line (BT-126).
        line: String,
        /// The price.
        value: Decimal,
    },
    /// The price is for zero units (BT-149).
    #[error("BT-149 of line {line} is zero: a price is for some quantity")]
    ZeroBaseQuantity {
        /// The line (BT-126).
        line: String,
    },
    /// The VAT rate does not go with the category: S needs a rate above zero, O none, the others zero.
    #[error("{term}: category {category} does not go with the rate {}", rate.map_or("(none)".to_owned(), |r| r.to_string()))]
    RateOfCategory {
        /// The business term of the rate.
        term: &'static str,
        /// The category.
        category: VatCategory,
        /// The rate.
        rate: Option<Decimal>,
    },
    /// Category O stands beside others (BR-O-11 to BR-O-14).
    #[error(
        "BT-118: what is not subject to VAT (O) cannot stand on one invoice with other categories"
    )]
    OutsideScopeMixed,
    /// An amount is too large to compute with.
    #[error("{term} is too large: it does not fit 28 digits")]
    TooLarge {
        /// The business term.
        term: &'static str,
    },
}
