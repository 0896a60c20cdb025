use super::*;
use crate::records::days::day;

fn date(text: &str) -> Date {
    day(text).expect("a day")
}

fn due(worked: &Worked, text: &str) {
    assert_eq!(worked.due, When::Day(date(text)), "{}", worked.words);
}

#[test]
fn the_72_hours_are_elapsed_hours() {
    // 28 March 2026, 14:00 GMT: the clocks go forward that night.
    let worked = breach_72h(1_774_706_400);
    assert_eq!(worked.due, When::Moment(1_774_706_400 + 259_200));
    assert_eq!(
        worked.words,
        "aware 28 March 2026, 14:00 GMT; 72 hours later is 31 March 2026, 15:00 BST"
    );
}

#[test]
fn a_complaint_before_the_law_has_no_limit() {
    assert_eq!(complaint(date("2026-06-18")), None);
    let first = complaint(date("2026-06-19")).expect("the law asks for it");
    due(&first, "2026-07-20");
    assert_eq!(
        first.words,
        "received 19 June 2026; the day after is day 1; 30 days later is 19 July; a Sunday, so \
         Monday 20 July 2026"
    );
}

#[test]
fn exam_marks_wait_for_the_earlier_of_two_ends() {
    let end =
        |announced| exam_marks(date("2026-05-11"), announced).expect("asked for before results");
    // Announced on 20 August: that day is the first of the forty.
    let early = end(Some(date("2026-08-20")));
    due(&early, "2026-09-28");
    assert!(early.words.contains("the 40th day from then is 28 September 2026"), "{}", early.words);
    due(&end(Some(date("2026-10-01"))), "2026-10-11");
    let open = end(None);
    due(&open, "2026-10-11");
    assert!(open.words.contains("if that is earlier"), "{}", open.words);
    assert!(
        open.words.ends_with("the last working day before is Friday 9 October 2026"),
        "{}",
        open.words
    );
    assert_eq!(exam_marks(date("2026-08-20"), Some(date("2026-08-20"))), None);
    assert_eq!(exam_marks(date("2026-08-21"), Some(date("2026-08-20"))), None);
}

fn school(kind: Option<&str>, nation: Option<&str>) -> School {
    School { kind: kind.map(str::to_owned), nation: nation.map(str::to_owned) }
}

#[test]
fn only_the_schools_that_the_regulations_name_answer_in_school_days() {
    let right = |kind, nation| record_right(&school(kind, nation), Some("parent"), Some(true));
    for kind in ["la-maintained", "non-maintained-special"] {
        assert_eq!(right(Some(kind), Some("england")), RecordRight::Applies, "{kind}");
        assert!(matches!(right(Some(kind), Some("wales")), RecordRight::Not(_)), "{kind}");
        assert!(matches!(right(Some(kind), None), RecordRight::If(_)), "{kind}");
    }
    for kind in
        ["maintained-nursery", "pru", "academy-or-free", "independent", "sixth-form", "other"]
    {
        assert!(matches!(right(Some(kind), Some("england")), RecordRight::Not(_)), "{kind}");
    }
    assert!(matches!(right(None, Some("england")), RecordRight::If(_)));
}

#[test]
fn only_a_parents_written_request_runs_in_school_days() {
    let school = school(Some("la-maintained"), Some("england"));
    let right = |requester, written| record_right(&school, requester, written);
    assert!(matches!(right(Some("parent"), Some(false)), RecordRight::Not(_)));
    assert!(matches!(right(Some("solicitor"), Some(true)), RecordRight::Not(_)));
    assert!(matches!(right(Some("parent"), None), RecordRight::If(_)));
    assert!(matches!(right(None, Some(true)), RecordRight::If(_)));
    assert_eq!(right(Some("parent"), Some(true)), RecordRight::Applies);
}

#[test]
fn without_a_calendar_no_school_day_is_counted() {
    let worked = edu_record(date("2026-10-16"), &RecordRight::Applies, &Terms::default());
    assert_eq!(worked.due, When::NotKnown);
    assert_eq!(worked.words, "received 16 October 2026; cannot be computed: no term calendar");
}

#[test]
fn the_regulator_replies_in_8_weeks_or_14() {
    // 1 May 2026, 23:30 UTC: already 2 May in London.
    let sent = 1_777_678_200;
    due(&dpia_consult(sent, false), "2026-06-27");
    due(&dpia_consult(sent, true), "2026-08-08");
}

#[test]
fn images_go_three_years_after_the_pupil() {
    due(&image_3y(date("2024-02-29")), "2027-02-28");
    due(&cctv_delete(date("2026-10-01"), 30, "footage of 1 October 2026"), "2026-10-31");
}
