//! e-Factura: uploads and status queries, every text word for word; rejections, duplicates, and the entries that they leave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use common::{World, attribute, invoice, unzip};
use fake_anaf::{
    BUYER_CIF, CIF, Grammar, Person, RuleFailure, Rules, SERIAL_NO_RIGHTS, STRANGER_CIF, Verdict,
    sample_invoice,
};
use jiff::SignedDuration;
use serde_json::Value;

const REST: &str = "/test/FCTEL/rest";
const RASP_NS: &str = "mfp:anaf:dgti:spv:reqMesaj:v1";

fn decoded(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#xA;", "\n")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn uploads_refused_at_the_door() {
    let world = World::new().await;
    world.fake.set_limits(|limits| limits.upload_bytes = 20_000);
    let good = invoice("F-1");
    let unknown = good
        .replace("<Invoice ", "<Invoice1 ")
        .replace("</Invoice>", "</Invoice1>");
    let sax = "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: ";
    for (query, body, text) in [
        (
            format!("standard=UBL2&cif={CIF}"),
            good.clone(),
            "Valorile acceptate pentru parametrul standard sunt UBL, CN, CII sau RASP".to_owned(),
        ),
        (
            "standard=UBL&cif=123a".to_owned(),
            good.clone(),
            "CIF introdus= 123a nu este un numar".to_owned(),
        ),
        (
            "standard=UBL&cif=1234".to_owned(),
            good.clone(),
            "Nu aveti drept in SPV pentru CIF=1234".to_owned(),
        ),
        (
            format!("standard=UBL&cif={CIF}&extern=NU"),
            good.clone(),
            "Daca parametrul extern trebuie completat, valoarea acceptata este DA".to_owned(),
        ),
        (
            format!("standard=UBL&cif={CIF}&autofactura=da"),
            good.clone(),
            "Daca parametrul autofacturare trebuie completat, valoarea acceptata este DA"
                .to_owned(),
        ),
        (
            format!("standard=UBL&cif={CIF}&executare="),
            good.clone(),
            "Daca parametrul executare trebuie completat, valoarea acceptata este DA".to_owned(),
        ),
        (
            format!("standard=UBL&cif={CIF}&executare=DA"),
            good.clone(),
            format!(
                "CIF introdus= {CIF} nu este inregistrat in Registrul RO e-Factura executari silite"
            ),
        ),
        (
            format!("standard=UBL&cif={CIF}"),
            format!("{good}{}", " ".repeat(20_000)),
            "Marime fisier transmis mai mare de 10 MB.".to_owned(),
        ),
        (
            format!("standard=UBL&cif={CIF}"),
            unknown,
            format!(
                "{sax}2; columnNumber: 240; cvc-elt.1.a: Cannot find the declaration of element 'Invoice1'. "
            ),
        ),
        (
            format!("standard=CN&cif={CIF}"),
            good.clone(),
            format!(
                "{sax}2; columnNumber: 239; cvc-elt.1.a: Cannot find the declaration of element 'Invoice'. "
            ),
        ),
        (
            format!("standard=UBL&cif={CIF}"),
            "<a><b></a>".to_owned(),
            format!(
                "{sax}1; columnNumber: 7; The element type \"b\" must be terminated by the matching end-tag \"</b>\". "
            ),
        ),
        (
            format!("standard=RASP&cif={CIF}"),
            format!("<header xmlns=\"{RASP_NS}\" message=\"x\"/>"),
            format!(
                "{sax}1; columnNumber: 60; cvc-complex-type.4: Attribute 'index_incarcare' must appear on element 'header'. "
            ),
        ),
    ] {
        for operation in ["upload", "uploadb2c"] {
            let answer = world
                .post_text(&format!("{REST}/{operation}?{query}"), body.clone())
                .await;
            assert!(
                answer.contains("xmlns=\"mfp:anaf:dgti:spv:respUploadFisier:v1\""),
                "{answer}"
            );
            assert_eq!(attribute(&answer, "ExecutionStatus"), Some("1"));
            assert_eq!(attribute(&answer, "index_incarcare"), None);
            assert_eq!(
                decoded(attribute(&answer, "errorMessage").unwrap()),
                text,
                "{query}"
            );
        }
    }
    assert_eq!(world.fake.efactura().upload_count(), 0);
    for (query, body, text) in [
        (
            "standard=UBL",
            "<x/>",
            "Parametrii standard si cif sunt obligatorii",
        ),
        (
            "cif=1",
            "<x/>",
            "Parametrii standard si cif sunt obligatorii",
        ),
        (
            "standard=UBL&cif=1",
            "",
            "Trebuie sa aveti atasat in request un fisier de tip xml",
        ),
    ] {
        let answer = world.post(&format!("{REST}/upload?{query}"), body).await;
        assert_eq!(answer.status(), 400);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["timestamp"], "01-07-2026 12:00:00");
        assert_eq!(
            (&body["status"], &body["error"], &body["message"]),
            (&400.into(), &"Bad Request".into(), &text.into())
        );
    }
    let token = world
        .fake
        .oauth()
        .issue_for(SERIAL_NO_RIGHTS, &world.fake.client_id())
        .access_token;
    let url = world.url(&format!("{REST}/upload?standard=UBL&cif={CIF}"));
    let answer = world
        .http
        .post(url)
        .bearer_auth(token)
        .body(good)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(
        attribute(&answer, "errorMessage"),
        Some("Nu exista niciun CIF pentru care sa aveti drept in SPV")
    );
}

