//! Where ANAF's services live, and how to point the crates somewhere else.

use std::fmt;

use url::Url;

/// ANAF's two environments. Both use the same logins; documents filed in [`Environment::Test`] have no legal effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// `…/test/…`
    Test,
    /// `…/prod/…`
    Production,
}

impl Environment {
    /// The path segment: `test` or `prod`.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Production => "prod",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.segment())
    }
}

/// Which of ANAF's hosts a call goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Host {
    /// `api.anaf.ro`: the services behind OAuth.
    Api,
    /// `webservicesp.anaf.ro`: the public services, production only.
    Public,
    /// `logincert.anaf.ro/anaf-oauth2/v1`: logins and tokens.
    OAuth,
}

/// Why a base URL cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBaseUrl {
    /// Not a URL at all.
    #[error("`{0}` is not an absolute URL such as https://api.anaf.ro")]
    NotAUrl(String),
    /// Plain http to another machine would send tokens in the clear.
    #[error("`{0}` must be https: plain http is accepted for loopback addresses only")]
    NotHttps(String),
    /// Credentials, a query or a fragment have no place in a base URL.
    #[error("a base URL has no user, query or fragment")]
    Surplus,
}

/// The base URLs of ANAF's hosts, each replaceable: for a fake, a proxy, or `webserviceapl.anaf.ro`.
///
/// ```
/// use anaf_types::{Endpoints, Host};
///
/// let endpoints = Endpoints::anaf().with(Host::Api, "http://127.0.0.1:8080")?;
/// assert_eq!(endpoints.base(Host::Api).as_str(), "http://127.0.0.1:8080/");
/// assert!(Endpoints::anaf().with(Host::Api, "http://example.com").is_err());
/// # Ok::<(), anaf_types::InvalidBaseUrl>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    api: Url,
    public: Url,
    oauth: Url,
}

impl Endpoints {
    /// ANAF's published hosts.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "three literals that a test of this module parses"
    )]
    pub fn anaf() -> Self {
        let literal = |text| base_url(text).expect("a valid literal");
        Self {
            api: literal("https://api.anaf.ro/"),
            public: literal("https://webservicesp.anaf.ro/"),
            oauth: literal("https://logincert.anaf.ro/anaf-oauth2/v1/"),
        }
    }

    /// The same with one host replaced.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`] unless the URL is https, or http on a loopback address.
    pub fn with(mut self, host: Host, base: &str) -> Result<Self, InvalidBaseUrl> {
        let url = base_url(base)?;
        match host {
            Host::Api => self.api = url,
            Host::Public => self.public = url,
            Host::OAuth => self.oauth = url,
        }
        Ok(self)
    }

    /// A host's base URL; it ends in `/`.
    #[must_use]
    pub fn base(&self, host: Host) -> &Url {
        match host {
            Host::Api => &self.api,
            Host::Public => &self.public,
            Host::OAuth => &self.oauth,
        }
    }
}

impl Default for Endpoints {
    fn default() -> Self {
        Self::anaf()
    }
}

fn base_url(text: &str) -> Result<Url, InvalidBaseUrl> {
    let mut url = Url::parse(text).map_err(|_| InvalidBaseUrl::NotAUrl(text.to_owned()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidBaseUrl::Surplus);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(InvalidBaseUrl::Surplus);
    }
    let safe = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    if !safe {
        return Err(InvalidBaseUrl::NotHttps(text.to_owned()));
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_hosts_parse() {
        let endpoints = Endpoints::anaf();
        assert_eq!(
            endpoints.base(Host::OAuth).as_str(),
            "https://logincert.anaf.ro/anaf-oauth2/v1/"
        );
    }

    #[test]
    fn what_a_base_url_may_be() {
        let cases = [
            ("https://api.anaf.ro", true),
            ("http://127.0.0.1:9/x", true),
            ("http://localhost:9", true),
            ("http://[::1]:9", true),
            ("http://api.anaf.ro", false),
            ("http://localhost.example.com", false),
            ("ftp://127.0.0.1", false),
            ("https://u:p@api.anaf.ro", false),
            ("https://api.anaf.ro/?x=1", false),
            ("api.anaf.ro", false),
        ];
        for (text, valid) in cases {
            assert_eq!(base_url(text).is_ok(), valid, "{text}");
        }
        assert_eq!(
            base_url("https://x.example/a").unwrap().as_str(),
            "https://x.example/a/"
        );
    }
}
