//! What the tests of the fake share: a bare HTTP client and small documents. No crate of the SDK.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use fake_anaf::{BUYER_CIF, CIF, FakeAnaf, FakeClock, SERIAL_NO_RIGHTS, sample_invoice};
use reqwest::{Client, Response, redirect};
use serde_json::Value;

/// A Wednesday, 12:00 in Bucharest.
pub(crate) const START: &str = "2026-07-01T09:00:00Z";

pub(crate) struct World {
    pub(crate) fake: FakeAnaf,
    pub(crate) clock: FakeClock,
    pub(crate) http: Client,
    pub(crate) bearer: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = FakeClock::manual(START.parse().unwrap());
        let fake = FakeAnaf::builder()
            .clock(clock.clone())
            .start()
            .await
            .unwrap();
        let bearer = fake.bearer();
        Self {
            fake,
            clock,
            http: client(),
            bearer,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.fake.base_url())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http
            .get(self.url(path))
            .bearer_auth(&self.bearer)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        self.http
            .post(self.url(path))
            .bearer_auth(&self.bearer)
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// What somebody without rights for any company is answered.
    pub(crate) async fn nobody(&self, path: &str) -> String {
        let token = self
            .fake
            .oauth()
            .issue_for(SERIAL_NO_RIGHTS, &self.fake.client_id())
            .access_token;
        let request = self.http.get(self.url(path)).bearer_auth(token);
        request.send().await.unwrap().text().await.unwrap()
    }

    /// What is answered without a token.
    pub(crate) async fn open_json(&self, path: &str) -> Value {
        let request = self.http.get(self.url(path));
        request.send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn get_text(&self, path: &str) -> String {
        self.get(path).await.text().await.unwrap()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    pub(crate) async fn post_text(&self, path: &str, body: impl Into<reqwest::Body>) -> String {
        self.post(path, body).await.text().await.unwrap()
    }

    /// Uploads for [`CIF`] and gives the index.
    pub(crate) async fn upload(&self, xml: &str) -> u64 {
        let answer = self
            .post_text(
                &format!("/test/FCTEL/rest/upload?standard=UBL&cif={CIF}"),
                xml.to_owned(),
            )
            .await;
        attribute(&answer, "index_incarcare")
            .unwrap_or_else(|| panic!("no index in {answer}"))
            .parse()
            .unwrap()
    }

    /// The state of an upload, as the whole XML.
    pub(crate) async fn stare(&self, index: u64) -> String {
        self.get_text(&format!("/test/FCTEL/rest/stareMesaj?id_incarcare={index}"))
            .await
    }
}

pub(crate) fn client() -> Client {
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The value of an XML attribute, as written.
pub(crate) fn attribute<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let start = xml.find(&format!(" {name}=\""))? + name.len() + 3;
    let rest = &xml[start..];
    Some(&rest[..rest.find('"')?])
}

pub(crate) fn invoice(number: &str) -> String {
    sample_invoice(number, CIF, BUYER_CIF)
}

/// The entries of a zip: name and bytes.
pub(crate) fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes.to_vec())).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}
