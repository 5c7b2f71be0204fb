//! Link codes and `state` values that say of themselves whether this application made them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use sha2::{Digest as _, Sha256};

use anaf_types::{Error, ErrorKind};

use crate::Application;
use crate::callback::constant_time_eq;

const RANDOM: usize = 24;
const TAG: usize = 16;

/// What a ticket is good for; one kind never passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Link,
    State,
}

impl Purpose {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Link => b"anaf-oauth login link v1",
            Self::State => b"anaf-oauth login state v1",
        }
    }
}

/// 192 random bits and a 128-bit seal of the application's, in base64url: 54 letters. A text without the seal was not
/// made here: that is known without asking the store.
pub(crate) fn issue(application: &Application, purpose: Purpose) -> Result<String, Error> {
    let mut random = [0_u8; RANDOM];
    getrandom::fill(&mut random).map_err(|_| {
        Error::new(ErrorKind::Other).because("the operating system gives no random bytes")
    })?;
    Ok(sealed(application, purpose, random))
}

/// The `state` of a link: made from its code, so that any instance that is shown the link can send the person on,
/// though stores keep only hashes.
pub(crate) fn state_of(application: &Application, code: &str) -> String {
    let digest = keyed(application, b"anaf-oauth state of link v1", code.as_bytes());
    let mut random = [0_u8; RANDOM];
    for (to, from) in random.iter_mut().zip(digest) {
        *to = from;
    }
    sealed(application, Purpose::State, random)
}

/// Whether this application made the text for this purpose.
pub(crate) fn is_ours(application: &Application, purpose: Purpose, text: &str) -> bool {
    if text.len() != (RANDOM + TAG) * 4 / 3 + 1 {
        return false;
    }
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
        return false;
    };
    let Some((random, tag)) = bytes.split_at_checked(RANDOM) else {
        return false;
    };
    let seal = keyed(application, purpose.label(), random);
    constant_time_eq(seal.get(..TAG).unwrap_or_default(), tag)
}

fn sealed(application: &Application, purpose: Purpose, random: [u8; RANDOM]) -> String {
    let seal = keyed(application, purpose.label(), &random);
    let mut bytes = random.to_vec();
    bytes.extend(seal.iter().take(TAG));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// HMAC-SHA-256 under a key derived from the client secret.
fn keyed(application: &Application, label: &[u8], message: &[u8]) -> [u8; 32] {
    let secret = application.client_secret().expose_secret();
    let key: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
    let pad = |byte: u8| -> [u8; 64] {
        let mut block = [byte; 64];
        for (to, from) in block.iter_mut().zip(key) {
            *to ^= from;
        }
        block
    };
    let inner = Sha256::new()
        .chain_update(pad(0x36))
        .chain_update((label.len() as u64).to_be_bytes())
        .chain_update(label)
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(pad(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn application(secret: &str) -> Application {
        Application::new("id", secret, "https://a.example/cb").unwrap()
    }

    #[test]
    fn only_our_tickets_for_their_purpose() {
        let ours = application("s3cret");
        let link = issue(&ours, Purpose::Link).unwrap();
        let state = state_of(&ours, &link);
        assert_eq!(state, state_of(&ours, &link));
        assert!(is_ours(&ours, Purpose::Link, &link));
        assert!(is_ours(&ours, Purpose::State, &state));
        assert!(!is_ours(&ours, Purpose::State, &link));
        assert!(!is_ours(&ours, Purpose::Link, &state));
        assert!(!is_ours(&application("other"), Purpose::Link, &link));
        assert_eq!(link.len(), 54);
    }

    proptest! {
        #[test]
        fn one_changed_letter_spoils_it(at in 0_usize..54, letter in "[A-Za-z0-9_-]") {
            let ours = application("s3cret");
            let link = issue(&ours, Purpose::Link).unwrap();
            let mut forged = link.clone();
            forged.replace_range(at..=at, &letter);
            // The last letter carries two spare bits, which base64 wants to be zero.
            prop_assert_eq!(is_ours(&ours, Purpose::Link, &forged), forged == link);
        }

        #[test]
        fn arbitrary_text_never_panics(text in "\\PC{0,80}") {
            prop_assert!(!is_ours(&application("s3cret"), Purpose::Link, &text));
        }
    }
}
