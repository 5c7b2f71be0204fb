//! Units of measure, `codUnitateMasura` (BT-10).

use super::UnknownCode;
use super::unit_tables::UNIT_CODES;

/// A unit code of UN/ECE Recommendations 20 and 21, e.g. `KGM` or `XPX`: two or three capital letters or digits.
///
/// [`UnitCode::new`] takes the 2162 codes that rule BR-CL-003 knows. A document that is read may hold another code of
/// the same shape: the schema allows it, and the rule then says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitCode {
    letters: [u8; 3],
    len: u8,
}

impl UnitCode {
    /// Takes a code of the list.
    ///
    /// # Errors
    /// [`UnknownCode`] where the list does not have it: `KG`, `buc` and `kgm` are classic mistakes for `KGM` and `H87`.
    pub fn new(code: &str) -> Result<Self, UnknownCode> {
        if Self::is_listed(code) {
            Self::of_shape(code)
        } else {
            None
        }
        .ok_or_else(|| UnknownCode::new("codUnitateMasura", code))
    }

    /// True for the codes that rule BR-CL-003 knows.
    pub fn is_listed(code: &str) -> bool {
        UNIT_CODES.binary_search(&code).is_ok()
    }

    /// Takes anything that the schema's pattern `[0-9A-Z]{2,3}` takes.
    pub(crate) fn of_shape(code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        if !(2..=3).contains(&bytes.len())
            || !bytes
                .iter()
                .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        {
            return None;
        }
        let mut letters = [0; 3];
        letters
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        Some(Self {
            letters,
            len: u8::try_from(bytes.len()).ok()?,
        })
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        self.letters
            .get(..usize::from(self.len))
            .and_then(|code| std::str::from_utf8(code).ok())
            .unwrap_or_default()
    }
}

/// Declares the units that have a name here.
macro_rules! named_units {
    ($($entry:ident = $code:literal => $label:literal,)+) => {
        /// A unit of measure: the common ones by name, every other one by its [`UnitCode`].
        ///
        /// ```
        /// use anaf_etransport::codes::{Unit, UnitCode};
        /// assert_eq!("KGM".parse::<Unit>(), Ok(Unit::Kilogram));
        /// assert_eq!(Unit::Piece.code(), "H87");
        /// assert_eq!(Unit::Piece.name(), Some("bucată"));
        /// assert_eq!("A44".parse::<Unit>(), Ok(Unit::Other(UnitCode::new("A44")?)));
        /// assert!("BUC".parse::<Unit>().is_err());
        /// # Ok::<(), anaf_etransport::codes::UnknownCode>(())
        /// ```
        ///
        /// Source: UN/ECE Recommendations 20 and 21, as listed by rule BR-CL-003.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Unit {
            $(#[doc = concat!("`", $code, "`: ", $label, ".")] $entry,)+
            /// A unit without a name here.
            Other(UnitCode),
        }

        impl Unit {
            /// The units that have a name here.
            pub const NAMED: &'static [Self] = &[$(Self::$entry,)+];

            /// The UN/ECE code.
            pub fn code(&self) -> &str {
                match self {
                    $(Self::$entry => $code,)+
                    Self::Other(code) => code.as_str(),
                }
            }

            /// The Romanian name, for the named units.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$entry => Some($label),)+
                    Self::Other(_) => None,
                }
            }

            /// The named unit where there is one.
            pub(crate) fn of(code: UnitCode) -> Self {
                match code.as_str() {
                    $($code => Self::$entry,)+
                    _ => Self::Other(code),
                }
            }
        }
    };
}

