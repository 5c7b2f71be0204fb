//! From XML to declaration.

use anaf_types::xml::decode;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;

use crate::codes::{Code, Coded, Country};
use crate::model::{
    Action, Address, Confirmation, Declaration, Deletion, Goods, Notification, Organiser, Partner,
    Place, PreviousNotification, TariffCode, TaxCode, Transport, TransportDocument, Vehicle,
    VehicleChange, VehicleNumber, XmlDate, XmlDateTime,
};
use crate::report::Report;
use crate::rules::xpath::normalize;
use crate::schema::dates::{self, WrittenDate, Zone};
use crate::schema::types::code_of;
use crate::uit::Uit;
use crate::validate::{MAX_BYTES, judge};
use crate::xml::{self, AttrName as A, Element, ElementName as E};

/// Why a document could not be read as a declaration.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It does not follow the schema, or gives a place in several ways or in none: the report says where.
    #[error("the document is no e-Transport declaration of version 2:\n{0}")]
    Invalid(Box<Report>),
    /// A value that the schema allows and this crate cannot hold: a year beyond 9999, a fraction of a second finer than
    /// a nanosecond.
    #[error("the value of {attribute} is beyond what can be held: `{value}`")]
    OutOfRange {
        /// The attribute.
        attribute: &'static str,
        /// Its value, cut to 80 characters.
        value: String,
    },
}

crate::shown::debug_as_text!(ReadError);

/// A declaration, and what the rules say of the document that it came from.
#[derive(Debug)]
#[non_exhaustive]
pub struct Read {
    /// The declaration.
    pub declaration: Declaration,
    /// The verdict on the document.
    pub report: Report,
}

impl Declaration {
    /// Reads what anybody wrote: any prefixes, any order of attributes, comments, byte order mark, UTF-8, UTF-16,
    /// UTF-32 or a one-byte encoding that the document declares (ISO 8859, Windows 1250 to 1257 but 1255, KOI8-R).
    ///
    /// The document must follow the schema; it may break rules, which [`read_with_report`](Self::read_with_report) tells.
    /// Texts come with their white space collapsed, as the schema reads them.
    ///
    /// # Errors
    /// [`ReadError::Invalid`] with the findings, or [`ReadError::OutOfRange`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        Self::read_with_report(bytes).map(|read| read.declaration)
    }

    /// Reads a document and judges it in one go.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with_report(bytes: &[u8]) -> Result<Read, ReadError> {
        let refused = |report| ReadError::Invalid(Box::new(report));
        if bytes.len() > MAX_BYTES {
            return Err(refused(crate::validate(bytes)));
        }
        let Ok(text) = decode(bytes) else {
            return Err(refused(crate::validate(bytes)));
        };
        let Ok(doc) = xml::parse(&text) else {
            return Err(refused(crate::validate(bytes)));
        };
        let report = judge(&doc);
        let root = doc.root().filter(|_| report.is_schema_valid());
        match root.map(declaration) {
            Some(Ok(declaration)) => Ok(Read {
                declaration,
                report,
            }),
            Some(Err(Gap::OutOfRange(attribute, value))) => Err(ReadError::OutOfRange {
                attribute: attribute.as_str(),
                value: value.chars().take(80).collect(),
            }),
            Some(Err(Gap::Missing)) | None => Err(refused(report)),
        }
    }
}

/// Why a part could not be taken.
enum Gap<'d> {
    OutOfRange(A, &'d str),
    /// Something that the rules ask for, or that the schema has vouched for.
    Missing,
}

type Taken<'d, T> = Result<T, Gap<'d>>;

