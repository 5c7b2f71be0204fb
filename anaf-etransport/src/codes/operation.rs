//! The short lists: operations, purposes, confirmations and document kinds.

use super::code_list;

code_list! {
    /// What kind of transport is declared, `codTipOperatiune` (BT-4).
    ///
    /// The choice decides who the partner may be ([`Self::partner`]), which purposes the goods may have
    /// ([`Self::purposes`]), where the road may start and end, and how long the UIT lives ([`Self::validity_days`]).
    ///
    /// Source: `CodTipOperatiuneType` of the official schema, version 2.
    pub enum Operation in "codTipOperatiune" {
        IntraCommunityAcquisition = "10" => "Achiziție intracomunitară",
        LohnInbound = "12" => "Operațiuni în sistem lohn (UE) - intrare",
        CallOffStockInbound = "14" => "Stocuri la dispoziția clientului (Call-off stock) - intrare",
        IntraCommunitySupply = "20" => "Livrare intracomunitară",
        LohnOutbound = "22" => "Operațiuni în sistem lohn (UE) - ieșire",
        CallOffStockOutbound = "24" => "Stocuri la dispoziția clientului (Call-off stock) - ieșire",
        Domestic = "30" => "Transport pe teritoriul național",
        Import = "40" => "Import",
        Export = "50" => "Export",
        StorageInbound = "60" => "Tranzacție intracomunitară - Intrare pentru depozitare/formare nou transport",
        StorageOutbound = "70" => "Tranzacție intracomunitară - Ieșire după depozitare/formare nou transport",
    }
}

/// Where the commercial partner of an operation must be established (rules BR-004, BR-005, BR-006).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartnerPlace {
    /// In a country of the European Union other than Romania.
    OtherEuCountry,
    /// In Romania.
    Romania,
    /// Outside of the European Union.
    OutsideEu,
}

impl Operation {
    /// ANAF's three letters: `AIC`, `LHI`, `SCI`, `LIC`, `LHE`, `SCE`, `TTN`, `IMP`, `EXP`, `DIN`, `DIE`.
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::IntraCommunityAcquisition => "AIC",
            Self::LohnInbound => "LHI",
            Self::CallOffStockInbound => "SCI",
            Self::IntraCommunitySupply => "LIC",
            Self::LohnOutbound => "LHE",
            Self::CallOffStockOutbound => "SCE",
            Self::Domestic => "TTN",
            Self::Import => "IMP",
            Self::Export => "EXP",
            Self::StorageInbound => "DIN",
            Self::StorageOutbound => "DIE",
        }
    }

    /// How many calendar days the UIT is valid, counting the day of the transport: 15 for AIC, LHI, LHE, SCI, SCE
    /// and DIN, 5 for the others.
    pub const fn validity_days(self) -> u8 {
        match self {
            Self::IntraCommunityAcquisition
            | Self::LohnInbound
            | Self::LohnOutbound
            | Self::CallOffStockInbound
            | Self::CallOffStockOutbound
            | Self::StorageInbound => 15,
            _ => 5,
        }
    }

    /// The purposes that the goods of this operation may have (rules BR-068, BR-069, BR-070, BR-205).
    pub const fn purposes(self) -> &'static [Purpose] {
        use Purpose as P;
        match self {
            Self::IntraCommunityAcquisition => &[
                P::Trade,
                P::Production,
                P::FreeOfCharge,
                P::CommercialEquipment,
                P::FixedAssets,
                P::OwnUse,
                P::SupplyWithInstallation,
                P::Leasing,
                P::GoodsUnderWarranty,
                P::ExemptOperations,
                P::InvestmentInProgress,
                P::DonationsAid,
                P::Other,
            ],
            Self::IntraCommunitySupply => &[
                P::Trade,
                P::FreeOfCharge,
                P::SupplyWithInstallation,
                P::Leasing,
                P::GoodsUnderWarranty,
                P::Other,
            ],
            Self::Domestic => &[
                P::Trade,
                P::TransferBetweenStocks,
                P::GoodsAtCustomersDisposal,
                P::Other,
            ],
            _ => &[P::SameAsOperation],
        }
    }

    /// Where the commercial partner must be established.
    pub const fn partner(self) -> PartnerPlace {
        match self {
            Self::Domestic => PartnerPlace::Romania,
            Self::Import | Self::Export => PartnerPlace::OutsideEu,
            _ => PartnerPlace::OtherEuCountry,
        }
    }

    /// Whether each goods line needs its tariff code, net weight and value (rules BR-206, BR-207, BR-208): all
    /// operations but DIN and DIE.
    pub const fn needs_customs_data(self) -> bool {
        !matches!(self, Self::StorageInbound | Self::StorageOutbound)
    }

    /// Whether the notification may name earlier ones (rule BR-025).
    pub const fn may_follow_others(self) -> bool {
        !matches!(
            self,
            Self::Domestic
                | Self::Import
                | Self::Export
                | Self::StorageInbound
                | Self::StorageOutbound
        )
    }
}

