//! The 1,098 assertions of ANAF's CIUS-RO 1.0.9 package, natively.
//!
//! | to find | look in |
//! |---|---|
//! | BR-*, BR-CO-*, BR-DEC-* | [`model`], one file per business group |
//! | BR-S-*, BR-Z-*, BR-E-*, BR-AE-*, BR-IC-*, BR-G-*, BR-O-*, BR-IG-*, BR-IP-* | [`model::vat`] |
//! | BR-CL-* | [`codes`] |
//! | BR-RO-*, BR-DEC-RO-* | [`ro`] |
//! | UBL-CR-* | `syntax/absent_tables.rs`, `syntax/attributes.rs` |
//! | UBL-DT-*, UBL-SR-* | [`syntax`] |
//! | texts, hints, business terms | [`texts`] |
//!
//! or search for the id: each stands once beside its test and once beside its text. A rule reads like its official
//! definition: [`definition`] has the words (contexts, `fatal`, `report` …), [`xpath`] the expressions.
//!
//! # How the official package works, and so this one
//!
//! Four patterns ([`Pattern`]) each visit every node; in a pattern the first rule whose context matches takes the
//! node, and all assertions of that rule are evaluated. A context that cannot be evaluated does not match.
//!
//! * Where XPath gives up (two elements where a function takes one, a text that is no number) the official processor
//!   stops and names no rule at all. Here that assertion is *undetermined*, and all others go on.
//! * A decided operand of `and` or `or` outweighs one that cannot be evaluated, whatever their order.
//! * Arithmetic is exact and decimal, rounding is half up towards positive infinity; but BR-S-08, BR-IG-08 and
//!   BR-IP-08 subtract and add in binary doubles and compare all digits of the result with an exact sum.
//! * Prices and rates are compared with zero as doubles: `-0.00` is less than zero, `-0` is not, `NaN` is more.
//! * Lengths count code points after collapsing space, tab, CR and LF only. Codes may have these around them.
//!
//! # Rules that cannot fire
//!
//! [`RuleInfo::never_fires`] gives the reason for twelve: BR-CO-05 to 08 (the test is `true()`), BR-DEC-13 and 15 (a
//! path that selects nothing), BR-DEC-RO-13, 15, 23 and BR-RO-L1019 (an earlier rule takes the node), BR-RO-A051 and
//! A052 (a count of one node). Fifteen "at most one" rules (UBL-SR-01, 02, 03, 05, 09, 10, 14, 15, 25, 26, 27, 33,
//! 34, 40, 50) never come to speak officially, because two elements stop the whole run; here they fire, beside the
//! assertion that is undetermined. 26 more fire on documents only that are not schema-valid.
//!
//! # Deviations
//!
//! None in what fires, but for two limits that no real document meets, where the rules concerned are undetermined:
//! numbers of more than 4,000 digits, and elements repeated tens of thousands of times where one belongs (the rules
//! that compare each with each stop at a budget of 1,000 steps an element of the document, and 10 million).
//! BR-DEC-13 and 15 and their sisters would also need a `cbc:TaxAmount` with children, and BR-DEC-RO-13 and 15 a
//! `cac:CreditNote` element: UBL has neither.

mod checks;
mod codes;
mod concerned;
mod definition;
mod engine;
mod facts;
mod info;
mod model;
mod ro;
mod syntax;
#[cfg(test)]
mod tests;
mod texts;
mod xpath;

pub(crate) use concerned::elements;
pub use definition::Pattern;
pub(crate) use engine::run;
pub use info::{RuleInfo, all, id_of_message, ids_of_message, rule};
