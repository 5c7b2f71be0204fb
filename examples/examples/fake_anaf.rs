//! Serves the fake ANAF for programs in any language, with a login page in the browser for the certificate step.
//!
//! ```text
//! cargo run --example fake_anaf -- --port 8080
//! ```
//!
//! It prints base URLs and credentials, and runs until Ctrl-C. Orders over HTTP (failures, clock, inbox) are listed in
//! the README of `tests/fake-anaf`; `--help` tells the options.

use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use examples::cli::{self, Arguments, Misuse};
use examples::{Failure, println};
use fake_anaf::{Application, Concurrent, FakeAnaf, OldRefreshToken, Person, TokenKind};
use jiff::SignedDuration;

const HELP: &str = "\
Serves the fake ANAF until Ctrl-C, for programs in any language.

usage: cargo run --example fake_anaf -- [options]

    --port N               listen on this port (default 8080; 0 takes a free one)
    --address IP           listen on this address (default 127.0.0.1)
    --processing SECONDS   how long a document is in prelucrare (default 3)
    --indexing-lag SECONDS how long after its verdict a message appears in the lists (default 5)
    --calls-per-minute N   the limit over which 429 is answered (default 1000)
    --client-id TEXT       an application of your own, with
    --client-secret TEXT   its secret and
    --callback URL         its callback; any loopback callback is taken without saying so
    --cif DIGITS           one more fiscal code that the person has rights for (may be repeated)
    --opaque               hand out opaque tokens only
    --old-refresh-lives    a used refresh token stays alive (by default it dies at once)
    --several-are-255      answer 255 to several token requests of one person at once
    --no-login-page        log in at once, without a page in the browser
    --help                 print this

Exit code: 0 stopped by Ctrl-C; 1 the address cannot be listened on; 2 a wrong option.
";

/// The options, as given or by default.
struct Options {
    port: u16,
    address: IpAddr,
    processing: i64,
    indexing_lag: i64,
    calls_per_minute: u32,
    client_id: String,
    client_secret: String,
    callback: String,
    cifs: Vec<String>,
    opaque: bool,
    old_refresh_lives: bool,
    several_are_255: bool,
    login_page: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 8080,
            address: IpAddr::from([127, 0, 0, 1]),
            processing: 3,
            indexing_lag: 5,
            calls_per_minute: 1000,
            client_id: fake_anaf::CLIENT_ID.to_owned(),
            client_secret: fake_anaf::CLIENT_SECRET.to_owned(),
            callback: fake_anaf::CALLBACK.to_owned(),
            cifs: vec![fake_anaf::CIF.to_owned(), fake_anaf::BUYER_CIF.to_owned()],
            opaque: false,
            old_refresh_lives: false,
            several_are_255: false,
            login_page: true,
        }
    }
}

fn options(mut words: Arguments) -> Result<Options, Misuse> {
    let mut options = Options::default();
    let mut set = |name, to: &mut String| -> Result<(), Misuse> {
        if let Some(text) = words.option(name, "a text")? {
            *to = text;
        }
        Ok(())
    };
    set("--client-id", &mut options.client_id)?;
    set("--client-secret", &mut options.client_secret)?;
    set("--callback", &mut options.callback)?;
    let seconds = "a number of seconds";
    options.port = words.option("--port", "a port")?.unwrap_or(options.port);
    let address = words.option("--address", "an IP address")?;
    options.address = address.unwrap_or(options.address);
    let processing = words.option("--processing", seconds)?;
    options.processing = processing.unwrap_or(options.processing);
    let lag = words.option("--indexing-lag", seconds)?;
    options.indexing_lag = lag.unwrap_or(options.indexing_lag);
    let calls = words.option("--calls-per-minute", "a number of calls")?;
    options.calls_per_minute = calls.unwrap_or(options.calls_per_minute);
    options
        .cifs
        .extend(words.options::<String>("--cif", "a fiscal code")?);
    options.opaque = words.flag("--opaque");
    options.old_refresh_lives = words.flag("--old-refresh-lives");
    options.several_are_255 = words.flag("--several-are-255");
    options.login_page = !words.flag("--no-login-page");
    words.end()?;
    Ok(options)
}

