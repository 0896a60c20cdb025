//! Every kind's form renders, and what is typed into it is what a document would say.

use probity_ledger::records::KINDS;
use zeroize::Zeroizing;

use super::*;
use crate::work::given::Given;
use crate::work::record::kinds::recordable;

/// What somebody types to answer a form, as the browser sends it.
fn typed(form: &Form, name: &str, out: &mut Vec<(String, String)>) {
    let mut say = |name: String, text: &str| out.push((name, text.to_owned()));
    match form {
        Form::Text | Form::Long | Form::Person => say(name.to_owned(), "Some <b>words</b> & more"),
        Form::Ref => say(name.to_owned(), "ref-4711-x"),
        Form::Hash => say(name.to_owned(), &"AB".repeat(32)),
        Form::Choice(words) => say(name.to_owned(), words[words.len() - 1]),
        Form::Bool => say(name.to_owned(), "no"),
        Form::Count => say(name.to_owned(), "12"),
        Form::Date => {
            for (part, text) in [("day", "3"), ("month", "9"), ("year", "2026")] {
                say(format!("{name}-{part}"), text);
            }
        }
        Form::Time => {
            for (part, text) in [("day", "3"), ("month", "9"), ("year", "2026"), ("time", "905")] {
                say(format!("{name}-{part}"), text);
            }
        }
        Form::Occurred => {
            say(format!("{name}.how"), "between");
            for (side, day) in [("from", "3"), ("to", "4")] {
                for (part, text) in [("day", day), ("month", "9"), ("year", "2026")] {
                    say(format!("{name}.{side}-{part}"), text);
                }
            }
        }
        Form::Roles => {
            say(name.to_owned(), "headteacher");
            say(name.to_owned(), "dpo");
        }
        Form::List(Form::Choice(words)) => words.iter().for_each(|word| say(name.to_owned(), word)),
        Form::Doc | Form::List(Form::Doc) => {}
        Form::List(inner) => {
            for at in [0, 2] {
                typed(inner, &format!("{name}.{at}"), out);
            }
        }
        Form::Group(members) => {
            for member in *members {
                typed(&member.form, &format!("{name}.{}", member.name), out);
            }
        }
    }
}

fn sent(pairs: &[(String, String)]) -> Fields {
    let mut fields = Fields::default();
    for (name, text) in pairs {
        fields.add(name.clone(), Zeroizing::new(text.clone())).expect("few enough");
    }
    fields
}

fn render(kind: &Kind, answers: &Map<String, Json>) -> String {
    let shown = Shown::default();
    kind.body_fields()
        .map(|field| shown.field(field, answers.get(field.name), false).into_string())
        .collect()
}

#[test]
fn what_is_typed_into_a_form_passes_the_check_of_its_kind() {
    let mut kinds = 0;
    for kind in recordable() {
        let mut pairs = Vec::new();
        let asked: Vec<&Field> = kind.body_fields().collect();
        for field in &asked {
            typed(&field.form, &name_of(field.name), &mut pairs);
        }
        let mut answers = Map::new();
        read_into(&mut answers, &sent(&pairs), &asked);
        let mut given = Given::at(0);
        given.document(kind, Json::Object(answers.clone()));
        let checked = given.checked(kind);
        let given = match checked {
            Ok(given) => given,
            // Only its files are still missing.
            Err(crate::work::WorkError::Answers(faults)) => {
                let files = kind.documents_field().map(|field| field.name);
                assert!(
                    faults.iter().all(|fault| matches!(fault, AnswerFault::Missing { field, .. } if Some(*field) == files)),
                    "{}: {faults:?}", kind.name
                );
                continue;
            }
            Err(error) => panic!("{}: {error}", kind.name),
        };
        for field in asked.iter().filter(|field| !is_file(&field.form)) {
            assert!(!given.answers.lacks(field.name), "{}.{}", kind.name, field.name);
        }
        // The form comes back with what was typed, and text stays text.
        let html = render(kind, &answers);
        assert!(!html.contains("<b>words"), "{}", kind.name);
        for (name, text) in &pairs {
            let there = html.contains(&format!("name=\"{name}\""));
            assert!(there || name.contains(".2"), "{}: no input {name}", kind.name);
            if text == "2026" || text == "12" {
                assert!(html.contains(&format!("value=\"{text}\"")), "{}: {name}", kind.name);
            }
        }
        kinds += 1;
    }
    assert!(kinds > 55, "{kinds} kinds");
}

