//! Complaints about how data are handled: whether one is acknowledged, and how it ended.

use crate::book::story::{Story, text};

#[test]
fn a_complaint_is_acknowledged_and_ended() {
    let case = "complaint-2026-001";
    let story = Story::default().then("complaint", case, &[]);
    story.is(case, "to be acknowledged", &["--step acknowledged"]);
    let story = story.then("complaint-step", case, &[("step", text("acknowledged"))]);
    story.is(case, "under enquiry", &["--step outcome"]);
    let end = [("step", text("outcome")), ("outcome", text("partly-upheld"))];
    story.then("complaint-step", case, &end).is(case, "ended: partly upheld", &[]);
}
