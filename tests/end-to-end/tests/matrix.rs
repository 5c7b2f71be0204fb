//! {operation} × {failure on order}: the right kind, the right delivery, and an upload that is never sent twice unless it
//! provably was not sent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::io::Write;
use std::time::Duration;

use anaf_efactura::{Archive, CheckSignature, Download};
use anaf_efactura::{
    Delivery, Document, EFactura, Error, ErrorKind, Form, List, ListPage, Standard, Status,
    Transform, Upload, Validate, Verdict, Window,
};
use anaf_http::{
    CallOptions, Endpoints, Environment, FixedBearer, Host, Limits, ManualClock, RetryPolicy,
    Session, Timeouts,
};
use fake_anaf::{Failure, FakeAnaf, Fault, FaultProxy, RetryAfter};
use jiff::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Upload,
    UploadB2c,
    Status,
    List,
    Page,
    Download,
    Validate,
    Transform,
    CheckSignature,
}

const OPS: [Op; 9] = [
    Op::Upload,
    Op::UploadB2c,
    Op::Status,
    Op::List,
    Op::Page,
    Op::Download,
    Op::Validate,
    Op::Transform,
    Op::CheckSignature,
];

impl Op {
    fn files(self) -> bool {
        matches!(self, Self::Upload | Self::UploadB2c)
    }

    fn posts(self) -> bool {
        self.files()
            || matches!(
                self,
                Self::Validate | Self::Transform | Self::CheckSignature
            )
    }
}

#[derive(Clone, Debug)]
enum Trouble {
    /// The fake answers so, each time.
    Answer(Failure),
    /// The connection breaks so, each time.
    Connection(Fault),
    /// Nothing listens.
    Refused,
}

/// What a failure must end in.
#[derive(Clone, Debug)]
struct Cell {
    name: &'static str,
    trouble: Trouble,
    /// `None`: the answer is good all the same.
    kind: Option<ErrorKind>,
    delivery: Delivery,
    /// For a filing: the outcome is unknown.
    unknown: bool,
    /// For anything else: the session tries again.
    retried: bool,
    /// The answer is waited for in vain.
    slow: bool,
}

fn cell(name: &'static str, trouble: Trouble, kind: ErrorKind, delivery: Delivery) -> Cell {
    Cell {
        name,
        trouble,
        kind: Some(kind),
        delivery,
        unknown: false,
        retried: false,
        slow: false,
    }
}

impl Cell {
    fn unknown(mut self) -> Self {
        self.unknown = true;
        self
    }

    fn retried(mut self) -> Self {
        self.retried = true;
        self
    }

    fn slow(mut self) -> Self {
        self.slow = true;
        self
    }

    fn good(name: &'static str, failure: Failure) -> Self {
        Self {
            kind: None,
            ..cell(
                name,
                Trouble::Answer(failure),
                ErrorKind::Other,
                Delivery::Answered,
            )
        }
    }
}

