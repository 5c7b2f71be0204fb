//! What the examples share: where ANAF is, and who asks.
//!
//! Environment variables, all optional:
//!
//! | variable | |
//! |---|---|
//! | `ANAF_ENV` | `test` or `prod` for the real ANAF; without it, a fake |
//! | `ANAF_CIF` | the company whose documents are filed and listed; needed with the real ANAF |
//! | `ANAF_CLIENT_ID`, `ANAF_CLIENT_SECRET`, `ANAF_REDIRECT_URI` | the application, as registered at ANAF |
//! | `ANAF_ACCESS_TOKEN` | an access token from elsewhere, instead of the grant that `quickstart` keeps |
//! | `ANAF_TOKENS` | the folder where `quickstart` keeps the grant: `~/.anaf-sdk/tokens` without it |
//! | `ANAF_FAKE_URL` | a fake that runs already (`cargo run --example fake_anaf`), instead of an embedded one |
#![forbid(unsafe_code)]

pub mod cli;
pub mod transport;
pub mod validator;

use std::path::PathBuf;

use anaf_efactura::{Cif, EFactura};
use anaf_etransport::ETransport;
use anaf_http::{BearerSource, Endpoints, Environment, FixedBearer, Host, Session};
use anaf_invoice::Validated;
use anaf_invoice::build::{InvoiceBuilder, Line};
use anaf_invoice::codes::{Sector, Unit};
use anaf_invoice::model::{Invoice, LineVat, Party, PostalAddress};
use anaf_oauth::store::{FileStore, GrantKey};
use anaf_oauth::{Application, Grant, Grants, OAuthClient};
use fake_anaf::FakeAnaf;

/// Anything that goes wrong in an example.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where ANAF is, and which company asks.
#[derive(Debug)]
pub struct Place {
    /// Which of ANAF's environments.
    pub environment: Environment,
    /// Its base URLs.
    pub endpoints: Endpoints,
    /// The company.
    pub cif: Cif,
    /// The embedded fake, unless this is the real ANAF or a fake that runs elsewhere.
    pub fake: Option<FakeAnaf>,
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.trim().is_empty())
}

fn needed(name: &str) -> Result<String, Failure> {
    variable(name).ok_or_else(|| format!("with ANAF_ENV set, {name} is needed").into())
}

impl Place {
    /// Reads the environment variables; starts a fake where they ask for one.
    ///
    /// # Errors
    /// When a variable is missing or unreadable, or no fake can be started.
    pub async fn find() -> Result<Self, Failure> {
        let real = |environment| -> Result<Self, Failure> {
            Ok(Self {
                environment,
                endpoints: Endpoints::anaf(),
                cif: needed("ANAF_CIF")?.parse()?,
                fake: None,
            })
        };
        match variable("ANAF_ENV").as_deref() {
            Some("test") => real(Environment::Test),
            Some("prod") => real(Environment::Production),
            None | Some("fake") => Self::fake().await,
            Some(other) => Err(format!("ANAF_ENV is `{other}`: test, prod, or nothing").into()),
        }
    }

    async fn fake() -> Result<Self, Failure> {
        let (fake, base) = match variable("ANAF_FAKE_URL") {
            Some(url) => (None, url.trim_end_matches('/').to_owned()),
            None => {
                let fake = FakeAnaf::builder().start().await?;
                let base = fake.base_url();
                (Some(fake), base)
            }
        };
        let cif = variable("ANAF_CIF").unwrap_or_else(|| fake_anaf::CIF.to_owned());
        Ok(Self {
            environment: Environment::Test,
            endpoints: Endpoints::anaf()
                .with(Host::Api, &base)?
                .with(Host::Public, &format!("{base}/webservicesp"))?
                .with(Host::OAuth, &format!("{base}/anaf-oauth2/v1"))?,
            cif: Cif::without_control(&cif)?,
            fake,
        })
    }

    /// Where ANAF is and who asks, in words.
    #[must_use]
    pub fn whereabouts(&self) -> String {
        let anaf = match (&self.fake, self.is_real(), self.environment) {
            (Some(_), ..) => {
                "the fake ANAF inside this program; nothing leaves this machine".into()
            }
            (None, false, _) => format!("the fake ANAF at {}", self.endpoints.base(Host::Api)),
            (None, true, Environment::Production) => "ANAF".to_owned(),
            (None, true, _) => "ANAF's test environment".to_owned(),
        };
        format!("company {}, {anaf}", self.cif)
    }

