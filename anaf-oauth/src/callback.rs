//! What comes back from ANAF's login page: the redirect's query.

use std::fmt;

use anaf_types::{Error, ErrorKind};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

/// Longer input is nobody's callback.
const LONGEST: usize = 16 * 1024;

/// The authorization code of a login: good for 60 seconds and one exchange. `Debug` never shows it.
#[derive(Clone)]
pub struct Code(SecretString);

impl Code {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code([REDACTED])")
    }
}

/// The random value that ties a callback to the login that asked for it. `Debug` never shows it.
#[derive(Clone)]
pub struct State(SecretString);

impl State {
    /// A new one: 256 random bits in base64url.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] when the operating system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        Ok(Self::from(random_text()?))
    }

    /// The value itself, to keep beside the person's browser session.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, other: &State) -> bool {
        constant_time_eq(self.expose().as_bytes(), other.expose().as_bytes())
    }
}

impl From<String> for State {
    fn from(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State([REDACTED])")
    }
}

/// 256 random bits in base64url: 43 letters.
pub(crate) fn random_text() -> Result<String, Error> {
    use base64::Engine as _;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| {
        Error::new(ErrorKind::Other).because("the operating system gives no random bytes")
    })?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

/// Compares all bytes whatever the first difference; the length is not secret.
pub(crate) fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    let mut difference = u8::from(a.len() != b.len());
    for (x, y) in a.iter().zip(b) {
        difference |= std::hint::black_box(x ^ y);
    }
    std::hint::black_box(difference) == 0
}

/// What the browser brought back from ANAF.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Callback {
    /// The person logged in.
    Granted {
        /// The code to exchange, within 60 seconds.
        code: Code,
        /// The `state`, where it came back.
        state: Option<State>,
    },
    /// ANAF refused: `error=access_denied`, or another word.
    Refused {
        /// ANAF's word, such as `access_denied`.
        error: String,
        /// ANAF's sentence, where there is one.
        description: Option<String>,
        /// The `state`, where it came back.
        state: Option<State>,
    },
}

impl Callback {
    /// Reads the query of a callback request: `code=…&state=…` or `error=access_denied&state=…`, with or without the
    /// leading `?`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when there is neither a code nor an error in it.
    pub fn from_query(query: &str) -> Result<Self, Error> {
        if query.len() > LONGEST {
            return Err(no_callback("it is longer than 16 KiB"));
        }
        let (mut code, mut state, mut error, mut description) = (None, None, None, None);
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let slot = match &*name {
                "code" => &mut code,
                "state" => &mut state,
                "error" => &mut error,
                "error_description" => &mut description,
                _ => continue,
            };
            // A parameter that comes twice is an attempt at confusion, or a broken proxy.
            if slot.replace(value.into_owned()).is_some() {
                return Err(no_callback("a parameter stands in it twice"));
            }
        }
        let state = state.map(State::from);
        match (code.filter(|code| !code.is_empty()), error) {
            (_, Some(error)) => Ok(Self::Refused {
                error: visible(&error),
                description: description.as_deref().map(visible),
                state,
            }),
            (Some(code), None) => Ok(Self::Granted {
                code: Code::new(code),
                state,
            }),
            (None, None) => Err(no_callback("it has neither `code` nor `error`")),
        }
    }

    /// Reads what a person pasted: the whole URL that the browser shows after the login, its query, or the bare code.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when it is none of the three.
    pub fn from_pasted(text: &str) -> Result<Self, Error> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']).trim();
        if text.is_empty() {
            return Err(no_callback("it is empty"));
        }
        if text.contains("://") {
            let url = Url::parse(text).map_err(|_| no_callback("it is not a whole URL"))?;
            return match url.query() {
                Some(query) => Self::from_query(query),
                None => Err(no_callback(
                    "the URL has no query: copy it from the address bar after the login, to its end",
                )),
            };
        }
        if text.contains('=') {
            let query = text.split_once('?').map_or(text, |(_, query)| query);
            return Self::from_query(query);
        }
        if text.len() > LONGEST || text.chars().any(|c| !c.is_ascii_graphic()) {
            return Err(no_callback("it is not a code either"));
        }
        Ok(Self::Granted {
            code: Code::new(text),
            state: None,
        })
    }

    /// The `state` that came back.
    #[must_use]
    pub fn state(&self) -> Option<&State> {
        match self {
            Self::Granted { state, .. } | Self::Refused { state, .. } => state.as_ref(),
        }
    }

    /// The code, after checking that the callback belongs to the login that asked with `expected`. The check takes
    /// the same time whatever came.
    ///
    /// # Errors
    /// [`ErrorKind::LoginRefused`]: another or no `state`; or ANAF refused, with the likely causes in the message.
    pub fn code_for(self, expected: &State) -> Result<Code, Error> {
        match self.state() {
            None => return Err(forged("no `state` came back from ANAF")),
            Some(state) if !state.matches(expected) => {
                return Err(forged("the `state` is not the one of this login"));
            }
            Some(_) => {}
        }
        self.into_code()
    }

    /// The code, without looking at the `state`: for a code that a person pasted from their own browser.
    ///
    /// # Errors
    /// [`ErrorKind::LoginRefused`] when ANAF refused, with the likely causes in the message.
    pub fn into_code(self) -> Result<Code, Error> {
        match self {
            Self::Granted { code, .. } => Ok(code),
            Self::Refused {
                error, description, ..
            } => Err(refused(&error, description.as_deref())),
        }
    }
}

