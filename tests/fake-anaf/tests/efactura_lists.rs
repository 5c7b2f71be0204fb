//! e-Factura: both lists, every text word for word, and their pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use common::{World, invoice};
use fake_anaf::{BUYER_CIF, CIF, Env, IdForm, STRANGER_CIF, sample_invoice};
use serde_json::Value;

const REST: &str = "/test/FCTEL/rest";

impl World {
    fn milliseconds(&self, back: i64) -> i64 {
        self.clock.now().as_millisecond() - back * 1000
    }

    async fn page(&self, cif: &str, page: usize) -> Value {
        let (from, to) = (self.milliseconds(3600), self.milliseconds(0));
        self.get_json(&format!("{REST}/listaMesajePaginatieFactura?startTime={from}&endTime={to}&cif={cif}&pagina={page}")).await
    }
}

#[tokio::test]
async fn lists_that_fail() {
    let world = World::new().await;
    world.upload(&invoice("F-1")).await;
    let list = |query: &str| format!("{REST}/listaMesajeFactura?{query}");
    for (query, text) in [
        (
            format!("zile=aaa&cif={CIF}"),
            "Numarul de zile introdus= aaa nu este un numar intreg".to_owned(),
        ),
        (
            format!("zile=0&cif={CIF}"),
            "Numarul de zile trebuie sa fie intre 1 si 60".to_owned(),
        ),
        (
            format!("zile=61&cif={CIF}"),
            "Numarul de zile trebuie sa fie intre 1 si 60".to_owned(),
        ),
        (
            "zile=1&cif=aaa".to_owned(),
            "CIF introdus= aaa nu este un numar".to_owned(),
        ),
        (
            format!("zile=1&cif={CIF}&filtru=X"),
            "Valorile acceptate pentru parametrul filtru sunt E, T, P sau R".to_owned(),
        ),
        (
            format!("zile=1&cif={STRANGER_CIF}"),
            format!("Nu aveti drept in SPV pentru CIF={STRANGER_CIF}"),
        ),
        (
            format!("zile=15&cif={CIF}&filtru=E"),
            "Nu exista mesaje in ultimele 15 zile".to_owned(),
        ),
    ] {
        let answer = world.get_json(&list(&query)).await;
        assert_eq!(
            (&answer["eroare"], &answer["titlu"]),
            (&text.into(), &"Lista Mesaje".into()),
            "{query}"
        );
    }
    let answer: Value =
        serde_json::from_str(&world.nobody(&list(&format!("zile=1&cif={CIF}"))).await).unwrap();
    assert_eq!(
        answer["eroare"],
        "Nu exista niciun CIF pentru care sa aveti drept in SPV"
    );

    let (start, end) = (world.milliseconds(3600), world.milliseconds(0));
    let future = world.milliseconds(-1);
    let old = world.milliseconds(60 * 86_400 + 1);
    let paged = |start: &dyn std::fmt::Display,
                 end: &dyn std::fmt::Display,
                 cif: &str,
                 page: &str| {
        format!(
            "{REST}/listaMesajePaginatieFactura?startTime={start}&endTime={end}&cif={cif}&pagina={page}"
        )
    };
    for (path, text) in [
        (
            paged(&"aaa", &end, CIF, "1"),
            "startTime = aaa nu este un numar sau nu are o valoare acceptata de sistem",
        ),
        (
            paged(&start, &"aaa", CIF, "1"),
            "endTime = aaa nu este un numar sau nu are o valoare acceptata de sistem",
        ),
        (
            paged(&start, &end, CIF, "aaa"),
            "pagina = aaa nu este un numar sau nu are o valoare acceptata de sistem",
        ),
        (
            paged(&start, &end, CIF, "0"),
            "pagina = 0 nu este un numar sau nu are o valoare acceptata de sistem",
        ),
        (
            paged(&start, &end, "aaa", "1"),
            "CIF introdus= aaa nu este un numar sau nu are o valoare acceptata de sistem",
        ),
        (
            paged(&old, &end, CIF, "1"),
            "startTime = 02-05-2026 11:59:59 nu poate fi mai vechi de 60 de zile fata de momentul requestului",
        ),
        (
            paged(&end, &start, CIF, "1"),
            "endTime = 01-07-2026 11:00:00 nu poate fi <= startTime = 01-07-2026 12:00:00",
        ),
        (
            paged(&start, &future, CIF, "1"),
            "endTime = 01-07-2026 12:00:01 nu poate in viitor fata de momentul requestului = 01-07-2026 12:00:00",
        ),
        (
            paged(&start, &end, CIF, "2"),
            "Pagina solicitata 2 este mai mare decat numarul toatal de pagini 1",
        ),
        (
            paged(&start, &end, BUYER_CIF, "1") + "&filtru=T",
            "Nu exista mesaje in intervalul selectat",
        ),
    ] {
        let answer = world.get_json(&path).await;
        assert_eq!(
            (&answer["eroare"], &answer["titlu"]),
            (&text.into(), &"Lista Mesaje".into()),
            "{path}"
        );
    }
    // The same second is not the future.
    let answer = world.get_json(&paged(&start, &(end + 999), CIF, "1")).await;
    assert_eq!(answer["mesaje"].as_array().map(Vec::len), Some(1));
    for (path, text) in [
        (list("zile=1"), "Parametrii zile si cif sunt obligatorii"),
        (
            paged(&start, &end, CIF, ""),
            "Parametrii startTime, endTime, cif si pagina sunt obligatorii",
        ),
    ] {
        let answer = world.get(&path).await;
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains(text));
    }
    world
        .fake
        .set_limits(|limits| (limits.lists_per_day, limits.paged_lists_per_day) = (0, 0));
    for (path, text) in [
        (
            list(&format!("zile=1&cif={CIF}")),
            "S-au facut deja 0 interogari de lista mesaje de catre utilizator in cursul zilei"
                .to_owned(),
        ),
        (
            paged(&start, &end, CIF, "1"),
            format!(
                "S-au facut deja 0 de interogari de tip lista mesaje paginatie de catre CUI= {CIF} in cursul zilei"
            ),
        ),
    ] {
        assert_eq!(world.get_json(&path).await["eroare"], text);
    }
}

