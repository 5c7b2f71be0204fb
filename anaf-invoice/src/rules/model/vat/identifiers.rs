//! -02 (lines), -03 (document allowances) and -04 (document charges): who must have a VAT identifier.

use super::Category;
use super::usage::Kinds;
use crate::doc::name::*;
use crate::rules::definition::{Assertion, fatal, vat};
use crate::rules::xpath::{At, Filter, Path, Step, Verdict, both, either, not};

/// On the root.
pub(in crate::rules::model) const ON_DOCUMENT: &[Assertion] = &[
    vat("BR-E-02", Category::E, |document, category| {
        lines(document, category, seller_registered)
    }),
    vat("BR-E-03", Category::E, |document, category| {
        allowances(document, category, seller_registered)
    }),
    vat("BR-E-04", Category::E, |document, category| {
        charges(document, category, seller_registered)
    }),
    vat("BR-IG-02", Category::L, |document, category| {
        lines(document, category, seller_registered)
    }),
    vat("BR-IG-03", Category::L, |document, category| {
        allowances(document, category, seller_registered)
    }),
    // The official test compares the id untrimmed in its second half, so ` L ` does not count as a use there.
    fatal("BR-IG-04", |document| {
        let charges = &document.facts.vat_use().charges;
        let holds = both(charges.any(|kind| kind.is_vat(Category::L)), || {
            seller_registered(document)
        });
        either(holds, || {
            not(charges.any(|kind| kind.has_exact_vat_id(Category::L)))
        })
    }),
    vat("BR-IP-02", Category::M, |document, category| {
        lines(document, category, seller_registered)
    }),
    vat("BR-IP-03", Category::M, |document, category| {
        allowances(document, category, seller_registered)
    }),
    vat("BR-IP-04", Category::M, |document, category| {
        charges(document, category, seller_registered)
    }),
    // The official test leaves the tax scheme out of its second half.
    fatal("BR-S-02", |document| {
        let items = &document.facts.vat_use().items;
        let holds = both(items.any(|kind| kind.is_vat(Category::S)), || {
            seller_registered(document)
        });
        either(holds, || not(items.any(|kind| kind.is(Category::S))))
    }),
    vat("BR-S-03", Category::S, |document, category| {
        allowances(document, category, seller_registered)
    }),
    vat("BR-S-04", Category::S, |document, category| {
        charges(document, category, seller_registered)
    }),
    vat("BR-Z-02", Category::Z, |document, category| {
        lines(document, category, seller_registered)
    }),
    vat("BR-Z-03", Category::Z, |document, category| {
        allowances(document, category, seller_registered)
    }),
    vat("BR-Z-04", Category::Z, |document, category| {
        charges(document, category, seller_registered)
    }),
    // Reverse charge: also the buyer, by VAT or legal registration.
    vat("BR-AE-02", Category::Ae, |document, category| {
        lines(document, category, seller_and_buyer_registered)
    }),
    vat("BR-AE-03", Category::Ae, |document, category| {
        allowances(document, category, seller_and_buyer_registered)
    }),
    vat("BR-AE-04", Category::Ae, |document, category| {
        charges(document, category, seller_and_buyer_registered)
    }),
    // Export: the seller by VAT identifier. The first half of -03 and -04 leaves the tax scheme out.
    vat("BR-G-02", Category::G, |document, category| {
        lines(document, category, seller_vat_identified)
    }),
    fatal("BR-G-03", |document| {
        let allowances = &document.facts.vat_use().allowances;
        let holds = both(allowances.any(|kind| kind.is(Category::G)), || {
            seller_vat_identified(document)
        });
        either(holds, || {
            not(allowances.any(|kind| kind.is_vat(Category::G)))
        })
    }),
    fatal("BR-G-04", |document| {
        let charges = &document.facts.vat_use().charges;
        let holds = both(charges.any(|kind| kind.is(Category::G)), || {
            seller_vat_identified(document)
        });
        either(holds, || not(charges.any(|kind| kind.is_vat(Category::G))))
    }),
    // Intra-community supply: both by VAT identifier.
    vat("BR-IC-02", Category::K, |document, category| {
        lines(document, category, both_vat_identified)
    }),
    vat("BR-IC-03", Category::K, |document, category| {
        allowances(document, category, both_vat_identified)
    }),
    vat("BR-IC-04", Category::K, |document, category| {
        charges(document, category, both_vat_identified)
    }),
    // Outside the scope of VAT: nobody has a VAT identifier. Allowances and charges of the root only.
    vat("BR-O-02", Category::O, |document, category| {
        lines(document, category, nobody_vat_identified)
    }),
    fatal("BR-O-03", |document| {
        Ok(!root_allowances(document, false).exists()? || nobody_vat_identified(document)?)
    }),
    fatal("BR-O-04", |document| {
        Ok(!root_allowances(document, true).exists()? || nobody_vat_identified(document)?)
    }),
];

