//! Files, keys and homes that aren't what they should be.

use crate::common::files::pdf;
use crate::common::{DPO, HEAD, OFFICE, School, index, text};

fn sign(file: &str) -> [&str; 6] {
    ["sign", file, "--by", HEAD, "--decision", "approved"]
}

#[test]
fn a_file_that_is_not_there_empty_a_folder_or_given_twice_is_not_signed() {
    let school = School::begun();
    school.refused(sign("nowhere.pdf")).says("there is no file nowhere.pdf here", "");
    let empty = school.file("empty.pdf", "");
    school.refused(sign(&empty)).says("empty.pdf is empty", "name the file that you mean");
    let folder = school.home().display().to_string();
    school.refused(sign(&folder)).says("is not a file", "zip a folder");
    let (one, two) = (school.file("one.pdf", pdf("x")), school.file("two.pdf", pdf("x")));
    school
        .refused(["sign", &one, &two, "--by", HEAD, "--decision", "approved"])
        .says("`two.pdf` has the same bytes as another file", "each file once");
    school.refused(["sign", &one, "--by", HEAD]).says("has to say what is decided", "--decision");
    school
        .refused(["record", "ratification", "--by", HEAD, "--link", "ratifies=1", "--attach", &one])
        .says("takes no files", "`note`");
    school.refused(["verify", "--document", "nowhere.pdf"]).says("nowhere.pdf", "");
    school
        .refused([
            "sign",
            &one,
            "--by",
            HEAD,
            "--kind",
            "dpo-advice",
            "--recommendation",
            "proceed",
            "--decision",
            "approved",
        ])
        .says("a `dpo-advice` decides nothing", "--recommendation");
}

#[test]
fn a_wrong_passphrase_a_weak_one_or_none_is_refused() {
    let school = School::begun();
    let note = ["record", "note", "--by", OFFICE, "--text", "x"];
    school
        .refused_command(
            school.command(note).env("PROBITY_PASSPHRASE", "not the one at all, 1 Sir"),
        )
        .says("passphrase", "nobody can reset a passphrase");
    school
        .refused_command(school.command(note).env_remove("PROBITY_PASSPHRASE"))
        .says("a passphrase is needed and there is no terminal", "--passphrase-file");
    school.refused(note.into_iter().chain(["--passphrase-file", "nowhere"])).says("nowhere", "");
    for weak in ["short", "alllowercaseletters", "one two three", ""] {
        school
            .refused_command(
                school.command(["key", "new", "Ann Example"]).env("PROBITY_PASSPHRASE", weak),
            )
            .says("", "five or more words");
    }
    assert!(!school.home().join("keys/ann-example.pem").exists());
    let weak = school.file("weak", "short\n");
    school
        .refused(["key", "passphrase", HEAD, "--new-passphrase-file", &weak])
        .says("", "five or more words");
    school.ok(note);
}

#[test]
fn a_key_is_never_overwritten_and_a_name_is_one_persons() {
    let school = School::begun();
    let file = school.home().join("keys/hannah-price.pem");
    let before = std::fs::read(&file).expect("a key");
    school.refused(["key", "new", HEAD]).says("exists already", "nothing is overwritten");
    school
        .refused(["key", "new", "HANNAH  price"])
        .says("exists already", "nothing is overwritten");
    assert_eq!(std::fs::read(&file).expect("a key"), before);
    school.refused(["key", "new", "log"]).says("`log` can't name a key file", "the person's name");
    school.ok(["key", "new", "../../x"]);
    assert!(school.home().join("keys/x.pem").exists(), "a name is no way out of the folder");
    assert!(!school.path("x.pem").exists());
}

#[test]
fn a_book_is_begun_once_by_a_representative() {
    let school = School::begun();
    let init = |role: &'static str, more: &[&'static str]| {
        let mut line =
            vec!["init", "--school", "S", "--controller", "C", "--name", "New Head", "--as", role];
        line.extend(more);
        line
    };
    school.refused(init("headteacher", &[])).says("holds a record book already", "--home");
    assert!(!school.home().join("keys/new-head.pem").exists(), "no key is made for nothing");
    let empty = School::nothing();
    empty.refused(init("dpo", &[])).says("dpo does not act for the controller", "headteacher");
    empty.refused(init("wizard", &[])).says("`wizard` is no role", "appoint --help");
    empty
        .refused(init("headteacher", &["--origin", "Hill Side"]))
        .says("`Hill Side` is no origin", "lower-case");
    empty
        .refused(init(
            "headteacher",
            &["--second", "New Head", "--second-role", "chair-of-governors"],
        ))
        .says("have the same name", "two different people");
    let file = empty.file("first.json", "{\"colour\": \"red\"}");
    empty
        .refused(init("headteacher", &["--from-json"]).into_iter().map(str::to_owned).chain([file]))
        .says("no field `colour`", "probity kinds genesis");
    assert!(!empty.home().exists(), "nothing is left behind");
    for command in [
        vec!["log"],
        vec!["show", "1"],
        vec!["verify"],
        vec!["record", "note", "--by", HEAD, "--text", "x"],
        vec!["checkpoint"],
        vec!["export", "--all", "-o", "x.zip"],
    ] {
        empty.refused(command).says("there is no record book in", "probity init");
    }
}

