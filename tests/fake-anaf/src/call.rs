//! One incoming request, taken apart: which operation of which service, in which environment.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use wiremock::Request;

/// The two environments of e-Factura and e-Transport. Nothing filed in one is seen in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Env {
    /// Paths that begin with `/test`.
    Test,
    /// Paths that begin with `/prod`.
    Prod,
}

impl Env {
    /// The path segment: `test` or `prod`.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Prod => "prod",
        }
    }

    fn from_segment(segment: &str) -> Option<Self> {
        [Self::Test, Self::Prod]
            .into_iter()
            .find(|env| env.segment() == segment)
    }
}

/// What a request asks for. Counters, failures on order and delays are keyed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operation {
    /// `GET|POST anaf-oauth2/v1/authorize`.
    Authorize,
    /// `POST anaf-oauth2/v1/token` with `grant_type=authorization_code`.
    TokenExchange,
    /// `POST anaf-oauth2/v1/token` with `grant_type=refresh_token`.
    TokenRefresh,
    /// `POST anaf-oauth2/v1/token` with another grant type, or none.
    TokenOther,
    /// `POST anaf-oauth2/v1/revoke`.
    Revoke,
    /// `GET TestOauth/jaxrs/hello`.
    Hello,
    /// `POST upload` of e-Factura.
    Upload,
    /// `POST uploadb2c` of e-Factura.
    UploadB2c,
    /// `GET stareMesaj` of e-Factura.
    StareMesaj,
    /// `GET listaMesajeFactura`.
    ListaMesaje,
    /// `GET listaMesajePaginatieFactura`.
    ListaMesajePaginatie,
    /// `GET descarcare` of e-Factura.
    Descarcare,
    /// `POST validare/{standard}`.
    Validare,
    /// `POST transformare/{standard}[/DA]`.
    Transformare,
    /// `POST api/validate/signature`.
    ValidateSignature,
    /// `POST upload/{standard}/{cif}[/{versiune}]` of e-Transport.
    TransportUpload,
    /// `GET stareMesaj/{id}` of e-Transport.
    TransportStareMesaj,
    /// `GET lista/{zile}/{cif}` of e-Transport.
    TransportLista,
    /// `GET info` of e-Transport.
    TransportInfo,
    /// `POST api/PlatitorTvaRest/v9/tva`.
    RegistruTva,
    /// `POST api/registruroefactura/v1/interogare`.
    RegistruRoEFactura,
    /// Any other path.
    Unknown,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Authorize,
        Self::TokenExchange,
        Self::TokenRefresh,
        Self::TokenOther,
        Self::Revoke,
        Self::Hello,
        Self::Upload,
        Self::UploadB2c,
        Self::StareMesaj,
        Self::ListaMesaje,
        Self::ListaMesajePaginatie,
        Self::Descarcare,
        Self::Validare,
        Self::Transformare,
        Self::ValidateSignature,
        Self::TransportUpload,
        Self::TransportStareMesaj,
        Self::TransportLista,
        Self::TransportInfo,
        Self::RegistruTva,
        Self::RegistruRoEFactura,
        Self::Unknown,
    ];
}

impl fmt::Display for Operation {
    /// The variant's name, as [`fmt::Debug`] has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Which of ANAF's hosts the request was meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// logincert.anaf.ro.
    OAuth,
    /// api.anaf.ro.
    Api,
    /// webservicesp.anaf.ro.
    Public,
}

/// The path prefix that stands for the host webservicesp.anaf.ro.
pub(crate) const PUBLIC_PREFIX: &str = "webservicesp";

