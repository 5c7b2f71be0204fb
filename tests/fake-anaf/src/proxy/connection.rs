//! One client's connection: request by request, each with the fault that was ordered for it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;

use super::{Fault, Orders, message};

/// Carries requests until either side closes or a fault ends it.
pub(super) async fn serve(
    stream: TcpStream,
    target: SocketAddr,
    orders: Arc<Orders>,
    idle: watch::Receiver<()>,
) {
    let mut connection = Connection {
        stream,
        target,
        orders,
        idle,
        upstream: None,
        leftover: Vec::new(),
        carried: 0,
    };
    // A pause of Nagle's algorithm would look like one of ours; without the option all still works.
    let _ = connection.stream.set_nodelay(true);
    // Whatever goes wrong here is seen by the client as a closed connection, which is the proxy's business.
    while connection.request().await.is_ok_and(|goes_on| goes_on) {}
}

struct Connection {
    stream: TcpStream,
    target: SocketAddr,
    orders: Arc<Orders>,
    idle: watch::Receiver<()>,
    upstream: Option<TcpStream>,
    leftover: Vec<u8>,
    carried: u64,
}

impl Connection {
    /// Carries one request; says whether the connection goes on.
    async fn request(&mut self) -> io::Result<bool> {
        let Some(request_line) = self.next_line().await? else {
            return Ok(false);
        };
        let fault = self.orders.take(&request_line, self.carried > 0);
        match fault {
            Some(Fault::ResetBeforeRead | Fault::ResetReused) => return self.reset(),
            Some(Fault::StallBeforeRead) => return self.stall_unread().await,
            _ => {}
        }
        let request = message::read(&mut self.stream, &mut self.leftover, false).await?;
        self.carried += 1;
        match fault {
            Some(Fault::ResetAfterRead) => return self.reset(),
            Some(Fault::StallAfterRead) => return self.stall().await,
            _ => {}
        }
        let answer = self.forward(&request.bytes).await?;
        match fault {
            Some(Fault::ResetAfterForward) => self.reset(),
            Some(Fault::CloseAfterForward) => Ok(false),
            Some(Fault::StallAfterForward) => self.stall().await,
            Some(Fault::CutBody(bytes)) => {
                self.send(
                    answer
                        .bytes
                        .get(..answer.head.saturating_add(bytes))
                        .unwrap_or(&answer.bytes),
                )
                .await?;
                Ok(false)
            }
            Some(Fault::CutBodyAndReset(bytes)) => {
                self.send(
                    answer
                        .bytes
                        .get(..answer.head.saturating_add(bytes))
                        .unwrap_or(&answer.bytes),
                )
                .await?;
                // A reset overtakes what is still on its way; let the client read first.
                sleep(Duration::from_millis(50)).await;
                self.reset()
            }
            Some(Fault::StallBody(bytes)) => {
                self.send(
                    answer
                        .bytes
                        .get(..answer.head.saturating_add(bytes))
                        .unwrap_or(&answer.bytes),
                )
                .await?;
                self.stall().await
            }
            _ => {
                self.send(&answer.bytes).await?;
                Ok(true)
            }
        }
    }

    /// The next request's first line, seen without reading it; nothing when the client closed, or when idle
    /// connections were ordered to be reset.
    async fn next_line(&mut self) -> io::Result<Option<String>> {
        if !self.leftover.is_empty() {
            return Ok(Some(first_line(&self.leftover)));
        }
        let mut seen = vec![0; 8 * 1024];
        // An order to reset idle connections is for those idle when it was given.
        self.idle.borrow_and_update();
        let first = tokio::select! {
            peeked = self.stream.peek(&mut seen) => peeked?,
            changed = self.idle.changed() => {
                if changed.is_ok() {
                    self.reset()?;
                }
                return Ok(None);
            }
        };
        let mut length = first;
        // A head may arrive in pieces; what counts is its first line.
        for _ in 0..100 {
            if length == 0 {
                return Ok(None);
            }
            let part = seen.get(..length).unwrap_or_default();
            if part.contains(&b'\n') || length == seen.len() {
                break;
            }
            sleep(Duration::from_millis(1)).await;
            length = self.stream.peek(&mut seen).await?;
        }
        Ok(Some(first_line(seen.get(..length).unwrap_or_default())))
    }

    async fn forward(&mut self, request: &[u8]) -> io::Result<message::Message> {
        let mut upstream = match self.upstream.take() {
            Some(upstream) => upstream,
            None => {
                let upstream = TcpStream::connect(self.target).await?;
                upstream.set_nodelay(true)?;
                upstream
            }
        };
        upstream.write_all(request).await?;
        self.orders.forwarded.fetch_add(1, Ordering::SeqCst);
        let answer = message::read(&mut upstream, &mut Vec::new(), true).await?;
        self.upstream = Some(upstream);
        Ok(answer)
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Makes the coming close a reset.
    fn reset(&mut self) -> io::Result<bool> {
        self.stream.set_zero_linger()?;
        Ok(false)
    }

    /// Says nothing until the client closes.
    async fn stall(&mut self) -> io::Result<bool> {
        let mut sink = [0; 4096];
        while self.stream.read(&mut sink).await? > 0 {}
        Ok(false)
    }

    /// Reads nothing and says nothing until the client closes.
    async fn stall_unread(&mut self) -> io::Result<bool> {
        while !self
            .stream
            .ready(Interest::READABLE)
            .await?
            .is_read_closed()
        {
            sleep(Duration::from_millis(10)).await;
        }
        Ok(false)
    }
}

fn first_line(bytes: &[u8]) -> String {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(line).trim_end().to_owned()
}
