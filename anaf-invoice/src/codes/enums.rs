//! Codes of the short lists, as enums.

use std::fmt;
use std::str::FromStr;

use super::UnknownCode;

/// Defines an open enum over codes: every variant with its code, and `Other` for what is not on the list.
macro_rules! code_enum {
    (
        $(#[$doc:meta])*
        $name:ident, $list:literal,
        $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$variant_doc])*
                #[doc = concat!("\n\nCode `", $code, "`.")]
                $variant,
            )*
            /// A code that is not on the list, as it was read.
            Other(String),
        }

        impl $name {
            /// Every member of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Takes a code of the list; blanks around it do not count.
            ///
            /// # Errors
            /// [`UnknownCode`] when the list does not have it (case matters).
            pub fn new(code: &str) -> Result<Self, UnknownCode> {
                match code.trim() {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(UnknownCode::new($list, code)),
                }
            }

            /// Takes any text: a code outside the list becomes [`Other`](Self::Other).
            #[must_use]
            pub fn other(code: &str) -> Self {
                Self::new(code).unwrap_or_else(|unknown| Self::Other(unknown.code))
            }

            /// The code as it stands in a document.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }

            /// Whether the code is on the list.
            #[must_use]
            pub fn is_listed(&self) -> bool {
                !matches!(self, Self::Other(_))
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
                f.pad(self.as_str())
            }
        }
    };
}

code_enum! {
    /// What kind of invoice this is (BT-3): the UNTDID 1001 codes that CIUS-RO allows (BR-RO-020).
    InvoiceType, "UNTDID 1001, as CIUS-RO restricts it",
    /// Commercial invoice; also a storno with negative quantities.
    Commercial = "380",
    /// Credit note: a storno with positive quantities. The one code of a `CreditNote` document.
    CreditNote = "381",
    /// Corrected invoice.
    Corrected = "384",
    /// Self-billed invoice: the buyer issues it on the seller's behalf.
    SelfBilled = "389",
    /// Invoice information for accounting purposes, as for simplified invoices.
    AccountingInformation = "751",
}

code_enum! {
    /// How VAT applies (BT-95, BT-102, BT-118, BT-151): the UNTDID 5305 codes that EN 16931 allows.
    VatCategory, "UNTDID 5305",
    /// Standard rate: any rate above zero, reduced ones too.
    Standard = "S",
    /// Zero rate.
    ZeroRated = "Z",
    /// Exempt from VAT.
    Exempt = "E",
    /// Reverse charge: the buyer accounts for the VAT (*taxare inversă*).
    ReverseCharge = "AE",
    /// Intra-community supply of goods or services.
    IntraCommunity = "K",
    /// Export outside the European Union: free export item, tax not charged.
    Export = "G",
    /// Outside the scope of VAT; also for sellers who are not registered for VAT.
    OutsideScope = "O",
    /// Canary Islands general indirect tax (IGIC).
    CanaryIslands = "L",
    /// Tax for production, services and importation in Ceuta and Melilla (IPSI).
    CeutaMelilla = "M",
    /// Italian split payment.
    SplitPayment = "B",
}

code_enum! {
    /// When VAT becomes due (BT-8): UNTDID 2005.
    VatPointDateCode, "UNTDID 2005, as EN 16931 restricts it",
    /// On the invoice's date.
    InvoiceDate = "3",
    /// On delivery.
    Delivery = "35",
    /// On payment: VAT on collection (*TVA la încasare*).
    Payment = "432",
}

code_enum! {
    /// What an attachment is (BT-125-1): the media types that EN 16931 allows.
    MimeCode, "the media types of EN 16931",
    /// Portable document format.
    Pdf = "application/pdf",
    /// PNG image.
    Png = "image/png",
    /// JPEG image.
    Jpeg = "image/jpeg",
    /// Comma-separated values.
    Csv = "text/csv",
    /// Office Open XML sheet.
    Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    /// OpenDocument sheet.
    Ods = "application/vnd.oasis.opendocument.spreadsheet",
}

