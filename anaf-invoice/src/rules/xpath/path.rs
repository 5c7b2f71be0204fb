//! Paths down the child axis, with the predicates that the rules use.

use std::borrow::Cow;
use std::ops::Div;

use super::{Computed, Decimal, Number, Undetermined, Verdict, not, text};
use crate::doc::{AttrName, Doc, Name, NodeId};
use crate::rules::facts::Facts;
use crate::rules::model::vat::Category;

/// A node, with the document and what is known of it: what a rule is asked about.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) node: NodeId,
}

impl<'a> At<'a> {
    pub(crate) fn doc(self) -> &'a Doc<'a> {
        self.facts.doc
    }

    pub(crate) fn name(self) -> Name {
        self.doc().name(self.node)
    }

    pub(crate) fn parent(self) -> Option<At<'a>> {
        self.doc().parent(self.node).map(|node| At { node, ..self })
    }

    /// Whether the ancestors are, from the parent up, these.
    pub(crate) fn is_in(self, ancestors: &[Name]) -> bool {
        let mut node = self.node;
        ancestors.iter().all(|name| match self.doc().parent(node) {
            Some(parent) => {
                node = parent;
                self.doc().name(parent) == *name
            }
            None => false,
        })
    }

    /// The string value.
    pub(crate) fn text(self) -> Cow<'a, str> {
        self.doc().text(self.node)
    }

    pub(crate) fn attr(self, name: AttrName) -> Option<Cow<'a, str>> {
        self.doc().attr(self.node, name)
    }

    /// `exists(@name)`.
    pub(crate) fn has(self, name: AttrName) -> bool {
        self.doc().has_attr(self.node, name)
    }
}

impl<'a> At<'a> {
    /// `//name`: all elements of the name, in document order. Only names that [`Facts`] index.
    pub(crate) fn anywhere(self, name: Name) -> impl Iterator<Item = At<'a>> + Clone {
        self.facts
            .all(name)
            .iter()
            .map(move |&node| At { node, ..self })
    }

    /// `exists(//name/...)`: whether the path leads anywhere from any of those elements.
    pub(crate) fn exists_anywhere<P: Path<'a>>(
        self,
        name: Name,
        path: impl Fn(At<'a>) -> P,
    ) -> Verdict {
        for start in self.anywhere(name) {
            if path(start).exists()? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A predicate of a path's step, as the rules have them.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Filter {
    /// No predicate.
    All,
    /// `[cac:TaxScheme/normalize-space(upper-case(cbc:ID)) = 'VAT']`
    Vat,
    /// `[cac:TaxScheme/(normalize-space(upper-case(cbc:ID)) = 'VAT')]`: fails on two tax schemes.
    OneVat,
    /// `[normalize-space(cbc:ID) = category]`
    Category(Category),
    /// `[normalize-space(cbc:ID) != category]`
    NotCategory(Category),
    /// `[cbc:ChargeIndicator = true()]` or `false()`
    Charge(bool),
}

impl Filter {
    #[inline]
    pub(crate) fn holds(self, at: At<'_>) -> Verdict {
        if matches!(self, Filter::All) {
            Ok(true)
        } else {
            self.decide(at)
        }
    }

    fn decide(self, at: At<'_>) -> Verdict {
        use crate::doc::name::{CAC_TAX_SCHEME, CBC_CHARGE_INDICATOR};
        match self {
            Filter::All => Ok(true),
            Filter::Vat => (at / CAC_TAX_SCHEME).any(|scheme| is_vat(scheme)),
            Filter::OneVat => {
                // The effective boolean value of a list of booleans: none is false, two are an error.
                let mut only = None;
                (at / CAC_TAX_SCHEME).each(|scheme| match only.replace(is_vat(scheme)?) {
                    None => Ok(true),
                    Some(_) => Err(Undetermined::NoTruthValue),
                })?;
                Ok(only.unwrap_or(false))
            }
            Filter::Category(category) => Ok(at.facts.category_of(at)? == Some(category)),
            Filter::NotCategory(category) => Ok(at.facts.category_of(at)? != Some(category)),
            Filter::Charge(charge) => (at / CBC_CHARGE_INDICATOR)
                .any(|indicator| Ok(text::boolean(&indicator.text())? == charge)),
        }
    }
}

/// `normalize-space(upper-case(cbc:ID)) = 'VAT'` of a tax scheme.
fn is_vat(scheme: At<'_>) -> Verdict {
    Ok(text::normalizes_upper_to(
        &(scheme / crate::doc::name::CBC_ID).text()?,
        "VAT",
    ))
}

/// One step down: a child's name and up to two predicates.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    name: Name,
    filters: [Filter; 2],
}

impl Step {
    /// `name[filter]`
    pub(crate) const fn only(name: Name, filter: Filter) -> Step {
        Step {
            name,
            filters: [filter, Filter::All],
        }
    }

