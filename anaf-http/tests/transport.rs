//! The real transport against a small TCP server that misbehaves on order.
#![cfg(feature = "rustls")]
#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use anaf_http::{
    Body, Delivery, ErrorKind, HttpTransport, Method, Timeouts, Transport, WireRequest,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a connection.
#[derive(Clone, Copy)]
enum Behaviour {
    Answer(&'static str),
    /// Writes a head without a length, then this many bytes, then closes.
    Flood(usize),
    ResetUnread,
    ResetAfterReading,
    Stall,
    StallInBody,
}

async fn serve(behaviour: Behaviour) -> url::Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream, behaviour));
        }
    });
    format!("http://127.0.0.1:{port}/x?cif=1900101123456")
        .parse()
        .unwrap()
}

async fn behave(mut stream: TcpStream, behaviour: Behaviour) {
    if !matches!(behaviour, Behaviour::ResetUnread) {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
    }
    match behaviour {
        Behaviour::Answer(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Behaviour::Flood(bytes) => {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
                .await;
            let part = vec![b'x'; 64 * 1024];
            let mut left = bytes;
            while left > 0 && stream.write_all(&part).await.is_ok() {
                left = left.saturating_sub(part.len());
            }
        }
        Behaviour::ResetUnread | Behaviour::ResetAfterReading => {
            let _ = stream.set_zero_linger();
        }
        Behaviour::Stall => tokio::time::sleep(Duration::from_secs(30)).await,
        Behaviour::StallInBody => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
            let _ = stream.write_all(head).await;
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
    }
}

fn short() -> Timeouts {
    Timeouts::default()
        .read(Duration::from_millis(300))
        .total(Duration::from_millis(600))
}

async fn outcome(url: url::Url) -> Result<(u16, usize), (ErrorKind, Delivery)> {
    let transport = HttpTransport::new(Timeouts::default()).unwrap();
    let request = WireRequest::new(Method::Get, url, Body::None)
        .timeouts(short())
        .cap(1000);
    match transport.send(request).await {
        Ok(answer) => Ok((answer.status, answer.body.len())),
        Err(error) => {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("1900101123456"), "{shown}");
            Err((error.kind(), error.delivery()))
        }
    }
}

#[tokio::test]
async fn each_way_of_failing_has_its_kind_and_delivery() {
    use Behaviour as B;
    use Delivery::{Answered, MaybeSent};
    use ErrorKind as K;
    let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let cases = [
        ("answer", B::Answer(ok), Ok((200, 2))),
        (
            "status 255",
            B::Answer("HTTP/1.1 255 Err\r\ncontent-length: 0\r\n\r\n"),
            Ok((255, 0)),
        ),
        (
            "redirect is not followed",
            B::Answer("HTTP/1.1 302 Found\r\nlocation: /y\r\ncontent-length: 0\r\n\r\n"),
            Ok((302, 0)),
        ),
        (
            "announced too large",
            B::Answer("HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n"),
            Err((K::TooLarge, Answered)),
        ),
        (
            "flooded",
            B::Flood(200_000_000),
            Err((K::TooLarge, Answered)),
        ),
        (
            "cut short",
            B::Answer("HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\nhalf"),
            Err((K::Truncated, Answered)),
        ),
        (
            "no answer",
            B::Answer(""),
            Err((K::ConnectionLost, MaybeSent)),
        ),
        (
            "reset unread",
            B::ResetUnread,
            Err((K::ConnectionLost, MaybeSent)),
        ),
        (
            "reset after reading",
            B::ResetAfterReading,
            Err((K::ConnectionLost, MaybeSent)),
        ),
        ("stalled", B::Stall, Err((K::Timeout, MaybeSent))),
        (
            "stalled in the body",
            B::StallInBody,
            Err((K::Timeout, Answered)),
        ),
    ];
    for (name, behaviour, expected) in cases {
        assert_eq!(outcome(serve(behaviour).await).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_refused_connection_was_certainly_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    drop(listener);
    assert_eq!(
        outcome(url).await,
        Err((ErrorKind::Connect, Delivery::NotSent))
    );
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_refused_here() {
    let url = serve(Behaviour::Stall).await;
    let request =
        WireRequest::new(Method::Get, url, Body::None).header("authorization", "Bearer a\nb");
    let error = HttpTransport::new(Timeouts::default())
        .unwrap()
        .send(request)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::InvalidInput, Delivery::NotSent)
    );
}
