//! Codes of the long lists: a text that knows its list.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::{UnknownCode, tables};

/// Defines one code type: its table, the list's name, and constants for the members that invoices use most.
macro_rules! listed_code {
    (
        $(#[$doc:meta])*
        $name:ident, $table:ident, $list:literal,
        $($(#[$const_doc:meta])* $constant:ident = $code:literal,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            $(
                $(#[$const_doc])*
                pub const $constant: Self = Self(Cow::Borrowed($code));
            )*

            /// The name of the list, for messages.
            pub const LIST: &'static str = $list;

            /// Takes a code of the list; blanks around it do not count.
            ///
            /// # Errors
            /// [`UnknownCode`] when the list does not have it (case matters).
            pub fn new(code: &str) -> Result<Self, UnknownCode> {
                tables::$table.find(code.trim())
                    .map(|found| Self(Cow::Borrowed(found)))
                    .ok_or_else(|| UnknownCode::new($list, code))
            }

            /// Takes any text: for codes newer than the list here, and for reading what others wrote.
            #[must_use]
            pub fn other(code: &str) -> Self {
                match tables::$table.find(code.trim()) {
                    Some(found) => Self(Cow::Borrowed(found)),
                    None => Self(Cow::Owned(code.to_owned())),
                }
            }

            /// The code as it stands in a document.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the code is on the list of CIUS-RO 1.0.9.
            #[must_use]
            pub fn is_listed(&self) -> bool {
                tables::$table.contains(&self.0)
            }

            /// Every code of the list, sorted.
            pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
                tables::$table.codes().iter().map(|code| Self(Cow::Borrowed(code)))
            }
        }

        impl FromStr for $name {
            type Err = UnknownCode;

            fn from_str(code: &str) -> Result<Self, UnknownCode> {
                Self::new(code)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

listed_code! {
    /// A currency: ISO 4217 (BT-5, BT-6).
    Currency, CURRENCIES, "ISO 4217",
    /// Romanian leu.
    RON = "RON",
    /// Euro.
    EUR = "EUR",
    /// United States dollar.
    USD = "USD",
    /// Pound sterling.
    GBP = "GBP",
    /// Swiss franc.
    CHF = "CHF",
    /// Hungarian forint.
    HUF = "HUF",
    /// Moldovan leu.
    MDL = "MDL",
}

listed_code! {
    /// A country: ISO 3166-1 alpha-2 (BT-40, BT-55, BT-69, BT-80, BT-159).
    Country, COUNTRIES, "ISO 3166-1 alpha-2",
    /// Romania.
    RO = "RO",
    /// Austria.
    AT = "AT",
    /// Bulgaria.
    BG = "BG",
    /// Germany.
    DE = "DE",
    /// France.
    FR = "FR",
    /// Hungary.
    HU = "HU",
    /// Italy.
    IT = "IT",
    /// Moldova.
    MD = "MD",
    /// Poland.
    PL = "PL",
    /// United Kingdom.
    GB = "GB",
    /// United States.
    US = "US",
}

listed_code! {
    /// A unit of measure: UN/ECE Recommendation 20, and 21 under `X` (BT-130, BT-150).
    Unit, UNITS, "UN/ECE Recommendations 20 and 21",
    /// Piece (`H87`).
    PIECE = "H87",
    /// One, when nothing is measured (`C62`).
    ONE = "C62",
    /// Kilogram.
    KILOGRAM = "KGM",
    /// Gram.
    GRAM = "GRM",
    /// Metric tonne.
    TONNE = "TNE",
    /// Litre.
    LITRE = "LTR",
    /// Metre.
    METRE = "MTR",
    /// Square metre.
    SQUARE_METRE = "MTK",
    /// Cubic metre.
    CUBIC_METRE = "MTQ",
    /// Kilometre.
    KILOMETRE = "KMT",
    /// Kilowatt hour.
    KILOWATT_HOUR = "KWH",
    /// Megawatt hour.
    MEGAWATT_HOUR = "MWH",
    /// Hour.
    HOUR = "HUR",
    /// Day.
    DAY = "DAY",
    /// Month.
    MONTH = "MON",
    /// Year.
    YEAR = "ANN",
    /// Set.
    SET = "SET",
    /// Pair.
    PAIR = "PR",
    /// Box (package of Recommendation 21).
    BOX = "XBX",
    /// Package (package of Recommendation 21).
    PACKAGE = "XPK",
    /// Pallet (package of Recommendation 21).
    PALLET = "XPX",
}

impl Unit {
    fn named(&self) -> Option<anaf_types::Unit> {
        anaf_types::Unit::from_code(&self.0)
    }

    /// The Romanian name, e.g. `bucată`; `None` for a code that is not on the list.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        self.named().map(anaf_types::Unit::name)
    }

    /// The English name, as UN/ECE publishes it; `None` for a code that is not on the list.
    #[must_use]
    pub fn name_en(&self) -> Option<&'static str> {
        self.named().map(anaf_types::Unit::name_en)
    }
}

impl From<anaf_types::Unit> for Unit {
    fn from(unit: anaf_types::Unit) -> Self {
        Self(Cow::Borrowed(unit.code()))
    }
}

listed_code! {
    /// A means of payment: UNTDID 4461 (BT-81).
    PaymentMeansCode, PAYMENT_MEANS, "UNTDID 4461",
    /// Instrument not defined (`1`).
    NOT_DEFINED = "1",
    /// In cash (`10`).
    CASH = "10",
    /// Cheque (`20`).
    CHEQUE = "20",
    /// Credit transfer (`30`): needs an account.
    CREDIT_TRANSFER = "30",
    /// Payment to a bank account (`42`).
    BANK_ACCOUNT = "42",
    /// Bank card (`48`).
    BANK_CARD = "48",
    /// Direct debit (`49`).
    DIRECT_DEBIT = "49",
    /// Credit card (`54`).
    CREDIT_CARD = "54",
    /// Debit card (`55`).
    DEBIT_CARD = "55",
    /// Standing agreement (`57`).
    STANDING_AGREEMENT = "57",
    /// SEPA credit transfer (`58`): needs an account.
    SEPA_CREDIT_TRANSFER = "58",
    /// SEPA direct debit (`59`).
    SEPA_DIRECT_DEBIT = "59",
    /// Online payment service (`68`).
    ONLINE = "68",
    /// Clearing between partners, compensation (`97`).
    CLEARING = "97",
    /// As the parties agreed (`ZZZ`).
    MUTUALLY_DEFINED = "ZZZ",
}

listed_code! {
    /// Why an allowance is given: UNTDID 5189 (BT-98, BT-140).
    AllowanceReason, ALLOWANCE_REASONS, "UNTDID 5189",
    /// Discount (`95`).
    DISCOUNT = "95",
    /// Special agreement (`100`).
    SPECIAL_AGREEMENT = "100",
    /// Special rebate (`104`).
    SPECIAL_REBATE = "104",
    /// Bonus for works ahead of schedule (`41`).
    AHEAD_OF_SCHEDULE = "41",
}

listed_code! {
    /// Why a charge is made: UNTDID 7161 (BT-105, BT-145).
    ChargeReason, CHARGE_REASONS, "UNTDID 7161",
    /// Freight service (`FC`).
    FREIGHT = "FC",
    /// Delivery (`DL`).
    DELIVERY = "DL",
    /// Packing (`PC`).
    PACKING = "PC",
    /// Other (`ZZZ`).
    OTHER = "ZZZ",
}

listed_code! {
    /// Why no VAT is charged: the VATEX list (BT-121). Validation takes it in either case.
    ExemptionReason, EXEMPTION_REASONS, "VATEX",
    /// Reverse charge (`VATEX-EU-AE`).
    REVERSE_CHARGE = "VATEX-EU-AE",
    /// Intra-community supply (`VATEX-EU-IC`).
    INTRA_COMMUNITY = "VATEX-EU-IC",
    /// Export outside the European Union (`VATEX-EU-G`).
    EXPORT = "VATEX-EU-G",
    /// Not subject to VAT (`VATEX-EU-O`).
    OUTSIDE_SCOPE = "VATEX-EU-O",
    /// Exempt under article 132 of the VAT directive: health, education, culture … (`VATEX-EU-132`).
    ARTICLE_132 = "VATEX-EU-132",
    /// Travel agents' margin scheme (`VATEX-EU-D`).
    TRAVEL_AGENTS = "VATEX-EU-D",
    /// Second-hand goods' margin scheme (`VATEX-EU-F`).
    SECOND_HAND = "VATEX-EU-F",
    /// Works of art's margin scheme (`VATEX-EU-I`).
    WORKS_OF_ART = "VATEX-EU-I",
    /// Collectors' items and antiques' margin scheme (`VATEX-EU-J`).
    ANTIQUES = "VATEX-EU-J",
}

listed_code! {
    /// Who gave an identifier: ISO/IEC 6523 (BT-29-1, BT-30-1, BT-46-1, BT-47-1, BT-60-1, BT-61-1, BT-71-1, BT-157-1).
    IcdScheme, ICD_SCHEMES, "ISO/IEC 6523 (ICD)",
    /// GS1 global location number (`0088`).
    GLN = "0088",
    /// GS1 global trade item number (`0160`).
    GTIN = "0160",
    /// Dun & Bradstreet number (`0060`).
    DUNS = "0060",
    /// Legal entity identifier, LEI (`0199`).
    LEI = "0199",
    /// Bank assigned creditor identifier (`SEPA`), which is not of the list but allowed on seller and payee.
    SEPA = "SEPA",
}

listed_code! {
    /// The network of an electronic address: the EAS list (BT-34-1, BT-49-1).
    EasScheme, EAS_SCHEMES, "EAS",
    /// E-mail (`EM`).
    EMAIL = "EM",
    /// GS1 global location number (`0088`).
    GLN = "0088",
    /// Romanian VAT number (`9947`).
    RO_VAT = "9947",
}

listed_code! {
    /// What an invoiced object's identifier is: UNTDID 1153 (BT-18-1, BT-128-1).
    ReferenceQualifier, REFERENCE_QUALIFIERS, "UNTDID 1153",
    /// Meter unit number (`MG`).
    METER = "MG",
    /// Vehicle licence number (`ABZ`).
    VEHICLE_LICENCE = "ABZ",
}

listed_code! {
    /// By which catalogue an item is classified: UNTDID 7143 (BT-158-1).
    ItemTypeScheme, ITEM_TYPES, "UNTDID 7143",
    /// Common procurement vocabulary, CPV (`STI`).
    CPV = "STI",
    /// Harmonised system, the customs tariff and the NC code (`HS`).
    HARMONISED_SYSTEM = "HS",
    /// Combined nomenclature of the European Union, NC8 (`TSP`).
    COMBINED_NOMENCLATURE = "TSP",
    /// GS1 global trade item number (`SRV`).
    GTIN = "SRV",
    /// As the parties agreed (`ZZZ`).
    MUTUALLY_DEFINED = "ZZZ",
}

listed_code! {
    /// What a note is about: UNTDID 4451 (BT-21).
    NoteSubject, NOTE_SUBJECTS, "UNTDID 4451",
    /// General information (`AAI`).
    GENERAL = "AAI",
    /// Payment information (`PMT`).
    PAYMENT = "PMT",
    /// Regulatory information (`REG`).
    REGULATORY = "REG",
    /// Tax declaration (`TXD`).
    TAX_DECLARATION = "TXD",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_has_a_name() {
        assert!(Unit::all().eq(anaf_types::Unit::ALL.iter().map(|unit| Unit::from(*unit))));
        assert!(Unit::all().all(|unit| unit.name().is_some() && unit.name_en().is_some()));
        assert_eq!(Unit::PIECE.name(), Some("bucată"));
        assert_eq!(Unit::other("buc").name(), None);
    }

    #[test]
    fn codes_are_checked_but_open() {
        assert_eq!(Unit::new(" H87 ").unwrap(), Unit::PIECE);
        assert!(Unit::new("h87").is_err());
        let error = Currency::new("LEI").unwrap_err();
        assert_eq!(error.to_string(), "`LEI` is not a code of ISO 4217");
        let odd = Unit::other("buc");
        assert_eq!((odd.as_str(), odd.is_listed()), ("buc", false));
        assert_eq!(Unit::other("\nKGM "), Unit::KILOGRAM);
        assert_eq!(format!("{:?}", Country::RO), "Country(RO)");
        assert_eq!(Country::all().len(), 251);
    }

    #[test]
    fn every_constant_is_on_its_list() {
        let listed = [
            Currency::MDL.is_listed(),
            Country::US.is_listed(),
            Unit::PIECE.is_listed(),
            Unit::ONE.is_listed(),
            Unit::TONNE.is_listed(),
            Unit::SQUARE_METRE.is_listed(),
            Unit::CUBIC_METRE.is_listed(),
            Unit::KILOMETRE.is_listed(),
            Unit::KILOWATT_HOUR.is_listed(),
            Unit::MEGAWATT_HOUR.is_listed(),
            Unit::HOUR.is_listed(),
            Unit::DAY.is_listed(),
            Unit::MONTH.is_listed(),
            Unit::YEAR.is_listed(),
            Unit::SET.is_listed(),
            Unit::PAIR.is_listed(),
            Unit::BOX.is_listed(),
            Unit::PACKAGE.is_listed(),
            Unit::PALLET.is_listed(),
            PaymentMeansCode::CLEARING.is_listed(),
            PaymentMeansCode::ONLINE.is_listed(),
            PaymentMeansCode::STANDING_AGREEMENT.is_listed(),
            AllowanceReason::DISCOUNT.is_listed(),
            AllowanceReason::SPECIAL_AGREEMENT.is_listed(),
            AllowanceReason::SPECIAL_REBATE.is_listed(),
            AllowanceReason::AHEAD_OF_SCHEDULE.is_listed(),
            ChargeReason::FREIGHT.is_listed(),
            ChargeReason::DELIVERY.is_listed(),
            ChargeReason::PACKING.is_listed(),
            ChargeReason::OTHER.is_listed(),
            ExemptionReason::REVERSE_CHARGE.is_listed(),
            ExemptionReason::INTRA_COMMUNITY.is_listed(),
            ExemptionReason::EXPORT.is_listed(),
            ExemptionReason::OUTSIDE_SCOPE.is_listed(),
            ExemptionReason::ARTICLE_132.is_listed(),
            ExemptionReason::ANTIQUES.is_listed(),
            IcdScheme::GLN.is_listed(),
            IcdScheme::GTIN.is_listed(),
            IcdScheme::DUNS.is_listed(),
            IcdScheme::LEI.is_listed(),
            EasScheme::EMAIL.is_listed(),
            EasScheme::GLN.is_listed(),
            EasScheme::RO_VAT.is_listed(),
            ReferenceQualifier::METER.is_listed(),
            ReferenceQualifier::VEHICLE_LICENCE.is_listed(),
            ItemTypeScheme::CPV.is_listed(),
            ItemTypeScheme::HARMONISED_SYSTEM.is_listed(),
            ItemTypeScheme::COMBINED_NOMENCLATURE.is_listed(),
            ItemTypeScheme::GTIN.is_listed(),
            NoteSubject::GENERAL.is_listed(),
            NoteSubject::PAYMENT.is_listed(),
            NoteSubject::REGULATORY.is_listed(),
            NoteSubject::TAX_DECLARATION.is_listed(),
        ];
        assert!(listed.iter().all(|on| *on), "{listed:?}");
        assert!(!IcdScheme::SEPA.is_listed());
    }
}
