//! What was shown, and what must not have been.

use std::fmt::{Debug, Display};
use std::io::Write;
use std::sync::{Arc, Mutex};

use anaf_oauth::store::{GrantKey, MemoryStore, TokenStore};
use anaf_types::Error;
use secrecy::ExposeSecret;
use tracing_subscriber::fmt::MakeWriter;

/// Everything that was ever shown: log lines, errors, `Debug` and `Display` of values.
#[derive(Clone, Default)]
pub(crate) struct Shown(Arc<Mutex<Vec<u8>>>);

impl Shown {
    pub(crate) fn line(&self, text: &str) {
        let mut all = self.0.lock().unwrap();
        all.extend_from_slice(text.as_bytes());
        all.push(b'\n');
    }

    pub(crate) fn debug(&self, value: impl Debug) {
        self.line(&format!("{value:?}"));
        self.line(&format!("{value:#?}"));
    }

    pub(crate) fn error(&self, error: &(impl Debug + Display)) {
        self.line(&format!("{error}"));
        self.debug(error);
    }

    pub(crate) fn outcome<T: Debug>(&self, result: &Result<T, Error>) {
        match result {
            Ok(value) => self.debug(value),
            Err(error) => self.error(error),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Shown {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What must never be shown, with its name.
#[derive(Default)]
pub(crate) struct Secrets(pub(crate) Vec<(&'static str, String)>);

impl Secrets {
    pub(crate) fn add(&mut self, name: &'static str, value: impl Into<String>) {
        let value = value.into();
        assert!(value.len() >= 8, "{name} is too short to look for");
        if !self.0.iter().any(|(_, known)| *known == value) {
            self.0.push((name, value));
        }
    }

    pub(crate) async fn add_tokens(&mut self, store: &MemoryStore, key: &GrantKey) {
        let stored = store.load(key).await.unwrap().unwrap();
        self.add("access token", stored.tokens.access().expose_secret());
        let refresh = stored.tokens.refresh().unwrap().expose_secret();
        self.add("refresh token", refresh);
        // A JWT's signature alone would do for nobody, but its payload names the person.
        for part in stored.tokens.access().expose_secret().split('.') {
            self.add("part of a JWT", part);
        }
    }

    pub(crate) fn look_for_them_in(&self, shown: &str) {
        assert!(
            shown.len() > 20_000,
            "only {} bytes were shown",
            shown.len()
        );
        let mut found = Vec::new();
        for (name, value) in &self.0 {
            for (at, _) in shown.match_indices(value.as_str()) {
                let start = boundary(shown, at.saturating_sub(200));
                let end = boundary(shown, at + 60);
                let before = &shown[start..end];
                // What a type shows, it shows each time.
                let line = before.lines().last().unwrap_or_default();
                let sign: String = line.chars().take(24).collect();
                if found.len() < 20 && !found.iter().any(|(known, _)| *known == sign) {
                    found.push((sign, format!("a {name} is shown: …{before}")));
                }
            }
        }
        let found: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
        assert!(found.is_empty(), "{}", found.join("\n\n"));
    }
}

/// The nearest beginning of a character at or before a byte.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|i| text.is_char_boundary(*i))
        .unwrap_or(0)
}
