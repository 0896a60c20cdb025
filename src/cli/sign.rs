//! `sign FILE…`: approves, or advises on, exactly these files, byte for byte.

use std::path::PathBuf;

use probity_ledger::book::clear::Decision;
use probity_ledger::format::hash::Sha256Hash;
use probity_ledger::records::kind::{Clear, Kind};

use super::elsewhere::{self, Ask, Attach, Detached};
use super::record::finish::{Choices, finish};
use super::record::{exception, kind_named, read_case};
use super::{Context, Ended};
use crate::store::Mode;
use crate::work::WorkError;
use crate::work::document::hash_file;
use crate::work::given::Given;
use crate::work::keyring::Keyring;
use crate::work::reading::Reading;
use crate::work::record::{self, CaseChoice, Wanted};
use crate::work::sign::{KINDS, case_of_files, wording};

/// Approve documents, or advise on them, exactly as they are
///
/// Records an `approval` of these files, byte for byte. The files are sealed into the record
/// book; what is signed is shown in words before the key is unlocked.
///
/// For a key that lies on another machine, which needs no record book: `--request FILE` makes a
/// request, `--detached REQUEST` signs it there, and `--attach STATEMENT` enters what was signed.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Args {
    /// The files
    #[arg(required_unless_present_any = ["detached", "attach", "waiting", "withdraw"], value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whose key signs; with --attach, who enters it
    #[arg(long, value_name = "NAME", required_unless_present_any = ["detached", "waiting", "withdraw"])]
    by: Option<String>,
    /// The role in which they sign; needed by who holds several
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// What the signature means [default: approval]
    #[arg(long, value_parser = KINDS)]
    kind: Option<String>,
    /// A case such as dpia-2026-001, or `new`
    #[arg(long)]
    case: Option<String>,
    /// What is decided; needed for approvals
    #[arg(long, value_parser = Decision::NAMES)]
    decision: Option<String>,
    /// A condition of the approval (may be repeated)
    #[arg(long, value_name = "TEXT")]
    condition: Vec<String>,
    /// The DPO's advice in one word
    #[arg(long, value_name = "WORD", value_parser = ["proceed", "proceed-with-changes", "restrict", "do-not-proceed"])]
    recommendation: Option<String>,
    /// The DPO's advice itself; name no pupils
    #[arg(long, value_name = "TEXT")]
    advice: Option<String>,
    /// A concern of the DPO; name no pupils (may be repeated)
    #[arg(long, value_name = "TEXT")]
    concern: Vec<String>,
    /// Day by which the DPIA is reviewed
    #[arg(long, value_name = "YYYY-MM-DD")]
    review_date: Option<String>,
    /// The wording that is signed [default: a sentence that says what the signature means]
    #[arg(long, value_name = "TEXT")]
    wording: Option<String>,
    /// Whether the DPO's advice is followed
    #[arg(long, value_parser = ["yes", "no"])]
    advice_followed: Option<String>,
    /// Why the DPO's advice is not followed
    #[arg(long, value_name = "TEXT")]
    overruled_reasons: Option<String>,
    /// Who overruled the DPO's advice
    #[arg(long, value_name = "NAME")]
    overruled_by: Option<String>,
    /// Sign although this rule stands against it
    #[arg(long, value_name = "RULE", requires_all = ["exception_reason", "ratify_role"], help_heading = "Exception")]
    exception: Option<String>,
    /// Why it can't wait; name no pupils
    #[arg(long, value_name = "TEXT", requires = "exception", help_heading = "Exception")]
    exception_reason: Option<String>,
    /// The role that has to ratify it
    #[arg(long, value_name = "ROLE", requires = "exception", help_heading = "Exception")]
    ratify_role: Option<String>,
    /// Last day for that [default: ten working days on]
    #[arg(long, value_name = "YYYY-MM-DD", requires = "exception", help_heading = "Exception")]
    ratify_by: Option<String>,
    #[command(flatten)]
    ask: Ask,
    /// Sign a request that came from a school; no record book is needed
    #[arg(long, value_name = "REQUEST", conflicts_with_all = ["files", "request", "attach"], help_heading = "Elsewhere")]
    detached: Option<PathBuf>,
    /// Where the statement goes [default: the request's name, ending in .statement]
    #[arg(long, short, value_name = "FILE", requires = "detached", help_heading = "Elsewhere")]
    output: Option<PathBuf>,
    /// Write the request's files into this folder, to be read, and sign nothing
    #[arg(long, value_name = "FOLDER", requires = "detached", help_heading = "Elsewhere")]
    save: Option<PathBuf>,
    /// Enter a statement that was signed elsewhere
    #[arg(long, value_name = "STATEMENT", conflicts_with_all = ["files", "request"], help_heading = "Elsewhere")]
    attach: Option<PathBuf>,
    /// The request that the statement answers, if no copy of it waits in this home
    #[arg(long, value_name = "REQUEST", requires = "attach", help_heading = "Elsewhere")]
    answers: Option<PathBuf>,
    /// A file that was too large to travel in the request (may be repeated)
    #[arg(long, value_name = "FILE", conflicts_with = "files", help_heading = "Elsewhere")]
    document: Vec<PathBuf>,
    /// List the requests that wait for their statements
    #[arg(long, conflicts_with_all = ["files", "request", "detached", "attach"], help_heading = "Elsewhere")]
    waiting: bool,
    /// Take a request back that waits here: the file that was given out, or the one that --waiting
    /// shows
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "by", "request", "detached", "attach", "waiting"], help_heading = "Elsewhere")]
    withdraw: Option<String>,
    /// Show exactly what would be signed, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Sign without asking for confirmation
    #[arg(long)]
    yes: bool,
    /// Today's date is right, though more than 30 days after the newest entry
    #[arg(long)]
    confirm_date: bool,
}

