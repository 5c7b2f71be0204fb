//! e-Factura: uploads, verdicts, lists, archives, conversions.

mod archive;
mod control;
mod conversion;
mod descarcare;
mod invoice;
mod lista;
mod rules;
mod sample;
mod signature;
mod stare;
mod upload;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::call::Env;

pub use control::{EFacturaControl, ReceivedUpload};
pub use rules::{Grammar, RuleFailure, Rules, Verdict};
pub use sample::sample_invoice;

pub(crate) use conversion::{conversion_error, transformare, validare};
pub(crate) use descarcare::{descarcare, descarcare_error};
pub(crate) use lista::{lista, lista_error, lista_paginata};
pub(crate) use signature::validate_signature;
pub(crate) use stare::{stare, stare_error};
pub(crate) use upload::{upload, upload_errors};

/// How ids are written in JSON lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum IdForm {
    /// `"id":"3001503294"`
    #[default]
    Text,
    /// `"id":3001503294`
    Number,
}

/// Which paths the firewall in front of webservicesp watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum FirewallReach {
    /// It refuses nothing.
    Off,
    /// It refuses on `transformare/…/DA` only: the validating path lets the same document through.
    #[default]
    UnvalidatedOnly,
    /// It refuses on `validare` and `transformare` alike.
    Everywhere,
}

/// Settings of e-Factura; change them with [`EFacturaControl::configure`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EFacturaSettings {
    /// How long a document is `in prelucrare`, by the fake's clock: nothing by default.
    pub processing: SignedDuration,
    /// How many `stareMesaj` calls answer `in prelucrare` whatever the clock says: none by default.
    pub processing_polls: u32,
    /// How long after its verdict a message appears in the lists: nothing by default; ANAF takes up to 15 minutes.
    pub indexing_lag: SignedDuration,
    /// How long archives can be downloaded: 60 days from the verdict.
    pub retention: SignedDuration,
    /// How ids are written in lists.
    pub ids: IdForm,
    /// Whether the signature comes first in every archive; by default in every other one.
    pub signature_first: Option<bool>,
    /// In which grammar rule failures are written.
    pub grammar: Grammar,
    /// What is checked after the schema.
    pub rules: Rules,
    /// Whether errors of `descarcare` come as `text/plain`, as seen at times.
    pub plain_text_errors: bool,
    /// Whether ANAF's second wording is used where two have been seen: of the limits of `descarcare` and of the simple
    /// list, and of the `detalii` of self-billed and rejected invoices.
    pub second_wordings: bool,
    /// What the firewall in front of webservicesp watches.
    pub firewall: FirewallReach,
}

impl Default for EFacturaSettings {
    fn default() -> Self {
        Self {
            processing: SignedDuration::ZERO,
            processing_polls: 0,
            indexing_lag: SignedDuration::ZERO,
            retention: SignedDuration::from_hours(60 * 24),
            ids: IdForm::Text,
            signature_first: None,
            grammar: Grammar::New,
            rules: Rules::default(),
            plain_text_errors: false,
            second_wordings: false,
            firewall: FirewallReach::default(),
        }
    }
}

/// What was said to be in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Standard {
    Ubl,
    Cn,
    Cii,
    Rasp,
}

impl Standard {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Ubl, "UBL"),
        (Self::Cn, "CN"),
        (Self::Cii, "CII"),
        (Self::Rasp, "RASP"),
    ];

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, known)| *known == word)
            .map(|(standard, _)| standard)
    }

    pub(crate) fn word(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find(|(standard, _)| *standard == self)
            .map_or("", |(_, word)| word)
    }
}

/// What became of an upload, decided at once and told when its processing is over.
#[derive(Clone, Debug)]
enum Fate {
    Accepted,
    Rejected(Vec<String>),
    NotTakenOver,
}

/// An upload that was given an index.
#[derive(Clone, Debug)]
struct Upload {
    index: u64,
    env: Env,
    standard: Standard,
    b2c: bool,
    cif: String,
    extern_buyer: bool,
    self_billed: bool,
    enforcement: bool,
    facts: invoice::Facts,
    body: Arc<[u8]>,
    received: Timestamp,
    ready: Timestamp,
    polls_left: u32,
    settled: Option<Timestamp>,
    fate: Fate,
    download_id: u64,
}