fn cells() -> Vec<Cell> {
    use Delivery::{Answered, MaybeSent, NotSent};
    use ErrorKind as K;
    use Failure as F;
    use Trouble::{Answer, Connection, Refused};
    let status = |name, status, kind| cell(name, Answer(F::status(status)), kind, Answered);
    let page = "<!DOCTYPE html><html><body>Mentenanta</body></html>";
    let limited = F::too_many_requests(RetryAfter::Seconds, Duration::from_secs(7));
    vec![
        status("400", 400, K::InvalidParameter),
        status("401", 401, K::Unauthorized),
        status("403", 403, K::Forbidden),
        status("404", 404, K::NotFound),
        status("413", 413, K::InvalidDocument),
        status("418", 418, K::Unreadable).unknown(),
        status("429", 429, K::Quota).retried(),
        cell("429, come back", Answer(limited), K::Quota, Answered).retried(),
        status("500", 500, K::Server).unknown().retried(),
        status("502", 502, K::Server).unknown().retried(),
        status("503", 503, K::Server).unknown().retried(),
        cell(
            "503, but done",
            Answer(F::status(503).after_processing()),
            K::Server,
            Answered,
        )
        .unknown()
        .retried(),
        status("504", 504, K::Server).unknown().retried(),
        status("255", 255, K::ConcurrentTokens),
        cell(
            "firewall",
            Answer(F::firewall_page()),
            K::Firewall,
            Answered,
        ),
        cell(
            "login page",
            Answer(F::login_page()),
            K::LoginPage,
            Answered,
        ),
        cell(
            "login wall",
            Answer(F::login_redirect()),
            K::LoginPage,
            Answered,
        ),
        cell("a page", Answer(F::replaced(page)), K::Unreadable, Answered).unknown(),
        cell(
            "technical",
            Answer(F::technical_error()),
            K::Technical,
            Answered,
        )
        .unknown(),
        cell("empty", Answer(F::empty_body()), K::Empty, Answered).unknown(),
        cell(
            "half a body",
            Answer(F::truncated()),
            K::Truncated,
            Answered,
        )
        .unknown(),
        cell(
            "gibberish",
            Answer(F::replaced("?!")),
            K::Unreadable,
            Answered,
        )
        .unknown(),
        cell(
            "other JSON",
            Answer(F::replaced("{\"x\":1}")),
            K::Unreadable,
            Answered,
        )
        .unknown(),
        cell(
            "other XML",
            Answer(F::replaced("<x/>")),
            K::Unreadable,
            Answered,
        )
        .unknown(),
        Cell::good("stray bracket", F::stray_bracket()),
        Cell::good("wrong content type", F::wrong_content_type("text/html")),
        Cell::good("no content type", F::wrong_content_type("")),
        Cell::good("a little late", F::late(Duration::from_millis(30))),
        cell(
            "too late",
            Answer(F::late(Duration::from_secs(20))),
            K::Timeout,
            MaybeSent,
        )
        .unknown()
        .retried()
        .slow(),
        cell("refused", Refused, K::Connect, NotSent).retried(),
        cell(
            "reset before read",
            Connection(Fault::ResetBeforeRead),
            K::ConnectionLost,
            MaybeSent,
        )
        .unknown()
        .retried(),
        cell(
            "reset after read",
            Connection(Fault::ResetAfterRead),
            K::ConnectionLost,
            MaybeSent,
        )
        .unknown()
        .retried(),
        cell(
            "reset after it was done",
            Connection(Fault::ResetAfterForward),
            K::ConnectionLost,
            MaybeSent,
        )
        .unknown()
        .retried(),
        cell(
            "closed after it was done",
            Connection(Fault::CloseAfterForward),
            K::ConnectionLost,
            MaybeSent,
        )
        .unknown()
        .retried(),
        cell(
            "stalled before read",
            Connection(Fault::StallBeforeRead),
            K::Timeout,
            MaybeSent,
        )
        .unknown()
        .retried()
        .slow(),
        cell(
            "stalled after read",
            Connection(Fault::StallAfterRead),
            K::Timeout,
            MaybeSent,
        )
        .unknown()
        .retried()
        .slow(),
        cell(
            "stalled after it was done",
            Connection(Fault::StallAfterForward),
            K::Timeout,
            MaybeSent,
        )
        .unknown()
        .retried()
        .slow(),
        cell(
            "cut body",
            Connection(Fault::CutBody(9)),
            K::Truncated,
            Answered,
        )
        .unknown()
        .retried(),
        cell(
            "cut body and reset",
            Connection(Fault::CutBodyAndReset(9)),
            K::Truncated,
            Answered,
        )
        .unknown()
        .retried(),
        cell(
            "stalled body",
            Connection(Fault::StallBody(9)),
            K::Timeout,
            Answered,
        )
        .unknown()
        .retried()
        .slow(),
    ]
}

/// One operation's own fake, so that nine can go on side by side.
struct Lane {
    op: Op,
    fake: FakeAnaf,
    proxy: FaultProxy,
    endpoints: Endpoints,
    archive: Archive,
    verdict: Verdict,
    index: anaf_efactura::UploadIndex,
}

fn invoice(number: &str) -> String {
    let party = |role: &str, cif: &str| {
        format!(
            "<cac:{role}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>RO{cif}</cbc:CompanyID><cac:TaxScheme>\
             <cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:Party></cac:{role}>"
        )
    };
    format!(
        "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"><cbc:ID>{number}</cbc:ID>\
         <cbc:IssueDate>2026-07-01</cbc:IssueDate>{}{}</Invoice>",
        party("AccountingSupplierParty", fake_anaf::CIF),
        party("AccountingCustomerParty", fake_anaf::BUYER_CIF),
    )
}