#[tokio::test]
async fn status_queries_that_fail() {
    let world = World::new().await;
    let index = world.upload(&invoice("F-1")).await;
    world
        .fake
        .enrol(Person::new("Alta", "77").cif(STRANGER_CIF));
    let stranger = world
        .fake
        .oauth()
        .issue_for("77", &world.fake.client_id())
        .access_token;
    let path = format!("{REST}/stareMesaj?id_incarcare={index}");
    let answer = world
        .http
        .get(world.url(&path))
        .bearer_auth(stranger)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let not_ours = format!("Nu aveti dreptul de inteorgare pentru id_incarcare= {index}");
    assert_eq!(attribute(&answer, "errorMessage"), Some(not_ours.as_str()));
    assert_eq!(attribute(&answer, "stare"), None);
    let answer = world.nobody(&path).await;
    assert_eq!(
        attribute(&answer, "errorMessage"),
        Some("Nu exista niciun CIF petru care sa aveti drept")
    );
    for (id, text) in [
        ("aaa", "Id_incarcare introdus= aaa nu este un numar intreg"),
        ("15000", "Nu exista factura cu id_incarcare= 15000"),
    ] {
        let answer = world
            .get_text(&format!("{REST}/stareMesaj?id_incarcare={id}"))
            .await;
        assert_eq!(attribute(&answer, "errorMessage"), Some(text));
        assert!(answer.contains("xmlns=\"mfp:anaf:dgti:efactura:stareMesajFactura:v1\""));
    }
    // An upload to the test environment does not exist in production.
    let elsewhere = world.get_text(&path.replace("/test/", "/prod/")).await;
    assert!(elsewhere.contains("Nu exista factura cu id_incarcare="));
    let bare = world.get(&format!("{REST}/stareMesaj")).await;
    assert_eq!(bare.status(), 400);
    assert!(
        bare.text()
            .await
            .unwrap()
            .contains("Parametrul id_incarcare este obligatoriu")
    );
    world.fake.set_limits(|limits| limits.stare_per_day = 2);
    for expected in [Some("ok"), Some("ok"), None] {
        assert_eq!(attribute(&world.stare(index).await, "stare"), expected);
    }
    assert_eq!(
        attribute(&world.stare(index).await, "errorMessage"),
        Some("S-au facut deja 2 descarcari de mesaj in cursul zilei")
    );
    // The day turns at midnight in Bucharest.
    world.clock.set("2026-07-01T21:00:00Z".parse().unwrap());
    assert_eq!(attribute(&world.stare(index).await, "stare"), Some("ok"));
}

