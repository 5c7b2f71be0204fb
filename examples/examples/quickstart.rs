//! The main job, end to end: log in, file an invoice, wait for the verdict, fetch the signed archive, look into the
//! inbox.
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! Without anything set it talks to a fake of ANAF inside this program; `--help` tells the variables for the real one.

use std::process::ExitCode;
use std::time::Duration;

use anaf_efactura::{
    Archive, Document, EFactura, MessageQuery, Receipt, Upload, Verdict, Wait, WaitPolicy, Waited,
};
use anaf_http::Environment;
use anaf_oauth::store::{GrantKey, MemoryStore};
use anaf_oauth::{Authorization, Grant, Grants};
use examples::cli::{self, Arguments};
use examples::{Failure, Place, print, println};

const HELP: &str = "\
Walks the main job: login, upload, verdict, signed archive, inbox.

usage: cargo run --example quickstart

    --help   print this

Exit code: 0 the invoice is accepted; 1 it is not, or something went wrong; 2 there is no verdict yet.

    ANAF_INVOICE        a file to upload instead of an invented invoice; needed in
                        production, where it has legal effect
";

#[tokio::main]
async fn main() -> ExitCode {
    cli::end(run().await, 1)
}

async fn run() -> Result<u8, Failure> {
    Arguments::take(&[HELP, cli::ENVIRONMENT]).end()?;
    let place = Place::find().await?;
    if let Some(fake) = &place.fake {
        fake.efactura()
            .configure(|settings| settings.processing_polls = 2);
    }
    println!("e-Factura: {}", place.whereabouts());

    println!("\n1. The invoice");
    let document = document(&place)?;

    println!("\n2. Login");
    let grant = log_in(&place).await?;
    let efactura = EFactura::new(place.session(grant)?);

    println!("\n3. Upload");
    let upload = Upload::new(place.cif, document);
    let receipt = efactura.upload(&upload).await?;
    println!("   ANAF took it in: index_incarcare = {}", receipt.index);

    println!("\n4. Verdict");
    println!("   waiting: ANAF says \"in prelucrare\" until it has decided");
    let Some(verdict) = wait(&efactura, &place, &receipt).await? else {
        return Ok(2);
    };
    let accepted = matches!(verdict, Verdict::Accepted { .. });

    if let Some(download) = verdict.download() {
        println!("\n5. The signed archive");
        let archive = efactura.download(download).await?;
        show(&archive, &upload)?;
        println!("\n6. Inbox");
        list(&efactura, &place).await?;
    }
    println!();
    match accepted {
        true => println!("Done: the invoice is filed, and the archive with ANAF's seal is here."),
        false => println!("The invoice was not accepted."),
    }
    Ok(u8::from(!accepted))
}

/// The file of `ANAF_INVOICE`, or an invented invoice that was checked by all of ANAF's published rules.
fn document(place: &Place) -> Result<Document, Failure> {
    if let Some(path) = std::env::var_os("ANAF_INVOICE") {
        let document = Document::detect(cli::read(path.as_ref())?)?;
        println!(
            "   {}: {} bytes, standard {}",
            path.display(),
            document.bytes().len(),
            document.standard()
        );
        return Ok(document);
    }
    if place.is_real() && place.environment == Environment::Production {
        return Err(
            "what is filed in production has legal effect: set ANAF_INVOICE to a file of yours"
                .into(),
        );
    }
    let validated = examples::invented_invoice(place)?;
    let invoice = validated.invoice();
    println!(
        "   number {}, {} {} to pay; {} bytes of XML; ANAF's published rules found {} errors and {} warnings",
        invoice.number,
        invoice.amount_due(),
        invoice.currency,
        validated.xml().len(),
        validated.report().fatal_count(),
        validated.report().warning_count(),
    );
    Ok(validated.into())
}

/// Authorization URL, callback, code exchange. For the real ANAF the grant is kept, and used again on the next run.
async fn log_in(place: &Place) -> Result<Grant, Failure> {
    if !place.is_real() {
        let grants = Grants::builder(place.oauth()?, MemoryStore::new()).build()?;
        let key = GrantKey::new("quickstart")?;
        return by_browser(place, &grants, &key).await;
    }
    let kept = place.kept_grant()?;
    match kept.bearer().await {
        Ok(_) => {
            println!("   the grant of an earlier run still lives: no login needed");
            Ok(kept)
        }
        Err(error) if error.needs_login() => by_browser(place, &kept.grants(), kept.key()).await,
        Err(error) => Err(error.into()),
    }
}

