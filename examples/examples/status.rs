//! Asks for the verdict on an upload.
//!
//! ```text
//! cargo run --example status -- INDEX [--wait]
//! ```
//!
//! The exit code tells the verdict; `--help` tells the codes.

use std::process::ExitCode;

use anaf_efactura::{EFactura, Upload, UploadIndex, Verdict, Waited};
use examples::cli::{self, Arguments};
use examples::{Failure, Place, eprintln, println};

const HELP: &str = "\
Asks for the verdict on an upload.

usage: cargo run --example status -- INDEX [--wait]

    --wait   ask until there is a verdict
    --help   print this

A fake inside this program knows only what this program filed: without an INDEX,
one small invoice is put there first.

Exit code: 0 accepted; 1 rejected; 2 not known yet; 3 the question failed.
";

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, 3)
}

async fn run() -> Result<u8, Failure> {
    let mut words = Arguments::take(&[HELP, cli::ENVIRONMENT]);
    let waits = words.flag("--wait");
    let asked: Option<UploadIndex> = match words.word()? {
        Some(word) => Some(word.parse()?),
        None => None,
    };
    words.end()?;
    let place = Place::find().await?;
    eprintln!("{}", place.whereabouts());
    let efactura = place.efactura()?;
    let index = match asked {
        Some(index) => index,
        None => filed(&place, &efactura).await?,
    };
    let verdict = match waits {
        false => Some(efactura.status(&index).await?),
        true => decided(&efactura, &index).await?,
    };
    Ok(tell(&index, verdict.as_ref()))
}

async fn filed(place: &Place, efactura: &EFactura) -> Result<UploadIndex, Failure> {
    if place.fake.is_none() {
        return Err("INDEX is missing; --help shows how to call it".into());
    }
    let invoice = examples::invented_invoice(place)?;
    let receipt = efactura.upload(&Upload::new(place.cif, invoice)).await?;
    Ok(receipt.index)
}

async fn decided(efactura: &EFactura, index: &UploadIndex) -> Result<Option<Verdict>, Failure> {
    match efactura.wait_for(index).await? {
        Waited::Decided(verdict) => Ok(Some(verdict)),
        Waited::Undecided { wait, .. } => Ok(wait.last().cloned()),
        _ => Ok(None),
    }
}

fn tell(index: &UploadIndex, verdict: Option<&Verdict>) -> u8 {
    match verdict {
        Some(verdict) => println!("{index}: {verdict}"),
        None => println!("{index}: no verdict yet; ask again later"),
    }
    match verdict {
        Some(Verdict::Accepted { .. }) => 0,
        Some(Verdict::Rejected { .. } | Verdict::NotTakenOver { .. }) => 1,
        _ => 2,
    }
}
