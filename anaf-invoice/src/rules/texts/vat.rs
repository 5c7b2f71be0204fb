//! Texts of the VAT families: one set for all categories.

/// Family in the id, category code, English and Romanian name.
const FAMILIES: &[(&str, &str, &str, &str)] = &[
    (
        "S",
        "S",
        "standard or reduced rate",
        "cotă normală sau redusă",
    ),
    ("Z", "Z", "zero rate", "cotă zero"),
    ("E", "E", "exempt", "scutit"),
    ("AE", "AE", "reverse charge", "taxare inversă"),
    (
        "IC",
        "K",
        "intra-community supply",
        "livrare intracomunitară",
    ),
    ("G", "G", "export outside the EU", "export în afara UE"),
    ("O", "O", "outside the scope of VAT", "în afara sferei TVA"),
    ("IG", "L", "Canary Islands tax", "taxa Insulelor Canare"),
    (
        "IP",
        "M",
        "Ceuta and Melilla tax",
        "taxa din Ceuta și Melilla",
    ),
];

/// `BR-S-01` … → English, Romanian, terms.
pub(super) fn of(id: &str) -> Option<(String, String, &'static [&'static str])> {
    let (family, number) = id.strip_prefix("BR-")?.rsplit_once('-')?;
    let (_, code, en, ro) = FAMILIES.iter().find(|(name, ..)| *name == family)?;
    let (en_wants, ro_wants, terms) = wants(code, number)?;
    Some((
        format!("VAT category {code} ({en}): {en_wants}"),
        format!("Categoria de TVA {code} ({ro}): {ro_wants}"),
        terms,
    ))
}

type Wants = (&'static str, &'static str, &'static [&'static str]);

fn wants(code: &str, number: &str) -> Option<Wants> {
    Some(match (number, code) {
        ("01", "S" | "L" | "M") => (
            "where it is used, the VAT breakdown (BG-23) must have it, and only there.",
            "dacă este folosită, detalierea TVA (BG-23) trebuie să o conțină, și doar atunci.",
            &["BG-23", "BT-118", "BT-151", "BT-95", "BT-102"],
        ),
        ("01", _) => (
            "where it is used, the VAT breakdown (BG-23) must have it exactly once.",
            "dacă este folosită, detalierea TVA (BG-23) trebuie să o conțină exact o dată.",
            &["BG-23", "BT-118", "BT-151", "BT-95", "BT-102"],
        ),
        ("02" | "03" | "04", _) => identifiers(code, number),
        ("05" | "06" | "07", _) => rate(code, number),
        ("08", "S" | "L" | "M") => (
            "the taxable amount (BT-116) must match lines + charges - allowances of the same rate, to less than one unit.",
            "baza de calcul (BT-116) trebuie să corespundă liniilor + taxelor - deducerilor cu aceeași cotă, cu o abatere sub o unitate.",
            &["BT-116", "BT-131", "BT-92", "BT-99"],
        ),
        ("08", _) => (
            "the taxable amount (BT-116) must equal lines + charges - allowances of the category.",
            "baza de calcul (BT-116) trebuie să fie egală cu liniile + taxele - deducerile categoriei.",
            &["BT-116", "BT-131", "BT-92", "BT-99"],
        ),
        ("09", "S" | "L" | "M") => (
            "the VAT amount (BT-117) must be the base (BT-116) × the rate (BT-119), to less than one unit.",
            "valoarea TVA (BT-117) trebuie să fie baza (BT-116) × cota (BT-119), cu o abatere sub o unitate.",
            &["BT-117", "BT-116", "BT-119"],
        ),
        ("09", _) => (
            "the VAT amount (BT-117) must be 0.",
            "valoarea TVA (BT-117) trebuie să fie 0.",
            &["BT-117"],
        ),
        ("10", "S" | "Z" | "L" | "M") => (
            "there must be no exemption reason (BT-120, BT-121).",
            "nu poate exista un motiv de scutire (BT-120, BT-121).",
            &["BT-120", "BT-121"],
        ),
        ("10", _) => (
            "there must be an exemption reason (BT-120) or its code (BT-121).",
            "trebuie să existe un motiv de scutire (BT-120) sau codul lui (BT-121).",
            &["BT-120", "BT-121"],
        ),
        ("11", "K") => (
            "the delivery date (BT-72) or the invoicing period (BG-14) must be given.",
            "trebuie dată data livrării (BT-72) sau perioada de facturare (BG-14).",
            &["BT-72", "BG-14"],
        ),
        ("12", "K") => (
            "the country of delivery (BT-80) must be given.",
            "trebuie dată țara de livrare (BT-80).",
            &["BT-80"],
        ),
        ("11", "O") => (
            "no other category may stand in the VAT breakdown (BG-23).",
            "nicio altă categorie nu poate sta în detalierea TVA (BG-23).",
            &["BG-23"],
        ),
        ("12", "O") => (
            "no line may have another category.",
            "nicio linie nu poate avea altă categorie.",
            &["BT-151"],
        ),
        ("13", "O") => (
            "no document allowance may have another category.",
            "nicio deducere a documentului nu poate avea altă categorie.",
            &["BT-95"],
        ),
        ("14", "O") => (
            "no document charge may have another category.",
            "nicio taxă suplimentară a documentului nu poate avea altă categorie.",
            &["BT-102"],
        ),
        _ => return None,
    })
}

