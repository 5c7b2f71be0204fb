//! Where a session's access tokens come from.

use std::fmt;
use std::sync::Arc;

use anaf_types::Error;
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

/// An access token, ready for the `Authorization` header. Cheap to clone; `Debug` never shows it.
#[derive(Clone)]
pub struct Bearer(Arc<Inner>);

struct Inner {
    token: SecretString,
    generation: u64,
}

impl Bearer {
    /// Wraps a token. `generation` tells the tokens of one grant apart: it grows with each refresh.
    #[must_use]
    pub fn new(token: impl Into<String>, generation: u64) -> Self {
        let token = SecretString::from(token.into());
        Self(Arc::new(Inner { token, generation }))
    }

    /// The token itself. It is a secret: hand it to the wire, nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.token.expose_secret()
    }

    /// Which of the grant's tokens this is.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.generation
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bearer(generation {}, [REDACTED])", self.0.generation)
    }
}

/// Gives a session its access tokens. `anaf-oauth` has the one that keeps a grant alive; [`FixedBearer`] is a
/// token from elsewhere.
#[async_trait]
pub trait BearerSource: Send + Sync + fmt::Debug {
    /// A token to use now.
    ///
    /// # Errors
    /// Whatever keeps the source from giving one; [`anaf_types::ErrorKind::NeedsLogin`] when only a person can help.
    async fn bearer(&self) -> Result<Bearer, Error>;

    /// ANAF answered 401 to `refused`: gives another token, refreshing if no newer one is there yet. The session
    /// calls this once for a call, and replays the call once.
    ///
    /// # Errors
    /// As [`BearerSource::bearer`]; [`anaf_types::ErrorKind::Unauthorized`] when there is no other token.
    async fn replace(&self, refused: &Bearer) -> Result<Bearer, Error>;
}

#[async_trait]
impl<T: BearerSource + ?Sized> BearerSource for Arc<T> {
    async fn bearer(&self) -> Result<Bearer, Error> {
        (**self).bearer().await
    }

    async fn replace(&self, refused: &Bearer) -> Result<Bearer, Error> {
        (**self).replace(refused).await
    }
}

/// One token that somebody else keeps alive.
#[derive(Clone, Debug)]
pub struct FixedBearer(Bearer);

impl FixedBearer {
    /// Uses this token for every call.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Self {
        Self(Bearer::new(token, 0))
    }
}

#[async_trait]
impl BearerSource for FixedBearer {
    async fn bearer(&self) -> Result<Bearer, Error> {
        Ok(self.0.clone())
    }

    async fn replace(&self, _refused: &Bearer) -> Result<Bearer, Error> {
        Err(Error::new(anaf_types::ErrorKind::Unauthorized)
            .because("a fixed token cannot be refreshed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_never_shown() {
        let source = FixedBearer::new("s3cret");
        let bearer = source.bearer().await.unwrap();
        assert_eq!(bearer.expose(), "s3cret");
        assert!(!format!("{source:?} {bearer:?}").contains("s3cret"));
        assert!(source.replace(&bearer).await.is_err());
    }
}
