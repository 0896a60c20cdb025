//! What a form says comes in as a document would say it, for every kind; and every fault has its
//! line.

use std::fmt::Write as _;

use probity_ledger::records;
use probity_ledger::records::KINDS;
use probity_ledger::records::form::DECISIONS;
use probity_ledger::records::kind::{Clear, Field, Form, Kind, Relation};
use serde_json::{Map, Value as Json, json};

use super::template;
use crate::work::given::Given;
use crate::work::record::CaseChoice;

/// 21 September 2026.
const NOW: i64 = 1_790_000_000;

fn kind(name: &str) -> &'static Kind {
    records::newest(name).expect("a known kind")
}

/// An answer in the form as JSON has it, and as a form has it in TOML's or the command line's
/// words.
fn example(form: &Form) -> (Json, String) {
    match form {
        Form::Text | Form::Person => (json!("Over \"there\""), "\"Over \\\"there\\\"\"".to_owned()),
        Form::Long => {
            (json!("One line\nand more"), "\"\"\"\nOne line\nand more\n\"\"\"".to_owned())
        }
        Form::Date => (json!("2026-09-21"), "2026-09-21".to_owned()),
        Form::Time => (json!(1_795_269_720), "\"21/11/2026 14:02\"".to_owned()),
        Form::Bool => (json!(true), "\"yes\"".to_owned()),
        Form::Count => (json!(30), "30".to_owned()),
        Form::Choice(words) => {
            (json!(words.last()), format!("{:?}", words.last().expect("a word")))
        }
        Form::Ref => (json!("p7kq-3xw9"), "\"p7kq-3xw9\"".to_owned()),
        Form::Hash => (json!("0a".repeat(32)), format!("\"{}\"", "0a".repeat(32))),
        Form::Occurred => (
            json!({ "from": "2026-09-01", "to": "2026-09-02" }),
            "\"2026-09-01/2/9/2026\"".to_owned(),
        ),
        Form::Roles => (json!(["dpo", "staff"]), "[\"staff\", \"dpo\"]".to_owned()),
        Form::List(inner) => {
            let (json, toml) = example(inner);
            (json!([json, json]), format!("[{toml}, {toml}]"))
        }
        Form::Group(_) | Form::Doc => unreachable!("they have no line of their own"),
    }
}

/// Takes the `#` from every line for an answer and fills it in; what the answers are as JSON.
fn fill(kind: &Kind, template: &str) -> (String, Json) {
    let (mut form, mut document, mut block) = (String::new(), Map::new(), None);
    for line in template.lines() {
        let Some(line) = line
            .strip_prefix('#')
            .filter(|rest| rest.starts_with(char::is_alphanumeric) || rest.starts_with('['))
        else {
            form.push_str(line);
            form.push('\n');
            continue;
        };
        if let Some(name) = line.strip_prefix("[[").and_then(|line| line.strip_suffix("]]")) {
            form.push_str(line);
            form.push('\n');
            document.insert(name.to_owned(), json!([{}]));
            block = Some(name.to_owned());
            continue;
        }
        let (name, _) = line.split_once(" = ").expect("a name and its answer");
        let toml = match name {
            "case" => {
                document.insert(name.to_owned(), json!("new"));
                "\"new\"".to_owned()
            }
            "decision" if kind.clear == Clear::Decision => {
                document.insert(name.to_owned(), json!(DECISIONS[0]));
                format!("\"{}\"", DECISIONS[0])
            }
            "attach" => {
                document.insert(name.to_owned(), json!(["a.pdf"]));
                "['a.pdf']".to_owned()
            }
            "links" => {
                document.insert(name.to_owned(), json!([{ "rel": "about", "entry": 3 }]));
                "[{ rel = \"about\", entry = 3 }]".to_owned()
            }
            _ => {
                let (outer, inner) = name.split_once('.').unwrap_or((name, ""));
                let within = |field: &Field, inner: &str| match (&field.form, inner) {
                    (Form::Group(fields) | Form::List(Form::Group(fields)), inner)
                        if !inner.is_empty() =>
                    {
                        fields.iter().find(|f| f.name == inner).map(|f| f.form)
                    }
                    (form, _) => Some(*form),
                };
                let (field, at) = match &block {
                    Some(block) => (kind.field(block), name),
                    None => (kind.field(outer), inner),
                };
                let form = field.and_then(|field| within(field, at)).expect("a question");
                let (json, toml) = example(&form);
                match (&block, inner) {
                    (Some(block), _) => document[block][0][name] = json,
                    (None, "") => {
                        document.insert(outer.to_owned(), json);
                    }
                    (None, inner) => {
                        let group = document.entry(outer).or_insert_with(|| json!({}));
                        group[inner] = json;
                    }
                }
                toml
            }
        };
        let _ = writeln!(form, "{name} = {toml}");
    }
    (form, Json::Object(document))
}