    /// The application that asks: from the environment variables, or the fake's.
    ///
    /// # Errors
    /// When a variable is missing, or the callback URL is none that ANAF registers.
    pub fn application(&self) -> Result<Application, Failure> {
        let of = |name: &str, fakes: &str| match (variable(name), self.is_real()) {
            (Some(value), _) => Ok(value),
            (None, false) => Ok(fakes.to_owned()),
            (None, true) => needed(name),
        };
        Ok(Application::new(
            of("ANAF_CLIENT_ID", fake_anaf::CLIENT_ID)?,
            of("ANAF_CLIENT_SECRET", fake_anaf::CLIENT_SECRET)?,
            of("ANAF_REDIRECT_URI", fake_anaf::CALLBACK)?,
        )?)
    }

    /// Whether this is the real ANAF.
    #[must_use]
    pub fn is_real(&self) -> bool {
        self.endpoints == Endpoints::anaf()
    }

    /// The OAuth client of [`Place::application`].
    ///
    /// # Errors
    /// As [`Place::application`]; when TLS cannot be set up.
    pub fn oauth(&self) -> Result<OAuthClient, Failure> {
        let client = OAuthClient::builder(self.application()?);
        Ok(client.endpoints(self.endpoints.clone()).build()?)
    }

    /// The grant that the quickstart keeps on this machine for the real ANAF. There may be none in it yet.
    ///
    /// # Errors
    /// As [`Place::oauth`]; when the folder cannot be used.
    pub fn kept_grant(&self) -> Result<Grant, Failure> {
        let folder = match (variable("ANAF_TOKENS"), std::env::home_dir()) {
            (Some(folder), _) => PathBuf::from(folder),
            (None, Some(home)) => home.join(".anaf-sdk").join("tokens"),
            (None, None) => return Err("no home folder: set ANAF_TOKENS".into()),
        };
        let store = FileStore::open_or_create(folder)?;
        let grants = Grants::builder(self.oauth()?, store).build()?;
        Ok(grants.grant(&GrantKey::new("quickstart")?))
    }

    /// A session whose tokens come from `source`.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn session(&self, source: impl BearerSource + 'static) -> Result<Session, Failure> {
        Ok(Session::builder(self.environment)
            .endpoints(self.endpoints.clone())
            .bearer(source)
            .build()?)
    }

    /// An e-Factura client: with `ANAF_ACCESS_TOKEN`, the embedded fake's token, or the grant that the quickstart kept.
    ///
    /// # Errors
    /// When there is no token, or TLS cannot be set up.
    pub fn efactura(&self) -> Result<EFactura, Failure> {
        Ok(EFactura::new(self.any_session()?))
    }

    /// An e-Transport client, with the same tokens as [`Place::efactura`].
    ///
    /// # Errors
    /// When there is no token, or TLS cannot be set up.
    pub fn etransport(&self) -> Result<ETransport, Failure> {
        Ok(ETransport::new(self.any_session()?))
    }

    fn any_session(&self) -> Result<Session, Failure> {
        match (variable("ANAF_ACCESS_TOKEN"), &self.fake) {
            (Some(token), _) => self.session(FixedBearer::new(token)),
            (None, Some(fake)) => self.session(FixedBearer::new(fake.bearer())),
            (None, None) if self.is_real() => self.session(self.kept_grant()?),
            (None, None) => Err(
                "with ANAF_FAKE_URL, set ANAF_ACCESS_TOKEN to the token that the fake prints"
                    .into(),
            ),
        }
    }
}

/// An invented invoice from [`Place::cif`], of today, checked by all of ANAF's published rules. Its number is new each
/// second.
///
/// # Errors
/// When the rules refuse it, which would be a mistake of this program.
pub fn invented_invoice(place: &Place) -> Result<Validated<Invoice>, Failure> {
    let today = jiff::Zoned::now().date();
    let number = format!("QS-{}", jiff::Timestamp::now().as_second());
    let address = PostalAddress::bucharest(&Sector::Sector1, "Str. Exemplului nr. 1");
    let seller = Party::vat_payer("Exemplu Software SRL", &place.cif, address);
    let address = PostalAddress::bucharest(&Sector::Sector2, "Str. Model nr. 2");
    let buyer = Party::vat_payer("Client Model SA", &fake_anaf::BUYER_CIF.parse()?, address);
    let line = Line::new(
        "Dezvoltare software",
        12,
        Unit::HOUR,
        150,
        LineVat::standard(21),
    );
    let built = InvoiceBuilder::invoice(number, today, seller, buyer)
        .due(today)
        .line(line)
        .build()?;
    Ok(built.into_agreed()?.validate()?)
}
