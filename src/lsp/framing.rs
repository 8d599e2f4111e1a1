//! Messages as bytes: a header with the length, then JSON
//! (<https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol>).

use lsp_server::Message;
use std::io::{self, BufRead, Read};

/// The longest message, in bytes. The longest file that is analysed has 4 MiB, and JSON may escape each byte.
const LONGEST: u64 = 64 * 1024 * 1024;
/// The longest line of a header, in bytes.
const LONGEST_LINE: u64 = 8 * 1024;

/// Reads one message; `None` at the end of the input.
///
/// # Errors
/// `InvalidData` for a message that is no valid one; the next one can be read. Other errors end the input.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Message>> {
    let Some(length) = header(input)? else { return Ok(None) };
    let mut body = input.take(length);
    if length > LONGEST {
        io::copy(&mut body, &mut io::sink())?;
        return Err(invalid(format!("a message of {length} bytes is too long")));
    }
    // The memory grows with what arrives, not with what is announced.
    let mut bytes = Vec::new();
    body.read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Ok(None);
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| invalid(error.to_string()))
}

/// Reads a header and returns the length of what follows, in bytes.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        match line.split_once(':') {
            _ if line.is_empty() => match length {
                Some(length) => return Ok(Some(length)),
                None => return Err(invalid("a header without `Content-Length`".to_owned())),
            },
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = Some(value.trim().parse().map_err(|_| invalid(format!("`{line}` is no length")))?);
            }
            Some(_) => {}
            None => return Err(invalid(format!("`{line}` is no header"))),
        }
    }
}

fn invalid(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut text: &[u8]) -> Vec<Result<bool, io::ErrorKind>> {
        let mut read_so_far = Vec::new();
        loop {
            match read(&mut text) {
                Ok(None) => return read_so_far,
                Ok(Some(message)) => read_so_far.push(Ok(matches!(message, Message::Notification(_)))),
                Err(error) => read_so_far.push(Err(error.kind())),
            }
        }
    }

    #[test]
    fn a_message_that_is_not_valid_is_followed_by_others() {
        let exit = "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}";
        let good = format!("Content-Length: {}\r\nOther: x\r\n\r\n{exit}", exit.len());
        assert_eq!(all(good.repeat(2).as_bytes()), [Ok(true), Ok(true)]);
        for bad in ["Content-Length: 3\r\n\r\n{x}", "Content-Length: x\r\n", "Other: 1\r\n\r\n", "nothing\n"] {
            let read_so_far = all(format!("{bad}{good}").as_bytes());
            assert_eq!(read_so_far.first(), Some(&Err(io::ErrorKind::InvalidData)), "{bad}");
            assert_eq!(read_so_far.last(), Some(&Ok(true)), "{bad}");
        }
        let huge = "Content-Length: 999999999999999999\r\n\r\n{}";
        assert_eq!(all(huge.as_bytes()), [Err(io::ErrorKind::InvalidData)]);
        assert_eq!(all(format!("Content-Length: 9999999\r\n\r\n{exit}").as_bytes()), []);
        assert!(all(&vec![b'a'; 100_000]).iter().all(Result::is_err));
    }
}
