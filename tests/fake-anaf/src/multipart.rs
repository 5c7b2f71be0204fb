//! Reading `multipart/form-data`.

/// One part of a form.
pub(crate) struct Part<'a> {
    pub(crate) name: String,
    pub(crate) bytes: &'a [u8],
}

/// The parts of a body, or nothing where it is not a form in parts.
pub(crate) fn parse<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    if !content_type
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
    {
        return None;
    }
    let boundary = parameter(content_type, "boundary")?;
    let mark = format!("--{boundary}").into_bytes();
    let mut parts = Vec::new();
    let mut rest = body.get(find(body, &mark)? + mark.len()..)?;
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, &[b"\r\n".as_slice(), &mark].concat())?;
        let (whole, after) = part.split_at_checked(end)?;
        let head = find(whole, b"\r\n\r\n")?;
        let headers = String::from_utf8_lossy(whole.get(..head)?).into_owned();
        let disposition = headers.lines().find(|line| {
            line.to_ascii_lowercase()
                .starts_with("content-disposition:")
        })?;
        parts.push(Part {
            name: parameter(disposition, "name")?,
            bytes: whole.get(head + 4..)?,
        });
        rest = after.get(2 + mark.len()..)?;
    }
    Some(parts)
}

/// A parameter of a header value, quoted or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_byte_for_byte() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.xml\"\r\n\r\n<a>\r\n</a>\r\n--x\r\n\
                     Content-Disposition: form-data; name=\"signature\"\r\nContent-Type: text/xml\r\n\r\n\r\n--x--\r\n";
        let parts = parse("multipart/form-data; boundary=x", body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].name.as_str(), parts[0].bytes),
            ("file", b"<a>\r\n</a>".as_slice())
        );
        assert_eq!(
            (parts[1].name.as_str(), parts[1].bytes),
            ("signature", b"".as_slice())
        );
        for broken in [
            &b""[..],
            b"--x",
            b"--x\r\n",
            b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--",
        ] {
            assert!(
                parse("multipart/form-data; boundary=x", broken)
                    .is_none_or(|parts| parts.is_empty()),
                "{broken:?}"
            );
        }
        assert!(parse("text/plain", body).is_none());
    }
}
