//! The two pages that a person sees: it worked, and it did not.

use super::LoginTrouble;

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// Romanian.
    #[default]
    Romanian,
    /// English.
    English,
}

impl Language {
    /// What a browser prefers, by its `Accept-Language` header: Romanian unless English is preferred to it.
    #[must_use]
    pub fn preferred(accept_language: Option<&str>) -> Self {
        let weight = |wanted: &str| -> f32 {
            let header = accept_language.unwrap_or_default();
            let weights = header.split(',').take(50).filter_map(|part| {
                let mut fields = part.split(';');
                let tag = fields.next()?.trim().to_ascii_lowercase();
                let language = tag.split('-').next()?;
                let q = fields.find_map(|field| field.trim().strip_prefix("q=")?.parse().ok());
                (language == wanted).then_some(q.unwrap_or(1.0))
            });
            weights.fold(0.0, f32::max)
        };
        match weight("en") > weight("ro") {
            true => Self::English,
            false => Self::Romanian,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Romanian => "ro",
            Self::English => "en",
        }
    }
}

/// A small HTML page, whole in itself: no script, nothing loaded from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The HTTP status to send it with.
    pub status: u16,
    /// The page.
    pub html: String,
}

impl Page {
    /// The headers to send it with: its type, not to be stored, no referrer (the address holds a spent code), nothing to
    /// be loaded, not to be framed.
    pub const HEADERS: [(&'static str, &'static str); 5] = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
        ),
        ("x-content-type-options", "nosniff"),
    ];

    /// The login worked.
    #[must_use]
    pub fn success(language: Language) -> Self {
        let (title, text, next): (_, _, &[&str]) = match language {
            Language::Romanian => (
                "Autentificare reușită",
                "Accesul la serviciile ANAF a fost acordat aplicației. Nu mai este nevoie de certificat până la \
                 următoarea autentificare.",
                &[
                    "Puteți închide această fereastră.",
                    "Puteți scoate tokenul USB.",
                ],
            ),
            Language::English => (
                "You are logged in",
                "The application may now use ANAF's services in your name. The certificate is not needed until the next \
                 login.",
                &[
                    "You can close this window.",
                    "You can unplug the USB token.",
                ],
            ),
        };
        render(200, true, language, title, text, next)
    }

    /// For a login without a link: the way back is the program that asked.
    #[cfg(feature = "loopback")]
    pub(crate) fn desktop_failure(trouble: LoginTrouble, language: Language) -> Self {
        let ((title, text, next), again) = match language {
            Language::Romanian => (
                romanian(trouble),
                "Reporniți autentificarea din programul care a cerut-o.",
            ),
            Language::English => (
                english(trouble),
                "Start the login again in the program that asked for it.",
            ),
        };
        // The advice about links is of no use here.
        let mut advice: Vec<&str> = next
            .iter()
            .copied()
            .filter(|a| !a.contains("link"))
            .collect();
        advice.push(again);
        render(trouble.status(), false, language, title, text, &advice)
    }

    pub(super) fn failure(trouble: LoginTrouble, language: Language) -> Self {
        let (title, text, next) = match language {
            Language::Romanian => romanian(trouble),
            Language::English => english(trouble),
        };
        render(trouble.status(), false, language, title, text, next)
    }
}

type Words = (&'static str, &'static str, &'static [&'static str]);

const NEW_LINK: &str = "Cereți un link nou de la persoana sau firma care vi l-a trimis.";
const NEW_LINK_EN: &str = "Ask whoever sent you the link for a new one.";

