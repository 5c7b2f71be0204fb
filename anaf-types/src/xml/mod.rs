//! What the readers of invoices and of transport declarations share: the parts of XML on which libxml2, by whose verdict
//! ANAF's schemas are judged here, has a mind of its own.

mod declaration;
mod encoding;
mod tables;
mod uri;

pub use declaration::{Declaration, declaration};
pub use encoding::{DecodeError, decode};
pub use uri::is_uri_reference;
