//! The page of the registers, made from the registers themselves.

use std::fmt::Write as _;

use super::REGISTERS;

/// The reference page of all registers, as Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("\n| register | is | source |\n|---|---|---|\n");
    for register in REGISTERS {
        line(
            &mut page,
            format_args!(
                "| [`{0}`](#{0}) | {1} | {2} |",
                register.name, register.title, register.source
            ),
        );
    }
    for register in REGISTERS {
        line(&mut page, format_args!("\n## {}\n", register.name));
        line(&mut page, format_args!("**{}.** {}\n", register.title, register.about));
        line(&mut page, format_args!("- Source: {}", register.source));
        let kinds: Vec<String> = register.kinds.iter().map(|kind| format!("`{kind}`")).collect();
        line(&mut page, format_args!("- Made from: {}", kinds.join(", ")));
        page.push_str("\n| column | what stands in it | on the terminal |\n|---|---|---|\n");
        for column in register.columns {
            let main = if column.main { "yes" } else { "" };
            line(&mut page, format_args!("| `{}` | {} | {main} |", column.name, column.about));
        }
    }
    page
}

const INTRODUCTION: &str = "\
# Registers

This page is generated from the registers themselves. A register is worked out from the records
each time it is asked for; nothing is kept beside the record book that could say something else.

```sh
probity register                                  # the list of registers
probity register breaches                         # as it stands
probity register breaches --at 2026-08-31         # as it stood at the end of that day, in London
probity register breaches --full                  # every column, row by row
probity register breaches --csv breaches.csv      # for a spreadsheet; no file is overwritten
probity register breaches --json                  # for a program: one object a row
```

**As it stood.** `--at` leaves out every record that was signed later, by the time that its author
claims, and counts days up to that day. What was erased since can't be brought back: it shows as
erased on any day.

**Where a row comes from.** Each row names the entries that it rests on; `probity show ENTRY` shows
them. Under *marks* stands what a reader must know of these: *corrected by entry N* (a correction
says what was wrong; the register still shows what was recorded), *erased by entry N*, *can't be
opened* (answers are damaged, and no erasure says why: `probity verify` tells more), *by
exception, not ratified*, *incomplete* (a signature or an authority is missing), *stale* (what was
approved was corrected or replaced afterwards). A record that names itself a correction of one of its own kind
takes that one's place.

**What a cell says.** Nothing stands under a question that wasn't answered. `erased (entry N)`, or
`erased` where no entry says by whom, stands under one whose answer is gone, and `can't be opened`
under one that is damaged. Text is what people
wrote. The terminal shows 21 November 2026; CSV and JSON have ISO dates, moments in UTC, spans as
FROM/TO, and elapsed time in hours and begun minutes.

**CSV** is UTF-8 with a byte-order mark, lines end in CRLF, and every cell is text: one that a
spreadsheet would take for a formula has `'` before it, and characters that can't be seen or turn
the direction of writing are spelt as `\\u{202e}`. The first columns are `entries` and `case`, the
last ones `marks` and `as at`.

**What no register shows**: whether the records are genuine (`probity verify` tells), and what
should have been recorded and wasn't. A register is a tool and no legal advice.
";

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(page, "{text}").expect("writing to a string does not fail");
}
