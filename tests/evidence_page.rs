//! The page in a bundle, as far as it needs no browser: what it carries, and that its beginning
//! is the published one. What it does in a browser is tried in `tests/page/`.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::School;
use sha2::{Digest as _, Sha256};

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "support/bundle.rs"]
mod bundle;
mod common;

const END: &str = "</script></body></html>\n";

const PAGE: &str = "data/index.html";

/// The zip that a page carries.
fn carried(page: &[u8]) -> Vec<u8> {
    let constant = probity::page::constant();
    let data = page.strip_prefix(constant.as_bytes()).expect("the constant begins every page");
    let data = data.strip_suffix(END.as_bytes()).expect("nothing follows the data");
    STANDARD.decode(data).expect("the data is base64")
}

/// A bundle of everything, in `whole.zip`.
fn exported(school: &School) -> bundle::Parts {
    let path = school.path("whole.zip");
    school.ok(["export", "--all", "-o", &path.display().to_string()]);
    bundle::unpack(&path)
}

#[test]
fn the_page_carries_the_bundle_in_which_it_lies() {
    let school = School::begun();
    let plan = school.file("plan.txt", "A plan of the gates.\n");
    school.ok([
        "sign",
        &plan,
        "--by",
        common::HEAD,
        "--as",
        "headteacher",
        "--decision",
        "approved",
    ]);
    let outer = exported(&school);
    std::fs::write(school.path("inner.zip"), carried(&outer[PAGE])).expect("a file of the test");
    let inner = bundle::unpack(&school.path("inner.zip"));

    // The same files but the page and what lists it.
    let plain = |path: &str| path.starts_with("data/") && path != PAGE;
    let mut listed = 0;
    for (path, bytes) in outer.iter().filter(|(path, _)| plain(path)) {
        assert_eq!(inner.get(path), Some(bytes), "{path}");
        listed += 1;
    }
    assert_eq!(inner.keys().filter(|path| path.starts_with("data/")).count(), listed);
    assert!(outer.keys().any(|path| path.starts_with("data/documents/")), "a document is in it");
    let verdicts = ["whole.zip", "inner.zip"].map(|name| school.json(["verify", name]));
    for verdict in &verdicts {
        assert_eq!(verdict["verdict"], "intact");
        assert_eq!(verdict["absent_documents"], serde_json::json!([]));
    }
    assert_eq!(verdicts[0]["root"], verdicts[1]["root"]);
}

#[test]
fn the_empty_page_is_the_beginning_of_every_page_and_its_hash_is_told() {
    let school = School::begun();
    school.ok(["page", "-o", "check.html"]);
    let written = std::fs::read(school.path("check.html")).expect("the page");
    let printed = school.command(["page"]).output().expect("the program runs").stdout;
    assert!(printed == written, "standard output is the file");
    assert!(carried(&written).is_empty());
    let told = school.json(["page", "--sha256"]);
    let bytes = usize::try_from(told["bytes"].as_u64().expect("a number")).expect("fits");
    assert_eq!(told["sha256"], hex::encode(Sha256::digest(&written[..bytes])));

    let page = &exported(&school)[PAGE];
    assert!(page[..bytes] == written[..bytes], "the same beginning");

    let refusal = school.refused(["page", "-o", "check.html"]);
    assert!(refusal.error.contains("exists already"), "{refusal:?}");
}

