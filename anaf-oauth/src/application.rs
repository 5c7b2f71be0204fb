//! The application as it is registered at ANAF.

use std::fmt;

use anaf_types::Error;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// An application registered in ANAF's developer portal: client id, client secret, and the callback URL.
///
/// ANAF registers https callbacks only and compares the value exactly; `https://localhost:PORT/…` is accepted. Plain
/// http is accepted here for loopback addresses alone, for tests against a fake.
///
/// ```
/// use anaf_oauth::Application;
///
/// let application = Application::new("client-id", "client-secret", "https://erp.example.com/anaf/callback")?;
/// assert!(Application::new("client-id", "client-secret", "http://erp.example.com/anaf/callback").is_err());
/// assert!(!format!("{application:?}").contains("client-secret"));
/// # Ok::<(), anaf_oauth::Error>(())
/// ```
#[derive(Clone)]
pub struct Application {
    client_id: String,
    client_secret: SecretString,
    callback: String,
}

impl Application {
    /// Describes an application.
    ///
    /// # Errors
    /// [`anaf_types::ErrorKind::InvalidInput`] when the id or the secret is empty, or the callback is not an
    /// absolute https URL without a fragment (http only on a loopback address).
    pub fn new(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        callback: impl Into<String>,
    ) -> Result<Self, Error> {
        let (client_id, callback) = (client_id.into(), callback.into());
        let client_secret = SecretString::from(client_secret.into());
        if client_id.trim().is_empty() {
            return Err(Error::invalid_input("the client id is empty"));
        }
        if client_secret.expose_secret().trim().is_empty() {
            return Err(Error::invalid_input("the client secret is empty"));
        }
        check_callback(&callback)?;
        Ok(Self {
            client_id,
            client_secret,
            callback,
        })
    }

    /// The client id. It is not a secret: it stands in every authorization URL.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The callback URL, letter for letter as it was given and as it must be registered at ANAF.
    #[must_use]
    pub fn callback(&self) -> &str {
        &self.callback
    }

    pub(crate) fn client_secret(&self) -> &SecretString {
        &self.client_secret
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("client_id", &self.client_id)
            .field("callback", &self.callback)
            .finish_non_exhaustive()
    }
}

fn check_callback(text: &str) -> Result<(), Error> {
    let refuse = |why: &str| {
        Err(Error::invalid_input(format!(
            "the callback URL `{text}` {why}"
        )))
    };
    let Ok(url) = Url::parse(text) else {
        return refuse("is not an absolute URL such as https://erp.example.com/anaf/callback");
    };
    if url.fragment().is_some() {
        return refuse("must have no fragment: a browser would not send it");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::invalid_input(
            "the callback URL must hold no user name or password",
        ));
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        _ => refuse("must be https: ANAF registers no other (http is accepted on loopback only)"),
    }
}

/// Whether a URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_callbacks_are_accepted() {
        let cases = [
            ("https://erp.example.com/anaf/callback", true),
            ("https://localhost:8443/callback", true),
            ("http://localhost:8080/callback", true),
            ("http://127.0.0.1:8080/callback", true),
            ("http://[::1]:8080/callback", true),
            ("http://erp.example.com/callback", false),
            ("http://localhost.example.com/callback", false),
            ("https://user:pass@erp.example.com/callback", false),
            ("https://erp.example.com/callback#top", false),
            ("erp.example.com/callback", false),
            ("myapp://callback", false),
            ("", false),
        ];
        for (callback, accepted) in cases {
            let application = Application::new("id", "secret", callback);
            assert_eq!(application.is_ok(), accepted, "{callback}");
        }
        assert!(Application::new("", "secret", "https://a.example/").is_err());
        assert!(Application::new("id", " ", "https://a.example/").is_err());
    }

    #[test]
    fn the_callback_stays_as_it_was_written() {
        // ANAF compares letter for letter: a normalised URL would gain a slash.
        let application = Application::new("id", "secret", "https://erp.example.com").unwrap();
        assert_eq!(application.callback(), "https://erp.example.com");
    }
}
