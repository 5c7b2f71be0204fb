//! Payment instructions.

use super::reader::{Reader, trim};
use crate::codes::PaymentMeansCode;
use crate::doc::{NodeId, attr, name};
use crate::model::{CreditTransfer, DirectDebit, Invoice, PaymentCard, PaymentInstructions};

impl Reader<'_, '_> {
    /// One `PaymentMeans`. The model has one set of instructions with many accounts, UBL one element for each account
    /// that repeats the rest: what it repeats otherwise is kept aside.
    pub(super) fn payment_means(&mut self, i: &mut Invoice, n: NodeId) {
        let doc = self.doc;
        let first = i.payment.is_none();
        let mut payment = i
            .payment
            .take()
            .unwrap_or_else(|| PaymentInstructions::new(PaymentMeansCode::other("")));
        if first && doc.child(n, name::CBC_PAYMENT_MEANS_CODE).is_none() {
            self.issue(n, "BT-81", super::ReadProblem::Missing);
        }
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_PAYMENT_MEANS_CODE => self.means_code(&mut payment, first, child),
                name::CBC_PAYMENT_DUE_DATE => {
                    self.date(&mut i.payment_due_date, child, "BT-9");
                }
                name::CBC_PAYMENT_ID => self.remittance(&mut payment, child),
                name::CAC_CARD_ACCOUNT if payment.card.is_none() => {
                    payment.card = Some(self.card(child));
                }
                name::CAC_CARD_ACCOUNT => self.again(child),
                name::CAC_PAYEE_FINANCIAL_ACCOUNT => {
                    let account = self.account(child);
                    payment.credit_transfers.push(account);
                }
                name::CAC_PAYMENT_MANDATE => self.mandate(&mut payment, child),
                _ => self.keep(child),
            }
        }
        i.payment = Some(payment);
    }

    fn means_code(&mut self, payment: &mut PaymentInstructions, first: bool, n: NodeId) {
        let doc = self.doc;
        self.leaf(n, &[attr::NAME]);
        let code = PaymentMeansCode::other(&doc.text(n));
        let text = doc.attr(n, attr::NAME);
        if first {
            payment.means = code;
            payment.means_text = text.map(|text| text.into_owned());
            return;
        }
        let other_text = text
            .as_deref()
            .is_some_and(|text| payment.means_text.as_deref() != Some(text));
        if code != payment.means || other_text {
            self.again(n);
        }
    }

    fn remittance(&mut self, payment: &mut PaymentInstructions, n: NodeId) {
        let same = payment
            .remittance_information
            .as_deref()
            .is_some_and(|known| trim(known) == trim(&self.doc.text(n)));
        if same {
            self.leaf(n, &[]);
        } else {
            self.put(&mut payment.remittance_information, n);
        }
    }

    fn card(&mut self, n: NodeId) -> PaymentCard {
        let (mut number, mut network) = (None, None);
        let mut card = PaymentCard::default();
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_PRIMARY_ACCOUNT_NUMBER_ID => self.put(&mut number, child),
                name::CBC_NETWORK_ID => self.put(&mut network, child),
                name::CBC_HOLDER_NAME => self.put(&mut card.holder_name, child),
                _ => self.keep(child),
            }
        }
        card.account_number = self.require(number, "BT-87", n);
        card.network = network.unwrap_or_default();
        card
    }

    fn account(&mut self, n: NodeId) -> CreditTransfer {
        let mut account = CreditTransfer::default();
        let mut id = None;
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.put(&mut id, child),
                name::CBC_NAME => self.put(&mut account.account_name, child),
                name::CAC_FINANCIAL_INSTITUTION_BRANCH => {
                    self.put_child(&mut account.service_provider, child, name::CBC_ID);
                }
                _ => self.keep(child),
            }
        }
        account.account = self.require(id, "BT-84", n);
        account
    }

    fn mandate(&mut self, payment: &mut PaymentInstructions, n: NodeId) {
        let mut debit = payment.direct_debit.take().unwrap_or_default();
        let doc = self.doc;
        for child in doc.children(n) {
            match doc.name(child) {
                name::CBC_ID => self.put(&mut debit.mandate_reference, child),
                name::CAC_PAYER_FINANCIAL_ACCOUNT => {
                    self.put_child(&mut debit.debited_account, child, name::CBC_ID);
                }
                _ => self.keep(child),
            }
        }
        if debit != DirectDebit::default() {
            payment.direct_debit = Some(debit);
        }
    }
}