/// Printable characters of a text of ANAF's, at most 300 of them: it ends in messages and on pages.
fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

fn no_callback(why: &str) -> Error {
    Error::invalid_input(format!("this is not what ANAF's login sends back: {why}"))
        .during("oauth.callback")
}

fn forged(why: &str) -> Error {
    Error::new(ErrorKind::LoginRefused)
        .during("oauth.callback")
        .because(format!("{why}: start a new login from the application"))
}

/// What the person can check when ANAF refuses a login.
pub(crate) const LIKELY_CAUSES: &str = "likely causes: the USB token with the certificate was not plugged in \
    (or its PIN was cancelled); the certificate is not enrolled in SPV, or its owner has no right there; the browser \
    kept an earlier answer (close it whole, or use a private window)";

fn refused(error: &str, description: Option<&str>) -> Error {
    let said = match description {
        Some(description) => format!("{error}: {description}"),
        None => error.to_owned(),
    };
    let refusal = Error::new(ErrorKind::LoginRefused)
        .during("oauth.callback")
        .quoting(said);
    match error {
        "access_denied" => refusal.because(LIKELY_CAUSES),
        _ => refusal.because(
            "start a new login; if it comes again, check the application's registration at ANAF",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(callback: Result<Callback, Error>) -> Option<String> {
        callback
            .ok()?
            .into_code()
            .ok()
            .map(|c| c.expose().to_owned())
    }

    #[test]
    fn queries() {
        let ok = |q| code(Callback::from_query(q));
        assert_eq!(ok("code=a%2Bb&state=s").as_deref(), Some("a+b"));
        assert_eq!(ok("?state=s&code=x").as_deref(), Some("x"));
        for wrong in ["", "code=", "state=s", "code=a&code=b", "x=y"] {
            let error = Callback::from_query(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{wrong}");
        }
        let refused = Callback::from_query("error=access_denied&state=s").unwrap();
        let error = refused.into_code().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LoginRefused);
        assert_eq!(error.said(), Some("access_denied"));
        for cause in ["USB token", "SPV", "browser"] {
            assert!(error.to_string().contains(cause), "{error}");
        }
    }

    #[test]
    fn what_a_person_pastes() {
        let cases = [
            ("https://localhost:8443/cb?code=abc&state=s", Some("abc")),
            ("  \"https://erp.example.com/cb?code=abc\" ", Some("abc")),
            ("code=abc&state=s", Some("abc")),
            ("?code=abc", Some("abc")),
            ("/cb?code=abc", Some("abc")),
            ("abc", Some("abc")),
            ("https://erp.example.com/cb", None),
            ("two words", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                code(Callback::from_pasted(text)).as_deref(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_callback_of_another_login_is_refused() {
        let state = State::random().unwrap();
        let other = State::random().unwrap();
        let with =
            |s: &State| Callback::from_query(&format!("code=c&state={}", s.expose())).unwrap();
        assert!(with(&state).code_for(&state).is_ok());
        for callback in [with(&other), Callback::from_query("code=c").unwrap()] {
            let error = callback.code_for(&state).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::LoginRefused);
        }
        assert!(!format!("{state:?} {:?}", with(&state)).contains(state.expose()));
    }

    proptest! {
        #[test]
        fn arbitrary_input_never_panics(text in "\\PC{0,300}") {
            let _ = Callback::from_query(&text);
            let _ = Callback::from_pasted(&text);
        }
    }
}
