//! The e-Factura client against the fake: the main job, and what ANAF does to those who live with it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anaf_efactura::{
    Archive, BuyerMessage, CheckSignature, Cif, Content, Document, EFactura, ErrorKind, Filter,
    Form, LostUpload, Message, MessageKind, MessageQuery, Rendering, Standard, Transform, Upload,
    UploadIndex, Validate, Verdict, Via, Wait, Waited, Window,
};
use anaf_http::{
    CallOptions, Clock as _, Endpoints, Environment, FixedBearer, Host, ManualClock, RetryPolicy,
    Session,
};
use anaf_oauth::store::{GrantKey, MemoryStore};
use anaf_oauth::{Application, Callback, Grants, OAuthClient};
use fake_anaf::{
    Env, Failure, FakeAnaf, FakeClock, Fault, FaultProxy, Grammar, IdForm, Operation, RuleFailure,
    sample_invoice,
};
use futures_util::TryStreamExt;
use jiff::SignedDuration;

/// A fake, and a session whose clock is the fake's too: it moves itself by the length of each sleep.
struct Town {
    fake: FakeAnaf,
    clock: ManualClock,
    session: Session,
    efactura: EFactura,
    cif: Cif,
}

fn endpoints(fake: &FakeAnaf) -> Endpoints {
    Endpoints::anaf()
        .with(Host::Api, &fake.api_base())
        .and_then(|e| e.with(Host::Public, &fake.public_base()))
        .and_then(|e| e.with(Host::OAuth, &fake.oauth_base()))
        .unwrap()
}

impl Town {
    async fn found() -> Self {
        let clock = ManualClock::auto("2026-07-30T09:00:00Z".parse().unwrap());
        let shared = clock.clone();
        let fake = FakeAnaf::builder()
            .clock(FakeClock::shared(Arc::new(move || shared.now())))
            .start()
            .await
            .unwrap();
        let session = Session::builder(Environment::Test)
            .endpoints(endpoints(&fake))
            .bearer(FixedBearer::new(fake.bearer()))
            .clock(clock.clone())
            .build()
            .unwrap();
        Self {
            cif: fake.cif().parse().unwrap(),
            efactura: EFactura::new(session.clone()),
            session,
            fake,
            clock,
        }
    }

    fn upload(&self, number: &str) -> Upload {
        let xml = sample_invoice(number, fake_anaf::CIF, fake_anaf::BUYER_CIF);
        Upload::new(self.cif, Document::raw(Standard::Ubl, xml))
    }

    async fn file(&self, number: &str) -> UploadIndex {
        let receipt = self.efactura.upload(&self.upload(number)).await.unwrap();
        receipt.index
    }

    async fn archive(&self, index: &UploadIndex) -> Archive {
        let verdict = self.efactura.status(index).await.unwrap();
        let id = verdict.download().unwrap();
        self.efactura.download(id).await.unwrap()
    }

