//! The desktop login: a listener on this machine that receives the callback.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anaf_types::{Error, ErrorKind};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls;
use url::Url;

use crate::application::is_loopback;
use crate::store::GrantKey;
use crate::{
    Authorization, Callback, Code, Grant, Grants, Language, LoginTrouble, OAuthClient, Page,
};

/// How long a browser may take over its request; it opens connections ahead that it never uses.
const REQUEST: Duration = Duration::from_secs(15);
/// The longest head of a request.
const HEAD: usize = 16 * 1024;
/// Connections served at once.
const CONNECTIONS: usize = 32;

/// A listener for the callback of a login on this machine, for desktop and command line programs (feature `loopback`).
///
/// [`LoopbackLogin::bind`] takes the port of the application's callback URL, such as
/// `https://localhost:8443/callback`: ANAF compares it exactly, so it must be registered with this port. Nothing is
/// opened: show the person [`LoopbackLogin::url`]. ANAF accepts https callbacks only, so the listener speaks TLS with a
/// self-signed certificate that is made in memory: the browser warns once, and the person must accept. (For a callback of
/// plain http, which only a fake accepts, it speaks http.)
///
/// For machines without a browser there is the paste mode: [`Authorization::code_from_pasted`].
///
/// ```no_run
/// # async fn demo(grants: &anaf_oauth::Grants) -> Result<(), anaf_oauth::Error> {
/// use std::time::Duration;
/// let login = anaf_oauth::LoopbackLogin::bind(grants.client()).await?;
/// println!("open {} in a browser on this machine", login.url());
/// let key = anaf_oauth::store::GrantKey::new("acme")?;
/// let grant = login.log_in(grants, &key, Duration::from_secs(300)).await?;
/// # let _ = grant; Ok(()) }
/// ```
pub struct LoopbackLogin {
    authorization: Authorization,
    listeners: Vec<TcpListener>,
    tls: Option<TlsAcceptor>,
    path: String,
    client: OAuthClient,
}

impl fmt::Debug for LoopbackLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopbackLogin")
            .field("authorization", &self.authorization)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl LoopbackLogin {
    /// Binds the callback's port on this machine alone, and prepares a login.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the application's callback is not on a loopback address with a port, or the port
    /// is taken.
    pub async fn bind(client: &OAuthClient) -> Result<Self, Error> {
        let callback = Url::parse(client.application().callback())
            .map_err(|_| Error::invalid_input("the callback is not a URL"))?;
        let listeners = listen(&callback).await?;
        let tls = match callback.scheme() {
            "https" => Some(acceptor()?),
            _ => None,
        };
        Ok(Self {
            authorization: client.authorize()?,
            listeners,
            tls,
            path: callback.path().to_owned(),
            client: client.clone(),
        })
    }

    /// ANAF's login page, for a browser on this machine.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.authorization.url
    }

    /// Waits for the callback, exchanges its code and stores the tokens under `key`. Connections that are not the
    /// callback, and callbacks of other logins, are answered and ignored.
    ///
    /// # Errors
    /// [`ErrorKind::LoginRefused`] when ANAF refused, or nobody logged in within `patience`; else as
    /// [`Grants::log_in`].
    pub async fn log_in(
        self,
        grants: &Grants,
        key: &GrantKey,
        patience: Duration,
    ) -> Result<Grant, Error> {
        let (code, reply) = self.code(patience).await?;
        let outcome = grants.log_in(key, code).await;
        reply.send(outcome.is_ok()).await;
        outcome
    }

    async fn code(self, patience: Duration) -> Result<(Code, Reply), Error> {
        let clock = self.client.clock().clone();
        let (found, mut callbacks) = mpsc::channel(1);
        let door = Arc::new(Door {
            authorization: self.authorization,
            path: self.path,
            tls: self.tls,
            found,
        });
        // Dropped at the end of this function, and with it everybody who still waits at the door.
        let mut guards = JoinSet::new();
        for listener in self.listeners {
            guards.spawn(door.clone().guard(listener));
        }
        drop(door);
        let (outcome, reply) = tokio::select! {
            found = callbacks.recv() => found.ok_or_else(|| {
                Error::new(ErrorKind::Other).because("the listener was stopped")
            })?,
            () = clock.sleep(patience) => {
                return Err(Error::new(ErrorKind::LoginRefused)
                    .because("nobody finished the login in time"));
            }
        };
        match outcome {
            Ok(code) => Ok((code, reply)),
            Err(error) => {
                reply.send(false).await;
                Err(error)
            }
        }
    }
}

/// Loopback addresses only: `localhost` means both.
async fn listen(callback: &Url) -> Result<Vec<TcpListener>, Error> {
    let refuse = |why: String| Error::invalid_input(format!("the callback `{callback}` {why}"));
    if !is_loopback(callback) {
        return Err(refuse(
            "is not on this machine: it must be on localhost".to_owned(),
        ));
    }
    let Some(port) = callback.port_or_known_default() else {
        return Err(refuse("has no port".to_owned()));
    };
    let addresses: Vec<IpAddr> = match callback.host() {
        Some(url::Host::Ipv4(ip)) => vec![ip.into()],
        Some(url::Host::Ipv6(ip)) => vec![ip.into()],
        _ => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
    };
    let mut listeners = Vec::new();
    let mut failure = None;
    for address in addresses {
        match TcpListener::bind(SocketAddr::new(address, port)).await {
            Ok(listener) => listeners.push(listener),
            // A port that somebody else has on one of the two would swallow the callback.
            Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {
                return Err(refuse(format!("cannot be received: port {port} is in use")));
            }
            // A machine without IPv6 is no trouble.
            Err(e) => failure = Some(e),
        }
    }
    match (listeners.is_empty(), failure) {
        (true, Some(e)) => Err(refuse(format!("cannot be received: {e}"))),
        _ => Ok(listeners),
    }
}

