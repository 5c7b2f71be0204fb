//! The declarations of the last days as a table.
//!
//! ```text
//! cargo run --example etransport_list -- [DAYS]
//! ```
//!
//! Without anything set it talks to a fake of ANAF inside this program, where it files one notification first, so that
//! there is something to list. With `ANAF_ENV`, `ANAF_CIF` and a login it lists what ANAF has.

use std::process::ExitCode;

use anaf_etransport::codes::{Code, Coded};
use anaf_etransport::{ListRow, Moment};
use examples::cli::{self, Arguments};
use examples::{Failure, Place, eprintln, println, transport};

const HELP: &str = "\
Prints the declarations of the last days as a table.

usage: cargo run --example etransport_list -- [DAYS]

    DAYS     1 to 60 (default 7)
    --help   print this

Exit code: 0 the list is printed, or empty; 1 something went wrong.
";

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, 1)
}

async fn run() -> Result<u8, Failure> {
    let mut words = Arguments::take(&[HELP, cli::ENVIRONMENT]);
    let days: u8 = match words.word()? {
        Some(days) => days
            .parse()
            .map_err(|_| format!("`{days}` is not a number of days"))?,
        None => 7,
    };
    words.end()?;
    let place = Place::find().await?;
    eprintln!("{}", place.whereabouts());
    let etransport = place.etransport()?;
    if place.fake.is_some() {
        let now = etransport.session().clock().now();
        let receipt = etransport
            .upload(&transport::declaration(transport::SAMPLE, place.cif, now)?)
            .await?;
        let _verdict = etransport.wait(receipt).await?;
    }
    let mut list = etransport.list(place.cif, days).await?;
    if list.rows.is_empty() {
        println!("no declarations in the last {days} days");
        return Ok(0);
    }
    // ANAF's order is none: the newest first.
    list.rows
        .sort_by(|a, b| written(&b.created).cmp(written(&a.created)));
    println!(
        "{:<16} {:<20} {:<14} {:<6} {:<17} {:<10} {:>12} {:<20}",
        "filed", "what", "state", "op", "UIT", "vehicle", "gross kg", "partner"
    );
    for row in &list.rows {
        print_row(row);
    }
    println!("{} declarations in the last {days} days", list.rows.len());
    Ok(0)
}

fn print_row(row: &ListRow) {
    let created = row.created.as_ref().and_then(|moment| moment.at);
    let created = created.map_or_else(
        || written(&row.created).to_owned(),
        |at| at.strftime("%d.%m.%Y %H:%M").to_string(),
    );
    let operation = row.operation.as_ref();
    let operation = operation.map(|op| op.known().map_or(op.code(), |op| op.abbreviation()));
    let uit = row.uit.as_ref().map_or("-", |uit| uit.as_str());
    let gross = row
        .gross_weight
        .map(|kilograms| kilograms.to_string())
        .unwrap_or_default();
    println!(
        "{created:<16} {:<20} {:<14} {:<6} {uit:<17} {:<10} {gross:>12} {:<20}",
        name(&row.kind),
        name(&row.state),
        operation.unwrap_or("-"),
        row.vehicle.as_deref().unwrap_or("-"),
        row.partner_name.as_deref().unwrap_or("-"),
    );
    for message in &row.messages {
        println!(
            "    {}: {}",
            name(&message.kind),
            message.text.as_deref().unwrap_or_default()
        );
    }
}

/// The Romanian name of a code, or the code itself where it is new.
fn name<T: Code>(code: &Option<Coded<T>>) -> String {
    match code {
        None => "-".to_owned(),
        Some(code) => match code.known() {
            Some(entry) => entry.name().to_owned(),
            None => code.code().to_owned(),
        },
    }
}

fn written(moment: &Option<Moment>) -> &str {
    moment.as_ref().map_or("", |moment| &moment.text)
}