#[tokio::test]
async fn pages_shift_and_their_number_lies() {
    let world = World::new().await;
    let delivered = world
        .fake
        .efactura()
        .deliver_many(Env::Test, CIF, "L", 1001);
    assert_eq!(delivered.len(), 1001);
    let last = world.page(CIF, 3).await;
    for (key, value) in [
        ("numar_inregistrari_in_pagina", 1),
        ("numar_total_inregistrari_per_pagina", 500),
        ("numar_total_inregistrari", 1001),
        ("numar_total_pagini", 3),
    ] {
        assert_eq!(last[key], value, "{key}");
    }
    assert_eq!(
        last["titlu"],
        "Lista Mesaje disponibile din intervalul 01-07-2026 11:00:00 - 01-07-2026 12:00:00"
    );
    assert_eq!(
        (&last["serial"], &last["cui"]),
        (&"1234AA456".into(), &format!("{CIF},{BUYER_CIF}").into())
    );
    let first = world.page(CIF, 1).await;
    assert_eq!(
        first["index_pagina_curenta"], 3,
        "the page number cannot be trusted"
    );
    let too_many = world
        .get_json(&format!("{REST}/listaMesajeFactura?zile=1&cif={CIF}"))
        .await;
    assert_eq!(
        too_many["eroare"],
        "Lista de mesaje este mai mare decat numarul de 500 elemente permise in pagina. Folositi endpoint-ul cu paginatie."
    );
    // A new message shifts the pages of a walk whose window has not been frozen.
    let before = first["mesaje"][499]["id"].clone();
    world.fake.efactura().deliver_many(Env::Test, CIF, "M", 1);
    assert_eq!(world.page(CIF, 2).await["mesaje"][0]["id"], before);
    // Ids come as numbers too.
    world
        .fake
        .efactura()
        .configure(|settings| settings.ids = IdForm::Number);
    assert!(world.page(CIF, 1).await["mesaje"][0]["id"].is_u64());
}

#[tokio::test]
async fn second_wordings() {
    let world = World::new().await;
    world
        .fake
        .efactura()
        .configure(|settings| settings.second_wordings = true);
    let path = format!("{REST}/upload?standard=UBL&cif={BUYER_CIF}&autofactura=DA");
    world
        .post_text(&path, sample_invoice("A-1", CIF, BUYER_CIF))
        .await;
    world.upload(&invoice("F-RESPINGE-1")).await;
    let list = |cif: &str| format!("{REST}/listaMesajeFactura?zile=1&cif={cif}");
    let billed = world.get_json(&list(BUYER_CIF)).await["mesaje"][0].clone();
    assert!(
        billed["detalii"]
            .as_str()
            .unwrap()
            .contains("  ca autofactutra in numele cif=")
    );
    let rejected = world.get_json(&(list(CIF) + "&filtru=E")).await["mesaje"][0].clone();
    assert!(
        rejected["detalii"]
            .as_str()
            .unwrap()
            .starts_with("Erori de validare identificate la factura primita cu")
    );
    world
        .fake
        .set_limits(|limits| (limits.lists_per_day, limits.downloads_per_day) = (0, 0));
    assert_eq!(
        world.get_json(&list(CIF)).await["eroare"],
        format!(
            "S-au facut deja 0 de interogari de tip lista mesaje de catre CUI= {CIF} in cursul zilei"
        )
    );
    let id = rejected["id"].as_str().unwrap();
    assert_eq!(
        world.get_json(&format!("{REST}/descarcare?id={id}")).await["eroare"],
        format!("S-au facut deja 0 descarcari la mesajul cu id_descarcare={id} in cursul zilei")
    );
}
