//! Requests as ANAF documents them, and every answer of its documents read into the right value or error.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it is wrong"
)]

use anaf_etransport::codes::{Coded, ConfirmationType, Country};
use anaf_etransport::{
    Declaration, Deletion, Info, InfoPlaceKind, List, MessageKind, RawXml, RowKind, State, StateOf,
    Uit, Upload,
};
use anaf_http::{Answer, Delivery, Environment, Error, ErrorKind, Operation, Request};
use anaf_types::{Cif, UploadIndex};
use proptest::prelude::*;
use rust_decimal::Decimal;

const UIT: &str = "0123456789ACDE94";

fn cif() -> Cif {
    "94013459".parse().unwrap()
}

fn uploading() -> Upload {
    Upload::raw(cif(), RawXml::v2("<a/>"))
}

fn state_of() -> StateOf {
    StateOf::new(UploadIndex::from(1))
}

fn read<O: Operation>(operation: &O, body: &str) -> Result<O::Output, Error> {
    operation.read(Answer::new(200, body))
}

fn request(operation: &impl Operation) -> Request {
    operation.request(Environment::Test).unwrap()
}

#[test]
fn requests_are_those_of_the_documents() {
    let declaration = Declaration::new(cif(), Deletion::of(UIT.parse().unwrap()))
        .validate()
        .unwrap();
    let upload = request(&Upload::of(&declaration));
    assert_eq!(
        upload.path,
        "test/ETRANSPORT/ws/v1/upload/ETRANSP/94013459/2"
    );
    assert!(upload.files, "an upload is never repeated blindly");
    let v1 = Upload::raw(cif(), RawXml::v1("<a/>"))
        .request(Environment::Production)
        .unwrap();
    assert_eq!(v1.path, "prod/ETRANSPORT/ws/v1/upload/ETRANSP/94013459");
    let state = request(&state_of());
    assert_eq!(state.path, "test/ETRANSPORT/ws/v1/stareMesaj/1");
    assert_eq!(
        (
            state.quotas[0].limit.per_day,
            state.quotas[0].subject.as_str()
        ),
        (100, "1")
    );
    let list = request(&List::new(cif(), 60));
    assert_eq!(list.path, "test/ETRANSPORT/ws/v1/lista/60/94013459");
    assert_eq!(list.quotas[0].limit.per_day, 1000);
    let uit: Uit = UIT.parse().unwrap();
    let info = request(
        &Info::of_organiser(cif())
            .declared_by(cif())
            .uit(uit)
            .reference("R 1"),
    );
    assert_eq!(info.path, "test/ETRANSPORT/ws/v1/info");
    let query: Vec<_> = info
        .query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        query,
        [
            "cui_op=94013459",
            "cui_decl=94013459",
            "uit=0123456789ACDE94",
            "ref_decl=R 1"
        ]
    );
}