/// A request, taken apart.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) now: Timestamp,
    pub(crate) host: Host,
    pub(crate) env: Env,
    pub(crate) operation: Operation,
    /// The decoded path segments that follow the operation's name.
    pub(crate) rest: Vec<String>,
    /// The path as ANAF would print it.
    pub(crate) path: String,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(request: &'a Request, now: Timestamp) -> Self {
        let path = request.url.path().to_owned();
        let mut segments: Vec<String> = path
            .trim_start_matches('/')
            .split('/')
            .map(decode)
            .collect();
        let public = segments.first().is_some_and(|first| first == PUBLIC_PREFIX);
        if public {
            segments.remove(0);
        }
        let mut call = Self {
            request,
            now,
            host: if public { Host::Public } else { Host::Api },
            env: Env::Prod,
            operation: Operation::Unknown,
            rest: Vec::new(),
            path: if public {
                path.replacen(&format!("/{PUBLIC_PREFIX}"), "", 1)
            } else {
                path
            },
            query: request
                .url
                .query_pairs()
                .map(|(k, v)| (k.into_owned(), v.into_owned()))
                .collect(),
            form: form_pairs(request),
        };
        call.route(&segments);
        call
    }

    fn route(&mut self, segments: &[String]) {
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (operation, used) = match words.as_slice() {
            ["anaf-oauth2", "v1", rest @ ..] => {
                self.host = Host::OAuth;
                (self.oauth_operation(rest), 3)
            }
            ["TestOauth", "jaxrs", "hello"] => (Operation::Hello, 3),
            ["api", "validate", "signature"] => (Operation::ValidateSignature, 3),
            ["api", "PlatitorTvaRest", "v9", "tva"] => (Operation::RegistruTva, 4),
            ["api", "registruroefactura", "v1", "interogare"] => (Operation::RegistruRoEFactura, 4),
            [env, "FCTEL", "rest", rest @ ..] => (self.in_env(env, efactura_operation(rest)), 4),
            [env, "ETRANSPORT", "ws", "v1", rest @ ..] => {
                (self.in_env(env, etransport_operation(rest)), 5)
            }
            _ => (Operation::Unknown, segments.len()),
        };
        self.operation = operation;
        self.rest = segments.get(used..).unwrap_or_default().to_vec();
    }

    fn in_env(&mut self, segment: &str, operation: Operation) -> Operation {
        match Env::from_segment(segment) {
            Some(env) => {
                self.env = env;
                operation
            }
            None => Operation::Unknown,
        }
    }

    fn oauth_operation(&self, rest: &[&str]) -> Operation {
        match rest {
            ["authorize"] => Operation::Authorize,
            ["token"] => match self.form("grant_type").as_deref() {
                Some("authorization_code") => Operation::TokenExchange,
                Some("refresh_token") => Operation::TokenRefresh,
                _ => Operation::TokenOther,
            },
            ["revoke"] => Operation::Revoke,
            _ => Operation::Unknown,
        }
    }

    /// A query parameter; empty counts as present.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
    }

    /// A query parameter that is there and not empty.
    pub(crate) fn required(&self, name: &str) -> Option<&str> {
        self.query(name).filter(|value| !value.is_empty())
    }

    /// A field of an `application/x-www-form-urlencoded` body.
    pub(crate) fn form(&self, name: &str) -> Option<Cow<'_, str>> {
        self.form
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| Cow::Borrowed(v.as_str()))
    }

    /// The value of a request header, where it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    pub(crate) fn is_post(&self) -> bool {
        self.request.method.as_str() == "POST"
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.request.body
    }
}

fn efactura_operation(rest: &[&str]) -> Operation {
    match rest {
        ["upload"] => Operation::Upload,
        ["uploadb2c"] => Operation::UploadB2c,
        ["stareMesaj"] => Operation::StareMesaj,
        ["listaMesajeFactura"] => Operation::ListaMesaje,
        ["listaMesajePaginatieFactura"] => Operation::ListaMesajePaginatie,
        ["descarcare"] => Operation::Descarcare,
        ["validare", ..] => Operation::Validare,
        ["transformare", ..] => Operation::Transformare,
        _ => Operation::Unknown,
    }
}

fn etransport_operation(rest: &[&str]) -> Operation {
    match rest {
        ["upload", ..] => Operation::TransportUpload,
        ["stareMesaj", _] => Operation::TransportStareMesaj,
        ["lista", _, _] => Operation::TransportLista,
        ["info"] => Operation::TransportInfo,
        _ => Operation::Unknown,
    }
}

fn form_pairs(request: &Request) -> Vec<(String, String)> {
    let is_form = request
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    // A client that sends XML under the wrong content type must not be taken apart as a form.
    if !is_form || request.body.len() > 64 * 1024 {
        return Vec::new();
    }
    url::form_urlencoded::parse(&request.body)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect()
}

/// Percent-decodes one path segment.
fn decode(segment: &str) -> String {
    // A plus sign is an ordinary character in a path, unlike in a form.
    let encoded = segment
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    url::form_urlencoded::parse(encoded.as_bytes())
        .next()
        .map(|(k, _)| k.into_owned())
        .unwrap_or_default()
}
