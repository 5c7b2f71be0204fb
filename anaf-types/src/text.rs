//! ANAF's Romanian texts: folded, and matched by a narrow core.
//!
//! ANAF misspells, and changes the words around the core; so a text is matched by the core alone, and a text that
//! no core matches stays [`ErrorKind::Other`], kept word for word.

use std::borrow::Cow;
use std::fmt;

use crate::ErrorKind;

/// What one of ANAF's texts means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The kind of failure.
    pub kind: ErrorKind,
    /// The figure of a limit that the text names (`S-au facut deja 1000 …`).
    pub limit: Option<u64>,
}

/// The cores, folded, and what they mean; the first that occurs decides.
const CORES: [(&str, ErrorKind); 30] = [
    ("the requested url was rejected", ErrorKind::Firewall),
    ("nu mai poate fi descarcat", ErrorKind::Gone),
    ("nu exista mesaje", ErrorKind::NothingFound),
    ("nu exista informatii pentru", ErrorKind::NothingFound),
    // The signature check says "Eroare tehnică: request incorect": the narrower core comes first.
    ("request incorect", ErrorKind::InvalidParameter),
    ("eroare tehnica", ErrorKind::Technical),
    ("nu aveti drept", ErrorKind::NoRight),
    ("nu exista niciun cif", ErrorKind::NoRight),
    ("nu este inregistrat in registrul", ErrorKind::NoRight),
    (
        "fisierul transmis nu este valid",
        ErrorKind::InvalidDocument,
    ),
    ("marime fisier transmis", ErrorKind::InvalidDocument),
    ("folositi endpoint-ul cu paginatie", ErrorKind::ListTooLong),
    ("nu exista factura", ErrorKind::NotFound),
    ("nu exista inregistrata nici o factura", ErrorKind::NotFound),
    ("nu exista declaratia", ErrorKind::NotFound),
    ("nu este un numar", ErrorKind::InvalidParameter),
    ("nu are o valoare acceptata", ErrorKind::InvalidParameter),
    (
        "valorile acceptate pentru parametrul",
        ErrorKind::InvalidParameter,
    ),
    (
        "valoarea acceptata pentru parametrul",
        ErrorKind::InvalidParameter,
    ),
    ("valoarea acceptata este da", ErrorKind::InvalidParameter),
    ("nu poate fi mai vechi", ErrorKind::InvalidParameter),
    ("nu poate in viitor", ErrorKind::InvalidParameter),
    ("nu poate fi in viitor", ErrorKind::InvalidParameter),
    ("nu poate fi <=", ErrorKind::InvalidParameter),
    ("numarul de zile trebuie", ErrorKind::InvalidParameter),
    ("pagina solicitata", ErrorKind::InvalidParameter),
    ("sunt obligatorii", ErrorKind::InvalidParameter),
    ("este obligatoriu", ErrorKind::InvalidParameter),
    (
        "trebuie sa aveti atasat in request",
        ErrorKind::InvalidParameter,
    ),
    ("nu este un fisier", ErrorKind::InvalidParameter),
];

