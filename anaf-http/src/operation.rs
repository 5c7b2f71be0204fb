//! ANAF's calls as values: how a request is built and its answer read, without I/O.

use std::borrow::Cow;
use std::fmt;

use anaf_types::answer::Answer;
use anaf_types::limits::DailyLimit;
use anaf_types::{Environment, Error, Host};
use bytes::Bytes;

/// One call to ANAF: a pure pair of functions. [`crate::Session::call`] sends it.
pub trait Operation: Sync {
    /// What a successful call gives.
    type Output;

    /// Builds the request.
    ///
    /// # Errors
    /// [`anaf_types::ErrorKind::InvalidInput`] for arguments that ANAF is known to refuse: nothing is sent then.
    fn request(&self, environment: Environment) -> Result<Request, Error>;

    /// Reads the answer, whatever its status. Begin with [`anaf_types::answer::check`].
    ///
    /// # Errors
    /// What the answer says, as the table of [`anaf_types::answer`] has it.
    fn read(&self, answer: Answer) -> Result<Self::Output, Error>;
}

/// The HTTP method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

impl Method {
    /// The method's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// How a call is authorised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// `Authorization: Bearer …` from the session's source.
    Bearer,
    /// No login: the public services.
    Public,
}

/// How large an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cap {
    /// An archive or a PDF: 64 MiB unless the session says otherwise.
    Archive,
    /// Anything else: 4 MiB unless the session says otherwise.
    Plain,
}

/// The body of a request.
#[derive(Clone)]
#[non_exhaustive]
pub enum Body {
    /// No body.
    None,
    /// Bytes of a content type.
    Bytes {
        /// The `Content-Type` header.
        content_type: &'static str,
        /// The body.
        bytes: Bytes,
    },
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
}

/// One part of a multipart body.
#[derive(Clone)]
pub struct Part {
    /// The form field's name.
    pub name: &'static str,
    /// The file name that the part carries.
    pub file_name: Cow<'static, str>,
    /// The content.
    pub bytes: Bytes,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bytes { bytes, .. } => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Multipart(parts) => write!(f, "Multipart({} parts)", parts.len()),
        }
    }
}

/// A daily limit that a call counts against, and for whom.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct QuotaUse {
    /// The limit.
    pub limit: DailyLimit,
    /// The fiscal code, message id or user that it is counted for.
    pub subject: String,
}

impl fmt::Debug for QuotaUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The subject may be a personal code.
        write!(f, "QuotaUse({})", self.limit.name)
    }
}

/// A request, before it is given a base URL and a token.
#[derive(Clone)]
#[non_exhaustive]
pub struct Request {
    /// The operation's name, such as `efactura.upload`.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// The host.
    pub host: Host,
    /// The path with its variables named, for tracing: `{env}/ETRANSPORT/ws/v1/stareMesaj/{id}`.
    pub template: &'static str,
    /// The path below the host's base URL, without a leading slash, percent-encoded where needed.
    pub path: String,
    /// The query parameters, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
    /// How it is authorised.
    pub access: Access,
    /// Whether the call files something: then it is repeated only when it was provably not sent.
    pub files: bool,
    /// The daily limits it counts against.
    pub quotas: Vec<QuotaUse>,
    /// How large the answer may be.
    pub cap: Cap,
}

impl Request {
    /// A bearer-authorised `GET` below `api.anaf.ro`.
    #[must_use]
    pub fn get(operation: &'static str, template: &'static str, path: impl Into<String>) -> Self {
        Self {
            operation,
            method: Method::Get,
            host: Host::Api,
            template,
            path: path.into(),
            query: Vec::new(),
            body: Body::None,
            access: Access::Bearer,
            files: false,
            quotas: Vec::new(),
            cap: Cap::Plain,
        }
    }

    /// A bearer-authorised `POST` below `api.anaf.ro` that files something, unless [`Request::only_reads`] says
    /// otherwise.
    #[must_use]
    pub fn post(
        operation: &'static str,
        template: &'static str,
        path: impl Into<String>,
        body: Body,
    ) -> Self {
        Self {
            method: Method::Post,
            body,
            files: true,
            ..Self::get(operation, template, path)
        }
    }

    /// Sends it to another host.
    #[must_use]
    pub fn on(mut self, host: Host) -> Self {
        self.host = host;
        if host == Host::Public {
            self.access = Access::Public;
        }
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a query parameter if there is a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Marks a `POST` as filing nothing: ANAF only looks at what it is sent, so it may be repeated.
    #[must_use]
    pub fn only_reads(mut self) -> Self {
        self.files = false;
        self
    }

    /// Counts it against a daily limit.
    #[must_use]
    pub fn counted(mut self, limit: DailyLimit, subject: impl Into<String>) -> Self {
        self.quotas.push(QuotaUse {
            limit,
            subject: subject.into(),
        });
        self
    }

    /// Expects an archive or a PDF.
    #[must_use]
    pub fn expecting_archive(mut self) -> Self {
        self.cap = Cap::Archive;
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Path and query may hold a personal code; the template does not.
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("host", &self.host)
            .field("template", &self.template)
            .field("body", &self.body)
            .field("files", &self.files)
            .field("quotas", &self.quotas)
            .finish_non_exhaustive()
    }
}
