//! The browser's part of a login.

use jiff::SignedDuration;

use super::token::wants_jwt;
use super::{Code, Grant, Login, page, random_hex};
use crate::answer::Answer;
use crate::call::Call;
use crate::clock;
use crate::state::State;

/// `GET authorize` starts a login; `POST authorize` is what the login page's buttons send.
pub(crate) fn authorize(state: &mut State, call: &Call<'_>) -> Answer {
    let parameter = |name: &str| call.query(name).filter(|value| !value.is_empty());
    let (Some(client_id), Some(redirect_uri)) = (parameter("client_id"), parameter("redirect_uri"))
    else {
        return page::refused("Parametrii client_id si redirect_uri sunt obligatorii");
    };
    let Some(application) = state.application(client_id) else {
        return page::refused("Aplicatia nu este inregistrata");
    };
    if !application.allows_callback(redirect_uri) {
        return page::refused("redirect_uri nu este inregistrat pentru aceasta aplicatie");
    }
    let Ok(callback) = url::Url::parse(redirect_uri) else {
        return page::refused("redirect_uri nu este o adresa valida");
    };
    if parameter("response_type") != Some("code") {
        return back(
            callback,
            &[("error", "unsupported_response_type")],
            parameter("state"),
        );
    }
    let ordered = state.oauth.next_logins.pop_front();
    let login = match (ordered, call.is_post()) {
        (Some(login), _) => login,
        (None, true) => match call
            .form("person")
            .filter(|serial| state.person(serial).is_some())
        {
            Some(serial) => Login::As(serial.into_owned()),
            None => Login::Refused,
        },
        (None, false) if state.oauth.settings.login_page => {
            return page::choose(&state.people, client_id);
        }
        (None, false) => state
            .people
            .first()
            .map_or(Login::Refused, |person| Login::As(person.serial.clone())),
    };
    let Login::As(serial) = login else {
        return back(callback, &[("error", "access_denied")], parameter("state"));
    };
    let grant = Grant {
        serial,
        client_id: client_id.to_owned(),
        jwt: wants_jwt(state, parameter("token_content_type")),
    };
    let code = random_hex(32);
    let lifetime: SignedDuration = state.oauth.settings.code_lifetime;
    state.oauth.codes.insert(
        code.clone(),
        Code {
            grant,
            redirect_uri: redirect_uri.to_owned(),
            expires: clock::later(call.now, lifetime),
        },
    );
    back(callback, &[("code", &code)], parameter("state"))
}

/// The redirect to the application, with the state echoed.
fn back(mut callback: url::Url, pairs: &[(&str, &str)], state: Option<&str>) -> Answer {
    {
        let mut query = callback.query_pairs_mut();
        query.extend_pairs(pairs);
        if let Some(state) = state {
            query.append_pair("state", state);
        }
    }
    Answer::redirect(callback.as_str())
}