async fn by_browser(place: &Place, grants: &Grants, key: &GrantKey) -> Result<Grant, Failure> {
    let authorization = grants.client().authorize()?;
    println!("   a person with a qualified certificate opens this in the browser:");
    println!("     {}", authorization.url);
    let code = authorization.code_from_pasted(&landed(place, &authorization)?)?;
    println!("   the callback brought a code, which lives 60 seconds");
    let grant = grants.log_in(key, code).await?;
    let status = grant.status();
    println!("   exchanged for tokens: {}", life(&status));
    Ok(grant)
}

/// What the browser comes back with: from the fake at once, from ANAF when the person has pasted it.
fn landed(place: &Place, authorization: &Authorization) -> Result<String, Failure> {
    if let Some(fake) = &place.fake {
        let landed = fake.log_in(authorization.url.as_str())?;
        println!("   the fake stands in for the certificate, and redirects to the callback");
        return Ok(landed);
    }
    print!("   paste the address that the browser lands on (it may show an error page): ");
    let mut pasted = String::new();
    std::io::stdin().read_line(&mut pasted)?;
    Ok(pasted)
}

fn life(status: &anaf_oauth::GrantStatus) -> String {
    let day = |at: Option<jiff::Timestamp>| match at {
        Some(at) => anaf_types::wall::at(at).strftime("%d.%m.%Y").to_string(),
        None => "an unknown day".to_owned(),
    };
    format!(
        "the access token lives until {}, and is renewed without a person until {}",
        day(status.expires_at),
        day(status.refresh_expires_at)
    )
}

async fn wait(
    efactura: &EFactura,
    place: &Place,
    receipt: &Receipt,
) -> Result<Option<Verdict>, Failure> {
    let mut policy = WaitPolicy::default();
    if !place.is_real() {
        policy.first = Duration::from_millis(500);
    }
    let mut wait = Wait::new(receipt.index.clone()).policy(policy);
    match efactura.wait(&mut wait).await? {
        Waited::Decided(verdict) => {
            println!("   {verdict}");
            println!("   ({} questions asked)", wait.asked());
            Ok(Some(verdict))
        }
        Waited::Undecided { wait, trouble } => {
            println!(
                "   none yet, after {} questions: ANAF says \"in prelucrare\"",
                wait.asked()
            );
            if let Some(trouble) = trouble {
                println!("   the last question failed: {trouble}");
            }
            println!(
                "   nothing is lost: ask again with `cargo run --example status -- {}`",
                wait.index()
            );
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn show(archive: &Archive, upload: &Upload) -> Result<(), Failure> {
    let (document, signature) = (archive.document(), archive.signature());
    println!(
        "   {:<24} {:>7} bytes: the {}",
        document.name(),
        document.bytes().len(),
        archive.content().name()
    );
    println!(
        "   {:<24} {:>7} bytes: ANAF's signature over it",
        signature.name(),
        signature.bytes().len()
    );
    match archive.rejection() {
        Some(rejection) => {
            println!("   why it was rejected:");
            for failure in &rejection.failures {
                println!("     - {failure}");
            }
        }
        None => {
            let same = document.bytes() == &upload.document().bytes()[..];
            println!(
                "   the invoice in the archive and the one that was sent: {}",
                if same { "the same bytes" } else { "DIFFERENT" }
            );
            if !same {
                return Err(
                    "ANAF's archive holds another document than the one that was sent".into(),
                );
            }
        }
    }
    Ok(())
}

async fn list(efactura: &EFactura, place: &Place) -> Result<(), Failure> {
    let mut query = MessageQuery::new(place.cif).last_days(1);
    if let Some(fake) = &place.fake {
        let inbox = fake.efactura();
        inbox.configure(|settings| settings.processing_polls = 0);
        inbox.deliver_many(fake_anaf::Env::Test, place.cif.digits(), "FURNIZOR", 2);
        // The fake reads the same clock, so the window may end now; it is asked for in whole milliseconds.
        tokio::time::sleep(Duration::from_millis(2)).await;
        query = query.margin(Duration::ZERO);
    }
    let mut messages = efactura.messages(&query)?;
    let mut count = 0;
    while let Some(message) = messages.next().await {
        let message = message?;
        count += 1;
        if count > 10 {
            continue;
        }
        println!(
            "   {}  {:<17} id {}: \"{}\"",
            message.listed.map_or_else(
                || "?".to_owned(),
                |at| at.strftime("%d.%m.%Y %H:%M").to_string()
            ),
            message.kind.as_str(),
            message.id,
            anaf_types::text::mask_personal_codes(&message.details)
        );
    }
    match count {
        0 => println!("   no messages yet: ANAF lists them up to 15 minutes after the verdict"),
        1..=10 => println!("   {count} messages in the last day"),
        _ => println!("   … {count} messages in the last day"),
    }
    Ok(())
}
