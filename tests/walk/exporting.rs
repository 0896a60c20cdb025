//! Evidence bundles: what goes along, what stays behind, and that both can be checked.

use std::collections::BTreeMap;
use std::io::{Read, Seek, Write as _};
use std::path::Path;

use base64::Engine as _;
use serde_json::{Value as Json, json};

use crate::common::files::pdf;
use crate::common::{CHAIR, DPO, HEAD, OFFICE, School, day, index, text, year};

/// Two consents, a breach with its decision, and a note with a file: entries 13 to 18.
fn busy() -> School {
    let school = School::begun();
    for subject in ["p-1111", "p-2222"] {
        school.record(
            "consent",
            OFFICE,
            &["--case", "new", "--subject", subject, "--purposes", "purpose=press; decision=given"],
        );
    }
    let aware = (crate::common::now() - 7200).to_string();
    school.record(
        "breach-report",
        OFFICE,
        &["--case", "new", "--aware", &aware, "--what-happened", "a laptop left on the bus"],
    );
    let case = format!("breach-{}-001", year());
    school.record(
        "breach-decision",
        HEAD,
        &[
            "--case",
            &case,
            "--risk",
            "unlikely",
            "--notify-regulator",
            "no",
            "--justification",
            "encrypted disk",
            "--advice-taken",
            "privileged words",
        ],
    );
    let file = school.file("inventory.pdf", pdf("Inventory"));
    school.record(
        "note",
        OFFICE,
        &["--case", &case, "--text", "Inventory attached", "--attach", &file],
    );
    school.record("note", CHAIR, &["--text", "unrelated"]);
    school
}

/// The files of a bundle, without the top folder.
pub fn files(bundle: &str) -> BTreeMap<String, Vec<u8>> {
    unzip(std::fs::File::open(bundle).expect("a bundle"))
}

fn unzip(zip: impl Read + Seek) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(zip).expect("a zip");
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut member = zip.by_index(at).expect("a member");
        let name =
            member.name().expect("a name").split_once('/').expect("a top folder").1.to_owned();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("its bytes");
        files.insert(name, bytes);
    }
    files
}

/// What the page in a bundle carries: the same once more.
fn carried(page: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let page = std::str::from_utf8(page).expect("a page");
    let (_, data) = page.rsplit_once("id=\"bundle\">").expect("the data block");
    let (data, _) = data.split_once("</script>").expect("its end");
    let zip = base64::engine::general_purpose::STANDARD.decode(data.trim()).expect("base64");
    unzip(std::io::Cursor::new(zip))
}

pub fn entries(bundle: &str) -> Vec<u64> {
    let number =
        |path: &String| path.strip_prefix("data/entries/")?.strip_suffix(".cose")?.parse().ok();
    files(bundle).keys().filter_map(number).collect()
}

/// Whether these words stand anywhere in a bundle, or in what its page carries. What every page
/// says by itself is no part of it.
pub fn holds(bundle: &str, words: &str) -> bool {
    let within = |files: &BTreeMap<String, Vec<u8>>| {
        files.values().any(|bytes| bytes.windows(words.len()).any(|part| part == words.as_bytes()))
    };
    let mut files = files(bundle);
    let page = files.remove("data/index.html").expect("every bundle has its page");
    let carried = carried(&page);
    assert!(carried.contains_key("data/checkpoint"), "the page carries the bundle");
    within(&files) || within(&carried)
}

fn export(school: &School, name: &str, choice: &[&str]) -> (String, Json) {
    let bundle = school.path(name).display().to_string();
    let mut line = vec!["export", "-o", &bundle];
    line.extend(choice);
    let done = school.json(line);
    assert_eq!(done["verdict"]["verdict"], "intact");
    let (status, verdict) =
        school.verify([bundle.as_str(), "--fingerprint", school.fingerprint.as_str()]);
    assert_eq!((status, &verdict["verdict"]), (0, &"intact".into()), "{verdict:#}");
    assert_eq!(verdict["absent_documents"], json!([]));
    (bundle, done)
}

