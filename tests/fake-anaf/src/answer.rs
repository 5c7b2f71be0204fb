//! An answer before it goes on the wire.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::clock;
use jiff::Timestamp;

/// Status, headers and body, changeable until the last moment so that faults can spoil them.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: content_type.to_owned(),
            body: body.into(),
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    pub(crate) fn xml(body: String) -> Self {
        Self::new(200, "application/xml", body)
    }

    pub(crate) fn html(status: u16, body: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::new(302, "", "").header("Location", to)
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Spring's error body with the Romanian clock: `{"timestamp":"05-08-2021 12:04:01","status":400,…}`.
    pub(crate) fn spring(now: Timestamp, status: u16, message: &str) -> Self {
        Self::json(
            status,
            &json!({"timestamp": clock::quoted(now), "status": status, "error": reason(status), "message": message}),
        )
    }

    /// The 404 body, which has an ISO timestamp and a path, and no message.
    pub(crate) fn not_found(now: Timestamp, path: &str) -> Self {
        Self::json(
            404,
            &json!({"timestamp": clock::iso_millis(now), "status": 404, "error": "Not Found", "path": path}),
        )
    }

    pub(crate) fn into_template(self) -> ResponseTemplate {
        let mut template = ResponseTemplate::new(self.status);
        for (name, value) in &self.headers {
            template = template.append_header(name.as_str(), value.as_str());
        }
        template = template.set_body_raw(self.body, &self.content_type);
        if self.delay.is_zero() {
            template
        } else {
            template.set_delay(self.delay)
        }
    }
}

/// The reason phrase that Spring writes beside a status.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    }
}

/// Text made safe for an XML attribute in double quotes or for HTML; line breaks become character references.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            '\t' => out.push_str("&#x9;"),
            c if c < ' ' => {}
            c => out.push(c),
        }
    }
    out
}