#[test]
fn a_home_of_a_newer_program_is_left_alone() {
    let school = School::begun();
    let journal = school.home().join("ledger/journal");
    let good = school.journal();
    let mut newer = good.clone();
    newer[15] = b'2';
    std::fs::write(&journal, newer).expect("a journal");
    let note = ["record", "note", "--by", OFFICE, "--text", "x"];
    for line in [vec!["log"], vec!["verify"], vec!["checkpoint"], note.to_vec()] {
        school
            .refused(line)
            .says("found journal format 2, expected journal format 1", "newer version");
    }
    std::fs::write(&journal, good).expect("a journal");
    let config = school.home().join("config.toml");
    std::fs::write(&config, "layout = 2\nsomething-new = true\n").expect("settings");
    for line in [vec!["log"], vec!["verify"], note.to_vec()] {
        school.refused(line).says("is of layout 2, expected 1", "a newer probity wrote it");
    }
    std::fs::write(&config, "layout = 1\ncolour = \"red\"\n").expect("settings");
    school.refused(note).says("config.toml can't be read", "layout = 1");
    std::fs::write(&config, "layout = 1\n").expect("settings");
    school.ok(note);
}

#[test]
fn nothing_is_overwritten_by_an_export_a_checkpoint_or_a_saved_document() {
    let school = School::begun();
    let letter = school.file("letter.txt", "Dear all");
    school.refused(["export", "--all", "-o", &letter]).says("no name of a zip file", ".zip");
    let taken = school.file("taken.zip", "Dear all");
    school
        .refused(["export", "--all", "-o", &taken])
        .says("taken.zip exists already", "nothing is overwritten");
    let key = school.home().join("keys/hannah-price.pem").display().to_string();
    school.refused(sign(&key)).says("the record book's own folder", "for ever");
    let copy = school.file("copy.txt", std::fs::read(&key).expect("a key"));
    school.refused(sign(&copy)).says("this is a key file", "for ever");
    school.refused(["checkpoint", "-o", &letter]).says("letter.txt", "another name");
    school.ok(sign(&letter));
    let folder = school.path("").display().to_string();
    school
        .refused(["show", "13", "--save", &folder])
        .says("letter.txt exists already", "name another folder; nothing is overwritten");
    assert_eq!(std::fs::read(&letter).expect("the letter"), b"Dear all");
    school.refused(["export", "--all", "-o", "no/such/folder/x.zip"]).says("no/such/folder", "");
}

#[test]
fn what_is_no_bundle_can_not_be_checked() {
    let school = School::begun();
    let letter = school.file("letter.txt", "Dear all");
    school
        .refused(["verify", &letter])
        .says("is neither a zip file nor a folder", "evidence bundle");
    school.refused(["verify", "nowhere.zip"]).says("", "");
    std::fs::create_dir(school.path("empty")).expect("a folder");
    school.refused(["verify", "empty"]).says("no record book", "");
    school.refused(["verify", "99"]).says("there is no entry 99", "entry");
    school.refused(["verify", "abcdef0123"]).says("names no entry", "");
    let word = school.file("letter.docx", crate::common::files::docx("Dear all"));
    let ran = school.run(["verify", &word]);
    assert_eq!(ran.status, 1, "a zip that is no bundle is not genuine: {ran:#?}");
}

/// A link that leads nowhere is a file that somebody put there: it isn't replaced.
#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_not_replaced() {
    let school = School::begun();
    let link = school.path("out.note");
    std::os::unix::fs::symlink(school.path("nowhere"), &link).expect("a link");
    let line = ["checkpoint", "-o", link.to_str().expect("UTF-8")];
    school.refused(line).says("exists already", "choose another name");
    assert!(link.symlink_metadata().expect("it is there").is_symlink());
}