    /// `name[first][second]`
    pub(crate) const fn only_both(name: Name, first: Filter, second: Filter) -> Step {
        Step {
            name,
            filters: [first, second],
        }
    }

    #[inline]
    fn takes(self, node: At<'_>) -> Verdict {
        let [first, second] = self.filters;
        Ok(first.holds(node)? && second.holds(node)?)
    }
}

impl From<Name> for Step {
    fn from(name: Name) -> Step {
        Step::only(name, Filter::All)
    }
}

/// A path with one more step: `path / name`.
///
/// Paths are types, so that the compiler turns each rule's path into plain nested loops.
#[derive(Clone, Copy)]
pub(crate) struct Child<P> {
    of: P,
    step: Step,
}

impl<'a, S: Into<Step>> Div<S> for At<'a> {
    type Output = Child<At<'a>>;

    fn div(self, step: S) -> Child<At<'a>> {
        Child {
            of: self,
            step: step.into(),
        }
    }
}

impl<P, S: Into<Step>> Div<S> for Child<P> {
    type Output = Child<Child<P>>;

    fn div(self, step: S) -> Child<Child<P>> {
        Child {
            of: self,
            step: step.into(),
        }
    }
}

/// A path from a node; evaluated only as far as the question needs, in document order. A node is the path to itself.
pub(crate) trait Path<'a>:
    Copy + Div<Name, Output = Child<Self>> + Div<Step, Output = Child<Self>>
{
    /// Calls `visit` on each selected node until it answers `false` or fails; whether it never answered `false`.
    fn walk(self, visit: &mut impl FnMut(At<'a>) -> Verdict) -> Verdict;

    /// Calls `visit` on each selected node until it answers `false`.
    #[inline]
    fn each(self, mut visit: impl FnMut(At<'a>) -> Verdict) -> Result<(), Undetermined> {
        self.walk(&mut visit).map(|_| ())
    }

    /// `some $node in path satisfies ...`: stops at the first node that does.
    #[inline]
    fn any(self, mut test: impl FnMut(At<'a>) -> Verdict) -> Verdict {
        not(self.walk(&mut |node| not(test(node))))
    }

    /// `exists(path)`
    fn exists(self) -> Verdict {
        self.any(|_| Ok(true))
    }

    /// `not(path)`
    fn missing(self) -> Verdict {
        not(self.exists())
    }

    /// `count(path)`
    fn count(self) -> Result<usize, Undetermined> {
        let mut count = 0;
        self.each(|_| {
            count += 1;
            Ok(true)
        })?;
        Ok(count)
    }

    /// `path = 'value'`: any of the nodes.
    fn is(self, value: &str) -> Verdict {
        self.any(|node| Ok(node.text() == value))
    }

    /// `path != ''`: any of the nodes has a text, be it white space.
    fn has_text(self) -> Verdict {
        self.any(|node| Ok(!node.text().is_empty()))
    }

    /// `path[boolean(normalize-space(.))]`: any of the nodes has more than white space.
    fn is_present(self) -> Verdict {
        self.any(|node| Ok(text::is_present(&node.text())))
    }

    /// The node, where a function takes at most one.
    fn at_most_one(self) -> Result<Option<At<'a>>, Undetermined> {
        let mut only = None;
        self.each(|node| match only.replace(node) {
            None => Ok(true),
            Some(_) => Err(Undetermined::SeveralItems),
        })?;
        Ok(only)
    }

    /// `string(path)` of at most one node, empty for none.
    fn text(self) -> Result<Cow<'a, str>, Undetermined> {
        Ok(self.at_most_one()?.map_or(Cow::Borrowed(""), At::text))
    }

    /// `normalize-space(path) = 'value'`
    fn normalizes_to(self, value: &str) -> Verdict {
        Ok(text::normalizes_to(&Path::text(self)?, value))
    }

    /// `xs:decimal(path)`: of at most one node.
    fn decimal(self) -> Computed {
        Ok(Number(
            self.at_most_one()?
                .map(|node| Decimal::parse(&node.text()))
                .transpose()?,
        ))
    }
}

impl<'a> Path<'a> for At<'a> {
    #[inline]
    fn walk(self, visit: &mut impl FnMut(At<'a>) -> Verdict) -> Verdict {
        visit(self)
    }
}

/// Depth first, which is document order.
impl<'a, P: Path<'a>> Path<'a> for Child<P> {
    #[inline]
    fn walk(self, visit: &mut impl FnMut(At<'a>) -> Verdict) -> Verdict {
        let Child { of, step } = self;
        of.walk(&mut |parent| {
            parent.facts.each_child(parent.node, step.name, |node| {
                let child = At { node, ..parent };
                Ok(!step.takes(child)? || visit(child)?)
            })
        })
    }
}