#[test]
fn an_untouched_form_of_any_kind_holds_nothing() {
    for kind in KINDS {
        let form = template(kind);
        assert!(form.parse::<toml::Table>().expect("TOML").is_empty(), "{}", kind.name);
        // Lines to be filled in stand as they are; explanations fit a window.
        for line in form.lines().filter(|line| line.starts_with("# ")) {
            assert!(line.chars().count() <= 100, "{}: {line}", kind.name);
        }
        for field in kind
            .body_fields()
            .filter(|field| !matches!(field.form, Form::Doc | Form::List(Form::Doc)))
        {
            let asked = [
                format!("\n#{} = ", field.name),
                format!("\n#{}.", field.name),
                format!("\n#[[{}]]", field.name),
            ];
            assert!(asked.iter().any(|line| form.contains(line)), "{}: {}", kind.name, field.name);
        }
        let mut given = Given::at(NOW);
        given.form(kind, &form).expect("TOML");
        assert!(given.answers.0.is_empty() && given.case.is_none() && given.links.is_empty());
    }
}

#[test]
fn a_filled_form_of_any_kind_says_what_the_document_says() {
    for kind in KINDS {
        let (form, document) = fill(kind, &template(kind));
        let answered = kind
            .body_fields()
            .filter(|f| !matches!(f.form, Form::Doc | Form::List(Form::Doc)))
            .count();
        let mut given = Given::at(NOW);
        given.form(kind, &form).unwrap_or_else(|error| panic!("{error}\n{form}"));
        let given =
            given.checked(kind).unwrap_or_else(|error| panic!("{}: {error}\n{form}", kind.name));
        let mut other = Given::at(NOW);
        other.document(kind, document.clone());
        let other = other
            .checked(kind)
            .unwrap_or_else(|error| panic!("{}: {error}\n{document}", kind.name));
        assert_eq!(given.answers, other.answers, "{}", kind.name);
        assert_eq!(given.answers.0.len(), answered, "{}", kind.name);
        assert_eq!(given.case, Some(CaseChoice::New(None)));
        assert_eq!((&given.case, &given.links), (&other.case, &other.links));
        assert_eq!((given.decision, &given.attach), (other.decision, &other.attach));
        assert_eq!(given.decision.is_some(), kind.clear == Clear::Decision);
    }
}

/// What is refused in a form, with its line.
#[track_caller]
fn refused(name: &str, form: &str) -> String {
    let mut given = Given::at(NOW);
    match given.form(kind(name), form) {
        Ok(()) => given.checked(kind(name)).expect_err("a fault").to_string(),
        Err(error) => format!("{error}; {}", error.hint().unwrap_or_default()),
    }
}

