//! Rules on codes: each value must be on its list.

use super::xpath::is_listed;
use super::{OnAttribute, Rule};
use crate::codes::{
    BorderPoint, ConfirmationType, Country, County, CustomsOffice, DocumentType, Operation,
    Purpose, Unit,
};

/// Context `//@codTara`.
pub(super) static ON_COUNTRY: [OnAttribute; 1] = [Rule {
    id: "BR-CL-001",
    holds: |code| Ok(is_listed(code.value(), is_country)),
    romanian: "Codul țării partenerului nu este în listă; Grecia este EL.",
    english: "The partner's country is not on the list; Greece is EL.",
}];

/// Context `//@codTaraOrgTransport`.
pub(super) const ORGANISER_COUNTRY: OnAttribute = Rule {
    id: "BR-CL-010",
    holds: |code| Ok(is_listed(code.value(), is_country)),
    romanian: "Codul țării organizatorului transportului nu este în listă; Grecia este EL.",
    english: "The transport organiser's country is not on the list; Greece is EL.",
};

/// Context `//@codJudet`.
pub(super) static ON_COUNTY: [OnAttribute; 1] = [Rule {
    id: "BR-CL-002",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            County::from_code(code).is_some()
        }))
    },
    romanian: "Codul județului nu este în listă: 1-40, 51 sau 52.",
    english: "The county's code is not on the list: 1 to 40, 51 or 52.",
}];

/// Context `//@codUnitateMasura`.
pub(super) static ON_UNIT: [OnAttribute; 1] = [Rule {
    id: "BR-CL-003",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            Unit::from_code(code).is_some()
        }))
    },
    romanian: "Unitatea de măsură nu este un cod UN/ECE (Recomandările 20 și 21): kilogramul este KGM, bucata H87.",
    english: "The unit is not a UN/ECE code (Recommendations 20 and 21): a kilogram is KGM, a piece H87.",
}];

/// Context `//@codTipOperatiune`.
pub(super) const OPERATION: OnAttribute = Rule {
    id: "BR-CL-004",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            Operation::from_code(code).is_some()
        }))
    },
    romanian: "Tipul operațiunii nu este în listă.",
    english: "The operation is not on the list.",
};

/// Context `//@codScopOperatiune`.
pub(super) static ON_PURPOSE: [OnAttribute; 1] = [Rule {
    id: "BR-CL-005",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            Purpose::from_code(code).is_some()
        }))
    },
    romanian: "Scopul operațiunii nu este în listă.",
    english: "The purpose is not on the list.",
}];

/// Context `//@codPtf`.
pub(super) static ON_BORDER_POINT: [OnAttribute; 1] = [Rule {
    id: "BR-CL-006",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            BorderPoint::from_code(code).is_some()
        }))
    },
    romanian: "Punctul de trecere a frontierei nu este în listă: 1-38.",
    english: "The border crossing point is not on the list: 1 to 38.",
}];

/// Context `//@codBirouVamal`.
pub(super) static ON_CUSTOMS_OFFICE: [OnAttribute; 1] = [Rule {
    id: "BR-CL-007",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            CustomsOffice::from_code(code).is_some()
        }))
    },
    romanian: "Biroul vamal nu este în listă.",
    english: "The customs office is not on the list.",
}];

/// Context `//@tipConfirmare`.
pub(super) static ON_CONFIRMATION: [OnAttribute; 1] = [Rule {
    id: "BR-CL-008",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            ConfirmationType::from_code(code).is_some()
        }))
    },
    romanian: "Tipul de confirmare nu este în listă: 10, 20 sau 30.",
    english: "The confirmation is not on the list: 10, 20 or 30.",
}];

/// Context `//@tipDocument`.
pub(super) const DOCUMENT_TYPE: OnAttribute = Rule {
    id: "BR-CL-009",
    holds: |code| {
        Ok(is_listed(code.value(), |code| {
            DocumentType::from_code(code).is_some()
        }))
    },
    romanian: "Tipul documentului nu este în listă: 10, 20, 30 sau 9999.",
    english: "The document type is not on the list: 10, 20, 30 or 9999.",
};

fn is_country(code: &str) -> bool {
    Country::from_code(code).is_some_and(Country::is_in_rules)
}
