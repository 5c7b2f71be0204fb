//! e-Transport from declaration to list, against the fake: the client, and the examples as they are run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it is wrong"
)]

#[path = "every/notification.rs"]
mod notification;

use std::process::Output;
use std::time::Duration;

use anaf_etransport::codes::{ConfirmationType, Operation};
use anaf_etransport::{
    Action, Confirmation, Declaration, Deletion, ETransport, Info, Notification, Patience, RawXml,
    RowKind, Settled, State, TaxCode, Uit, Validated, Validity, VehicleChange, VehicleNumber,
    Verdict, Waited, Waiting,
};
use anaf_http::{Endpoints, Environment, ErrorKind, FixedBearer, Host, ManualClock, Session};
use anaf_types::{Cif, UploadIndex};
use fake_anaf::{FakeAnaf, FakeClock};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

struct Stage {
    fake: FakeAnaf,
    clock: ManualClock,
    client: ETransport,
}

fn noon() -> Timestamp {
    "2026-07-01T09:00:00Z".parse().unwrap()
}

/// The fake and the client on one clock, which each wait moves on.
async fn stage() -> Stage {
    let clock = ManualClock::auto(noon());
    let shared = clock.clone();
    let time = FakeClock::shared(std::sync::Arc::new(move || anaf_http::Clock::now(&shared)));
    let fake = FakeAnaf::builder().clock(time).start().await.unwrap();
    let client = client(&fake, &clock);
    Stage {
        fake,
        clock,
        client,
    }
}

fn client(fake: &FakeAnaf, clock: &ManualClock) -> ETransport {
    let session = Session::builder(Environment::Test)
        .endpoints(Endpoints::anaf().with(Host::Api, &fake.api_base()).unwrap())
        .bearer(FixedBearer::new(fake.bearer()))
        .clock(clock.clone())
        .build()
        .unwrap();
    ETransport::new(session)
}

fn me() -> Cif {
    Cif::without_control(fake_anaf::CIF).unwrap()
}

fn notification(date: Date) -> Notification {
    notification::notification(me(), date)
}

fn declared(action: impl Into<Action>) -> Validated<Declaration> {
    Declaration::new(me(), action)
        .reference("R-17")
        .validate()
        .unwrap()
}

fn today() -> Date {
    anaf_types::wall::day(noon())
}

async fn settle(client: &ETransport, action: impl Into<Action>) -> Settled {
    let receipt = client.upload(&declared(action)).await.unwrap();
    client.wait(receipt).await.unwrap()
}

async fn accepted(client: &ETransport, action: impl Into<Action>) -> Uit {
    let settled = settle(client, action).await;
    settled.uit().unwrap_or_else(|| panic!("{settled:?}"))
}

#[tokio::test]
async fn a_transport_from_notification_to_confirmation() {
    let Stage { fake, client, .. } = stage().await;
    assert!(
        client.list(me(), 60).await.unwrap().rows.is_empty(),
        "no declarations is an empty list"
    );

    fake.etransport()
        .configure(|settings| settings.processing = SignedDuration::from_secs(90));
    let receipt = client
        .upload(&declared(notification(today())))
        .await
        .unwrap();
    assert!(
        receipt.uit.as_ref().unwrap().not_yet_valid().is_ok(),
        "issued"
    );
    assert_eq!(
        client.state(&receipt.index).await.unwrap().state,
        State::Processing,
        "and not yet valid"
    );
    let settled = client.wait(receipt).await.unwrap();
    let uit = settled.uit().unwrap();
    fake.etransport()
        .configure(|settings| settings.processing = SignedDuration::ZERO);

    let corrected = notification(today()).correcting(uit);
    assert_eq!(settle(&client, corrected).await.verdict, Verdict::Accepted);
    let plate: VehicleNumber = "B88ABC".parse().unwrap();
    assert_eq!(
        accepted(&client, VehicleChange::of(uit, plate, noon())).await,
        uit
    );
    assert_eq!(
        accepted(&client, Confirmation::of(uit, ConfirmationType::Confirmed)).await,
        uit
    );

    let list = client.list(me(), 60).await.unwrap();
    let row = list
        .rows
        .iter()
        .find(|row| row.kind.as_ref().and_then(|kind| kind.known()) == Some(RowKind::Notification));
    let row = row.unwrap();
    assert!(row.is_ok());
    assert_eq!(row.uit.as_ref().unwrap().parse().unwrap(), uit);
    assert_eq!(
        row.transport_date.as_ref().unwrap().at.unwrap().date(),
        today()
    );
    assert_eq!(
        row.operation.as_ref().unwrap().known(),
        Some(Operation::IntraCommunityAcquisition)
    );
    assert_eq!(row.partner_name.as_deref(), Some("Nagy Kft"));
    assert_eq!(row.reference.as_deref(), Some("R-17"));
    assert_eq!(
        row.vehicle_changes.last().unwrap().vehicle.as_deref(),
        Some("B88ABC")
    );
    let confirmation = row.confirmation.as_ref().unwrap();
    assert_eq!(
        confirmation.kind.as_ref().unwrap().known(),
        Some(ConfirmationType::Confirmed)
    );
}