/// An entry of the lists.
#[derive(Clone, Debug)]
struct Message {
    id: u64,
    env: Env,
    owner: String,
    upload: u64,
    tip: &'static str,
    filter: char,
    detalii: String,
    /// When its archive was made: what retention counts from.
    archived: Timestamp,
    /// When it appears in the lists: `data_creare`.
    indexed: Timestamp,
}

/// Uploads, messages, archives.
#[derive(Default)]
pub(crate) struct EFacturaState {
    pub(crate) settings: EFacturaSettings,
    uploads: BTreeMap<u64, Upload>,
    pending: BTreeSet<u64>,
    messages: BTreeMap<u64, Message>,
    /// Accepted invoices by their identity: what makes the next one a duplicate.
    filed: HashMap<(Env, invoice::Identity), (u64, Timestamp)>,
    verdicts: VecDeque<Verdict>,
    last_index: u64,
    last_message: u64,
    /// Bytes of the uploads' bodies.
    held: usize,
}

/// So many uploads are remembered, and so many bytes of them: a server that runs for days must not grow for days.
const KEPT_UPLOADS: usize = 200_000;
const KEPT_BYTES: usize = 512 << 20;

/// The first upload index is one above this.
const FIRST_INDEX: u64 = 5_001_131_296;
/// The first message id is one above this.
const FIRST_MESSAGE: u64 = 3_001_503_293;

impl EFacturaState {
    fn next_index(&mut self) -> u64 {
        self.last_index = self.last_index.max(FIRST_INDEX) + 1;
        self.last_index
    }

    fn next_message(&mut self) -> u64 {
        self.last_message = self.last_message.max(FIRST_MESSAGE) + 1;
        self.last_message
    }

    /// Forgets the oldest uploads, a tenth at a time, with all that came of them, once there are too many.
    fn make_room(&mut self, uploads: usize, bytes: usize) {
        if self.uploads.len() <= uploads && self.held <= bytes {
            return;
        }
        let mut forgotten = BTreeSet::new();
        while self.uploads.len() > uploads / 10 * 9 || self.held > bytes / 10 * 9 {
            let Some((index, upload)) = self.uploads.pop_first() else {
                break;
            };
            self.held -= upload.body.len();
            forgotten.insert(index);
        }
        self.pending.retain(|index| !forgotten.contains(index));
        self.messages
            .retain(|_, message| !forgotten.contains(&message.upload));
        self.filed
            .retain(|_, (index, _)| !forgotten.contains(index));
    }

    /// Publishes the messages of all uploads whose processing is over by `now`.
    fn settle(&mut self, now: Timestamp) {
        let due: Vec<u64> = self
            .pending
            .iter()
            .copied()
            .filter(|index| {
                self.uploads
                    .get(index)
                    .is_some_and(|upload| upload.ready <= now && upload.polls_left == 0)
            })
            .collect();
        for index in due {
            self.pending.remove(&index);
            self.publish(index, now);
        }
    }

    fn publish(&mut self, index: u64, now: Timestamp) {
        let by_polls = self.settings.processing_polls > 0;
        let lag = self.settings.indexing_lag;
        let second_wordings = self.settings.second_wordings;
        let Some(upload) = self.uploads.get_mut(&index) else {
            return;
        };
        let settled = if by_polls { now } else { upload.ready };
        upload.settled = Some(settled);
        let upload = upload.clone();
        let mut id = upload.download_id;
        for entry in upload.entries(second_wordings) {
            let message = Message {
                id,
                env: upload.env,
                owner: entry.owner,
                upload: index,
                tip: entry.tip,
                filter: entry.filter,
                detalii: entry.detalii,
                archived: settled,
                indexed: crate::clock::later(settled, lag),
            };
            self.messages.insert(id, message);
            id = self.next_message();
        }
    }
}