async fn start(options: &Options) -> std::io::Result<FakeAnaf> {
    let application = Application::new(
        &options.client_id,
        &options.client_secret,
        &options.callback,
    )
    .any_loopback_callback();
    let person = options.cifs.iter().fold(
        Person::new("Ana Popescu", fake_anaf::SERIAL),
        |person, cif| person.cif(cif),
    );
    let fake = FakeAnaf::builder()
        .address(SocketAddr::new(options.address, options.port))
        .application(application)
        .person(person)
        .person(Person::new("Radu Ionescu", fake_anaf::SERIAL_NO_RIGHTS))
        .start()
        .await?;
    fake.set_limits(|limits| limits.calls_per_minute = options.calls_per_minute);
    fake.oauth().configure(|settings| {
        settings.login_page = options.login_page;
        if options.opaque {
            settings.kind = TokenKind::Opaque;
        }
        if options.old_refresh_lives {
            settings.old_refresh_token = OldRefreshToken::StaysAlive;
        }
        if options.several_are_255 {
            settings.concurrent = Concurrent::Status255;
            settings.token_delay = std::time::Duration::from_millis(500);
        }
    });
    let processing = SignedDuration::from_secs(options.processing);
    fake.efactura().configure(|settings| {
        settings.processing = processing;
        settings.indexing_lag = SignedDuration::from_secs(options.indexing_lag);
    });
    fake.etransport()
        .configure(|settings| settings.processing = processing);
    Ok(fake)
}

fn print(fake: &FakeAnaf, options: &Options) {
    let login = format!(
        "{}/authorize?response_type=code&client_id={}&redirect_uri={}&token_content_type=jwt",
        fake.oauth_base(),
        options.client_id,
        options.callback
    );
    println!("The fake ANAF is listening. Put these in place of ANAF's base URLs:\n");
    println!(
        "  https://logincert.anaf.ro/anaf-oauth2/v1   {}",
        fake.oauth_base()
    );
    println!(
        "  https://api.anaf.ro                        {}",
        fake.api_base()
    );
    println!(
        "  https://webservicesp.anaf.ro               {}",
        fake.public_base()
    );
    println!("\nApplication\n");
    println!("  client id       {}", options.client_id);
    println!("  client secret   {}", options.client_secret);
    println!(
        "  callback        {} (any loopback callback is taken)",
        options.callback
    );
    println!(
        "\nPerson with a certificate: Ana Popescu, rights for CIF {}",
        options.cifs.join(", ")
    );
    println!("\nTo log in, open in a browser:\n\n  {login}\n");
    let token = fake.bearer();
    println!("A bearer token without a login, for a quick try:\n");
    println!(
        "  curl -H 'Authorization: Bearer {token}' '{}/TestOauth/jaxrs/hello?name=eu'\n",
        fake.api_base()
    );
    println!("For the other examples, in another terminal:\n");
    println!("  export ANAF_FAKE_URL={}", fake.base_url());
    println!("  export ANAF_ACCESS_TOKEN={token}\n");
    println!(
        "Orders over HTTP (failures, clock, inbox): {}/_fake/ — see tests/fake-anaf/README.md",
        fake.base_url()
    );
    println!("Ctrl-C ends it.");
}

#[tokio::main]
async fn main() -> ExitCode {
    match options(Arguments::take(&[HELP])) {
        Ok(options) => cli::end(serve(&options).await, 1),
        Err(misuse) => cli::end(Err(misuse.into()), 2),
    }
}

async fn serve(options: &Options) -> Result<u8, Failure> {
    let fake = start(options).await.map_err(|why| {
        let (address, port) = (options.address, options.port);
        format!("cannot listen on {address}:{port}: {why}")
    })?;
    print(&fake, options);
    tokio::signal::ctrl_c().await?;
    println!("\nStopped.");
    Ok(0)
}
