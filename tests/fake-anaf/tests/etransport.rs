//! e-Transport: the life of a UIT, every text, the lists.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking"
)]

mod common;

use common::World;
use fake_anaf::{
    BUYER_CIF, CIF, FakeAnaf, SERIAL_NO_RIGHTS, STRANGER_CIF, TransportVerdict, uit_checks,
};
use jiff::SignedDuration;
use serde_json::Value;

const WS: &str = "/test/ETRANSPORT/ws/v1";
const NAMESPACE: &str = "mfp:anaf:dgti:eTransport:declaratie:v2";

fn wrap(declarant: &str, content: &str) -> String {
    format!(
        r#"<eTransport xmlns="{NAMESPACE}" codDeclarant="{declarant}" refDeclarant="R-1">{content}</eTransport>"#
    )
}

fn notification(declarant: &str, date: &str, correction: &str, operation: u32) -> String {
    wrap(
        declarant,
        &format!(
            r#"<notificare codTipOperatiune="{operation}">{correction}
            <bunuriTransportate codScopOperatiune="101" codTarifar="070200" denumireMarfa="Tomate" cantitate="18.12" codUnitateMasura="KGM" greutateNeta="975.10" greutateBruta="980.20" valoareLeiFaraTva="1557.00"/>
            <bunuriTransportate codScopOperatiune="101" denumireMarfa="Mere" cantitate="1" codUnitateMasura="KGM" greutateBruta="1.30"/>
            <partenerComercial codTara="RO" cod="{STRANGER_CIF}" denumire="Partener"/>
            <dateTransport nrVehicul="B01ABC" nrRemorca1="B02REM" codTaraOrgTransport="RO" codOrgTransport="{BUYER_CIF}" denumireOrgTransport="Carausul" dataTransport="{date}"/>
            <locStartTraseuRutier codPtf="12"/>
            <locFinalTraseuRutier><locatie codJudet="12" denumireLocalitate="Cluj" denumireStrada="Lunga" numar="1"/></locFinalTraseuRutier>
            <documenteTransport tipDocument="10" numarDocument="CMR 1" dataDocument="2026-07-01"/></notificare>"#
        ),
    )
}

impl World {
    async fn declare(&self, xml: String) -> Value {
        self.post(&format!("{WS}/upload/ETRANSP/{CIF}/2"), xml)
            .await
            .json()
            .await
            .unwrap()
    }

    async fn verdict(&self, declared: &Value) -> Value {
        self.get_json(&format!("{WS}/stareMesaj/{}", declared["index_incarcare"]))
            .await
    }