fn identifiers(code: &str, number: &str) -> Wants {
    match (code, number) {
        ("O", _) => (
            "seller, tax representative and buyer must have no VAT identifier (BT-31, BT-63, BT-48).",
            "vânzătorul, reprezentantul fiscal și cumpărătorul nu pot avea identificator de TVA (BT-31, BT-63, BT-48).",
            &["BT-31", "BT-48", "BT-63"],
        ),
        ("AE", _) => (
            "the seller must have a tax identifier (BT-31, BT-32, BT-63), and the buyer a VAT (BT-48) or legal (BT-47) one.",
            "vânzătorul trebuie să aibă un identificator fiscal (BT-31, BT-32, BT-63), iar cumpărătorul unul de TVA (BT-48) sau legal (BT-47).",
            &["BT-31", "BT-32", "BT-63", "BT-47", "BT-48"],
        ),
        ("K", _) => (
            "the seller (BT-31 or BT-63) and the buyer (BT-48) must have VAT identifiers.",
            "vânzătorul (BT-31 sau BT-63) și cumpărătorul (BT-48) trebuie să aibă identificatori de TVA.",
            &["BT-31", "BT-63", "BT-48"],
        ),
        ("G", _) => (
            "the seller must have a VAT identifier (BT-31, or BT-63 of the representative).",
            "vânzătorul trebuie să aibă un identificator de TVA (BT-31 sau BT-63 al reprezentantului).",
            &["BT-31", "BT-63"],
        ),
        _ => (
            "the seller must have a VAT or tax identifier (BT-31, BT-32, or BT-63 of the representative).",
            "vânzătorul trebuie să aibă un identificator de TVA sau fiscal (BT-31, BT-32 sau BT-63 al reprezentantului).",
            &["BT-31", "BT-32", "BT-63"],
        ),
    }
}

fn rate(code: &str, number: &str) -> Wants {
    let terms: &[&str] = match number {
        "05" => &["BT-152"],
        "06" => &["BT-96"],
        _ => &["BT-103"],
    };
    let (en, ro) = match (code, number) {
        ("S", "05") => (
            "the rate of a line (BT-152) must be above 0.",
            "cota liniei (BT-152) trebuie să fie peste 0.",
        ),
        ("S", "06") => (
            "the rate of an allowance (BT-96) must be above 0.",
            "cota deducerii (BT-96) trebuie să fie peste 0.",
        ),
        ("S", _) => (
            "the rate of a charge (BT-103) must be above 0.",
            "cota taxei suplimentare (BT-103) trebuie să fie peste 0.",
        ),
        ("O", "05") => (
            "a line must have no rate (BT-152).",
            "linia nu poate avea cotă (BT-152).",
        ),
        ("O", "06") => (
            "an allowance must have no rate (BT-96).",
            "deducerea nu poate avea cotă (BT-96).",
        ),
        ("O", _) => (
            "a charge must have no rate (BT-103).",
            "taxa suplimentară nu poate avea cotă (BT-103).",
        ),
        ("L" | "M", "05") => (
            "the rate of a line (BT-152) must be 0 or more.",
            "cota liniei (BT-152) trebuie să fie 0 sau mai mult.",
        ),
        ("L" | "M", "06") => (
            "the rate of an allowance (BT-96) must be 0 or more.",
            "cota deducerii (BT-96) trebuie să fie 0 sau mai mult.",
        ),
        ("L" | "M", _) => (
            "the rate of a charge (BT-103) must be 0 or more.",
            "cota taxei suplimentare (BT-103) trebuie să fie 0 sau mai mult.",
        ),
        (_, "05") => (
            "the rate of a line (BT-152) must be 0.",
            "cota liniei (BT-152) trebuie să fie 0.",
        ),
        (_, "06") => (
            "the rate of an allowance (BT-96) must be 0.",
            "cota deducerii (BT-96) trebuie să fie 0.",
        ),
        _ => (
            "the rate of a charge (BT-103) must be 0.",
            "cota taxei suplimentare (BT-103) trebuie să fie 0.",
        ),
    };
    (en, ro, terms)
}
