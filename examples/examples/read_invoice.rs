//! Reads an e-Factura document, whoever wrote it, and prints it for people.
//!
//! ```text
//! cargo run --example read_invoice -- FILE
//! ```

use std::process::ExitCode;

use anaf_invoice::model::{DocumentKind, Invoice, InvoiceLine, Party, PostalAddress};
use anaf_invoice::ubl::{ReadInvoice, from_xml};
use examples::cli::{self, Arguments};
use examples::{Failure, println};

const HELP: &str = "\
Reads an e-Factura document, whoever wrote it, and prints it for people.

usage: cargo run --example read_invoice -- FILE

    --help   print this

Exit code: 0 printed; 1 FILE cannot be read, or is no invoice.
";

fn main() -> ExitCode {
    cli::end(run(), 1)
}

fn run() -> Result<u8, Failure> {
    let mut words = Arguments::take(&[HELP]);
    let file = words.needed("FILE")?;
    words.end()?;
    let read =
        from_xml(&cli::read(&file)?).map_err(|error| format!("{}: {error}", file.display()))?;
    let invoice = &read.invoice;
    header(invoice);
    party("Seller", &invoice.seller);
    party("Buyer", &invoice.buyer);
    lines(invoice);
    totals(invoice);
    payment(invoice);
    aside(&read);
    Ok(0)
}

fn header(i: &Invoice) {
    let kind = match i.kind {
        DocumentKind::Invoice => "Invoice",
        DocumentKind::CreditNote => "Credit note",
    };
    println!(
        "{kind} {} of {} (type {})",
        i.number, i.issue_date, i.type_code
    );
    for preceding in &i.preceding_invoices {
        let date = preceding.issue_date.map(|date| format!(" of {date}"));
        println!(
            "  refers to {}{}",
            preceding.number,
            date.unwrap_or_default()
        );
    }
    if i.is_cash_accounting() {
        println!("  VAT on collection");
    }
    for note in &i.notes {
        println!("  note: {}", note.text);
    }
}

fn party(role: &str, party: &Party) {
    println!("\n{role}: {}", party.name);
    let vat = party.vat_identifier.as_deref();
    let registered = party
        .legal_registration
        .as_ref()
        .map(|id| id.value.as_str());
    let tax = party.tax_registration.as_deref();
    let ids: Vec<_> = [vat, registered, tax].into_iter().flatten().collect();
    println!("  {}", ids.join(", "));
    println!("  {}", address(&party.address));
}

fn address(address: &PostalAddress) -> String {
    let parts = [
        address.line1.as_deref(),
        address.line2.as_deref(),
        address.line3.as_deref(),
        address.post_code.as_deref(),
        address.city.as_deref(),
        address.subdivision.as_deref(),
        Some(address.country.as_str()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn lines(i: &Invoice) {
    println!(
        "\n{:>4}  {:<40} {:>10} {:<4} {:>12} {:>12}  VAT",
        "", "Item", "Quantity", "", "Price", "Net"
    );
    for line in &i.lines {
        print_line(line);
    }
    for allowance in &i.allowances {
        let reason = allowance.reason.as_deref().unwrap_or("allowance");
        println!("      {reason:<40} {:>42}", -allowance.amount);
    }
    for charge in &i.charges {
        let reason = charge.reason.as_deref().unwrap_or("charge");
        println!("      {reason:<40} {:>42}", charge.amount);
    }
}

fn print_line(line: &InvoiceLine) {
    let rate = line.vat.rate.map(|rate| format!(" {}%", rate.normalize()));
    println!(
        "{:>4}  {:<40} {:>10} {:<4} {:>12} {:>12}  {}{}",
        line.id,
        line.item.name,
        line.quantity,
        line.unit,
        line.price.net_price,
        line.net_amount,
        line.vat.category,
        rate.unwrap_or_default(),
    );
    if let Some(description) = &line.item.description {
        println!("      {description}");
    }
}

fn totals(i: &Invoice) {
    let (totals, currency) = (&i.totals, &i.currency);
    println!();
    for part in &i.vat_breakdown {
        let rate = part.rate.unwrap_or_default().normalize();
        let reason = part.exemption_reason.as_deref().or(part
            .exemption_reason_code
            .as_ref()
            .map(|code| code.as_str()));
        println!(
            "  VAT {} {rate}% on {:>12} = {:>12}  {}",
            part.category,
            part.taxable_amount,
            part.tax_amount,
            reason.unwrap_or_default(),
        );
    }
    for (label, amount) in [
        ("Total without VAT", Some(totals.total_without_vat)),
        ("VAT", totals.total_vat),
        ("Total with VAT", Some(totals.total_with_vat)),
        ("Paid", totals.paid_amount),
        ("Rounding", totals.rounding_amount),
        ("To pay", Some(totals.amount_due)),
    ] {
        if let Some(amount) = amount {
            println!("  {label:<20} {amount:>14} {currency}");
        }
    }
    if let (Some(vat), Some(currency)) = (
        totals.total_vat_in_accounting_currency,
        &i.vat_accounting_currency,
    ) {
        println!("  {:<20} {vat:>14} {currency}", "VAT");
    }
}

fn payment(i: &Invoice) {
    if let Some(due) = i.payment_due_date {
        println!("\nDue {due}");
    }
    if let Some(terms) = &i.payment_terms {
        println!("Terms: {terms}");
    }
    for account in i.payment.iter().flat_map(|p| &p.credit_transfers) {
        println!("Account {}", account.account);
    }
    for document in &i.supporting_documents {
        let attached = document.attachment.as_ref();
        let size = attached.map(|a| format!(": {}, {} bytes", a.filename, a.content.len()));
        println!(
            "Attached {}{}",
            document.reference,
            size.unwrap_or_default()
        );
    }
}

fn aside(read: &ReadInvoice) {
    for issue in &read.issues {
        println!("! {issue}");
    }
    for extra in &read.extras {
        println!("+ kept aside from {}", extra.location.path());
    }
}
