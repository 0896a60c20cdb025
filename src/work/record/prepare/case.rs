//! The case that a record goes into: the one that is named, a new one, or that of what it links.

use probity_ledger::format::entry::Subject;
use probity_ledger::format::hash::Index;
use probity_ledger::records::kind::{Kind, Relation};

use crate::work::desk::Desk;
use crate::work::keyring::Keyring;
use crate::work::record::{CASE_NAMES, CaseChoice};
use crate::work::{WorkError, elsewhere, time};

pub(super) fn choose_case(
    desk: &mut Desk<'_>,
    keyring: &Keyring,
    kind: &Kind,
    choice: &CaseChoice,
    links: &[(Relation, Index)],
    now: i64,
) -> Result<(Subject, bool), WorkError> {
    if kind.name == "correction" {
        // A correction has the subject of what it corrects.
        let target = links.iter().find(|(rel, _)| *rel == Relation::Corrects);
        if let Some((_, index)) = target {
            let subject = desk.record(*index)?.entry.subject().clone();
            let other = match choice {
                CaseChoice::Unsaid => false,
                CaseChoice::New(_) => true,
                CaseChoice::Existing(case) => subject.case() != Some(case),
            };
            if other {
                let place = subject.case().map_or_else(
                    || "belongs to no case".to_owned(),
                    |case| format!("belongs to the case {case}"),
                );
                return Err(WorkError::refused(
                    format!(
                        "a correction stands where the record does that it corrects, and entry {index} {place}"
                    ),
                    "leave the case out",
                ));
            }
            return Ok((subject, false));
        }
    }
    match choice {
        CaseChoice::Existing(case) => {
            let subject = Subject::Case(case.clone());
            if desk.places(&subject)?.is_empty() {
                return Err(WorkError::refused(
                    format!("there is no case {case}"),
                    "say --case new to begin one; cases are numbered by the record book",
                ));
            }
            if let Some(name) = kind.case.filter(|name| !case.starts_with(&format!("{name}-"))) {
                return Err(WorkError::refused(
                    format!("a `{}` belongs to a {name} case, not to {case}", kind.name),
                    format!(
                        "name a case such as {name}-{}-001, or say --case new",
                        time::year(now)
                    ),
                ));
            }
            Ok((subject, false))
        }
        CaseChoice::New(name) => {
            let usual = kind.case.or_else(|| (kind.name == "dpo-advice").then_some("dpia"));
            let name = name.as_deref().or(usual).ok_or_else(|| {
                WorkError::refused(
                    format!("a `{}` belongs to no one sort of case", kind.name),
                    format!(
                        "say which to begin: --case NAME-new, with NAME one of {}",
                        CASE_NAMES.join(", ")
                    ),
                )
            })?;
            if let Some(own) = kind.case.filter(|own| *own != name) {
                return Err(WorkError::refused(
                    format!("a `{}` belongs to a {own} case, not to a {name} case", kind.name),
                    "say --case new",
                ));
            }
            let promised = || elsewhere::promised(now, keyring.requests());
            Ok((Subject::Case(desk.next_case((name, time::year(now)), promised)?), true))
        }
        CaseChoice::Unsaid => {
            // What a record takes the place of says before all else where it belongs.
            let (corrects, others): (Vec<_>, Vec<_>) =
                links.iter().partition(|(relation, _)| *relation == Relation::Corrects);
            for (_, index) in corrects.into_iter().chain(others) {
                let subject = desk.record(index)?.entry.subject().clone();
                let fits =
                    kind.case.is_none_or(|name| subject.as_str().starts_with(&format!("{name}-")));
                if subject.case().is_some() && fits {
                    return Ok((subject, false));
                }
            }
            match kind.case {
                None => Ok((Subject::Ledger, false)),
                Some(name) => Err(WorkError::refused(
                    format!("a `{}` belongs to a {name} case, and none is named", kind.name),
                    "say --case new for a new one, or --case REF for one that exists",
                )),
            }
        }
    }
}
