//! The text of an answer that was written with an editor of web pages: what a reader sees, in
//! lines. Tags go, items of lists begin with a hyphen, the usual named characters become what
//! they stand for.

/// Tags that begin and end a line.
const BLOCKS: [&str; 14] =
    ["p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "blockquote"];

/// Characters by name, as editors write them.
const NAMED: [(&str, char); 22] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("bull", '•'),
    ("pound", '£'),
    ("euro", '€'),
    ("eacute", 'é'),
    ("egrave", 'è'),
    ("agrave", 'à'),
    ("ccedil", 'ç'),
    ("laquo", '«'),
    ("raquo", '»'),
];

/// The text, one line for each that is seen, without blank ones.
#[must_use]
pub fn text_of(html: &str) -> String {
    let (mut text, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(at) = rest.find(['<', '&']) {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        let taken = if found.starts_with('<') { tag(found) } else { character(found) };
        let (replaced, length) = taken.unwrap_or_else(|| (found[..1].to_owned(), 1));
        text.push_str(&replaced);
        rest = &found[length..];
    }
    text.push_str(rest);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines = lines.filter(|line| !matches!(line.as_str(), "" | "-"));
    let clean = |line: String| line.chars().filter(|c| !c.is_control()).collect::<String>();
    lines.map(clean).collect::<Vec<_>>().join("\n")
}

/// What stands for a tag, and its length; none where a `<` begins no tag.
fn tag(text: &str) -> Option<(String, usize)> {
    let inside = text.strip_prefix('<')?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') {
        return None;
    }
    let length = text.find('>')? + 1;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let name = name[..end].to_ascii_lowercase();
    let stands = match name.as_str() {
        "li" if !inside.starts_with('/') => "\n- ",
        name if BLOCKS.contains(&name) => "\n",
        "td" | "th" => " ",
        _ => "",
    };
    Some((stands.to_owned(), length))
}

/// What stands for `&name;` or `&#number;`, and its length.
fn character(text: &str) -> Option<(String, usize)> {
    // No name is longer.
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let found = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((found.to_string(), end + 1))
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn a_reader_sees_the_same_lines() {
        for (html, text) in [
            ("plain", "plain"),
            ("<p>One&nbsp;line</p>\n<p>Another<br />third</p>", "One line\nAnother\nthird"),
            ("<ul>\n<li><b>a</b> &amp; b</li><li>c &lt; d</li></ul>", "- a & b\n- c < d"),
            ("<span style=\"color: red\">x</span>", "x"),
            ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
            ("&eacute;t&#233; &#x2019;&unknown; & so", "été ’&unknown; & so"),
            ("<!-- hidden --><div> </div>", ""),
            ("<li></li>", ""),
            ("&#0;&#27;[1m", "[1m"),
            ("cut <b", "cut <b"),
        ] {
            assert_eq!(text_of(html), text, "{html}");
        }
    }
}
