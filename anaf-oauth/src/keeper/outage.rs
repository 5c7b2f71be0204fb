//! Whether ANAF, or the store, fails for everybody: then a round need not find that out for each grant.

use anaf_types::{Error, ErrorKind};

use crate::grants::Visit;

/// So many failures in a row that could be anybody's are taken to be everybody's.
const IN_A_ROW: u32 = 5;

/// What the last visits had in common.
#[derive(Default)]
pub(super) struct Outage {
    of_anaf: u32,
    of_the_store: u32,
    found: Option<Error>,
}

impl Outage {
    /// Takes note of a visit.
    pub(super) fn note(&mut self, visit: &Result<Visit, Error>) {
        let trouble = match visit {
            Ok(visit) => visit.trouble.as_ref(),
            Err(error) => Some(error),
        };
        match trouble {
            Some(error) if error.kind() == ErrorKind::Store => self.of_the_store += 1,
            _ => self.of_the_store = 0,
        }
        // Only what was asked just now says anything: a grant may be paused for reasons of long ago.
        if !visit.as_ref().is_ok_and(|visit| visit.asked) {
            return;
        }
        match trouble.filter(|error| may_concern_everybody(error)) {
            Some(error) => {
                self.of_anaf += 1;
                if self.of_anaf == IN_A_ROW {
                    self.found = Some(error.clone());
                }
            }
            None => self.of_anaf = 0,
        }
    }

    /// ANAF's failure, if it is everybody's.
    pub(super) fn of_anaf(&self) -> Option<&Error> {
        self.found.as_ref()
    }

    /// Whether it is time to see if the store works at all.
    pub(super) fn may_be_the_stores(&self) -> bool {
        self.of_the_store > 0 && self.of_the_store.is_multiple_of(IN_A_ROW)
    }
}

/// Everything but what lies with one grant or one person.
fn may_concern_everybody(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::NeedsLogin | ErrorKind::ConcurrentTokens | ErrorKind::Store
    )
}
