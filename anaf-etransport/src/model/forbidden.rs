//! What the types forbid. Each of these is compiled with the tests, and must fail to; the one that stands first is the
//! same code without a mistake, so that nothing fails for another reason.
//!
//! ```
//! use anaf_etransport::codes::*;
//! use anaf_etransport::*;
//! use jiff::civil::date;
//! # fn demo(transport: Transport, goods: Goods, document: TransportDocument) -> Notification {
//! Notification::of(Operation::IntraCommunityAcquisition)
//!     .partner(Partner::foreign(Country::HU, "Nagy Kft"))
//!     .transport(transport)
//!     .from(BorderPoint::Nadlac)
//!     .to(Address::new(County::Cluj, "Cluj-Napoca", "Strada Lungă"))
//!     .goods(goods)
//!     .document(document)
//! # }
//! ```
//!
//! 1. No goods:
//!
//! ```compile_fail,E0599
//! # use anaf_etransport::{codes::*, *};
//! # fn demo(transport: Transport, goods: Goods, document: TransportDocument) -> Notification {
//! Notification::of(Operation::IntraCommunityAcquisition)
//!     .partner(Partner::foreign(Country::HU, "Nagy Kft"))
//!     .transport(transport)
//!     .from(BorderPoint::Nadlac)
//!     .to(Address::new(County::Cluj, "Cluj-Napoca", "Strada Lungă"))
//!     .document(document)
//! # }
//! ```
//!
//! 2. No document:
//!
//! ```compile_fail,E0308
//! # use anaf_etransport::{codes::*, *};
//! # fn demo(transport: Transport, goods: Goods, document: TransportDocument) -> Notification {
//! Notification::of(Operation::IntraCommunityAcquisition)
//!     .partner(Partner::foreign(Country::HU, "Nagy Kft"))
//!     .transport(transport)
//!     .from(BorderPoint::Nadlac)
//!     .to(Address::new(County::Cluj, "Cluj-Napoca", "Strada Lungă"))
//!     .goods(goods)
//! # }
//! ```
//!
//! 3. No organiser and no vehicle:
//!
//! ```compile_fail,E0599
//! # use anaf_etransport::{codes::*, *};
//! # fn demo(transport: Transport, goods: Goods, document: TransportDocument) -> Notification {
//! Notification::of(Operation::IntraCommunityAcquisition)
//!     .partner(Partner::foreign(Country::HU, "Nagy Kft"))
//!     .from(BorderPoint::Nadlac)
//!     .to(Address::new(County::Cluj, "Cluj-Napoca", "Strada Lungă"))
//!     .goods(goods)
//!     .document(document)
//! # }
//! ```
//!
//! 4. Two places in one:
//!
//! ```compile_fail,E0061
//! # use anaf_etransport::{codes::*, *};
//! # fn demo(address: Box<Address>) -> Place {
//! Place::BorderPoint(BorderPoint::Nadlac, address)
//! # }
//! ```
//!
//! 5. No gross weight:
//!
//! ```compile_fail,E0308
//! # use anaf_etransport::{codes::*, *};
//! # fn demo() -> Goods {
//! Goods::of(Purpose::Trade, "Tomate").quantity(950, Unit::Kilogram)
//! # }
//! ```
//!
//! 6. A text in the place of a plate:
//!
//! ```compile_fail,E0277
//! # use anaf_etransport::{codes::*, *};
//! # fn demo(organiser: Organiser) -> Transport {
//! Transport::new("B 99 ABC", organiser, jiff::civil::date(2026, 11, 23))
//! # }
//! ```
