//! One key's record and its transitions, without I/O: what memory and the file stores share.

use std::time::Duration;

use super::{GrantKey, JournalEntry, Lease, LeaseOutcome, Stored, Swap, TokenSet};

/// A moment on the clock that measures leases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Which run of the steady clock: the machine's boot. `None` where the system does not say.
    pub(super) boot: Option<String>,
    /// Milliseconds on the steady clock.
    pub(super) steady_ms: u64,
    /// Milliseconds since 1970 on the wall clock, which may jump.
    pub(super) wall_ms: i64,
}

impl Moment {
    /// How much of `ttl` is left at `now`. A lease from before a reboot is over. A clock that went back ends a lease,
    /// too: fencing makes an early end harmless, while a late one would block the grant.
    pub(super) fn remaining(&self, ttl: Duration, now: &Self) -> Duration {
        let elapsed = match (&self.boot, &now.boot) {
            (Some(then), Some(today)) if then != today => None,
            (Some(_), Some(_)) => now.steady_ms.checked_sub(self.steady_ms),
            _ => u64::try_from(now.wall_ms.saturating_sub(self.wall_ms)).ok(),
        };
        elapsed.map_or(Duration::ZERO, |ms| {
            ttl.saturating_sub(Duration::from_millis(ms))
        })
    }
}

/// A lease that somebody took and did not give back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) holder: String,
    pub(super) since: Moment,
    pub(super) ttl: Duration,
}

/// Everything about one key. It outlives the grant, because versions and fencing numbers must not begin anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Grows with each change of the record.
    pub(super) revision: u64,
    pub(super) version: u64,
    pub(super) fence: u64,
    pub(super) tokens: Option<TokenSet>,
    pub(super) lease: Option<Held>,
    pub(super) journal: Vec<JournalEntry>,
}

impl Record {
    pub(super) fn stored(&self) -> Option<Stored> {
        let tokens = self.tokens.clone()?;
        Some(Stored {
            tokens,
            version: self.version,
        })
    }

    fn live_version(&self) -> Option<u64> {
        self.tokens.as_ref().map(|_| self.version)
    }

    pub(super) fn swap(
        &mut self,
        expected: Option<u64>,
        fence: Option<u64>,
        new: &TokenSet,
    ) -> Swap {
        if fence.is_some_and(|fence| fence != self.fence) {
            return Swap::Fenced { latest: self.fence };
        }
        if self.live_version() != expected {
            return Swap::Conflict(self.stored());
        }
        self.revision += 1;
        self.version += 1;
        self.tokens = Some(new.clone());
        self.journal.clear();
        Swap::Swapped {
            version: self.version,
        }
    }

    pub(super) fn delete(&mut self, expected: Option<u64>) -> bool {
        let Some(version) = self.live_version() else {
            return false;
        };
        if expected.is_some_and(|expected| expected != version) {
            return false;
        }
        self.revision += 1;
        self.version += 1;
        self.tokens = None;
        self.journal.clear();
        true
    }

    pub(super) fn acquire(
        &mut self,
        key: &GrantKey,
        holder: &str,
        ttl: Duration,
        now: Moment,
    ) -> LeaseOutcome {
        if let Some(held) = &self.lease {
            let remaining = held.since.remaining(held.ttl, &now);
            if !remaining.is_zero() {
                return LeaseOutcome::Held {
                    remaining,
                    holder: held.holder.clone(),
                };
            }
        }
        self.revision += 1;
        self.fence += 1;
        self.lease = Some(Held {
            holder: holder.to_owned(),
            since: now,
            ttl,
        });
        LeaseOutcome::Granted(Lease::new(key.clone(), holder, self.fence, ttl))
    }

    fn holds(&self, lease: &Lease) -> bool {
        let held = self.lease.as_ref();
        self.fence == lease.fence && held.is_some_and(|held| held.holder == lease.holder)
    }

    pub(super) fn renew(&mut self, lease: &Lease, ttl: Duration, now: Moment) -> Option<Lease> {
        if !self.holds(lease) {
            return None;
        }
        self.revision += 1;
        self.lease = Some(Held {
            holder: lease.holder.clone(),
            since: now,
            ttl,
        });
        Some(Lease::new(
            lease.key.clone(),
            &*lease.holder,
            lease.fence,
            ttl,
        ))
    }

    pub(super) fn release(&mut self, lease: &Lease) {
        if self.holds(lease) {
            self.revision += 1;
            self.lease = None;
        }
    }

    pub(super) fn write_journal(&mut self, entry: &JournalEntry) {
        self.revision += 1;
        match self.journal.binary_search_by_key(&entry.fence, |e| e.fence) {
            Ok(at) => self.journal.splice(at..=at, [entry.clone()]).for_each(drop),
            Err(at) => self.journal.insert(at, entry.clone()),
        }
        while self.journal.len() > JournalEntry::KEPT {
            // An answer may be a pair that nobody else has: intents go first.
            let intent = self.journal.iter().position(|e| e.answer.is_none());
            self.journal.remove(intent.unwrap_or(0));
        }
    }

    pub(super) fn clear_journal(&mut self, through: u64) {
        let before = self.journal.len();
        self.journal.retain(|entry| entry.fence > through);
        if self.journal.len() != before {
            self.revision += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(boot: Option<&str>, steady_ms: u64, wall_ms: i64) -> Moment {
        Moment {
            boot: boot.map(str::to_owned),
            steady_ms,
            wall_ms,
        }
    }

    #[test]
    fn lease_time_survives_jumps_and_reboots() {
        let ttl = Duration::from_secs(30);
        let cases = [
            // The steady clock decides, whatever the wall clock does.
            (at(Some("a"), 1_000, 0), at(Some("a"), 11_000, -600_000), 20),
            (at(Some("a"), 1_000, 0), at(Some("a"), 31_000, 0), 0),
            // A steady clock that went back belongs to another counter.
            (at(Some("a"), 1_000, 0), at(Some("a"), 999, 0), 0),
            // Whoever held it before the reboot is gone.
            (at(Some("a"), 1_000, 0), at(Some("b"), 2_000, 1_000), 0),
            // Without a steady clock, the wall clock has to do.
            (at(None, 0, 1_000), at(None, 0, 11_000), 20),
            (at(None, 0, 1_000), at(None, 0, 0), 0),
            (at(None, 0, 1_000), at(Some("a"), 5, 11_000), 20),
        ];
        for (since, now, seconds) in cases {
            assert_eq!(
                since.remaining(ttl, &now),
                Duration::from_secs(seconds),
                "{since:?} {now:?}"
            );
        }
    }
}
