//! The kinds as one JSON document, for a reader in another language: what Appendix A of the
//! format page says of each, and the words for people.
//!
//! ```text
//! {"kinds": [{"name", "version", "title", "about", "class", "signers", "clear", "fields",
//!             "required_links", "also"}], "roles": {NAME: TITLE}}
//! ```
//!
//! `signers` is `"any"`, `"appointee"` or a list of roles. A field is `{"name", "ask", "form",
//! "privileged", "members"}`: `form` is one word, `members` stands for groups and lists of
//! groups, else it is null; of a list, `item` is the form of what it holds.

use serde_json::{Value as Json, json};

use super::KINDS;
use super::kind::{Class, Field, Form, Kind, On, Relation, Signers};
use super::page::clear_fields;
use super::roles;

/// The document, one kind a line, so that a change shows where it was made.
#[must_use]
pub fn kinds() -> String {
    let lines: Vec<String> = KINDS.iter().map(|kind| describe(kind).to_string()).collect();
    let roles: serde_json::Map<String, Json> =
        roles::ROLES.iter().map(|role| (role.name.to_owned(), json!(role.title))).collect();
    format!("{{\"kinds\":[\n{}\n],\"roles\":{}}}\n", lines.join(",\n"), Json::Object(roles))
}

fn describe(kind: &Kind) -> Json {
    let class = match kind.class {
        Class::Governance => "governance",
        Class::Permission => "permission",
        Class::Fact => "fact",
    };
    let signers = match kind.signers {
        Signers::AnyAppointed => json!("any"),
        Signers::Appointee => json!("appointee"),
        Signers::OneOf(names) => json!(names),
    };
    let links: Vec<Vec<&str>> = kind
        .required_links
        .iter()
        .map(|group| group.iter().copied().map(Relation::name).collect())
        .collect();
    let also: Vec<Json> = kind
        .also
        .iter()
        .map(|also| {
            json!({
                "kind": also.kind,
                "roles": also.roles,
                "what": also.what,
                "on": match also.on {
                    On::Content => "content",
                    On::Itself => "itself",
                    On::ItselfOrRule => "itself-or-rule",
                },
                "by_author": also.by_author,
            })
        })
        .collect();
    json!({
        "name": kind.name,
        "version": kind.version,
        "title": kind.title,
        "about": kind.about,
        "class": class,
        "signers": signers,
        "clear": clear_fields(kind.clear),
        "fields": kind.body_fields().map(field).collect::<Vec<_>>(),
        "required_links": links,
        "also": also,
    })
}

fn field(field: &Field) -> Json {
    let (item, members) = match &field.form {
        Form::Group(members) => (None, Some(*members)),
        Form::List(item) => match item {
            Form::Group(members) => (Some("group"), Some(*members)),
            other => (Some(word(other)), None),
        },
        _ => (None, None),
    };
    let mut described = json!({
        "name": field.name,
        "ask": field.ask,
        "form": word(&field.form),
        "privileged": field.privileged,
        "members": members.map(|members| members.iter().map(self::field).collect::<Vec<_>>()),
    });
    if let Some(item) = item {
        described["item"] = json!(item);
    }
    described
}

const fn word(form: &Form) -> &'static str {
    match form {
        Form::Text => "text",
        Form::Long => "long",
        Form::Date => "date",
        Form::Time => "time",
        Form::Bool => "bool",
        Form::Count => "count",
        Form::Choice(_) => "choice",
        Form::Ref => "ref",
        Form::Person => "person",
        Form::Hash => "hash",
        Form::Doc => "doc",
        Form::Occurred => "occurred",
        Form::Roles => "roles",
        Form::List(_) => "list",
        Form::Group(_) => "group",
    }
}
