//! JSON Web Tokens signed RS512, as ANAF's are.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA512};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::people::Service;

/// The issuer that stands in every token.
pub(crate) const ISSUER: &str = "https://logincert.anaf.ro";

/// One key per process: making one takes a moment, and no test needs two.
#[expect(
    clippy::expect_used,
    reason = "the library makes 2048-bit keys on every platform"
)]
pub(crate) fn key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::generate(KeySize::Rsa2048).expect("an RSA key of 2048 bits"))
}

/// The public key, as DER of a `SubjectPublicKeyInfo`'s inner `RSAPublicKey`.
pub(crate) fn public_key() -> Vec<u8> {
    key().public_key().as_ref().to_vec()
}

/// What a token says.
pub(crate) struct Claims<'a> {
    pub(crate) token_type: &'a str,
    pub(crate) serial: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) services: &'a [Service],
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) id: &'a str,
}

/// Writes and signs a token.
pub(crate) fn sign(claims: &Claims<'_>) -> String {
    let header = json!({"alg": "RS512", "typ": "JWT", "kid": "fake-anaf"});
    let mut role = vec!["HELLO"];
    for service in claims.services {
        role.push(service.role());
        if *service == Service::EFactura {
            role.push("SRV_EFACTURA");
        }
    }
    // A claim of one value is a string and of several an array, as the login server writes all its claims.
    let role = if let [one] = role.as_slice() {
        json!(one)
    } else {
        json!(role)
    };
    let payload = json!({
        "iss": ISSUER,
        "iat": claims.issued.as_second(),
        "nbf": claims.issued.as_second(),
        "exp": claims.expires.as_second(),
        "token_type": claims.token_type,
        "scope": "clientappid info issuer role serial",
        "role": role,
        "clientappid": claims.client_id,
        "serial": claims.serial,
        "issuer": "Autoritate de certificare inventata",
        "info": "fake",
        "jti": claims.id,
    });
    let signed = format!("{}.{}", encode(&header), encode(&payload));
    let signature = signature(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signs with the process's key, PKCS#1 v1.5 over SHA-512.
#[expect(
    clippy::expect_used,
    reason = "signing with a valid key into a buffer of its own size cannot fail"
)]
pub(crate) fn signature(message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key().public_modulus_len()];
    key()
        .sign(
            &RSA_PKCS1_SHA512,
            &SystemRandom::new(),
            message,
            &mut signature,
        )
        .expect("a signature by a valid key");
    signature
}