/// Runs it.
pub fn run(context: &Context, args: &Args) -> Result<Ended, WorkError> {
    if args.waiting {
        return elsewhere::waiting(context);
    }
    if let Some(named) = &args.withdraw {
        return elsewhere::withdraw(context, named);
    }
    let choices = args.choices();
    args.refuse_other_words()?;
    if let Some(request) = &args.detached {
        let (output, save) = (args.output.as_deref(), args.save.as_deref());
        let detached = Detached { request, output, save, documents: &args.document, choices };
        return elsewhere::detached(context, &detached);
    }
    if let Some(statement) = &args.attach {
        let attach = Attach {
            statement,
            by: args.by.as_deref().unwrap_or_default(),
            role: args.role.as_deref(),
            answers: args.answers.as_deref(),
            documents: &args.document,
            date_confirmed: args.confirm_date,
            choices,
        };
        return elsewhere::attach(context, &attach);
    }
    let mut wanted = args.wanted(context.world.now())?;
    let home = context.home()?;
    let reading = Reading::open(&home, &Mode::Browse)?;
    if wanted.case == CaseChoice::Unsaid && wanted.kind.name != "approval" {
        let files = args.files.iter().map(|path| Ok(hash_file(path)?.1));
        let hashes = files.collect::<Result<Vec<Sha256Hash>, WorkError>>()?;
        wanted.case = case_of_files(&reading, &hashes)?;
    }
    let prepared = record::prepare(&context.world, &reading, &Keyring::of(&home), &wanted)?;
    finish(context, &home, reading, vec![prepared], &choices)
}

impl Args {
    /// Refuses words about what is signed where a request or a statement says that: left aside, somebody
    /// would sign another decision than the one that they typed.
    fn refuse_other_words(&self) -> Result<(), WorkError> {
        let place = match (&self.detached, &self.attach) {
            (Some(_), _) => "the request",
            (None, Some(_)) => "the statement",
            (None, None) => return Ok(()),
        };
        let said = [
            ("--kind", self.kind.is_some()),
            ("--case", self.case.is_some()),
            ("--decision", self.decision.is_some()),
            ("--condition", !self.condition.is_empty()),
            ("--recommendation", self.recommendation.is_some()),
            ("--advice", self.advice.is_some()),
            ("--concern", !self.concern.is_empty()),
            ("--review-date", self.review_date.is_some()),
            ("--wording", self.wording.is_some()),
            ("--advice-followed", self.advice_followed.is_some()),
            ("--overruled-reasons", self.overruled_reasons.is_some()),
            ("--overruled-by", self.overruled_by.is_some()),
            ("--exception", self.exception.is_some()),
        ];
        let Some((option, _)) = said.into_iter().find(|(_, said)| *said) else { return Ok(()) };
        Err(WorkError::refused(
            format!("what is signed stands in {place}, and {option} can't change it"),
            "if it isn't what you want signed, don't sign it: have the school make another request \
             that says so",
        ))
    }

