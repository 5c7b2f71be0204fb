//! Romanian counties, `codJudet` (BT-27, BT-39).

use super::code_list;

code_list! {
    /// A Romanian county, by the number that the tax administration gives it. Bucharest is [`Self::MunicipiulBucuresti`].
    ///
    /// Source: `CodJudetType` of the official schema, version 2.
    pub enum County in "codJudet" {
        Alba = "1" => "Alba",
        Arad = "2" => "Arad",
        Arges = "3" => "Argeș",
        Bacau = "4" => "Bacău",
        Bihor = "5" => "Bihor",
        BistritaNasaud = "6" => "Bistrița-Năsăud",
        Botosani = "7" => "Botoșani",
        Brasov = "8" => "Brașov",
        Braila = "9" => "Brăila",
        Buzau = "10" => "Buzău",
        CarasSeverin = "11" => "Caraș-Severin",
        Cluj = "12" => "Cluj",
        Constanta = "13" => "Constanța",
        Covasna = "14" => "Covasna",
        Dambovita = "15" => "Dâmbovița",
        Dolj = "16" => "Dolj",
        Galati = "17" => "Galați",
        Gorj = "18" => "Gorj",
        Harghita = "19" => "Harghita",
        Hunedoara = "20" => "Hunedoara",
        Ialomita = "21" => "Ialomița",
        Iasi = "22" => "Iași",
        Ilfov = "23" => "Ilfov",
        Maramures = "24" => "Maramureș",
        Mehedinti = "25" => "Mehedinți",
        Mures = "26" => "Mureș",
        Neamt = "27" => "Neamț",
        Olt = "28" => "Olt",
        Prahova = "29" => "Prahova",
        SatuMare = "30" => "Satu Mare",
        Salaj = "31" => "Sălaj",
        Sibiu = "32" => "Sibiu",
        Suceava = "33" => "Suceava",
        Teleorman = "34" => "Teleorman",
        Timis = "35" => "Timiș",
        Tulcea = "36" => "Tulcea",
        Vaslui = "37" => "Vaslui",
        Valcea = "38" => "Vâlcea",
        Vrancea = "39" => "Vrancea",
        MunicipiulBucuresti = "40" => "Municipiul București",
        Calarasi = "51" => "Călărași",
        Giurgiu = "52" => "Giurgiu",
    }
}
