//! The stores of one machine run the public conformance suite; `store_postgres` runs it on the store for many.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use std::sync::Arc;

use anaf_oauth::store::conformance::{self, Handle};
use support::Place;

const MANY: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn child_writes_until_killed() {
    support::child().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_conforms() {
    let store = support::memory();
    let open = async || Ok::<Handle, _>(Arc::new(store.clone()));
    conformance::all(&open).await.unwrap();
    conformance::many_grants(&open, MANY).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_conform() {
    let folder = support::fast_folder();
    Place::Folder(folder.path().join("store"))
        .conforms(MANY)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn encrypted_files_conform() {
    let folder = support::fast_folder();
    Place::Encrypted(folder.path().join("store"))
        .conforms(MANY)
        .await;
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_conforms() {
    let folder = support::fast_folder();
    Place::Sqlite(folder.path().join("store.db"))
        .conforms(MANY)
        .await;
}
