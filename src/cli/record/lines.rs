//! `--from-jsonl`: many records of one kind. Every line is prepared and checked before the
//! first is written, and every faulty one is named, up to [`MAX_FAULTS`].

use std::path::Path;

use super::{parse, read_input, take};
use crate::cli::Context;
use crate::work::batch::{self, MAX_FAULTS, MAX_RUN};
use crate::work::given::Given;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{Prepared, Wanted};
use crate::work::{WorkError, input};

/// Prepares every line. What `common` says counts where a line says nothing.
///
/// # Errors
/// When any line is faulty; each was complained about by then.
pub fn prepare(
    context: &Context,
    reading: &Reading,
    keyring: &Keyring,
    common: &Wanted,
    path: &Path,
) -> Result<Vec<Prepared>, WorkError> {
    let text = read_input(path, input::MAX_LINES)?;
    let (mut numbers, mut wanted, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let lines = || text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    if lines().nth(MAX_RUN).is_some() {
        return Err(WorkError::refused(
            format!("{} holds more than {MAX_RUN} records", path.display()),
            "split it, and record one part after another",
        ));
    }
    for (at, line) in lines() {
        if faults.len() == MAX_FAULTS {
            break;
        }
        match read_line(common, line, context.world.now()) {
            Ok(one) => {
                numbers.push(at + 1);
                wanted.push(one);
            }
            Err(error) => faults.push((at + 1, error)),
        }
    }
    let read = wanted.len() + faults.len();
    if read == 0 {
        return Err(WorkError::refused(
            format!("{} holds no records", path.display()),
            "write one JSON document a line",
        ));
    }
    let (mut prepared, mut more) = (Vec::new(), Vec::new());
    for (number, one) in
        numbers.into_iter().zip(batch::prepare_all(&context.world, reading, keyring, wanted))
    {
        match one {
            // What can't be written any more needn't be kept.
            Ok(one) if faults.is_empty() && more.is_empty() => prepared.push(one),
            Ok(_) => (),
            Err(error) => more.push((number, error)),
        }
        // Later ones would not be named.
        if more.len() == MAX_FAULTS {
            break;
        }
    }
    faults.extend(more);
    if faults.is_empty() {
        return Ok(prepared);
    }
    faults.sort_by_key(|(number, _)| *number);
    faults.truncate(MAX_FAULTS);
    for (number, error) in &faults {
        let fact = format!("line {number}: {error}");
        context.complain(&WorkError::Refused { fact, remedy: None });
    }
    Err(WorkError::refused(
        format!("{} of {read} lines can't be recorded, so nothing was written", faults.len()),
        format!("mend them; `probity kinds {}` shows every field and its form", common.kind.name),
    ))
}

fn read_line(common: &Wanted, line: &str, now: i64) -> Result<Wanted, WorkError> {
    let mut given = Given::at(now);
    given.document(common.kind, parse(line)?);
    let mut wanted = common.clone();
    take(&mut wanted, given.checked(common.kind)?, false);
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use probity_ledger::records::newest;

    use super::*;
    use crate::work::record::CaseChoice;

    #[test]
    fn a_line_has_its_own_case_or_that_of_the_run() {
        let mut common = Wanted::new(newest("note").expect("a known kind"), "amina");
        common.case = CaseChoice::New(Some("other".to_owned()));
        let line = read_line(&common, r#"{"text":"a"}"#, 0).expect("a good line");
        assert_eq!(line.case, common.case);
        let line =
            read_line(&common, r#"{"text":"a","case":"dpia-2026-001"}"#, 0).expect("a good line");
        assert_eq!(line.case, CaseChoice::Existing("dpia-2026-001".to_owned()));
        assert!(read_line(&common, r#"{"txt":"a"}"#, 0).is_err());
        assert!(read_line(&common, "text", 0).is_err());
    }
}
