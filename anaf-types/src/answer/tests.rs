//! The status table and what hides behind 200, case by case.

use super::*;
use proptest::prelude::*;

const FIREWALL: &str = "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 9826645832961917351";
const UPLOAD_OK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><header xmlns="mfp:anaf:dgti:spv:respUploadFisier:v1" dateResponse="202108051140" ExecutionStatus="0" index_incarcare="3828"/>"#;
const UPLOAD_ERR: &str = r#"<header xmlns="mfp:anaf:dgti:spv:respUploadFisier:v1" dateResponse="202108051144" ExecutionStatus="1"><Errors errorMessage="Nu aveti drept in SPV pentru CIF=1234"/></header>"#;
const STARE_NOK: &str = r#"<header xmlns="mfp:anaf:dgti:efactura:stareMesajFactura:v1" stare="nok" id_descarcare="123"/>"#;
const ETR_NOK: &str = r#"{"stare":"nok","Errors":[{"errorMessage":"x"}],"ExecutionStatus":1}"#;

#[test]
fn the_table() {
    use ErrorKind as K;
    let bad = r#"{"timestamp":"05-08-2021 12:04:01","status":400,"error":"Bad Request","message":"Parametrii standard si cif sunt obligatorii"}"#;
    let cases: Vec<(&str, u16, &str, Result<Shape, K>)> = vec![
        ("upload ok", 200, UPLOAD_OK, Ok(Shape::Xml)),
        ("upload error", 200, UPLOAD_ERR, Err(K::NoRight)),
        ("verdict with nok", 200, STARE_NOK, Ok(Shape::Xml)),
        (
            "json eroare",
            200,
            r#"{"eroare":"Nu exista mesaje in ultimele 15 zile","titlu":"Lista Mesaje"}"#,
            Err(K::NothingFound),
        ),
        (
            "stray bracket",
            200,
            r#"{"eroare":"Pentru id=21 nu exista inregistrata nici o factura","titlu":"Descarcare mesaj"}}"#,
            Err(K::NotFound),
        ),
        (
            "e-Transport Errors",
            200,
            r#"{"Errors":[{"errorMessage":"Nu aveti drept in SPV pentru CIF=21"}],"ExecutionStatus":1}"#,
            Err(K::NoRight),
        ),
        ("e-Transport verdict", 200, ETR_NOK, Ok(Shape::Json)),
        (
            "e-Transport error",
            200,
            r#"{"trace_id":"x","error":"Nu exista informatii pentru aceasta solicitare"}"#,
            Err(K::NothingFound),
        ),
        (
            "unknown text",
            200,
            r#"{"eroare":"Cu totul altceva"}"#,
            Err(K::Other),
        ),
        ("array", 200, "[]", Ok(Shape::Json)),
        ("firewall", 200, FIREWALL, Err(K::Firewall)),
        (
            "login page",
            200,
            "<!DOCTYPE html><html><form action='/my.policy'>",
            Err(K::LoginPage),
        ),
        (
            "other page",
            200,
            "<html><body>Mentenanta</body></html>",
            Err(K::Unreadable),
        ),
        ("empty", 200, "", Err(K::Empty)),
        ("blank", 200, " \n", Err(K::Empty)),
        (
            "cut json",
            200,
            r#"{"mesaje":[{"data_cre"#,
            Err(K::Truncated),
        ),
        ("cut xml", 200, r#"<header stare="ok""#, Err(K::Truncated)),
        ("unclosed xml", 200, "<header><Errors/>", Err(K::Truncated)),
        ("broken json", 200, "{x}", Err(K::Unreadable)),
        ("zip", 200, "PK\u{3}\u{4}…", Ok(Shape::Zip)),
        ("pdf", 200, "%PDF-1.4", Ok(Shape::Pdf)),
        ("hello", 200, "Hello, x", Ok(Shape::Text)),
        (
            "255 with a token-like body",
            255,
            r#"{"access_token":"x"}"#,
            Err(K::ConcurrentTokens),
        ),
        ("255 empty", 255, "", Err(K::ConcurrentTokens)),
        ("302", 302, "", Err(K::LoginPage)),
        ("400", 400, bad, Err(K::InvalidParameter)),
        (
            "400 with a limit",
            400,
            r#"{"message":"S-au facut deja 10 descarcari de mesaj"}"#,
            Err(K::Quota),
        ),
        ("400 empty", 400, "", Err(K::InvalidParameter)),
        ("401", 401, "", Err(K::Unauthorized)),
        ("403", 403, "", Err(K::Forbidden)),
        (
            "404",
            404,
            r#"{"status":404,"error":"Not Found","path":"/test/ETRANSPORT/ws/v1/lista/"}"#,
            Err(K::NotFound),
        ),
        ("413", 413, "", Err(K::InvalidDocument)),
        ("429", 429, "", Err(K::Quota)),
        ("500", 500, bad, Err(K::Server)),
        ("502 page", 502, "<html>", Err(K::Server)),
        ("599", 599, "", Err(K::Server)),
        ("418", 418, "", Err(K::Unreadable)),
        ("199", 199, "", Err(K::Unreadable)),
    ];
    for (name, status, body, expected) in cases {
        let got = check(&Answer::new(status, body));
        if let Err(e) = &got {
            assert_eq!(e.delivery(), Delivery::Answered, "{name}");
            assert_eq!(e.status(), Some(status), "{name}");
        }
        assert_eq!(got.map_err(|e| e.kind()), expected, "{name}");
    }
}

#[test]
fn words_and_ids_are_kept() {
    let e = check(&Answer::new(200, FIREWALL)).unwrap_err();
    assert_eq!(e.support_id(), Some("9826645832961917351"));
    let e = check(&Answer::new(200, UPLOAD_ERR)).unwrap_err();
    assert_eq!(e.said(), Some("Nu aveti drept in SPV pentru CIF=1234"));
    let e = check(&Answer::new(
        200,
        r#"{"eroare":"S-au facut deja 1500 de interogari de tip lista mesaje"}"#,
    ))
    .unwrap_err();
    assert_eq!(
        (e.quota_scope(), e.quota_limit()),
        (Some(QuotaScope::Day), Some(1500))
    );
    let daily = r#"{"message":"S-au facut deja 10 descarcari de mesaj in cursul zilei"}"#;
    let e = check(&Answer::new(429, daily)).unwrap_err();
    assert_eq!(
        (e.quota_scope(), e.quota_limit()),
        (Some(QuotaScope::Day), Some(10))
    );
    let mut wall = Answer::new(302, "");
    wall.location = Some("/my.policy?code=secret".into());
    let shown = format!("{} {wall:?}", check(&wall).unwrap_err());
    assert!(
        shown.contains("/my.policy") && !shown.contains("secret"),
        "{shown}"
    );
}

#[test]
fn retry_after_in_both_forms() {
    let cases = [
        ("30", Some(30)),
        (" 7 ", Some(7)),
        ("Sat, 21 Nov 2026 10:01:00 GMT", Some(60)),
        ("Sat, 21 Nov 2026 09:00:00 GMT", Some(0)),
        ("soon", None),
        ("-5", None),
    ];
    for (header, seconds) in cases {
        let mut answer = Answer::new(429, "");
        answer.received = "2026-11-21T10:00:00Z".parse().unwrap();
        answer.retry_after = Some(header.into());
        let e = check(&answer).unwrap_err();
        assert_eq!(e.retry_after().map(|d| d.as_secs()), seconds, "{header}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(status in any::<u16>(), body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let answer = Answer::new(status, body);
        let _ = (check(&answer), header(&answer).is_ok());
    }

    #[test]
    fn mutated_answers_never_panic(which in 0_usize..4, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut body = [UPLOAD_OK, UPLOAD_ERR, ETR_NOK, FIREWALL][which].as_bytes().to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        let _ = check(&Answer::new(200, body));
    }
}
