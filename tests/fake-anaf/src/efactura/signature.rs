//! The signature in an archive, and the service that checks one.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::answer::Answer;
use crate::call::{Call, Host};
use crate::multipart;
use crate::oauth;
use crate::state::State;
use crate::xml;

const OPEN: &str = "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
const CLOSE: &str = "</ds:SignedInfo>";

/// A detached XML signature over the document, by the key that also signs the tokens. It has the shape of the real
/// one and can be checked here, and only here.
pub(super) fn sign(document: &[u8]) -> String {
    let info = signed_info(document);
    let value = STANDARD.encode(oauth::sign(info.as_bytes()));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><ds:Signature \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    )
}

fn signed_info(document: &[u8]) -> String {
    let digest = STANDARD.encode(digest::digest(&digest::SHA256, document));
    format!(
        "{OPEN}<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512\"/><ds:Reference URI=\"\"><ds:DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>{CLOSE}"
    )
}

fn checks(document: &[u8], signature: &[u8]) -> bool {
    let Ok(text) = xml::text(signature) else {
        return false;
    };
    let Ok(parsed) = xml::parse(text) else {
        return false;
    };
    let Some(value) = xml::text_at(parsed.root_element(), &["SignatureValue"]) else {
        return false;
    };
    let Ok(value) = STANDARD.decode(value) else {
        return false;
    };
    let info = signed_info(document);
    text.contains(&info)
        && UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, oauth::public_key())
            .verify(info.as_bytes(), &value)
            .is_ok()
}

/// `POST /api/validate/signature`, multipart `file` and `signature`.
pub(crate) fn validate_signature(state: &mut State, call: &Call<'_>) -> Answer {
    if call.host == Host::Api
        && let Err(answer) = oauth::session(state, call, None)
    {
        return answer;
    }
    let malformed = |why: &str| {
        Answer::json(
            400,
            &json!({"msg": format!("Eroare tehnică: request incorect. Cauza: {why}")}),
        )
    };
    if !call.is_post() {
        return malformed("metoda trebuie sa fie POST");
    }
    let Some(parts) = call
        .header("content-type")
        .and_then(|kind| multipart::parse(kind, call.body()))
    else {
        return malformed("Current request is not a multipart request");
    };
    let part = |name: &str| {
        parts
            .iter()
            .find(|part| part.name == name)
            .map(|part| part.bytes)
    };
    let Some(file) = part("file") else {
        return malformed("Required request part 'file' is not present");
    };
    let Some(signature) = part("signature") else {
        return malformed("Required request part 'signature' is not present");
    };
    let (verb, tail) = if checks(file, signature) {
        ("au fost", "")
    } else {
        ("NU au putut fi", " și")
    };
    let text = format!(
        "Fișierele încărcate {verb} validate cu succes, din perspectiva autenticității semnăturii aplicate{tail} \
         a conținutului semnat."
    );
    Answer::json(200, &json!({"msg": text}))
}
