//! Documents that are made from the code are compared with it. To write them anew:
//! `PROBITY_WRITE_DOCS=1 cargo test --test documents`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use probity::store::barrier::Barrier;
use probity_ledger::book::{registers, rules};
use probity_ledger::records::{page, sheet};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// Compares a document with what the code gives, or writes it.
fn compare(name: &str, expected: &str) {
    let path = path(name);
    if std::env::var_os("PROBITY_WRITE_DOCS").is_some() {
        fs::write(&path, expected).expect("docs/ can be written");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let first = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
    assert!(
        found == expected,
        "docs/{name} is not what the code gives (first other line: {first:?}); write it anew with \
         PROBITY_WRITE_DOCS=1 cargo test --test documents"
    );
}

/// The same for what stands between two marks of a document that is otherwise written by hand.
fn compare_part(name: &str, mark: &str, expected: &str) {
    let (begin, end) = (format!("<!-- {mark}:begin -->\n"), format!("<!-- {mark}:end -->"));
    let found = fs::read_to_string(path(name)).expect("the document");
    let (before, rest) = found.split_once(&begin).expect("the part's beginning");
    let (_, after) = rest.split_once(&end).expect("the part's end");
    compare(name, &format!("{before}{begin}{expected}{end}{after}"));
}

#[test]
fn the_reference_of_kinds_is_what_the_kinds_say() {
    compare("kinds.md", &page::reference_page());
}

#[test]
fn the_evidence_page_knows_the_kinds() {
    compare("../src/page/kinds.json", &sheet::kinds());
}

#[test]
fn the_evidence_page_is_the_one_whose_hash_is_published() {
    use sha2::{Digest as _, Sha256};
    let constant = probity::page::constant();
    let hash = hex::encode(Sha256::digest(&constant));
    let version = env!("CARGO_PKG_VERSION");
    let table = format!(
        "\n  | release | bytes | their SHA-256 |\n  |---|---|---|\n  | {version} | {} | `{hash}` |\n\n",
        constant.len()
    );
    compare_part("evidence-page.md", "page", &table);
}

#[test]
fn the_page_of_registers_is_what_the_registers_say() {
    compare("registers.md", &registers::page());
}

#[test]
fn the_page_of_deadlines_is_what_the_rules_say() {
    compare("deadlines.md", &rules::page());
}

#[test]
fn appendix_a_of_the_format_page_is_what_verification_uses() {
    compare_part("format.md", "appendix-a", &page::authority_table());
}

#[test]
fn the_list_of_barriers_is_the_one_that_the_code_has() {
    let mut table = String::from(
        "| barrier | what is waited for | without it, after a crash |\n|---|---|---|\n",
    );
    let all = Barrier::LEDGER.into_iter().chain(Barrier::HOME).chain(Barrier::COPY);
    for barrier in all.chain(Barrier::WITNESS).chain(Barrier::PAGE).chain(Barrier::FILES) {
        let (what, breaks) = (barrier.what(), barrier.breaks());
        let _ = writeln!(table, "| `{barrier:?}` | {what} | {breaks} |");
    }
    compare_part("faults.md", "barriers", &table);
}

#[test]
fn the_reference_of_commands_is_what_help_says() {
    let mut text = String::from(
        "# Commands\n\nMade from the program's own help. Every command also takes the options listed \
         under `probity`.\n",
    );
    let mut command = probity::cli::command().term_width(100);
    command.build();
    describe(&mut text, &mut command, "probity", &[]);
    compare("commands.md", &text);
}

fn describe(text: &mut String, command: &mut clap::Command, name: &str, inherited: &[String]) {
    let shown: Vec<String> = command
        .get_arguments()
        .filter(|argument| argument.is_global_set())
        .map(|argument| argument.get_id().to_string())
        .collect();
    // Options that every command has are listed once, under the program itself.
    let mut bare = command.clone();
    for id in inherited {
        bare = bare.mut_arg(id.clone(), |argument| argument.hide(true));
    }
    let help = bare.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(text, "\n## {name}\n\n```\n{}\n```\n", lines.join("\n").trim_end());
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for sub in names.iter().filter(|sub| *sub != "help") {
        if let Some(inner) = command.find_subcommand_mut(sub) {
            describe(text, inner, &format!("{name} {sub}"), &shown);
        }
    }
}

// The worked examples of the format page, made from fixed keys, salts and times.
#[path = "../ledger/tests/common/mod.rs"]
mod book;

#[test]
fn the_worked_examples_of_the_format_page_are_real() {
    compare_part("format.md", "vectors", &worked_examples());
}

fn worked_examples() -> String {
    use probity_ledger::format::body::Body;
    use probity_ledger::format::entry::Entry;
    use probity_ledger::format::hash::Sha256Hash;
    use probity_ledger::verify::container::manifest;
    use std::collections::BTreeMap;

    let made = book::Book::begun();
    let mut files = book::bundle::whole(&made).0;
    let hashes = |files: &BTreeMap<String, Vec<u8>>, wanted: &dyn Fn(&str) -> bool| {
        let chosen = files.iter().filter(|(path, _)| wanted(path));
        manifest(chosen.map(|(path, bytes)| (path.as_str(), Sha256Hash::of(bytes)))).into_bytes()
    };
    let payload = hashes(&files, &|path| path.starts_with("data/"));
    files.insert("manifest-sha256.txt".to_owned(), payload);
    let tags = hashes(&files, &|path| !path.starts_with("data/"));
    files.insert("tagmanifest-sha256.txt".to_owned(), tags);
    let genesis = Entry::parse(&files["data/entries/00000000.cose"]).expect("an entry");
    let body = Body::parse(&files["data/bodies/00000000.cbor"]).expect("a body");
    let (name, opening) =
        body.iter().find(|(name, _)| *name == "name").expect("a name is disclosed");
    let mut text = String::new();
    let mut say = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    say(
        "The representative's key has the seed `01` repeated 32 times, the log key `09` repeated 32 times;",
    );
    say("salts and times are fixed. Hexadecimal is broken into lines for the page.\n");
    say("**Thumbprint.** Public key and kid:\n");
    say(&block(&[hex::encode(book::HEAD.public().to_bytes()), book::HEAD.kid().to_string()]));
    say("\n**Sig_structure** of entry 0, the bytes that its author signs, and the signature:\n");
    say(&block(&[hex::encode(genesis.signed_bytes()), hex::encode(genesis.signature().0)]));
    say(&format!("\n**Entry hash** of entry 0: `{}`, the ledger's fingerprint.\n", genesis.hash()));
    say(&format!("**Commitment** to entry 0's field `{name}`: salt, encoded value, commitment:\n"));
    say(&block(&[
        hex::encode(opening.salt),
        hex::encode(opening.value.to_bytes()),
        opening.commitment(name).to_string(),
    ]));
    say(
        "\n**A whole bundle** of two entries, file by file; its verdict is `intact`. Text files are shown as",
    );
    say("they are, others in hexadecimal.\n");
    for (path, bytes) in &files {
        say(&format!("`{path}`, {} bytes:\n", bytes.len()));
        match std::str::from_utf8(bytes) {
            // The binary ones are CBOR: entries and bodies.
            Ok(readable)
                if !path.starts_with("data/entries/") && !path.starts_with("data/bodies/") =>
            {
                say(&format!("```\n{}\n```\n", readable.trim_end_matches('\n')));
            }
            _ => say(&format!("{}\n", block(&[hex::encode(bytes)]))),
        }
    }
    text.push_str(&transparent_statement(&made, &files));
    text
}

/// The transparent statement of entry 1 of that bundle.
fn transparent_statement(
    made: &book::Book,
    files: &std::collections::BTreeMap<String, Vec<u8>>,
) -> String {
    use probity_ledger::format::note::Checkpoint;
    use probity_ledger::format::proof::Proof;
    use probity_ledger::format::receipt::Receipts;

    let checkpoint = Checkpoint::parse(&files["data/checkpoint"]).expect("a checkpoint");
    let receipts = Receipts::new(&checkpoint, book::LOG.public());
    let signature = receipts.sign(&book::LOG.key());
    let path = Proof::parse(&files["data/proofs/00000001.tlog-proof"]).expect("a proof").path;
    let statement = receipts.statement(&made.entry(1), &path, &signature);
    format!(
        "**Transparent statement** of entry 1 of this bundle, which need not be there. The head of the\n\
         receipt, the bytes that the log signs, its signature, and the file:\n\n{}\n",
        block(&[
            hex::encode(receipts.head()),
            hex::encode(receipts.signed_bytes()),
            hex::encode(signature.0),
            hex::encode(statement),
        ])
    )
}

/// Hexadecimal values in a block, broken at 96 digits, with an empty line between them.
fn block(values: &[String]) -> String {
    let broken = |value: &String| {
        let digits: Vec<char> = value.chars().collect();
        digits.chunks(96).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
    };
    format!("```\n{}\n```", values.iter().map(broken).collect::<Vec<_>>().join("\n\n"))
}
