//! The schema: version 1 is opened, and instances that start together make one.

use anaf_oauth::store::{PostgresStore, StoreError, TokenStore as _};

use crate::support::postgres::Schema;
use crate::support::version_1;

pub(crate) async fn a_schema_of_version_1_is_opened(schema: Schema) {
    schema
        .run(include_str!("../fixtures/postgres-store-1.sql"))
        .await;
    let store = PostgresStore::open(schema.url(), schema.name())
        .await
        .unwrap();
    version_1::check(&store).await;
    let error = PostgresStore::create(schema.url(), schema.name())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Place { .. }), "{error}");
    schema
        .run("UPDATE {s}.schema_version SET version = 99")
        .await;
    let error = PostgresStore::open(schema.url(), schema.name())
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::TooNew { found: 99, .. }),
        "{error}"
    );
    schema.drop().await;
}

pub(crate) async fn instances_that_start_at_once_make_one_schema(schema: Schema) {
    let error = PostgresStore::open(schema.url(), schema.name())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Place { .. }), "{error}");
    let starts = (0..8).map(|_| {
        let (url, name) = (schema.url().to_owned(), schema.name().to_owned());
        tokio::spawn(async move { PostgresStore::open_or_create(&url, &name).await })
    });
    for start in starts.collect::<Vec<_>>() {
        let store = start.await.unwrap().unwrap();
        assert_eq!(store.schema_version().await.unwrap(), 1);
        assert!(!format!("{store:?}").contains("postgres://"));
    }
    schema.drop().await;
}
