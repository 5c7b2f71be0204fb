//! The main road with a bare HTTP client: login, upload, verdict, archive, inbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use common::{World, attribute, invoice, unzip};
use fake_anaf::{BUYER_CIF, Operation};
use jiff::SignedDuration;
use serde_json::Value;

#[tokio::test]
async fn from_login_to_archive() {
    let mut world = World::new().await;
    let fake = world.fake.clone();
    fake.efactura().configure(|settings| {
        settings.processing = SignedDuration::from_secs(30);
        settings.indexing_lag = SignedDuration::from_mins(10);
    });

    let url = format!(
        "{}/authorize?response_type=code&client_id={}&redirect_uri={}&token_content_type=jwt&state=a%26b",
        fake.oauth_base(),
        fake.client_id(),
        fake.redirect_uri()
    );
    let redirect = world.http.get(&url).send().await.unwrap();
    assert_eq!(redirect.status(), 302);
    let callback = url::Url::parse(redirect.headers()["location"].to_str().unwrap()).unwrap();
    let parameter = |name: &str| {
        callback
            .query_pairs()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.into_owned())
    };
    assert_eq!(parameter("state").as_deref(), Some("a&b"));
    let code = parameter("code").unwrap();

    let tokens: Value = world
        .http
        .post(format!("{}/token", fake.oauth_base()))
        .basic_auth(fake.client_id(), Some(fake.client_secret()))
        .form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &fake.redirect_uri()),
            ("token_content_type", "jwt"),
        ])
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(tokens["expires_in"], 7_776_000);
    world.bearer = tokens["access_token"].as_str().unwrap().to_owned();
    assert!(
        world
            .get_text("/TestOauth/jaxrs/hello?name=Ana")
            .await
            .starts_with("Hello, Ana!\nheaders=key=")
    );

    let xml = invoice("F-1");
    let index = world.upload(&xml).await;
    assert!(world.stare(index).await.contains("stare=\"in prelucrare\""));
    world.clock.advance(SignedDuration::from_secs(30));
    let state = world.stare(index).await;
    assert_eq!(attribute(&state, "stare"), Some("ok"));
    let id = attribute(&state, "id_descarcare").unwrap();

    let archive = world
        .get(&format!("/test/FCTEL/rest/descarcare?id={id}"))
        .await
        .bytes()
        .await
        .unwrap();
    let mut entries = unzip(&archive);
    entries.sort();
    assert_eq!(entries[0].0, format!("{index}.xml"));
    assert_eq!(entries[0].1, xml.as_bytes());
    assert_eq!(entries[1].0, format!("semnatura_{index}.xml"));

    let list = format!("/test/FCTEL/rest/listaMesajeFactura?zile=1&cif={BUYER_CIF}");
    assert_eq!(
        world.get_json(&list).await["eroare"],
        "Nu exista mesaje in ultimele 1 zile"
    );
    world.clock.advance(SignedDuration::from_mins(10));
    let listed = world.get_json(&list).await;
    let entry = &listed["mesaje"][0];
    assert_eq!(entry["tip"], "FACTURA PRIMITA");
    assert_eq!(entry["id_solicitare"], index.to_string());
    assert_eq!(entry["data_creare"], "202607011210");
    assert_ne!(entry["id"], id);
    assert_eq!(fake.count(Operation::StareMesaj), 2);
    assert_eq!(fake.efactura().uploads()[0].body.as_ref(), xml.as_bytes());
}
