//! A login's beginning: where the person goes, and what comes back from there.

use std::fmt;

use anaf_types::Error;
use url::Url;

use crate::callback::{Code, State};

/// Where a person's browser must go to log in, and the `state` that must come back with them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Authorization {
    /// ANAF's login page, on a machine where the certificate works.
    pub url: Url,
    /// The `state` in that URL. Keep it with the person's session; see [`crate::Callback::code_for`].
    pub state: State,
}

impl Authorization {
    /// The code from what a person pasted, on a machine without a browser: the whole URL to which ANAF redirected (the
    /// browser may well have failed to open it), its query, or the bare code. A `state` in it must be this login's; a
    /// bare code has none, and is taken as it is.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](anaf_types::ErrorKind::InvalidInput) when it is none of the three;
    /// [`ErrorKind::LoginRefused`](anaf_types::ErrorKind::LoginRefused) for the callback of another login, or when ANAF
    /// refused.
    pub fn code_from_pasted(&self, text: &str) -> Result<Code, Error> {
        let callback = crate::Callback::from_pasted(text)?;
        match callback.state() {
            Some(_) => callback.code_for(&self.state),
            None => callback.into_code(),
        }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL holds the state.
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "Authorization(at {host})")
    }
}