/// A certificate that lives as long as the login.
fn acceptor() -> Result<TlsAcceptor, Error> {
    let failed = |e: &dyn fmt::Display| {
        Error::new(ErrorKind::Other).because(format!("no TLS for the callback: {e}"))
    };
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let made = rcgen::generate_simple_self_signed(names).map_err(|e| failed(&e))?;
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| failed(&e))?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .map_err(|e| failed(&e))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The browser that brought the callback, waiting for its page.
struct Reply {
    stream: Box<dyn Stream>,
    language: Language,
    refused: bool,
}

impl Reply {
    async fn send(mut self, worked: bool) {
        let page = match (worked, self.refused) {
            (true, _) => Page::success(self.language),
            (false, true) => Page::desktop_failure(LoginTrouble::Refused, self.language),
            (false, false) => Page::desktop_failure(LoginTrouble::Failed, self.language),
        };
        let sent = tokio::time::timeout(REQUEST, respond(&mut *self.stream, &page)).await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::debug!("the browser did not wait for its page");
        }
    }
}

/// What every connection needs.
struct Door {
    authorization: Authorization,
    path: String,
    tls: Option<TlsAcceptor>,
    found: mpsc::Sender<(Result<Code, Error>, Reply)>,
}

impl Door {
    async fn guard(self: Arc<Self>, listener: TcpListener) {
        let mut visitors = JoinSet::new();
        loop {
            while visitors.len() >= CONNECTIONS {
                visitors.join_next().await;
            }
            match listener.accept().await {
                Ok((stream, _)) => {
                    let door = self.clone();
                    visitors.spawn(async move {
                        let served = tokio::time::timeout(REQUEST, door.admit(stream)).await;
                        if let Ok(Some(found)) = served {
                            // The second callback of one login finds nobody who waits.
                            let _ = door.found.send(found).await;
                        }
                    });
                }
                Err(error) => {
                    tracing::debug!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            while visitors.try_join_next().is_some() {}
        }
    }

    /// A handshake that fails is a browser that has not accepted the certificate yet, or a stray.
    async fn admit(&self, stream: TcpStream) -> Option<(Result<Code, Error>, Reply)> {
        match &self.tls {
            Some(tls) => self.serve(Box::new(tls.accept(stream).await.ok()?)).await,
            None => self.serve(Box::new(stream)).await,
        }
    }

    async fn serve(&self, mut stream: Box<dyn Stream>) -> Option<(Result<Code, Error>, Reply)> {
        let head = read_head(&mut *stream).await?;
        let language = Language::preferred(header(&head, "accept-language"));
        let Some((path, query)) = target(&head) else {
            let _ = respond(
                &mut *stream,
                &Page::desktop_failure(LoginTrouble::Forged, language),
            )
            .await;
            return None;
        };
        if path != self.path {
            // A favicon, a probe.
            let _ = respond(
                &mut *stream,
                &Page::desktop_failure(LoginTrouble::Unknown, language),
            )
            .await;
            return None;
        }
        let expected = &self.authorization.state;
        let ours = Callback::from_query(query).ok().filter(|callback| {
            callback
                .state()
                .is_some_and(|state| state.matches(expected))
        });
        let Some(callback) = ours else {
            tracing::warn!("a callback of another login came, and was ignored");
            let _ = respond(
                &mut *stream,
                &Page::desktop_failure(LoginTrouble::Forged, language),
            )
            .await;
            return None;
        };
        let code = callback.into_code();
        let reply = Reply {
            stream,
            language,
            refused: code.is_err(),
        };
        Some((code, reply))
    }
}

/// The head of a request, up to the empty line.
async fn read_head(stream: &mut dyn Stream) -> Option<String> {
    let mut head = Vec::with_capacity(1024);
    let mut part = [0_u8; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).await.ok()?;
        if read == 0 || head.len() + read > HEAD {
            return None;
        }
        head.extend_from_slice(part.get(..read)?);
    }
    String::from_utf8(head).ok()
}

/// Path and query of a `GET`.
fn target(head: &str) -> Option<(&str, &str)> {
    let mut words = head.lines().next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if method != "GET" || !version.starts_with("HTTP/1.") {
        return None;
    }
    Some(target.split_once('?').unwrap_or((target, "")))
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().skip(1).find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

async fn respond(stream: &mut dyn Stream, page: &Page) -> std::io::Result<()> {
    let reason = match page.status {
        200 => "OK",
        _ => "Error",
    };
    let mut head = format!("HTTP/1.1 {} {reason}\r\nconnection: close\r\n", page.status);
    for (name, value) in Page::HEADERS {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("content-length: {}\r\n\r\n", page.html.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(page.html.as_bytes()).await?;
    stream.flush().await?;
    stream.shutdown().await
}