#[test]
fn what_anaf_would_refuse_is_not_sent() {
    for days in [0, 61, 255] {
        let error = List::new(cif(), days)
            .request(Environment::Test)
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::InvalidInput, Delivery::NotSent)
        );
    }
    let large = Upload::raw(cif(), RawXml::v2(vec![b' '; 5_000_001]));
    assert_eq!(
        large.request(Environment::Test).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[test]
fn an_upload_gives_a_receipt_with_a_uit_that_is_not_yet_valid() {
    let body = r#"{"dateResponse":"202212231132","ExecutionStatus":0,"index_incarcare":1,"UIT":"0123456789ACDE94","trace_id":"96cd587e-1","ref_declarant":"","atentie":"Verificati starea XML-ului transmis. Codul UIT este valabil din momentul in care apare ca valid dupa apelul de stare"}"#;
    let receipt = read(&uploading(), body).unwrap();
    assert_eq!(receipt.index, UploadIndex::from(1));
    assert_eq!(receipt.uit.as_ref().unwrap().not_yet_valid(), UIT.parse());
    assert_eq!(
        receipt.received.as_ref().unwrap().at.unwrap().to_string(),
        "2022-12-23T11:32:00"
    );
    assert_eq!(receipt.reference, None);
    assert!(
        receipt
            .notice
            .as_ref()
            .unwrap()
            .starts_with("Verificati starea")
    );
    let kept = serde_json::to_string(&receipt).unwrap();
    assert_eq!(
        serde_json::from_str::<anaf_etransport::Receipt>(&kept).unwrap(),
        receipt
    );
    // The index as a text, and the short UIT of ANAF's own example, which is kept though it is none.
    let receipt = read(
        &uploading(),
        r#"{"index_incarcare":"12","UIT":"A0002","ExecutionStatus":0}"#,
    )
    .unwrap();
    assert_eq!(receipt.index.as_str(), "12");
    assert!(receipt.uit.as_ref().unwrap().not_yet_valid().is_err());
    assert_eq!(receipt.uit.unwrap().text(), "A0002");
    assert_eq!(
        read(&uploading(), r#"{"ExecutionStatus":0}"#)
            .unwrap_err()
            .kind(),
        ErrorKind::Unreadable
    );
}

#[test]
fn states_are_values() {
    let state = |body: &str| read(&state_of(), body).unwrap().state;
    let common = r#""dateResponse":"202208021047","trace_id":"x""#;
    assert_eq!(
        state(&format!(r#"{{"stare":"ok","ExecutionStatus":0,{common}}}"#)),
        State::Accepted
    );
    assert_eq!(
        state(&format!(
            r#"{{"stare":"in prelucrare","ExecutionStatus":0,{common}}}"#
        )),
        State::Processing
    );
    assert_eq!(
        state(&format!(
            r#"{{"stare":"XML cu erori nepreluat de sistem","ExecutionStatus":0,{common}}}"#
        )),
        State::NotTakenOver(vec![])
    );
    assert_eq!(
        state(&format!(
            r#"{{"Errors":[{{"errorMessage":"UIT-ul nu poate fi identificat."}}],"stare":"nok","ExecutionStatus":1,{common}}}"#
        )),
        State::Rejected(vec!["UIT-ul nu poate fi identificat.".to_owned()])
    );
    assert_eq!(
        state(r#"{"stare":"amanat"}"#),
        State::Other("amanat".to_owned(), vec![])
    );
    assert_eq!(
        read(&state_of(), r#"{"ExecutionStatus":0}"#)
            .unwrap_err()
            .kind(),
        ErrorKind::Unreadable
    );
}

#[test]
fn every_failure_text_has_its_kind() {
    use ErrorKind as K;
    let upload = [
        (
            "Valoarea acceptata pentru parametrul standard este ETRANSP",
            K::InvalidParameter,
        ),
        ("CIF introdus= 123a nu este un numar", K::InvalidParameter),
        (
            "Nu exista niciun CIF petru care sa aveti drept in SPV",
            K::NoRight,
        ),
        ("Nu aveti drept in SPV pentru CIF=21", K::NoRight),
        (
            "Marime fisier transmis mai mare de 5 MB",
            K::InvalidDocument,
        ),
        (
            "Fisierul transmis nu este valid. org.xml.sax.SAXParseException; lineNumber: 15; columnNumber: 155;",
            K::InvalidDocument,
        ),
    ];
    let state = [
        (
            "Nu aveti dreptul de inteorgare pentru id_incarcare= 1",
            K::NoRight,
        ),
        (
            "Id_incarcare introdus= a nu este un numar intreg",
            K::InvalidParameter,
        ),
        (
            "Nu exista declaratia de transport cu id_incarcare= 1",
            K::NotFound,
        ),
        (
            "S-au facut deja 100 de verificari, pentru id-incarcare solicitat, in cursul zilei",
            K::Quota,
        ),
    ];
    let list = [
        (
            "Numarul de zile introdus= 60a nu este un numar intreg",
            K::InvalidParameter,
        ),
        (
            "Numarul de zile trebuie sa fie intre 1 si 60",
            K::InvalidParameter,
        ),
        ("CIF introdus= 123a nu este un numar", K::InvalidParameter),
        (
            "S-au facut deja 1000 interogari de lista mesaje de catre utilizator in cursul zilei",
            K::Quota,
        ),
        (
            "Nu exista niciun CIF petru care sa aveti drept in SPV",
            K::NoRight,
        ),
    ];
    let info = [
        ("cui_op introdus= abc nu este un numar", K::InvalidParameter),
        ("Nu aveti drept in SPV pentru CIF=94013459", K::NoRight),
        ("A aparut o eroare tehnica. Cod: XXX", K::Technical),
    ];
    let errors = |text: &str| {
        format!(
            r#"{{"Errors":[{{"errorMessage":"{text}"}}],"dateResponse":"202203071416","ExecutionStatus":1,"trace_id":"x"}}"#
        )
    };
    let check = |error: Error, text: &str, kind: ErrorKind| {
        assert_eq!(error.kind(), kind, "{text}");
        assert_eq!(error.said(), Some(text));
        assert_eq!(error.delivery(), Delivery::Answered);
    };
    for (text, kind) in upload {
        check(read(&uploading(), &errors(text)).unwrap_err(), text, kind);
    }
    for (text, kind) in state {
        check(read(&state_of(), &errors(text)).unwrap_err(), text, kind);
    }
    for (text, kind) in list {
        check(
            read(&List::new(cif(), 60), &errors(text)).unwrap_err(),
            text,
            kind,
        );
    }
    for (text, kind) in info {
        let body = format!(r#"{{"trace_id":"x","dateResponse":"202406251619","error":"{text}"}}"#);
        check(
            read(&Info::of_organiser(cif()), &body).unwrap_err(),
            text,
            kind,
        );
    }
    let quota = read(&state_of(), &errors(state[3].0)).unwrap_err();
    assert_eq!(quota.quota_limit(), Some(100));
    let missing = r#"{"timestamp":"25-06-2024 16:19:32","status":400,"error":"Bad Request","message":"Parametrul cui_op este obligatoriu"}"#;
    let error = Info::of_organiser(cif())
        .read(Answer::new(400, missing))
        .unwrap_err();
    check(
        error,
        "Parametrul cui_op este obligatoriu",
        K::InvalidParameter,
    );
    let path = r#"{"timestamp":"2022-03-07T11:16:41.957+00:00","status":404,"error":"Not Found","path":"/test/ETRANSPORT/ws/v1/lista/"}"#;
    assert_eq!(
        List::new(cif(), 1)
            .read(Answer::new(404, path))
            .unwrap_err()
            .kind(),
        K::NotFound
    );
}

#[test]
fn nothing_is_an_empty_list_in_all_three_wordings() {
    for text in [
        "Nu exista mesaje in ultimele 60 zile",
        "Nu exista mesaje in intervalul selectat",
    ] {
        let body = format!(
            r#"{{"Errors":[{{"errorMessage":"{text}"}}],"ExecutionStatus":1,"trace_id":"x"}}"#
        );
        assert!(read(&List::new(cif(), 60), &body).unwrap().rows.is_empty());
    }
    let body = r#"{"trace_id":"x","dateResponse":"202406251619","error":"Nu exista informatii pentru aceasta solicitare"}"#;
    assert!(read(&Info::of_organiser(cif()), body).unwrap().is_empty());
    assert!(read(&Info::of_organiser(cif()), "[]").unwrap().is_empty());
    assert!(
        read(&List::new(cif(), 60), r#"{"mesaje":[],"titlu":"x"}"#)
            .unwrap()
            .rows
            .is_empty()
    );
}

const LIST: &str = r#"{"mesaje":[
 {"tip":"NOT","stare":"OK","uit":"0123456789ACDE94","cod_decl":94013459,"ref_decl":"R 1","post_avarie":"N","sursa":"A",
  "id_incarcare":"17","data_creare":"20241120101112","data_modif":"20241120111213","tip_op":"10","data_transp":"20241121",
  "pc_tara":"HU","pc_cod":"HU1","pc_den":"Nagy Kft","tr_tara":"QQ","tr_cod":"94019010","tr_den":"T SRL","nr_veh":"B99ABC",
  "nr_rem1":"","nr_rem2":null,"modif_veh":[{"nr_veh":"B88ABC","data_modif":"2024-11-21T10:00:00","nou":1}],"nr_linii":"3",
  "gr_tot_neta":975.5,"gr_tot_bruta":"1000.00","val_tot":4750,
  "confirmare":{"tip_conf":10,"obs":"ok","post_avarie":"N","sursa":"I","data_decl":"20241122090000","id_incarcare":18},
  "mesaje":[{"tip":"WARN","mesaj":"atentie"},{"tip":"NOU","mesaj":"x"}],"camp_nou":{"a":1}},
 {"tip":"XYZ","stare":"ERR","id_incarcare":19,"data_creare":"ieri","mesaje":[{"tip":"ERR","mesaj":"gresit"}]}],
 "serial":"1234AA","cui":"94013459,94019010","titlu":"Lista","dateResponse":"202411230900","ExecutionStatus":0,"trace_id":"x"}"#;

#[test]
fn rows_are_typed_and_lose_nothing() {
    let rows = read(&List::new(cif(), 60), LIST).unwrap();
    let row = &rows.rows[0];
    assert!(row.is_ok());
    assert_eq!(row.kind, Some(Coded::Known(RowKind::Notification)));
    assert_eq!(row.uit.as_ref().unwrap().parse(), UIT.parse());
    assert_eq!(
        row.declarant.as_deref(),
        Some("94013459"),
        "a number is a code too"
    );
    assert_eq!(row.index, Some(UploadIndex::from(17)));
    assert_eq!(
        row.created.as_ref().unwrap().at.unwrap().to_string(),
        "2024-11-20T10:11:12"
    );
    assert_eq!(
        row.transport_date
            .as_ref()
            .unwrap()
            .at
            .unwrap()
            .date()
            .to_string(),
        "2024-11-21"
    );
    assert_eq!(
        row.operation
            .as_ref()
            .unwrap()
            .known()
            .unwrap()
            .abbreviation(),
        "AIC"
    );
    assert_eq!(row.partner_country, Some(Coded::Known(Country::HU)));
    assert_eq!(
        row.organiser_country.as_ref().unwrap().code(),
        "QQ",
        "an unknown code is kept"
    );
    assert_eq!(
        (row.trailer_1.clone(), row.trailer_2.clone(), row.lines),
        (None, None, Some(3))
    );
    assert_eq!(row.net_weight, Some(Decimal::new(9755, 1)));
    assert_eq!(row.gross_weight, Some(Decimal::from(1000)));
    assert_eq!(row.vehicle_changes[0].vehicle.as_deref(), Some("B88ABC"));
    assert!(row.vehicle_changes[0].extra.contains_key("nou"));
    let confirmation = row.confirmation.as_ref().unwrap();
    assert_eq!(
        confirmation.kind,
        Some(Coded::Known(ConfirmationType::Confirmed))
    );
    assert_eq!(
        row.messages[0].kind,
        Some(Coded::Known(MessageKind::Warning))
    );
    assert_eq!(row.messages[1].kind.as_ref().unwrap().code(), "NOU");
    assert!(row.extra.contains_key("camp_nou"));
    let error = &rows.rows[1];
    assert!(!error.is_ok() && error.uit.is_none());
    assert_eq!(
        error.created.as_ref().unwrap().text,
        "ieri",
        "an unreadable date is kept as text"
    );
    assert_eq!(rows.serial.as_deref(), Some("1234AA"));
}

const INFO: &str = r#"[{"id":5,"uit":"0123456789ACDE94","cod_decl":94013459,"den_decl":"D","data_transp":"2024-06-24T00:00:00",
 "data_exp_uit":"2024-07-08T00:00:00","ref_decl":"","tr_cod":"94019010","tr_den":"T","nr_veh":"B99ABC","modif_veh":[],
 "loc_start":{"tip_loc":"PTF","adresa_completa":"Nadlac"},
 "loc_final":{"tip_loc":"ADR","adresa_completa":"x","judet":"12","localitate":"Cluj","strada":"S","numar":1,"alte_info":null},
 "documente":"CMR 1"},{"documente":["CMR 1","Factura 2"],"modif_veh":null,"loc_start":"?"}]"#;

#[test]
fn info_rows_are_typed() {
    let rows = read(&Info::of_organiser(cif()), INFO).unwrap();
    assert_eq!(rows[0].id.as_deref(), Some("5"));
    assert_eq!(
        rows[0]
            .expires
            .as_ref()
            .unwrap()
            .at
            .unwrap()
            .date()
            .to_string(),
        "2024-07-08"
    );
    assert_eq!(
        rows[0].start.as_ref().unwrap().kind,
        Some(Coded::Known(InfoPlaceKind::BorderPoint))
    );
    assert_eq!(rows[0].end.as_ref().unwrap().number.as_deref(), Some("1"));
    assert_eq!(rows[0].documents, ["CMR 1"]);
    assert_eq!(rows[1].documents, ["CMR 1", "Factura 2"]);
}

proptest! {
    #[test]
    fn arbitrary_answers_never_panic(status in prop_oneof![Just(200u16), any::<u16>()], body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let answer = Answer::new(status, body);
        let _ = (uploading().read(answer.clone()), state_of().read(answer.clone()));
        let _ = (List::new(cif(), 1).read(answer.clone()), Info::of_organiser(cif()).read(answer));
    }

    #[test]
    fn mutated_answers_never_panic(which in 0..2usize, at in any::<prop::sample::Index>(), with in "[\\PC\"{}\\[\\]:,]{0,4}", cut in 0..6usize) {
        let text = [LIST, INFO][which];
        let mut chars: Vec<char> = text.chars().collect();
        let from = at.index(chars.len());
        let to = (from + cut).min(chars.len());
        chars.splice(from..to, with.chars());
        let answer = Answer::new(200, chars.into_iter().collect::<String>());
        let _ = List::new(cif(), 1).read(answer.clone());
        let _ = Info::of_organiser(cif()).read(answer);
    }
}