/// Folds a text for matching: lower case, accents off, white space collapsed.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = !folded.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            folded.push(' ');
        }
        match c {
            'ă' | 'â' | 'Ă' | 'Â' | 'ã' | 'Ã' => folded.push('a'),
            'î' | 'Î' => folded.push('i'),
            'ș' | 'ş' | 'Ș' | 'Ş' => folded.push('s'),
            'ț' | 'ţ' | 'Ț' | 'Ţ' => folded.push('t'),
            '\u{0300}'..='\u{036f}' => {}
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// What a text of ANAF's means; [`ErrorKind::Other`] when no core matches.
#[must_use]
pub fn meaning(text: &str) -> Meaning {
    let folded = fold(text);
    if let Some(limit) = daily_limit(&folded) {
        return Meaning {
            kind: ErrorKind::Quota,
            limit: Some(limit),
        };
    }
    let kind = CORES
        .iter()
        .find(|(core, _)| folded.contains(core))
        .map_or(ErrorKind::Other, |(_, kind)| *kind);
    Meaning { kind, limit: None }
}

/// The figure of `s-au facut deja 1000 …` and `s-au incarcat deja 1000 …`.
fn daily_limit(folded: &str) -> Option<u64> {
    ["s-au facut deja ", "s-au incarcat deja "]
        .iter()
        .find_map(|core| number_after(folded, core))
}

/// Whether a text about a daily limit counts the user's calls, whatever company they were about.
#[must_use]
pub fn is_per_user(text: &str) -> bool {
    fold(text).contains("de catre utilizator")
}

/// The upload index of `Factura a mai fost transmisa anterior cu index=3828 …`: the original of a duplicate.
#[must_use]
pub fn duplicate_of(text: &str) -> Option<u64> {
    number_after(&fold(text), "a mai fost transmisa anterior cu index=")
}

/// The support id that the firewall's page names.
#[must_use]
pub fn support_id(page: &str) -> Option<String> {
    let folded = fold(page);
    let after = folded.split_once("support id is:")?.1.trim_start();
    let id: String = after
        .chars()
        .take_while(char::is_ascii_digit)
        .take(40)
        .collect();
    (!id.is_empty()).then_some(id)
}

fn number_after(folded: &str, core: &str) -> Option<u64> {
    let after = folded.split_once(core)?.1.trim_start();
    let end = after
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(after.len());
    after.get(..end)?.parse().ok()
}

/// Masks every run of exactly 13 digits: the shape of a personal code, whether or not its control digit holds.
#[must_use]
pub fn mask_personal_codes(text: &str) -> Cow<'_, str> {
    let mut masked: Option<String> = None;
    let mut copied = 0;
    for (start, run) in digit_runs(text) {
        if run.len() != 13 {
            continue;
        }
        let out = masked.get_or_insert_with(String::new);
        out.push_str(text.get(copied..=start).unwrap_or_default());
        out.push_str("*********");
        copied = start + 10;
    }
    match masked {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            out.push_str(text.get(copied..).unwrap_or_default());
            Cow::Owned(out)
        }
    }
}

/// Shows a value as its `Debug` does, with personal codes masked: for values that hold what ANAF or a person wrote.
///
/// ```
/// let row = ["cod 1900101123455"];
/// assert_eq!(format!("{:?}", anaf_types::text::Masked(&row)), r#"["cod 1*********455"]"#);
/// ```
pub struct Masked<'a, T: ?Sized>(pub &'a T);

impl<T: fmt::Debug + ?Sized> fmt::Debug for Masked<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match f.alternate() {
            true => format!("{:#?}", self.0),
            false => format!("{:?}", self.0),
        };
        f.write_str(&mask_personal_codes(&shown))
    }
}