named_units! {
    Kilogram = "KGM" => "kilogram",
    Gram = "GRM" => "gram",
    Milligram = "MGM" => "miligram",
    Tonne = "TNE" => "tonă",
    Litre = "LTR" => "litru",
    Millilitre = "MLT" => "mililitru",
    Hectolitre = "HLT" => "hectolitru",
    CubicDecimetre = "DMQ" => "decimetru cub",
    CubicMetre = "MTQ" => "metru cub",
    CubicCentimetre = "CMQ" => "centimetru cub",
    Metre = "MTR" => "metru",
    Centimetre = "CMT" => "centimetru",
    Millimetre = "MMT" => "milimetru",
    Kilometre = "KMT" => "kilometru",
    SquareMetre = "MTK" => "metru pătrat",
    SquareCentimetre = "CMK" => "centimetru pătrat",
    SquareKilometre = "KMK" => "kilometru pătrat",
    Piece = "H87" => "bucată",
    One = "C62" => "unitate",
    NumberOfArticles = "NAR" => "număr de articole",
    Pair = "PR" => "pereche",
    Set = "SET" => "set",
    Dozen = "DZN" => "duzină",
    Hundred = "CEN" => "sută",
    Thousand = "MIL" => "mie",
    NumberOfInternationalUnits = "NIU" => "unități internaționale",
    NumberOfPacks = "NMP" => "număr de pachete",
    NumberOfParts = "NPT" => "număr de piese",
    KilowattHour = "KWH" => "kilowatt-oră",
    MegawattHour = "MWH" => "megawatt-oră",
    GigawattHour = "GWH" => "gigawatt-oră",
    Joule = "JOU" => "joule",
    Gigajoule = "GJ" => "gigajoule",
    Kit = "KT" => "trusă",
    Layer = "LR" => "strat",
    StandardLitre = "STL" => "litru standard",
    Leaf = "LEF" => "foaie",
    Ream = "RM" => "top",
    Pallet = "XPX" => "palet",
    Package = "XPK" => "pachet",
    Box = "XBX" => "cutie",
    Carton = "XCT" => "carton",
    Bag = "XBG" => "pungă",
    Sack = "XSA" => "sac",
    Roll = "XRO" => "rolă",
    Bottle = "XBO" => "butelie",
    Barrel = "XBA" => "butoi",
    Drum = "XDR" => "bidon",
    Crate = "XCR" => "ladă",
    Case = "XCS" => "casetă",
    Bundle = "XBE" => "fascicul",
    Bale = "XBL" => "balot",
    Tray = "XPU" => "tavă",
    Tube = "XTU" => "tub",
    Tin = "XTN" => "conservă",
    Cylinder = "XCY" => "cilindru",
    Reel = "XRL" => "mosor",
    Can = "XCA" => "canistră",
    JerricanRectangular = "XJC" => "canistră dreptunghiulară",
    Keg = "XKG" => "butoiaș",
    Tank = "XTK" => "rezervor",
    Vat = "XVA" => "cadă",
    Packet = "XPA" => "pachețel",
    Log = "XLG" => "buștean",
    SetPackage = "XSX" => "set (ambalaj)",
    Basket = "XBK" => "coș",
    Pot = "XPT" => "oală",
    Vial = "XVI" => "fiolă",
    Ampoule = "XAM" => "ampulă",
    Cartridge = "XCQ" => "cartuș",
    Chest = "XCH" => "cufăr",
    Slab = "XSB" => "placă",
    Pail = "XPL" => "găleată",
    Bucket = "XBJ" => "căldare",
    BarrelUs = "BLL" => "baril (SUA)",
    GallonUs = "GLL" => "galon (SUA)",
    Pound = "LBR" => "livră",
    Ounce = "ONZ" => "uncie",
    Inch = "INH" => "inch",
    Foot = "FOT" => "picior",
    Yard = "YRD" => "iard",
    Kilopascal = "KPA" => "kilopascal",
    Year = "ANN" => "an",
    Month = "MON" => "lună",
    Week = "WEE" => "săptămână",
    Day = "DAY" => "zi",
    Hour = "HUR" => "oră",
    Minute = "MIN" => "minut",
    Second = "SEC" => "secundă",
    Decitonne = "DTN" => "chintal",
    Hectogram = "HGM" => "hectogram",
    MetricCarat = "CTM" => "carat",
    KilogramOfNitrogen = "KNI" => "kilogram de azot",
    KilogramOfPhosphorusPentoxide = "KPP" => "kilogram de pentoxid de fosfor",
    KilogramOfPotassiumHydroxide = "KPH" => "kilogram de hidroxid de potasiu",
    KilogramOfPotassiumOxide = "KPO" => "kilogram de oxid de potasiu",
    KilogramOfDrySubstance = "KSD" => "kilogram de substanță 90 % uscată",
    KilogramOfUranium = "KUR" => "kilogram de uraniu",
    LitreOfPureAlcohol = "LPA" => "litru de alcool pur",
    NumberOfCells = "NCL" => "număr de celule",
    KiloampereHour = "TAH" => "kiloamper-oră",
    Cental = "CNT" => "cental",
    TonUs = "STN" => "tonă scurtă (SUA)",
    TonUk = "LTN" => "tonă lungă (Marea Britanie)",
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for Unit {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        UnitCode::new(code).map(Self::of)
    }
}

impl serde::Serialize for Unit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_code_is_a_unit() {
        assert_eq!(UNIT_CODES.len(), 2162);
        assert!(UNIT_CODES.is_sorted());
        for code in UNIT_CODES {
            assert_eq!(code.parse::<Unit>().unwrap().code(), code);
        }
    }

    #[test]
    fn named_units_are_on_the_list() {
        for unit in Unit::NAMED {
            assert_eq!(unit.code().parse::<Unit>(), Ok(*unit));
        }
    }
}