/// A slip in a number would end what falls due in another case, or answer somebody else's request.
#[test]
fn a_record_is_not_on_what_belongs_to_another_case() {
    let school = School::begun();
    let report = |received: &str| {
        let line = ["--case", "new", "--what-happened", "lost", "--aware", received];
        index(&school.record("breach-report", OFFICE, &line)["entry"])
    };
    let (first, other) = (report("2026-01-05 09:00"), report("2026-01-06 09:00"));
    let own = text(&school.show(first)["case"]);
    let there = text(&school.show(other)["case"]);
    assert_ne!(own, there);
    let belongs = format!("entry {other} belongs to {there}, and this goes into {own}");
    let on = |relation: &str| format!("{relation}={other}");
    for (kind, link) in [
        ("breach-report", on("corrects")),
        ("breach-decision", on("decides")),
        ("breach-told", on("about")),
        ("breach-measure", on("about")),
    ] {
        let line = ["record", kind, "--by", HEAD, "--as", "headteacher", "--case", &own];
        let more = match kind {
            "breach-decision" => &["--risk", "high", "--notify-regulator", "yes"][..],
            "breach-told" => &["--whom", "regulator", "--told-at", "2026-01-06 10:00"],
            "breach-measure" => &["--measure", "contain"],
            _ => &["--what-happened", "lost", "--aware", "2026-01-05 10:00"],
        };
        let line: Vec<&str> =
            line.iter().chain(more).chain(&["--link", link.as_str()]).copied().collect();
        school.refused(line).says(&belongs, "leave the case out");
    }
    let asked = |subject: &str| {
        let line = ["--case", "new", "--type", "subject-access", "--received", "2026-01-05"];
        let line = [&line[..], &["--subject", subject]].concat();
        index(&school.record("request", OFFICE, &line)["entry"])
    };
    let (mine, anothers) = (asked("p-11ab"), asked("p-22cd"));
    let case = text(&school.show(mine)["case"]);
    let answer = |case: &[&str], entry: u64| {
        let link = format!("answers={entry}");
        let line = ["record", "request-answer", "--by", HEAD, "--as", "headteacher", "--link"];
        let more = ["--answered", "2026-01-09", "--outcome", "granted", "--method", "paper"];
        let line = [&line[..], &[link.as_str()], &more, case].concat();
        line.into_iter().map(str::to_owned).collect::<Vec<String>>()
    };
    school
        .refused(answer(&["--case", &case], anothers))
        .says(&format!("entry {anothers} belongs to"), "leave the case out");
    school.refused(answer(&["--case", &case], first)).says(
        "\u{201c}Breach report\u{201d}, and a `request-answer` answers \u{201c}",
        "probity log",
    );
    // Without the case, it goes where the request is.
    school.ok(answer(&[], anothers));
    let due = school.ok(["due"]).out;
    assert!(due.contains(&case), "what nobody answered still falls due: {due}");
    // One letter that answers two requests stands in the case of one of them.
    let both = [asked("p-33ef"), asked("p-44ab")].map(|entry| format!("answers={entry}"));
    let mut line = answer(&[], anothers);
    line.truncate(line.iter().position(|part| part == "--link").expect("a link"));
    let more = ["--answered", "2026-01-09", "--outcome", "granted", "--method", "paper"];
    let links = ["--link", &both[0], "--link", &both[1]];
    school.ok(line.iter().map(String::as_str).chain(links).chain(more));
    let correct = format!("corrects={first}");
    let line =
        ["record", "breach-report", "--by", OFFICE, "--link", &correct, "--what-happened", "lost"];
    school.ok(line.iter().chain(&["--aware", "2026-01-05 10:00"]));
}

/// The program would sign another decision than the one that was typed.
#[test]
fn what_is_signed_elsewhere_is_not_changed_by_options() {
    let school = School::begun();
    for (place, words) in [("--detached", "the request"), ("--attach", "the statement")] {
        for said in [
            &["--decision", "refused"][..],
            &["--recommendation", "do-not-proceed"],
            &["--advice", "x"],
            &["--condition", "x"],
            &["--kind", "dpo-advice"],
            &["--case", "new"],
        ] {
            let line = ["sign", place, "ask.request", "--by", HEAD];
            school.refused(line.iter().chain(said)).says(
                &format!("what is signed stands in {words}, and {} can't change it", said[0]),
                "don't sign it",
            );
        }
    }
}

/// Arrow-up and Enter make two breaches of one, for good.
#[test]
fn whoever_says_the_same_twice_is_told_before_signing() {
    let school = School::begun();
    let line =
        ["record", "breach-report", "--by", OFFICE, "--case", "new", "--what-happened", "lost"];
    let dry = |aware: &str| school.ok(line.iter().chain(&["--aware", aware, "--dry-run"])).out;
    assert!(!dry("2026-01-05 09:00").contains("SAID ALREADY"));
    let entry = school.json(line.iter().chain(&["--aware", "2026-01-05 09:00"]))["entry"].clone();
    let said = dry("2026-01-05 09:00");
    assert!(said.contains(&format!("SAID ALREADY: entry {entry} in breach-")), "{said}");
    assert!(!dry("2026-01-05 09:01").contains("SAID ALREADY"), "another moment is another one");
}