fn digit_runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|c: char| !c.is_ascii_digit())
        .map(move |run| {
            let start = at + text.get(at..).and_then(|rest| rest.find(run)).unwrap_or(0);
            at = start + run.len();
            (start, run)
        })
        .filter(|(_, run)| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_text_of_the_wire() {
        use ErrorKind as K;
        let cases: &[(&str, K, Option<u64>)] = &[
            (
                "Nu exista mesaje in intervalul selectat",
                K::NothingFound,
                None,
            ),
            (
                "Nu exista mesaje in ultimele 15 zile",
                K::NothingFound,
                None,
            ),
            (
                "Nu exista informatii pentru aceasta solicitare",
                K::NothingFound,
                None,
            ),
            (
                "S-au incarcat deja 1000 de mesaje de tip RASP pentru cui=1234 in cursul zilei",
                K::Quota,
                Some(1000),
            ),
            (
                "S-au facut deja 20 descarcari de mesaj in cursul zilei",
                K::Quota,
                Some(20),
            ),
            (
                "S-au  făcut deja 100 de verificari, pentru id-incarcare solicitat, in cursul zilei",
                K::Quota,
                Some(100),
            ),
            ("Nu aveti drept in SPV pentru CIF=1234", K::NoRight, None),
            (
                "Nu aveți dreptul să descărcați această factură",
                K::NoRight,
                None,
            ),
            (
                "Nu aveti dreptul de inteorgare pentru id_incarcare= 18",
                K::NoRight,
                None,
            ),
            (
                "Nu exista niciun CIF petru care sa aveti drept",
                K::NoRight,
                None,
            ),
            (
                "CIF introdus= 1234 nu este inregistrat in Registrul RO e-Factura executari silite",
                K::NoRight,
                None,
            ),
            ("A aparut o eroare tehnica. Cod: XXX", K::Technical, None),
            (
                "Fisierul nu mai poate fi descarcat pentru ca a trecut perioada de 60 de zile in care este disponibil",
                K::Gone,
                None,
            ),
            (
                "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: 15;",
                K::InvalidDocument,
                None,
            ),
            (
                "Marime fisier transmis mai mare de 10 MB.",
                K::InvalidDocument,
                None,
            ),
            (
                "CIF introdus= 123a nu este un numar",
                K::InvalidParameter,
                None,
            ),
            (
                "Id_incarcare introdus= aaa nu este un numar intreg",
                K::InvalidParameter,
                None,
            ),
            (
                "Numarul de zile trebuie sa fie intre 1 si 60",
                K::InvalidParameter,
                None,
            ),
            (
                "Valorile acceptate pentru parametrul filtru sunt E, T, P sau R",
                K::InvalidParameter,
                None,
            ),
            (
                "Valoarea acceptata pentru parametrul standard este ETRANSP",
                K::InvalidParameter,
                None,
            ),
            (
                "Daca parametrul extern trebuie completat, valoarea acceptata este DA",
                K::InvalidParameter,
                None,
            ),
            (
                "startTime = 09-07-2022 10:41:11 nu poate fi mai vechi de 60 de zile fata de momentul requestului",
                K::InvalidParameter,
                None,
            ),
            (
                "endTime = 30-07-2026 15:15:28 nu poate in viitor fata de momentul requestului = 30-07-2026 15:15:27",
                K::InvalidParameter,
                None,
            ),
            (
                "endTime = 1 nu poate fi <= startTime = 2",
                K::InvalidParameter,
                None,
            ),
            (
                "Pagina solicitata 50 este mai mare decat numarul toatal de pagini 29",
                K::InvalidParameter,
                None,
            ),
            (
                "Lista de mesaje este mai mare decat numarul de 500 elemente permise in pagina. Folositi endpoint-ul cu paginatie.",
                K::ListTooLong,
                None,
            ),
            (
                "Nu exista factura cu id_incarcare= 15000",
                K::NotFound,
                None,
            ),
            (
                "Pentru id=21 nu exista inregistrata nici o factura",
                K::NotFound,
                None,
            ),
            (
                "Nu exista declaratia de transport cu id_incarcare= 1",
                K::NotFound,
                None,
            ),
            (
                "Parametrii standard si cif sunt obligatorii",
                K::InvalidParameter,
                None,
            ),
            ("Parametrul id este obligatoriu", K::InvalidParameter, None),
            (
                "Trebuie sa aveti atasat in request un fisier de tip xml",
                K::InvalidParameter,
                None,
            ),
            (
                "Valorile acceptate pentru parametrul standard sunt FACT1 si FCN",
                K::InvalidParameter,
                None,
            ),
            (
                "Eroare tehnică: request incorect. Cauza: x",
                K::InvalidParameter,
                None,
            ),
            ("Ceva ce nu s-a mai spus", K::Other, None),
            ("", K::Other, None),
        ];
        for (text, kind, limit) in cases {
            let got = meaning(text);
            assert_eq!((got.kind, got.limit), (*kind, *limit), "{text}");
        }
    }

    #[test]
    fn what_stands_inside_a_text() {
        assert_eq!(
            duplicate_of(
                "Factura a mai fost transmisa  anterior cu index=3828 si data incarcare=2026-01-20"
            ),
            Some(3828)
        );
        assert_eq!(
            support_id("…<br>Your support ID is: 9826645832961917351<br>").as_deref(),
            Some("9826645832961917351")
        );
        assert_eq!(support_id("nothing of the kind"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}") {
            let _ = (meaning(&text), duplicate_of(&text), support_id(&text), mask_personal_codes(&text).len());
        }

        #[test]
        fn masking_hides_codes_and_nothing_else(before in "[a-z=ș ]{0,12}", after in "[a-z ]{0,12}") {
            let cnp = (0..10).map(|c| format!("190010112345{c}")).find(|t| crate::Cif::parse(t).is_ok()).unwrap();
            let text = format!("{before}{cnp}{after} 12345674");
            let masked = mask_personal_codes(&text);
            prop_assert!(!masked.contains(&cnp));
            prop_assert!(masked.starts_with(&before) && masked.ends_with("12345674"));
        }
    }
}