#[track_caller]
fn read(name: &str, form: &str) -> Given {
    let mut given = Given::at(NOW);
    given.form(kind(name), form).expect("TOML");
    given.checked(kind(name)).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn toml_s_own_values_do_as_well_as_words() {
    let form = "cameras = 'gate'\nfootage-from = 2026-07-01T00:30:00\nfootage-to = 2026-07-01T00:31:00+01:00\n\
                viewed-from = 00:00\nviewed-to = 1789990000\nreason = 'safety'\noutcome = ' viewed '\n\
                storage-place = 007\ndelete-by = \"1 July 2026\"\noccurred = 2026-07-01";
    // TOML knows no number that begins with a nought.
    assert!(refused("cctv-access", form).contains("can't be read at line 8"));
    let given = read("cctv-access", &form.replace("007", "7_0"));
    let answers = &given.answers;
    assert_eq!(answers.list("cameras").len(), 1, "one is a list of one");
    assert_eq!(answers.integer("footage-from"), Some(1_782_862_200));
    assert_eq!(answers.integer("footage-to"), Some(1_782_862_260));
    assert_eq!(answers.integer("viewed-from"), Some(1_789_945_200), "today's midnight");
    assert_eq!(answers.text("outcome"), Some("viewed"));
    assert_eq!(answers.text("storage-place"), Some("7_0"), "as it is written");
    assert_eq!(answers.text("delete-by"), Some("2026-07-01"));
    let breach = "aware = 2026-07-01 10:00:00Z\nstill-occurring = false\nout-of-hours = \"yes\"\n\
                  people-count = 1_200\nrecords-count = \"30\"\noccurred = { unknown = \"no log\" }";
    let given = read("breach-report", breach);
    assert_eq!(given.answers.truth("still-occurring"), Some(false));
    assert_eq!(given.answers.integer("people-count"), Some(1_200));
    assert_eq!(given.answers.integer("records-count"), Some(30));
    let span = "text = 'a'\noccurred = { from = 2026-07-01, to = '2/7/2026' }";
    let when = read("note", span).answers.get("occurred").map(records::form::to_json);
    assert_eq!(when, Some(json!({ "from": "2026-07-01", "to": "2026-07-02" })));
}

#[test]
fn what_stands_beside_the_answers_may_have_a_table_of_its_own() {
    let form = "text = 'a'\n[record]\ncase = 'dpia-new'\nattach = ['C:\\a.pdf', '']\n[[record.links]]\nrel = 'about'\nentry = '17'\n[[record.links]]\n";
    let given = read("note", form);
    assert_eq!(given.case, Some(CaseChoice::New(Some("dpia".to_owned()))));
    assert_eq!(given.links, [(Relation::About, "17".to_owned())]);
    assert_eq!(given.attach, [std::path::PathBuf::from("C:\\a.pdf")]);
    let said = refused("note", "case = 'dpia-new'\ntext = 'a'\n[record]\ncase = 'dpia-2026-001'");
    assert_eq!(said, "line 4: case: it is answered twice");
}

#[test]
fn what_is_left_blank_is_not_answered() {
    let form = "subject = ' '\ncase = ''\nmethod = \"\"\"\n\"\"\"\nlinks = [{ rel = '', entry = '' }]\n\
                occurred = {}\ndecided-by = { person = '', role = '' }\n[[purposes]]\npurpose = ''\ndecision = ''";
    let said = refused("consent", form);
    assert_eq!(
        said,
        "subject is not answered: the pupil's reference; never a name; \
         purposes is not answered: each purpose and its answer: purpose=website; decision=given"
    );
}

#[test]
fn every_fault_names_its_question_and_its_line() {
    let form = "camera = ['gate']\n\nfootage-from = 'noon'\nfootage-to = 2026-07-01\nreason = 'spite'\n\
                outcome = ['viewed']\nothers-present = ['A', true]\ncases = 'new'\nlink = 3\ndocuments = 'a'\n\
                decided-by = { person = 'A', rolle = 'B' }\nrelated-case = {a = 1}\noccurred = {from = 2026-07-02}\nlinks = [17]\nclip-sha256 = 'ab'";
    let said = refused("cctv-access", form);
    for part in [
        "line 1: cctv-access has no field 'camera'; did you mean 'cameras'?; ",
        "line 3: footage-from: `noon` is not a time",
        "line 4: footage-to: `2026-07-01` has no hour",
        "line 5: reason: expected one of crime, ",
        "line 6: outcome: expected one of viewed, still, clip, found a list",
        "line 7: others-present: item 2: expected a person's name, found true",
        "line 8: cctv-access has no field 'cases'; did you mean 'case'?",
        "line 9: cctv-access has no field 'link'; did you mean 'links'?",
        "line 11: decided-by: expected person, role, date, found 'rolle'; did you mean 'role'?",
        "line 12: related-case: expected a line of text, found a group",
        "line 13: occurred: expected a day, a span FROM/TO, or unknown with a reason, found another group",
        "line 14: links: expected a list",
        "line 15: clip-sha256: expected a SHA-256",
        "; cameras is not answered",
        "; viewed-from is not answered",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // What was answered badly is not missing, too.
    for name in ["footage-from", "outcome", "reason"] {
        assert!(!said.contains(&format!("{name} is not answered")), "{said}");
    }
    let said = refused("policy", "title = 'a'\ndocuments = ['a.pdf']");
    assert!(said.contains("line 2: documents: files are named in `attach`"), "{said}");
    let said = refused("approval", "decision = 'perhaps'");
    assert!(said.contains("line 1: decision: expected one of approved"), "{said}");
}

#[test]
fn a_block_names_what_it_lacks_and_a_forgotten_header_is_told() {
    let blocks = "subject = 'p-0001'\n\n[[purposes]]\npurpose = 'website'\ndecision = 'given'\n\n\
                  [[purposes]]\n\n[[purposes]]\npurpose = 'press'\n\n[[purposes]]\npurpose = 'fame'\ndecision = 'given'";
    let said = refused("consent", blocks);
    assert_eq!(
        said.split("; line ").collect::<Vec<_>>()[0],
        "line 9: purposes: item 3: decision is not answered: given or refused"
    );
    assert!(
        said.contains("line 13: purposes: item 4: purpose: expected one of website, "),
        "{said}"
    );
    let said = refused("consent", "subject = 'p-0001'\npurpose = 'website'");
    assert!(
        said.contains("line 2: purpose: it is asked within purposes; take the # away from the line [[purposes]]"),
        "{said}"
    );
    let good = blocks.replace("'press'", "'press'\ndecision = 'refused'").replace("fame", "print");
    assert_eq!(read("consent", &good).answers.list("purposes").len(), 3);
}

#[test]
fn what_is_no_toml_is_refused_at_its_line_with_what_helps() {
    for (form, fact, hint) in [
        (
            "text = 'a'\n\ncase = new",
            "the form can't be read at line 3: ",
            "straight quotes, as in",
        ),
        ("text = “a”", "the form can't be read at line 1: ", "\" instead of “ and ”"),
        ("text = 'a'\nattach = [\"C:\\scan.pdf\"]", "at line 2: ", "single quotes: 'C:\\folder"),
        ("text = 'a'\ntext = 'b'", "at line 2: ", ""),
        ("text = 'a'\r\n\r\ncase = ", "at line 3: ", ""),
    ] {
        let said = refused("note", form);
        assert!(said.contains(fact) && said.contains(hint), "{form}: {said}");
        assert!(!said.contains('\n'), "{said}");
    }
}

#[test]
fn an_option_replaces_what_a_form_says() {
    let mut given = Given::at(NOW);
    given.form(kind("note"), "text = true").expect("TOML");
    given.option(kind("note"), "text", &["b"]);
    let given = given.checked(kind("note")).expect("a good answer");
    assert_eq!(given.answers.text("text"), Some("b"));
}
