//! How to fix the common findings, by id.

/// Rule ids, English, Romanian.
pub(super) const HINTS: &[(&[&str], &str, &str)] = &[
    (
        &["BR-RO-001", "BR-01"],
        "Set cbc:CustomizationID to urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1, without a blank around it.",
        "Puneți în cbc:CustomizationID urn:cen.eu:en16931:2017#compliant#urn:efactura.mfinante.ro:CIUS-RO:1.0.1, fără spații în jur.",
    ),
    (
        &["BR-RO-010", "BR-02"],
        "Number invoices with at least one digit, e.g. FCT-0001.",
        "Numerotați facturile cu cel puțin o cifră, de exemplu FCT-0001.",
    ),
    (
        &[
            "BR-03",
            "BR-RO-DT001",
            "BR-RO-DT002",
            "BR-RO-DT003",
            "BR-RO-DT003_CN",
            "BR-RO-DT004",
            "BR-RO-DT005",
            "BR-RO-DT006",
        ],
        "Write the date as 2024-06-01: no time, no zone (`Z`, `+03:00`), no blank or comment inside the element.",
        "Scrieți data ca 2024-06-01: fără oră, fără fus orar (`Z`, `+03:00`), fără spații sau comentarii în element.",
    ),
    (
        &["BR-04", "BR-CL-01", "BR-RO-020_1"],
        "Use 380 for an invoice (also a storno with negative quantities), 384 for a correction, 389 for self-billing.",
        "Folosiți 380 pentru factură (și storno cu cantități negative), 384 pentru corecție, 389 pentru autofactură.",
    ),
    (
        &["BR-RO-020_2"],
        "A cn:CreditNote is always 381; for a storno as an Invoice use 380 with negative quantities.",
        "Un cn:CreditNote este întotdeauna 381; pentru storno ca Invoice folosiți 380 cu cantități negative.",
    ),
    (
        &["BR-05", "BR-CL-04"],
        "Set cbc:DocumentCurrencyCode to RON, or to the currency of the invoice in capitals.",
        "Puneți în cbc:DocumentCurrencyCode RON sau moneda facturii, cu majuscule.",
    ),
    (
        &["BR-RO-030", "BR-CL-05"],
        "For an invoice in another currency add <cbc:TaxCurrencyCode>RON</cbc:TaxCurrencyCode> and a second cac:TaxTotal in RON.",
        "Pentru o factură în altă monedă adăugați <cbc:TaxCurrencyCode>RON</cbc:TaxCurrencyCode> și un al doilea cac:TaxTotal în RON.",
    ),
    (
        &["BR-53"],
        "Add a second cac:TaxTotal with only a cbc:TaxAmount, its currencyID that of cbc:TaxCurrencyCode.",
        "Adăugați un al doilea cac:TaxTotal doar cu cbc:TaxAmount, cu currencyID din cbc:TaxCurrencyCode.",
    ),
    (
        &["BR-CL-03"],
        "Write currencyID in capitals, e.g. currencyID=\"RON\".",
        "Scrieți currencyID cu majuscule, de exemplu currencyID=\"RON\".",
    ),
    (
        &["BR-RO-100", "BR-RO-101", "BR-RO-160", "BR-RO-202"],
        "In Bucharest (RO-B) write the sector as the city: SECTOR1, SECTOR2 … SECTOR6, in capitals and without a blank.",
        "În București (RO-B) scrieți sectorul ca localitate: SECTOR1, SECTOR2 … SECTOR6, cu majuscule și fără spațiu.",
    ),
    (
        &[
            "BR-RO-110",
            "BR-RO-111",
            "BR-RO-170",
            "BR-RO-212",
            "BR-RO-211",
        ],
        "Set cbc:CountrySubentity to the county's ISO code in capitals, e.g. RO-CJ for Cluj, RO-B for Bucharest.",
        "Puneți în cbc:CountrySubentity codul ISO al județului, cu majuscule, de exemplu RO-CJ pentru Cluj, RO-B pentru București.",
    ),
    (
        &["BR-RO-081", "BR-RO-082", "BR-RO-140", "BR-RO-180"],
        "Fill cbc:StreetName; where an address has no street, the village or the building will do.",
        "Completați cbc:StreetName; dacă adresa nu are stradă, ajunge satul sau clădirea.",
    ),
    (
        &["BR-RO-091", "BR-RO-092", "BR-RO-150", "BR-RO-201"],
        "Fill cbc:CityName; in Bucharest with the sector, e.g. SECTOR3.",
        "Completați cbc:CityName; în București cu sectorul, de exemplu SECTOR3.",
    ),
    (
        &["BR-09", "BR-11", "BR-20", "BR-57", "BR-CL-14"],
        "Set cac:Country/cbc:IdentificationCode to the two capitals of ISO 3166-1, e.g. RO.",
        "Puneți în cac:Country/cbc:IdentificationCode cele două majuscule din ISO 3166-1, de exemplu RO.",
    ),
    (
        &["BR-RO-065", "BR-CO-26"],
        "Add a cac:PartyTaxScheme to the seller: cbc:CompanyID with the CIF (RO… if registered for VAT) and a cac:TaxScheme.",
        "Adăugați la vânzător un cac:PartyTaxScheme: cbc:CompanyID cu CIF-ul (RO… dacă este plătitor de TVA) și un cac:TaxScheme.",
    ),
    (
        &["BR-RO-120"],
        "Add the buyer's CIF or CNP as cac:PartyLegalEntity/cbc:CompanyID; thirteen zeros for a person who does not give one.",
        "Adăugați CIF-ul sau CNP-ul cumpărătorului în cac:PartyLegalEntity/cbc:CompanyID; treisprezece zerouri dacă o persoană nu îl dă.",
    ),
    (
        &["BR-CO-09"],
        "Put the country before the number: RO and the CIF. Without VAT registration use another tax scheme than VAT.",
        "Puneți țara înaintea numărului: RO și CIF-ul. Fără înregistrare în scopuri de TVA folosiți altă schemă decât VAT.",
    ),
    (
        &["BR-CO-10"],
        "Add up the cbc:LineExtensionAmount of all lines and round once, to two decimals.",
        "Adunați cbc:LineExtensionAmount de la toate liniile și rotunjiți o singură dată, la două zecimale.",
    ),
    (
        &["BR-CO-11", "BR-CO-12"],
        "Set the total to the sum of the document's allowances (charges); leave it out where there are none.",
        "Puneți în total suma deducerilor (taxelor) documentului; omiteți-l dacă nu există.",
    ),
    (
        &["BR-CO-13"],
        "Compute cbc:TaxExclusiveAmount from the three sums above it, as they stand in the document.",
        "Calculați cbc:TaxExclusiveAmount din cele trei sume de deasupra, așa cum sunt în document.",
    ),
    (
        &["BR-CO-14"],
        "Round VAT in each cac:TaxSubtotal first, then add up; do not compute the total VAT anew.",
        "Rotunjiți întâi TVA în fiecare cac:TaxSubtotal, apoi adunați; nu recalculați totalul TVA.",
    ),
    (
        &["BR-CO-15"],
        "cbc:TaxInclusiveAmount is cbc:TaxExclusiveAmount plus the cbc:TaxAmount in the document's currency, of which there must be one.",
        "cbc:TaxInclusiveAmount este cbc:TaxExclusiveAmount plus cbc:TaxAmount în moneda documentului, care trebuie să fie una singură.",
    ),
    (
        &["BR-CO-16"],
        "cbc:PayableAmount is cbc:TaxInclusiveAmount less cbc:PrepaidAmount plus cbc:PayableRoundingAmount.",
        "cbc:PayableAmount este cbc:TaxInclusiveAmount minus cbc:PrepaidAmount plus cbc:PayableRoundingAmount.",
    ),
    (
        &["BR-CO-17", "BR-S-09"],
        "Multiply the category's base by its rate and round to two decimals.",
        "Înmulțiți baza categoriei cu cota ei și rotunjiți la două zecimale.",
    ),
    (
        &[
            "BR-S-08", "BR-Z-08", "BR-E-08", "BR-AE-08", "BR-IC-08", "BR-G-08", "BR-O-08",
        ],
        "One cac:TaxSubtotal for each category and rate: its base is the lines, plus charges, less allowances of just that category and rate.",
        "Un cac:TaxSubtotal pentru fiecare categorie și cotă: baza este suma liniilor, plus taxe, minus deduceri, doar din acea categorie și cotă.",
    ),
    (
        &[
            "BR-S-01", "BR-Z-01", "BR-E-01", "BR-AE-01", "BR-IC-01", "BR-G-01", "BR-O-01",
            "BR-CO-18",
        ],
        "Give a cac:TaxSubtotal to every VAT category of the lines, allowances and charges, and to no other.",
        "Puneți câte un cac:TaxSubtotal pentru fiecare categorie de TVA a liniilor, deducerilor și taxelor, și pentru nicio alta.",
    ),
    (
        &["BR-S-02", "BR-S-03", "BR-S-04"],
        "Give the seller a cac:PartyTaxScheme with cbc:CompanyID; who is not registered for VAT uses category O.",
        "Dați vânzătorului un cac:PartyTaxScheme cu cbc:CompanyID; cine nu este plătitor de TVA folosește categoria O.",
    ),
    (
        &["BR-S-05", "BR-S-06", "BR-S-07"],
        "Use the rate of the category, e.g. 21 or 11; for 0 % choose Z, E, AE, K, G or O.",
        "Folosiți cota categoriei, de exemplu 21 sau 11; pentru 0 % alegeți Z, E, AE, K, G sau O.",
    ),
    (
        &["BR-E-10", "BR-AE-10", "BR-IC-10", "BR-G-10", "BR-O-10"],
        "Add cbc:TaxExemptionReason, or its code: VATEX-EU-AE, VATEX-EU-IC, VATEX-EU-G, VATEX-EU-O, VATEX-EU-132 …",
        "Adăugați cbc:TaxExemptionReason sau codul: VATEX-EU-AE, VATEX-EU-IC, VATEX-EU-G, VATEX-EU-O, VATEX-EU-132 …",
    ),
    (
        &["BR-O-02", "BR-O-03", "BR-O-04"],
        "A seller outside VAT names its CIF without RO and with another tax scheme than VAT.",
        "Un vânzător neplătitor de TVA dă CIF-ul fără RO și cu altă schemă de taxe decât VAT.",
    ),
    (
        &["BR-O-05", "BR-O-06", "BR-O-07"],
        "Leave cbc:Percent out in category O.",
        "Omiteți cbc:Percent la categoria O.",
    ),
    (
        &["BR-CO-25"],
        "Add cbc:DueDate, or cac:PaymentTerms/cbc:Note.",
        "Adăugați cbc:DueDate sau cac:PaymentTerms/cbc:Note.",
    ),
    (
        &["BR-61", "BR-50"],
        "Add cac:PayeeFinancialAccount/cbc:ID with the IBAN, or another payment means code (42 account, 10 cash, 48 card).",
        "Adăugați cac:PayeeFinancialAccount/cbc:ID cu IBAN-ul sau alt cod al instrumentului de plată (42 cont, 10 numerar, 48 card).",
    ),
    (
        &["BR-CL-16"],
        "Common codes: 10 cash, 30 transfer, 42 bank account, 48 card, 49 direct debit, ZZZ other.",
        "Coduri uzuale: 10 numerar, 30 transfer, 42 cont bancar, 48 card, 49 debitare directă, ZZZ altul.",
    ),
    (
        &["BR-CL-23", "BR-23"],
        "Common units: H87 or C62 piece, KGM kilogram, HUR hour, MTR metre, LTR litre, MON month, XPP package; in capitals.",
        "Unități uzuale: H87 sau C62 bucată, KGM kilogram, HUR oră, MTR metru, LTR litru, MON lună, XPP pachet; cu majuscule.",
    ),
    (
        &["BR-CL-17", "BR-CL-18"],
        "S with a rate, Z zero, E exempt, AE reverse charge, K intra-community, G export, O outside VAT.",
        "S cu cotă, Z zero, E scutit, AE taxare inversă, K intracomunitar, G export, O în afara TVA.",
    ),
    (
        &[
            "BR-DEC-01",
            "BR-DEC-02",
            "BR-DEC-05",
            "BR-DEC-06",
            "BR-DEC-09",
            "BR-DEC-10",
            "BR-DEC-11",
            "BR-DEC-12",
            "BR-DEC-14",
            "BR-DEC-16",
            "BR-DEC-17",
            "BR-DEC-18",
            "BR-DEC-19",
            "BR-DEC-20",
            "BR-DEC-23",
            "BR-DEC-24",
            "BR-DEC-25",
            "BR-DEC-27",
            "BR-DEC-28",
            "UBL-DT-01",
        ],
        "Write amounts with at most two decimals: 10.00 and not 10.000, and without a blank after it.",
        "Scrieți valorile cu cel mult două zecimale: 10.00 și nu 10.000, fără spațiu după.",
    ),
    (
        &["BR-27"],
        "Make the quantity negative, not the price.",
        "Faceți negativă cantitatea, nu prețul.",
    ),
    (
        &[
            "BR-33", "BR-38", "BR-42", "BR-44", "BR-CO-21", "BR-CO-22", "BR-CO-23", "BR-CO-24",
        ],
        "Add cbc:AllowanceChargeReason or cbc:AllowanceChargeReasonCode, e.g. 95 for a discount.",
        "Adăugați cbc:AllowanceChargeReason sau cbc:AllowanceChargeReasonCode, de exemplu 95 pentru reducere.",
    ),
    (
        &["BR-62", "BR-63", "BR-CL-25"],
        "Give cbc:EndpointID a schemeID: 9947 for a Romanian VAT number, EM for an e-mail; or leave the element out.",
        "Dați lui cbc:EndpointID un schemeID: 9947 pentru un cod de TVA românesc, EM pentru e-mail; sau omiteți elementul.",
    ),
    (
        &["BR-65", "BR-CL-13"],
        "Give cbc:ItemClassificationCode a listID: STI for CPV, HS for the customs tariff.",
        "Dați lui cbc:ItemClassificationCode un listID: STI pentru CPV, HS pentru tariful vamal.",
    ),
    (
        &["UBL-SR-48", "BR-CO-04"],
        "Give each line's cac:Item one cac:ClassifiedTaxCategory with cbc:ID, cbc:Percent and cac:TaxScheme/cbc:ID = VAT.",
        "Dați fiecărui cac:Item un cac:ClassifiedTaxCategory cu cbc:ID, cbc:Percent și cac:TaxScheme/cbc:ID = VAT.",
    ),
    (
        &["BR-IC-11", "BR-IC-12"],
        "Add cac:Delivery with cbc:ActualDeliveryDate and the country of cac:DeliveryLocation/cac:Address.",
        "Adăugați cac:Delivery cu cbc:ActualDeliveryDate și țara din cac:DeliveryLocation/cac:Address.",
    ),
    (
        &["UBL-DT-06", "UBL-DT-07", "BR-CL-24"],
        "Give cbc:EmbeddedDocumentBinaryObject a mimeCode, e.g. application/pdf, and a filename.",
        "Dați lui cbc:EmbeddedDocumentBinaryObject un mimeCode, de exemplu application/pdf, și un filename.",
    ),
    (
        &["BR-51"],
        "Keep the last four to six digits of the card.",
        "Păstrați ultimele patru până la șase cifre ale cardului.",
    ),
    (
        &[
            "BR-RO-L303",
            "BR-RO-L302",
            "BR-RO-L301",
            "BR-RO-L212",
            "BR-RO-L1024",
        ],
        "Shorten the text, or put the long one into an attachment. Repeat no note: a line takes one.",
        "Scurtați textul sau puneți-l pe cel lung într-un atașament. Nu repetați nota: o linie are una.",
    ),
];
