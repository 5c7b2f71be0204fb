//! The store for many machines, on a real server. Where there is none, all of this counts as ignored, which the built-in
//! test runner has no way to say.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod schema;
mod silence;
#[path = "../support/mod.rs"]
mod support;
mod tls;

use std::future::Future;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};
use support::postgres::Schema;
use tokio::runtime::{Builder, Runtime};

const MANY: usize = 10_000;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if support::is_child() {
        runtime().block_on(support::child());
        return ExitCode::SUCCESS;
    }
    let server = runtime().block_on(Schema::new()).is_some();
    let trials = vec![
        trial(server, "postgres_conforms", conforms),
        trial(
            server,
            "a_schema_of_version_1_is_opened",
            schema::a_schema_of_version_1_is_opened,
        ),
        trial(
            server,
            "instances_that_start_at_once_make_one_schema",
            schema::instances_that_start_at_once_make_one_schema,
        ),
        trial(
            server,
            "a_silent_connection_is_not_used_again",
            silence::a_silent_connection_is_not_used_again,
        ),
        trial(
            server,
            "a_server_must_prove_its_name",
            tls::a_server_must_prove_its_name,
        ),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial<F: Future<Output = ()>>(
    server: bool,
    name: &str,
    run: impl FnOnce(Schema) -> F + Send + 'static,
) -> Trial {
    let body = move || {
        runtime().block_on(async {
            let schema = Schema::new().await.ok_or("no PostgreSQL server")?;
            run(schema).await;
            Ok(())
        })
    };
    Trial::test(name, body).with_ignored_flag(!server)
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(4).enable_all().build().unwrap()
}

async fn conforms(schema: Schema) {
    schema.place().conforms(MANY).await;
    schema.drop().await;
}
