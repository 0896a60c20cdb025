//! Several witnesses, of whom a reader trusts some together; and which of their words is anchored.

use probity_keys::SigningKey;
use probity_ledger::format::cosignature::{WitnessKey, cosign};
use probity_ledger::format::note::Checkpoint;
use serde_json::json;

use crate::common::{BEGUN, HEAD, OFFICE, School, text};

const NAMES: [&str; 2] = ["dale.example/witness", "vale.example/witness"];

fn key(which: usize) -> SigningKey {
    SigningKey::from_seed([61 + u8::try_from(which).expect("one of two"); 32])
}

fn vkey(which: usize) -> WitnessKey {
    WitnessKey::new(NAMES[which], key(which).public()).expect("a name")
}

/// A policy of both, with what is to be enough.
fn policy(quorum: &str) -> String {
    format!(
        "witness dale {}\nwitness vale {}\ngroup both all dale vale\nquorum {quorum}\n",
        vkey(0),
        vkey(1)
    )
}

/// A school whose heads were cosigned by one of the two, or both: the first two by Dale, the third by
/// both, the fourth by Dale, the fifth by Vale.
fn cosigned() -> School {
    let school = School::begun();
    std::fs::write(school.home().join("policy.txt"), policy("none")).expect("written");
    let times = school.home().join("ledger/times");
    std::fs::create_dir_all(&times).expect("a folder");
    for (number, by) in (0_u64..).zip([&[0][..], &[0], &[0, 1], &[0], &[1]]) {
        school.record("note", OFFICE, &["--text", "one more"]);
        let size = BEGUN + 1 + number;
        let kept = std::fs::read(school.home().join("ledger/checkpoint")).expect("a checkpoint");
        let head = Checkpoint::parse(&kept).expect("a checkpoint");
        assert_eq!(head.size.0, size);
        let mut note = kept.clone();
        for which in by {
            let time = 1_795_269_720 + 60 * number;
            let line = cosign(head.text(), time, NAMES[*which], &key(*which));
            note.extend(line.expect("a line").into_bytes());
        }
        std::fs::write(times.join(format!("{size}.1.note")), note).expect("written");
    }
    school
}

/// A reader who trusts the two only together gets the head that both signed, whatever the school
/// itself holds enough; and whoever trusts one of them gets that one's first word.
#[test]
fn a_bundle_holds_what_those_need_who_trust_several_together() {
    let school = cosigned();
    let both = school.file("both.txt", policy("both"));
    let bundle = school.path("part.zip").display().to_string();
    school.ok(["export", "--entry", &BEGUN.to_string(), "-o", &bundle]);
    let below = json!(BEGUN + 3);
    for subject in [&["--policy", both.as_str()][..], &[&bundle, "--policy", &both]] {
        let (status, verdict) = school.verify(subject);
        assert_eq!((status, &verdict["existed_by"][0]["below"]), (0, &below), "{verdict:#}");
    }
    for (quorum, first) in [("dale", BEGUN + 1), ("vale", BEGUN + 3)] {
        let one = school.file("one.txt", policy(quorum));
        let (_, verdict) = school.verify([&bundle, "--policy", &one]);
        assert_eq!(verdict["existed_by"][0]["below"], json!(first), "{quorum}: {verdict:#}");
    }
    // What says less than another is not carried.
    let (_, verdict) = school.verify([&bundle, "--policy", &both]);
    let files = verdict["outside"].to_string();
    assert!(!files.contains(&format!("times/{}.1.note", BEGUN + 2)), "{files}");
}

/// Those whom the reader trusts and who signed are named, though they aren't enough.
#[test]
fn too_few_of_those_whom_the_reader_trusts_are_named_and_not_denied() {
    let school = cosigned();
    let third = WitnessKey::new("hill.example/witness", SigningKey::from_seed([77; 32]).public());
    let third = third.expect("a name");
    let line = format!("witness hill {third}\ngroup both all dale vale hill");
    let three = policy("both").replace("group both all dale vale", &line);
    let three = school.file("three.txt", three);
    let (status, verdict) = school.verify(["--policy", &three]);
    assert_eq!(status, 0, "{verdict:#}");
    let all = |voice: &str| {
        let lines = verdict[voice].as_array().expect("sentences");
        lines.iter().map(text).collect::<Vec<_>>().join("\n")
    };
    let (head, inspector) = (all("head"), all("inspector"));
    let told = format!("It is signed by “{}”, whom you trust, and at no point were", NAMES[1]);
    assert!(head.contains(&told), "{head}");
    assert!(!head.contains("Nobody outside has confirmed"), "{head}");
    assert!(
        inspector.contains("fewer of them over one head than your list asks for: "),
        "{inspector}"
    );
    assert!(
        inspector.contains(NAMES[1]) && !inspector.contains("Outside evidence: ."),
        "{inspector}"
    );
}

