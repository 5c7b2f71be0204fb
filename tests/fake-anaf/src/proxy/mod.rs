//! Failures of the connection itself: a small TCP proxy in front of the fake.

mod connection;
mod message;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, oneshot, watch};

use crate::call::PUBLIC_PREFIX;

/// What happens to the connection of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is reset (RST) with the request unread. The operation does not happen.
    ResetBeforeRead,
    /// The same, but only to a request on a connection that has carried one before: the keep-alive race. It waits
    /// for such a request and lets all others through.
    ResetReused,
    /// The whole request is read and thrown away, then the connection is reset. The operation does not happen.
    ResetAfterRead,
    /// The request is carried out, then the connection is reset instead of an answer. The operation *did* happen.
    ResetAfterForward,
    /// The request is carried out, then the connection is closed in good order (FIN) without a byte of an answer.
    CloseAfterForward,
    /// The connection is accepted, nothing is read, nothing is answered, until the client gives up.
    StallBeforeRead,
    /// The request is read and thrown away, nothing is answered, until the client gives up.
    StallAfterRead,
    /// The request is carried out, nothing is answered, until the client gives up.
    StallAfterForward,
    /// The request is carried out; the answer's head arrives, and this many bytes of its body, and then the end (FIN).
    CutBody(usize),
    /// The same, ending in a reset.
    CutBodyAndReset(usize),
    /// The request is carried out; the head and this many bytes of the body arrive, and then nothing more ever.
    StallBody(usize),
}

impl Fault {
    /// Whether the request reaches the fake under this fault, so that its operation happens.
    pub fn operation_happens(self) -> bool {
        match self {
            Self::ResetBeforeRead
            | Self::ResetReused
            | Self::ResetAfterRead
            | Self::StallBeforeRead
            | Self::StallAfterRead => false,
            Self::ResetAfterForward
            | Self::CloseAfterForward
            | Self::StallAfterForward
            | Self::CutBody(_)
            | Self::CutBodyAndReset(_)
            | Self::StallBody(_) => true,
        }
    }
}

/// A proxy on a loopback port that passes requests on to a fake, and breaks connections on order.
///
/// It runs on a thread of its own, as the fake does. It speaks HTTP/1.1 as far as it must to know
/// where a request and its answer end. It stops when it is dropped.
///
/// ```no_run
/// use fake_anaf::{FakeAnaf, Fault, FaultProxy};
/// # async fn demo() -> std::io::Result<()> {
/// let fake = FakeAnaf::start().await;
/// let proxy = FaultProxy::start(fake.address()).await?;
/// // The next upload happens, but its sender never hears of it.
/// proxy.next_on("/upload", Fault::ResetAfterForward);
/// // Nothing listens any more: connection refused.
/// proxy.refuse().await;
/// proxy.accept_again().await;
/// # Ok(())
/// # }
/// ```
pub struct FaultProxy {
    address: SocketAddr,
    orders: Arc<Orders>,
    commands: mpsc::UnboundedSender<Command>,
}

enum Command {
    Refuse(oneshot::Sender<()>),
    Accept(oneshot::Sender<()>),
    ResetIdle(oneshot::Sender<()>),
}

/// What the proxy's handle and its connections share.
#[derive(Default)]
struct Orders {
    queue: Mutex<Vec<Order>>,
    connections: AtomicU64,
    forwarded: AtomicU64,
}

struct Order {
    on: String,
    fault: Fault,
    left: u32,
}

impl Orders {
    fn queue(&self) -> MutexGuard<'_, Vec<Order>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first order for a request with this request line, used up by one.
    fn take(&self, request_line: &str, reused: bool) -> Option<Fault> {
        let mut queue = self.queue();
        let at = queue.iter().position(|order| {
            (reused || order.fault != Fault::ResetReused) && request_line.contains(&order.on)
        })?;
        let order = queue.get_mut(at)?;
        let fault = order.fault;
        order.left = order.left.saturating_sub(1);
        if order.left == 0 {
            queue.remove(at);
        }
        Some(fault)
    }
}

impl FaultProxy {
    /// Starts a proxy in front of `target`, usually [`FakeAnaf::address`](crate::FakeAnaf::address).
    ///
    /// # Errors
    /// When no loopback port can be listened on.
    pub async fn start(target: SocketAddr) -> io::Result<Self> {
        let orders = Arc::new(Orders::default());
        let (commands, receiver) = mpsc::unbounded_channel();
        let (ready, address) = oneshot::channel();
        let shared = Arc::clone(&orders);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        thread::Builder::new()
            .name("fault-proxy".to_owned())
            .spawn(move || {
                runtime.block_on(run(target, shared, receiver, ready));
            })?;
        let gone = |_| io::Error::other("the proxy's thread ended before it listened");
        let address = address.await.map_err(gone)??;
        Ok(Self {
            address,
            orders,
            commands,
        })
    }

