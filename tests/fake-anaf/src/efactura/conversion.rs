//! `validare` and `transformare`, and the firewall in front of them.

use serde_json::{Value, json};

use super::rules::{self};
use super::{FirewallReach, Standard, invoice};
use crate::answer::Answer;
use crate::call::{Call, Env, Host};
use crate::faults::firewall_html;
use crate::oauth;
use crate::people::Service;
use crate::state::State;
use crate::xml;

/// HTTP 200 and `stare` `nok`.
pub(crate) fn conversion_error(texts: &[String]) -> Answer {
    let messages: Vec<Value> = texts.iter().map(|text| json!({"message": text})).collect();
    Answer::json(
        200,
        &json!({"stare": "nok", "Messages": messages, "trace_id": crate::trace_id()}),
    )
}

/// `POST validare/{FACT1|FCN}`.
pub(crate) fn validare(state: &mut State, call: &Call<'_>) -> Answer {
    let words: Vec<&str> = call.rest.iter().map(String::as_str).collect();
    let [standard] = words.as_slice() else {
        return no_such_path(call);
    };
    if standard.is_empty() {
        return no_such_path(call);
    }
    if let Err(answer) = admitted(state, call) {
        return answer;
    }
    if refused_by_firewall(state.efactura.settings.firewall, false, call) {
        return Answer::html(200, firewall_html());
    }
    match check(state, call, standard) {
        Err(texts) => conversion_error(&texts),
        Ok(()) => Answer::json(200, &json!({"stare": "ok", "trace_id": crate::trace_id()})),
    }
}

/// `POST transformare/{FACT1|FCN}[/DA]`.
pub(crate) fn transformare(state: &mut State, call: &Call<'_>) -> Answer {
    let words: Vec<&str> = call.rest.iter().map(String::as_str).collect();
    let (standard, unvalidated) = match words.as_slice() {
        [standard] => (*standard, false),
        [standard, "DA"] => (*standard, true),
        _ => return no_such_path(call),
    };
    if let Err(answer) = admitted(state, call) {
        return answer;
    }
    if refused_by_firewall(state.efactura.settings.firewall, unvalidated, call) {
        return Answer::html(200, firewall_html());
    }
    let checked = if unvalidated {
        readable(state, call, standard).map(|_| ())
    } else {
        check(state, call, standard)
    };
    match checked {
        Err(texts) => conversion_error(&texts),
        Ok(()) => Answer::new(200, "application/pdf", pdf(call.body())),
    }
}

/// The 404 of this service, whose path begins after the environment: `/FCTEL/rest/validare/`.
fn no_such_path(call: &Call<'_>) -> Answer {
    let prefix = format!("/{}", call.env.segment());
    Answer::not_found(
        call.now,
        call.path.strip_prefix(&prefix).unwrap_or(&call.path),
    )
}

/// Production only; no token on the public host, a bearer token on the other.
fn admitted(state: &mut State, call: &Call<'_>) -> Result<(), Answer> {
    if call.env == Env::Test {
        return Err(no_such_path(call));
    }
    if !call.is_post() {
        return Err(Answer::spring(
            call.now,
            405,
            "Request method not supported",
        ));
    }
    match call.host {
        Host::Public => Ok(()),
        _ => oauth::session(state, call, Some(Service::EFactura)).map(|_| ()),
    }
}

/// What the firewall dislikes: a relative path in `xsi:schemaLocation`, and what looks like a shell command.
fn refused_by_firewall(reach: FirewallReach, unvalidated: bool, call: &Call<'_>) -> bool {
    let watched = match reach {
        FirewallReach::Off => false,
        FirewallReach::UnvalidatedOnly => unvalidated,
        FirewallReach::Everywhere => true,
    };
    watched && call.host == Host::Public && is_suspicious(&String::from_utf8_lossy(call.body()))
}

fn is_suspicious(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    let relative = lower.split("schemalocation").skip(1).any(|after| {
        let value = after
            .trim_start()
            .strip_prefix('=')
            .map(str::trim_start)
            .unwrap_or_default();
        let quoted = value
            .chars()
            .next()
            .filter(|c| matches!(c, '"' | '\''))
            .and_then(|quote| value.split(quote).nth(1));
        quoted.is_some_and(|value| value.contains("../") || value.contains("..\\"))
    });
    relative || lower.contains(";cp ") || lower.contains(";rm ")
}

fn readable(
    state: &State,
    call: &Call<'_>,
    word: &str,
) -> Result<(Standard, invoice::Facts), Vec<String>> {
    let standard = match word {
        "FACT1" => Standard::Ubl,
        "FCN" => Standard::Cn,
        _ => {
            return Err(vec![
                "Valorile acceptate pentru parametrul standard sunt FACT1 si FCN".to_owned(),
            ]);
        }
    };
    if call.body().len() > state.limits.document_bytes {
        return Err(vec!["Marime fisier transmis mai mare de 5 MB.".to_owned()]);
    }
    let facts = invoice::read(standard, call.body()).map_err(|error| vec![error.text()])?;
    Ok((standard, facts))
}

fn check(state: &State, call: &Call<'_>, word: &str) -> Result<(), Vec<String>> {
    let (standard, facts) = readable(state, call, word)?;
    let settings = &state.efactura.settings;
    let failures = settings.rules.check(standard, &facts, call.body());
    if failures.is_empty() {
        Ok(())
    } else {
        Err(rules::messages(&failures, settings.grammar))
    }
}

/// A one-page PDF that names the invoice.
fn pdf(body: &[u8]) -> Vec<u8> {
    let number = xml::text(body)
        .ok()
        .and_then(|text| {
            xml::parse(text).ok().and_then(|document| {
                xml::text_at(document.root_element(), &["ID"]).map(str::to_owned)
            })
        })
        .unwrap_or_default();
    let shown: String = number
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || " -./_".contains(*c))
        .collect();
    let page = format!("BT /F1 18 Tf 72 770 Td (Factura {shown}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = out.len();
    out.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        objects.len() + 1
    ));
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_firewall_dislikes() {
        for (body, refused) in [
            (
                "<Invoice xsi:schemaLocation=\"urn:x ../../UBL-Invoice-2.1.xsd\"/>",
                true,
            ),
            ("<Invoice xsi:schemaLocation = 'urn:x ..\\x.xsd'/>", true),
            (
                "<Invoice xsi:schemaLocation=\"urn:x http://docs.oasis-open.org/ubl/UBL.xsd\"/>",
                false,
            ),
            ("<Note>piese;CP 12</Note>", true),
            ("<Note>a;rm b</Note>", true),
            ("<Note>../../ fara adresa</Note>", false),
        ] {
            assert_eq!(is_suspicious(body), refused, "{body}");
        }
    }
}
