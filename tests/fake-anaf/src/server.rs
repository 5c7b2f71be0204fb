//! The one stateful responder: routes each request to its operation, and spoils answers on order.

use std::sync::{Mutex, MutexGuard, PoisonError};

use wiremock::{Request, Respond, ResponseTemplate};

use crate::answer::Answer;
use crate::call::{Call, Host, Operation};
use crate::clock::FakeClock;
use crate::state::State;
use crate::{admin, efactura, etransport, oauth, registries};

/// What the responder and the test's handles share.
pub(crate) struct Shared {
    pub(crate) clock: FakeClock,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(clock: FakeClock, state: State) -> Self {
        Self {
            clock,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked with the lock held has failed already; the others go on.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The responder given to wiremock.
pub(crate) struct Responder(pub(crate) std::sync::Arc<Shared>);

impl Respond for Responder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let call = Call::new(request, self.0.clock.now());
        // The bare root is where a person who is looking around begins.
        if call.path.starts_with(admin::PREFIX) || call.path == "/" {
            return admin::answer(&self.0, &call).into_template();
        }
        let mut state = self.0.lock();
        let failure = state.faults.take(&call);
        let spoiled = failure.is_some();
        let answer = match failure {
            Some(failure) if !failure.processes() => failure.answer_to(&call),
            Some(failure) => failure.spoil(&call, answer(&mut state, &call)),
            None => answer(&mut state, &call),
        };
        let answer = state.faults.slowed(&call, answer);
        state.log.write(&call, answer.status, spoiled);
        answer.into_template()
    }
}

fn answer(state: &mut State, call: &Call<'_>) -> Answer {
    match call.operation {
        Operation::Authorize => oauth::authorize(state, call),
        Operation::TokenExchange | Operation::TokenRefresh | Operation::TokenOther => {
            oauth::token(state, call)
        }
        Operation::Revoke => oauth::revoke(state, call),
        Operation::Hello => oauth::hello(state, call),
        Operation::Upload | Operation::UploadB2c => efactura::upload(state, call),
        Operation::StareMesaj => efactura::stare(state, call),
        Operation::ListaMesaje => efactura::lista(state, call),
        Operation::ListaMesajePaginatie => efactura::lista_paginata(state, call),
        Operation::Descarcare => efactura::descarcare(state, call),
        Operation::Validare => efactura::validare(state, call),
        Operation::Transformare => efactura::transformare(state, call),
        Operation::ValidateSignature => efactura::validate_signature(state, call),
        Operation::TransportUpload => etransport::upload(state, call),
        Operation::TransportStareMesaj => etransport::stare(state, call),
        Operation::TransportLista => etransport::lista(state, call),
        Operation::TransportInfo => etransport::info(state, call),
        Operation::RegistruTva | Operation::RegistruRoEFactura => registries::answer(state, call),
        Operation::Unknown => nowhere(state, call),
    }
}

/// A path that leads nowhere: 404 with Spring's body on e-Transport and on the public host, else 401 or 403.
fn nowhere(state: &mut State, call: &Call<'_>) -> Answer {
    if call.host == Host::Public || call.path.contains("/ETRANSPORT/") {
        return Answer::not_found(call.now, &call.path);
    }
    match oauth::session(state, call, None) {
        Ok(_) => Answer::spring(call.now, 403, "Acces interzis"),
        Err(answer) => answer,
    }
}
