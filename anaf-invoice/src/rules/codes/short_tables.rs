//! Short lists of the rules; the long ones are in [`crate::codes::tables`].

use crate::codes::list::{CodeList, code_list};

/// UNTDID 5305, the part that EN 16931 allows (BT-95, BT-102, BT-118, BT-151).
pub(crate) const VAT_CATEGORIES: &CodeList =
    code_list!["AE", "B", "E", "G", "K", "L", "M", "O", "S", "Z"];

/// UNTDID 2005 (BT-8): 3 issue date, 35 delivery date, 432 payment date.
pub(crate) const VAT_DATE_CODES: &CodeList = code_list!["3", "35", "432"];

/// Media types of an attached document (BT-125-1).
pub(crate) const MIME_TYPES: &CodeList = code_list![
    "application/pdf",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/jpeg",
    "image/png",
    "text/csv",
];

/// ISO 3166-2:RO (BT-39, BT-54, BT-68, BT-79).
pub(crate) const COUNTIES: &CodeList = code_list![
    "RO-AB", "RO-AG", "RO-AR", "RO-B", "RO-BC", "RO-BH", "RO-BN", "RO-BR", "RO-BT", "RO-BV",
    "RO-BZ", "RO-CJ", "RO-CL", "RO-CS", "RO-CT", "RO-CV", "RO-DB", "RO-DJ", "RO-GJ", "RO-GL",
    "RO-GR", "RO-HD", "RO-HR", "RO-IF", "RO-IL", "RO-IS", "RO-MH", "RO-MM", "RO-MS", "RO-NT",
    "RO-OT", "RO-PH", "RO-SB", "RO-SJ", "RO-SM", "RO-SV", "RO-TL", "RO-TM", "RO-TR", "RO-VL",
    "RO-VN", "RO-VS",
];

/// Bucharest as a city name (BT-37, BT-52, BT-66, BT-77).
pub(crate) const SECTORS: &CodeList = code_list![
    "SECTOR1", "SECTOR2", "SECTOR3", "SECTOR4", "SECTOR5", "SECTOR6",
];

/// Types of an Invoice in CIUS-RO: invoice, correction, self-billed, for accounting.
pub(crate) const RO_INVOICE_TYPES: &CodeList = code_list!["380", "384", "389", "751"];

/// Types of a CreditNote in CIUS-RO.
pub(crate) const RO_CREDIT_NOTE_TYPES: &CodeList = code_list!["381"];
