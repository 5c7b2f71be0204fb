//! Asks for the verdict on an upload.
//!
//! ```text
//! cargo run --example status -- INDEX [--wait]
//! ```
//!
//! With `--wait` it asks until there is a verdict. Where ANAF is: the variables of `examples/src/lib.rs`. Without any of
//! them a fake inside this program is asked; it knows only what this program filed, so without an index one small
//! invoice is put there first.
//!
//! The exit code: 0 accepted, 1 rejected, 2 not known yet, 3 the question failed.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to the terminal"
)]

use std::process::ExitCode;

use anaf_efactura::{EFactura, Upload, UploadIndex, Verdict, Waited};
use examples::{Failure, Place};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

async fn run() -> Result<u8, Failure> {
    let place = Place::find().await?;
    let words: Vec<String> = std::env::args().skip(1).collect();
    let waits = words.iter().any(|word| word == "--wait");
    let efactura = place.efactura()?;
    let index = match words.iter().find(|word| !word.starts_with("--")) {
        Some(word) => word.parse()?,
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
        return Err("which upload? status INDEX".into());
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
        Some(Verdict::Accepted { download }) => {
            println!("{index}: accepted (\"ok\"); the archive is {download}");
            0
        }
        Some(Verdict::Rejected { download }) => {
            println!("{index}: rejected (\"nok\"); the errors are in {download}");
            1
        }
        Some(Verdict::NotTakenOver { said }) => {
            println!(
                "{index}: \"XML cu erori nepreluat de sistem\" {}",
                said.join("; ")
            );
            1
        }
        Some(Verdict::InProgress) => {
            println!("{index}: \"in prelucrare\"; ask again later");
            2
        }
        other => {
            println!("{index}: {other:?}");
            2
        }
    }
}