    fn choices(&self) -> Choices {
        let request = self.ask.request.clone().map(|to| (to, self.ask.expires_in));
        Choices { dry_run: self.dry_run, yes: self.yes, request }
    }

    fn wanted(&self, now: i64) -> Result<Wanted, WorkError> {
        let kind = kind_named(self.kind.as_deref().unwrap_or("approval"))?;
        let mut wanted = Wanted::new(kind, self.by.as_deref().unwrap_or_default());
        wanted.role.clone_from(&self.role);
        wanted.case = read_case(self.case.as_deref())?;
        wanted.decision = self.decision.as_deref().and_then(Decision::named);
        if kind.clear != Clear::Decision && wanted.decision.is_some() {
            return Err(WorkError::refused(
                format!("a `{}` decides nothing", kind.name),
                "leave --decision out; the advice in one word is --recommendation",
            ));
        }
        wanted.attach.clone_from(&self.files);
        wanted.date_confirmed = self.confirm_date;
        wanted.exception = exception(
            self.exception.clone(),
            self.exception_reason.clone(),
            self.ratify_role.clone(),
            self.ratify_by.clone(),
        );
        wanted.answers = self.given(kind, wanted.decision, now).checked(kind)?.answers;
        Ok(wanted)
    }

    fn given(&self, kind: &Kind, decision: Option<Decision>, now: i64) -> Given {
        let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<String>>();
        let mut given = Given::at(now);
        for (name, texts) in [
            ("conditions", self.condition.clone()),
            ("recommendation", one(&self.recommendation)),
            ("advice", one(&self.advice)),
            ("concerns", self.concern.clone()),
            ("review-date", one(&self.review_date)),
            ("wording", one(&self.wording)),
            ("advice-followed", one(&self.advice_followed)),
            ("overruled-reasons", one(&self.overruled_reasons)),
            ("overruled-by", one(&self.overruled_by)),
        ] {
            if !texts.is_empty() {
                given.option(kind, name, &texts);
            }
        }
        if let (Some(decision), None, true) =
            (decision, &self.wording, kind.field("wording").is_some())
        {
            given.option(kind, "wording", &[wording(kind.name, decision, self.files.len())]);
        }
        given
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Whole {
        #[command(flatten)]
        args: Args,
    }

    fn wanted(options: &[&str]) -> Result<Wanted, WorkError> {
        let line = ["sign", "plan.pdf", "--by", "amina"].iter().chain(options);
        Whole::try_parse_from(line).expect("good options").args.wanted(0)
    }

    #[test]
    fn the_command_is_sound() {
        <Whole as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn an_approval_has_its_wording() {
        let said = wanted(&["--decision", "approved"]).expect("good options");
        assert_eq!(said.answers.text("wording"), Some("I approve exactly the file named here."));
        let own = wanted(&["--decision", "approved", "--wording", "Agreed"]).expect("good options");
        assert_eq!(own.answers.text("wording"), Some("Agreed"));
        let conditions =
            ["--decision", "approved-with-conditions", "--condition", "a", "--condition", "b"];
        let said = wanted(&conditions).expect("good options");
        assert_eq!(said.answers.list("conditions").len(), 2);
    }

    #[test]
    fn advice_has_no_decision_and_an_approval_no_recommendation() {
        assert!(wanted(&["--kind", "dpo-advice", "--recommendation", "proceed"]).is_ok());
        assert!(wanted(&["--kind", "dpo-advice"]).is_err());
        let both =
            ["--kind", "dpo-advice", "--recommendation", "proceed", "--decision", "approved"];
        assert!(wanted(&both).is_err());
        assert!(wanted(&["--decision", "approved", "--recommendation", "proceed"]).is_err());
        assert!(
            wanted(&[
                "--kind",
                "dpia-approval",
                "--decision",
                "approved",
                "--advice-followed",
                "no"
            ])
            .is_ok()
        );
    }
}
