//! ANAF's published limits as data.
//!
//! Source: the file of limits that ANAF publishes with the e-Factura API, and the texts of the e-Transport API
//! document for the two figures that stand nowhere else. What ANAF's answers say about a limit overrides them.

/// What a daily limit is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// One fiscal code.
    Cif,
    /// One message: an upload index or a download id.
    Message,
    /// The user who logged in, whatever company it is about.
    User,
}

/// One of ANAF's daily limits. The day is the calendar day in Bucharest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DailyLimit {
    /// A stable name, such as `efactura.descarcare`.
    pub name: &'static str,
    /// What it is counted by.
    pub scope: Scope,
    /// How many calls a day.
    pub per_day: u32,
}

const fn daily(name: &'static str, scope: Scope, per_day: u32) -> DailyLimit {
    DailyLimit {
        name,
        scope,
        per_day,
    }
}

/// Calls a minute, all methods of all services together.
pub const PER_MINUTE: u32 = 1000;
/// Calls a minute by the OAuth guide of 2022, which some integrators still find in force.
pub const PER_MINUTE_2022: u32 = 100;

/// RASP files uploaded, per CIF. Invoices are unlimited.
pub const UPLOAD_RASP: DailyLimit = daily("efactura.upload.rasp", Scope::Cif, 1000);
/// e-Factura `stareMesaj`, per upload index.
pub const STARE_MESAJ: DailyLimit = daily("efactura.stareMesaj", Scope::Message, 100);
/// `listaMesajeFactura`, per CIF.
pub const LISTA: DailyLimit = daily("efactura.listaMesajeFactura", Scope::Cif, 1500);
/// `listaMesajePaginatieFactura`, per CIF.
pub const LISTA_PAGINATA: DailyLimit =
    daily("efactura.listaMesajePaginatieFactura", Scope::Cif, 100_000);
/// `descarcare`, per message.
pub const DESCARCARE: DailyLimit = daily("efactura.descarcare", Scope::Message, 10);
/// e-Transport `lista`, per user.
pub const ETRANSPORT_LISTA: DailyLimit = daily("etransport.lista", Scope::User, 1000);
/// e-Transport `stareMesaj`, per upload index.
pub const ETRANSPORT_STARE: DailyLimit = daily("etransport.stareMesaj", Scope::Message, 100);

/// Every daily limit.
pub const DAILY: [DailyLimit; 7] = [
    UPLOAD_RASP,
    STARE_MESAJ,
    LISTA,
    LISTA_PAGINATA,
    DESCARCARE,
    ETRANSPORT_LISTA,
    ETRANSPORT_STARE,
];

/// The registries of webservicesp: calls a second.
pub const REGISTRY_PER_SECOND: u32 = 1;
/// The registries of webservicesp: fiscal codes in one request.
pub const REGISTRY_CIFS_PER_REQUEST: usize = 100;

/// The largest file that e-Factura `upload` takes, in bytes (10 MB, which ANAF writes without saying which kind:
/// the smaller one is safe).
pub const UPLOAD_BYTES: usize = 10_000_000;
/// The largest document that `validare`, `transformare` and e-Transport take, in bytes (5 MB, likewise).
pub const DOCUMENT_BYTES: usize = 5_000_000;
/// How many days back ANAF keeps and lists messages.
pub const LIST_DAYS: u32 = 60;
/// Messages on one page of the paged list.
pub const PAGE_SIZE: u32 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let names: std::collections::HashSet<_> = DAILY.iter().map(|l| l.name).collect();
        assert_eq!(names.len(), DAILY.len());
    }
}
