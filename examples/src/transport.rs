//! A notification for e-Transport from a small TOML file, as `etransport_declare` and `etransport_list` file it.

use anaf_etransport::codes::{
    BorderPoint, Country, County, CustomsOffice, DocumentType, Operation, Purpose, Unit,
};
use anaf_etransport::{
    Address, Declaration, Goods, Notification, Organiser, Partner, Place, TaxCode, Transport,
    TransportDocument, Validated, Vehicle, VehicleNumber,
};
use anaf_types::Cif;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Failure;

/// The notification that the examples file where none is given.
pub const SAMPLE: &str = include_str!("../etransport.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    reference: Option<String>,
    operation: Operation,
    partner: Who,
    transport: Journey,
    start: Where,
    end: Where,
    goods: Vec<Line>,
    documents: Vec<Paper>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    country: Country,
    code: Option<String>,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Journey {
    vehicle: String,
    #[serde(default)]
    trailers: Vec<String>,
    organiser: Who,
    /// Today where none is given.
    date: Option<Date>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Where {
    Border {
        border_point: BorderPoint,
    },
    Customs {
        customs_office: CustomsOffice,
    },
    Address {
        county: County,
        town: String,
        street: String,
        number: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    purpose: Purpose,
    name: String,
    quantity: String,
    unit: Unit,
    gross_weight: String,
    net_weight: Option<String>,
    tariff_code: Option<String>,
    value_in_lei: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paper {
    kind: DocumentType,
    number: String,
    date: Option<Date>,
}

/// Reads the file, builds the notification for a declarant, and checks it.
///
/// # Errors
/// What is wrong in the file, or everything that the official rules have against the notification.
pub fn declaration(
    toml: &str,
    declarant: Cif,
    now: Timestamp,
) -> Result<Validated<Declaration>, Failure> {
    let file: File = toml::from_str(toml)?;
    let today = anaf_types::wall::day(now);
    let mut goods = file
        .goods
        .iter()
        .map(Line::goods)
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let mut papers = file.documents.iter().map(|paper| paper.document(today));
    let (Some(first_goods), Some(first_paper)) = (goods.next(), papers.next()) else {
        return Err("the file needs at least one [[goods]] and one [[documents]]".into());
    };
    let notification = Notification::of(file.operation)
        .partner(file.partner.partner())
        .transport(file.transport.transport(today)?)
        .from(file.start)
        .to(file.end)
        .goods(first_goods)
        .document(first_paper);
    let notification = goods.fold(notification, Notification::and_goods);
    let notification = papers.fold(notification, Notification::and_document);
    let mut declaration = Declaration::new(TaxCode::from(declarant), notification);
    declaration.reference = file.reference;
    Ok(declaration.validate()?)
}

impl Who {
    fn partner(&self) -> Partner {
        let partner = Partner::foreign(self.country, &self.name);
        self.code.iter().cloned().fold(partner, Partner::code)
    }

    fn organiser(&self) -> Organiser {
        let organiser = Organiser::foreign(self.country, &self.name);
        self.code.iter().cloned().fold(organiser, Organiser::code)
    }
}

impl Journey {
    fn transport(&self, today: Date) -> Result<Transport, Failure> {
        let mut vehicle = Vehicle::new(self.vehicle.parse()?);
        for trailer in &self.trailers {
            vehicle = vehicle.trailer(trailer.parse::<VehicleNumber>()?);
        }
        Ok(Transport::new(
            vehicle,
            self.organiser.organiser(),
            self.date.unwrap_or(today),
        ))
    }
}

impl From<Where> for Place {
    fn from(place: Where) -> Self {
        match place {
            Where::Border { border_point } => border_point.into(),
            Where::Customs { customs_office } => customs_office.into(),
            Where::Address {
                county,
                town,
                street,
                number,
            } => {
                let address = Address::new(county, town, street);
                number.into_iter().fold(address, Address::number).into()
            }
        }
    }
}

impl Line {
    fn goods(&self) -> Result<Goods, Failure> {
        let number = |text: &String| -> Result<Decimal, Failure> {
            text.parse()
                .map_err(|_| format!("`{text}` is not a number, as in \"950.5\"").into())
        };
        let mut goods = Goods::of(self.purpose, &self.name)
            .quantity(number(&self.quantity)?, self.unit)
            .gross_weight(number(&self.gross_weight)?);
        goods.net_weight = self.net_weight.as_ref().map(number).transpose()?;
        goods.value_in_lei = self.value_in_lei.as_ref().map(number).transpose()?;
        goods.tariff_code = self.tariff_code.as_deref().map(str::parse).transpose()?;
        Ok(goods)
    }
}

impl Paper {
    fn document(&self, today: Date) -> TransportDocument {
        TransportDocument::new(self.kind, &self.number, self.date.unwrap_or(today))
    }
}
