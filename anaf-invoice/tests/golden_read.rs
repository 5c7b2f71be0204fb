//! Reading every golden document: nothing that it says gets lost, and what is written again reads the same.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::io::Read as _;

use anaf_invoice::ubl::{ReadInvoice, ReadProblem, from_xml};
use quick_xml::Reader;
use quick_xml::events::Event;
use rust_decimal::Decimal;

/// Every golden document, by name.
fn golden() -> Vec<(String, Vec<u8>)> {
    let packed = include_bytes!("golden-efactura.zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&packed[..])).unwrap();
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        if name.ends_with(".xml") {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            files.push((name, bytes));
        }
    }
    assert!(files.len() > 1000, "only {} documents", files.len());
    files
}

fn read(bytes: &[u8]) -> Option<ReadInvoice> {
    from_xml(bytes).ok()
}

#[test]
fn clean_documents_are_read_whole() {
    let mut seen = 0;
    for (name, bytes) in golden() {
        if !name.starts_with("base-") {
            continue;
        }
        seen += 1;
        let read = read(&bytes).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(read.issues, [], "{name}");
        assert_eq!(read.extras, [], "{name}");
        assert_eq!(read.raw, bytes);
    }
    assert_eq!(seen, 28);
}

#[test]
fn every_document_reads_the_same_after_writing() {
    let mut read_files = 0;
    for (name, bytes) in golden() {
        let Some(first) = read(&bytes) else { continue };
        read_files += 1;
        let written = first
            .invoice
            .to_xml()
            .expect("what was read can be written");
        let second = from_xml(&written).expect("what was written can be read");
        assert_eq!(second.invoice, first.invoice, "{name}");
        assert_eq!(second.extras, [], "{name}");
        assert_eq!(second.invoice.to_xml().unwrap(), written);
    }
    assert!(
        read_files > 1000,
        "only {read_files} documents are well-formed"
    );
}

#[test]
fn no_value_is_lost() {
    let mut lost = Vec::new();
    for (document, bytes) in golden() {
        let Some(read) = read(&bytes) else { continue };
        let text = String::from_utf8(read.raw.clone());
        let Ok(text) = text else { continue };
        let mut kept = values(&String::from_utf8(read.invoice.to_xml().unwrap()).unwrap());
        for extra in &read.extras {
            // An attribute stands alone, an element as it was written.
            if extra.xml.starts_with('<') {
                add(&mut kept, values(&extra.xml));
            } else {
                let owner = extra.location.path().rsplit([':', '/']).next().unwrap();
                let owner = owner.split('[').next().unwrap();
                let (name, value) = extra.xml.split_once('=').unwrap();
                let value = value.trim_matches('"');
                *kept
                    .entry((format!("{}@{name}", neutral(owner)), normal(value)))
                    .or_default() += 1;
            }
        }
        for issue in &read.issues {
            if let ReadProblem::OtherCurrency { currency } = &issue.problem {
                let owner = issue.location.path().rsplit([':', '/']).next().unwrap();
                let owner = owner.split('[').next().unwrap();
                *kept
                    .entry((format!("{owner}@currencyID"), normal(currency)))
                    .or_default() += 1;
            }
            if let ReadProblem::Adapted { text } = &issue.problem {
                let owner = issue.location.path().rsplit([':', '/']).next().unwrap();
                *kept
                    .entry((neutral(owner).to_owned(), normal(text)))
                    .or_default() += 1;
            }
        }
        for ((name, value), count) in values(&text) {
            // UBL repeats these for every account, the model has them once.
            let once = name.starts_with("PaymentMeansCode") || name == "PaymentID";
            let count = if once { 1 } else { count };
            let have = kept
                .get(&(name.clone(), value.clone()))
                .copied()
                .unwrap_or(0);
            if have < count {
                lost.push(format!(
                    "{document}: {name} = {value:?} stands {count} times and was read {have} times"
                ));
            }
        }
    }
    assert_eq!(lost, Vec::<String>::new());
}

type Values = BTreeMap<(String, String), usize>;

fn add(into: &mut Values, more: Values) {
    for (key, count) in more {
        *into.entry(key).or_default() += count;
    }
}

/// Names that differ between the two documents, or move, under one name.
fn neutral(name: &str) -> &str {
    match name {
        "CreditedQuantity" => "InvoicedQuantity",
        "CreditNoteTypeCode" => "InvoiceTypeCode",
        "PaymentDueDate" => "DueDate",
        name => name,
    }
}

/// Numbers by value, other texts without the white space that codes may have around them.
fn normal(value: &str) -> String {
    let value = value.trim_matches([' ', '\t', '\r', '\n']);
    match (value.parse::<Decimal>(), value) {
        (Ok(number), _) => number.normalize().to_string(),
        (_, "true") => "1".to_owned(),
        (_, "false") => "0".to_owned(),
        // The tax scheme, whose case does not count.
        _ if value.eq_ignore_ascii_case("vat") => "VAT".to_owned(),
        _ => value.to_owned(),
    }
}

/// Every non-empty leaf text and attribute of a document, by element name, counted.
fn values(xml: &str) -> Values {
    let mut found = Values::new();
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        let event = reader.read_event().expect("well-formed");
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                let name = neutral(&name).to_owned();
                for attribute in tag.attributes().flatten() {
                    let key = attribute.key.as_ref().to_owned();
                    let value = attribute
                        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                        .unwrap();
                    if !key.starts_with("xmlns") && !key.starts_with("xsi:") && !value.is_empty() {
                        *found
                            .entry((format!("{name}@{key}"), normal(&value)))
                            .or_default() += 1;
                    }
                }
                if !empty {
                    open.push((name, String::new()));
                }
            }
            Event::Text(text) => {
                if let Some((_, content)) = open.last_mut() {
                    content.push_str(&text.xml10_content());
                }
            }
            Event::CData(text) => {
                if let Some((_, content)) = open.last_mut() {
                    content.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                let character = match reference.resolve_char_ref().unwrap() {
                    Some(c) => c.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(name)
                        .unwrap()
                        .to_owned(),
                };
                if let Some((_, content)) = open.last_mut() {
                    content.push_str(&character);
                }
            }
            Event::End(_) => {
                if let Some((name, content)) = open.pop() {
                    let value = normal(&content);
                    if !value.is_empty() {
                        *found.entry((name, value)).or_default() += 1;
                    }
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}