#[tokio::test]
async fn entries_of_every_kind() {
    let world = World::new().await;
    let sent = world.upload(&invoice("F-1")).await;
    let own = world.upload(&sample_invoice("F-2", CIF, CIF)).await;
    let rejected = world.upload(&invoice("F-RESPINGE-3")).await;
    let path = format!("{REST}/upload?standard=UBL&cif={BUYER_CIF}&autofactura=DA");
    let answer = world
        .post_text(&path, sample_invoice("A-1", CIF, BUYER_CIF))
        .await;
    let self_billed = attribute(&answer, "index_incarcare").unwrap().to_owned();
    let path = format!("{REST}/upload?standard=UBL&cif={CIF}&extern=DA");
    world
        .post_text(&path, sample_invoice("X-1", CIF, STRANGER_CIF))
        .await;
    let rasp = format!(
        "<header xmlns=\"{RASP_NS}\" index_incarcare=\"{sent}\" message=\"nu am primit marfa\"/>"
    );
    let answer = world
        .post_text(
            &format!("{REST}/upload?standard=RASP&cif={BUYER_CIF}"),
            rasp,
        )
        .await;
    let rasp: u64 = attribute(&answer, "index_incarcare")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(attribute(&world.stare(rasp).await, "stare"), Some("ok"));

    let entries = |cif: &'static str, filter: &'static str| {
        let world = &world;
        async move {
            let list = world
                .get_json(&format!(
                    "{REST}/listaMesajeFactura?zile=1&cif={cif}&filtru={filter}"
                ))
                .await;
            list["mesaje"].as_array().cloned().unwrap_or_default()
        }
    };
    let (own_text, sent_text) = (own.to_string(), sent.to_string());
    let sent_list = entries(CIF, "T").await;
    assert_eq!(sent_list.len(), 3);
    let both = |list: &[Value]| {
        list.iter()
            .filter(|entry| entry["id_solicitare"].as_str() == Some(own_text.as_str()))
            .count()
    };
    assert_eq!(
        (both(&sent_list), both(&entries(CIF, "P").await)),
        (1, 1),
        "two entries with one upload index"
    );
    let plain = sent_list
        .iter()
        .find(|entry| entry["id_solicitare"].as_str() == Some(sent_text.as_str()))
        .unwrap();
    assert_eq!(
        plain["detalii"],
        format!(
            "Factura cu id_incarcare={sent} emisa de cif_emitent={CIF} pentru cif_beneficiar={BUYER_CIF}"
        )
    );
    assert!(plain.get("cif_emitent").is_none() && plain.get("cif_beneficiar").is_none());
    let billed = entries(BUYER_CIF, "T").await;
    assert_eq!(
        billed[0]["detalii"],
        format!(
            "Factura cu id_incarcare={self_billed} transmisa de cif={BUYER_CIF}  ca autofactura in numele cif={CIF}"
        )
    );
    let errors = entries(CIF, "E").await;
    assert_eq!(errors[0]["tip"], "ERORI FACTURA");
    assert_eq!(
        errors[0]["detalii"],
        format!("Erori de validare identificate la factura transmisa cu id_incarcare={rejected}")
    );
    assert_eq!(
        entries(BUYER_CIF, "R").await[0]["tip"],
        "MESAJ CUMPARATOR TRANSMIS"
    );
    assert_eq!(entries(CIF, "R").await[0]["tip"], "MESAJ CUMPARATOR PRIMIT");
    // A message about an invoice that was not received is rejected.
    let stray = format!("<header xmlns=\"{RASP_NS}\" index_incarcare=\"1\" message=\"?\"/>");
    let answer = world
        .post_text(
            &format!("{REST}/upload?standard=RASP&cif={BUYER_CIF}"),
            stray.clone(),
        )
        .await;
    let index = attribute(&answer, "index_incarcare")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(attribute(&world.stare(index).await, "stare"), Some("nok"));
    world
        .fake
        .set_limits(|limits| limits.rasp_uploads_per_day = 2);
    let answer = world
        .post_text(
            &format!("{REST}/upload?standard=RASP&cif={BUYER_CIF}"),
            stray,
        )
        .await;
    let text = format!(
        "S-au incarcat deja 2 de mesaje de tip RASP pentru cui={BUYER_CIF} in cursul zilei"
    );
    assert_eq!(attribute(&answer, "errorMessage"), Some(text.as_str()));
}

