//! CCTV: deleting footage and copies, and ending covert monitoring.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::making::{Scene, folded, set};
use super::{Due, When};
use crate::book::item::Item;
use crate::book::rules::Worked;
use crate::book::rules::limits;
use crate::records::days::written;
use crate::records::kind::Relation;

pub(super) fn due(scene: &Scene<'_, '_>) -> Vec<Due> {
    let mut cameras: BTreeMap<String, &Item> = BTreeMap::new();
    for camera in scene.standing("cctv-camera") {
        cameras.insert(folded(camera.text("camera")), camera);
    }
    let mut all: Vec<Due> =
        cameras.iter().filter_map(|(name, camera)| footage(scene, name, camera)).collect();
    let copies = scene.standing("cctv-access").into_iter();
    all.extend(copies.filter_map(|access| copy(scene, access, &cameras)));
    let covert = scene.standing("covert-authorisation").into_iter();
    all.extend(covert.filter_map(|authorisation| covert_end(scene, authorisation)));
    all
}

fn period(camera: &Item) -> Option<i64> {
    camera.integer("retention-days").filter(|_| camera.text("status") == Some("in-use"))
}

fn day_of(item: &Item, name: &str) -> Option<Date> {
    item.integer(name).and_then(|moment| When::Moment(moment).day())
}

/// A camera's footage: what is older than its period is deleted.
fn footage(scene: &Scene<'_, '_>, name: &str, camera: &Item) -> Option<Due> {
    let days = period(camera)?;
    let deleted = scene
        .standing("cctv-deletion")
        .into_iter()
        .filter(|deletion| deletion.texts("cameras").any(|other| folded(Some(other)) == name))
        .filter_map(|deletion| day_of(deletion, "footage-to"))
        .max();
    let (from, first) = if let Some(day) = deleted {
        (day, format!("footage up to {} is deleted", written(day)))
    } else {
        let day = camera.day("since").unwrap_or_else(|| camera.signed_on());
        (day, format!("in use since {}, and no deletion is on record", written(day)))
    };
    let title = "Delete older footage of a camera, and record it";
    let making = scene
        .make("cctv-delete", from, "cctv-delete", camera, title)
        .about(camera.text("camera"))
        .target(Some(limits::cctv_delete(from, days, &first)));
    Some(making.done(scene))
}

/// A still or clip that was taken.
fn copy<'a>(
    scene: &Scene<'_, 'a>,
    access: &'a Item,
    cameras: &BTreeMap<String, &Item>,
) -> Option<Due> {
    if !matches!(access.text("outcome"), Some("still" | "clip")) {
        return None;
    }
    let on = access.signed_on();
    let days = access
        .texts("cameras")
        .filter_map(|name| cameras.get(&folded(Some(name))).and_then(|camera| period(camera)))
        .min();
    let worked = match (access.day("delete-by"), day_of(access, "footage-to"), days) {
        (Some(day), _, _) => set("cctv-delete", day, "set when it was taken"),
        (None, Some(from), Some(days)) => {
            let first = format!("footage of {}", written(from));
            limits::cctv_delete(from, days, &first)
        }
        _ => Worked {
            rule: "cctv-delete",
            due: When::NotKnown,
            words: "cannot be computed: neither a day for deleting it nor the camera's period is \
                    on record"
                .to_owned(),
        },
    };
    let deleted = scene
        .book
        .standing_links(access, Relation::About, "cctv-deletion")
        .into_iter()
        .map(|deletion| deletion.integer("deleted").unwrap_or(deletion.time))
        .min();
    let title = "Delete the still or clip that was taken, and record it";
    let making = scene
        .make("cctv-delete", on, "cctv-copy", access, title)
        .target(Some(worked))
        .met(deleted.map(When::Moment));
    Some(making.done(scene))
}

fn covert_end<'a>(scene: &Scene<'_, 'a>, authorisation: &'a Item) -> Option<Due> {
    let longest = authorisation.day("longest-end")?;
    let ended = scene
        .book
        .following(authorisation, Relation::About, "covert-end")
        .into_iter()
        .map(|end| end.integer("ended").unwrap_or(end.time))
        .min();
    let on = authorisation.signed_on();
    let making = scene
        .make("covert-end", on, "covert-end", authorisation, "End the covert monitoring")
        .target(Some(set("covert-end", longest, "the longest end that was authorised")))
        .met(ended.map(When::Moment));
    Some(making.done(scene))
}
