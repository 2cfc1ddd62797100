//! One keep-alive connection, and just as much of HTTP/1.1 as its answers need.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that asks and is answered in turn.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer<'a> {
    /// 200, 303 …
    pub status: u16,
    /// Status line and headers.
    pub head: &'a [u8],
    /// What follows; of a chunked answer with the lengths of its chunks.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// Whether the head has these bytes, such as `location: /there\r\n`. Servers write names in small letters.
    pub fn has(&self, header: &[u8]) -> bool {
        find(self.head, header).is_some()
    }

    /// Whether the body has these bytes.
    pub fn shows(&self, bytes: &[u8]) -> bool {
        find(self.body, bytes).is_some()
    }

    /// How long to wait before asking again, where the program is too busy.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = header(self.head, b"\r\nretry-after: ").filter(|_| self.status == 503)?;
        Some(Duration::from_secs(seconds as u64))
    }

    /// All of it, for people to read.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.head).into_owned() + &String::from_utf8_lossy(self.body)
    }
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(16 * 1_024),
        }
    }

    /// Sends a whole request and waits for its whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Answer<'_> {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let head = loop {
            self.read().await;
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
        };
        let end = if let Some(length) = content_length(&self.buffer[..head]) {
            while self.buffer.len() < head + length {
                self.read().await;
            }
            head + length
        } else {
            assert!(
                find(&self.buffer[..head], b"transfer-encoding: chunked\r\n").is_some(),
                "an answer says how long it is: {}",
                String::from_utf8_lossy(&self.buffer[..head])
            );
            loop {
                if let Some(length) = chunks(&self.buffer[head..]) {
                    break head + length;
                }
                self.read().await;
            }
        };
        assert_eq!(end, self.buffer.len(), "nothing follows an answer");
        let (head, body) = self.buffer.split_at(head);
        Answer {
            status: digits(&head[9..12]).unwrap_or(0) as u16,
            head,
            body,
        }
    }

    /// Sends a request whose answer is a stream that does not end.
    pub async fn begin(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
    }

    /// The next bytes of a stream, after those that were not taken.
    pub async fn more(&mut self) -> &mut Vec<u8> {
        self.read().await;
        &mut self.buffer
    }

    async fn read(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
        assert!(read > 0, "the program has closed a connection");
    }
}

/// Where the bytes begin.
pub fn find(within: &[u8], bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find(within, bytes)
}

/// The number that the text begins with.
pub fn digits(text: &[u8]) -> Option<usize> {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    std::str::from_utf8(&text[..end]).ok()?.parse().ok()
}

fn content_length(head: &[u8]) -> Option<usize> {
    header(head, b"\r\ncontent-length: ")
}

/// The number in a header, by its name with all that stands around it.
fn header(head: &[u8], name: &[u8]) -> Option<usize> {
    digits(&head[find(head, name)? + name.len()..])
}

/// The length of a whole chunked body; `None` while there is more to come.
fn chunks(body: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = find(body.get(at..)?, b"\r\n")?;
        let size = std::str::from_utf8(&body[at..at + line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        at += line + 2 + size + 2;
        if size == 0 {
            return (at <= body.len()).then_some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_long_as_it_says() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: x\r\ncontent-length: 12\r\n\r\n";
        assert_eq!(content_length(head), Some(12));
        assert_eq!(content_length(b"HTTP/1.1 200 OK\r\n\r\n"), None);
        let body = b"5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(chunks(body), Some(body.len()));
        for cut in 0..body.len() {
            assert_eq!(chunks(&body[..cut]), None, "{cut}");
        }
    }
}
