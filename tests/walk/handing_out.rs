//! What a person gets who asks for their own data: what names them, and nothing of others.

use serde_json::{Value as Json, json};

use super::exporting::{entries, holds};
use super::handed::{Busy, LONGER, OTHER, THEM, case, disclosed, row, schedule, withheld};
use crate::common::{CHAIR, DPO, HEAD, OFFICE, day, index};

#[test]
fn a_person_gets_what_names_them_and_what_follows_and_nothing_tells_of_the_rest() {
    let busy = Busy::begun().and_others();
    let (bundle, summary) = busy.hand_out("copy.zip", &["--for", "subject:p-1111"]);
    assert_eq!(
        disclosed(&bundle),
        busy.at(&[
            "consent",
            "withdrawal",
            "removal",
            "request",
            "told",
            "training",
            "shared",
            "complaint",
            "step",
            "camera",
            "camera-outside"
        ])
    );
    // Of what stays out neither the entry is there, nor a word of it anywhere.
    let hidden = busy.at(&[
        "longer",
        "other",
        "searched",
        "answer",
        "corrected-answer",
        "protection",
        "note",
    ]);
    let found = entries(&bundle);
    for entry in &hidden {
        assert!(!found.contains(entry), "entry {entry} of {found:?}");
        assert!(schedule(&bundle).iter().all(|row| row[1] != entry.to_string()));
    }
    for words in [
        LONGER,
        OTHER,
        "Q-7777",
        "safeguarding",
        "counsellor",
        "kept back",
        "Children's Services",
        "known to us",
        "Gareth",
        "attendance.pdf",
        "governors met",
        "serious-harm",
    ] {
        assert!(!holds(&bundle, words), "{words}");
    }
    assert!(holds(&bundle, THEM) && holds(&bundle, "everything since September"));
    // Those who act for the school stay named; so does the person's own letter.
    assert!(holds(&bundle, DPO) && holds(&bundle, HEAD) && holds(&bundle, "letter.pdf"));

    // The sender hears of it all.
    let left = summary["left_out"].as_array().expect("a list");
    let left: Vec<u64> = left.iter().map(|out| index(&out["entry"])).collect();
    assert_eq!(left, busy.at(&["searched", "answer", "corrected-answer", "protection", "note"]));
    let said = busy.school.ok(["export", "--for", "subject:P-1111", "--dry-run"]);
    for words in [
        "who asked was not told of this step",
        "an answer to a request may tell what is withheld",
        "it rests on an entry that stays out",
        "it tells of a child protection file: ask the safeguarding lead",
        "nothing in it says that it is about this person",
        "Nothing was written",
    ] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    assert!(said.out.contains("WHY WITHHELD"), "{}", said.out);
}

#[test]
fn fields_that_name_others_are_withheld_whole_and_the_schedule_says_why() {
    let busy = Busy::begun().and_others();
    let (bundle, summary) = busy.hand_out("copy.zip", &["--for", "subject:p-1111"]);
    let of = |name| withheld(&bundle, busy.places[name]);
    assert_eq!(
        of("training"),
        "attendees, documents | attendees: names others beside the person: to be answered by \
         letter; documents: may tell of others whom this entry names"
    );
    assert_eq!(of("complaint"), "about | another person's reference stands in the text");
    assert_eq!(of("camera"), " | ");
    assert_eq!(
        of("camera-outside"),
        "passed-to | names somebody who isn't appointed in this record book"
    );
    assert_eq!(of("consent"), "withhold-by-default | not told, whatever it says");
    // What a school reads before it hands the copy out.
    let look = |name: &str| -> Json {
        let all = summary["look"].as_array().expect("a list");
        let entry = busy.places[name];
        all.iter()
            .find(|look| look["entry"] == entry)
            .map_or(Json::Null, |look| look["fields"].clone())
    };
    assert_eq!(look("step"), json!([{ "field": "detail", "what": "free text" }]));
    assert_eq!(look("complaint"), json!([{ "field": "documents", "what": "file" }]));
    assert_eq!(look("withdrawal"), json!([{ "field": "places", "what": "line of text" }]));
    assert_eq!(look("told"), Json::Null);
    let said = busy.school.ok(["export", "--for", "subject:p-1111", "--dry-run"]).err;
    assert!(said.contains("(Complaint): documents (file)"), "{said}");

    // Whether a pupil's photos are withheld by default shows neither when it was said nor when not.
    let other = busy.hand_out("other.zip", &["--for", "subject:q-7777"]).0;
    assert_eq!(
        withheld(&other, busy.places["other"]),
        "withhold-by-default | not told, whatever it says"
    );
    assert!(!holds(&other, THEM));
}

