//! Lists the messages of the last days and downloads the new ones into a folder.
//!
//! ```text
//! cargo run --example inbox -- FOLDER
//! ```
//!
//! Each archive is kept as `ID.zip`; what is there already is not fetched again, so it can be run every hour.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anaf_efactura::{DownloadZip, EFactura, Error, ErrorKind, Filter, Message, MessageQuery};
use examples::cli::{self, Arguments};
use examples::{Failure, Place, eprintln, println};
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};

const HELP: &str = "\
Lists the messages of the last days and downloads the new ones into a folder.

usage: cargo run --example inbox -- FOLDER [options]

    --days N     go back so many days, 1 to 60 (default 60)
    --received   only what was received
    --help       print this

Each archive is kept as ID.zip; what is there already is not fetched again. A fake
inside this program has a few invented messages.

Exit code: 0 everything is there; 1 some archives could not be had, or some
rows of the list not be read; 3 the list failed.
";

/// So many downloads at a time; the session keeps ANAF's limit for the minute whatever this is.
const AT_ONCE: usize = 4;
/// A run of this many downloads is long enough for a progress bar.
const LONG: usize = 10;

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, 3)
}

async fn run() -> Result<u8, Failure> {
    let mut words = Arguments::take(&[HELP, cli::ENVIRONMENT]);
    let days = words.option::<u32>("--days", "a number of days")?;
    let received = words.flag("--received");
    let folder = words.needed("FOLDER")?;
    words.end()?;
    let place = Place::find().await?;
    eprintln!("{}", place.whereabouts());
    let mut query = MessageQuery::new(place.cif);
    if let Some(days) = days {
        query = query.last_days(days);
    }
    if received {
        query = query.filter(Filter::Received);
    }
    let query = furnish(&place, query).await;
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let efactura = place.efactura()?;

    let listed = efactura.messages(&query)?.collect_all().await?;
    let known = |m: &Message| path(&folder, m).exists();
    let (old, new): (Vec<_>, Vec<_>) = listed.messages.into_iter().partition(known);
    println!("{} messages: {} new", old.len() + new.len(), new.len());
    for row in &listed.unreadable {
        println!("{row}");
    }

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
    Ok(u8::from(failed + listed.unreadable.len() > 0))
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
