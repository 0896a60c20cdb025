//! Documents signed byte for byte.

use crate::common::files::{docx, one_letter_changed, pdf};
use crate::common::{
    BEGUN, CHAIR, DPO, HEAD, School, answer, findings, index, mode, since, text, year,
};

const MISSING: &str = "missing: the DPO's advice on this exact content";

#[test]
fn an_approval_of_a_pdf_and_a_docx_is_complete_only_when_head_and_dpo_signed_those_bytes() {
    let school = School::begun();
    let plan_bytes = pdf("Homework app: assessment");
    let notes_bytes = docx("Homework app: annex");
    let plan = school.file("assessment.pdf", &plan_bytes);
    let annex = school.file("annex.docx", &notes_bytes);
    let case = format!("dpia-{}-001", year());

    let approval = school.json([
        "sign",
        &plan,
        &annex,
        "--by",
        HEAD,
        "--as",
        "headteacher",
        "--kind",
        "dpia-approval",
        "--case",
        "new",
        "--decision",
        "approved-with-conditions",
        "--condition",
        "sharing outside the class stays off",
    ]);
    assert_eq!((index(&approval["entry"]), text(&approval["case"])), (BEGUN, case.clone()));
    assert_eq!(approval["incomplete"], serde_json::json!([MISSING]));
    assert_eq!(
        findings(&approval),
        [
            "approval before advice: the DPO has not advised on this content",
            "no review date is set"
        ]
    );
    assert!(text(&school.lines(["log", "--case", &case])[0]["marks"][0]).contains("incomplete"));
    assert_eq!(school.verify([""; 0]).0, 0, "what is incomplete is still genuine");
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 1);

    // Advice on one of the two files is not advice on both.
    let advise = |file: &str| {
        school.json([
            "sign",
            file,
            "--by",
            DPO,
            "--as",
            "dpo",
            "--kind",
            "dpo-advice",
            "--recommendation",
            "proceed-with-changes",
            "--advice",
            "Switch sharing off.",
            "--concern",
            "work seen by others",
        ])
    };
    let first = advise(&plan);
    assert_eq!(text(&first["case"]), case, "the case is found by the file");
    assert_eq!(findings(&first), ["the approval in entry 13 came before this advice"]);
    assert_eq!(school.show(BEGUN)["since"]["lacks"], serde_json::json!([MISSING]));
    // Nor is advice on a file that differs by a letter.
    let other = school.file("other.docx", one_letter_changed(&notes_bytes, "document.xml"));
    let elsewhere = school.json([
        "sign",
        &other,
        "--by",
        DPO,
        "--as",
        "dpo",
        "--kind",
        "dpo-advice",
        "--recommendation",
        "proceed",
        "--case",
        &case,
    ]);
    assert_eq!(findings(&elsewhere), ["the advice itself is not written down"]);
    assert_eq!(school.show(BEGUN)["since"]["complete"], false);

    let second = index(&advise(&annex)["entry"]);
    let view = school.show(BEGUN);
    assert_eq!(
        (&view["since"]["complete"], &view["since"]["lacks"]),
        (&true.into(), &serde_json::json!([]))
    );
    assert!(
        since(&view)
            .contains(&format!("the same file is signed in entry {second}, DPO's advice by {DPO}")),
        "{view:#}"
    );
    assert_eq!(view["decision"], "approved-with-conditions");
    assert_eq!(answer(&view, "conditions")[0], "sharing outside the class stays off");
    assert_eq!(
        answer(&view, "wording"),
        "On behalf of the controller, I approve exactly the files named here, on the conditions named here."
    );
    let documents = view["documents"].as_array().expect("documents");
    let types: Vec<String> = documents.iter().map(|one| text(&one["type"])).collect();
    assert_eq!(types[0], "application/pdf");
    assert!(types[1].ends_with("wordprocessingml.document"), "{types:?}");
    assert_eq!(school.verify(["--fail-on", "incomplete"]).0, 0);

    comes_out_as_it_went_in(&school, &plan_bytes, &notes_bytes);
    check_against_the_book(&school, &plan, &plan_bytes, second);
}