impl Lane {
    async fn open(op: Op) -> Self {
        let fake = FakeAnaf::start().await;
        fake.set_limits(|limits| {
            limits.calls_per_minute = u32::MAX;
            limits.downloads_per_day = u32::MAX;
            limits.stare_per_day = u32::MAX;
        });
        let proxy = FaultProxy::start(fake.address()).await.unwrap();
        let endpoints = Endpoints::anaf()
            .with(Host::Api, &proxy.api_base())
            .and_then(|e| e.with(Host::Public, &proxy.public_base()))
            .unwrap();
        let client = EFactura::new(session(&endpoints, &fake));
        let upload = Upload::new(
            fake.cif().parse().unwrap(),
            Document::raw(Standard::Ubl, invoice("M-1")),
        );
        let receipt = client.upload(&upload).await.unwrap();
        let verdict = client.status(&receipt.index).await.unwrap();
        let archive = client.download(verdict.download().unwrap()).await.unwrap();
        Self {
            op,
            fake,
            proxy,
            endpoints,
            archive,
            verdict,
            index: receipt.index,
        }
    }

    async fn call(
        &self,
        session: &Session,
        options: &CallOptions,
        number: &str,
    ) -> Result<(), Error> {
        let cif = self.fake.cif().parse().unwrap();
        let document = Document::raw(Standard::Ubl, invoice(number));
        let upload = Upload::new(cif, document);
        let now = Timestamp::now();
        let day = Duration::from_secs(86_400);
        let window = Window::between(now - day, now - Duration::from_millis(1));
        let id = self.verdict.download().unwrap().clone();
        let xml = invoice("M-1");
        match self.op {
            Op::Upload => session.call_with(&upload, options).await.map(drop),
            Op::UploadB2c => session
                .call_with(&upload.to_consumer(), options)
                .await
                .map(drop),
            Op::Status => session
                .call_with(&Status::of(self.index.clone()), options)
                .await
                .map(drop),
            Op::List => session
                .call_with(&List::new(cif, 1), options)
                .await
                .map(drop),
            Op::Page => session
                .call_with(&ListPage::new(cif, window, 1), options)
                .await
                .map(drop),
            Op::Download => session
                .call_with(&Download::new(id), options)
                .await
                .map(drop),
            Op::Validate => session
                .call_with(&Validate::new(Form::Invoice, xml), options)
                .await
                .map(drop),
            Op::Transform => session
                .call_with(&Transform::new(Form::Invoice, xml), options)
                .await
                .map(drop),
            Op::CheckSignature => session
                .call_with(&CheckSignature::of(&self.archive), options)
                .await
                .map(drop),
        }
    }

    async fn check(&self, cell: &Cell, number: usize) {
        let name = format!("{:?} × {}", self.op, cell.name);
        let session = session(&self.endpoints, &self.fake);
        let mut options = CallOptions::new();
        if cell.slow {
            // Silence before an answer is timed only for requests without a body; the others have the whole time.
            let hasty = Duration::from_millis(1_000);
            let times = Timeouts::default().connect(hasty).read(hasty);
            options = options.timeouts(match self.op.posts() {
                false => times,
                true => times.total(hasty),
            });
        }
        self.fake.clear_log();
        let sent_before = self.proxy.connections();
        match &cell.trouble {
            Trouble::Answer(failure) => self.fake.fail_always(fake_anaf::On::Any, failure.clone()),
            Trouble::Connection(fault) => self.proxy.order(u32::MAX, "", *fault),
            Trouble::Refused => self.proxy.refuse().await,
        }
        let result = self
            .call(&session, &options, &format!("M-{number}-{}", self.op as u8))
            .await;
        self.fake.clear_failures();
        self.proxy.clear();
        if matches!(cell.trouble, Trouble::Refused) {
            self.proxy.accept_again().await;
        }
        self.judge(cell, &name, result);
        self.count(cell, &name, sent_before).await;
    }

    fn judge(&self, cell: &Cell, name: &str, result: Result<(), Error>) {
        let Some(kind) = cell.kind else {
            assert!(result.is_ok(), "{name}: {result:?}");
            return;
        };
        let delivery = cell.delivery;
        let mut kind = kind;
        if self.op == Op::CheckSignature && cell.name == "technical" {
            // Its own words for trouble: "Eroare tehnică: request incorect", with HTTP 400.
            kind = ErrorKind::InvalidParameter;
        }
        let Err(error) = result else {
            panic!("{name}: it should have failed");
        };
        assert_eq!(error.kind(), kind, "{name}: {error}");
        assert_eq!(error.delivery(), delivery, "{name}: {error}");
        let unknown = cell.unknown && self.op.files();
        assert_eq!(error.is_outcome_unknown(), unknown, "{name}: {error}");
        if self.op.files() && error.is_retryable() {
            // What the caller is told may be repeated was provably not taken.
            let taken = matches!(error.kind(), ErrorKind::Quota | ErrorKind::ConcurrentTokens);
            assert!(taken || error.delivery() == Delivery::NotSent, "{name}");
        }
        if cell.name == "firewall" {
            assert_eq!(error.support_id(), Some(fake_anaf::SUPPORT_ID), "{name}");
        }
        let pause = error.retry_after().map(|p| p.as_secs());
        if cell.name == "429, come back" {
            assert_eq!(pause, Some(7), "{name}");
        }
    }

