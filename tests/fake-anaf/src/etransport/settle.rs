//! The verdict on a declaration, and what it changes behind its UIT.

use jiff::Timestamp;

use super::{Content, Declaration, Outcome, Transport, TransportState, TransportVerdict, uit};
use crate::clock;

/// ANAF's text for a UIT that is unknown, somebody else's, deleted, or not yet `ok`.
const UNKNOWN_UIT: &str = "UIT-ul nu poate fi identificat.";

impl TransportState {
    /// Decides all declarations whose processing is over by `now`, in the order of their arrival.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let due: Vec<u64> = self
            .pending
            .iter()
            .copied()
            .filter(|index| {
                self.declarations
                    .get(index)
                    .is_some_and(|found| found.ready <= now && found.polls_left == 0)
            })
            .collect();
        for index in due {
            self.pending.remove(&index);
            let Some(declaration) = self.declarations.get(&index).cloned() else {
                continue;
            };
            let outcome = self.decide(&declaration);
            if let Some(found) = self.declarations.get_mut(&index) {
                found.outcome = Some(outcome);
            }
        }
    }

    fn decide(&mut self, declaration: &Declaration) -> Outcome {
        match &declaration.ordered {
            Some(TransportVerdict::Rejected(texts)) => return Outcome::Rejected(texts.clone()),
            Some(TransportVerdict::NotTakenOver) => return Outcome::NotTakenOver,
            None => {}
        }
        if declaration.reference.contains("NEPRELUAT") {
            return Outcome::NotTakenOver;
        }
        if declaration.reference.contains("RESPINGE") {
            return Outcome::Rejected(vec![
                "Declaratia a fost respinsa la cererea declarantului fals.".to_owned(),
            ]);
        }
        if declaration.declarant.trim_start_matches('0') != declaration.cif {
            return Outcome::Rejected(vec![format!(
                "Codul declarantului {} difera de CIF-ul {} pentru care s-a facut incarcarea.",
                declaration.declarant, declaration.cif
            )]);
        }
        match self.apply(declaration) {
            Ok(()) => Outcome::Ok,
            Err(text) => Outcome::Rejected(vec![text]),
        }
    }

    fn apply(&mut self, declaration: &Declaration) -> Result<(), String> {
        let at = declaration.received;
        let today = clock::day(at);
        if let Content::Notification(notification) = &declaration.content {
            check_date(declaration, at)?;
            self.transports.insert(
                declaration.uit.clone(),
                Transport {
                    env: declaration.env,
                    uit: declaration.uit.clone(),
                    index: declaration.index,
                    declarant: declaration.cif.clone(),
                    reference: declaration.reference.clone(),
                    post_outage: declaration.post_outage,
                    notification: notification.as_ref().clone(),
                    created: at,
                    modified: None,
                    deleted: false,
                    vehicles: Vec::new(),
                    confirmation: None,
                },
            );
            return Ok(());
        }
        // A partner may confirm somebody else's transport; all else is the declarant's own business.
        let confirms = matches!(declaration.content, Content::Confirmation(..));
        let transport = self
            .transports
            .get_mut(&declaration.uit)
            .filter(|known| known.env == declaration.env && !known.deleted)
            .filter(|known| {
                known.declarant == declaration.cif
                    || (confirms
                        && known.notification.partner.code.trim_start_matches("RO")
                            == declaration.cif)
            })
            .ok_or(UNKNOWN_UIT)?;
        if !transport.is_alive(today) {
            return Err(format!(
                "UIT-ul {} nu mai este in perioada de valabilitate.",
                declaration.uit
            ));
        }
        match &declaration.content {
            Content::Notification(_) => {}
            Content::Correction(_, notification) => {
                not_yet_on_the_road(transport, today)?;
                check_date(declaration, at)?;
                transport.notification = notification.as_ref().clone();
                transport.modified = Some(at);
            }
            Content::Deletion(_) => {
                not_yet_on_the_road(transport, today)?;
                transport.deleted = true;
            }
            Content::Confirmation(_, confirmation) => {
                transport.confirmation = Some((declaration.index, at, confirmation.clone()));
            }
            Content::VehicleChange(_, change) => {
                transport
                    .vehicles
                    .push((declaration.index, at, change.clone()));
                transport.modified = Some(at);
            }
        }
        Ok(())
    }
}

/// After the movement starts only the vehicle may change. The fake takes it to start at the end of the transport
/// date at the latest.
fn not_yet_on_the_road(transport: &Transport, today: jiff::civil::Date) -> Result<(), String> {
    if today <= transport.notification.date {
        return Ok(());
    }
    Err(format!(
        "UIT-ul {} nu mai poate fi modificat: transportul a inceput.",
        transport.uit
    ))
}

/// The window in which a UIT may be asked for; what is declared after an outage may lie in the past.
fn check_date(declaration: &Declaration, at: Timestamp) -> Result<(), String> {
    let Some(notification) = declaration.content.notification() else {
        return Ok(());
    };
    let date = notification.date;
    if uit::may_be_asked_for(at, date) || (declaration.post_outage && date <= clock::day(at)) {
        return Ok(());
    }
    Err(format!(
        "Data transportului {date} trebuie sa fie intre data curenta si cel mult 3 zile dupa aceasta."
    ))
}