fn comes_out_as_it_went_in(school: &School, plan: &[u8], annex: &[u8]) {
    let folder = school.path("saved");
    school.ok(["show", "13", "--save", &folder.display().to_string()]);
    assert_eq!(std::fs::read(folder.join("assessment.pdf")).expect("saved"), plan);
    assert_eq!(std::fs::read(folder.join("annex.docx")).expect("saved"), annex);
    // It lay sealed in the record book: outside it is for its owner's eyes, as a bundle is.
    assert_eq!(mode(&folder.join("annex.docx")), 0o600);
}

fn check_against_the_book(school: &School, plan: &str, bytes: &[u8], second: u64) {
    let said = school.ok(["verify", "--document", plan]).out;
    assert!(said.contains("assessment.pdf is named, byte for byte"), "{said}");
    assert!(
        said.contains("entry 13: DPIA approval: approved with conditions, signed as Headteacher"),
        "{said}"
    );
    let tampered = school.file("tampered.pdf", one_letter_changed(bytes, "assessment"));
    let ran = school.run(["verify", "--document", plan, "--document", &tampered]);
    assert_eq!(ran.status, 1, "{ran:#?}");
    assert!(ran.out.contains("tampered.pdf is NOT a file that anybody signed here"), "{ran:#?}");

    let bundle = school.path("case.zip").display().to_string();
    school.ok(["export", "--case", &format!("dpia-{}-001", year()), "-o", &bundle]);
    let (status, verdict) = school.verify([&bundle, "--document", plan]);
    let mentions = verdict["documents"][0]["mentions"].as_array().expect("mentions");
    let entries: Vec<u64> = mentions.iter().map(|mention| index(&mention["entry"])).collect();
    assert_eq!((status, entries), (0, vec![13, second - 2]));
    assert_eq!(school.verify([bundle.as_str(), "--document", tampered.as_str()]).0, 1);

    // Where the check ends at a failure, nothing was looked for, and nothing is said of the file.
    let mut broken = std::fs::read(&bundle).expect("a bundle");
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    let broken = school.file("broken.zip", broken);
    let ran = school.run(["verify", &broken, "--document", plan]);
    let said = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ran.status, 1, "{ran:#?}");
    assert!(said.contains("was not looked for: the check ended at a failure"), "{said}");
    assert!(!said.contains("NOT a file"), "{said}");
}

#[test]
fn an_ordinary_approval_needs_no_second_signature_and_a_refusal_approves_nothing() {
    let school = School::begun();
    let letter = school.file("letter.pdf", pdf("A letter"));
    let refused = school.json(["sign", &letter, "--by", CHAIR, "--decision", "refused"]);
    assert_eq!(refused["incomplete"], serde_json::json!([]));
    let said = school.ok(["sign", &letter, "--by", CHAIR, "--decision", "approved"]);
    assert!(
        said.err.contains("You sign as Chair of governors: Approval"),
        "shown before the key: {said:#?}"
    );
    assert!(said.err.contains("letter.pdf") && said.err.contains("SHA-256"), "{said:#?}");
    assert!(said.out.starts_with("entry 14  "), "{said:#?}");
    let view = school.show(14);
    assert_eq!(answer(&view, "wording"), "I approve exactly the file named here.");
    assert!(since(&view).contains("the same file is signed (refused) in entry 13"), "{view:#}");
    // A whole record can be approved, too; its correction makes that stale.
    let note = index(&school.record("note", HEAD, &["--text", "the plan"])["entry"]).to_string();
    school.record(
        "approval",
        CHAIR,
        &["--decision", "approved", "--link", &format!("approves={note}")],
    );
    assert!(since(&school.show(&note)).contains("approved by entry 16, Approval by Owen Reid"));
}