/// A correction in words leaves a wrong day to count.
#[test]
fn whoever_corrects_in_words_is_told_what_makes_other_days_count() {
    let school = School::begun();
    let line = ["--case", "new", "--what-happened", "lost", "--aware", "2026-01-05 09:00"];
    let entry = index(&school.record("breach-report", OFFICE, &line)["entry"]);
    let link = format!("corrects={entry}");
    let words =
        ["record", "correction", "--by", OFFICE, "--link", &link, "--what-changed", "aware"];
    let said = school.ok(words.iter().chain(&["--dry-run"])).out;
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("`probity record breach-report --link {link}`")), "{said}");
}

/// The approval of one DPIA would refuse another one.
#[test]
fn a_signature_is_not_on_the_dpia_of_another_case() {
    let school = School::begun();
    let dpia = |name: &str| {
        let file = school.file(name, pdf(name));
        let line = ["--case", "new", "--initiative", name, "--attach", &file];
        index(&school.record("dpia", OFFICE, &line)["entry"])
    };
    let (own, other) = (dpia("own.pdf"), dpia("other.pdf"));
    let case = text(&school.show(own)["case"]);
    let (approves, advises) = (format!("approves={other}"), format!("advises={other}"));
    let approve =
        ["record", "dpia-approval", "--by", HEAD, "--decision", "refused", "--case", &case];
    let advise = ["record", "dpo-advice", "--by", DPO, "--recommendation", "proceed"];
    let advise = [&advise[..], &["--advice", "x", "--case", &case]].concat();
    for (line, link) in [(&approve[..], &approves), (&advise, &advises)] {
        school
            .refused(line.iter().chain(&["--link", link.as_str()]))
            .says(&format!("entry {other} belongs to"), "leave the case out");
    }
}

/// A link that was forgotten is put right by recording the same once more, in the case.
#[test]
fn what_belongs_to_no_case_is_corrected_into_one() {
    let school = School::begun();
    let line = ["--case", "new", "--what-happened", "lost", "--aware", "2026-01-05 09:00"];
    let report = index(&school.record("breach-report", OFFICE, &line)["entry"]);
    let case = text(&school.show(report)["case"]);
    let note = index(&school.record("note", OFFICE, &["--text", "on the breach"])["entry"]);
    let (corrects, about) = (format!("corrects={note}"), format!("about={report}"));
    let line = ["--text", "on the breach", "--link", &about, "--link", &corrects];
    let corrected = school.record("note", OFFICE, &line);
    assert_eq!(text(&corrected["case"]), case);
    // And what is corrected says before other links where it belongs.
    let other = ["--case", "new", "--what-happened", "lost", "--aware", "2026-01-06 09:00"];
    let other = index(&school.record("breach-report", OFFICE, &other)["entry"]);
    let (corrects, about) = (format!("corrects={}", corrected["entry"]), format!("about={other}"));
    let line = ["--text", "on the first", "--link", &about, "--link", &corrects];
    assert_eq!(text(&school.record("note", OFFICE, &line)["case"]), case);
}

/// The answer that is corrected says which request it answers, not the newest one of the case.
#[test]
fn what_takes_an_answers_place_answers_the_same_request() {
    let school = School::begun();
    let line = ["--type", "rectification", "--received", "2026-01-05", "--subject", "p-11ab"];
    let first = school.record("request", OFFICE, &[&line[..], &["--case", "new"]].concat());
    let case = text(&first["case"]);
    let answered = |more: &[&str]| {
        let line = ["--answered", "2026-01-09", "--outcome", "granted", "--method", "paper"];
        let line = [&line[..], &["--as", "headteacher", "--case", &case], more].concat();
        index(&school.record("request-answer", HEAD, &line)["entry"])
    };
    let answer = answered(&[]);
    let second = ["--type", "portability", "--received", "2026-01-12", "--subject", "p-11ab"];
    school.record("request", OFFICE, &[&second[..], &["--case", &case]].concat());
    let again = answered(&["--link", &format!("corrects={answer}")]);
    let links = school.show(again)["links"].as_array().expect("links").clone();
    let on: Vec<u64> = links.iter().map(|link| index(&link["entry"])).collect();
    assert!(on.contains(&index(&first["entry"])) && on.len() == 2, "{links:#?}");
}