/// A line of the reader's list that can't count is told: that witness would be missed for ever.
#[test]
fn a_line_of_the_list_that_cannot_be_used_is_named() {
    let school = cosigned();
    let vkey = vkey(1).to_string();
    let other = vkey.replacen('+', "x+", 1);
    let list = school.file("list.txt", policy("none").replace(&vkey, &other));
    let ran = school.run(["verify", "--policy", &list]);
    assert!(
        ran.err.contains("line 2 of ") && ran.err.contains("a key that can't be used"),
        "{ran:#?}"
    );
}

/// A list that can be read once only is read once.
#[cfg(unix)]
#[test]
fn a_list_from_a_pipe_is_looked_through_as_any_other() {
    use std::io::Write as _;
    let school = cosigned();
    let vkey = vkey(1).to_string();
    let list = policy("none").replace(&vkey, &vkey.replacen('+', "x+", 1));
    let mut command = school.command(["verify", "--policy", "/dev/stdin"]);
    command.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    command.stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let mut to = child.stdin.take().expect("its input");
    to.write_all(list.as_bytes()).expect("written");
    drop(to);
    let ran = child.wait_with_output().expect("it ends");
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(err.contains("line 2 of /dev/stdin names a key that can't be used"), "{err}");
}

/// Evidence by a witness that is used no more can't be anchored, so nobody is asked to.
#[test]
fn evidence_by_nobody_whom_the_school_names_is_not_due() {
    let school = cosigned();
    assert!(school.ok(["due"]).out.contains("evidence from outside is there"));
    std::fs::write(school.home().join("policy.txt"), "quorum none\n").expect("written");
    assert!(!school.ok(["due"]).out.contains("Anchor due"));
    let anchor = ["anchor", "--by", HEAD, "--as", "headteacher", "--yes"];
    school.refused(anchor).says("by a witness in policy.txt", "get some first");
    std::fs::remove_dir_all(school.home().join("ledger/times")).expect("removed");
    school.refused(anchor).says("there is no evidence from outside yet", "get some first");
}

/// Of each source only its newest word is anchored: an older one would show less.
#[test]
fn old_evidence_is_not_anchored_after_newer() {
    let school = cosigned();
    let anchor = ["anchor", "--by", HEAD, "--as", "headteacher", "--yes"];
    let times = school.home().join("ledger/times");
    // What says nothing doesn't count, though it is the newest file.
    std::fs::write(times.join(format!("{}.9.tsr", BEGUN + 5)), "garbage").expect("written");
    for size in [BEGUN + 5, BEGUN + 4] {
        school.ok(anchor);
        let anchors = school.log(&["--kind", "anchor"]);
        let view = school.show(anchors.last().expect("one"));
        assert!(view["clear"].to_string().contains(&size.to_string()), "{view:#}");
    }
    school.refused(anchor).says("none is newer than what is anchored", "get some first");
}

/// A list as an editor on Windows saves it is the same list: the reader's own, and the school's.
#[test]
fn a_list_is_read_as_any_editor_saves_it() {
    let school = cosigned();
    let saved = format!("\u{feff}{}", policy("none").replace('\n', "\r\n"));
    let list = school.file("list.txt", &saved);
    let (status, verdict) = school.verify(["--policy", &list]);
    assert_eq!(status, 0, "{verdict:#}");
    assert!(!verdict["existed_by"].as_array().expect("a list").is_empty(), "{verdict:#}");
    std::fs::write(school.home().join("policy.txt"), &saved).expect("written");
    let (_, verdict) = school.verify([""; 0]);
    let outside = verdict["outside"].as_array().expect("a list");
    assert!(outside.iter().any(|one| one["state"] == "claimed"), "{verdict:#}");
    let bundle = school.path("all.zip").display().to_string();
    school.ok(["export", "--all", "-o", &bundle]);
}