#[test]
fn a_bundle_holds_what_was_chosen_and_of_the_rest_no_answers() {
    let school = busy();
    let case = format!("breach-{}-001", year());
    let (all, done) = export(&school, "all.zip", &["--all"]);
    assert_eq!(
        (index(&done["entries"]), index(&done["chosen"]), index(&done["documents"])),
        (19, 19, 1)
    );
    for words in ["p-1111", "a laptop left on the bus", "privileged words", "unrelated"] {
        assert!(holds(&all, words), "{words}");
    }
    let (whole, done) = export(&school, "case.zip", &["--case", &case]);
    assert_eq!((index(&done["chosen"]), index(&done["documents"])), (3, 1));
    assert!(
        holds(&whole, "a laptop left on the bus")
            && !holds(&whole, "p-1111")
            && !holds(&whole, "unrelated")
    );
    let (_, verdict) = school.verify([&whole]);
    let report =
        verdict["cases"].as_array().expect("cases").iter().find(|one| one["case"] == case.as_str());
    assert_eq!(report.expect("the case")["whole"], true);
    // The signers' names go along, so that a reader knows who signed.
    assert!(holds(&whole, HEAD));

    let (kinds, done) =
        export(&school, "kinds.zip", &["--kind", "consent", "--kind", "breach-report"]);
    assert_eq!(index(&done["chosen"]), 3);
    assert!(holds(&kinds, "p-2222") && !holds(&kinds, "privileged words"));

    // One entry alone, and several by every way of naming them.
    let (one, done) = export(&school, "one.zip", &["--entry", "16"]);
    assert_eq!(index(&done["chosen"]), 1);
    assert!(holds(&one, "privileged words") && !holds(&one, "a laptop left on the bus"));
    let found = entries(&one);
    assert!(
        found.contains(&15) && found.contains(&18) && !found.contains(&13) && !found.contains(&17),
        "{found:?}"
    );
    let hash = text(&school.show(14)["hash"]);
    let (_, done) =
        export(&school, "three.zip", &["--entry", "13", &hash[..12], &format!("{case}/note")]);
    assert_eq!(index(&done["chosen"]), 3);

    // A span of days, alone and with a kind.
    let (today, tomorrow) = (day(0), day(1));
    let (_, done) = export(&school, "today.zip", &["--since", &today, "--until", &today]);
    assert_eq!(index(&done["chosen"]), 19);
    let (_, done) = export(&school, "span.zip", &["--since", &today, "--kind", "note"]);
    assert_eq!(index(&done["chosen"]), 2);
    let none = |choice: &[&str], fact: &str| {
        let mut line = vec!["export", "-o", "none.zip"];
        line.extend(choice);
        school.refused(line).says(fact, "");
        assert!(!school.path("none.zip").exists());
    };
    none(&["--since", &tomorrow], "no entry is of that choice");
    none(&[], "nothing is chosen");
    none(&["--case", "breach-1999-001"], "there is no case breach-1999-001");
    none(&["--kind", "breech"], "no kind");
    none(&["--entry", "99"], "there is no entry 99");
}

#[test]
fn a_withheld_answer_is_nowhere_in_the_bundle_and_its_place_stays_sealed() {
    let school = busy();
    let case = format!("breach-{}-001", year());
    let (bundle, _) = export(
        &school,
        "withheld.zip",
        &["--case", &case, "--withhold", "advice-taken", "what-happened"],
    );
    assert!(!holds(&bundle, "privileged words") && !holds(&bundle, "a laptop left on the bus"));
    assert!(holds(&bundle, "encrypted disk"));
    let (status, verdict) = school.verify([&bundle]);
    let of = |verdict: &Json, entry: u64| {
        let all = verdict["withheld"].as_array().expect("a list");
        all.iter().find(|one| one["entry"] == entry).map(|one| one["fields"].clone())
    };
    assert_eq!(
        (status, of(&verdict, 15), of(&verdict, 16)),
        (0, Some(json!(["what-happened"])), Some(json!(["advice-taken"])))
    );
    let said = school.ok(["verify", &bundle]).out;
    assert!(
        said.contains("Left out of this copy") && said.contains("record 16 (advice-taken)"),
        "{said}"
    );
    let schedule = String::from_utf8(files(&bundle)["data/schedule.csv"].clone()).expect("text");
    assert!(schedule.contains("advice-taken,withheld by the sender,"), "{schedule}");

    // In one entry only, and a document with its name.
    let (bundle, done) =
        export(&school, "two.zip", &["--kind", "consent", "--withhold", "13:subject"]);
    assert!(!holds(&bundle, "p-1111") && holds(&bundle, "p-2222"));
    assert_eq!(index(&done["documents"]), 0);
    let (bundle, done) = export(&school, "file.zip", &["--entry", "17", "--withhold", "documents"]);
    assert_eq!(index(&done["documents"]), 0);
    assert!(!holds(&bundle, "inventory.pdf"));
    let (bundle, _) = export(&school, "names.zip", &["--entry", "17", "--withhold", "name"]);
    assert!(
        !holds(&bundle, DPO) && !holds(&bundle, HEAD) && !holds(&bundle, OFFICE),
        "no name of anybody"
    );
    school
        .refused(["export", "--all", "--withhold", "advise", "-o", "x.zip"])
        .says("no kind of record has a field `advise`", "probity kinds");
    school
        .refused(["export", "--all", "--withhold", "18:subject", "-o", "x.zip"])
        .says("entry 18 has no field `subject`", "probity show 18");
    // A field that is none of these entries' would go along in the one that was meant.
    school
        .refused(["export", "--entry", "17", "--withhold", "advice-taken", "-o", "x.zip"])
        .says("none of the chosen entries has a field `advice-taken`", "probity show ENTRY");
    school
        .refused(["export", "--entry", "17", "--withhold", "13:subject", "--dry-run"])
        .says("`subject` of entry 13 would not go along anyway", "--dry-run");
    assert!(!school.path("x.zip").exists());
}

