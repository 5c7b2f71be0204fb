//! Failures on order: what arrives, and whether the operation was carried out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::time::{Duration, Instant};

use common::{World, invoice};
use fake_anaf::{CIF, Failure, On, Operation, RetryAfter};

const REST: &str = "/test/FCTEL/rest";

#[tokio::test]
async fn each_failure_is_what_it_says() {
    let world = World::new().await;
    let path = format!("{REST}/upload?standard=UBL&cif={CIF}");
    let after = |failure: Failure| failure.after_processing();
    let real = "<?xml version=\"1.0\"";
    // The failure, the status, the start of the body, a part of the content type, and whether the upload happened.
    for (number, (failure, status, start, content_type, happened)) in [
        (Failure::status(503), 503, "<html>", "html", false),
        (Failure::status(500), 500, "{\"", "json", false),
        (
            Failure::status(404),
            404,
            "{\"error\":\"Not Found\"",
            "json",
            false,
        ),
        (Failure::status(255), 255, "Mai multe", "plain", false),
        (Failure::status(7), 500, "{\"", "json", false),
        (after(Failure::status(502)), 502, "<html>", "html", true),
        (Failure::answer(418, "orice"), 418, "orice", "plain", false),
        (
            Failure::firewall_page(),
            200,
            "<html><head><title>Request Rejected</title>",
            "html",
            false,
        ),
        (Failure::login_page(), 200, "<!DOCTYPE html>", "html", false),
        (Failure::login_redirect(), 302, "", "plain", false),
        (Failure::technical_error(), 200, real, "xml", false),
        (
            Failure::oauth_255(),
            400,
            "{\"error\":\"255\"}",
            "json",
            false,
        ),
        (
            Failure::oauth_error("invalid_grant", Some("x")),
            400,
            "{\"error\":\"invalid_grant\"",
            "json",
            false,
        ),
        (Failure::empty_body(), 200, "", "xml", true),
        (Failure::truncated(), 200, real, "xml", true),
        (Failure::truncated_at(5), 200, "<?xml", "xml", true),
        (Failure::stray_bracket(), 200, real, "xml", true),
        (Failure::replaced("x"), 200, "x", "xml", true),
        (
            Failure::wrong_content_type("image/png"),
            200,
            real,
            "png",
            true,
        ),
        (
            Failure::late(Duration::from_millis(30)),
            200,
            real,
            "xml",
            true,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let before = world.fake.efactura().upload_count();
        world.fake.fail_next(Operation::Upload, failure.clone());
        assert_eq!(world.fake.failures_outstanding(), 1);
        let answer = world.post(&path, invoice(&format!("F-{number}"))).await;
        assert_eq!(answer.status().as_u16(), status, "{failure:?}");
        let kind = answer
            .headers()
            .get("content-type")
            .map_or("", |value| value.to_str().unwrap())
            .to_owned();
        let body = answer.text().await.unwrap();
        assert!(body.starts_with(start), "{failure:?}: {body}");
        assert!(kind.contains(content_type), "{failure:?}: {kind}");
        assert_eq!(
            world.fake.efactura().upload_count() - before,
            usize::from(happened),
            "{failure:?}"
        );
        assert_eq!(world.fake.failures_outstanding(), 0);
        assert!(world.fake.requests().last().unwrap().spoiled);
    }
    let good = world.post_text(&path, invoice("F-good")).await;
    world
        .fake
        .fail_next(Operation::Upload, Failure::truncated());
    assert!(world.post_text(&path, invoice("F-cut")).await.len() * 2 <= good.len() + 1);
    world
        .fake
        .fail_next(Operation::Upload, Failure::stray_bracket());
    assert!(
        world
            .post_text(&path, invoice("F-bracket"))
            .await
            .ends_with("/>}")
    );
}

#[tokio::test]
async fn technical_errors_have_the_shape_of_their_operation() {
    let world = World::new().await;
    let text = "A aparut o eroare tehnica. Cod: 123";
    for (path, posts, shape) in [
        (
            format!("{REST}/stareMesaj?id_incarcare=1"),
            false,
            format!("<Errors errorMessage=\"{text}\"/>"),
        ),
        (
            format!("{REST}/listaMesajeFactura?zile=1&cif={CIF}"),
            false,
            format!("\"eroare\":\"{text}\""),
        ),
        (
            format!("{REST}/descarcare?id=1"),
            false,
            format!("\"eroare\":\"{text}\""),
        ),
        (
            "/prod/FCTEL/rest/validare/FACT1".to_owned(),
            true,
            format!("\"Messages\":[{{\"message\":\"{text}\"}}]"),
        ),
        (
            format!("/test/ETRANSPORT/ws/v1/lista/1/{CIF}"),
            false,
            format!("\"Errors\":[{{\"errorMessage\":\"{text}\"}}]"),
        ),
        (
            format!("/test/ETRANSPORT/ws/v1/info?cui_op={CIF}"),
            false,
            format!("\"error\":\"{text}\""),
        ),
        (
            format!("/test/ETRANSPORT/ws/v1/upload/ETRANSP/{CIF}/2"),
            true,
            format!("\"Errors\":[{{\"errorMessage\":\"{text}\"}}]"),
        ),
    ] {
        world.fake.fail_next(On::Any, Failure::technical_error());
        let body = if posts {
            world.post_text(&path, "<x/>").await
        } else {
            world.get_text(&path).await
        };
        assert!(body.contains(&shape), "{path}: {body}");
    }
}

#[tokio::test]
async fn orders_are_counted_skipped_matched_and_forgotten() {
    let world = World::new().await;
    let hello = "/TestOauth/jaxrs/hello?name=x";
    let statuses = async |count: usize| {
        let mut seen = Vec::new();
        for _ in 0..count {
            seen.push(world.get(hello).await.status().as_u16());
        }
        seen
    };
    world.fake.fail(2, Operation::Hello, Failure::status(503));
    world
        .fake
        .fail_next(Operation::Upload, Failure::status(500));
    assert_eq!(statuses(3).await, [503, 503, 200]);
    assert_eq!(world.fake.failures_outstanding(), 1);
    world.fake.fail_after(1, "name=x", Failure::status(502));
    assert_eq!(statuses(3).await, [200, 502, 200]);
    world.fake.fail_always(
        "hello",
        Failure::too_many_requests(RetryAfter::Seconds, Duration::from_secs(7)),
    );
    assert_eq!(world.get(hello).await.headers()["retry-after"], "7");
    assert_eq!(statuses(2).await, [429, 429]);
    world.fake.clear_failures();
    assert_eq!(statuses(1).await, [200]);
    world
        .fake
        .slow_down(Operation::Hello, Duration::from_millis(80));
    let since = Instant::now();
    assert_eq!(statuses(1).await, [200]);
    assert!(since.elapsed() >= Duration::from_millis(80));
}