fn declaration(root: Element<'_>) -> Taken<'_, Declaration> {
    let child = |name| root.children(name).next();
    let action: Action = if let Some(element) = child(E::Notificare) {
        notification(element)?.into()
    } else if let Some(element) = child(E::Stergere) {
        Deletion::of(uit(element)?).into()
    } else if let Some(element) = child(E::Confirmare) {
        let mut confirmation = Confirmation::of(uit(element)?, code(element, A::TipConfirmare)?);
        confirmation.remarks = text(element, A::Observatii);
        confirmation.into()
    } else {
        vehicle_change(child(E::ModifVehicul).ok_or(Gap::Missing)?)?.into()
    };
    let mut declaration = Declaration::new(TaxCode::as_read(raw(root, A::CodDeclarant)?), action);
    declaration.reference = text(root, A::RefDeclarant);
    declaration.post_outage = root.attr(A::DeclPostAvarie).is_some();
    Ok(declaration)
}

fn notification(element: Element<'_>) -> Taken<'_, Notification> {
    let child = |name| element.children(name).next().ok_or(Gap::Missing);
    let organiser = child(E::DateTransport)?;
    let partner = child(E::PartenerComercial)?;
    let country = |element, name| Country::from_code(raw(element, name)?).ok_or(Gap::Missing);
    Ok(Notification {
        operation: code(element, A::CodTipOperatiune)?,
        corrects: element.children(E::Corectie).next().map(uit).transpose()?,
        goods: element
            .children(E::BunuriTransportate)
            .map(goods)
            .collect::<Taken<'_, _>>()?,
        partner: Partner {
            country: country(partner, A::CodTara)?,
            code: text(partner, A::Cod),
            name: required(partner, A::Denumire)?,
        },
        transport: Transport {
            vehicle: vehicle(organiser)?,
            organiser: Organiser {
                country: country(organiser, A::CodTaraOrgTransport)?,
                code: text(organiser, A::CodOrgTransport),
                name: required(organiser, A::DenumireOrgTransport)?,
            },
            date: date(organiser, A::DataTransport)?,
        },
        start: place(child(E::LocStart)?)?,
        end: place(child(E::LocFinal)?)?,
        documents: element
            .children(E::DocumenteTransport)
            .map(document)
            .collect::<Taken<'_, _>>()?,
        previous: element
            .children(E::NotificareAnterioara)
            .map(previous)
            .collect::<Taken<'_, _>>()?,
    })
}

fn goods(element: Element<'_>) -> Taken<'_, Goods> {
    Ok(Goods {
        purpose: code(element, A::CodScopOperatiune)?,
        tariff_code: element.attr(A::CodTarifar).map(TariffCode::as_read),
        name: required(element, A::DenumireMarfa)?,
        quantity: number(element, A::Cantitate)?.ok_or(Gap::Missing)?,
        unit: Coded::from_code(raw(element, A::CodUnitateMasura)?),
        net_weight: number(element, A::GreutateNeta)?,
        gross_weight: number(element, A::GreutateBruta)?.ok_or(Gap::Missing)?,
        value_in_lei: number(element, A::ValoareLeiFaraTva)?,
        reference: text(element, A::RefDeclarant),
    })
}

/// One way of saying where, as rules BR-210 and BR-211 ask.
fn place(element: Element<'_>) -> Taken<'_, Place> {
    let point = element.attr(A::CodPtf).is_some();
    let office = element.attr(A::CodBirouVamal).is_some();
    match (point, office, element.children(E::Locatie).next()) {
        (true, false, None) => Ok(Place::BorderPoint(code(element, A::CodPtf)?)),
        (false, true, None) => Ok(Place::CustomsOffice(code(element, A::CodBirouVamal)?)),
        (false, false, Some(address)) => Ok(self::address(address)?.into()),
        _ => Err(Gap::Missing),
    }
}

fn address(element: Element<'_>) -> Taken<'_, Address> {
    Ok(Address {
        county: code(element, A::CodJudet)?,
        town: required(element, A::DenumireLocalitate)?,
        street: required(element, A::DenumireStrada)?,
        number: text(element, A::Numar),
        building: text(element, A::Bloc),
        staircase: text(element, A::Scara),
        floor: text(element, A::Etaj),
        flat: text(element, A::Apartament),
        other: text(element, A::AlteInfo),
        postal_code: text(element, A::CodPostal),
    })
}

fn document(element: Element<'_>) -> Taken<'_, TransportDocument> {
    Ok(TransportDocument {
        kind: code(element, A::TipDocument)?,
        number: text(element, A::NumarDocument),
        date: date(element, A::DataDocument)?,
        remarks: text(element, A::Observatii),
    })
}

fn previous(element: Element<'_>) -> Taken<'_, PreviousNotification> {
    let mut previous = PreviousNotification::of(uit(element)?);
    previous.remarks = text(element, A::Observatii);
    previous.reference = text(element, A::RefDeclarant);
    Ok(previous)
}

fn vehicle_change(element: Element<'_>) -> Taken<'_, VehicleChange> {
    let mut change = VehicleChange::of(
        uit(element)?,
        vehicle(element)?,
        moment(element, A::DataModificare)?,
    );
    change.remarks = text(element, A::Observatii);
    Ok(change)
}

fn vehicle(element: Element<'_>) -> Taken<'_, Vehicle> {
    Ok(Vehicle {
        number: VehicleNumber::as_read(raw(element, A::NrVehicul)?),
        trailer_1: element.attr(A::NrRemorca1).map(VehicleNumber::as_read),
        trailer_2: element.attr(A::NrRemorca2).map(VehicleNumber::as_read),
    })
}

fn raw(element: Element<'_>, name: A) -> Taken<'_, &str> {
    element.attr(name).ok_or(Gap::Missing)
}

fn uit(element: Element<'_>) -> Taken<'_, Uit> {
    Uit::of_shape(raw(element, A::Uit)?).ok_or(Gap::Missing)
}

/// A text with its white space collapsed, as `xs:token` reads it.
fn text(element: Element<'_>, name: A) -> Option<String> {
    element
        .attr(name)
        .map(|value| normalize(value).into_owned())
}

fn required(element: Element<'_>, name: A) -> Taken<'_, String> {
    text(element, name).ok_or(Gap::Missing)
}

fn code<T: Code>(element: Element<'_>, name: A) -> Taken<'_, T> {
    code_of(raw(element, name)?)
        .and_then(T::from_code)
        .ok_or(Gap::Missing)
}

fn number(element: Element<'_>, name: A) -> Taken<'_, Option<Decimal>> {
    let Some(value) = element.attr(name) else {
        return Ok(None);
    };
    // `5.` and `.5` are numbers of the schema.
    let padded = format!("0{}0", normalize(value));
    let padded = if padded.contains('.') {
        padded
    } else {
        normalize(value).into_owned()
    };
    let number: Decimal = padded.parse().map_err(|_| Gap::OutOfRange(name, value))?;
    Ok(Some(if number.scale() > 2 {
        number.round_dp(2)
    } else {
        number
    }))
}

fn day(written: WrittenDate) -> Option<Date> {
    Date::new(
        i16::try_from(written.year).ok()?,
        i8::try_from(written.month).ok()?,
        i8::try_from(written.day).ok()?,
    )
    .ok()
}

fn date(element: Element<'_>, name: A) -> Taken<'_, XmlDate> {
    let value = raw(element, name)?;
    let (written, zone): (_, Zone) = dates::date(value).ok_or(Gap::Missing)?;
    Ok(XmlDate {
        date: day(written).ok_or(Gap::OutOfRange(name, value))?,
        zone,
    })
}

fn moment(element: Element<'_>, name: A) -> Taken<'_, XmlDateTime> {
    let value = raw(element, name)?;
    let (written, time, zone) = dates::date_time(value).ok_or(Gap::Missing)?;
    let held = || -> Option<DateTime> {
        let fraction = time.fraction.trim_end_matches('0');
        let nanos: i32 = if fraction.len() > 9 {
            None
        } else {
            format!("{fraction:0<9}").parse().ok()
        }?;
        let date = day(written)?;
        if time.hour == 24 {
            return Some(date.tomorrow().ok()?.to_datetime(Time::midnight()));
        }
        let part = |n: u8| i8::try_from(n).ok();
        Some(
            date.to_datetime(
                Time::new(
                    part(time.hour)?,
                    part(time.minute)?,
                    part(time.second)?,
                    nanos,
                )
                .ok()?,
            ),
        )
    };
    Ok(XmlDateTime {
        at: held().ok_or(Gap::OutOfRange(name, value))?,
        zone,
    })
}
