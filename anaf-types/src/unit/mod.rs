//! Units of measure.

mod table;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use table::ROWS;
pub use table::Unit;

/// A line of the table.
struct Row {
    code: &'static str,
    english: &'static str,
    romanian: &'static str,
}

/// Declares [`Unit`] from the table.
macro_rules! units {
    ($($unit:ident = $code:literal, $english:literal, $romanian:literal;)+) => {
        /// A unit of measure: every code of UN/ECE Recommendation 20, and of Recommendation 21 (packages) under `X`,
        /// that ANAF's rules take in an e-Transport notification (`codUnitateMasura`) or an invoice (BT-130).
        ///
        /// A code that is not here breaks the rule, BR-CL-003 in e-Transport and BR-CL-23 in e-Factura.
        ///
        /// ```
        /// use anaf_types::Unit;
        ///
        /// let unit: Unit = "KMQ".parse()?;
        /// assert_eq!(unit, Unit::KilogramPerCubicMetre);
        /// assert_eq!(unit.name(), "kilogram pe metru cub");
        /// assert_eq!(unit.name_en(), "kilogram per cubic metre");
        /// assert_eq!(Unit::Pallet.code(), "XPX");
        ///
        /// let error = "buc".parse::<Unit>().unwrap_err();
        /// assert_eq!(error.to_string(), "`buc` is not a UN/ECE unit code; H87 is bucată");
        /// # Ok::<(), anaf_types::UnknownUnit>(())
        /// ```
        ///
        /// Source: the lists of the official rules of e-Transport 2.0.2 and CIUS-RO 1.0.9, which are the same; names in
        /// English as UN/ECE publishes them, in Romanian by this project.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Unit {
            $(#[doc = concat!("`", $code, "`: ", $romanian, " (", $english, ").")] $unit,)+
        }

        impl Unit {
            /// Every unit, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$unit,)+];
        }

        /// In the order of the codes, which is that of the enum.
        pub(super) static ROWS: [Row; Unit::ALL.len()] =
            [$(Row { code: $code, english: $english, romanian: $romanian },)+];
    };
}
use units;

/// The codes as numbers of the same order: found by halving, without a look at the texts.
static KEYS: [u32; ROWS.len()] = {
    let mut keys = [0; ROWS.len()];
    let mut at = 0;
    while at < keys.len() {
        if let Some(key) = key(ROWS[at].code.as_bytes()) {
            keys[at] = key;
        }
        assert!(at == 0 || keys[at - 1] < keys[at], "sorted by code");
        at += 1;
    }
    keys
};

/// The letters of a code and how many there are; `None` where there are not two or three.
const fn key(code: &[u8]) -> Option<u32> {
    match code {
        [a, b] => Some(u32::from_be_bytes([*a, *b, 0, 2])),
        [a, b, c] => Some(u32::from_be_bytes([*a, *b, *c, 3])),
        _ => None,
    }
}

impl Unit {
    fn row(self) -> Option<&'static Row> {
        ROWS.get(self as usize)
    }

    /// The UN/ECE code, as it stands in the XML.
    pub fn code(self) -> &'static str {
        self.row().map_or("", |row| row.code)
    }

    /// The Romanian name.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.romanian)
    }

    /// The English name, as UN/ECE publishes it.
    pub fn name_en(self) -> &'static str {
        self.row().map_or("", |row| row.english)
    }

    /// The unit that has this exact code: capital letters and digits, no blanks.
    pub fn from_code(code: &str) -> Option<Self> {
        let at = KEYS.binary_search(&key(code.as_bytes())?).ok()?;
        Self::ALL.get(at).copied()
    }

    /// True for a package of Recommendation 21, whose codes start with `X`.
    pub fn is_package(self) -> bool {
        // `X1`, Gunter's chain, is a length.
        matches!(self.code().as_bytes(), [b'X', _, _])
    }
}

/// A text that is no unit code.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownUnit {
    /// What was given, cut to 40 characters.
    pub given: String,
    /// The unit that was probably meant: a code in small letters, a Romanian name, a usual abbreviation such as `kg`.
    pub meant: Option<Unit>,
}

