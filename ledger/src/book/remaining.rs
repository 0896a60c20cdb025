//! Risks that stay high after the controls, by the newest DPIA of a case and by what was accepted since.
//! What falls due and the state of a case both rest on it.

use std::collections::BTreeMap;

use super::item::Item;
use crate::format::cbor::Value;
use crate::records::answers::part;
use crate::records::terms::is_red;

/// The newest record by which a high risk remains. Each risk stands as it was rated last: in the DPIA,
/// or in an acceptance behind it.
pub(super) fn high<'a>(
    dpia: Option<&'a Item>,
    acceptances: impl IntoIterator<Item = &'a Item>,
) -> Option<&'a Item> {
    let after = dpia.map(|dpia| dpia.index);
    let later = acceptances.into_iter().filter(|acceptance| Some(acceptance.index) > after);
    let mut risks: BTreeMap<String, (bool, &Item)> = BTreeMap::new();
    for item in dpia.into_iter().chain(later) {
        for (at, risk) in item.list("risks").iter().enumerate() {
            let id =
                part(risk, "id").map_or_else(|| format!("{at} of {}", item.index), str::to_owned);
            risks.insert(id, (remains_high(risk), item));
        }
    }
    let high = risks.into_values().filter(|(high, _)| *high).map(|(_, item)| item);
    high.max_by_key(|item| item.index)
}

/// Whether a risk stays high after the controls, in the words of a DPIA or of an acceptance.
fn remains_high(risk: &Value) -> bool {
    let after = |name: &str| part(risk, &format!("{name}-after")).or_else(|| part(risk, name));
    let rated = after("level").is_some() || after("impact").is_some();
    let called = !rated && part(risk, "called-high-by").is_some();
    called || after("level") == Some("high") || is_red(after("impact"), after("likelihood"))
}