fn romanian(trouble: LoginTrouble) -> Words {
    match trouble {
        LoginTrouble::Forged => (
            "Link invalid",
            "Adresa deschisă nu a fost creată de această aplicație sau a fost trunchiată pe drum.",
            &[
                "Copiați linkul întreg din mesaj, fără spații, și deschideți-l din nou.",
                NEW_LINK,
            ],
        ),
        LoginTrouble::Unknown => (
            "Link necunoscut",
            "Acest link nu mai este cunoscut de aplicație; probabil este foarte vechi.",
            &[NEW_LINK],
        ),
        LoginTrouble::Expired => (
            "Link expirat",
            "Timpul în care se putea folosi acest link a trecut.",
            &[NEW_LINK],
        ),
        LoginTrouble::Used => (
            "Link deja folosit",
            "Autentificarea cu acest link s-a făcut deja sau tocmai se încheie. Un link se folosește o singură dată.",
            &[
                "Dacă v-ați autentificat dumneavoastră, nu mai este nimic de făcut: puteți închide fereastra.",
                "Dacă nu v-ați autentificat dumneavoastră, anunțați persoana care v-a trimis linkul.",
            ],
        ),
        LoginTrouble::Cancelled => ("Link retras", "Aplicația a retras acest link.", &[NEW_LINK]),
        LoginTrouble::Spent => (
            "Link consumat",
            "O încercare anterioară cu acest link a eșuat definitiv.",
            &[NEW_LINK],
        ),
        LoginTrouble::Refused => (
            "ANAF a refuzat autentificarea",
            "ANAF nu a acordat accesul. De obicei este vorba despre certificat sau despre browser.",
            &[
                "Conectați tokenul USB cu certificatul calificat și introduceți PIN-ul când vi se cere.",
                "Verificați că certificatul este înrolat în SPV și că titularul are drepturi pentru firmă.",
                "Închideți complet browserul (toate ferestrele) sau folosiți o fereastră privată: browserul ține minte \
                 alegerea anterioară.",
                "Apoi deschideți din nou același link: este încă valabil.",
            ],
        ),
        LoginTrouble::Late => (
            "Codul nu a mai fost acceptat",
            "ANAF dă un cod care este valabil 60 de secunde și se folosește o singură dată; de data aceasta a ajuns prea \
             târziu.",
            &[
                "Deschideți din nou același link și repetați autentificarea: linkul este încă valabil.",
            ],
        ),
        LoginTrouble::Busy => (
            "ANAF cere o pauză",
            "ANAF dă unui utilizator câte un singur token odată, iar pentru dumneavoastră tocmai s-a cerut altul. Nu ați \
             greșit nimic.",
            &[
                "Așteptați un minut, apoi deschideți din nou același link: este încă valabil.",
                "Folosiți o singură fereastră: două autentificări deodată se încurcă una pe alta.",
            ],
        ),
        LoginTrouble::Failed => (
            "Autentificarea nu s-a putut încheia",
            "A apărut o problemă la aplicație sau la ANAF. Nu ați greșit nimic.",
            &[
                "Așteptați un minut, apoi deschideți din nou același link.",
                "Dacă problema rămâne, anunțați persoana care v-a trimis linkul.",
            ],
        ),
    }
}

fn english(trouble: LoginTrouble) -> Words {
    match trouble {
        LoginTrouble::Forged => (
            "This link is not valid",
            "The address was not made by this application, or it was cut short on its way.",
            &[
                "Copy the whole link from the message, without spaces, and open it again.",
                NEW_LINK_EN,
            ],
        ),
        LoginTrouble::Unknown => (
            "This link is not known",
            "The application does not know this link any more; it is probably very old.",
            &[NEW_LINK_EN],
        ),
        LoginTrouble::Expired => (
            "This link has expired",
            "The time in which it could be used is over.",
            &[NEW_LINK_EN],
        ),
        LoginTrouble::Used => (
            "This link was used already",
            "A login with it was made, or is just being finished. A link works once.",
            &[
                "If it was you who logged in, nothing is left to do: you can close this window.",
                "If it was not you, tell whoever sent you the link.",
            ],
        ),
        LoginTrouble::Cancelled => (
            "This link was taken back",
            "The application has cancelled it.",
            &[NEW_LINK_EN],
        ),
        LoginTrouble::Spent => (
            "This link is spent",
            "An earlier attempt with it failed for good.",
            &[NEW_LINK_EN],
        ),
        LoginTrouble::Refused => (
            "ANAF refused the login",
            "ANAF did not grant access. Mostly the certificate or the browser is the reason.",
            &[
                "Plug in the USB token with the qualified certificate, and type its PIN when asked.",
                "Check that the certificate is enrolled in SPV and that its owner has rights for the company.",
                "Close the browser whole (all windows) or use a private window: it remembers the earlier choice.",
                "Then open the same link again: it still works.",
            ],
        ),
        LoginTrouble::Late => (
            "The code was not accepted",
            "ANAF gives a code that lives 60 seconds and works once; this time it came too late.",
            &["Open the same link again and repeat the login: the link still works."],
        ),
        LoginTrouble::Busy => (
            "ANAF asks for a pause",
            "ANAF gives one user one token at a time, and another one was just asked for in your name. You did nothing \
             wrong.",
            &[
                "Wait a minute, then open the same link again: it still works.",
                "Use one window: two logins at once get into each other's way.",
            ],
        ),
        LoginTrouble::Failed => (
            "The login could not be finished",
            "Something failed at the application or at ANAF. You did nothing wrong.",
            &[
                "Wait a minute, then open the same link again.",
                "If it stays so, tell whoever sent you the link.",
            ],
        ),
    }
}

