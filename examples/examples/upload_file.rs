//! Files one document, waits for the verdict, and keeps the archive beside it.
//!
//! ```text
//! cargo run --example upload_file -- FILE [--standard UBL|CN|CII|RASP] [--b2c] [--extern] [--self-billed]
//! ```
//!
//! The standard is told by the root element unless it is given. Where ANAF is, and for which company: the variables of
//! `examples/src/lib.rs` (`ANAF_ENV`, `ANAF_CIF`, …); without any, a fake inside this program. The exit code:
//!
//! | code | |
//! |---|---|
//! | 0 | accepted |
//! | 1 | rejected, or refused at the door |
//! | 2 | unknown: no verdict yet, or the answer to the upload was lost |
//! | 3 | nothing was filed: a wrong argument, no connection, no right … |
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to the terminal"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anaf_efactura::{
    Document, DownloadId, EFactura, Error, ErrorKind, LostUpload, Standard, Upload, Verdict, Wait,
    Waited,
};
use examples::{Failure, Place};
use jiff::Timestamp;

const ACCEPTED: u8 = 0;
const REJECTED: u8 = 1;
const UNKNOWN: u8 = 2;
const NOT_FILED: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let code = match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            NOT_FILED
        }
    };
    ExitCode::from(code)
}

struct Asked {
    path: PathBuf,
    upload: Upload,
}

async fn run() -> Result<u8, Failure> {
    let place = Place::find().await?;
    let asked = arguments(&place)?;
    let efactura = place.efactura()?;
    let began = Timestamp::now();
    match efactura.upload(&asked.upload).await {
        Ok(receipt) => {
            println!("taken in: index_incarcare = {}", receipt.index);
            verdict(&efactura, Wait::new(receipt.index), &asked.path).await
        }
        Err(error) if error.is_outcome_unknown() => {
            eprintln!("{error}");
            look_for_it(&efactura, &asked.upload, began).await
        }
        Err(error) if error.kind() == ErrorKind::InvalidDocument => {
            eprintln!("{error}");
            Ok(REJECTED)
        }
        Err(error) => Err(error.into()),
    }
}

fn arguments(place: &Place) -> Result<Asked, Failure> {
    let mut path = None;
    let mut standard = None;
    let mut flags = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--standard" => standard = Some(named(words.next().as_deref())?),
            "--b2c" | "--extern" | "--self-billed" => flags.push(word),
            word if word.starts_with("--") => return Err(format!("unknown option {word}").into()),
            word => path = Some(PathBuf::from(word)),
        }
    }
    let path = path.ok_or("which file? upload_file FILE")?;
    let bytes = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let document = match standard {
        Some(standard) => Document::raw(standard, bytes),
        None => Document::detect(bytes)?,
    };
    let upload =
        flags.iter().fold(
            Upload::new(place.cif, document),
            |upload, flag| match flag.as_str() {
                "--b2c" => upload.to_consumer(),
                "--extern" => upload.foreign_buyer(),
                _ => upload.self_billed(),
            },
        );
    Ok(Asked { path, upload })
}

fn named(word: Option<&str>) -> Result<Standard, Failure> {
    [
        Standard::Ubl,
        Standard::CreditNote,
        Standard::Cii,
        Standard::Rasp,
    ]
    .into_iter()
    .find(|s| Some(s.as_str()) == word)
    .ok_or_else(|| "--standard takes UBL, CN, CII or RASP".into())
}

async fn verdict(efactura: &EFactura, wait: Wait, path: &Path) -> Result<u8, Failure> {
    let mut wait = wait.patience(Duration::from_secs(600));
    let waited = match efactura.wait(&mut wait).await {
        Ok(waited) => waited,
        // It was taken in: whatever hinders the question now, the index stays good.
        Err(error) => return Ok(unknown(&wait, Some(error))),
    };
    match waited {
        Waited::Decided(Verdict::Accepted { download }) => {
            println!("accepted");
            // The verdict stands, whatever hinders the download: no other exit code may invite a second filing.
            match keep_archive(efactura, &download, path).await {
                Ok(kept) => println!("the signed archive: {}", kept.display()),
                Err(trouble) => eprintln!("the archive {download} was not kept: {trouble}"),
            }
            Ok(ACCEPTED)
        }
        Waited::Decided(Verdict::Rejected { download }) => {
            println!("rejected");
            match efactura.download(&download).await {
                Ok(archive) => {
                    for failure in archive.rejection().into_iter().flat_map(|r| &r.failures) {
                        println!("  - {failure}");
                    }
                }
                Err(trouble) => {
                    eprintln!("its errors, in the archive {download}, did not come: {trouble}")
                }
            }
            Ok(REJECTED)
        }
        Waited::Decided(Verdict::NotTakenOver { said }) => {
            println!("not taken over: the XML has errors. {}", said.join("; "));
            Ok(REJECTED)
        }
        Waited::Undecided { trouble, .. } => Ok(unknown(&wait, trouble)),
        other => {
            println!("{other:?}");
            Ok(UNKNOWN)
        }
    }
}

async fn keep_archive(
    efactura: &EFactura,
    download: &DownloadId,
    path: &Path,
) -> Result<PathBuf, Failure> {
    let archive = efactura.download(download).await?;
    let kept = path.with_extension("zip");
    // What stands there already may be the proof of another filing.
    let mut file =
        std::fs::File::create_new(&kept).map_err(|e| format!("{}: {e}", kept.display()))?;
    std::io::Write::write_all(&mut file, archive.zip())?;
    Ok(kept)
}

fn unknown(wait: &Wait, trouble: Option<Error>) -> u8 {
    if let Some(trouble) = trouble {
        eprintln!("{trouble}");
    }
    println!(
        "no verdict yet; ask later: cargo run --example status -- {}",
        wait.index()
    );
    UNKNOWN
}

/// The answer was lost: the document may be filed or not.
async fn look_for_it(
    efactura: &EFactura,
    upload: &Upload,
    began: Timestamp,
) -> Result<u8, Failure> {
    println!("looking for it among what ANAF has listed since …");
    match efactura.find_lost_upload(upload, began).await {
        Ok(LostUpload::Found(message)) => {
            println!("found, and accepted: id {}", message.id);
            Ok(ACCEPTED)
        }
        Ok(LostUpload::NotSeen { rejected, .. }) => {
            println!(
                "not seen ({} rejections since). ANAF lists a filing up to 15 minutes after its verdict: look again \
                 before you send it again",
                rejected.len()
            );
            Ok(UNKNOWN)
        }
        Ok(other) => {
            println!("{other:?}");
            Ok(UNKNOWN)
        }
        Err(error) => {
            eprintln!("{error}");
            Ok(UNKNOWN)
        }
    }
}