    async fn messages(&self, query: MessageQuery) -> Vec<Message> {
        self.efactura
            .messages(&query)
            .unwrap()
            .collect()
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn the_main_job() {
    let town = Town::found().await;
    let settings = |s: &mut fake_anaf::EFacturaSettings| {
        s.processing = SignedDuration::from_mins(4);
        s.indexing_lag = SignedDuration::from_mins(10);
    };
    town.fake.efactura().configure(settings);

    // Login, with the time of the fake.
    let application = Application::new(
        town.fake.client_id(),
        town.fake.client_secret(),
        town.fake.redirect_uri(),
    );
    let oauth = OAuthClient::builder(application.unwrap())
        .endpoints(endpoints(&town.fake))
        .clock(town.clock.clone())
        .build()
        .unwrap();
    let authorization = oauth.authorize().unwrap();
    let landed = town.fake.log_in(authorization.url.as_str()).unwrap();
    let code = Callback::from_pasted(&landed)
        .and_then(|callback| callback.code_for(&authorization.state))
        .unwrap();
    let grants = Grants::builder(oauth, MemoryStore::new()).build().unwrap();
    let key = GrantKey::new("main").unwrap();
    let grant = grants.log_in(&key, code).await.unwrap();
    let session = Session::builder(Environment::Test)
        .endpoints(endpoints(&town.fake))
        .bearer(grant)
        .clock(town.clock.clone())
        .build()
        .unwrap();
    let efactura = EFactura::new(session);

    let upload = town.upload("MAIN-1");
    let receipt = efactura.upload(&upload).await.unwrap();
    let mut wait = Wait::new(receipt.index.clone());
    let waited = efactura.wait(&mut wait).await.unwrap();
    let Waited::Decided(Verdict::Accepted { download }) = waited else {
        panic!("{waited:?}");
    };
    assert!(
        (5..15).contains(&wait.asked()),
        "{} questions",
        wait.asked()
    );
    let archive = efactura.download(&download).await.unwrap();
    assert_eq!(archive.document().bytes(), &upload.document().bytes()[..]);
    assert_eq!(archive.index(), Some(receipt.index.clone()));
    assert_eq!(archive.content(), &Content::Invoice);
    for via in [Via::Public, Via::OAuth] {
        let check = CheckSignature::of(&archive).via(via);
        assert!(efactura.check_signature(&check).await.unwrap().is_valid());
    }
    let foreign = CheckSignature::new("<Invoice/>", archive.signature().bytes().to_vec());
    assert!(!efactura.check_signature(&foreign).await.unwrap().is_valid());

    // The list lags behind the verdict.
    let query = || MessageQuery::new(town.cif).filter(Filter::Sent);
    assert!(town.messages(query()).await.is_empty());
    town.clock.advance(Duration::from_secs(11 * 60));
    let messages = town.messages(query()).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].upload, Some(receipt.index));
    assert_eq!(messages[0].kind, MessageKind::InvoiceSent);
    let roles = messages[0].roles;
    assert_eq!(roles.seller.unwrap().digits(), fake_anaf::CIF);
    assert_eq!(roles.buyer.unwrap().digits(), fake_anaf::BUYER_CIF);
}

#[tokio::test]
async fn every_flag_and_standard_arrives() {
    let town = Town::found().await;
    let received = |n: usize| town.fake.efactura().uploads()[n].clone();
    town.efactura
        .upload(&town.upload("F-1").to_consumer().foreign_buyer())
        .await
        .unwrap();
    assert!(received(0).b2c && received(0).extern_buyer);
    let theirs = sample_invoice("F-2", fake_anaf::STRANGER_CIF, fake_anaf::CIF);
    let upload = Upload::new(town.cif, Document::raw(Standard::Ubl, theirs)).self_billed();
    let index = town.efactura.upload(&upload).await.unwrap().index;
    assert!(received(1).self_billed);
    let message = BuyerMessage::new(index, "Marfa \"lipsă\" & <altele>\n2 bucăți").unwrap();
    let receipt = town
        .efactura
        .upload(&Upload::new(town.cif, message))
        .await
        .unwrap();
    assert_eq!(received(2).standard, "RASP");
    let archive = town.archive(&receipt.index).await;
    assert!(
        matches!(archive.content(), Content::BuyerMessage { message, .. } if message.ends_with("<altele>\n2 bucăți"))
    );
    let no_right = town
        .efactura
        .upload(&town.upload("F-3").enforcement())
        .await;
    assert_eq!(no_right.unwrap_err().kind(), ErrorKind::NoRight);
}

#[tokio::test]
async fn a_self_billed_invoice_names_its_parties() {
    let town = Town::found().await;
    let xml = sample_invoice("A-1", fake_anaf::STRANGER_CIF, fake_anaf::CIF);
    let upload = Upload::new(town.cif, Document::raw(Standard::Ubl, xml)).self_billed();
    town.efactura.upload(&upload).await.unwrap();
    town.clock.advance(Duration::from_secs(60));
    let messages = town.messages(MessageQuery::new(town.cif)).await;
    let roles = messages[0].roles;
    assert!(roles.self_billed, "{}", messages[0].details);
    assert_eq!(roles.seller.unwrap().digits(), fake_anaf::STRANGER_CIF);
    assert_eq!(roles.buyer.unwrap().digits(), fake_anaf::CIF);
}