    /// The address listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// [`FakeAnaf::oauth_base`](crate::FakeAnaf::oauth_base), through the proxy.
    pub fn oauth_base(&self) -> String {
        format!("{}/anaf-oauth2/v1", self.base_url())
    }

    /// [`FakeAnaf::api_base`](crate::FakeAnaf::api_base), through the proxy.
    pub fn api_base(&self) -> String {
        self.base_url()
    }

    /// [`FakeAnaf::public_base`](crate::FakeAnaf::public_base), through the proxy.
    pub fn public_base(&self) -> String {
        format!("{}/{PUBLIC_PREFIX}", self.base_url())
    }

    /// The next request meets this fault.
    pub fn next(&self, fault: Fault) {
        self.order(1, "", fault);
    }

    /// The next request whose request line (`POST /test/… HTTP/1.1`) contains `part` meets this fault.
    pub fn next_on(&self, part: &str, fault: Fault) {
        self.order(1, part, fault);
    }

    /// The next `times` requests whose request line contains `part` meet this fault.
    pub fn order(&self, times: u32, part: &str, fault: Fault) {
        if times > 0 {
            self.orders.queue().push(Order {
                on: part.to_owned(),
                fault,
                left: times,
            });
        }
    }

    /// Forgets all orders that have not been met.
    pub fn clear(&self) {
        self.orders.queue().clear();
    }

    /// How many faults on order have not been met yet.
    pub fn outstanding(&self) -> u32 {
        self.orders.queue().iter().map(|order| order.left).sum()
    }

    /// Stops listening, so that connections are refused, and resets those that are idle. The port stays reserved.
    /// A client that sends at the same moment on a pooled connection may meet that reset before it meets a refusal.
    pub async fn refuse(&self) {
        self.command(Command::Refuse).await;
    }

    /// Listens again after [`FaultProxy::refuse`].
    pub async fn accept_again(&self) {
        self.command(Command::Accept).await;
    }

    /// Resets every keep-alive connection that carries no request at the moment, as webservicesp does.
    pub async fn reset_idle(&self) {
        self.command(Command::ResetIdle).await;
    }

    /// How many connections have been accepted.
    pub fn connections(&self) -> u64 {
        self.orders.connections.load(Ordering::SeqCst)
    }

    /// How many requests have been passed on to the target.
    pub fn forwarded(&self) -> u64 {
        self.orders.forwarded.load(Ordering::SeqCst)
    }

    async fn command(&self, command: impl FnOnce(oneshot::Sender<()>) -> Command) {
        let (done, wait) = oneshot::channel();
        // The thread lives as long as this handle; if it died of a bug, the test sees refused connections.
        if self.commands.send(command(done)).is_ok() {
            let _ = wait.await;
        }
    }
}

impl fmt::Debug for FaultProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultProxy")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// A socket bound to the port: listening, or only holding it.
enum Door {
    Open(TcpListener),
    Shut(Option<TcpSocket>),
}

async fn run(
    target: SocketAddr,
    orders: Arc<Orders>,
    mut commands: mpsc::UnboundedReceiver<Command>,
    ready: oneshot::Sender<io::Result<SocketAddr>>,
) {
    let bound = bind(SocketAddr::from(([127, 0, 0, 1], 0))).and_then(|socket| socket.listen(1024));
    let (mut door, address) =
        match bound.and_then(|listener| Ok((listener.local_addr()?, listener))) {
            Ok((address, listener)) => {
                let _ = ready.send(Ok(address));
                (Door::Open(listener), address)
            }
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
    let (idle, _) = watch::channel(());
    loop {
        let command = match &door {
            Door::Shut(_) => commands.recv().await,
            Door::Open(listener) => tokio::select! {
                command = commands.recv() => command,
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        orders.connections.fetch_add(1, Ordering::SeqCst);
                        let connection = connection::serve(stream, target, Arc::clone(&orders), idle.subscribe());
                        tokio::spawn(connection);
                    }
                    continue;
                }
            },
        };
        let Some(command) = command else { return };
        let done = match command {
            Command::Refuse(done) => {
                // The listener must be gone before its port can be bound again.
                drop(std::mem::replace(&mut door, Door::Shut(None)));
                door = Door::Shut(bind(address).ok());
                idle.send_replace(());
                done
            }
            Command::Accept(done) => {
                door = reopen(door, address);
                done
            }
            Command::ResetIdle(done) => {
                idle.send_replace(());
                done
            }
        };
        // The idle connections wake before this task goes on, so that the order is carried out when it is reported.
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        let _ = done.send(());
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn reopen(door: Door, address: SocketAddr) -> Door {
    let socket = match door {
        Door::Open(_) => return door,
        Door::Shut(held) => held.map_or_else(|| bind(address), Ok),
    };
    match socket.and_then(|socket| socket.listen(1024)) {
        Ok(listener) => Door::Open(listener),
        Err(_) => Door::Shut(None),
    }
}
