//! Reading one HTTP/1.1 message whole, so that its end is known.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// The largest message that is passed on.
const LARGEST: usize = 256 * 1024 * 1024;

/// A message as it was on the wire.
pub(super) struct Message {
    pub(super) bytes: Vec<u8>,
    /// How many of the bytes are the head, its blank line included.
    pub(super) head: usize,
}

/// Reads a request or a response. `leftover` holds what was read of the next message.
pub(super) async fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
    leftover: &mut Vec<u8>,
    is_response: bool,
) -> io::Result<Message> {
    let mut bytes = std::mem::take(leftover);
    let head = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, &mut bytes).await?;
    };
    let body = body_length(bytes.get(..head).unwrap_or_default(), is_response);
    let end = match body {
        Body::Length(length) => {
            let end = head.saturating_add(length);
            while bytes.len() < end {
                more(stream, &mut bytes).await?;
            }
            end
        }
        Body::Chunked => loop {
            if let Some(end) = chunked_end(&bytes, head) {
                break end;
            }
            more(stream, &mut bytes).await?;
        },
        Body::UntilEnd => loop {
            match more(stream, &mut bytes).await {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break bytes.len(),
                Err(error) => return Err(error),
            }
        },
    };
    *leftover = bytes.split_off(end);
    Ok(Message { bytes, head })
}

enum Body {
    Length(usize),
    Chunked,
    UntilEnd,
}

fn body_length(head: &[u8], is_response: bool) -> Body {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let header = |name: &str| {
        head.lines()
            .skip(1)
            .find_map(|line| line.split_once(':').filter(|(key, _)| key.trim() == name))
            .map(|(_, v)| v.trim())
    };
    if header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        return Body::Chunked;
    }
    match header("content-length").and_then(|value| value.parse().ok()) {
        Some(length) => Body::Length(length),
        None if !is_response => Body::Length(0),
        None if head
            .split(' ')
            .nth(1)
            .is_some_and(|status| matches!(status, "204" | "304")) =>
        {
            Body::Length(0)
        }
        None => Body::UntilEnd,
    }
}

/// Where a chunked body ends, once all of it is there.
fn chunked_end(bytes: &[u8], head: usize) -> Option<usize> {
    let mut at = head;
    loop {
        let line_end = at + find(bytes.get(at..)?, b"\r\n")?;
        let line = std::str::from_utf8(bytes.get(at..line_end)?).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            // Trailers, if any, end with a blank line too.
            let tail = bytes.get(line_end..)?;
            return if tail.starts_with(b"\r\n\r\n") {
                Some(line_end + 4)
            } else {
                Some(line_end + find(tail, b"\r\n\r\n")? + 4)
            };
        }
        at = line_end.checked_add(2)?.checked_add(size)?.checked_add(2)?;
    }
}

async fn more<S: AsyncRead + Unpin>(stream: &mut S, bytes: &mut Vec<u8>) -> io::Result<()> {
    if bytes.len() > LARGEST {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a message larger than the proxy passes on",
        ));
    }
    match stream.read_buf(bytes).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_kind_of_body_ends_where_it_ends() {
        for (wire, is_response, body) in [
            (
                "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET",
                false,
                "abc",
            ),
            ("GET / HTTP/1.1\r\n\r\nGET", false, ""),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET",
                false,
                "3\r\nabc\r\n0\r\n\r\n",
            ),
            ("HTTP/1.1 204 No Content\r\n\r\nGET", true, ""),
        ] {
            let mut leftover = Vec::new();
            let message = read(&mut wire.as_bytes(), &mut leftover, is_response)
                .await
                .unwrap();
            assert_eq!(&message.bytes[message.head..], body.as_bytes(), "{wire}");
            assert_eq!(leftover, b"GET", "{wire}");
        }
        let message = read(
            &mut "HTTP/1.1 200 OK\r\n\r\nabc".as_bytes(),
            &mut Vec::new(),
            true,
        )
        .await
        .unwrap();
        assert_eq!(&message.bytes[message.head..], b"abc");
        assert!(
            read(
                &mut "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".as_bytes(),
                &mut Vec::new(),
                true
            )
            .await
            .is_err()
        );
    }
}
