//! What the sender of a bundle is told: what it holds, what to read by eye before it goes out, and
//! the password of an encrypted one.

use probity_ledger::verify::words::count;

use crate::cli::Context;
use crate::cli::table::{self, safe};
use crate::work::export::{Password, Preview, Summary};
use crate::work::schedule::Line;

/// Prints what an export would come to.
pub fn print_preview(context: &Context, preview: &Preview) {
    let rows: Vec<Vec<String>> = preview.lines.iter().map(Line::cells).collect();
    table::print(context, &Line::COLUMNS, &rows);
    context.say(format_args!("\nNothing was written. It would hold {}.", held(&preview.summary)));
    say_summary(context, &preview.summary);
}

/// How many entries, and how many of them with answers.
pub fn held(summary: &Summary) -> String {
    let entries = count(summary.entries as u64, "entry", "entries");
    if summary.chosen == summary.entries {
        return entries;
    }
    format!("{entries} ({} chosen, the others to prove order and authority)", summary.chosen)
}

/// Says what the sender should know.
pub fn say_summary(context: &Context, summary: &Summary) {
    if summary.withheld > 0 || !summary.look.is_empty() {
        context.say(context.wrap(&format!(
            "\nOf the chosen ones {} along and {} withheld or erased; data/schedule.csv says of each \
             which fields, and why.",
            match summary.answers {
                1 => "1 answer goes".to_owned(),
                answers => format!("{answers} answers go"),
            },
            match summary.withheld {
                1 => "1 field is".to_owned(),
                fields => format!("{fields} fields are"),
            },
        )));
    }
    for (entry, field) in &summary.legal_advice {
        context.say(format_args!(
            "\nEntry {entry} shows legal advice (`{field}`) to whoever gets this; leave it out with \
             --withhold {field}"
        ));
    }
    for one in &summary.along {
        context.say(context.wrap(&format!(
            "\n{} is withheld with entry {} ({}) and goes along all the same, because entry {} names it; leave \
             it out with --withhold {}:{}",
            safe(&one.file),
            one.entry,
            one.field,
            one.with,
            one.with,
            one.with_field
        )));
    }
    if !summary.look.is_empty() {
        context.say(context.wrap(
            "\nRead these before you send it: no rule knows whom free text and files are about. Leave \
             an answer out with --withhold ENTRY:FIELD.",
        ));
        for look in &summary.look {
            let fields: Vec<String> = look
                .fields
                .iter()
                .map(|at| match at.what {
                    "free text" | "line of text" => at.field.to_owned(),
                    what => format!("{} ({what})", at.field),
                })
                .collect();
            context.say(format_args!(
                "  entry {} ({}): {}",
                look.entry,
                safe(&look.record),
                fields.join(", ")
            ));
        }
    }
    if !summary.left_out.is_empty() {
        context.say(context.wrap(
            "\nThese stay out, and nothing in the bundle tells of them. Add one with --entry ENTRY if \
             the person should have it.",
        ));
        for out in &summary.left_out {
            context.say(format_args!("  entry {}: {}", out.entry, out.why));
        }
    }
}

/// Shows a password that was made for an encrypted zip. It is nowhere else.
pub fn show_password(context: &Context, password: &Password) {
    context.say_once("\nThe zip is encrypted. Its password is shown this once and kept nowhere:\n");
    context.say_once(format_args!("    {}\n", password.text()));
    for group in password.spelt() {
        context.say_once(format_args!("    {}", group.as_str()));
    }
    context.say("");
}

/// Says how an encrypted zip and its password go out.
pub fn say_how_to_send(context: &Context) {
    context.say(context.wrap(
        "Give the password by telephone or letter, never in the e-mail that brings the file, nor in \
         another one to the same address. Who gets it opens the file with 7-Zip, or another program \
         that knows AES-256 (Windows alone doesn't), and finds the bundle in it.",
    ));
}
