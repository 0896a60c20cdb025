//! A browser at the page of the real program, as far as it takes to unlock, sign and look.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// What the page answered.
pub struct Answer {
    pub status: u16,
    head: String,
    pub text: String,
}

impl Answer {
    /// Where it leads.
    #[track_caller]
    pub fn to(&self) -> &str {
        assert_eq!(self.status, 303, "{}\n{}", self.head, self.text);
        self.header("location").expect("an address")
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// What a form on it holds under a name.
    #[track_caller]
    pub fn field(&self, name: &str) -> &str {
        let before = format!("name=\"{name}\" value=\"");
        let found = self.text.split_once(&before).and_then(|(_, rest)| rest.split_once('"'));
        found.unwrap_or_else(|| panic!("no {name} in {}", self.text)).0
    }
}

/// One browser, with its cookie.
pub struct Browser {
    address: String,
    cookie: String,
}

impl Browser {
    /// At the address that the program said.
    pub fn at(url: &str) -> Self {
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { address, cookie: String::new() }
    }

    #[track_caller]
    pub fn get(&mut self, path: &str) -> Answer {
        let sent = self.send("GET", path, "", "close");
        self.answer(sent)
    }

    #[track_caller]
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = self.begin(path, fields);
        self.answer(sent)
    }

    /// Sends a form, whose answer is still to come.
    #[track_caller]
    pub fn begin(&mut self, path: &str, fields: &[(&str, &str)]) -> TcpStream {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.send("POST", path, &form.finish(), "close")
    }

    /// Sends a form and waits for the head of its answer; the connection stays open, as browsers keep it.
    #[track_caller]
    pub fn stay(&mut self, path: &str, fields: &[(&str, &str)]) -> TcpStream {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let mut stream = self.send("POST", path, &form.finish(), "keep-alive");
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).expect("an answer");
            head.extend(byte);
        }
        let head = String::from_utf8_lossy(&head);
        assert!(head.starts_with("HTTP/1.1 303 "), "{head}");
        stream
    }

    fn send(&self, method: &str, path: &str, body: &str, connection: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("the page listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: {connection}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("sent");
        stream
    }

    /// The answer to what was sent.
    #[track_caller]
    pub fn answer(&mut self, mut stream: TcpStream) -> Answer {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let all = String::from_utf8_lossy(&bytes);
        let (head, text) = all.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let answer = Answer {
            status: status.expect("a status"),
            head: head.to_owned(),
            text: text.to_owned(),
        };
        if let Some(cookie) = answer.header("set-cookie") {
            let (cookie, _) = cookie.split_once(';').unwrap_or((cookie, ""));
            cookie.clone_into(&mut self.cookie);
        }
        answer
    }
}
