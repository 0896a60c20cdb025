//! In which roles somebody is, by their appointments.

use probity_keys::SigningKey;

use super::*;

const PERSON: PersonId = [7; 16];

/// A key of the person, appointed as chair from time 100 on, and when and whether it was revoked.
fn key(seed: u8, revoked: Option<i64>) -> (Kid, KeyRecord) {
    let key = SigningKey::from_seed([seed; 32]).public();
    let appointment = Appointment {
        index: Index(2),
        entry: EntryHash([seed; 32]),
        roles: vec![if seed == 1 { "chair-of-governors" } else { "governor" }.to_owned()],
        from: 100,
        until: None,
        by: key.kid(),
    };
    let revoked = revoked.map(|time| Revocation { index: Index(5), time, suspect_since: None });
    (key.kid(), KeyRecord { key, person: PERSON, appointments: vec![appointment], revoked })
}

fn is_chair(keys: &[(Kid, KeyRecord)], at: i64, below: u64, ended: bool) -> bool {
    let authority = Authority {
        origin: String::new(),
        fingerprint: EntryHash([0; 32]),
        school: String::new(),
        keys: keys.iter().cloned().collect(),
        people: HashMap::new(),
        appointed: HashMap::new(),
        logs: Vec::new(),
        blind_from: None,
    };
    authority.names_role(&PERSON, "chair-of-governors", (at, at + 10), Index(below), |_| ended)
}

/// Else who left signs on paper for years, in a role that somebody else holds.
#[test]
fn a_role_ends_with_the_key_that_was_revoked_because_it_ended() {
    let left = [key(1, Some(500))];
    assert!(is_chair(&left, 499, 9, true), "before it was revoked");
    assert!(!is_chair(&left, 500, 9, true));
    assert!(is_chair(&left, 500, 5, true), "nobody knew it yet");
    // Who lost their key is chair as before, and signs on paper for want of it.
    assert!(is_chair(&left, 500, 9, false));
    // Until another key of theirs speaks.
    let anew = [key(1, Some(500)), key(2, None)];
    assert!(is_chair(&anew, 499, 9, false));
    assert!(!is_chair(&anew, 500, 9, false));
    assert!(!is_chair(&[key(2, None)], 500, 9, false));
}

/// Else a chair whose years are over signs on paper as one, or one in office doesn't.
#[test]
fn a_role_is_held_from_the_entry_after_its_appointment_until_its_last_moment() {
    let (kid, mut record) = key(1, None);
    assert!(!is_chair(&[(kid, record.clone())], 200, 2, false), "nobody had appointed them yet");
    assert!(is_chair(&[(kid, record.clone())], 200, 3, false));
    record.appointments[0].until = Some(600);
    let chair_at = |from| is_chair(&[(kid, record.clone())], from, 9, false);
    assert_eq!([500, 599, 600, 601].map(chair_at), [true, true, false, false]);
}
