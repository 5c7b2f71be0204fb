//! One row of a list.

use std::fmt;

use anaf_types::json::Text;
use anaf_types::{Cif, DownloadId, UploadIndex, text, wall};
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer};

use super::roles::{self, Roles};

/// What a message is: `tip`. The list of kinds is open. `Debug` and `Display` mask personal codes.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageKind {
    /// `FACTURA TRIMISA`
    InvoiceSent,
    /// `FACTURA PRIMITA`
    InvoiceReceived,
    /// `ERORI FACTURA`
    InvoiceErrors,
    /// `MESAJ CUMPARATOR PRIMIT`
    BuyerMessageReceived,
    /// `MESAJ CUMPARATOR TRANSMIS`
    BuyerMessageSent,
    /// Any other, word for word.
    Other(Box<str>),
}

impl MessageKind {
    /// Reads `tip`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.trim() {
            "FACTURA TRIMISA" => Self::InvoiceSent,
            "FACTURA PRIMITA" => Self::InvoiceReceived,
            "ERORI FACTURA" => Self::InvoiceErrors,
            "MESAJ CUMPARATOR PRIMIT" => Self::BuyerMessageReceived,
            "MESAJ CUMPARATOR TRANSMIS" => Self::BuyerMessageSent,
            other => Self::Other(other.into()),
        }
    }

    /// `tip`, as ANAF writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::InvoiceSent => "FACTURA TRIMISA",
            Self::InvoiceReceived => "FACTURA PRIMITA",
            Self::InvoiceErrors => "ERORI FACTURA",
            Self::BuyerMessageReceived => "MESAJ CUMPARATOR PRIMIT",
            Self::BuyerMessageSent => "MESAJ CUMPARATOR TRANSMIS",
            Self::Other(text) => text,
        }
    }
}

impl fmt::Debug for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageKind({self})")
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::mask_personal_codes(self.as_str()))
    }
}

/// One message of a list. `Debug` masks personal codes; the fields hold them whole.
///
/// Source: ANAF, "Prezentare API e-Factura", `listaMesajeFactura` and `listaMesajePaginatieFactura`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The id that `descarcare` takes (`id`).
    pub id: DownloadId,
    /// The index of the upload that it is about (`id_solicitare`, or else the one that the details name).
    pub upload: Option<UploadIndex>,
    /// What it is (`tip`).
    pub kind: MessageKind,
    /// When ANAF put it on the list, seconds to a quarter of an hour after its verdict: Romanian wall time, to the
    /// minute (`data_creare`). `None` when it is not readable.
    pub listed: Option<DateTime>,
    /// The company whose message it is (`cif`).
    pub cif: Option<Cif>,
    /// Who is who.
    pub roles: Roles,
    /// ANAF's words (`detalii`).
    pub details: Box<str>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("upload", &self.upload)
            .field("kind", &self.kind)
            .field("listed", &self.listed)
            .field("cif", &self.cif)
            .field("roles", &self.roles)
            .field("details", &text::mask_personal_codes(&self.details))
            .finish()
    }
}

/// The row as it comes.
#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    id_solicitare: Text<'a>,
    #[serde(borrow, default)]
    tip: Text<'a>,
    #[serde(borrow, default)]
    data_creare: Text<'a>,
    #[serde(borrow, default)]
    cif: Text<'a>,
    #[serde(borrow, default)]
    detalii: Text<'a>,
    #[serde(borrow, default)]
    cif_emitent: Text<'a>,
    #[serde(borrow, default)]
    cif_beneficiar: Text<'a>,
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(d)?;
        let details = raw.detalii.as_str();
        let mut roles = Roles::of(details);
        // The documented keys, should ANAF begin to send them, say more than the text.
        roles.seller = keyed(&raw.cif_emitent).or(roles.seller);
        roles.buyer = keyed(&raw.cif_beneficiar).or(roles.buyer);
        let upload = UploadIndex::parse(raw.id_solicitare.as_str()).ok();
        Ok(Self {
            id: DownloadId::parse(raw.id.as_str()).map_err(serde::de::Error::custom)?,
            upload: upload.or_else(|| roles::index(details)),
            kind: MessageKind::of(raw.tip.as_str()),
            listed: wall::parse(raw.data_creare.as_str()),
            cif: keyed(&raw.cif),
            roles,
            details: details.into(),
        })
    }
}

fn keyed(text: &Text<'_>) -> Option<Cif> {
    Cif::without_control(text.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_both_forms_and_what_may_be_missing() {
        let cases = [
            (
                r#"{"id":"3001503294","id_solicitare":5001131297}"#,
                Some(("3001503294", Some("5001131297"))),
            ),
            (
                r#"{"id":3001503294,"id_solicitare":null,"detalii":"x id_incarcare=12 y"}"#,
                Some(("3001503294", Some("12"))),
            ),
            (
                r#"{"id":"1","tip":null,"data_creare":"?","alt":[1,{}]}"#,
                Some(("1", None)),
            ),
            (r#"{"id":"x"}"#, None),
            (r#"{"id_solicitare":"1"}"#, None),
        ];
        for (json, expected) in cases {
            let got = serde_json::from_str::<Message>(json).ok();
            let got = got
                .as_ref()
                .map(|m| (m.id.as_str(), m.upload.as_ref().map(UploadIndex::as_str)));
            assert_eq!(got, expected, "{json}");
        }
    }

    #[test]
    fn kinds_are_open_and_personal_codes_masked() {
        let json = r#"{"id":"1","cif":"1900101123455","tip":"FACTURA NOU\u0102","data_creare":"202211011336",
            "detalii":"Factura cu id_incarcare=5 emisa de cif_emitent=12345674 pentru cif_beneficiar=1900101123455"}"#;
        let message: Message = serde_json::from_str(json).unwrap();
        assert_eq!(message.kind, MessageKind::Other("FACTURA NOUĂ".into()));
        assert_eq!(
            message.listed,
            Some(jiff::civil::datetime(2022, 11, 1, 13, 36, 0, 0))
        );
        assert_eq!(message.roles.buyer.unwrap().digits(), "1900101123455");
        assert!(!format!("{message:?}").contains("1900101123455"));
    }
}