#[tokio::test]
async fn rejections_duplicates_and_what_was_not_taken_over() {
    let world = World::new().await;
    let original = world.upload(&invoice("F-1")).await;
    world.clock.advance(SignedDuration::from_hours(24));
    let duplicate = world.upload(&invoice("F-1")).await;
    assert_ne!(original, duplicate);
    let errors = |index: u64| {
        let world = &world;
        async move {
            let state = world.stare(index).await;
            assert_eq!(attribute(&state, "stare"), Some("nok"), "{state}");
            let id = attribute(&state, "id_descarcare").unwrap().to_owned();
            let archive = world
                .get(&format!("{REST}/descarcare?id={id}"))
                .await
                .bytes()
                .await
                .unwrap();
            let entries = unzip(&archive);
            let (_, file) = entries
                .iter()
                .find(|(name, _)| *name == format!("{index}.xml"))
                .unwrap();
            let file = String::from_utf8(file.clone()).unwrap();
            assert!(file.contains("xmlns=\"mfp:anaf:dgti:efactura:mesajEroriFactuta:v1\""));
            assert_eq!(
                attribute(&file, "Index_incarcare"),
                Some(index.to_string().as_str())
            );
            assert_eq!(attribute(&file, "Cif_emitent"), Some(CIF));
            file.split("<Error")
                .skip(1)
                .map(|error| decoded(attribute(error, "errorMessage").unwrap()))
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        errors(duplicate).await,
        [format!(
            "Factura a mai fost transmisa anterior cu index={original} si data incarcare=2026-07-01"
        )]
    );
    let rejected = errors(world.upload(&invoice("F-RESPINGE-1")).await).await;
    assert_eq!(rejected.len(), 2);
    assert!(rejected[1].starts_with("tipAssert=FailedAssert; codEroare=BR-RO-110; localizareEroare=/Invoice; textEroare=[BR-RO-110]-Dac"));
    for (grammar, count, start) in [
        (
            Grammar::Old,
            2,
            "E: validari globale SCHEMATRON eroare: [BR-CO-09]-",
        ),
        (
            Grammar::NewJoined,
            1,
            "tipAssert=FailedAssert; codEroare=BR-CO-09; ",
        ),
    ] {
        world
            .fake
            .efactura()
            .configure(|settings| settings.grammar = grammar);
        let rejected = errors(world.upload(&invoice("F-RESPINGE-1")).await).await;
        assert_eq!(rejected.len(), count);
        assert!(rejected[0].starts_with(start), "{}", rejected[0]);
        assert_eq!(rejected[0].contains(" || "), grammar == Grammar::NewJoined);
    }
    let wrong = world
        .upload(&sample_invoice("F-2", "10000017", BUYER_CIF))
        .await;
    assert_eq!(attribute(&world.stare(wrong).await, "stare"), Some("nok"));
    world.fake.efactura().configure(|settings| {
        settings.rules = Rules::custom(|body| {
            let short = body.len() < 10;
            if short {
                Vec::new()
            } else {
                vec![RuleFailure::verbatim("lung & \"larg\"")]
            }
        });
    });
    assert_eq!(
        errors(world.upload(&invoice("F-9")).await).await,
        ["lung & \"larg\""]
    );
    world
        .fake
        .efactura()
        .configure(|settings| settings.rules = Rules::none());
    world.fake.efactura().next_verdict(Verdict::NotTakenOver);
    for index in [
        world.upload(&invoice("F-10")).await,
        world.upload(&invoice("NEPRELUAT")).await,
    ] {
        let state = world.stare(index).await;
        assert_eq!(
            attribute(&state, "stare"),
            Some("XML cu erori nepreluat de sistem")
        );
        assert_eq!(attribute(&state, "id_descarcare"), None);
    }
    world
        .fake
        .efactura()
        .configure(|settings| settings.processing_polls = 2);
    let index = world.upload(&invoice("F-11")).await;
    for expected in ["in prelucrare", "in prelucrare", "ok", "ok"] {
        assert_eq!(
            attribute(&world.stare(index).await, "stare"),
            Some(expected)
        );
    }
}