#[test]
fn a_bundle_is_checked_unpacked_too_and_no_byte_of_it_can_be_changed_unseen() {
    let school = busy();
    let (bundle, _) = export(&school, "case.zip", &["--case", &format!("breach-{}-001", year())]);
    let files = files(&bundle);
    let folder = school.path("unpacked");
    for (path, bytes) in &files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    let named = folder.display().to_string();
    let (status, verdict) = school.verify([named.as_str(), "--fingerprint", &school.fingerprint]);
    assert_eq!((status, &verdict["subject"]), (0, &"bundle".into()));
    for (path, bytes) in &files {
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 0x01;
        std::fs::write(folder.join(path), changed).expect("a file");
        let (status, verdict) = school.verify([&named]);
        assert_eq!((status, &verdict["verdict"]), (1, &"not-genuine".into()), "{path}");
        std::fs::write(folder.join(path), bytes).expect("a file");
    }
    // As a zip, with one file left out or added.
    let zipped = school.path("zipped.zip");
    let again = |leave: &str, add: &str| {
        zip(&zipped, &files, leave, add);
        school.verify([zipped.display().to_string()]).0
    };
    assert_eq!(again("", ""), 0);
    assert_eq!(again("data/bodies/00000016.cbor", ""), 1);
    assert_eq!(again("data/proofs/00000016.tlog-proof", ""), 1);
    assert_eq!(again("", "data/extra.txt"), 1);
    school
        .refused(["export", "--all", "-o", &bundle])
        .says("exists already", "choose another name");
}

/// Every entry goes along as a transparent statement too, where the log can sign receipts.
#[test]
fn transparent_statements() {
    let school = busy();
    let (bundle, done) = export(&school, "all.zip", &["--all"]);
    assert_eq!(index(&done["transparent"]), 19);
    let paths: Vec<String> = files(&bundle).into_keys().collect();
    let below = |folder: &str| paths.iter().filter(|path| path.starts_with(folder)).count();
    assert_eq!(below("data/transparent/"), below("data/entries/"));
    let (_, done) = export(&school, "one.zip", &["--entry", "16"]);
    assert_eq!(done["transparent"], done["entries"]);
    // The checkpoint was given out already; only receipts need the key.
    std::fs::remove_file(school.home().join("keys/log.pem")).expect("the log's key");
    let (bundle, done) = export(&school, "without.zip", &["--all"]);
    assert_eq!(done["transparent"], 0);
    assert!(!files(&bundle).keys().any(|path| path.starts_with("data/transparent/")));
    let said =
        school.ok(["export", "--all", "-o", &school.path("again.zip").display().to_string()]);
    assert!(said.err.contains("no transparent statements"), "{}", said.err);
}

/// The whole ledger for a web server: an option of its own, which goes with no choice.
#[test]
fn tiles() {
    let school = busy();
    let folder = school.path("tiles").display().to_string();
    let done = school.json(["export", "--tiles", &folder]);
    let head = (index(&done["size"]), index(&done["tiles"]), &done["folder"]);
    assert_eq!(head, (19, 2, &folder.as_str().into()));
    for path in ["checkpoint", "policy.txt", "tile/0/000.p/19", "tile/entries/000.p/19"] {
        assert!(Path::new(&folder).join(path).is_file(), "{path}");
    }
    let checkpoint = std::fs::read_to_string(Path::new(&folder).join("checkpoint")).expect("text");
    let root = checkpoint.lines().nth(2).expect("three lines");
    let hex = done["root"].as_str().expect("a root");
    let decoded = base64::engine::general_purpose::STANDARD.decode(root).expect("base64");
    assert_eq!(hex::encode(decoded), hex);
    school.refused(["export", "--tiles", &folder]).says("exists already", "choose another name");
    let other = school.path("other").display().to_string();
    let said = school.ok(["export", "--tiles", &other]);
    assert!(said.out.contains("19 entries in 2 files"), "{}", said.out);
    // What others will see is told whole before the folder goes on a server.
    for words in
        ["no sealed answers", "no documents", "what was decided", "which keys were appointed"]
    {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    for more in
        [["--all", "--quiet"], ["-o", "x.zip"], ["--for", "regulator"], ["--dry-run", "--quiet"]]
    {
        let mut line = vec!["export", "--tiles", "third"];
        line.extend(more);
        school.refused(line).says("cannot be used with", "probity export --help");
    }
}

fn zip(path: &Path, files: &BTreeMap<String, Vec<u8>>, leave: &str, add: &str) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).expect("a file"));
    let mut put = |name: &str, bytes: &[u8]| {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("evidence/{name}"), options).expect("a member");
        zip.write_all(bytes).expect("its bytes");
    };
    for (name, bytes) in files.iter().filter(|(name, _)| *name != leave) {
        put(name, bytes);
    }
    if !add.is_empty() {
        put(add, b"more");
    }
    zip.finish().expect("a zip");
}