#[tokio::test]
async fn what_anaf_rejects_is_a_verdict_and_not_an_error() {
    let Stage {
        fake,
        client,
        clock,
        ..
    } = stage().await;
    let stranger: Uit = "0123456789ACDE94".parse().unwrap();
    let settled = settle(&client, Deletion::of(stranger)).await;
    assert_eq!(
        settled.verdict,
        Verdict::Rejected(vec!["UIT-ul nu poate fi identificat.".to_owned()])
    );
    assert_eq!(settled.uit(), None);

    // A UIT that ANAF issued and then did not make valid.
    fake.etransport()
        .next_verdict(fake_anaf::TransportVerdict::NotTakenOver);
    let settled = settle(&client, notification(today())).await;
    assert!(
        matches!(settled.verdict, Verdict::NotTakenOver(_))
            && settled.issued.is_some()
            && settled.uit().is_none()
    );

    // The days of a UIT, as both sides count them.
    let uit = accepted(&client, notification(today())).await;
    let days = Validity::of(Operation::IntraCommunityAcquisition, today());
    let last = days.last_day();
    assert_eq!(
        days.stage(anaf_types::wall::instant(last.at(12, 0, 0, 0)).unwrap()),
        anaf_etransport::Stage::Valid
    );
    clock.set_wall(anaf_types::wall::instant(last.at(12, 0, 0, 0)).unwrap());
    let plate: VehicleNumber = "B88ABC".parse().unwrap();
    assert_eq!(
        settle(&client, VehicleChange::of(uit, plate.clone(), noon()))
            .await
            .verdict,
        Verdict::Accepted
    );
    clock.set_wall(anaf_types::wall::instant(last.tomorrow().unwrap().at(0, 0, 1, 0)).unwrap());
    let late = settle(&client, VehicleChange::of(uit, plate, noon())).await;
    assert!(matches!(late.verdict, Verdict::Rejected(_)), "{late:?}");
}

#[tokio::test]
async fn failures_are_errors_of_the_right_kind() {
    let Stage {
        client,
        fake: _fake,
        ..
    } = stage().await;
    let unknown = client.state(&UploadIndex::from(999)).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    let stranger = Cif::without_control(fake_anaf::STRANGER_CIF).unwrap();
    assert_eq!(
        client.list(stranger, 60).await.unwrap_err().kind(),
        ErrorKind::NoRight
    );
    let broken = client
        .upload_raw(me(), RawXml::v2("<nimic/>"))
        .await
        .unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::InvalidDocument);
    assert!(
        client
            .info(&Info::of_organiser(me()))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn an_organiser_sees_what_others_declared() {
    let Stage {
        client,
        fake: _fake,
        ..
    } = stage().await;
    let other = Cif::without_control(fake_anaf::BUYER_CIF).unwrap();
    let theirs = Declaration::new(TaxCode::from(other), notification(today()))
        .validate()
        .unwrap();
    let receipt = client.upload(&theirs).await.unwrap();
    let uit = client.wait(receipt).await.unwrap().uit().unwrap();
    let rows = client
        .info(&Info::of_organiser(me()).declared_by(other).uit(uit))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].uit.as_ref().unwrap().parse(), Ok(uit));
    let last = Validity::of(Operation::IntraCommunityAcquisition, today()).last_day();
    assert_eq!(rows[0].expires.as_ref().unwrap().at.unwrap().date(), last);
    assert!(
        client
            .info(&Info::of_organiser(other))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_wait_is_taken_up_by_another_process() {
    let Stage {
        fake,
        client: first,
        clock,
    } = stage().await;
    fake.etransport()
        .configure(|settings| settings.processing = SignedDuration::from_hours(5));
    let receipt = first
        .upload(&declared(notification(today())))
        .await
        .unwrap();
    let mut waiting = Waiting::new(receipt);
    let waited = first
        .wait_on(&mut waiting, Patience::Until(Duration::from_secs(60)))
        .await
        .unwrap();
    assert_eq!(waited, Waited::StillProcessing);
    let kept = serde_json::to_string(&waiting).unwrap();
    drop((first, waiting));

    let mut waiting: Waiting = serde_json::from_str(&kept).unwrap();
    let second = client(&fake, &clock);
    let Waited::Settled(settled) = second
        .wait_on(&mut waiting, Patience::Unlimited)
        .await
        .unwrap()
    else {
        panic!("patience is unlimited");
    };
    assert!(settled.uit().is_some());
    assert!(
        waiting.asked() < 40,
        "five hours in {} questions",
        waiting.asked()
    );
}

/// Runs an example as a person would, against this fake.
async fn example(fake: &FakeAnaf, name: &str, arguments: &[&str]) -> Output {
    tokio::process::Command::new(env!("CARGO"))
        .args(["run", "-q", "-p", "examples", "--example", name, "--"])
        .args(arguments)
        .env("ANAF_FAKE_URL", fake.base_url())
        .env("ANAF_ACCESS_TOKEN", fake.bearer())
        .env_remove("ANAF_ENV")
        .env_remove("ANAF_CIF")
        .output()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_do_what_they_say() {
    let fake = FakeAnaf::start().await;
    let output = example(&fake, "etransport_declare", &[]).await;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let transports = fake.etransport().transports();
    assert_eq!(transports.len(), 1);
    let uit = &transports[0].uit;
    assert!(
        text.contains(&format!("{uit}: issued, not yet valid")),
        "{text}"
    );
    assert_eq!(text.matches("ANAF says ok").count(), 3, "{text}");
    assert_eq!(
        text.matches("not yet valid").count(),
        1,
        "a change issues no UIT: {text}"
    );
    assert_eq!(
        fake.etransport().declaration_count(),
        3,
        "notification, vehicle, confirmation"
    );

    let output = example(&fake, "etransport_list", &["3"]).await;
    let table = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{table}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        table.contains(uit.as_str()) && table.contains("Notificare"),
        "{table}"
    );
    assert!(table.contains("declarations in the last 3 days"), "{table}");
}