code_list! {
    /// Why the goods move, `codScopOperatiune` (BT-8). Which purposes fit which operation: [`Operation::purposes`].
    ///
    /// Source: `CodScopOperatiuneType` of the official schema, version 2.
    pub enum Purpose in "codScopOperatiune" {
        Trade = "101" => "Comercializare",
        Production = "201" => "Producție",
        FreeOfCharge = "301" => "Gratuități",
        CommercialEquipment = "401" => "Echipament comercial",
        FixedAssets = "501" => "Mijloace fixe",
        OwnUse = "601" => "Consum propriu",
        SupplyWithInstallation = "703" => "Operațiuni de livrare cu instalare",
        TransferBetweenStocks = "704" => "Transfer între gestiuni",
        GoodsAtCustomersDisposal = "705" => "Bunuri puse la dispoziția clientului",
        Leasing = "801" => "Leasing financiar/operațional",
        GoodsUnderWarranty = "802" => "Bunuri în garanție",
        ExemptOperations = "901" => "Operațiuni scutite",
        InvestmentInProgress = "1001" => "Investiție în curs",
        DonationsAid = "1101" => "Donații, ajutoare",
        Other = "9901" => "Altele",
        SameAsOperation = "9999" => "Același cu operațiunea",
    }
}

code_list! {
    /// What a confirmation says of the goods that arrived, `tipConfirmare` (BT-53).
    ///
    /// Source: `TipConfirmareType` of the official schema, version 2.
    pub enum ConfirmationType in "tipConfirmare" {
        Confirmed = "10" => "Confirmat",
        PartlyConfirmed = "20" => "Confirmat parțial",
        Denied = "30" => "Infirmat",
    }
}

code_list! {
    /// The kind of a document that travels with the goods, `tipDocument` (BT-49).
    ///
    /// Source: `TipDocumentType` of the official schema, version 2.
    pub enum DocumentType in "tipDocument" {
        Cmr = "10" => "CMR",
        Invoice = "20" => "Factură",
        DeliveryNote = "30" => "Aviz de însoțire a mărfii",
        Other = "9999" => "Altele",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_lived_operations_are_the_six_of_the_law() {
        let long: Vec<_> = Operation::ALL
            .iter()
            .filter(|o| o.validity_days() == 15)
            .map(|o| o.abbreviation())
            .collect();
        assert_eq!(long, ["AIC", "LHI", "SCI", "LHE", "SCE", "DIN"]);
    }

    #[test]
    fn purpose_9999_stands_alone() {
        for operation in Operation::ALL {
            let purposes = operation.purposes();
            assert_eq!(
                purposes.contains(&Purpose::SameAsOperation),
                purposes.len() == 1,
                "{operation:?}"
            );
        }
    }
}
