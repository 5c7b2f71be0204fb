//! Declares a transport, waits until its UIT is valid, changes the vehicle, and confirms that the goods arrived.
//!
//! ```text
//! cargo run --example etransport_declare -- [FILE]
//! ```
//!
//! Without anything set it talks to a fake of ANAF inside this program, and files `examples/etransport.toml`. With
//! `ANAF_ENV`, `ANAF_CIF` and a login (see the library of the examples) it talks to ANAF; then the file must be named.

use std::process::ExitCode;

use anaf_etransport::codes::{ConfirmationType, Operation};
use anaf_etransport::{
    Action, Confirmation, Declaration, ETransport, Uit, Validated, Validity, VehicleChange,
    VehicleNumber, Verdict,
};
use examples::cli::{self, Arguments};
use examples::{Failure, Place, eprintln, println, transport};

const HELP: &str = "\
Declares a transport, waits until its UIT is valid, changes the vehicle, and confirms
that the goods arrived.

usage: cargo run --example etransport_declare -- [FILE]

    FILE     the notification, as in examples/etransport.toml (default: that one; with
             the real ANAF a file must be named)
    --help   print this

Exit code: 0 all was accepted; 1 something went wrong.
";

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, 1)
}

async fn run() -> Result<u8, Failure> {
    let mut words = Arguments::take(&[HELP, cli::ENVIRONMENT]);
    let path = words.path()?;
    words.end()?;
    let named = match &path {
        Some(path) => Some(String::from_utf8(cli::read(path)?)?),
        None => None,
    };
    let place = Place::find().await?;
    eprintln!("{}", place.whereabouts());
    let toml = match named {
        Some(toml) => toml,
        None if place.is_real() => {
            return Err("with the real ANAF, name the file to be filed".into());
        }
        None => transport::SAMPLE.to_owned(),
    };
    let etransport = place.etransport()?;
    let now = etransport.session().clock().now();

    println!("1. The notification");
    let notification = transport::declaration(&toml, place.cif, now)?;
    println!("   valid by the official schema and rules");
    let uit = file(&etransport, &notification).await?;
    let uit = uit.ok_or("ANAF's answer had no UIT")?;
    show_days(&notification, &uit);

    println!("\n2. Another vehicle");
    let vehicle: VehicleNumber = "B88ABC".parse()?;
    let change =
        VehicleChange::of(uit, vehicle, etransport.session().clock().now()).remarks("defecțiune");
    file(&etransport, &declared(&place, change)?).await?;

    println!("\n3. The goods have arrived");
    let confirmation = Confirmation::of(uit, ConfirmationType::Confirmed);
    file(&etransport, &declared(&place, confirmation)?).await?;
    println!("\ndone");
    Ok(0)
}

fn declared(place: &Place, action: impl Into<Action>) -> Result<Validated<Declaration>, Failure> {
    Ok(Declaration::new(place.cif, action).validate()?)
}

/// Files a declaration and waits until ANAF accepts it. Gives the UIT, valid now, that its answer names.
async fn file(
    etransport: &ETransport,
    declaration: &Validated<Declaration>,
) -> Result<Option<Uit>, Failure> {
    let receipt = etransport.upload(declaration).await?;
    let announces = matches!(declaration.document().action, Action::Notification(_));
    match &receipt.uit {
        Some(issued) if announces => println!(
            "   index {}, UIT {}: issued, not yet valid",
            receipt.index,
            issued.text()
        ),
        _ => println!("   index {}: filed, not yet checked", receipt.index),
    }
    let settled = etransport.wait(receipt).await?;
    match &settled.verdict {
        Verdict::Accepted => {
            println!("   ANAF says ok");
            Ok(settled.uit())
        }
        other => Err(format!("ANAF's verdict on {}: {other:?}", settled.index).into()),
    }
}

fn show_days(declaration: &Validated<Declaration>, uit: &Uit) {
    if let Action::Notification(notification) = &declaration.document().action {
        let operation: Operation = notification.operation;
        let days = Validity::of(operation, notification.transport.date.date);
        println!(
            "   {uit} is valid from {} to {} ({})",
            days.first_day(),
            days.last_day(),
            operation.abbreviation()
        );
    }
}
