//! Files one document, waits for the verdict, and keeps the archive beside it.
//!
//! ```text
//! cargo run --example upload_file -- FILE
//! ```
//!
//! The exit code tells what became of it; `--help` tells the codes and the options.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anaf_efactura::{
    Document, DownloadId, EFactura, Error, ErrorKind, LostUpload, Standard, Upload, Verdict, Wait,
    Waited,
};
use examples::cli::{self, Arguments, Misuse};
use examples::{Failure, Place, eprintln, println};
use jiff::Timestamp;

const HELP: &str = "\
Files one document, waits for the verdict, and keeps the signed archive beside it.

usage: cargo run --example upload_file -- FILE [options]

    --standard UBL|CN|CII|RASP  what the file is (default: what its root element says)
    --b2c                       the buyer is a private person: uploadb2c
    --extern                    the buyer is not Romanian
    --self-billed               the buyer issues it in the seller's name
    --help                      print this

Exit code:
    0  accepted
    1  rejected, or refused at the door
    2  unknown: no verdict yet, or the answer to the upload was lost
    3  nothing was filed: a wrong argument, no connection, no right …
";

const ACCEPTED: u8 = 0;
const REJECTED: u8 = 1;
const UNKNOWN: u8 = 2;
const NOT_FILED: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, NOT_FILED)
}

struct Asked {
    path: PathBuf,
    standard: Option<Standard>,
    to_consumer: bool,
    foreign_buyer: bool,
    self_billed: bool,
}

async fn run() -> Result<u8, Failure> {
    let asked = Asked::of(Arguments::take(&[HELP, cli::ENVIRONMENT]))?;
    let document = asked.document()?;
    let place = Place::find().await?;
    eprintln!("{}", place.whereabouts());
    let upload = asked.upload(&place, document);
    let efactura = place.efactura()?;
    let began = Timestamp::now();
    match efactura.upload(&upload).await {
        Ok(receipt) => {
            println!("taken in: index_incarcare = {}", receipt.index);
            verdict(&efactura, Wait::new(receipt.index), &asked.path).await
        }
        Err(error) if error.is_outcome_unknown() => {
            eprintln!("{error}");
            look_for_it(&efactura, &upload, began).await
        }
        Err(error) if error.kind() == ErrorKind::InvalidDocument => {
            eprintln!("{error}");
            Ok(REJECTED)
        }
        Err(error) => Err(error.into()),
    }
}

impl Asked {
    fn of(mut words: Arguments) -> Result<Self, Misuse> {
        let what = "UBL, CN, CII or RASP";
        let asked = Self {
            standard: words.option::<Named>("--standard", what)?.map(|n| n.0),
            to_consumer: words.flag("--b2c"),
            foreign_buyer: words.flag("--extern"),
            self_billed: words.flag("--self-billed"),
            path: words.needed("FILE")?,
        };
        words.end()?;
        Ok(asked)
    }

    fn document(&self) -> Result<Document, Failure> {
        let bytes = cli::read(&self.path)?;
        match self.standard {
            Some(standard) => Ok(Document::raw(standard, bytes)),
            None => Document::detect(bytes)
                .map_err(|error| format!("{}: {error}", self.path.display()).into()),
        }
    }

    fn upload(&self, place: &Place, document: Document) -> Upload {
        let mut upload = Upload::new(place.cif, document);
        if self.to_consumer {
            upload = upload.to_consumer();
        }
        if self.foreign_buyer {
            upload = upload.foreign_buyer();
        }
        if self.self_billed {
            upload = upload.self_billed();
        }
        upload
    }
}

/// A standard by its name at ANAF.
struct Named(Standard);

impl std::str::FromStr for Named {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [
            Standard::Ubl,
            Standard::CreditNote,
            Standard::Cii,
            Standard::Rasp,
        ]
        .into_iter()
        .find(|standard| standard.as_str() == word)
        .map(Self)
        .ok_or(())
    }
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
        Waited::Decided(verdict @ Verdict::NotTakenOver { .. }) => {
            println!("{verdict}");
            Ok(REJECTED)
        }
        Waited::Undecided { trouble, .. } => Ok(unknown(&wait, trouble)),
        other => {
            println!("{other}");
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
        Ok(found) => {
            println!("{found}");
            Ok(match found {
                LostUpload::Found(_) => ACCEPTED,
                _ => UNKNOWN,
            })
        }
        Err(error) => {
            eprintln!("{error}");
            Ok(UNKNOWN)
        }
    }
}
