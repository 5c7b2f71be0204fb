//! Payment instructions: credit transfers, card, direct debit.

use crate::codes::PaymentMeansCode;

/// BG-16 Payment instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentInstructions {
    /// BT-81 Payment means type code.
    pub means: PaymentMeansCode,
    /// BT-82 Payment means text.
    pub means_text: Option<String>,
    /// BT-83 Remittance information.
    pub remittance_information: Option<String>,
    /// BG-17 Credit transfers: the accounts that may be paid into.
    pub credit_transfers: Vec<CreditTransfer>,
    /// BG-18 Payment card information.
    pub card: Option<PaymentCard>,
    /// BG-19 Direct debit.
    pub direct_debit: Option<DirectDebit>,
}

impl PaymentInstructions {
    /// Instructions with the means alone.
    #[must_use]
    pub fn new(means: PaymentMeansCode) -> Self {
        Self {
            means,
            means_text: None,
            remittance_information: None,
            credit_transfers: Vec::new(),
            card: None,
            direct_debit: None,
        }
    }

    /// Payment by credit transfer (BT-81 = 30) into one account.
    #[must_use]
    pub fn credit_transfer(iban: impl Into<String>) -> Self {
        Self::new(PaymentMeansCode::CREDIT_TRANSFER).with_account(CreditTransfer::new(iban))
    }

    /// Adds an account (BG-17).
    #[must_use]
    pub fn with_account(mut self, account: CreditTransfer) -> Self {
        self.credit_transfers.push(account);
        self
    }

    /// Sets the remittance information (BT-83).
    #[must_use]
    pub fn with_remittance_information(mut self, text: impl Into<String>) -> Self {
        self.remittance_information = Some(text.into());
        self
    }
}

/// BG-17 Credit transfer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreditTransfer {
    /// BT-84 Payment account identifier: the IBAN.
    pub account: String,
    /// BT-85 Payment account name.
    pub account_name: Option<String>,
    /// BT-86 Payment service provider identifier: the BIC.
    pub service_provider: Option<String>,
}

impl CreditTransfer {
    /// A transfer into the given account.
    #[must_use]
    pub fn new(iban: impl Into<String>) -> Self {
        Self {
            account: iban.into(),
            ..Self::default()
        }
    }

    /// Sets the account's name (BT-85).
    #[must_use]
    pub fn with_account_name(mut self, name: impl Into<String>) -> Self {
        self.account_name = Some(name.into());
        self
    }

    /// Sets the bank's BIC (BT-86).
    #[must_use]
    pub fn with_service_provider(mut self, bic: impl Into<String>) -> Self {
        self.service_provider = Some(bic.into());
        self
    }
}

/// BG-18 Payment card information.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentCard {
    /// BT-87 Payment card primary account number: the last 4 to 6 digits, never more than 10 (BR-51).
    pub account_number: String,
    /// The card's network, as `VISA`: not a term of EN 16931, but UBL's schema requires it.
    pub network: String,
    /// BT-88 Payment card holder name.
    pub holder_name: Option<String>,
}

impl PaymentCard {
    /// A card by the end of its number and its network.
    #[must_use]
    pub fn new(account_number: impl Into<String>, network: impl Into<String>) -> Self {
        Self {
            account_number: account_number.into(),
            network: network.into(),
            holder_name: None,
        }
    }
}

/// BG-19 Direct debit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirectDebit {
    /// BT-89 Mandate reference identifier.
    pub mandate_reference: Option<String>,
    /// BT-90 Bank assigned creditor identifier. UBL writes it among the payee's or the seller's identifiers.
    pub creditor_identifier: Option<String>,
    /// BT-91 Debited account identifier.
    pub debited_account: Option<String>,
}

impl DirectDebit {
    /// A direct debit under the given mandate.
    #[must_use]
    pub fn new(mandate_reference: impl Into<String>) -> Self {
        Self {
            mandate_reference: Some(mandate_reference.into()),
            ..Self::default()
        }
    }
}