#[test]
fn how_many_steps_stay_out_can_not_be_told_from_the_copy() {
    let mut busy = Busy::begun();
    busy.school.record("note", CHAIR, &["--text", "one"]);
    let before = busy.hand_out("before.zip", &["--for", "subject:p-1111"]).0;
    for name in ["second", "third", "fourth"] {
        busy.untold(name, "another drawer was looked through");
    }
    busy.school.record("note", CHAIR, &["--text", "two"]);
    let after = busy.hand_out("after.zip", &["--for", "subject:p-1111"]).0;
    // All but the newest entry's number is the same, line by line.
    let (mut before, mut after) = (schedule(&before), schedule(&after));
    let (newest, newer) = (before.pop().expect("a row"), after.pop().expect("a row"));
    assert_eq!(before, after);
    assert_eq!((&newest[0], &newest[2..]), (&newer[0], &newer[2..]));
}

#[test]
fn a_copy_is_refused_while_the_newest_entry_would_tell_of_what_stays_out() {
    let mut busy = Busy::begun();
    let export = ["export", "--for", "subject:p-1111", "-o", "copy.zip"];
    let tells = |busy: &Busy, name: &str| {
        let newest = format!("entry {} stays out of this copy", busy.places[name]);
        busy.school.refused(export).says(&newest, "record anything else first");
        assert!(!busy.school.path("copy.zip").exists());
    };
    tells(&busy, "corrected-answer");
    busy.untold("searched-again", "twice");
    tells(&busy, "searched-again");
    // Of another case, and of none: what merely links to the person's records tells, too.
    let elsewhere = format!("case {}\nwhat look into it\n", case("consent", 3));
    let action = elsewhere + &busy.link("about", "consent");
    busy.record("linked", "action", HEAD, &action);
    tells(&busy, "linked");
    // Another pupil's consent says nothing about this one.
    let next = "case new\nsubject r-3333\npurposes purpose=press; decision=given";
    busy.record("next", "consent", OFFICE, next);
    let bundle = busy.hand_out("copy.zip", &["--for", "subject:p-1111"]).0;
    assert_eq!(row(&bundle, busy.places["next"])[6], "entry");
    assert!(!holds(&bundle, "r-3333"));
}

#[test]
fn in_a_case_of_several_people_only_links_tell_who_a_step_is_about() {
    let mut busy = Busy::nothing();
    let given = "purposes purpose=press; decision=given";
    let of = format!("case {}", case("consent", 1));
    busy.record("consent", "consent", OFFICE, &format!("case new\nsubject {THEM}\n{given}"));
    busy.record("other", "consent", OFFICE, &format!("{of}\nsubject {OTHER}\n{given}"));
    for (name, of_whom) in [("taken-back", "consent"), ("other-taken-back", "other")] {
        let link = busy.link("withdraws", of_whom);
        let taken_back = format!("{of}\nreceived {{hours-ago 24}}\nplaces {name}\n{link}");
        busy.record(name, "consent-withdrawal", OFFICE, &taken_back);
    }
    busy.record("loose", "note", OFFICE, &format!("{of}\ntext all photos are gone"));
    // Outside a case only what corrects a record belongs to it.
    busy.shared("shared", "pupil-file", "High School");
    let corrected = busy.link("corrects", "shared") + "\nwhat-changed it went by hand";
    busy.record("corrected", "correction", OFFICE, &corrected);
    let mentioned = busy.link("about", "shared") + "\ntext look at all sharing";
    busy.record("mentioned", "note", OFFICE, &mentioned);
    let busy = busy.covered();
    let (bundle, summary) = busy.hand_out("copy.zip", &["--for", "subject:p-1111"]);
    assert_eq!(disclosed(&bundle), busy.at(&["consent", "taken-back", "shared", "corrected"]));
    for words in [OTHER, "other-taken-back", "photos are gone", "look at all"] {
        assert!(!holds(&bundle, words), "{words}");
    }
    let left = summary["left_out"].as_array().expect("a list");
    let left: Vec<u64> = left.iter().map(|out| index(&out["entry"])).collect();
    assert_eq!(left, busy.at(&["other-taken-back", "loose"]));
}