type Condition = for<'a> fn(At<'a>) -> Verdict;

fn lines(document: At<'_>, category: Category, condition: Condition) -> Verdict {
    holds_if_used(
        &document.facts.vat_use().items,
        document,
        category,
        condition,
    )
}

fn allowances(document: At<'_>, category: Category, condition: Condition) -> Verdict {
    holds_if_used(
        &document.facts.vat_use().allowances,
        document,
        category,
        condition,
    )
}

fn charges(document: At<'_>, category: Category, condition: Condition) -> Verdict {
    holds_if_used(
        &document.facts.vat_use().charges,
        document,
        category,
        condition,
    )
}

fn holds_if_used(
    place: &Kinds,
    document: At<'_>,
    category: Category,
    condition: Condition,
) -> Verdict {
    Ok(!place.any(|kind| kind.is_vat(category))? || condition(document)?)
}

fn root_allowances(document: At<'_>, charge: bool) -> impl Path<'_> {
    document
        / Step::only(CAC_ALLOWANCE_CHARGE, Filter::Charge(charge))
        / super::presence::vat_category(Category::O)
}

/// The seller has a tax registration of any scheme (BT-31, BT-32), or the representative a VAT identifier (BT-63).
fn seller_registered(document: At<'_>) -> Verdict {
    let registration = |seller| seller / CAC_PARTY / CAC_PARTY_TAX_SCHEME / CBC_COMPANY_ID;
    let of_seller = document.exists_anywhere(CAC_ACCOUNTING_SUPPLIER_PARTY, registration);
    either(of_seller, || representative_has_vat_id(document))
}

/// The seller (BT-31) or the representative (BT-63) has a VAT identifier.
fn seller_vat_identified(document: At<'_>) -> Verdict {
    either(seller_has_vat_id(document), || {
        representative_has_vat_id(document)
    })
}

fn seller_and_buyer_registered(document: At<'_>) -> Verdict {
    let legal = |buyer| buyer / CAC_PARTY / CAC_PARTY_LEGAL_ENTITY / CBC_COMPANY_ID;
    both(seller_registered(document), || {
        either(buyer_has_vat_id(document), || {
            document.exists_anywhere(CAC_ACCOUNTING_CUSTOMER_PARTY, legal)
        })
    })
}

fn both_vat_identified(document: At<'_>) -> Verdict {
    both(seller_vat_identified(document), || {
        buyer_has_vat_id(document)
    })
}

fn nobody_vat_identified(document: At<'_>) -> Verdict {
    not(either(seller_vat_identified(document), || {
        buyer_has_vat_id(document)
    }))
}

const VAT_SCHEME: Step = Step::only(CAC_PARTY_TAX_SCHEME, Filter::OneVat);

fn seller_has_vat_id(document: At<'_>) -> Verdict {
    document.exists_anywhere(CAC_ACCOUNTING_SUPPLIER_PARTY, |seller| {
        seller / CAC_PARTY / VAT_SCHEME / CBC_COMPANY_ID
    })
}

fn buyer_has_vat_id(document: At<'_>) -> Verdict {
    document.exists_anywhere(CAC_ACCOUNTING_CUSTOMER_PARTY, |buyer| {
        buyer / CAC_PARTY / VAT_SCHEME / CBC_COMPANY_ID
    })
}

fn representative_has_vat_id(document: At<'_>) -> Verdict {
    document.exists_anywhere(CAC_TAX_REPRESENTATIVE_PARTY, |party| {
        party / VAT_SCHEME / CBC_COMPANY_ID
    })
}
