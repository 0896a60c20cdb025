//! The page as 20 people ask it at once, over a ledger of 100,000: how long until the whole answer is
//! there. The server runs in this process and so do those who ask, on the same two cores.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use probity::web::site::{self, Options};
use probity::work::World;
use probity::work::reading::Reading;
use probity_ledger::format::hash::Index;

use super::append::signer;
use super::{Bench, Report};
use crate::program;
use crate::school::drafts::Maker;
use crate::school::{PASSPHRASE, School, ledgers};
use crate::support::Outcome;
use crate::support::chance::Chance;
use crate::support::clock::{Sample, timed, words};
use crate::support::report::{Line, table};

/// How many ask at once, and how often each.
const USERS: usize = 20;
const EACH: usize = 25;

/// What is worked out beside is there by then.
const LONGEST: Duration = Duration::from_secs(120);

/// A browser: one connection, one session.
struct Browser {
    stream: BufReader<TcpStream>,
    host: String,
    /// As it is sent: name and value.
    cookie: String,
}

struct Answered {
    status: u16,
    cookie: Option<String>,
    body: String,
}

impl Browser {
    fn open(address: SocketAddr) -> Outcome<Self> {
        Ok(Self { stream: connect(address)?, host: address.to_string(), cookie: String::new() })
    }

    fn ask(&mut self, method: &str, path: &str, form: &str) -> Outcome<Answered> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.host,
            self.cookie,
            form.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).ok_or("no status")?.parse()?;
        let (mut length, mut cookie) = (0, None);
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name {
                "content-length" => length = value.parse()?,
                "set-cookie" => {
                    cookie = value.split(';').next().map(str::to_owned);
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answered { status, cookie, body: String::from_utf8(body)? })
    }

    /// Unlocks, over a connection that the server then ends, and opens the one that stays.
    fn unlock(&mut self) -> Outcome {
        let page = self.ask("GET", "/unlock", "")?;
        self.cookie = page.cookie.ok_or("no session")?;
        let token = page.body.split_once("name=\"token\" value=\"").ok_or("no token")?.1;
        let token = token.split('"').next().unwrap_or_default();
        let form =
            format!("token={token}&key=amina-okafor&passphrase={}", PASSPHRASE.replace(' ', "+"));
        let unlocked = self.ask("POST", "/unlock", &form)?;
        if unlocked.status != 303 {
            return Err(format!("unlocking answers {}", unlocked.status).into());
        }
        self.cookie = unlocked.cookie.ok_or("the session can't be unlocked")?;
        self.stream = connect(self.host.parse()?)?;
        Ok(())
    }
}

fn connect(address: SocketAddr) -> Outcome<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(BufReader::new(stream))
}

/// A case that a person might look at.
fn case(reading: &Reading) -> Outcome<String> {
    let mut chance = Chance::new(5);
    let size = usize::try_from(reading.size().0)?;
    for _ in 0..1000 {
        let entry = reading.entry(Index(chance.below(size) as u64))?;
        if let Some(case) = entry.subject().case() {
            return Ok(case.to_owned());
        }
    }
    Err("no record that was drawn has a case".into())
}

/// Seconds until the whole answer is there, of everybody's requests for one path.
fn ask(address: SocketAddr, path: &str) -> Outcome<Sample> {
    let (told, tells) = mpsc::channel();
    // Unlocking takes a processor for 170 ms each time; it is no part of what is measured.
    let unlocked = Barrier::new(USERS);
    let unlocked = &unlocked;
    thread::scope(|scope| {
        for _ in 0..USERS {
            let told = told.clone();
            scope.spawn(move || {
                let asked = || -> Outcome<Vec<f64>> {
                    let opened = Browser::open(address).and_then(|mut browser| {
                        browser.unlock()?;
                        Ok(browser)
                    });
                    unlocked.wait();
                    let mut browser = opened?;
                    let mut all = Vec::new();
                    for _ in 0..EACH {
                        let (answered, seconds) = timed(|| browser.ask("GET", path, ""));
                        let answered = answered?;
                        if answered.status != 200 {
                            return Err(format!("{path} answers {}", answered.status).into());
                        }
                        all.push(seconds);
                    }
                    Ok(all)
                };
                let _ = told.send(asked().map_err(|error| error.to_string()));
            });
        }
    });
    drop(told);
    let mut sample = Sample::default();
    for one in tells {
        one?.into_iter().for_each(|seconds| sample.push(seconds));
    }
    Ok(sample)
}

/// Asks until the answer counts all records: the seconds of the first answer, and until then.
fn whole(address: SocketAddr, path: &str) -> Outcome<(f64, f64)> {
    let mut browser = Browser::open(address)?;
    browser.unlock()?;
    let begun = Instant::now();
    let (answered, first) = timed(|| browser.ask("GET", path, ""));
    let mut answered = answered?;
    while answered.body.contains("Look again") {
        if begun.elapsed() > LONGEST {
            return Err(format!("{path} is never whole").into());
        }
        thread::sleep(Duration::from_millis(100));
        answered = browser.ask("GET", path, "")?;
    }
    Ok((first, begun.elapsed().as_secs_f64()))
}

/// Measures the section.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let copy = ledgers::copy(&Bench::home(bench.medium)?)?;
    let home = copy.school.home.clone();
    let case = case(&program::open(&home)?)?;
    let options = Options { names: Vec::new(), tls: None, patience: site::session::PATIENCE };
    let here = SocketAddr::from(([127, 0, 0, 1], 0));
    let ready = site::prepare(home, World::real(), here, &options)?;
    let address = ready.address;
    // It ends with this process.
    thread::spawn(move || ready.serve());
    let pages = [
        ("front page", "/".to_owned()),
        ("a case's page", format!("/case/{case}")),
        ("a register", "/registers/breaches".to_owned()),
        ("the same, filtered and sorted", "/registers/breaches?filter=2&sort=-aware".to_owned()),
        ("a search for a word that many records have", "/search?text=report".to_owned()),
        ("a search for two that hardly any has", "/search?text=zebra+crossing".to_owned()),
    ];
    let mut lines = Vec::new();
    for (what, path) in &pages {
        let (first, all) = whole(address, path)?;
        lines.push(line(
            (*what).to_owned(),
            format!("{} after the server began, whole after {}", words(first), words(all)),
            &ask(address, path)?,
        ));
    }
    let mut maker = Maker::new(usize::try_from(bench.medium)?, 0, 7);
    for (what, path) in &pages[..3] {
        append(&copy.school, &mut maker)?;
        let begun = Instant::now();
        let sample = ask(address, path)?;
        whole(address, path)?;
        let all = begun.elapsed().as_secs_f64();
        lines.push(line(
            format!("{what}, from the moment when a record has come"),
            format!("whole within {}", words(all)),
            &sample,
        ));
    }
    report.sections.push(("page", table(&lines)));
    Ok(())
}

fn line(work: String, first: String, sample: &Sample) -> Line {
    Line {
        work,
        against: first,
        aim: "p99 under 50 ms".to_owned(),
        measured: format!("p99 {}, median {}", words(sample.p99()), words(sample.median())),
        met: Some(sample.p99() < 50e-3),
    }
}

/// Somebody else writes a record.
fn append(school: &School, maker: &mut Maker) -> Outcome {
    let (mut draft, _) = maker.draft(school, World::real().now())?;
    school.people[1].role.clone_into(&mut draft.role);
    let mut reading = school.write("a record more")?;
    program::append_one(&World::real(), &mut reading, &draft, signer(school))
}
