//! What a test may ask of, and order from, e-Factura.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::upload::Filing;
use super::{EFacturaSettings, Fate, Standard, Verdict, invoice};
use crate::call::Env;
use crate::server::Shared;

/// An upload that was given an index.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedUpload {
    /// The upload index, `index_incarcare`.
    pub index: u64,
    /// Where it was filed.
    pub env: Env,
    /// `UBL`, `CN`, `CII` or `RASP`.
    pub standard: &'static str,
    /// The fiscal code it was filed for.
    pub cif: String,
    /// Whether it came through `uploadb2c`.
    pub b2c: bool,
    /// `extern=DA`.
    pub extern_buyer: bool,
    /// `autofactura=DA`.
    pub self_billed: bool,
    /// `executare=DA`.
    pub enforcement: bool,
    /// The document, byte for byte.
    pub body: Arc<[u8]>,
    /// When it came, by the fake's clock.
    pub received: Timestamp,
    /// Whether it is, or will be, `ok`.
    pub accepted: bool,
    /// The id that `descarcare` takes; zero for one that was not taken over.
    pub download_id: u64,
}

/// Orders to, and the contents of, e-Factura.
#[derive(Clone)]
pub struct EFacturaControl(pub(crate) Arc<Shared>);

impl EFacturaControl {
    /// Changes the settings. Processing times apply to the uploads that follow.
    pub fn configure(&self, change: impl FnOnce(&mut EFacturaSettings)) {
        change(&mut self.0.lock().efactura.settings);
    }

    /// The next upload that gets an index ends so, whatever the rules say. May be called several times in advance.
    pub fn next_verdict(&self, verdict: Verdict) {
        self.0.lock().efactura.verdicts.push_back(verdict);
    }

    /// Ends the processing of every upload that is still `in prelucrare`.
    pub fn finish_processing(&self) {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        for upload in state
            .efactura
            .uploads
            .values_mut()
            .filter(|upload| upload.settled.is_none())
        {
            upload.ready = upload.ready.min(now);
            upload.polls_left = 0;
        }
        state.efactura.settle(now);
    }

    /// All uploads that were given an index, oldest first. What was refused at the door (`ExecutionStatus="1"`) is
    /// not among them.
    pub fn uploads(&self) -> Vec<ReceivedUpload> {
        let state = self.0.lock();
        state
            .efactura
            .uploads
            .values()
            .map(|upload| ReceivedUpload {
                index: upload.index,
                env: upload.env,
                standard: upload.standard.word(),
                cif: upload.cif.clone(),
                b2c: upload.b2c,
                extern_buyer: upload.extern_buyer,
                self_billed: upload.self_billed,
                enforcement: upload.enforcement,
                body: Arc::clone(&upload.body),
                received: upload.received,
                accepted: matches!(upload.fate, Fate::Accepted),
                download_id: upload.download_id,
            })
            .collect()
    }

    /// How many uploads were given an index.
    pub fn upload_count(&self) -> usize {
        self.0.lock().efactura.uploads.len()
    }

    /// Files an invoice in the name of its seller, as if somebody else had: the way to put something into an inbox.
    /// Gives the upload index. The document must be UBL, an invoice.
    ///
    /// # Errors
    /// ANAF's text, where the document does not get past the schema check.
    pub fn deliver(&self, env: Env, ubl_invoice: &[u8]) -> Result<u64, String> {
        let facts = invoice::read(Standard::Ubl, ubl_invoice).map_err(|error| error.text())?;
        let now = self.0.clock.now();
        let filing = Filing {
            env,
            standard: Standard::Ubl,
            b2c: false,
            cif: facts.seller.clone(),
            extern_buyer: false,
            self_billed: false,
            enforcement: false,
            facts,
        };
        Ok(self.0.lock().efactura.file(filing, ubl_invoice, now))
    }

    /// Files `count` small invoices from a stranger to `buyer`, numbered `{prefix}-1` and on, all accepted: an inbox
    /// of many pages. Gives their upload indexes.
    pub fn deliver_many(&self, env: Env, buyer: &str, prefix: &str, count: usize) -> Vec<u64> {
        let deliver = |n| {
            self.next_verdict(Verdict::Accepted);
            self.deliver(
                env,
                small_invoice(&format!("{prefix}-{n}"), crate::STRANGER_CIF, buyer).as_bytes(),
            )
        };
        (1..=count).filter_map(|n| deliver(n).ok()).collect()
    }
}

impl fmt::Debug for EFacturaControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EFacturaControl").finish_non_exhaustive()
    }
}

/// The least that the fake takes for an invoice. It would not satisfy ANAF.
pub(crate) fn small_invoice(number: &str, seller: &str, buyer: &str) -> String {
    let party = |role: &str, code: &str| {
        format!(
            "<cac:{role}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>RO{code}</cbc:CompanyID><cac:TaxScheme>\
             <cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:Party></cac:{role}>"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"><cbc:ID>{}</cbc:ID>\
         <cbc:IssueDate>2026-07-01</cbc:IssueDate>{}{}</Invoice>",
        crate::answer::escape(number),
        party("AccountingSupplierParty", seller),
        party("AccountingCustomerParty", buyer),
    )
}
