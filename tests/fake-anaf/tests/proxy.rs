//! The fault proxy: what the client sees, and whether the operation happened.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::error::Error as _;
use std::time::Duration;

use common::{World, invoice};
use fake_anaf::{CIF, Fault, FaultProxy};

/// The kind of I/O error at the bottom of reqwest's chain.
fn io_kind(error: &reqwest::Error) -> Option<std::io::ErrorKind> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return Some(io.kind());
        }
        cause = inner.source();
    }
    None
}

#[tokio::test]
async fn each_fault_is_what_it_says() {
    let world = World::new().await;
    let proxy = FaultProxy::start(world.fake.address()).await.unwrap();
    let url = format!(
        "{}/test/FCTEL/rest/upload?standard=UBL&cif={CIF}",
        proxy.base_url()
    );
    for (number, fault) in [
        Fault::ResetBeforeRead,
        Fault::ResetAfterRead,
        Fault::ResetAfterForward,
        Fault::CloseAfterForward,
        Fault::StallBeforeRead,
        Fault::StallAfterRead,
        Fault::StallAfterForward,
        Fault::CutBody(20),
        Fault::CutBodyAndReset(20),
        Fault::StallBody(20),
    ]
    .into_iter()
    .enumerate()
    {
        let before = world.fake.efactura().upload_count();
        proxy.next_on("/upload", fault);
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_millis(400))
            .build()
            .unwrap();
        let sent = http
            .post(&url)
            .bearer_auth(&world.bearer)
            .body(invoice(&format!("P-{number}")))
            .send()
            .await;
        let outcome = match sent {
            Ok(answer) => answer.text().await,
            Err(error) => Err(error),
        };
        let error = outcome.expect_err(&format!("{fault:?}"));
        assert_eq!(
            error.is_timeout(),
            format!("{fault:?}").starts_with("Stall"),
            "{fault:?}: {error:?}"
        );
        assert!(!error.is_connect(), "{fault:?}: {error:?}");
        let happened = world.fake.efactura().upload_count() - before;
        assert_eq!(
            happened,
            usize::from(fault.operation_happens()),
            "{fault:?}"
        );
        assert_eq!(proxy.outstanding(), 0);
        if matches!(
            fault,
            Fault::ResetBeforeRead | Fault::ResetAfterRead | Fault::ResetAfterForward
        ) {
            assert_eq!(
                io_kind(&error),
                Some(std::io::ErrorKind::ConnectionReset),
                "{fault:?}: {error:?}"
            );
        }
        // The next request is not touched.
        let next = http
            .post(&url)
            .bearer_auth(&world.bearer)
            .body(invoice(&format!("Q-{number}")))
            .send()
            .await;
        assert_eq!(next.unwrap().status(), 200, "{fault:?}");
    }
}

#[tokio::test]
async fn refused_and_back_again() {
    let world = World::new().await;
    let proxy = FaultProxy::start(world.fake.address()).await.unwrap();
    let url = format!("{}/TestOauth/jaxrs/hello?name=x", proxy.base_url());
    let http = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    let get = || http.get(&url).bearer_auth(&world.bearer).send();
    assert_eq!(get().await.unwrap().status(), 200);
    for _ in 0..3 {
        proxy.refuse().await;
        let error = get().await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        assert_eq!(io_kind(&error), Some(std::io::ErrorKind::ConnectionRefused));
        proxy.accept_again().await;
        assert_eq!(get().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn idle_connections_are_reset_and_reused_ones_too() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new().await;
    let proxy = FaultProxy::start(world.fake.address()).await.unwrap();
    let request = format!(
        "GET /TestOauth/jaxrs/hello HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        world.bearer
    );
    let mut buffer = vec![0; 4096];

    let mut connection = tokio::net::TcpStream::connect(proxy.address())
        .await
        .unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    assert!(connection.read(&mut buffer).await.unwrap() > 0);
    proxy.reset_idle().await;
    assert_eq!(
        connection.read(&mut buffer).await.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );

    proxy.next(Fault::ResetReused);
    let mut connection = tokio::net::TcpStream::connect(proxy.address())
        .await
        .unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    assert!(connection.read(&mut buffer).await.unwrap() > 0);
    connection.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(
        connection.read(&mut buffer).await.unwrap_err().kind(),
        std::io::ErrorKind::ConnectionReset
    );
    assert_eq!(proxy.connections(), 2);
    assert_eq!(proxy.forwarded(), 2);
}
