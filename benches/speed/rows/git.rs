//! Signed git commits, as schools' IT would reach for: empty commits signed with an Ed25519
//! key by ssh-keygen and synced as a durable append is, and `git log --format=%G?` over them.

use std::path::Path;
use std::process::Command;

use probity::store::Term;

use super::{Bench, Report};
use crate::program::{self, Bodies};
use crate::school::drafts::Maker;
use crate::school::{ledgers, set_clock};
use crate::support::Outcome;
use crate::support::clock::{Sample, Stopwatch, digits, timed, words};
use crate::support::machine::said_by;
use crate::support::report::Line;

/// Commits in all.
const COMMITS: usize = 300;

/// Measures the rows.
pub fn run(bench: &Bench, report: &mut Report) -> Outcome {
    let works =
        ["a signed git commit, synced (`core.fsync=all`)", "`git log --format=%G?`, a commit"];
    let against = ["append above", "verification above, bodies opened"];
    let version = said_by("git", &["--version"]).filter(|_| has_keygen());
    let Some(version) = version else {
        for (work, against) in works.iter().zip(against) {
            let why = "git or ssh-keygen is not on this machine";
            report.lines.push(Line::absent(work, against, "stated", why));
        }
        return Ok(());
    };
    let folder = tempfile::tempdir_in(ledgers::folder())?;
    let repository = Repository::begin(folder.path())?;
    let (mut commit, mut log) = (Sample::default(), Sample::default());
    let (mut append, mut verify) = (Sample::default(), Sample::default());
    let copy = ledgers::copy(&Bench::home(bench.small)?)?;
    let small = Bench::home(bench.small)?;
    let world = probity::work::World::real();
    set_clock(world.now());
    let mut maker = Maker::new(usize::try_from(bench.small)?, 0, 3).only(1);
    let (rounds, mut commits) = (bench.rounds.min(COMMITS), 0);
    for _ in 0..rounds {
        let turn = COMMITS / rounds;
        let (made, seconds) = timed(|| (0..turn).try_for_each(|_| repository.commit()));
        made?;
        commits += turn;
        commit.push(seconds / turn as f64);
        log.push(repository.log(commits)? / commits as f64);
        let mut reading = copy.school.write("append")?;
        // The first lookup opens the index, which is another row.
        program::lookup(&reading, &Term::Kind("genesis".to_owned()))?;
        let mut clock = Stopwatch::default();
        for _ in 0..turn {
            let draft = maker.draft(&copy.school, world.now())?.0;
            let key = &copy.school.people[1].key;
            clock.run(|| program::append_one(&world, &mut reading, &draft, key))?;
        }
        append.push(clock.seconds() / turn as f64);
        let (verified, seconds) = timed(|| program::verify(&small, Bodies::Opened));
        verified?;
        verify.push(seconds / bench.small as f64);
    }
    let pairs = [(commit, append), (log, verify)];
    for ((work, against), (git, ours)) in works.iter().zip(against).zip(pairs) {
        report.lines.push(Line {
            work: format!("{work} ({commits} commits)"),
            against: against.to_owned(),
            aim: "stated".to_owned(),
            measured: format!(
                "{} against {}: {} times ({version})",
                words(git.median()),
                words(ours.median()),
                digits(git.median() / ours.median()),
            ),
            met: None,
        });
    }
    Ok(())
}

/// Whether there is an ssh-keygen; it has no option that only says its version.
fn has_keygen() -> bool {
    Command::new("ssh-keygen").arg("-?").output().is_ok()
}

struct Repository<'a>(&'a Path);

impl<'a> Repository<'a> {
    fn begin(folder: &'a Path) -> Outcome<Self> {
        let (key, signers) = (folder.join("key"), folder.join("signers"));
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "ruth@northfield.example", "-f"])
            .arg(&key)
            .output()?;
        if !made.status.success() {
            return Err("ssh-keygen makes no key".into());
        }
        let public = std::fs::read_to_string(key.with_extension("pub"))?;
        std::fs::write(&signers, format!("ruth@northfield.example {public}"))?;
        let repository = Self(folder);
        repository.git(&["init", "-q", "-b", "main"])?;
        let (key, signers) = (key.to_string_lossy(), signers.to_string_lossy());
        for (name, value) in [
            ("user.name", "Ruth Bell"),
            ("user.email", "ruth@northfield.example"),
            ("gpg.format", "ssh"),
            ("user.signingkey", &*key),
            ("gpg.ssh.allowedSignersFile", &*signers),
            ("core.fsync", "all"),
            ("gc.auto", "0"),
        ] {
            repository.git(&["config", name, value])?;
        }
        Ok(repository)
    }

    fn git(&self, arguments: &[&str]) -> Outcome<String> {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(self.0)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_DIR")
            .env_remove("GIT_WORK_TREE")
            .env_remove("GIT_INDEX_FILE")
            .output()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(format!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr))
            .into())
    }

    fn commit(&self) -> Outcome {
        self.git(&["commit", "-q", "-S", "--allow-empty", "-m", "a record"]).map(|_| ())
    }

    /// Seconds of a log over all commits, every one of which must have a good signature.
    fn log(&self, commits: usize) -> Outcome<f64> {
        let (said, seconds) = timed(|| self.git(&["log", "--format=%G?"]));
        let good = said?.lines().filter(|line| *line == "G").count();
        if good == commits {
            Ok(seconds)
        } else {
            Err(format!("git says that {good} of {commits} signatures are good").into())
        }
    }
}
