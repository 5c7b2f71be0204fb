//! How long a call may take.

use std::time::Duration;

/// The times of a call. The defaults suit ANAF, which at times needs over ten seconds to answer an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Timeouts {
    /// For the connection, TLS included: 10 s. When it runs out nothing was sent.
    pub connect: Duration,
    /// For silence, once the request is sent: until the answer begins, and between its parts: 60 s. How long a request
    /// with a body takes to send cannot be seen, so for the beginning of its answer `total` alone counts.
    pub read: Duration,
    /// For the whole call, all its attempts and the pauses between them included: 180 s. Waiting for a limit of ANAF's
    /// is not part of it.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(60),
            total: Duration::from_secs(180),
        }
    }
}

impl Timeouts {
    /// The same with another time for connecting.
    #[must_use]
    pub fn connect(mut self, time: Duration) -> Self {
        self.connect = time;
        self
    }

    /// The same with another time for silence.
    #[must_use]
    pub fn read(mut self, time: Duration) -> Self {
        self.read = time;
        self
    }

    /// The same with another time for the whole call.
    #[must_use]
    pub fn total(mut self, time: Duration) -> Self {
        self.total = time;
        self
    }
}
