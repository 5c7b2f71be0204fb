//! Orders over HTTP, as a test in another language gives them; and the whole road walked by such a program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking"
)]

mod common;

use std::process::Command;

use common::{World, invoice};
use fake_anaf::{CIF, FakeAnaf, Operation};
use jiff::SignedDuration;
use serde_json::Value;

impl World {
    async fn order(&self, order: &str) -> Value {
        let answer = self
            .http
            .post(self.url(&format!("/_fake/{order}")))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{order}");
        answer.json().await.unwrap()
    }
}

#[tokio::test]
async fn orders_over_http() {
    let world = World::new().await;
    let hello = "/TestOauth/jaxrs/hello?name=x";
    world.order("fail?operation=Hello&status=502&times=2").await;
    assert_eq!(world.get(hello).await.status(), 502);
    world.order("clear-failures").await;
    assert_eq!(world.get(hello).await.status(), 200);
    world.order("fail?path=hello&kind=429&retry-after=9").await;
    assert_eq!(world.get(hello).await.headers()["retry-after"], "9");
    for (kind, start) in [
        ("firewall", "<html>"),
        ("truncated", "Hello"),
        ("empty", ""),
        ("login-page", "<!DOCTYPE"),
    ] {
        world.order(&format!("fail?kind={kind}")).await;
        assert!(world.get_text(hello).await.starts_with(start), "{kind}");
    }
    assert_eq!(
        world.order("settings?processing=30&indexing-lag=5").await["processing"],
        30
    );
    let index = world.upload(&invoice("F-1")).await;
    assert!(world.stare(index).await.contains("in prelucrare"));
    assert_eq!(
        world.order("clock?advance=30").await["now"],
        "2026-07-01T09:00:30Z"
    );
    assert!(world.stare(index).await.contains("\"ok\""));
    assert_eq!(
        world.order("deliver?cif=20000021&count=3").await["id_incarcare"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    world.order("expire-access-tokens").await;
    assert_eq!(world.get(hello).await.status(), 401);
    world.order("refuse-login").await;
    let url = format!(
        "{}/authorize?response_type=code&client_id={}&redirect_uri={}",
        world.fake.oauth_base(),
        world.fake.client_id(),
        world.fake.redirect_uri()
    );
    assert!(
        world
            .fake
            .log_in(&url)
            .unwrap()
            .ends_with("error=access_denied")
    );
    let overview: Value = world.open_json("/_fake/").await;
    assert_eq!(
        overview["counts"]["Hello"],
        world.fake.count(Operation::Hello)
    );
    assert_eq!(overview["people"][0]["cifs"][0], CIF);
    let log: Value = world.open_json("/_fake/requests").await;
    assert_eq!(log[0]["status"], 502);
    assert_eq!(log[0]["operation"], "Hello");
    for wrong in [
        "fail?operation=Nimic",
        "fail?kind=nimic",
        "clock",
        "clock?advance=x",
        "deliver",
        "nimic",
        "fail?times=x",
    ] {
        let answer = world
            .http
            .post(world.url(&format!("/_fake/{wrong}")))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{wrong}");
    }
}

/// A client of Python's standard library alone, which knows nothing of this fake but three base URLs and what ANAF's
/// documents say.
#[tokio::test]
async fn a_client_in_another_language() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client.py");
    let fake = FakeAnaf::start().await;
    fake.efactura()
        .configure(|settings| settings.processing = SignedDuration::from_secs(1));
    fake.oauth()
        .configure(|settings| settings.login_page = true);
    let run = Command::new("python3")
        .arg(script)
        .args([fake.oauth_base(), fake.api_base(), fake.public_base()])
        .args([
            fake.client_id(),
            fake.client_secret(),
            fake.redirect_uri(),
            fake.cif(),
        ])
        .output();
    let Ok(output) = run else {
        println!("SKIPPED: no python3 on this machine");
        return;
    };
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.ends_with("done\n"), "{out}\n{err}");
    assert_eq!(fake.efactura().upload_count(), 1);
}
