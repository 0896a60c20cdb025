//! A plot of durations over the size of a ledger, both axes logarithmic, as SVG.
//!
//! It brings its own white ground, so that it reads the same on light and dark pages. Lines
//! differ in colour (a set that colour-blind people tell apart), dash and mark, and each is
//! named at its end as well as in the legend.

use std::fmt::Write as _;

use super::clock::words;

/// A line of the plot: its name, and seconds by number of entries.
pub struct Series {
    /// What it shows.
    pub name: &'static str,
    /// The same in a word, for the line's end.
    pub short: &'static str,
    /// Entries and seconds, ascending.
    pub points: Vec<(u64, f64)>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 140.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 58.0;

/// Colour and dash.
const STYLES: [(&str, &str); 3] = [("#0072b2", "none"), ("#d55e00", "7 4"), ("#00795a", "2 4")];

/// Where the axes begin and end, as powers of ten.
struct Axes {
    x: (i32, i32),
    y: (i32, i32),
}

impl Axes {
    fn of(series: &[Series]) -> Self {
        let all = || series.iter().flat_map(|one| &one.points);
        let power = |figure: f64| figure.max(1e-9).log10();
        let x = all().map(|(entries, _)| power(*entries as f64));
        let y = all().map(|(_, seconds)| power(*seconds));
        Self { x: bounds(x), y: bounds(y) }
    }

    fn place(&self, entries: f64, seconds: f64) -> (f64, f64) {
        let share = |figure: f64, (low, high): (i32, i32)| {
            (figure.max(1e-9).log10() - f64::from(low)) / f64::from((high - low).max(1))
        };
        let (x, y) = (share(entries, self.x), share(seconds, self.y));
        (LEFT + x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y * (HEIGHT - TOP - BOTTOM))
    }
}

#[allow(clippy::cast_possible_truncation, reason = "powers of ten of durations and counts")]
fn bounds(powers: impl Iterator<Item = f64>) -> (i32, i32) {
    let (low, high) =
        powers.fold((f64::MAX, f64::MIN), |(low, high), power| (low.min(power), high.max(power)));
    let (low, high) = (low.floor() as i32, high.ceil() as i32);
    (low, high.max(low + 1))
}

/// Draws it.
pub fn draw(title: &str, subtitle: &str, series: &[Series]) -> String {
    let axes = Axes::of(series);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#222\" role=\"img\">\n\
         <title>{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\" fill=\"#fff\"/>\n\
         <text x=\"20\" y=\"28\" font-size=\"16\" font-weight=\"bold\">{title}</text>\n\
         <text x=\"20\" y=\"47\" fill=\"#555\">{subtitle}</text>\n"
    );
    grid(&mut out, &axes);
    let mut names = Vec::new();
    for (one, style) in series.iter().zip(STYLES) {
        line(&mut out, &axes, one, style);
        if let Some((entries, seconds)) = one.points.last() {
            let (x, y) = axes.place(*entries as f64, *seconds);
            names.push((y, x, style.0, format!("{}: {}", one.short, words(*seconds))));
        }
    }
    // Names at the ends, moved apart where lines end close together.
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut above = f64::MIN;
    for (y, x, colour, name) in names {
        let y = (y + 4.0).max(above + 17.0);
        above = y;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{y:.1}\" fill=\"{colour}\">{name}</text>",
            x + 10.0
        );
    }
    legend(&mut out, series);
    out.push_str("</svg>\n");
    out
}

fn grid(out: &mut String, axes: &Axes) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for power in axes.x.0..=axes.x.1 {
        let (x, _) = axes.place(10_f64.powi(power), 1.0);
        let _ = writeln!(
            out,
            "<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 19.0,
            thousands(power)
        );
    }
    for power in axes.y.0..=axes.y.1 {
        let seconds = 10_f64.powi(power);
        let (_, y) = axes.place(1.0, seconds);
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            y + 4.5,
            duration(power)
        );
    }
    let _ = writeln!(
        out,
        "<path d=\"M{LEFT} {TOP}V{bottom}H{right}\" stroke=\"#222\" fill=\"none\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">entries in the ledger (logarithmic)</text>\n\
         <text transform=\"translate(20 {:.1}) rotate(-90)\" text-anchor=\"middle\">time (logarithmic)</text>",
        f64::midpoint(LEFT, right),
        HEIGHT - 16.0,
        f64::midpoint(TOP, bottom),
    );
}

fn line(out: &mut String, axes: &Axes, series: &Series, (colour, dash): (&str, &str)) {
    let places: Vec<(f64, f64)> = series
        .points
        .iter()
        .map(|(entries, seconds)| axes.place(*entries as f64, *seconds))
        .collect();
    let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    let _ = writeln!(
        out,
        "<path d=\"M{}\" stroke=\"{colour}\" stroke-width=\"2.2\" stroke-dasharray=\"{dash}\" fill=\"none\"/>",
        path.join("L")
    );
    for (x, y) in places {
        mark(out, x, y, colour);
    }
}

/// A round, square or pointed mark, by colour.
fn mark(out: &mut String, x: f64, y: f64, colour: &str) {
    let path = match STYLES.iter().position(|(known, _)| *known == colour) {
        Some(0) => format!("M{:.1} {y:.1}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", x - 4.0),
        Some(1) => format!("M{:.1} {:.1}h8v8h-8z", x - 4.0, y - 4.0),
        _ => format!("M{x:.1} {:.1}l5 9h-10z", y - 5.0),
    };
    let _ = writeln!(out, "<path d=\"{path}\" fill=\"{colour}\"/>");
}

fn legend(out: &mut String, series: &[Series]) {
    let mut x = LEFT;
    for (one, (colour, dash)) in series.iter().zip(STYLES) {
        let y = 72.0;
        let _ = writeln!(
            out,
            "<path d=\"M{x} {y}h30\" stroke=\"{colour}\" stroke-width=\"2.2\" stroke-dasharray=\"{dash}\"/>"
        );
        mark(out, x + 15.0, y, colour);
        let _ = writeln!(out, "<text x=\"{}\" y=\"{}\">{}</text>", x + 37.0, y + 4.5, one.name);
        x += 62.0 + 7.0 * one.name.len() as f64;
    }
}

fn thousands(power: i32) -> String {
    match power {
        0..=2 => 10_u64.pow(power.unsigned_abs()).to_string(),
        3..=5 => format!("{},000", 10_u64.pow((power - 3).unsigned_abs())),
        6..=8 => format!("{},000,000", 10_u64.pow((power - 6).unsigned_abs())),
        _ => format!("10^{power}"),
    }
}

fn duration(power: i32) -> String {
    let (unit, base) = match power {
        ..-6 => ("ns", -9),
        -6..-3 => ("µs", -6),
        -3..0 => ("ms", -3),
        _ => ("s", 0),
    };
    format!("{} {unit}", 10_u64.pow((power - base).unsigned_abs()))
}
