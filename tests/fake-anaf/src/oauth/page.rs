//! The page that stands in for the certificate step, in a browser.

use crate::answer::{Answer, escape};
use crate::people::Person;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem;color:#222}\
button{font:inherit;display:block;width:100%;text-align:left;margin:.5rem 0;padding:.75rem 1rem;border:1px solid #888;\
border-radius:.4rem;background:#fff;cursor:pointer}button:hover,button:focus{background:#eef4ff}\
.no{border-color:#b00;color:#b00}small{color:#666;display:block}";

fn html(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"ro\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>{body}</body></html>"
    )
}

/// A choice among the people that the fake knows, and the choice of having no certificate at hand. The form posts to
/// the address of the page itself, so that the whole query travels along.
pub(super) fn choose(people: &[Person], client_id: &str) -> Answer {
    let mut body = format!(
        "<h1>Autentificare</h1><p>Această pagină ține locul pasului cu certificatul calificat (serverul fals). \
         Aplicația <code>{}</code> cere acces. Alegeți certificatul:</p><form method=\"post\">",
        escape(client_id)
    );
    for person in people {
        let rights = if person.cifs.is_empty() {
            "niciun CIF".to_owned()
        } else {
            person.cui().replace(',', ", ")
        };
        body.push_str(&format!(
            "<button name=\"person\" value=\"{serial}\" id=\"person-{serial}\">{name}\
             <small>certificat {serial} · drepturi SPV: {rights}</small></button>",
            serial = escape(&person.serial),
            name = escape(&person.name),
            rights = escape(&rights),
        ));
    }
    body.push_str(
        "<button class=\"no\" name=\"refuse\" value=\"1\" id=\"refuse\">Fără certificat / Refuz\
         <small>aplicația primește error=access_denied</small></button></form>",
    );
    Answer::html(200, html("Autentificare (ANAF fals)", &body))
}

/// A login that cannot even be refused by a redirect, because nobody knows where to.
pub(super) fn refused(why: &str) -> Answer {
    Answer::html(
        400,
        html(
            "Eroare",
            &format!(
                "<h1>Autentificare imposibilă</h1><p id=\"error\">{}</p>",
                escape(why)
            ),
        ),
    )
}

/// The login page that ANAF's servers put in front of a call without a session.
pub(crate) fn login_wall() -> String {
    "<!DOCTYPE html><html><head><title>Logon Page</title></head><body><form id=\"auth_form\" method=\"post\" \
     action=\"/my.policy\"><h1>Secure Logon</h1></form></body></html>"
        .to_owned()
}
