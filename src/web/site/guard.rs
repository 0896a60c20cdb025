//! What every request has to pass before a page sees it, and what every answer carries.
//!
//! - The name by which it was asked (`Host`) is one of the server's own, so that a name that another
//!   site turns towards this machine (DNS rebinding) reaches nothing.
//! - What changes something comes from this server's own pages: `Origin` and `Sec-Fetch-Site`, where
//!   the browser sends them, and the token of the session, which [`super::visit`] looks at.
//! - Answers are kept nowhere, run no script but the server's own, and are shown in no frame.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Shared;

/// The names by which this server may be asked.
#[derive(Clone, Debug)]
pub struct Names {
    /// Each with its port, lower case.
    hosts: Vec<String>,
    scheme: &'static str,
    port: u16,
    /// Whether it listens to this machine alone.
    here: bool,
}

impl Names {
    /// This machine's own names at a loopback address, and those that are named.
    #[must_use]
    pub fn of(address: SocketAddr, named: &[String], tls: bool) -> Self {
        let port = address.port();
        let (scheme, usual) = if tls { ("https", 443) } else { ("http", 80) };
        let own = ["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        let own = own.iter().filter(|_| address.ip().is_loopback());
        let mut hosts = Vec::new();
        for name in own.chain(named) {
            let name = name.to_lowercase();
            if port == usual {
                hosts.push(name.clone());
            }
            hosts.push(format!("{name}:{port}"));
        }
        Self { hosts, scheme, port, here: address.ip().is_loopback() }
    }

    /// The address to open in a browser.
    #[must_use]
    pub fn url(&self, address: SocketAddr) -> String {
        let own = format!("127.0.0.1:{}", address.port());
        let host = if self.hosts.contains(&own) { &own } else { self.hosts.last().unwrap_or(&own) };
        format!("{}://{host}/", self.scheme)
    }

    /// What an address of this server begins with, for a program on another machine where one is
    /// named.
    #[must_use]
    pub fn base(&self) -> String {
        let own = format!("127.0.0.1:{}", self.port);
        let last = self.hosts.last().filter(|last| !last.starts_with('['));
        format!("{}://{}", self.scheme, last.unwrap_or(&own))
    }

    /// The port: cookies don't know it, so that it has to stand in their names.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether only this machine reaches it.
    #[must_use]
    pub const fn is_here(&self) -> bool {
        self.here
    }

    /// Whether HTTPS has its usual port, and a promise to use it alone hits nothing else.
    fn is_usual_tls(&self) -> bool {
        self.scheme == "https" && self.port == 443
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.contains(&host.to_lowercase())
    }

    fn is_own(&self, origin: &str) -> bool {
        let rest = origin.strip_prefix(self.scheme).and_then(|rest| rest.strip_prefix("://"));
        rest.is_some_and(|host| self.knows(host))
    }
}

/// Why a request is not let in.
fn refusal(names: &Names, method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    if hosts.next().is_some() || !host.is_some_and(|host| names.knows(host)) {
        return Some("This server is not reached under that name.");
    }
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let sent = |name: &'static str| text(HeaderName::from_static(name));
    let from = sent("sec-fetch-site");
    let own = from.is_none_or(|from| matches!(from, "same-origin" | "none"));
    if matches!(*method, Method::GET | Method::HEAD) {
        // Elsewhere there may be links to these pages, but nothing that takes them in.
        let link = sent("sec-fetch-mode") == Some("navigate")
            && sent("sec-fetch-dest") == Some("document");
        return (!own && !link).then_some("Only a link may lead here from elsewhere.");
    }
    if !own || text(header::ORIGIN).is_some_and(|origin| !names.is_own(origin)) {
        return Some("Only this server's own pages can change something.");
    }
    None
}

/// Whether another site's link led here: browsers then keep back this server's cookie.
pub fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let from = headers.get("sec-fetch-site").and_then(|from| from.to_str().ok());
    from.is_some_and(|from| !matches!(from, "same-origin" | "none"))
}

/// Lets a request in, or not.
pub async fn guard(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let refused = refusal(&site.names, request.method(), request.headers());
    let mut response = match refused {
        Some(why) => (StatusCode::FORBIDDEN, format!("{why}\n")).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        let name = HeaderName::from_static(name);
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if site.names.is_usual_tls() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

/// What every answer carries, unless it says otherwise itself.
const ALWAYS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    // Not `no-referrer`: browsers would then hide the origin of this server's own forms.
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &Method, given: &[(&'static str, &'static str)]) -> bool {
        let address = SocketAddr::from(([127, 0, 0, 1], 7717));
        let names = Names::of(address, &["records.school.example".to_owned()], false);
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        refusal(&names, method, &headers).is_none()
    }

    #[test]
    fn only_the_servers_own_names_reach_it() {
        for good in
            ["127.0.0.1:7717", "localhost:7717", "LOCALHOST:7717", "records.school.example:7717"]
        {
            assert!(asked(&Method::GET, &[("host", good)]), "{good}");
        }
        for bad in
            ["evil.example:7717", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:7717.evil.example", ""]
        {
            assert!(!asked(&Method::GET, &[("host", bad)]), "{bad}");
        }
        assert!(!asked(&Method::GET, &[]));
        assert!(!asked(&Method::GET, &[("host", "localhost:7717"), ("host", "evil.example")]));
    }

    #[test]
    fn what_changes_something_comes_from_its_own_pages() {
        let host = ("host", "localhost:7717");
        assert!(asked(&Method::POST, &[host]));
        assert!(asked(&Method::POST, &[host, ("origin", "http://localhost:7717")]));
        for origin in
            ["http://evil.example", "https://localhost:7717", "null", "http://localhost:7718", ""]
        {
            assert!(!asked(&Method::POST, &[host, ("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            assert!(!asked(&Method::POST, &[host, ("sec-fetch-site", site)]), "{site}");
        }
        let link = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        let elsewhere = ("sec-fetch-site", "cross-site");
        assert!(asked(&Method::GET, &[host, elsewhere, link[0], link[1]]), "a link from elsewhere");
        assert!(!asked(&Method::GET, &[host, elsewhere, ("sec-fetch-dest", "image")]));
        assert!(!asked(&Method::GET, &[host, elsewhere, link[0], ("sec-fetch-dest", "iframe")]));
    }
}
