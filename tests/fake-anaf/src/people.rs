//! Who may do what: registered applications, and people with certificates.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

/// A service that an application is enrolled for and that a person may have rights in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Service {
    /// e-Factura (`EFACTURA`).
    EFactura,
    /// e-Transport (`ETRANSPORT`).
    ETransport,
}

impl Service {
    /// Both services.
    pub const ALL: [Self; 2] = [Self::EFactura, Self::ETransport];

    /// The word that stands in a token's `role` claim.
    pub fn role(self) -> &'static str {
        match self {
            Self::EFactura => "EFACTURA",
            Self::ETransport => "ETRANSPORT",
        }
    }
}

/// An application registered at ANAF's OAuth portal.
#[derive(Clone)]
pub struct Application {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) callbacks: Vec<String>,
    pub(crate) services: HashSet<Service>,
}

impl Application {
    /// An application enrolled for both services, with one callback URL, which must match exactly.
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        callback: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            callbacks: vec![callback.into()],
            services: Service::ALL.into(),
        }
    }

    /// Registers one more callback URL.
    #[must_use]
    pub fn callback(mut self, url: impl Into<String>) -> Self {
        self.callbacks.push(url.into());
        self
    }

    /// Accepts any callback on `localhost` or a loopback address, whatever its port and path. ANAF does not do this;
    /// it is for desktop logins in tests, which cannot know their port in advance.
    #[must_use]
    pub fn any_loopback_callback(mut self) -> Self {
        self.callbacks.push(ANY_LOOPBACK.to_owned());
        self
    }

    /// Enrols the application for these services only.
    #[must_use]
    pub fn services(mut self, services: impl IntoIterator<Item = Service>) -> Self {
        self.services = services.into_iter().collect();
        self
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The client secret, which protects nothing: it belongs to the fake.
    pub fn client_secret(&self) -> &str {
        &self.client_secret
    }

    /// The first callback URL.
    pub fn redirect_uri(&self) -> &str {
        self.callbacks.first().map_or("", String::as_str)
    }

    pub(crate) fn allows_callback(&self, url: &str) -> bool {
        self.callbacks.iter().any(|known| known == url)
            || (self.callbacks.iter().any(|known| known == ANY_LOOPBACK) && is_loopback(url))
    }
}

/// Marks an application that takes every loopback callback.
const ANY_LOOPBACK: &str = "*loopback*";

fn is_loopback(url: &str) -> bool {
    url::Url::parse(url)
        .is_ok_and(|url| matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")))
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("client_id", &self.client_id)
            .field("callbacks", &self.callbacks)
            .field("services", &self.services)
            .finish_non_exhaustive()
    }
}

/// A person with a qualified certificate, enrolled in SPV, with rights for some fiscal codes.
#[derive(Clone, Debug)]
pub struct Person {
    pub(crate) name: String,
    pub(crate) serial: String,
    pub(crate) cifs: BTreeSet<String>,
    pub(crate) services: HashSet<Service>,
    pub(crate) enforcement: BTreeSet<String>,
}

impl Person {
    /// A person with rights in both services and, until [`Person::cif`] is called, for no fiscal code at all.
    /// `serial` is the certificate's serial number; it names the person throughout the fake.
    pub fn new(name: impl Into<String>, serial: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            serial: serial.into(),
            cifs: BTreeSet::new(),
            services: Service::ALL.into(),
            enforcement: BTreeSet::new(),
        }
    }

    /// Adds the right for one fiscal code (digits only).
    #[must_use]
    pub fn cif(mut self, cif: impl Into<String>) -> Self {
        self.cifs.insert(cif.into());
        self
    }

    /// Enters the code in the register of enforcement bodies, which is what `executare=DA` asks for.
    #[must_use]
    pub fn enforcement_body(mut self, cif: impl Into<String>) -> Self {
        self.enforcement.insert(cif.into());
        self
    }

    /// Gives the person rights in these services only.
    #[must_use]
    pub fn services(mut self, services: impl IntoIterator<Item = Service>) -> Self {
        self.services = services.into_iter().collect();
        self
    }

    /// The person's name, as the login page shows it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The certificate's serial number.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The fiscal codes that the person has rights for.
    pub fn cifs(&self) -> impl Iterator<Item = &str> {
        self.cifs.iter().map(String::as_str)
    }

    /// All fiscal codes with commas between, as the lists' `cui` field has them.
    pub(crate) fn cui(&self) -> String {
        self.cifs
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(",")
    }
}

/// What the SPV register says about a person and a fiscal code.
pub(crate) enum SpvRight {
    Yes,
    NotForThisCif,
    ForNoCif,
}

impl Person {
    pub(crate) fn right_for(&self, cif: &str) -> SpvRight {
        if self.cifs.is_empty() {
            SpvRight::ForNoCif
        } else if self.cifs.contains(cif.trim_start_matches('0')) {
            SpvRight::Yes
        } else {
            SpvRight::NotForThisCif
        }
    }
}