const STYLE: &str = "body{margin:0;background:#f3f5f8;color:#1c2430;font:17px/1.55 system-ui,-apple-system,'Segoe UI',\
Roboto,sans-serif}main{max-width:34rem;margin:12vh auto 2rem;background:#fff;border-radius:.6rem;padding:2rem 2.25rem;\
border-top:.35rem solid var(--tone);box-shadow:0 1px 4px rgba(20,30,50,.14)}h1{font-size:1.45rem;line-height:1.3;\
margin:0 0 .75rem;color:var(--tone)}p{margin:0 0 1rem}h2{font-size:1rem;margin:1.25rem 0 .4rem}ul,ol{margin:0;\
padding-left:1.3rem}li{margin:.35rem 0}footer{max-width:34rem;margin:0 auto 3rem;padding:0 2.25rem;color:#5a6676;\
font-size:.85rem}@media(max-width:38rem){main{margin:0 0 1rem;border-radius:0;box-shadow:none}}\
@media(prefers-color-scheme:dark){body{background:#12161c;color:#e6eaf0}main{background:#1c222b;box-shadow:none}\
footer{color:#9aa6b5}}";

/// Every text is ours: nothing that came with a request stands on a page.
fn render(
    status: u16,
    worked: bool,
    language: Language,
    title: &str,
    text: &str,
    next: &[&str],
) -> Page {
    let items: String = next.iter().map(|item| format!("<li>{item}</li>")).collect();
    let heading = match (worked, language) {
        (true, Language::Romanian) => "Acum",
        (true, Language::English) => "Now",
        (false, Language::Romanian) => "Ce puteți încerca",
        (false, Language::English) => "What to try next",
    };
    let footer = match language {
        Language::Romanian => {
            "Autentificarea se face numai pe site-ul ANAF (logincert.anaf.ro). Această aplicație nu vede \
             niciodată certificatul sau PIN-ul."
        }
        Language::English => {
            "The login itself takes place on ANAF's site only (logincert.anaf.ro). This application never sees the \
             certificate or its PIN."
        }
    };
    let (tone, id) = match worked {
        true => ("#1b7f4b", "success"),
        false => ("#b3341f", "failure"),
    };
    let code = language.code();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <style>:root{{--tone:{tone}}}{STYLE}</style></head>\n<body><main id=\"{id}\"><h1>{title}</h1><p>{text}</p>\
         <h2>{heading}</h2><ul>{items}</ul></main><footer>{footer}</footer></body></html>\n"
    );
    Page { status, html }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_language() {
        let cases = [
            (None, Language::Romanian),
            (Some(""), Language::Romanian),
            (Some("ro-RO,ro;q=0.9,en;q=0.8"), Language::Romanian),
            (Some("en-US,en;q=0.9"), Language::English),
            (Some("en;q=0.5,ro;q=0.4"), Language::English),
            (Some("de,fr"), Language::Romanian),
            (Some("en;q=x,;;=,"), Language::English),
        ];
        for (header, language) in cases {
            assert_eq!(Language::preferred(header), language, "{header:?}");
        }
    }

    #[test]
    fn every_trouble_has_a_page_of_its_own_in_both_languages() {
        use LoginTrouble as T;
        let all = [
            T::Forged,
            T::Unknown,
            T::Expired,
            T::Used,
            T::Cancelled,
            T::Spent,
            T::Refused,
            T::Late,
            T::Busy,
            T::Failed,
        ];
        let mut titles = std::collections::HashSet::new();
        for language in [Language::Romanian, Language::English] {
            for trouble in all {
                let page = Page::failure(trouble, language);
                assert!(page.html.contains("<li>") && page.html.contains("id=\"failure\""));
                assert_eq!(page.status, trouble.status());
                let title = page
                    .html
                    .split("<h1>")
                    .nth(1)
                    .unwrap()
                    .split("</h1>")
                    .next()
                    .unwrap();
                assert!(titles.insert(title.to_owned()), "{title}");
            }
            assert!(Page::success(language).html.contains("id=\"success\""));
        }
        let refused = Page::failure(T::Refused, Language::Romanian).html;
        for cause in ["tokenul USB", "SPV", "browserul"] {
            assert!(refused.contains(cause));
        }
    }
}
