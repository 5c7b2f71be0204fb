//! The client: each of e-Transport's calls as a method, and as an operation that a session sends.
//!
//! ANAF's `descarcare` is not here: it stands in the guide of 2022 and has been removed from both environments since.
//! What it gave is in [`ETransport::list`].

mod info;
mod lenient;
mod list;
mod state;
mod upload;
mod wait;

pub use info::{Info, InfoPlace, InfoPlaceKind, InfoRow};
pub use lenient::{Moment, UitText};
pub use list::{
    List, ListMessage, ListRow, ListedConfirmation, ListedVehicle, MessageKind, RowKind, RowState,
    Rows, Source, YesNo,
};
pub use state::{State, StateAnswer, StateOf};
pub use upload::{IssuedUit, RawXml, Receipt, Upload};
pub use wait::{Patience, Settled, Verdict, Waited, Waiting};

use anaf_http::{Error, Session};
use anaf_types::{Cif, UploadIndex};

use crate::model::Declaration;
use crate::validated::Validated;

/// e-Transport over a session. Cheap to clone.
///
/// ```no_run
/// use anaf_etransport::{Declaration, ETransport, Validated};
/// use anaf_http::{Environment, FixedBearer, Session};
///
/// # async fn demo(declaration: Validated<Declaration>) -> Result<(), anaf_http::Error> {
/// let session = Session::builder(Environment::Test).bearer(FixedBearer::new("a token")).build()?;
/// let etransport = ETransport::new(session);
/// let receipt = etransport.upload(&declaration).await?;
/// // The UIT has been issued; it counts only when ANAF says so.
/// let settled = etransport.wait(receipt).await?;
/// match settled.uit() {
///     Some(uit) => println!("{uit} is valid"),
///     None => println!("{:?}", settled.verdict),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ETransport {
    session: Session,
}

impl ETransport {
    /// e-Transport over this session.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Files a validated declaration for its declarant (`upload`, version 2).
    ///
    /// The answer is a receipt with a UIT that is *issued, not yet valid*: wait for the verdict with [`Self::wait`].
    ///
    /// # Errors
    /// As [`Upload`] has it. Where [`Error::is_outcome_unknown`] holds, the declaration may have been taken: look for
    /// it with [`Self::list`] before filing it again.
    pub async fn upload(&self, declaration: &Validated<Declaration>) -> Result<Receipt, Error> {
        self.session.call(&Upload::of(declaration)).await
    }

    /// Files a document as it is, unchecked, for a fiscal code (`upload`, version 1 or 2).
    ///
    /// # Errors
    /// As [`Self::upload`].
    pub async fn upload_raw(&self, cif: Cif, document: RawXml) -> Result<Receipt, Error> {
        self.session.call(&Upload::raw(cif, document)).await
    }

    /// Asks once what became of a declaration (`stareMesaj`). ANAF allows 100 questions a day for each index.
    ///
    /// # Errors
    /// As [`StateOf`] has it. A rejected declaration is no error: [`State::Rejected`].
    pub async fn state(&self, index: &UploadIndex) -> Result<StateAnswer, Error> {
        self.session.call(&StateOf::new(index.clone())).await
    }

    /// Lists the declarations of the last 1 to 60 days that have a final state (`lista`). ANAF allows 1000 lists a day
    /// for each user. No declarations is an empty list.
    ///
    /// # Errors
    /// As [`List`] has it.
    pub async fn list(&self, cif: Cif, days: u8) -> Result<Rows, Error> {
        self.session.call(&List::new(cif, days)).await
    }

    /// What others declared about transports that a company organises (`info`). Nothing is an empty list.
    ///
    /// # Errors
    /// As [`Info`] has it.
    pub async fn info(&self, query: &Info) -> Result<Vec<InfoRow>, Error> {
        self.session.call(query).await
    }
}
