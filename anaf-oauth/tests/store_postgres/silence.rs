//! A PostgreSQL server that falls silent: its connection is given up, and the next call gets another one.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::postgres::Schema;
use anaf_oauth::store::{GrantKey, PostgresSettings, StoreError, TokenStore as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What stands before the server.
#[derive(Default)]
struct Front {
    connections: AtomicUsize,
    /// Connections made so far say nothing any more.
    silent: AtomicBool,
}

impl Front {
    async fn start(self: Arc<Self>, server: String) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                self.connections.fetch_add(1, Ordering::SeqCst);
                let first = !self.silent.load(Ordering::SeqCst);
                let server = TcpStream::connect(&server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::spawn(pass(from_client, to_server, None));
                let silenced = first.then(|| self.clone());
                tokio::spawn(pass(from_server, to_client, silenced));
            }
        });
        port
    }
}

/// Passes bytes on, unless they are to be swallowed.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, front: Option<Arc<Front>>) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let silent = front.as_ref().map(|front| &front.silent);
        if silent.is_some_and(|silent| silent.load(Ordering::SeqCst)) {
            continue;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}

pub(crate) async fn a_silent_connection_is_not_used_again(schema: Schema) {
    let Some((user, host, port, database)) = schema.parts() else {
        // Not by a print macro: the test runner hides those of tests that pass.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: the test of a silent server needs a PostgreSQL URL with a host and no password"
        );
        return;
    };
    let front = Arc::new(Front::default());
    let door = front.clone().start(format!("{host}:{port}")).await;
    let url = format!("postgres://{user}@127.0.0.1:{door}/{database}");
    let patience = Duration::from_millis(400);
    let store = PostgresSettings::new(&url, schema.name())
        .connections(1)
        .patience(patience)
        .open_or_create()
        .await
        .unwrap();
    let key = GrantKey::new("acme").unwrap();
    for _ in 0..3 {
        store.load(&key).await.unwrap();
    }
    assert_eq!(front.connections.load(Ordering::SeqCst), 1);

    front.silent.store(true, Ordering::SeqCst);
    let error = store.load(&key).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("in time"), "{error}");
    for _ in 0..3 {
        store.load(&key).await.unwrap();
    }
    assert_eq!(front.connections.load(Ordering::SeqCst), 2);
    schema.drop().await;
}
