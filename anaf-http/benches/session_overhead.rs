//! What the session costs over bare reqwest with the same connection pool, in one run against the same server.
//!
//! `cargo bench -p anaf-http --bench session_overhead`; the ratio should stay at or
//! below 1.10 at both concurrencies. Rounds of the two alternate, and the median of their ratios is printed.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anaf_http::{
    Answer, Endpoints, Environment, Error, FixedBearer, Host, Limits, Operation, Request, Session,
};
use anaf_types::answer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CALLS: usize = 4000;
const ROUNDS: usize = 15;
const VERDICT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><header xmlns="mfp:anaf:dgti:efactura:stareMesajFactura:v1" stare="ok" id_descarcare="1234"/>"#;

struct Status;

impl Operation for Status {
    type Output = bool;

    fn request(&self, environment: Environment) -> Result<Request, Error> {
        let path = format!("{environment}/FCTEL/rest/stareMesaj");
        Ok(
            Request::get("bench.status", "{env}/FCTEL/rest/stareMesaj", path)
                .with("id_incarcare", "3828"),
        )
    }

    fn read(&self, answer: Answer) -> Result<bool, Error> {
        Ok(answer::header(&answer)?.attribute("stare") == Some("ok"))
    }
}

/// A server on a thread of its own that answers every request with the same verdict.
fn server() -> String {
    let (told, port) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(listener.local_addr().unwrap().port()).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_all(stream));
            }
        });
    });
    format!("http://127.0.0.1:{}", port.recv().unwrap())
}

async fn answer_all(mut stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n\r\n{VERDICT}",
        VERDICT.len()
    );
    let mut buffer = [0; 8192];
    let mut seen = 0;
    while let Ok(read) = stream.read(&mut buffer[seen..]).await {
        if read == 0 {
            return;
        }
        seen += read;
        if buffer[..seen].ends_with(b"\r\n\r\n") {
            seen = 0;
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

async fn timed<F, Fut>(concurrency: usize, call: F) -> Duration
where
    F: Fn() -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send,
{
    let began = Instant::now();
    let tasks: Vec<_> = (0..concurrency)
        .map(|_| {
            let call = call.clone();
            tokio::spawn(async move {
                for _ in 0..CALLS / concurrency {
                    call().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    began.elapsed()
}

async fn compare(base: &str, concurrency: usize) {
    let endpoints = Endpoints::anaf().with(Host::Api, base).unwrap();
    let session = Session::builder(Environment::Test)
        .endpoints(endpoints)
        .bearer(FixedBearer::new("token"))
        .limits(Limits::published().per_minute(u32::MAX))
        .build()
        .unwrap();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .tcp_nodelay(true)
        .pool_idle_timeout(Duration::from_secs(20))
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    let url: Arc<str> = format!("{base}/test/FCTEL/rest/stareMesaj?id_incarcare=3828").into();
    let bare = move || {
        let (client, url) = (client.clone(), url.clone());
        async move {
            let request = client
                .get(&*url)
                .bearer_auth("token")
                .timeout(Duration::from_secs(180));
            let body = request.send().await.unwrap().bytes().await.unwrap();
            assert!(body.len() == VERDICT.len());
        }
    };
    let ours = move || {
        let session = session.clone();
        async move { assert!(session.call(&Status).await.unwrap()) }
    };
    timed(concurrency, bare.clone()).await;
    timed(concurrency, ours.clone()).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let bare = timed(concurrency, bare.clone()).await;
        let ours = timed(concurrency, ours.clone()).await;
        rounds.push((ours.as_secs_f64() / bare.as_secs_f64(), bare, ours));
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, bare, ours) = rounds[ROUNDS / 2];
    let each = |d: Duration| d.as_secs_f64() * 1e6 / CALLS as f64;
    println!(
        "concurrency {concurrency:>2}: bare {:>6.1} us a call, session {:>6.1} us a call, ratio {ratio:.3} (median of {ROUNDS}; {:.3} to {:.3})",
        each(bare),
        each(ours),
        rounds[0].0,
        rounds[ROUNDS - 1].0
    );
}

fn main() {
    let base = server();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        for concurrency in [1, 64] {
            compare(&base, concurrency).await;
        }
    });
}
