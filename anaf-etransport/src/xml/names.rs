//! The vocabulary of the v2 schema, as small numbers: comparing and counting names costs nothing afterwards.

/// Declares a name enum with `Other` for everything that the schema does not know.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($entry:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum $name { $($entry,)+ Other }

        impl $name {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$entry,)+];
            pub(crate) const COUNT: usize = Self::ALL.len() + 1;

            pub(crate) fn of(text: &str) -> Self {
                match text { $($text => Self::$entry,)+ _ => Self::Other }
            }

            /// The name as the schema writes it; `*` for a name that the schema does not know.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$entry => $text,)+ Self::Other => "*" }
            }
        }
    };
}

names! {
    /// The elements of the schema.
    ElementName {
        ETransport = "eTransport",
        Notificare = "notificare",
        Stergere = "stergere",
        Confirmare = "confirmare",
        ModifVehicul = "modifVehicul",
        Corectie = "corectie",
        BunuriTransportate = "bunuriTransportate",
        PartenerComercial = "partenerComercial",
        DateTransport = "dateTransport",
        LocStart = "locStartTraseuRutier",
        LocFinal = "locFinalTraseuRutier",
        Locatie = "locatie",
        DocumenteTransport = "documenteTransport",
        NotificareAnterioara = "notificareAnterioara",
    }
}

names! {
    /// The attributes of the schema.
    AttrName {
        CodDeclarant = "codDeclarant",
        RefDeclarant = "refDeclarant",
        DeclPostAvarie = "declPostAvarie",
        CodTipOperatiune = "codTipOperatiune",
        Uit = "uit",
        TipConfirmare = "tipConfirmare",
        Observatii = "observatii",
        NrVehicul = "nrVehicul",
        NrRemorca1 = "nrRemorca1",
        NrRemorca2 = "nrRemorca2",
        DataModificare = "dataModificare",
        CodScopOperatiune = "codScopOperatiune",
        CodTarifar = "codTarifar",
        DenumireMarfa = "denumireMarfa",
        Cantitate = "cantitate",
        CodUnitateMasura = "codUnitateMasura",
        GreutateNeta = "greutateNeta",
        GreutateBruta = "greutateBruta",
        ValoareLeiFaraTva = "valoareLeiFaraTva",
        CodTara = "codTara",
        Cod = "cod",
        Denumire = "denumire",
        CodTaraOrgTransport = "codTaraOrgTransport",
        CodOrgTransport = "codOrgTransport",
        DenumireOrgTransport = "denumireOrgTransport",
        DataTransport = "dataTransport",
        CodPtf = "codPtf",
        CodBirouVamal = "codBirouVamal",
        CodJudet = "codJudet",
        DenumireLocalitate = "denumireLocalitate",
        DenumireStrada = "denumireStrada",
        Numar = "numar",
        Bloc = "bloc",
        Scara = "scara",
        Etaj = "etaj",
        Apartament = "apartament",
        AlteInfo = "alteInfo",
        CodPostal = "codPostal",
        TipDocument = "tipDocument",
        NumarDocument = "numarDocument",
        DataDocument = "dataDocument",
    }
}

impl AttrName {
    /// One bit per name.
    pub(crate) const fn bit(self) -> u64 {
        1 << (self as u8)
    }
}
