//! Whatever is sent, the fake answers, and goes on answering.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking"
)]

mod common;

use common::World;
use fake_anaf::CIF;
use serde_json::Value;

/// A small generator of its own, so that a failure can be had again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, most: u64) -> Vec<u8> {
        let length = self.next() % most;
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.next() % from.len() as u64).unwrap();
        from[at]
    }
}

#[tokio::test]
async fn garbage_is_answered() {
    let world = World::new().await;
    world
        .fake
        .set_limits(|limits| limits.calls_per_minute = u32::MAX);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let paths = [
        "/anaf-oauth2/v1/token",
        "/anaf-oauth2/v1/authorize",
        "/anaf-oauth2/v1/revoke",
        "/TestOauth/jaxrs/hello",
        "/test/FCTEL/rest/upload",
        "/test/FCTEL/rest/uploadb2c",
        "/test/FCTEL/rest/stareMesaj",
        "/test/FCTEL/rest/listaMesajeFactura",
        "/test/FCTEL/rest/listaMesajePaginatieFactura",
        "/prod/FCTEL/rest/descarcare",
        "/webservicesp/prod/FCTEL/rest/validare/FACT1",
        "/webservicesp/prod/FCTEL/rest/transformare/FCN/DA",
        "/webservicesp/api/validate/signature",
        "/api/PlatitorTvaRest/v9/tva",
        "/test/ETRANSPORT/ws/v1/upload/ETRANSP/10000016/2",
        "/test/ETRANSPORT/ws/v1/stareMesaj/%F0%9F%9A%9A",
        "/test/ETRANSPORT/ws/v1/lista/1/%00",
        "/test/ETRANSPORT/ws/v1/info",
        "/webservicesp",
        "/%2F%2e%2e/x",
        "/_fake/fail",
        "/",
    ];
    let names = [
        "standard",
        "cif",
        "id_incarcare",
        "id",
        "zile",
        "startTime",
        "endTime",
        "pagina",
        "filtru",
        "extern",
        "cui_op",
        "client_id",
        "redirect_uri",
        "kind",
        "times",
    ];
    let values = [
        "",
        "UBL",
        "RASP",
        CIF,
        "-1",
        "99999999999999999999999",
        "9223372036854775807",
        "-9223372036854775808",
        "%FF%FE",
        "%C4%83%00",
        "https://localhost:8443/callback",
        "fake",
        "1e9",
    ];
    let kinds = [
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=",
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
    ];
    let starts = [
        "",
        "<a",
        "\u{feff}<eTransport",
        "{\"a\":[",
        "--x\r\n",
        "grant_type=refresh_token&refresh_token=%FF",
    ];
    for round in 0..600 {
        let pairs: Vec<String> = (0..random.next() % 4)
            .map(|_| format!("{}={}", random.pick(&names), random.pick(&values)))
            .collect();
        let url = world.url(&format!("{}?{}", random.pick(&paths), pairs.join("&")));
        let mut body = random.pick(&starts).as_bytes().to_vec();
        body.extend(random.bytes(64));
        let request = if round % 3 == 0 {
            world.http.get(&url)
        } else {
            world.http.post(&url).body(body)
        };
        let request = request
            .bearer_auth(&world.bearer)
            .header("content-type", random.pick(&kinds));
        let answer = request
            .send()
            .await
            .unwrap_or_else(|why| panic!("round {round}: {url}: {why}"));
        assert!(answer.status().as_u16() >= 200, "{url}");
        answer.bytes().await.unwrap();
        world.fake.clear_failures();
    }
    assert_eq!(
        world.get("/TestOauth/jaxrs/hello?name=x").await.status(),
        200
    );
}

/// Documents that the official schema accepts are never refused at the door; needs the reference material beside the
/// project.
#[tokio::test]
async fn golden_invoices_get_past_the_door() {
    let shared = std::env::var("ANAF_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let folder = std::path::Path::new(&shared).join("golden/efactura");
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.jsonl")) else {
        println!("SKIPPED: no golden documents at {}", folder.display());
        return;
    };
    let world = World::new().await;
    world
        .fake
        .set_limits(|limits| limits.calls_per_minute = u32::MAX);
    let mut accepted = 0;
    for line in expected.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        if entry["xsd_valid"] != true {
            continue;
        }
        let body = std::fs::read(folder.join(entry["file"].as_str().unwrap())).unwrap();
        let standard = if entry["root"] == "CreditNote" {
            "CN"
        } else {
            "UBL"
        };
        let answer = world
            .post_text(
                &format!("/test/FCTEL/rest/upload?standard={standard}&cif={CIF}"),
                body,
            )
            .await;
        assert!(
            answer.contains("ExecutionStatus=\"0\""),
            "{}: {answer}",
            entry["file"]
        );
        accepted += 1;
    }
    assert!(accepted > 1000, "{accepted}");
}
