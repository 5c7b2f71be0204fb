//! Dates are written `YYYY-MM-DD`: ten characters, no zone, nothing around.
//!
//! The contexts name an element wherever it stands: BR-RO-DT001 also reads the issue date of a preceding invoice.

use crate::doc::name::*;
use crate::rules::definition::{Rule, fatal, on};
use crate::rules::xpath::{At, Date, Undetermined, Verdict, both};

macro_rules! date_rule {
    ($name:ident, $element:ident, $id:literal) => {
        pub(super) const $name: Rule = Rule::new(&[on($element)], &[&[fatal($id, is_plain_date)]]);
    };
}

date_rule!(ISSUE, CBC_ISSUE_DATE, "BR-RO-DT001");
date_rule!(TAX_POINT, CBC_TAX_POINT_DATE, "BR-RO-DT002");
date_rule!(DUE, CBC_DUE_DATE, "BR-RO-DT003");
date_rule!(PAYMENT_DUE, CBC_PAYMENT_DUE_DATE, "BR-RO-DT003_CN");
date_rule!(DELIVERY, CBC_ACTUAL_DELIVERY_DATE, "BR-RO-DT004");
date_rule!(START, CBC_START_DATE, "BR-RO-DT005");
date_rule!(END, CBC_END_DATE, "BR-RO-DT006");

/// `string-length(text()) = 10 and (string(.) castable as xs:date)`
fn is_plain_date(date: At<'_>) -> Verdict {
    let doc = date.doc();
    // A comment splits a text in two.
    let has_ten = match doc.text_nodes(date.node) {
        0 | 1 => Ok(doc
            .own_text(date.node)
            .map(|text| text.chars().count())
            .sum::<usize>()
            == 10),
        _ => Err(Undetermined::SeveralItems),
    };
    both(has_ten, || Ok(Date::parse(&date.text()).is_ok()))
}
