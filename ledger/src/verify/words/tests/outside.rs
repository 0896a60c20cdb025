//! What somebody outside confirmed: by whom, up to where, and that too few or strangers confirm nothing.

use super::{JUNE, NOVEMBER, head_says, inspector_says, ledger};
use crate::format::hash::{Index, Size};
use crate::verify::verdict::{ExistedBy, NotBefore, OutsideReport, Verdict, Witnessed, Worth};

fn outside(by: &str, size: u64, time: Option<i64>, state: Worth) -> OutsideReport {
    OutsideReport { size: Size(size), file: format!("{by}.tsr"), by: by.to_owned(), time, state }
}

/// Ten records that three whom the reader trusts confirmed, and an authority the first nine.
fn confirmed() -> Verdict {
    let mut verdict = ledger();
    verdict.outside = vec![
        outside("Vale", 10, Some(JUNE), Worth::Trusted),
        outside("Dale", 10, Some(JUNE - 1), Worth::Trusted),
        outside("Late", 10, Some(JUNE + 1), Worth::Trusted),
        outside("Other", 9, Some(JUNE), Worth::Trusted),
        outside("Named by the school", 10, Some(JUNE), Worth::Claimed),
        outside("", 8, None, Worth::Invalid),
    ];
    verdict.existed_by =
        vec![ExistedBy { below: Size(9), time: JUNE }, ExistedBy { below: Size(10), time: JUNE }];
    verdict.witnessed = vec![Witnessed { size: Size(10), time: JUNE }];
    verdict.not_before = vec![NotBefore { above: Index(3), time: NOVEMBER }];
    verdict
}

#[test]
fn what_somebody_outside_confirmed_is_said_with_their_names() {
    let mut verdict = confirmed();
    head_says(
        &verdict,
        &[
            "“Dale” and “Vale”, whom you trust, confirmed the first 10 records on 21 June 2026. The \
             newest 2 rest on the word",
        ],
        &["Nobody outside", "It holds confirmations"],
    );
    inspector_says(
        &verdict,
        &[
            "Whose word: confirmed from outside up to entry 9; for what is newer, whoever holds the \
             controlling keys could have rewritten all",
            "Outside evidence: entries 0 to 8 existed in this form and order by 21 June 2026, 14:02 \
             BST, on the word of “Other” (check",
            "entries 0 to 9 existed in this form and order by 21 June 2026, 14:02 BST, on the word of \
             “Dale” and “Vale” (check",
            "entries above 3 were not put on record before 21 November 2026, 14:02 GMT",
            "itself names: Named by the school.tsr by “Named by the school” over 10 entries, 21 June",
            "not valid: .tsr over 8 entries.",
        ],
        &["self-asserted", "fewer of them"],
    );
    // What no other evidence rests on is told, too: it counts, and says no more.
    inspector_says(
        &verdict,
        &[
            "adding nothing to that: Late.tsr by “Late” over 10 entries, 21 June 2026, 14:02 BST; valid, by a",
        ],
        &[],
    );
    // A timestamp authority needs no others beside it.
    let mut later = verdict.clone();
    later.outside.push(outside("Later", 9, Some(JUNE + 1), Worth::Trusted));
    inspector_says(&later, &["adding nothing to that: Late.tsr", "; Later.tsr by"], &["fewer"]);
    let mut early = verdict.clone();
    early.outside.push(OutsideReport {
        file: "data/times/11.1.note".to_owned(),
        ..outside("Too few", 11, Some(JUNE), Worth::Trusted)
    });
    inspector_says(
        &early,
        &[
            "fewer of them over one head than your list asks for: data/times/11.1.note by “Too few” over 11",
        ],
        &[],
    );
    verdict.size = Size(11);
    head_says(&verdict, &["the first 10 records", "The newest one rests"], &[]);
    verdict.size = Size(10);
    head_says(&verdict, &["confirmed all of them on 21 June 2026."], &["newest"]);
}