/// What an upload leaves in the lists.
struct Entry {
    owner: String,
    tip: &'static str,
    filter: char,
    detalii: String,
}

impl Upload {
    /// The entries, the filer's own first: it has the id that `stareMesaj` tells.
    fn entries(&self, second_wordings: bool) -> Vec<Entry> {
        let index = self.index;
        match &self.fate {
            Fate::NotTakenOver => Vec::new(),
            Fate::Rejected(_) => {
                let kind = match (self.self_billed, second_wordings) {
                    (true, _) => "de tip declarat=AUTOFACTURA, transmisa",
                    (false, false) => "transmisa",
                    (false, true) => "primita",
                };
                vec![Entry {
                    owner: self.cif.clone(),
                    tip: "ERORI FACTURA",
                    filter: 'E',
                    detalii: format!(
                        "Erori de validare identificate la factura {kind} cu id_incarcare={index}"
                    ),
                }]
            }
            Fate::Accepted if self.standard == Standard::Rasp => {
                let detalii = format!(
                    "Mesaj cu id_incarcare={index} transmis de cif_emitent={} pentru cif_beneficiar={}",
                    self.facts.buyer, self.facts.seller
                );
                vec![
                    Entry {
                        owner: self.facts.buyer.clone(),
                        tip: "MESAJ CUMPARATOR TRANSMIS",
                        filter: 'R',
                        detalii: detalii.clone(),
                    },
                    Entry {
                        owner: self.facts.seller.clone(),
                        tip: "MESAJ CUMPARATOR PRIMIT",
                        filter: 'R',
                        detalii,
                    },
                ]
            }
            Fate::Accepted => self.invoice_entries(second_wordings),
        }
    }

    fn invoice_entries(&self, second_wordings: bool) -> Vec<Entry> {
        let (index, seller, buyer) = (self.index, &self.facts.seller, &self.facts.buyer);
        let detalii = if self.self_billed {
            let word = if second_wordings {
                "autofactutra"
            } else {
                "autofactura"
            };
            format!(
                "Factura cu id_incarcare={index} transmisa de cif={buyer}  ca {word} in numele cif={seller}"
            )
        } else {
            format!(
                "Factura cu id_incarcare={index} emisa de cif_emitent={seller} pentru cif_beneficiar={buyer}"
            )
        };
        let sent = Entry {
            owner: self.cif.clone(),
            tip: "FACTURA TRIMISA",
            filter: 'T',
            detalii: detalii.clone(),
        };
        // Nobody outside Romania, and no private person, has an SPV inbox here.
        if self.extern_buyer || buyer.is_empty() {
            return vec![sent];
        }
        let other = if self.self_billed { seller } else { buyer };
        vec![
            sent,
            Entry {
                owner: other.clone(),
                tip: "FACTURA PRIMITA",
                filter: 'P',
                detalii,
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fake_that_runs_for_days_does_not_grow_for_days() {
        let mut state = EFacturaState::default();
        let now = Timestamp::UNIX_EPOCH;
        for number in 0..250 {
            let filing = upload::Filing {
                env: Env::Test,
                standard: Standard::Ubl,
                b2c: false,
                cif: "10000016".to_owned(),
                extern_buyer: false,
                self_billed: false,
                enforcement: false,
                facts: invoice::Facts {
                    number: format!("N-{number}"),
                    seller: "10000016".to_owned(),
                    buyer: "20000021".to_owned(),
                    ..invoice::Facts::default()
                },
            };
            state.verdicts.push_back(Verdict::Accepted);
            state.file(filing, &[b' '; 10], now);
            state.settle(now);
            state.make_room(100, 700);
            assert!(state.uploads.len() <= 70 && state.held <= 700);
        }
        let (first, last) = (
            state.uploads.keys().next().copied(),
            state.uploads.keys().last().copied(),
        );
        assert_eq!(last, Some(FIRST_INDEX + 250), "the newest are kept");
        assert_eq!(state.held, state.uploads.len() * 10);
        assert_eq!(state.messages.len(), state.uploads.len() * 2);
        assert!(state.messages.values().all(|m| Some(m.upload) >= first));
    }
}
