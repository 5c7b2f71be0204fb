//! Lists the messages of the last days and downloads the new ones into a folder.
//!
//! ```text
//! cargo run --example inbox -- FOLDER [--days N] [--received]
//! ```
//!
//! Each archive is kept as `ID.zip`; what is there already is not fetched again, so it can be run every hour. Where ANAF
//! is, and for which company: the variables of `examples/src/lib.rs`; without any, a fake inside this program with a few
//! invented messages.
//!
//! The exit code: 0 everything is there, 1 some archives could not be had, 3 the list failed.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to the terminal"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anaf_efactura::{DownloadZip, EFactura, Error, ErrorKind, Filter, Message, MessageQuery};
use examples::{Failure, Place};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};

/// So many downloads at a time; the session keeps ANAF's limit for the minute whatever this is.
const AT_ONCE: usize = 4;
/// A run of this many downloads is long enough for a progress bar.
const LONG: usize = 10;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

async fn run() -> Result<usize, Failure> {
    let place = Place::find().await?;
    let (folder, query) = arguments(&place)?;
    let query = furnish(&place, query).await;
    std::fs::create_dir_all(&folder)?;
    let efactura = place.efactura()?;

    let messages = efactura.messages(&query)?.collect().await?;
    let known = |m: &Message| path(&folder, m).exists();
    let (old, new): (Vec<_>, Vec<_>) = messages.into_iter().partition(known);
    println!("{} messages: {} new", old.len() + new.len(), new.len());

    let bar = match new.len() {
        0..LONG => ProgressBar::hidden(),
        long => ProgressBar::new(long as u64).with_style(ProgressStyle::with_template(
            "{wide_bar} {pos}/{len}, {eta} left",
        )?),
    };
    let failed = stream::iter(new)
        .map(|message| fetch(&efactura, &folder, message))
        .buffer_unordered(AT_ONCE)
        .inspect(|_| bar.inc(1))
        .filter_map(async |result| report(&bar, result))
        .count()
        .await;
    bar.finish_and_clear();
    if failed > 0 {
        println!("{failed} archives could not be had");
    }
    Ok(failed)
}

fn arguments(place: &Place) -> Result<(PathBuf, MessageQuery), Failure> {
    let mut query = MessageQuery::new(place.cif);
    let mut folder = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--days" => {
                let days = words.next().ok_or("--days takes a number")?;
                query = query.last_days(days.parse()?);
            }
            "--received" => query = query.filter(Filter::Received),
            word if word.starts_with("--") => return Err(format!("unknown option {word}").into()),
            word => folder = Some(PathBuf::from(word)),
        }
    }
    Ok((folder.ok_or("which folder? inbox FOLDER")?, query))
}

/// The embedded fake has an empty inbox: some messages are put there.
async fn furnish(place: &Place, query: MessageQuery) -> MessageQuery {
    let Some(fake) = &place.fake else {
        return query;
    };
    fake.efactura()
        .deliver_many(fake_anaf::Env::Test, place.cif.digits(), "FURNIZOR", 12);
    // It reads the same clock, so the window may end now; it is asked for in whole milliseconds.
    tokio::time::sleep(Duration::from_millis(2)).await;
    query.margin(Duration::ZERO)
}

fn path(folder: &Path, message: &Message) -> PathBuf {
    folder.join(format!("{}.zip", message.id))
}

/// Fetches one archive. It gets its name only when it is whole: a run that is broken off leaves nothing half-done.
async fn fetch(
    efactura: &EFactura,
    folder: &Path,
    message: Message,
) -> (Message, Result<(), Failure>) {
    let fetched = async {
        let download = DownloadZip::new(message.id.clone());
        let zip = efactura.session().call(&download).await?;
        let path = path(folder, &message);
        let part = path.with_extension("part");
        std::fs::write(&part, &zip)?;
        std::fs::rename(&part, &path)?;
        Ok(())
    };
    let fetched = fetched.await;
    (message, fetched)
}

fn report(bar: &ProgressBar, (message, result): (Message, Result<(), Failure>)) -> Option<()> {
    let line = |text: String| match bar.is_hidden() {
        true => println!("{text}"),
        false => bar.println(text),
    };
    let Err(error) = result else {
        line(format!("{}  {}", message.id, message.kind));
        return None;
    };
    let kind = error.downcast_ref::<Error>().map(Error::kind);
    line(format!("{}  {}: {error}", message.id, message.kind));
    // The list shows messages that are too old to be downloaded; nothing can be done about those.
    (kind != Some(ErrorKind::Gone)).then_some(())
}