#[tokio::test]
async fn rejections_in_every_grammar() {
    let town = Town::found().await;
    for (number, grammar) in [Grammar::Old, Grammar::New, Grammar::NewJoined]
        .into_iter()
        .enumerate()
    {
        town.fake.efactura().configure(|s| s.grammar = grammar);
        let failures = vec![
            RuleFailure::new("BR-RO-110", "/Invoice[1]", "Județul; lipsește", "No county"),
            RuleFailure::new("BR-CO-09", "/Invoice/x", "Codul #1", "The code"),
        ];
        let verdict = fake_anaf::Verdict::Rejected(failures);
        town.fake.efactura().next_verdict(verdict);
        let index = town.file(&format!("R-{number}")).await;
        let verdict = town.efactura.status(&index).await.unwrap();
        assert!(matches!(verdict, Verdict::Rejected { .. }));
        let archive = town.archive(&index).await;
        let rejection = archive.rejection().unwrap();
        assert_eq!(rejection.index, Some(index));
        let rules: Vec<_> = rejection
            .failures
            .iter()
            .map(|f| f.rule.as_deref())
            .collect();
        assert_eq!(rules, [Some("BR-RO-110"), Some("BR-CO-09")], "{grammar:?}");
        let first = &rejection.failures[0];
        assert_eq!(first.romanian, "Județul; lipsește");
        assert_eq!(first.english.as_deref(), Some("No county"));
        let place = (grammar != Grammar::Old).then_some("/Invoice[1]");
        assert_eq!(first.location.as_deref(), place, "{grammar:?}");
    }
    town.fake
        .efactura()
        .next_verdict(fake_anaf::Verdict::NotTakenOver);
    let index = town.file("R-9").await;
    let verdict = town.efactura.status(&index).await.unwrap();
    assert!(
        matches!(verdict, Verdict::NotTakenOver { .. }),
        "{verdict:?}"
    );
}

#[tokio::test]
async fn a_duplicate_names_its_original() {
    let town = Town::found().await;
    let original = town.file("D-1").await;
    let again = town.file("D-1").await;
    assert_ne!(original, again);
    let archive = town.archive(&again).await;
    assert_eq!(archive.rejection().unwrap().duplicate_of(), Some(original));
}

