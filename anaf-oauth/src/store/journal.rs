//! The write-ahead record of one refresh.

use jiff::Timestamp;

use super::TokenSet;

/// One refresh that was begun: the intent, and ANAF's answer as soon as there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalEntry {
    /// The fencing number of the lease under which it was begun: the entry's id.
    pub fence: u64,
    /// Who began it.
    pub holder: String,
    /// The version of the tokens whose refresh token is used.
    pub version: u64,
    /// When it was begun, by the clock of whoever began it.
    pub begun_at: Timestamp,
    /// The new pair. `None`: the call was about to be made, and its fate is unknown.
    pub answer: Option<TokenSet>,
}

impl JournalEntry {
    /// How many entries a store keeps for one key.
    pub const KEPT: usize = 16;

    /// The intent to refresh: ANAF has not been called yet.
    #[must_use]
    pub fn intent(
        fence: u64,
        holder: impl Into<String>,
        version: u64,
        begun_at: Timestamp,
    ) -> Self {
        Self {
            fence,
            holder: holder.into(),
            version,
            begun_at,
            answer: None,
        }
    }

    /// The same entry with ANAF's answer.
    #[must_use]
    pub fn answered(mut self, tokens: TokenSet) -> Self {
        self.answer = Some(tokens);
        self
    }
}
