//! The token test.

use anaf_http::{Operation, Request};
use anaf_types::answer::{self, Answer, Shape};
use anaf_types::{Environment, Error, ErrorKind};

/// `GET TestOauth/jaxrs/hello?name=…` on `api.anaf.ro`: the call that every token may make, whatever its rights. It
/// tells a bad token from a missing right. Gives ANAF's greeting, such as `Hello, ERP!`.
///
/// Source: ANAF's OAuth guide. ANAF echoes all headers of the request after the greeting, the token among them; they
/// are thrown away.
///
/// ```no_run
/// # async fn demo(session: anaf_http::Session) -> Result<(), anaf_http::Error> {
/// let greeting = session.call(&anaf_oauth::Hello::new("ERP")).await?;
/// assert!(greeting.starts_with("Hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Hello {
    name: String,
}

impl Hello {
    /// Greets with this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

impl Operation for Hello {
    type Output = String;

    fn request(&self, _environment: Environment) -> Result<Request, Error> {
        let path = "TestOauth/jaxrs/hello";
        Ok(Request::get("oauth.hello", path, path).with("name", self.name.as_str()))
    }

    /// # Errors
    /// [`ErrorKind::Unauthorized`] for a token that is invalid or expired; [`ErrorKind::Unreadable`] for another text
    /// than a greeting, which is not quoted because it may hold the token.
    fn read(&self, answer: Answer) -> Result<String, Error> {
        let shape = answer::check(&answer)?;
        let text = String::from_utf8_lossy(&answer.body);
        let greeting = text.lines().next().unwrap_or_default().trim();
        match shape == Shape::Text && greeting.starts_with("Hello") {
            true => Ok(greeting.chars().take(300).collect()),
            false => Err(answer::answered(
                Error::new(ErrorKind::Unreadable).because("it is not the greeting"),
                &answer,
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_echo_of_the_token_is_thrown_away() {
        let echo = "Hello, ERP!\nheaders=key=authorization, val=[Bearer s3cret]\n";
        let hello = Hello::new("ERP");
        assert_eq!(hello.read(Answer::new(200, echo)).unwrap(), "Hello, ERP!");
        let odd = hello.read(Answer::new(
            200,
            "headers=key=authorization, val=[Bearer s3cret]",
        ));
        let error = odd.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        let refused = hello.read(Answer::new(401, "")).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unauthorized);
    }
}