impl UnknownUnit {
    fn new(given: &str) -> Self {
        let given: String = given.chars().take(40).collect();
        let meant = meant(given.trim());
        Self { given, meant }
    }
}

impl fmt::Display for UnknownUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a UN/ECE unit code", self.given)?;
        match self.meant {
            Some(unit) => write!(f, "; {} is {}", unit.code(), unit.name()),
            None => Ok(()),
        }
    }
}

/// The text: that is what a `main` that returns the error puts before a person.
impl fmt::Debug for UnknownUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnknownUnit: {self}")
    }
}

impl std::error::Error for UnknownUnit {}

/// What Romanian programs write instead of a code.
#[rustfmt::skip]
const ABBREVIATIONS: &[(&str, Unit)] = &[
    ("kg", Unit::Kilogram), ("g", Unit::Gram), ("t", Unit::Tonne), ("to", Unit::Tonne), ("l", Unit::Litre),
    ("ml", Unit::Millilitre), ("hl", Unit::Hectolitre), ("m", Unit::Metre), ("cm", Unit::Centimetre),
    ("mm", Unit::Millimetre), ("km", Unit::Kilometre), ("m2", Unit::SquareMetre), ("mp", Unit::SquareMetre),
    ("m3", Unit::CubicMetre), ("mc", Unit::CubicMetre), ("buc", Unit::Piece), ("pcs", Unit::Piece),
    ("per", Unit::Pair), ("ora", Unit::Hour), ("ore", Unit::Hour), ("h", Unit::Hour), ("cut", Unit::Box),
    ("pac", Unit::Package), ("pachete", Unit::Package), ("paleti", Unit::Pallet), ("paleți", Unit::Pallet),
    ("saci", Unit::Sack), ("cutii", Unit::Box), ("bucati", Unit::Piece), ("bucăți", Unit::Piece),
    ("bucata", Unit::Piece), ("kwh", Unit::KilowattHour), ("mwh", Unit::MegawattHour),
];