#[test]
fn an_empty_form_renders_and_answers_nothing() {
    for kind in KINDS {
        let asked: Vec<&Field> = kind.body_fields().collect();
        let html = render(kind, &Map::new());
        for field in &asked {
            let answered = html.contains(&name_of(field.name));
            assert!(answered || is_file(&field.form), "{}.{}", kind.name, field.name);
        }
        let mut answers = Map::from_iter([("old".to_owned(), Json::from("stays"))]);
        read_into(&mut answers, &Fields::default(), &asked);
        assert_eq!(answers.len(), 1, "{}", kind.name);
    }
}

#[test]
fn a_list_of_many_lines_keeps_its_order_and_one_can_be_taken_out() {
    let kind = probity_ledger::records::newest("cctv-access").expect("a known kind");
    let asked = [kind.field("cameras").expect("a field")];
    let pairs: Vec<(String, String)> =
        (0..12).map(|at| (format!("a.cameras.{at}"), format!("camera {at}"))).collect();
    let mut fields = sent(&pairs);
    fields.forget("a.cameras.1");
    let mut answers = Map::new();
    read_into(&mut answers, &fields, &asked);
    let cameras = answers["cameras"].as_array().expect("a list");
    assert_eq!(cameras.len(), 11);
    assert_eq!((&cameras[1], &cameras[10]), (&Json::from("camera 2"), &Json::from("camera 11")));
}

#[test]
fn faults_lead_to_their_inputs() {
    let kind = probity_ledger::records::newest("dpia").expect("a known kind");
    let mut answers = Map::new();
    let (list, members) = kind
        .body_fields()
        .find_map(|field| match field.form {
            Form::List(Form::Group(members)) => Some((field, *members)),
            _ => None,
        })
        .expect("a list of groups");
    let text = members.iter().find(|member| matches!(member.form, Form::Text)).expect("a text");
    let mut items = vec![Map::new(), Map::new()];
    items[1].insert(text.name.to_owned(), "a\u{7}b".into());
    items[0].insert(text.name.to_owned(), "good".into());
    answers.insert(list.name.to_owned(), items.into_iter().map(Json::Object).collect());
    let mut given = Given::at(0);
    given.document(kind, Json::Object(answers));
    let Err(crate::work::WorkError::Answers(faults)) = given.checked(kind) else {
        panic!("no faults")
    };
    let places: Vec<String> = faults
        .iter()
        .filter_map(|fault| place(kind, fault).0)
        .filter(|at| at.contains(list.name))
        .collect();
    assert!(places.iter().all(|at| at.starts_with(&name_of(list.name))), "{places:?}");
    assert!(!places.is_empty());
    let (at, words) = within(&list.form, name_of(list.name), "item 2: why: expected text");
    assert_eq!((at.as_str(), words), (format!("a.{}.1", list.name).as_str(), "why: expected text"));
    let named = format!("item 2: {}: expected text, found none", text.name);
    let (at, words) = within(&list.form, name_of(list.name), &named);
    assert_eq!(at, format!("a.{}.1.{}", list.name, text.name));
    assert_eq!(words, "expected text, found none");
}

#[test]
fn times_are_taken_as_people_type_them() {
    for (typed, time) in [
        ("1405", "14:05"),
        ("905", "09:05"),
        ("9.05", "09:05"),
        ("14:05", "14:05"),
        ("noon", "noon"),
        ("", ""),
    ] {
        assert_eq!(clock(typed), time);
    }
}