    /// How often it was sent.
    async fn count(&self, cell: &Cell, name: &str, connections_before: u64) {
        let sent = || match cell.trouble {
            // Each of these faults ends its connection, so each sending has one of its own.
            Trouble::Connection(fault) if !fault.operation_happens() => {
                self.proxy.connections() - connections_before
            }
            _ => self.fake.requests().len() as u64,
        };
        let expected = match (&cell.trouble, self.op.files(), cell.retried) {
            (Trouble::Refused, ..) => 0,
            (_, true, _) | (_, false, false) => 1,
            (_, false, true) => 2,
        };
        // A client that gave up may be ahead of the fake.
        for _ in 0..100 {
            if sent() >= expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(sent(), expected, "{name}: times sent");
    }
}

fn session(endpoints: &Endpoints, fake: &FakeAnaf) -> Session {
    Session::builder(Environment::Test)
        .endpoints(endpoints.clone())
        .bearer(FixedBearer::new(fake.bearer()))
        .clock(ManualClock::auto(Timestamp::now()))
        .limits(Limits::none())
        .retry(RetryPolicy::default().attempts(2))
        .build()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_under_every_failure() {
    let cells = cells();
    let lanes: Vec<_> = OPS
        .into_iter()
        .map(|op| {
            let cells = cells.clone();
            tokio::spawn(async move {
                let lane = Lane::open(op).await;
                for (number, cell) in cells.iter().enumerate() {
                    lane.check(cell, number).await;
                }
                cells.len()
            })
        })
        .collect();
    let mut size = 0;
    for lane in lanes {
        size += lane.await.unwrap();
    }
    // Past the test runner's capture.
    writeln!(
        std::io::stderr(),
        "the matrix: {} operations × {} failures = {size} cells",
        OPS.len(),
        cells.len()
    )
    .unwrap();
    assert_eq!(size, OPS.len() * cells.len());
}

/// A failure that passes: what reads gets its answer, what files is told that the outcome is unknown, and the filing is
/// there once.
#[tokio::test(flavor = "multi_thread")]
async fn a_passing_failure_of_each_sort() {
    let happens = [
        (Fault::ResetBeforeRead, 0),
        (Fault::ResetAfterRead, 0),
        (Fault::ResetAfterForward, 1),
        (Fault::CloseAfterForward, 1),
        (Fault::CutBody(9), 1),
    ];
    let lane = Lane::open(Op::Upload).await;
    let session = session(&lane.endpoints, &lane.fake);
    for (number, (fault, taken)) in happens.into_iter().enumerate() {
        let before = lane.fake.efactura().upload_count();
        lane.proxy.next(fault);
        let result = lane
            .call(&session, &CallOptions::new(), &format!("P-{number}"))
            .await;
        assert!(result.unwrap_err().is_outcome_unknown(), "{fault:?}");
        let after = lane.fake.efactura().upload_count();
        assert_eq!(after - before, taken, "{fault:?}");
        // The next one goes through.
        lane.proxy.next(fault);
        let status = session.call(&Status::of(lane.index.clone())).await;
        assert!(status.is_ok(), "{fault:?}: {status:?}");
    }
    // Nothing listens for a moment: provably not sent, so the session sends it again by itself.
    lane.proxy.refuse().await;
    let before = lane.fake.efactura().upload_count();
    let patient = RetryPolicy::default().attempts(100);
    let options = CallOptions::new().retry(patient.total(Duration::from_secs(86_400)));
    let (result, ()) = tokio::join!(lane.call(&session, &options, "P-later"), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        lane.proxy.accept_again().await;
    });
    let after = lane.fake.efactura().upload_count();
    match result {
        Ok(()) => assert_eq!(after - before, 1),
        Err(e) => {
            assert_eq!((e.kind(), after), (ErrorKind::Connect, before), "{e}");
        }
    }
}
