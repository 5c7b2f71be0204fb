//! Border crossing points, `codPtf` (BT-25, BT-37).

use super::Country;
use super::code_list;

code_list! {
    /// A border crossing point (punct de trecere a frontierei).
    ///
    /// Source: `CodPtfType` of the official schema, version 2.
    pub enum BorderPoint in "codPtf" {
        Petea = "1" => "Petea",
        Bors = "2" => "Borș",
        Varsand = "3" => "Vărșand",
        Nadlac = "4" => "Nădlac",
        Calafat = "5" => "Calafat",
        Bechet = "6" => "Bechet",
        TurnuMagurele = "7" => "Turnu Măgurele",
        Zimnicea = "8" => "Zimnicea",
        Giurgiu = "9" => "Giurgiu",
        Ostrov = "10" => "Ostrov",
        NegruVoda = "11" => "Negru Vodă",
        VamaVeche = "12" => "Vama Veche",
        Calarasi = "13" => "Călărași",
        Corabia = "14" => "Corabia",
        Oltenita = "15" => "Oltenița",
        Carei = "16" => "Carei",
        Cenad = "17" => "Cenad",
        EpiscopiaBihor = "18" => "Episcopia Bihor",
        Salonta = "19" => "Salonta",
        Sacuieni = "20" => "Săcuieni",
        Turnu = "21" => "Turnu",
        Urziceni = "22" => "Urziceni",
        ValeaLuiMihai = "23" => "Valea lui Mihai",
        Vladimirescu = "24" => "Vladimirescu",
        PortileDeFier1 = "25" => "Porțile de Fier 1",
        Naidas = "26" => "Naidăș",
        StamoraMoravita = "27" => "Stamora Moravița",
        Jimbolia = "28" => "Jimbolia",
        Halmeu = "29" => "Halmeu",
        StancaCostesti = "30" => "Stânca Costești",
        Sculeni = "31" => "Sculeni",
        Albita = "32" => "Albița",
        Oancea = "33" => "Oancea",
        GalatiGiurgiulesti = "34" => "Galați Giurgiulești",
        ConstantaSudAgigea = "35" => "Constanța Sud Agigea",
        Siret = "36" => "Siret",
        Nadlac2A1 = "37" => "Nădlac 2 - A1",
        Bors2A3 = "38" => "Borș 2 - A3",
    }
}

impl BorderPoint {
    /// The country on the other side; `None` for a sea port.
    ///
    /// ```
    /// use anaf_etransport::codes::{BorderPoint, Country};
    /// assert_eq!(BorderPoint::Nadlac.neighbour(), Some(Country::HU));
    /// assert_eq!(BorderPoint::ConstantaSudAgigea.neighbour(), None);
    /// ```
    pub const fn neighbour(self) -> Option<Country> {
        match self {
            Self::Petea
            | Self::Bors
            | Self::Varsand
            | Self::Nadlac
            | Self::Carei
            | Self::Cenad
            | Self::EpiscopiaBihor
            | Self::Salonta
            | Self::Sacuieni
            | Self::Turnu
            | Self::Urziceni
            | Self::ValeaLuiMihai
            | Self::Vladimirescu
            | Self::Nadlac2A1
            | Self::Bors2A3 => Some(Country::HU),
            Self::Calafat
            | Self::Bechet
            | Self::TurnuMagurele
            | Self::Zimnicea
            | Self::Giurgiu
            | Self::Ostrov
            | Self::NegruVoda
            | Self::VamaVeche
            | Self::Calarasi
            | Self::Corabia
            | Self::Oltenita => Some(Country::BG),
            Self::PortileDeFier1 | Self::Naidas | Self::StamoraMoravita | Self::Jimbolia => {
                Some(Country::RS)
            }
            Self::Halmeu | Self::Siret => Some(Country::UA),
            Self::StancaCostesti
            | Self::Sculeni
            | Self::Albita
            | Self::Oancea
            | Self::GalatiGiurgiulesti => Some(Country::MD),
            Self::ConstantaSudAgigea => None,
        }
    }
}
