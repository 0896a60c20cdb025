//! `probity serve`: the page, in a browser on this machine or on the school's network.

use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::{Context, Ended};
use crate::web::site::session::PATIENCE;
use crate::web::site::{self, Options};
use crate::work::{WorkError, synced};

/// Where the page listens if nobody says otherwise.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7717);

/// Keep the record book in a browser
///
/// Serves the page on this machine, and opens it. Each person unlocks it with their own key; a session
/// locks after five minutes without use. Nothing leaves the machine.
///
/// Others reach it only where --listen names another address of this machine, with --tls-cert,
/// --tls-key and --name: what they type must not cross a network in the clear. Ends with Ctrl-C.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port [default: 127.0.0.1:7717, or any free port where that is taken]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// A name by which browsers reach it, such as records.school.example (may be repeated)
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// The server's certificate and those above it, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Lock a session after so many seconds without use, 300 at most
    #[arg(long, value_name = "SECONDS", default_value_t = PATIENCE.as_secs(), value_parser = clap::value_parser!(u64).range(1..=300))]
    lock_after: u64,
    /// Don't open a browser
    #[arg(long)]
    no_browser: bool,
}

/// Runs the command.
///
/// # Errors
/// As [`site::prepare`].
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    let tls = args.tls_cert.clone().zip(args.tls_key.clone());
    let patience = Duration::from_secs(args.lock_after);
    let options = Options { names: args.name.clone(), tls, patience };
    serve(context, args.listen, &options, !args.no_browser)
}

/// What `probity` alone does where somebody sits in front of it: `None` where nobody does.
pub fn by_itself(context: &Context) -> Option<Result<Ended, WorkError>> {
    let desktop = cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if context.json() || context.quiet() || !(desktop || std::io::stdout().is_terminal()) {
        return None;
    }
    let options = Options { names: Vec::new(), tls: None, patience: PATIENCE };
    Some(serve(context, None, &options, true))
}

fn serve(
    context: &Context,
    listen: Option<SocketAddr>,
    options: &Options,
    browser: bool,
) -> Result<Ended, WorkError> {
    let home = context.home()?;
    if !home.has_ledger() {
        synced::refuse(home.path(), "a record book", false)?;
    }
    context.warn_if_synced(&home);
    let any = SocketAddr::new(USUAL.ip(), 0);
    let prepare = |address| site::prepare(home.clone(), context.world, address, options);
    let ready = match listen {
        Some(address) => prepare(address)?,
        None => prepare(USUAL).or_else(|_| prepare(any))?,
    };
    if context.json() {
        context.print_json(&json!({ "url": ready.url, "home": home.path().display().to_string() }));
    } else {
        context.print(&ready.url);
    }
    context.say(
        "The page is open under this address as long as this window is. Ctrl-C ends it; nothing that was \
         signed is lost by that.",
    );
    if !ready.address.ip().is_loopback() {
        context.say("Others on the network can reach it, under TLS. Each needs their own key.");
    }
    if browser && open::that_detached(&ready.url).is_err() {
        context.say("No browser could be opened: open the address yourself.");
    }
    ready.serve()?;
    Ok(Ended::Well)
}