/// What those signed who are fewer than the list asks for is named, and nothing rests on it.
#[test]
fn of_too_few_whom_somebody_trusts_only_what_they_signed_is_said() {
    let mut verdict = confirmed();
    verdict.size = Size(10);
    verdict.existed_by.clear();
    verdict.witnessed.clear();
    for one in &mut verdict.outside {
        one.file = one.file.replace(".tsr", ".note");
    }
    let others = "It holds confirmations by “Named by the school”, whom only it vouches for";
    let too_few = "signed by “Dale”, “Late” and “Vale”, whom you trust, and at no point were the records signed \
                   by as many as your list asks for: so it rests on the word";
    head_says(
        &verdict,
        &[&format!("It is {too_few}"), others],
        &["Nobody outside has confirmed this", "“Other”", "another record book"],
    );
    // Nobody signed the newest, and the sentence doesn't say that somebody did.
    verdict.size = Size(12);
    head_says(&verdict, &[&format!("The first 10 records are {too_few}")], &["It is signed"]);
    inspector_says(
        &verdict,
        &[
            "self-asserted",
            "fewer of them over one head than your list asks for: Vale.note by “Vale” over 10",
        ],
        &["Outside evidence: ."],
    );
    verdict.list_of_another = true;
    head_says(
        &verdict,
        &["Your list is for another record book, and what those on it", others],
        &["as many as"],
    );
    inspector_says(
        &verdict,
        &["but your list is for another record book: Vale.note by “Vale” over 10"],
        &["fewer of them"],
    );
    verdict.list_of_another = false;
    verdict.outside.retain(|one| one.state != Worth::Trusted);
    head_says(
        &verdict,
        &["Nobody outside has confirmed this", "It holds confirmations by “Named by the school”"],
        &["“Vale”"],
    );
    verdict.outside.retain(|one| one.state != Worth::Claimed);
    head_says(&verdict, &["Nobody outside has confirmed this"], &["It holds confirmations"]);
    inspector_says(&verdict, &["self-asserted"], &["itself names"]);
    verdict.outside.clear();
    inspector_says(&verdict, &[], &["Outside evidence"]);
}

#[test]
fn names_from_outside_are_quoted_and_few() {
    let mut verdict = ledger();
    let pair = ExistedBy { below: Size(12), time: JUNE };
    verdict.existed_by = vec![pair];
    let trusted = |by: &str| outside(by, 12, Some(JUNE), Worth::Trusted);
    head_says(&verdict, &["nobody, whom you trust,"], &[]);
    verdict.outside = vec![trusted("Vale\n\u{1b}[31m"), trusted("Vale\n\u{1b}[31m")];
    head_says(&verdict, &["“Vale[31m”, whom you trust"], &["and"]);
    verdict.outside = vec![trusted("")];
    head_says(&verdict, &["somebody without a name, whom you trust"], &["“”"]);
    for (length, ends) in [(80, "x”"), (81, "x…”")] {
        verdict.outside = vec![trusted(&"x".repeat(length))];
        head_says(&verdict, &[&format!("“{}{ends}, whom", "x".repeat(79))], &[]);
    }
    verdict.outside = ["A", "B", "C", "D", "E"].map(trusted).to_vec();
    head_says(&verdict, &["“A”, “B”, “C”, “D” and “E”, whom"], &["more"]);
    verdict.outside.extend(["F", "G"].map(trusted));
    head_says(&verdict, &["“A”, “B”, “C”, “D”, “E” and 2 more, whom"], &["“F”"]);
    let invalid = |number| {
        (0..number).map(|at| outside(&format!("w{at}"), 1, None, Worth::Invalid)).collect()
    };
    verdict.outside = invalid(12);
    inspector_says(&verdict, &["w11.tsr by “w11” over 1 entry."], &["more"]);
    verdict.outside = invalid(15);
    inspector_says(&verdict, &["w11.tsr", "; and 3 more."], &["w12.tsr"]);
}