code_enum! {
    /// A Romanian county: ISO 3166-2:RO (BT-39, BT-54, BT-68, BT-79 when the country is Romania).
    County, "ISO 3166-2:RO",
    /// Alba.
    Alba = "RO-AB",
    /// Argeș.
    Arges = "RO-AG",
    /// Arad.
    Arad = "RO-AR",
    /// Bucharest; its city is a [`Sector`].
    Bucharest = "RO-B",
    /// Bacău.
    Bacau = "RO-BC",
    /// Bihor.
    Bihor = "RO-BH",
    /// Bistrița-Năsăud.
    BistritaNasaud = "RO-BN",
    /// Brăila.
    Braila = "RO-BR",
    /// Botoșani.
    Botosani = "RO-BT",
    /// Brașov.
    Brasov = "RO-BV",
    /// Buzău.
    Buzau = "RO-BZ",
    /// Cluj.
    Cluj = "RO-CJ",
    /// Călărași.
    Calarasi = "RO-CL",
    /// Caraș-Severin.
    CarasSeverin = "RO-CS",
    /// Constanța.
    Constanta = "RO-CT",
    /// Covasna.
    Covasna = "RO-CV",
    /// Dâmbovița.
    Dambovita = "RO-DB",
    /// Dolj.
    Dolj = "RO-DJ",
    /// Gorj.
    Gorj = "RO-GJ",
    /// Galați.
    Galati = "RO-GL",
    /// Giurgiu.
    Giurgiu = "RO-GR",
    /// Hunedoara.
    Hunedoara = "RO-HD",
    /// Harghita.
    Harghita = "RO-HR",
    /// Ilfov.
    Ilfov = "RO-IF",
    /// Ialomița.
    Ialomita = "RO-IL",
    /// Iași.
    Iasi = "RO-IS",
    /// Mehedinți.
    Mehedinti = "RO-MH",
    /// Maramureș.
    Maramures = "RO-MM",
    /// Mureș.
    Mures = "RO-MS",
    /// Neamț.
    Neamt = "RO-NT",
    /// Olt.
    Olt = "RO-OT",
    /// Prahova.
    Prahova = "RO-PH",
    /// Sibiu.
    Sibiu = "RO-SB",
    /// Sălaj.
    Salaj = "RO-SJ",
    /// Satu Mare.
    SatuMare = "RO-SM",
    /// Suceava.
    Suceava = "RO-SV",
    /// Tulcea.
    Tulcea = "RO-TL",
    /// Timiș.
    Timis = "RO-TM",
    /// Teleorman.
    Teleorman = "RO-TR",
    /// Vâlcea.
    Valcea = "RO-VL",
    /// Vrancea.
    Vrancea = "RO-VN",
    /// Vaslui.
    Vaslui = "RO-VS",
}

code_enum! {
    /// A sector of Bucharest, which stands where other addresses have the city (BR-RO-100 and its sisters).
    Sector, "the sectors of Bucharest",
    /// Sector 1.
    Sector1 = "SECTOR1",
    /// Sector 2.
    Sector2 = "SECTOR2",
    /// Sector 3.
    Sector3 = "SECTOR3",
    /// Sector 4.
    Sector4 = "SECTOR4",
    /// Sector 5.
    Sector5 = "SECTOR5",
    /// Sector 6.
    Sector6 = "SECTOR6",
}

impl InvoiceType {
    /// Whether the code belongs on a `CreditNote` document rather than on an `Invoice`.
    #[must_use]
    pub fn is_credit_note(&self) -> bool {
        *self == Self::CreditNote
    }
}

impl VatCategory {
    /// Whether the rate is above zero: [`Standard`](Self::Standard) always; in L and M it may be.
    #[must_use]
    pub fn has_rate(&self) -> bool {
        matches!(
            self,
            Self::Standard | Self::CanaryIslands | Self::CeutaMelilla
        )
    }

    /// Whether the breakdown needs a reason why no VAT is charged (BT-120 or BT-121): E, AE, K, G and O.
    #[must_use]
    pub fn needs_exemption_reason(&self) -> bool {
        matches!(
            self,
            Self::Exempt
                | Self::ReverseCharge
                | Self::IntraCommunity
                | Self::Export
                | Self::OutsideScope
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_both_ways() {
        assert_eq!(County::ALL.len(), 42);
        for county in County::ALL {
            assert_eq!(County::new(county.as_str()).as_ref(), Ok(county));
        }
        for category in VatCategory::ALL {
            assert_eq!(VatCategory::new(category.as_str()).as_ref(), Ok(category));
        }
        assert_eq!(
            InvoiceType::new("325").unwrap_err().to_string(),
            "`325` is not a code of UNTDID 1001, as CIUS-RO restricts it"
        );
        assert_eq!(
            InvoiceType::other("325"),
            InvoiceType::Other("325".to_owned())
        );
        assert_eq!(VatPointDateCode::other(" 432 "), VatPointDateCode::Payment);
        assert!(!Sector::other("SECTOR7").is_listed());
    }
}
