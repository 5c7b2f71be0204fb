//! TLS to PostgreSQL: a front with a certificate of its own stands before the server that the tests have.

use std::io::Write as _;
use std::sync::Arc;

use crate::support::postgres::Schema;
use anaf_oauth::store::{PostgresSettings, StoreError, TokenStore as _};
use rcgen::generate_simple_self_signed;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Answers a client's wish for TLS, unwraps it, and passes everything on. Gives its port and its certificate.
async fn front(server: String) -> (u16, String) {
    let made = generate_simple_self_signed(vec!["db.example".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (acceptor, server) = (acceptor.clone(), server.clone());
            tokio::spawn(async move {
                // SSLRequest: length 8, code 80877103.
                let mut request = [0; 8];
                client.read_exact(&mut request).await.unwrap();
                assert_eq!(
                    request,
                    [0, 0, 0, 8, 4, 210, 22, 47],
                    "a client spoke without TLS"
                );
                client.write_all(b"S").await.unwrap();
                let Ok(mut client) = acceptor.accept(client).await else {
                    return;
                };
                let mut server = TcpStream::connect(server).await.unwrap();
                drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    (port, made.cert.pem())
}

pub(crate) async fn a_server_must_prove_its_name(schema: Schema) {
    let Some((user, host, port, database)) = schema.parts() else {
        // Not by a print macro: the test runner hides those of tests that pass.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: the test of TLS needs a PostgreSQL URL with a host and no password"
        );
        return;
    };
    let (front, certificate) = front(format!("{host}:{port}")).await;
    let url = |name: &str| {
        format!(
            "host={name} hostaddr=127.0.0.1 port={front} user={user} dbname={database} sslmode=require"
        )
    };

    let settings = PostgresSettings::new(&url("db.example"), schema.name())
        .root_certificates(certificate.clone());
    let store = settings.open_or_create().await.unwrap();
    assert_eq!(store.schema_version().await.unwrap(), 1);

    // A name that is not in the certificate; a certificate that nobody here trusts; no certificate at all.
    let wrong_name =
        PostgresSettings::new(&url("other.example"), schema.name()).root_certificates(certificate);
    let error = wrong_name.open().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    let unknown = PostgresSettings::new(&url("db.example"), schema.name());
    let error = unknown.clone().open().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    let error = unknown
        .root_certificates("no PEM")
        .open()
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Invalid { .. }), "{error}");
    schema.drop().await;
}
