//! e-Factura: archives, signatures, conversions, the firewall; and the registries beside them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use common::{World, attribute, invoice, unzip};
use fake_anaf::{CIF, STRANGER_CIF, sample_invoice};
use jiff::SignedDuration;
use reqwest::multipart::{Form, Part};
use serde_json::Value;

const REST: &str = "/test/FCTEL/rest";

#[tokio::test]
async fn downloads_that_fail() {
    let world = World::new().await;
    world
        .fake
        .efactura()
        .configure(|settings| settings.indexing_lag = SignedDuration::from_mins(15));
    let index = world
        .upload(&sample_invoice("F-1", CIF, STRANGER_CIF))
        .await;
    let state = world.stare(index).await;
    let id: u64 = attribute(&state, "id_descarcare").unwrap().parse().unwrap();
    let download = |id: String| {
        let world = &world;
        async move { world.get_json(&format!("{REST}/descarcare?id={id}")).await }
    };
    for (id, text) in [
        (
            "123a".to_owned(),
            "Id descarcare introdus= 123a nu este un numar intreg",
        ),
        (
            "21".to_owned(),
            "Pentru id=21 nu exista inregistrata nici o factura",
        ),
        (
            (id + 1).to_string(),
            "Nu aveti dreptul sa descarcati acesta factura",
        ),
    ] {
        let answer = download(id).await;
        assert_eq!(
            (&answer["eroare"], &answer["titlu"]),
            (&text.into(), &"Descarcare mesaj".into())
        );
    }
    let bare = world.get(&format!("{REST}/descarcare")).await;
    assert_eq!(bare.status(), 400);
    assert!(
        bare.text()
            .await
            .unwrap()
            .contains("Parametrul id este obligatoriu")
    );
    for _ in 0..10 {
        assert_eq!(
            world
                .get(&format!("{REST}/descarcare?id={id}"))
                .await
                .headers()["content-type"],
            "application/zip"
        );
    }
    assert_eq!(
        download(id.to_string()).await["eroare"],
        "S-au facut deja 10 descarcari de mesaj in cursul zilei"
    );
    // After sixty days the archive is gone, while the list still shows its message.
    let sixty_days = SignedDuration::from_hours(60 * 24);
    world.clock.advance(sixty_days);
    assert_eq!(
        world
            .get(&format!("{REST}/descarcare?id={id}"))
            .await
            .headers()["content-type"],
        "application/zip"
    );
    world.clock.advance(SignedDuration::from_secs(1));
    world
        .fake
        .efactura()
        .configure(|settings| settings.plain_text_errors = true);
    let gone = world.get(&format!("{REST}/descarcare?id={id}")).await;
    assert!(
        gone.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    let gone: Value = serde_json::from_str(&gone.text().await.unwrap()).unwrap();
    assert_eq!(
        gone["eroare"],
        "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil"
    );
    let list = world
        .get_json(&format!("{REST}/listaMesajeFactura?zile=60&cif={CIF}"))
        .await;
    assert_eq!(list["mesaje"][0]["id"], id.to_string(), "{list}");
}

#[tokio::test]
async fn archives_come_in_either_order_and_their_signatures_check() {
    let world = World::new().await;
    let mut first_names = Vec::new();
    let mut checked = None;
    for number in 0..4 {
        let index = world.upload(&invoice(&format!("S-{number}"))).await;
        let id = attribute(&world.stare(index).await, "id_descarcare")
            .unwrap()
            .to_owned();
        let entries = unzip(
            &world
                .get(&format!("{REST}/descarcare?id={id}"))
                .await
                .bytes()
                .await
                .unwrap(),
        );
        first_names.push(entries[0].0.starts_with("semnatura_"));
        let mut sorted = entries;
        sorted.sort();
        checked = Some((sorted[0].1.clone(), sorted[1].1.clone()));
    }
    assert_eq!(
        first_names,
        [
            !first_names[1],
            first_names[1],
            first_names[0],
            first_names[1]
        ]
    );
    let (file, signature) = checked.unwrap();
    let form = |file: &[u8], signature: &[u8]| {
        Form::new()
            .part("file", Part::bytes(file.to_vec()).file_name("a.xml"))
            .part("signature", Part::bytes(signature.to_vec()))
    };
    let mut other = file.clone();
    other.push(b' ');
    let public = format!("{}/api/validate/signature", world.fake.public_base());
    let api = world.url("/api/validate/signature");
    for (url, document, start) in [
        (
            &public,
            &file,
            "Fișierele încărcate au fost validate cu succes, ",
        ),
        (
            &api,
            &file,
            "Fișierele încărcate au fost validate cu succes, ",
        ),
        (
            &public,
            &other,
            "Fișierele încărcate NU au putut fi validate cu succes, ",
        ),
    ] {
        let request = world
            .http
            .post(url)
            .bearer_auth(&world.bearer)
            .multipart(form(document, &signature));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(
            answer["msg"].as_str().unwrap().starts_with(start),
            "{answer}"
        );
    }
    let half = world
        .http
        .post(&public)
        .multipart(Form::new().part("file", Part::bytes(file)))
        .send()
        .await
        .unwrap();
    assert_eq!(half.status(), 400);
    assert!(
        half.text()
            .await
            .unwrap()
            .contains("Eroare tehnică: request incorect. Cauza: ")
    );
    assert_eq!(world.http.post(&api).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn conversions_and_the_firewall() {
    let world = World::new().await;
    let good = invoice("F-1");
    let suspicious = invoice("F;CP 1");
    let public = world.fake.public_base();
    let post = |path: String, body: String| {
        let request = world
            .http
            .post(format!("{public}/prod/FCTEL/rest/{path}"))
            .header("content-type", "text/plain")
            .body(body);
        async move { request.send().await.unwrap() }
    };
    let verdict: Value = post("validare/FACT1".into(), good.clone())
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(verdict["stare"], "ok");
    assert_eq!(verdict["trace_id"].as_str().unwrap().len(), 36);
    let pdf = post("transformare/FACT1".into(), good.clone())
        .await
        .bytes()
        .await
        .unwrap();
    assert!(pdf.starts_with(b"%PDF-1.4") && pdf.ends_with(b"%%EOF\n"));
    let wrong = invoice("F-RESPINGE");
    for path in ["validare/FACT1", "transformare/FACT1"] {
        let verdict: Value = post(path.into(), wrong.clone()).await.json().await.unwrap();
        assert_eq!(verdict["stare"], "nok");
        assert!(!verdict["Messages"].as_array().unwrap().is_empty());
    }
    assert!(
        post("transformare/FACT1/DA".into(), wrong)
            .await
            .bytes()
            .await
            .unwrap()
            .starts_with(b"%PDF")
    );
    world
        .fake
        .set_limits(|limits| limits.document_bytes = 5_000);
    for (path, body, text) in [
        (
            "validare/FACT2",
            good.clone(),
            "Valorile acceptate pentru parametrul standard sunt FACT1 si FCN",
        ),
        (
            "validare/FACT1",
            good.clone() + &" ".repeat(5_000),
            "Marime fisier transmis mai mare de 5 MB.",
        ),
    ] {
        let verdict: Value = post(path.into(), body).await.json().await.unwrap();
        assert_eq!(verdict["Messages"][0]["message"], text);
    }
    let refused = post("transformare/FACT1/DA".into(), suspicious.clone()).await;
    assert_eq!(refused.status(), 200);
    assert!(
        refused.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(refused.text().await.unwrap().starts_with(
        "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with \
         your administrator.<br><br>Your support ID is: 9826645832961917351"
    ));
    assert!(
        post("transformare/FACT1".into(), suspicious)
            .await
            .bytes()
            .await
            .unwrap()
            .starts_with(b"%PDF")
    );
    for path in ["validare/", "validare", "transformare/FACT1/NU"] {
        let missing = post(path.into(), good.clone()).await;
        assert_eq!(missing.status(), 404, "{path}");
        let body: Value = missing.json().await.unwrap();
        assert_eq!(body["path"], format!("/FCTEL/rest/{path}"));
    }
    // Production only.
    let answer = world
        .http
        .post(format!("{public}/test/FCTEL/rest/validare/FACT1"))
        .body(good.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(
        (&body["path"], &body["error"]),
        (&"/FCTEL/rest/validare/FACT1".into(), &"Not Found".into())
    );
    // The other host wants a token.
    let url = world.url("/prod/FCTEL/rest/validare/FACT1");
    assert_eq!(
        world
            .http
            .post(&url)
            .body(good.clone())
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
    assert_eq!(
        world
            .http
            .post(&url)
            .bearer_auth(&world.bearer)
            .body(good)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test]
async fn registries() {
    let world = World::new().await;
    let ask = |path: &str, cui: u64| {
        let body = serde_json::json!([{"cui": cui, "data": "2026-07-01"}]);
        let request = world
            .http
            .post(format!("{}{path}", world.fake.public_base()))
            .json(&body);
        async move { request.send().await.unwrap() }
    };
    let own: u64 = CIF.parse().unwrap();
    let found: Value = ask("/api/PlatitorTvaRest/v9/tva", own)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(found["found"][0]["date_generale"]["cui"], own);
    let none = ask("/api/registruroefactura/v1/interogare", 999).await;
    assert_eq!(none.status(), 404);
    let none: Value = none.json().await.unwrap();
    assert_eq!(
        (&none["found"], &none["notFound"]),
        (&serde_json::json!([]), &serde_json::json!([999]))
    );
    // One request a second to each registry.
    let tva = "/api/PlatitorTvaRest/v9/tva";
    assert_eq!(ask(tva, own).await.status(), 429);
    world.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(ask(tva, own).await.status(), 200);
}