    /// Declares and gives the only error of its verdict, or `ok`.
    async fn outcome(&self, xml: String) -> String {
        let declared = self.declare(xml).await;
        let verdict = self.verdict(&declared).await;
        match verdict["stare"].as_str() {
            Some("nok") => {
                assert_eq!(verdict["ExecutionStatus"], 1);
                verdict["Errors"][0]["errorMessage"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            }
            Some(other) => other.to_owned(),
            None => panic!("{verdict}"),
        }
    }

    async fn new_uit(&self, date: &str, operation: u32) -> String {
        let declared = self.declare(notification(CIF, date, "", operation)).await;
        assert_eq!(self.verdict(&declared).await["stare"], "ok");
        declared["UIT"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_life_of_a_uit() {
    let world = World::new().await;
    world
        .fake
        .etransport()
        .configure(|settings| settings.processing = SignedDuration::from_secs(5));
    let declared = world.declare(notification(CIF, "2026-07-03", "", 30)).await;
    let uit = declared["UIT"].as_str().unwrap().to_owned();
    assert!(uit_checks(&uit));
    assert_eq!(declared["ExecutionStatus"], 0);
    assert_eq!(declared["dateResponse"], "202607011200");
    assert_eq!(declared["ref_declarant"], "R-1");
    assert!(
        declared["atentie"]
            .as_str()
            .unwrap()
            .starts_with("Verificati starea XML-ului transmis. Codul UIT este valabil")
    );
    assert_eq!(world.verdict(&declared).await["stare"], "in prelucrare");
    world.clock.advance(SignedDuration::from_secs(5));
    assert_eq!(world.verdict(&declared).await["stare"], "ok");
    world
        .fake
        .etransport()
        .configure(|settings| settings.processing = SignedDuration::ZERO);

    let change = format!(
        r#"<modifVehicul uit="{uit}" nrVehicul="CJ99NOU" dataModificare="2026-07-01T13:00:00"/>"#
    );
    let correction = format!(r#"<corectie uit="{uit}"/>"#);
    let confirmation =
        format!(r#"<confirmare uit="{uit}" tipConfirmare="20" observatii="lipsuri"/>"#);
    assert_eq!(world.outcome(wrap(CIF, &change)).await, "ok");
    assert_eq!(
        world
            .outcome(notification(CIF, "2026-07-04", &correction, 30))
            .await,
        "ok"
    );
    assert_eq!(world.outcome(wrap(CIF, &confirmation)).await, "ok");

    let listed = world.get_json(&format!("{WS}/lista/60/{CIF}")).await;
    let rows = listed["mesaje"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{listed}");
    let row = rows.iter().find(|row| row["tip"] == "NOT").unwrap();
    for (key, value) in [
        ("stare", "OK"),
        ("uit", &uit),
        ("cod_decl", CIF),
        ("post_avarie", "N"),
        ("sursa", "A"),
        ("data_creare", "20260701120000"),
        ("data_modif", "20260701120005"),
        ("tip_op", "30"),
        ("data_transp", "20260704"),
        ("pc_cod", STRANGER_CIF),
        ("nr_veh", "B01ABC"),
        ("nr_rem1", "B02REM"),
    ] {
        assert_eq!(row[key], value, "{key}");
    }
    assert_eq!(
        (&row["nr_linii"], &row["gr_tot_bruta"]),
        (&2.into(), &981.5.into())
    );
    assert_eq!(row["modif_veh"][0]["nr_veh"], "CJ99NOU");
    assert_eq!(row["confirmare"]["tip_conf"], "20");

    // The vehicle may change on the road; all else may not.
    world.clock.set("2026-07-05T09:00:00Z".parse().unwrap());
    assert_eq!(world.outcome(wrap(CIF, &change)).await, "ok");
    let late = format!("UIT-ul {uit} nu mai poate fi modificat: transportul a inceput.");
    assert_eq!(
        world
            .outcome(wrap(CIF, &format!(r#"<stergere uit="{uit}"/>"#)))
            .await,
        late
    );
    assert_eq!(
        world
            .outcome(notification(CIF, "2026-07-06", &correction, 30))
            .await,
        late
    );
    // Five calendar days, counting the fourth of July, in Romania.
    let view = || {
        world
            .fake
            .etransport()
            .transports()
            .into_iter()
            .find(|known| known.uit == uit)
            .unwrap()
    };
    assert_eq!(view().last_day.to_string(), "2026-07-08");
    world.clock.set("2026-07-08T20:59:59Z".parse().unwrap());
    assert!(view().alive);
    world.clock.advance(SignedDuration::from_secs(1));
    assert!(!view().alive);
    assert_eq!(
        world.outcome(wrap(CIF, &change)).await,
        format!("UIT-ul {uit} nu mai este in perioada de valabilitate.")
    );
    assert_eq!(world.new_uit("2026-07-09", 60).await.len(), 16);
    assert!(
        world
            .fake
            .etransport()
            .transports()
            .iter()
            .any(|known| known.last_day.to_string() == "2026-07-23")
    );
}

#[tokio::test]
async fn a_uit_that_is_not_ours_or_gone_cannot_be_identified() {
    let world = World::new().await;
    const UNKNOWN: &str = "UIT-ul nu poate fi identificat.";
    let uit = world.new_uit("2026-07-02", 30).await;
    let delete = format!(r#"<stergere uit="{uit}"/>"#);
    assert_eq!(
        world
            .outcome(wrap(CIF, r#"<stergere uit="0123456789ACDE94"/>"#))
            .await,
        UNKNOWN
    );
    let other = world
        .post(
            &format!("{WS}/upload/ETRANSP/{BUYER_CIF}/2"),
            wrap(BUYER_CIF, &delete),
        )
        .await;
    let other: Value = other.json().await.unwrap();
    assert_eq!(
        world.verdict(&other).await["Errors"][0]["errorMessage"],
        UNKNOWN
    );
    assert_eq!(world.outcome(wrap(CIF, &delete)).await, "ok");
    assert_eq!(world.outcome(wrap(CIF, &delete)).await, UNKNOWN);
    // A deleted notification is listed no more; the errors are, each with what it was about.
    let rows = world.get_json(&format!("{WS}/lista/1/{CIF}")).await["mesaje"].clone();
    let kinds: Vec<&str> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["tip"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["DEL", "DEL"]);
    assert_eq!(rows[0]["mesaje"][0]["tip"], "ERR");
}

#[tokio::test]
async fn dates_declarants_and_orders() {
    let world = World::new().await;
    let window = |date| {
        format!(
            "Data transportului {date} trebuie sa fie intre data curenta si cel mult 3 zile dupa aceasta."
        )
    };
    assert_eq!(
        world.outcome(notification(CIF, "2026-07-05", "", 30)).await,
        window("2026-07-05")
    );
    assert_eq!(
        world.outcome(notification(CIF, "2026-06-30", "", 30)).await,
        window("2026-06-30")
    );
    let outage = notification(CIF, "2026-06-30", "", 30)
        .replace("refDeclarant=\"R-1\"", "declPostAvarie=\"D\"");
    assert_eq!(world.outcome(outage).await, "ok");
    assert!(
        world
            .outcome(notification(BUYER_CIF, "2026-07-02", "", 30))
            .await
            .contains("difera de CIF-ul")
    );
    world
        .fake
        .etransport()
        .next_verdict(TransportVerdict::NotTakenOver);
    assert_eq!(
        world.outcome(notification(CIF, "2026-07-02", "", 30)).await,
        "XML cu erori nepreluat de sistem"
    );
    world
        .fake
        .etransport()
        .next_verdict(TransportVerdict::Rejected(vec!["asa".to_owned()]));
    assert_eq!(
        world.outcome(notification(CIF, "2026-07-02", "", 30)).await,
        "asa"
    );
    // A notification that failed has no UIT in its row.
    let rows = world.get_json(&format!("{WS}/lista/60/{CIF}")).await["mesaje"].clone();
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .filter(|row| row["stare"] == "ERR")
            .all(|row| row.get("uit").is_none())
    );
}

#[tokio::test]
async fn every_text_of_a_refused_call() {
    let world = World::new().await;
    let nobody = world
        .fake
        .oauth()
        .issue_for(SERIAL_NO_RIGHTS, &world.fake.client_id())
        .access_token;
    let xml = notification(CIF, "2026-07-02", "", 30);
    let declared = world.declare(xml.clone()).await;
    let index = declared["index_incarcare"].as_u64().unwrap();
    world
        .fake
        .set_limits(|limits| limits.document_bytes = 5_000);
    let big = wrap(CIF, &" ".repeat(5_000));

    let upload = |rest: &str| format!("{WS}/upload/{rest}");
    for (path, body, text) in [
        (upload(&format!("ETRANSPORT/{CIF}/2")), xml.clone(), "Valoarea acceptata pentru parametrul standard este ETRANSP".to_owned()),
        (upload("ETRANSP/123a/2"), xml.clone(), "CIF introdus= 123a nu este un numar".to_owned()),
        (upload("ETRANSP/21/2"), xml.clone(), "Nu aveti drept in SPV pentru CIF=21".to_owned()),
        (upload(&format!("ETRANSP/{CIF}/2")), big, "Marime fisier transmis mai mare de 5 MB".to_owned()),
        (
            upload(&format!("ETRANSP/{CIF}")),
            xml.clone(),
            "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 103; \
             cvc-elt.1.a: Cannot find the declaration of element 'eTransport'. "
                .to_owned(),
        ),
        (
            upload(&format!("ETRANSP/{CIF}/2")),
            wrap(CIF, "<stergere/>"),
            "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: 114; \
             cvc-complex-type.4: Attribute 'uit' must appear on element 'stergere'. "
                .to_owned(),
        ),
    ] {
        let answer: Value = world.post(&path, body).await.json().await.unwrap();
        assert_eq!(answer["Errors"][0]["errorMessage"], text, "{path}");
        assert_eq!(answer["ExecutionStatus"], 1);
        assert!(answer.get("index_incarcare").is_none());
    }
    for (path, text) in [
        (
            "stareMesaj/a",
            "Id_incarcare introdus= a nu este un numar intreg".to_owned(),
        ),
        (
            "stareMesaj/77",
            "Nu exista declaratia de transport cu id_incarcare= 77".to_owned(),
        ),
        (
            &format!("lista/60a/{CIF}"),
            "Numarul de zile introdus= 60a nu este un numar intreg".to_owned(),
        ),
        (
            &format!("lista/61/{CIF}"),
            "Numarul de zile trebuie sa fie intre 1 si 60".to_owned(),
        ),
        (
            "lista/60/123a",
            "CIF introdus= 123a nu este un numar".to_owned(),
        ),
        (
            &format!("lista/60/{BUYER_CIF}"),
            "Nu exista mesaje in ultimele 60 zile".to_owned(),
        ),
    ] {
        let answer = world.get_json(&format!("{WS}/{path}")).await;
        assert_eq!(answer["Errors"][0]["errorMessage"], text, "{path}");
        assert!(answer.get("stare").is_none());
    }
    for (path, text) in [
        (
            format!("stareMesaj/{index}"),
            format!("Nu aveti dreptul de inteorgare pentru id_incarcare= {index}"),
        ),
        (
            format!("lista/60/{CIF}"),
            "Nu exista niciun CIF petru care sa aveti drept in SPV".to_owned(),
        ),
    ] {
        let answer = world
            .http
            .get(world.url(&format!("{WS}/{path}")))
            .bearer_auth(&nobody)
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["Errors"][0]["errorMessage"], text, "{path}");
    }
    world.fake.set_limits(|limits| {
        limits.transport_stare_per_day = 1;
        limits.transport_lists_per_day = 1;
    });
    world.verdict(&declared).await;
    world.get(&format!("{WS}/lista/1/{CIF}")).await;
    for (path, text) in [
        (
            format!("stareMesaj/{index}"),
            "S-au facut deja 1 de verificari, pentru id-incarcare solicitat, in cursul zilei",
        ),
        (
            format!("lista/1/{CIF}"),
            "S-au facut deja 1 interogari de lista mesaje de catre utilizator in cursul zilei",
        ),
    ] {
        assert_eq!(
            world.get_json(&format!("{WS}/{path}")).await["Errors"][0]["errorMessage"],
            text,
            "{path}"
        );
    }
}

#[tokio::test]
async fn wrong_paths_are_404_and_descarcare_is_gone() {
    let world = World::new().await;
    for path in ["lista/", "lista/60", "descarcare/5", "stareMesaj/", "nimic"] {
        let answer = world.get(&format!("{WS}/{path}")).await;
        assert_eq!(answer.status(), 404, "{path}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["path"], format!("{WS}/{path}"));
        assert_eq!(body["timestamp"], "2026-07-01T09:00:00.000+00:00");
        assert!(body.get("message").is_none());
    }
    assert_eq!(
        world
            .post(&format!("{WS}/upload/ETRANSP/{CIF}/3"), "<x/>")
            .await
            .status(),
        404
    );
}

#[tokio::test]
async fn info_is_for_the_organiser() {
    let world = World::new().await;
    let uit = world.new_uit("2026-07-02", 10).await;
    let info = |query: String| {
        let world = &world;
        async move { world.get_json(&format!("{WS}/info?{query}")).await }
    };
    let found = info(format!(
        "cui_op={BUYER_CIF}&cui_decl={CIF}&uit={uit}&ref_decl=R-1"
    ))
    .await;
    let row = &found[0];
    assert_eq!(row["cod_decl"], CIF.parse::<u64>().unwrap());
    assert_eq!(row["data_transp"], "2026-07-02T00:00:00");
    assert_eq!(row["data_exp_uit"], "2026-07-16T00:00:00");
    assert_eq!(row["loc_start"]["tip_loc"], "PTF");
    assert_eq!(row["loc_final"]["localitate"], "Cluj");
    assert_eq!(row["documente"], "CMR 1");
    let nothing = "Nu exista informatii pentru aceasta solicitare";
    for (query, text) in [
        (format!("cui_op={CIF}"), nothing.to_owned()),
        (
            format!("cui_op={BUYER_CIF}&ref_decl=alta"),
            nothing.to_owned(),
        ),
        (
            "cui_op=abc".to_owned(),
            "cui_op introdus= abc nu este un numar".to_owned(),
        ),
        (
            format!("cui_op={STRANGER_CIF}"),
            format!("Nu aveti drept in SPV pentru CIF={STRANGER_CIF}"),
        ),
    ] {
        assert_eq!(info(query.clone()).await["error"], text, "{query}");
    }
    let bare = world.get(&format!("{WS}/info")).await;
    assert_eq!(bare.status(), 400);
    let body: Value = bare.json().await.unwrap();
    assert_eq!(body["message"], "Parametrul cui_op este obligatoriu");
    assert_eq!(body["timestamp"], "01-07-2026 12:00:00");
    // Past its last day a UIT is not listed.
    world.clock.set("2026-07-16T21:00:00Z".parse().unwrap());
    assert_eq!(info(format!("cui_op={BUYER_CIF}")).await["error"], nothing);
}

/// Any valid document of the golden set passes the structure check; needs the reference material beside the project.
#[tokio::test]
async fn structure_agrees_with_the_official_schema() {
    let shared = std::env::var("ANAF_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let folder = std::path::Path::new(&shared).join("golden/etransport");
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.jsonl")) else {
        println!("SKIPPED: no golden documents at {}", folder.display());
        return;
    };
    let fake = FakeAnaf::start().await;
    fake.set_limits(|limits| limits.calls_per_minute = u32::MAX);
    let bearer = fake.bearer();
    let http = common::client();
    let mut accepted = 0;
    for line in expected.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let body = std::fs::read(folder.join(entry["file"].as_str().unwrap())).unwrap();
        let url = format!("{}{WS}/upload/ETRANSP/{CIF}/2", fake.base_url());
        let answer: Value = http
            .post(url)
            .bearer_auth(&bearer)
            .body(body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        // The fake checks structure only, so it may let pass what the schema refuses for a value, never the reverse.
        if entry["xsd_valid"] == true {
            assert_eq!(answer["ExecutionStatus"], 0, "{}: {answer}", entry["file"]);
            accepted += 1;
        }
    }
    assert!(accepted > 100, "{accepted}");
}