#[test]
fn nothing_in_the_page_ends_a_script_early_or_reaches_out() {
    let page = probity::page::constant();
    for place in ["{{csp}}", "{{version}}", "{{style}}", "{{kinds}}", "{{verifier}}", "{{ui}}"] {
        assert!(!page.contains(place), "{place} was filled");
    }
    // The opening tags of the page's own scripts, and as many that close but the last, which
    // stands behind the data.
    let (opened, closed) = (page.matches("<script").count(), page.matches("</script").count());
    assert_eq!(opened, closed + 1);
    for word in ["http://", "https://", "<link", "import(", "eval(", "innerHTML", "document.write"]
    {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn the_tests_put_the_page_together_as_the_program_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder for the test");
    let out = folder.path().join("assembled.html");
    let status = Command::new("node")
        .arg(root.join("tests/page/assemble.mjs"))
        .arg(&out)
        .status()
        .expect("node runs: tests/run installs it");
    assert!(status.success());
    let assembled = std::fs::read(&out).expect("the page");
    assert!(assembled == probity::page::empty(), "src/page/mod.rs and order.json differ");
}

/// A program that is taken for a browser.
#[cfg(unix)]
fn browser(school: &School, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let path = school.file("browser", format!("#!/bin/sh\n{script}\n"));
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("a file of the test");
    path
}

/// The browser that is installed. As root it only runs without its sandbox.
#[cfg(unix)]
const REAL: &str = "exec chromium --no-sandbox \"$@\"";

#[cfg(unix)]
fn text_of(pdf: &Path) -> String {
    let out = Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output();
    let out = out.expect("pdftotext runs: tests/run installs it");
    String::from_utf8(out.stdout).expect("UTF-8")
}

/// What lies beside the test's home, in order.
#[cfg(unix)]
fn left_behind(school: &School) -> Vec<String> {
    let entries = std::fs::read_dir(school.path("")).expect("the test's folder");
    let names = entries.map(|entry| entry.expect("readable").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.into_string().expect("UTF-8"))
        // A browser keeps its own things in the person's folder.
        .filter(|name| !["home", "own"].contains(&&**name))
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn a_bundle_is_printed_once_it_has_checked_itself() {
    let school = School::begun();
    let report = ["--case", "new", "--aware", "2026-11-20 09:15", "--kind", "human-error"];
    let what = ["--what-happened", "A letter went to the wrong house; it came back unopened."];
    school.record(
        "breach-report",
        common::DPO,
        &[&report[..], &what, &["--people-count", "1"]].concat(),
    );
    let program = browser(&school, REAL);
    let told = school.json(["export", "--all", "-o", "all.zip", "--pdf", "--browser", &program]);
    assert_eq!(told["pdf"], "all.pdf");
    let text = text_of(&school.path("all.pdf"));
    for words in [
        "Exactly as signed",
        "It came back unopened",
        "Signature of record 13",
        "Page 2 of",
        &format!("checkpoint of {} entries", common::BEGUN + 1),
    ] {
        assert!(text.to_lowercase().contains(&words.to_lowercase()), "{words}\n{text}");
    }
    assert_eq!(left_behind(&school), ["all.pdf", "all.zip", "browser"]);
    std::fs::remove_file(school.path("all.zip")).expect("a file of the test");
    let refusal = school.refused(["export", "--all", "-o", "all.zip", "--pdf"]);
    assert!(refusal.error.contains("all.pdf exists already"), "{refusal:?}");
}

#[cfg(unix)]
#[test]
fn what_a_browser_did_not_print_is_not_kept() {
    let school = School::begun();
    let printed = "for word; do case $word in --print-to-pdf=*) out=${word#*=};; esac; done";
    for (number, script, error) in [
        (1, "exit 0".to_owned(), "printed nothing"),
        (2, "echo no display >&2; exit 1".to_owned(), "it said: no display"),
        (3, format!("{printed}\nprintf '%%PDF-1.7 half' > \"$out\""), "printed nothing"),
        (
            4,
            format!("{printed}\nprintf '%%PDF-1.7 checked: not genuine %%%%EOF' > \"$out\""),
            "doesn't say `checked: intact`",
        ),
    ] {
        let program = browser(&school, &script);
        let zip = format!("{number}.zip");
        let ran = school.run(["export", "--all", "-o", &zip, "--pdf", "--browser", &program]);
        assert_eq!(ran.status, 2, "{ran:#?}");
        assert!(ran.err.contains(error), "{ran:#?}");
        assert!(ran.err.contains("open data/index.html in any browser"), "{ran:#?}");
        assert!(school.path(&zip).exists(), "the bundle itself is written");
        assert!(
            !left_behind(&school).iter().any(|name| name.contains("pdf") || name.contains("print"))
        );
    }
    let nothing = school.path("no-browser").display().to_string();
    let ran = school.run(["export", "--all", "-o", "5.zip", "--pdf", "--browser", &nothing]);
    assert_eq!(ran.status, 2, "{ran:#?}");
    let mut without = school.command(["export", "--all", "-o", "6.zip", "--pdf"]);
    let out = without.env("PATH", "").env_remove("PROBITY_BROWSER").output().expect("it runs");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(2) && said.contains("no browser was found"), "{said}");
}