#[tokio::test]
async fn a_lost_upload_is_found_by_its_bytes() {
    let town = Town::found().await;
    let proxy = FaultProxy::start(town.fake.address()).await.unwrap();
    let through = Endpoints::anaf().with(Host::Api, &proxy.api_base());
    let session = Session::builder(Environment::Test)
        .endpoints(through.unwrap())
        .bearer(FixedBearer::new(town.fake.bearer()))
        .clock(town.clock.clone())
        .build()
        .unwrap();
    let efactura = EFactura::new(session);
    town.file("L-1").await;
    let began = town.clock.now();
    let upload = town.upload("L-2");
    for (fault, taken) in [
        (Fault::ResetAfterRead, false),
        (Fault::ResetAfterForward, true),
    ] {
        proxy.next(fault);
        let error = efactura.upload(&upload).await.unwrap_err();
        assert!(
            error.is_outcome_unknown() && !error.is_retryable(),
            "{error}"
        );
        town.clock.advance(Duration::from_secs(900));
        let found = efactura.find_lost_upload(&upload, began).await.unwrap();
        match found {
            LostUpload::Found(message) => {
                let index = town.fake.efactura().uploads()[1].index;
                assert!(taken && message.upload == Some(index.into()));
            }
            LostUpload::NotSeen { rejected, unread } => {
                assert!(!taken && rejected.is_empty() && unread.is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(town.fake.efactura().upload_count(), 2);
}

#[tokio::test]
async fn all_pages_are_walked_while_messages_go_on_arriving() {
    let town = Town::found().await;
    town.fake.set_limits(|limits| limits.page_size = 40);
    town.fake.efactura().configure(|s| s.ids = IdForm::Number);
    let inbox = town.fake.efactura();
    inbox.deliver_many(Env::Test, fake_anaf::CIF, "UNU", 250);
    town.clock.advance(Duration::from_secs(60));
    let query = MessageQuery::new(town.cif).last_days(2);
    let mut stream = town.efactura.messages(&query).unwrap();
    let mut ids = HashSet::new();
    let mut count = 0;
    while let Some(message) = stream.next().await {
        let message = message.unwrap();
        assert_eq!(message.kind, MessageKind::InvoiceReceived);
        assert!(ids.insert(message.id), "given twice");
        count += 1;
        if count % 50 == 0 {
            inbox.deliver_many(Env::Test, fake_anaf::CIF, &format!("NOI-{count}"), 7);
            town.clock.advance(Duration::from_secs(1));
        }
    }
    assert_eq!((count, stream.total()), (250, Some(250)));
    assert_eq!(town.fake.count(Operation::ListaMesajePaginatie), 7);
    // As a stream of the futures crate.
    town.clock.advance(Duration::from_secs(60));
    let stream = town.efactura.messages(&query).unwrap();
    let all: Vec<_> = stream.try_collect().await.unwrap();
    assert_eq!(all.len(), 250 + 35);
    // The simple list refuses so many only above the page's size.
    let error = town.efactura.list(town.cif, 2).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ListTooLong);
}

#[tokio::test]
async fn a_clock_that_is_ahead_is_corrected_by_anafs() {
    let town = Town::found().await;
    town.file("C-1").await;
    town.clock.advance(Duration::from_secs(60));
    // This machine's clock is forty seconds ahead of ANAF's.
    let ours = ManualClock::auto(town.clock.now() + SignedDuration::from_secs(40));
    let session = Session::builder(Environment::Test)
        .endpoints(endpoints(&town.fake))
        .bearer(FixedBearer::new(town.fake.bearer()))
        .clock(ours)
        .build()
        .unwrap();
    let efactura = EFactura::new(session);
    let query = MessageQuery::new(town.cif);
    let messages = efactura.messages(&query).unwrap().collect().await.unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(town.fake.count(Operation::ListaMesajePaginatie), 2);
    let now = town.clock.now();
    let long = Window::between(now - SignedDuration::from_hours(24 * 61), now);
    let refused = efactura.messages(&query.between(long)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    assert!(refused.to_string().contains("61.0 days"), "{refused}");
}

#[tokio::test]
async fn an_empty_inbox_is_empty() {
    let town = Town::found().await;
    let list = town.efactura.list(town.cif, 60).await.unwrap();
    assert!(list.messages.is_empty());
    assert!(town.messages(MessageQuery::new(town.cif)).await.is_empty());
}

#[tokio::test]
async fn a_wait_goes_on_in_another_process() {
    let town = Town::found().await;
    let long = SignedDuration::from_hours(5);
    town.fake.efactura().configure(|s| s.processing = long);
    let index = town.file("W-1").await;
    let mut wait = Wait::new(index.clone());
    let mut stored = Vec::new();
    let verdict = loop {
        match town.efactura.wait(&mut wait).await.unwrap() {
            Waited::Decided(verdict) => break verdict,
            Waited::Undecided { wait: left, .. } => {
                stored.push(serde_json::to_string(&left).unwrap());
                wait = serde_json::from_str(stored.last().unwrap()).unwrap();
            }
            other => panic!("{other:?}"),
        }
    };
    assert!(matches!(verdict, Verdict::Accepted { .. }));
    assert_eq!(stored.len(), 4, "four hours in vain, one with the verdict");
    let asked = town.fake.count(Operation::StareMesaj);
    assert!(asked < 50, "{asked} questions in five hours");
    assert_eq!(u64::from(wait.asked()), asked);
}

#[tokio::test]
async fn anafs_own_checks_and_pdf() {
    let town = Town::found().await;
    let xml = sample_invoice("V-1", fake_anaf::CIF, fake_anaf::BUYER_CIF);
    let located = xml.replacen(
        "<Invoice ",
        "<Invoice xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:x ../x.xsd\" ",
        1,
    );
    for via in [Via::Public, Via::OAuth] {
        let validate = Validate::new(Form::Invoice, located.clone()).via(via);
        assert!(town.efactura.validate(&validate).await.unwrap().is_valid());
        let transform = Transform::new(Form::Invoice, located.clone()).via(via);
        let pdf = town.efactura.transform(&transform).await.unwrap();
        assert!(matches!(pdf, Rendering::Pdf(bytes) if bytes.starts_with(b"%PDF")));
    }
    let wrong = Validate::new(
        Form::Invoice,
        sample_invoice("RESPINGE-1", fake_anaf::CIF, fake_anaf::BUYER_CIF),
    );
    let validation = town.efactura.validate(&wrong).await.unwrap();
    assert_eq!(validation.failures().len(), 2, "{validation:?}");

    // A text that upsets the firewall on the path without validation only.
    let upsetting = xml.replacen(
        "<cbc:IssueDate>",
        "<cbc:Note>Str. Mare ;rm -x</cbc:Note><cbc:IssueDate>",
        1,
    );
    let unchecked = Transform::new(Form::Invoice, upsetting).without_validation();
    let refused = town.session.call(&unchecked).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Firewall);
    assert_eq!(refused.support_id(), Some(fake_anaf::SUPPORT_ID));
    let pdf = town.efactura.transform(&unchecked).await.unwrap();
    assert!(matches!(pdf, Rendering::Pdf(_)));
}

#[tokio::test]
async fn limits_and_ends() {
    let town = Town::found().await;
    let index = town.file("Q-1").await;
    let verdict = town.efactura.status(&index).await.unwrap();
    let id = verdict.download().unwrap().clone();
    for _ in 0..10 {
        town.efactura.download(&id).await.unwrap();
    }
    let full = town.efactura.download(&id).await.unwrap_err();
    assert!(full.is_quota() && full.retry_after().is_some(), "{full}");
    assert_eq!(
        town.fake.count(Operation::Descarcare),
        10,
        "the ledger refused"
    );
    // What another program used up, ANAF says.
    let other = Session::builder(Environment::Test)
        .endpoints(endpoints(&town.fake))
        .bearer(FixedBearer::new(town.fake.bearer()))
        .clock(town.clock.clone())
        .build()
        .unwrap();
    let said = EFactura::new(other).download(&id).await.unwrap_err();
    assert_eq!(
        (said.kind(), said.quota_limit()),
        (ErrorKind::Quota, Some(10))
    );

    town.clock.advance(Duration::from_secs(61 * 86_400));
    let gone = town.efactura.download(&id).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Gone);
}

#[tokio::test]
async fn an_upload_over_the_limit_is_not_sent() {
    let town = Town::found().await;
    let document = Document::raw(Standard::Ubl, vec![b' '; 10_000_001]);
    let error = town
        .efactura
        .upload(&Upload::new(town.cif, document))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(town.fake.count(Operation::Upload), 0);
    // A stranger's company.
    let stranger: Cif = fake_anaf::STRANGER_CIF.parse().unwrap();
    let mine = Upload::new(stranger, town.upload("S-1").document().clone());
    let error = town.efactura.upload(&mine).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoRight);
    let busy = Failure::status(503);
    town.fake.fail_next(Operation::Upload, busy);
    let options = CallOptions::new().retry(RetryPolicy::default().attempts(9));
    let error = town
        .session
        .call_with(&town.upload("S-2"), &options)
        .await
        .unwrap_err();
    assert!(
        error.is_outcome_unknown() && error.attempts() == 1,
        "{error:?}"
    );
}