fn meant(given: &str) -> Option<Unit> {
    let small = given.trim_end_matches('.').to_lowercase();
    let abbreviated = ABBREVIATIONS.iter().find(|(text, _)| *text == small);
    abbreviated
        .map(|(_, unit)| *unit)
        .or_else(|| Unit::from_code(&small.to_uppercase()))
        .or_else(|| Unit::ALL.iter().copied().find(|unit| unit.name() == small))
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Unit {
    type Err = UnknownUnit;

    fn from_str(code: &str) -> Result<Self, UnknownUnit> {
        Self::from_code(code).ok_or_else(|| UnknownUnit::new(code))
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_code_has_both_names_and_reads_back() {
        assert_eq!(Unit::ALL.len(), 2162);
        for unit in Unit::ALL {
            let (code, romanian, english) = (unit.code(), unit.name(), unit.name_en());
            assert_eq!(Unit::from_code(code), Some(*unit));
            for name in [romanian, english] {
                assert!(!name.is_empty() && name == name.trim(), "{code}: {name:?}");
                assert!(!name.contains("  "), "{code}: {name:?}");
            }
            // Comma below, not cedilla; no leftover of the other language.
            assert!(
                !romanian.contains(['ş', 'ţ', 'Ş', 'Ţ']),
                "{code}: {romanian}"
            );
            let foreign = [
                "per", "of", "metre", "litre", "cubic", "square", "with", "hour", "pound",
            ];
            let leftover = romanian.split(' ').find(|word| foreign.contains(word));
            assert_eq!(leftover, None, "{code}: {romanian}");
        }
    }

    #[test]
    fn units_share_a_romanian_name_only_where_they_share_the_english_one() {
        let mut seen: HashMap<&str, Unit> = HashMap::new();
        for unit in Unit::ALL {
            if let Some(other) = seen.insert(unit.name(), *unit) {
                assert_eq!(unit.name_en(), other.name_en(), "{unit} and {other}");
            }
        }
    }

    /// Names that are composed of the same parts must agree on them: `per` is `pe`, the prefix stays, areas are
    /// `pătrat` and volumes `cub`.
    #[test]
    fn romanian_names_say_what_the_english_ones_say() {
        let parts = [
            ("kilogram", "kilogram"),
            ("milligram", "miligram"),
            ("microgram", "microgram"),
            ("square metre", "metru pătrat"),
            ("square foot", "picior pătrat"),
            ("square inch", "inch pătrat"),
            ("cubic metre", "metru cub"),
            ("cubic centimetre", "centimetru cub"),
            ("cubic decimetre", "decimetru cub"),
            ("millilitre", "mililitru"),
            ("pascal", "pascal"),
            ("kelvin", "kelvin"),
            ("degree Celsius", "grad Celsius"),
            ("degree Fahrenheit", "grad Fahrenheit"),
            ("per second", " secundă"),
            ("per minute", "minut"),
            ("per hour", " oră"),
            ("per day", " zi"),
            ("(UK)", "(Marea Britanie)"),
            ("(US)", "(SUA)"),
            ("(thermochemical)", "(termochimică)"),
            ("(international table)", "(tabel internațional)"),
            ("avoirdupois", "avoirdupois"),
            ("Intermediate bulk container", "recipient mare pentru vrac"),
            (
                "Composite packaging, glass",
                "ambalaj compozit, recipient din sticlă",
            ),
            ("cardboard", "din carton"),
            (", wooden", "din lemn"),
            (", steel", "din oțel"),
            ("aluminium", "aluminiu"),
            ("Jerrican", "canistră"),
            ("ISO 1 ", "ISO 1 "),
            ("CHEP", "CHEP"),
        ];
        // Multiples are in the plural, which has other forms.
        let plural = [
            "hundred ",
            "thousand ",
            "million ",
            "ten ",
            "Bars",
            "part per",
            " or ",
        ];
        let wrong: Vec<String> = Unit::ALL
            .iter()
            .map(|unit| (unit, unit.name_en(), unit.name()))
            .filter(|(_, english, _)| !plural.iter().any(|many| english.contains(many)))
            .filter(|(_, english, romanian)| {
                let lost = |(one, other): &(&str, &str)| {
                    english.contains(one) && !romanian.contains(other)
                };
                let pe = [" pe ", " la "].iter().any(|pe| romanian.contains(pe));
                parts.iter().any(lost) || (english.contains(" per ") && !pe)
            })
            .map(|(unit, english, romanian)| format!("{unit}: {english} / {romanian}"))
            .collect();
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn what_is_no_code_is_refused_with_a_hint() {
        let cases = [
            ("KG", Some(Unit::Kilogram)),
            ("kgm", Some(Unit::Kilogram)),
            (" KGM", Some(Unit::Kilogram)),
            ("buc.", Some(Unit::Piece)),
            ("palet", Some(Unit::Pallet)),
            ("Metru Cub", Some(Unit::CubicMetre)),
            ("", None),
            ("H8", None),
            ("H87\0", None),
            ("A2\0", None),
            ("ÎÎ", None),
        ];
        for (given, meant) in cases {
            let error = given.parse::<Unit>().unwrap_err();
            assert_eq!(error.meant, meant, "{given}");
            assert_eq!(error.given, given);
        }
        assert_eq!(Unit::Gigajoule.code(), "GV", "GJ is gram per millilitre");
    }

    #[test]
    fn packages_are_those_of_recommendation_21() {
        let packages = Unit::ALL.iter().filter(|unit| unit.is_package()).count();
        assert_eq!(packages, 406);
        assert!(Unit::Pallet.is_package() && !Unit::GuntersChain.is_package());
    }

    #[test]
    fn json_carries_the_code() {
        assert_eq!(serde_json::to_string(&Unit::Piece).unwrap(), "\"H87\"");
        assert_eq!(
            serde_json::from_str::<Unit>("\"KGM\"").unwrap(),
            Unit::Kilogram
        );
        assert!(serde_json::from_str::<Unit>("\"KG\"").is_err());
    }
}