#[test]
fn the_sender_adds_leaves_out_and_withholds() {
    let busy = Busy::begun().and_others();
    let number = |name: &str| busy.places[name].to_string();
    let (answer, removal, withdrawal) = (number("answer"), number("removal"), number("withdrawal"));
    // An answer that is added still doesn't tell what is never told.
    let (bundle, _) = busy.hand_out("added.zip", &["--for", "subject:p-1111", "--entry", &answer]);
    assert!(holds(&bundle, "as the letter says") && !holds(&bundle, "counsellor"));
    assert_eq!(
        withheld(&bundle, busy.places["answer"]),
        "exemptions, serious-harm, withheld | not told, whatever it says"
    );
    assert_eq!(row(&bundle, busy.places["answer"])[9], "added by the sender");
    // What is left out takes along what rests on it.
    let (bundle, summary) =
        busy.hand_out("left.zip", &["--for", "subject:p-1111", "--leave-out", &withdrawal]);
    let found = disclosed(&bundle);
    for name in ["withdrawal", "removal"] {
        assert!(!found.contains(&busy.places[name]) && !holds(&bundle, "the hall"), "{name}");
    }
    let left = summary["left_out"].to_string();
    assert!(
        left.contains("left out by the sender") && left.contains("rests on an entry"),
        "{left}"
    );
    let (bundle, _) =
        busy.hand_out("without.zip", &["--for", "subject:p-1111", "--withhold", "place"]);
    assert_eq!(withheld(&bundle, busy.places["removal"]), "place | withheld by the sender");
    assert!(disclosed(&bundle).contains(&removal.parse().expect("a number")));
    // A span of time.
    let tomorrow = day(1);
    busy.school
        .refused(["export", "--for", "subject:p-1111", "--since", &tomorrow, "-o", "x.zip"])
        .says("nothing that names `p-1111` can go along", "--entry");
}

#[test]
fn what_is_no_choice_for_a_copy_is_refused() {
    let busy = Busy::begun().covered();
    let refused = |options: &[&str], fact: &str, hint: &str| {
        let line = [&["export", "-o", "x.zip"][..], options].concat();
        busy.school.refused(&line).says(fact, hint);
        let dry = [&["export", "--dry-run"][..], options].concat();
        busy.school.refused(&dry).says(fact, hint);
        assert!(!busy.school.path("x.zip").exists());
    };
    refused(&["--for", "subject:p-111"], "no record names the reference `p-111`", "whole");
    refused(&["--for", "subject:p-9999"], "no record names the reference `p-9999`", "log --text");
    refused(&["--for", "subject:Jane Doe"], "`jane doe` is no reference", "never a name");
    refused(&["--for", "subject:"], "is no reference", "");
    refused(&["--for", "subject"], "whose copy it is, is not said", "--for subject:REF");
    refused(&["--for", "parent"], "`parent` is nobody", "--for regulator");
    refused(&["--for", "regulator:x"], "`regulator:x` is nobody", "");
    let consent = case("consent", 1);
    for other in [&["--all"][..], &["--case", &consent], &["--kind", "consent"]] {
        let options = [&["--for", "subject:p-1111"][..], other].concat();
        refused(&options, "a person's copy is chosen by the reference", "--entry");
    }
    refused(&["--for", "regulator"], "none is named", "--case REF");
    let case = ["--for", "regulator", "--case", &consent];
    refused(&[&case[..], &["--kind", "note"]].concat(), "of whole cases", "--entry");
    refused(&[&case[..], &["--since", &day(0)]].concat(), "of whole cases", "--case");
    refused(&["--for", "regulator", "--all"], "none is named", "");
    refused(&["--for", "regulator", "--case", "breach-1999-001"], "there is no case", "");
    refused(&[&case[..], &["--leave-out", "13"]].concat(), "a person's own copy", "--withhold");
    refused(&["--all", "--leave-out", "13"], "a person's own copy", "--for subject:REF");
    let mine = ["--for", "subject:p-1111"];
    refused(&[&mine[..], &["--leave-out", "3"]].concat(), "entry 3 is none of those", "--dry-run");
    refused(&[&mine[..], &["--entry", "99"]].concat(), "there is no entry 99", "");
    refused(&[&mine[..], &["--withhold", "nmae"]].concat(), "has a field `nmae`", "");
}
