//! Signatures on the same thing, gathered so that each act finds those that decide it at once.
//!
//! Of signatures of one kind in one role on one thing only a few can make a difference, however
//! many there are: an act asks for one by somebody else than its author, or for some by as many
//! people. So neither the time nor the room that an act takes grows with the signatures of others.

use std::collections::{BTreeMap, HashMap};

use super::Paper;
use crate::format::hash::EntryHash;
use crate::records::facts::PersonId;
use crate::records::kind::Also;
use crate::records::roles;

/// Most signatures that a kind requires beside its own: as many people can tell any of them apart.
pub(super) const MOST_ALSO: usize = 3;

/// A person, unless they stand there already or there are enough.
fn put(people: &mut Vec<PersonId>, person: PersonId) {
    if people.len() < MOST_ALSO && !people.contains(&person) {
        // Nearly always the only one, and there may be a hundred thousand such lists.
        people.reserve_exact(1);
        people.push(person);
    }
}

/// A signature on paper, in the order in which they were put on record.
#[derive(Clone, Debug)]
struct OnPaper {
    order: u64,
    /// `None` where it names nobody who is appointed.
    person: Option<PersonId>,
    paper: Paper,
}

impl OnPaper {
    fn is_without(&self, person: PersonId) -> bool {
        self.person != Some(person) && self.paper.recorder != Some(person)
    }

    /// Whether it can show that somebody else than an act's author signed.
    fn shows(&self, author: PersonId, also: &Also) -> bool {
        self.person.is_some() && (also.by_author || self.is_without(author))
    }
}

/// Signatures of one kind in one role on one thing.
#[derive(Clone, Debug, Default)]
struct Pile {
    /// Who signed with a key.
    signed: Vec<PersonId>,
    /// Who signed at all.
    people: Vec<PersonId>,
    papers: Vec<OnPaper>,
}

impl Pile {
    /// Keeps a signature on paper if some act can find no earlier one that does the same: the
    /// first of all, the first by somebody who is known, and for each person in that one the
    /// first without them.
    fn put_paper(&mut self, new: OnPaper) {
        let known = || self.papers.iter().filter(|one| one.person.is_some());
        let needed = match (new.person, known().next()) {
            (None, _) => self.papers.is_empty(),
            (Some(_), None) => true,
            (Some(_), Some(first)) => [first.person, first.paper.recorder]
                .into_iter()
                .flatten()
                .any(|person| new.is_without(person) && !known().any(|one| one.is_without(person))),
        };
        if needed {
            self.papers.push(new);
        }
    }
}

/// What was signed as a kind on a thing, by role.
type Roles = Vec<(&'static str, Pile)>;

/// All signatures, by the thing and the kind that they are of.
#[derive(Clone, Debug, Default)]
pub(super) struct Piles {
    piles: HashMap<([u8; 32], &'static str), Roles>,
    papers: u64,
}

impl Piles {
    /// `None` for a role that nobody knows: no act asks for it.
    fn pile(&mut self, item: [u8; 32], kind: &'static str, role: &str) -> Option<&mut Pile> {
        let role = roles::find(role)?.name;
        let piles = self.piles.entry((item, kind)).or_default();
        let at = piles.iter().position(|(known, _)| *known == role).unwrap_or_else(|| {
            piles.reserve_exact(1);
            piles.push((role, Pile::default()));
            piles.len() - 1
        });
        piles.get_mut(at).map(|(_, pile)| pile)
    }

    /// Takes a signature with a key.
    pub fn sign(
        &mut self,
        item: [u8; 32],
        kind: &'static str,
        role: &str,
        person: Option<PersonId>,
    ) {
        let Some(person) = person else { return };
        let Some(pile) = self.pile(item, kind, role) else { return };
        put(&mut pile.signed, person);
        put(&mut pile.people, person);
    }

    /// Takes a signature on paper.
    pub fn sign_on_paper(
        &mut self,
        item: [u8; 32],
        kind: &'static str,
        role: &str,
        (person, paper): (Option<PersonId>, Paper),
    ) {
        self.papers += 1;
        let order = self.papers;
        let Some(pile) = self.pile(item, kind, role) else { return };
        if let Some(person) = person {
            put(&mut pile.people, person);
        }
        pile.put_paper(OnPaper { order, person, paper });
    }

    fn fitting(&self, item: &[u8; 32], also: &Also) -> impl Iterator<Item = &Pile> {
        let piles = self.piles.get(&(*item, also.kind)).into_iter().flatten();
        piles.filter(|(role, _)| also.roles.contains(role)).map(|(_, pile)| pile)
    }

    /// Whether somebody signed with a key, other than an act's author where the kind says so.
    pub fn is_signed(&self, item: &[u8; 32], also: &Also, author: PersonId) -> bool {
        let mut people = self.fitting(item, also).flat_map(|pile| &pile.signed);
        people.any(|person| also.by_author || *person != author)
    }

    /// The first signature on paper that shows another person, or else the first at all; and
    /// whether it shows one.
    pub fn on_paper(
        &self,
        item: &[u8; 32],
        also: &Also,
        author: PersonId,
    ) -> Option<(&Paper, bool)> {
        let papers = || self.fitting(item, also).flat_map(|pile| &pile.papers);
        let shown = papers().filter(|one| one.shows(author, also)).min_by_key(|one| one.order);
        let first = papers().min_by_key(|one| one.order);
        shown.map(|one| (&one.paper, true)).or(first.map(|one| (&one.paper, false)))
    }

    /// Who signed any of these things, each once, as many as can matter.
    pub fn people<'a>(
        &self,
        items: impl Iterator<Item = &'a [u8; 32]>,
        also: &Also,
    ) -> Vec<PersonId> {
        let mut people = Vec::new();
        for person in items.flat_map(|item| self.fitting(item, also)).flat_map(|pile| &pile.people)
        {
            put(&mut people, *person);
        }
        people
    }
}

/// Ratifications of one exception, in one role or in any.
#[derive(Clone, Debug, Default)]
struct Ratified {
    signed: Vec<PersonId>,
    papers: Vec<(PersonId, Paper)>,
}

/// How something is ratified.
pub(super) enum How<'a> {
    /// With a key.
    Signed,
    OnPaper(&'a Paper),
}

/// All ratifications, by what is ratified. Neither the author of the exception nor that of the act
/// can ratify it: of three people one is somebody else.
#[derive(Clone, Debug, Default)]
pub(super) struct Ratifications(BTreeMap<EntryHash, HashMap<Option<String>, Ratified>>);

impl Ratifications {
    /// Takes a ratification: in which role, by whom, and the paper if it is on paper.
    pub fn put(
        &mut self,
        to: EntryHash,
        role: &str,
        person: Option<PersonId>,
        paper: Option<&Paper>,
    ) {
        let Some(person) = person else { return };
        let roles = self.0.entry(to).or_default();
        for role in [None, Some(role.to_owned())] {
            let ratified = roles.entry(role).or_default();
            match paper {
                None => put(&mut ratified.signed, person),
                Some(paper) => {
                    let is_known = ratified.papers.iter().any(|(known, _)| *known == person);
                    if ratified.papers.len() < MOST_ALSO && !is_known {
                        ratified.papers.push((person, paper.clone()));
                    }
                }
            }
        }
    }

    /// How it is ratified in this role, or in any, by somebody else than these two.
    pub fn of(
        &self,
        to: &EntryHash,
        role: Option<&String>,
        others: [Option<PersonId>; 2],
    ) -> Option<How<'_>> {
        let ratified = self.0.get(to)?.get(&role.cloned())?;
        let another = |person: &PersonId| !others.contains(&Some(*person));
        if ratified.signed.iter().any(another) {
            return Some(How::Signed);
        }
        let paper = ratified.papers.iter().find(|(person, _)| another(person));
        paper.map(|(_, paper)| How::OnPaper(paper))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::hash::Index;
    use crate::records::KINDS;

    /// Who signed, on which paper, in which role.
    type Given = (Option<PersonId>, Option<Paper>, &'static str);

    fn also(by_author: bool) -> Also {
        let roles = &["headteacher", "dpo"];
        Also {
            kind: "approval",
            roles,
            what: "an approval",
            on: crate::records::kind::On::Itself,
            by_author,
        }
    }

    fn paper(entry: u64, recorder: Option<u8>) -> Paper {
        Paper { entry: Index(entry), recorder: recorder.map(|of| [of; 16]), name: None }
    }

    #[test]
    fn no_kind_requires_more_signatures_than_are_kept() {
        assert!(KINDS.iter().all(|kind| kind.also.len() <= MOST_ALSO));
        assert!(KINDS.iter().any(|kind| kind.also.len() == MOST_ALSO));
    }

    /// Else a ledger in which many sign the same thing would take ever more room and time.
    #[test]
    fn of_many_signatures_few_are_kept() {
        let mut piles = Piles::default();
        let mut ratifications = Ratifications::default();
        for entry in 0..50_u8 {
            let (person, paper) = (Some([entry % 10; 16]), paper(entry.into(), Some(entry % 7)));
            piles.sign([1; 32], "approval", "dpo", person);
            piles.sign_on_paper([1; 32], "approval", "dpo", (person, paper.clone()));
            ratifications.put(EntryHash([2; 32]), "dpo", person, None);
            ratifications.put(EntryHash([2; 32]), "dpo", person, Some(&paper));
        }
        for (_, pile) in piles.piles.values().flatten() {
            assert_eq!((pile.signed.len(), pile.people.len()), (MOST_ALSO, MOST_ALSO));
            assert!(pile.papers.len() <= 4, "{:?}", pile.papers);
        }
        for ratified in ratifications.0.values().flat_map(HashMap::values) {
            assert_eq!((ratified.signed.len(), ratified.papers.len()), (MOST_ALSO, MOST_ALSO));
        }
        // One person's many papers are one.
        let one = EntryHash([3; 32]);
        for entry in 0..5 {
            ratifications.put(one, "dpo", Some([1; 16]), Some(&paper(entry, None)));
        }
        assert!(ratifications.0[&one].values().all(|ratified| ratified.papers.len() == 1));
    }

    /// Whatever order and number they come in, what is kept of them decides as all of them would.
    #[test]
    fn what_is_kept_decides_as_all_would() {
        let mut state = 7_u64;
        let mut roll = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..2_000 {
            let mut piles = Piles::default();
            let mut all: Vec<Given> = Vec::new();
            for entry in 0..roll(9) {
                let person = (roll(4) > 0).then(|| [u8::try_from(roll(4)).expect("small"); 16]);
                let role =
                    ["headteacher", "dpo", "staff"][usize::try_from(roll(3)).expect("small")];
                if roll(2) == 0 {
                    piles.sign([1; 32], "approval", role, person);
                    all.push((person, None, role));
                } else {
                    let recorder = (roll(4) > 0).then(|| u8::try_from(roll(4)).expect("small"));
                    let paper = paper(entry, recorder);
                    piles.sign_on_paper([1; 32], "approval", role, (person, paper.clone()));
                    all.push((person, Some(paper), role));
                }
            }
            all.retain(|(_, _, role)| *role != "staff");
            for (author, by_author) in (0..5).flat_map(|of| [([of; 16], false), ([of; 16], true)]) {
                let also = also(by_author);
                let another = |person: &Option<PersonId>| {
                    person.is_some_and(|other| by_author || other != author)
                };
                let signed =
                    all.iter().any(|(person, paper, _)| paper.is_none() && another(person));
                assert_eq!(piles.is_signed(&[1; 32], &also, author), signed);
                let papers =
                    || all.iter().filter_map(|(person, paper, _)| Some((person, paper.as_ref()?)));
                let shown = papers().find(|(person, paper)| {
                    another(person) && (by_author || paper.recorder != Some(author))
                });
                let expected = shown.map(|(_, paper)| (paper.entry, true));
                let expected = expected.or(papers().next().map(|(_, paper)| (paper.entry, false)));
                let found = piles.on_paper(&[1; 32], &also, author);
                assert_eq!(found.map(|(paper, shown)| (paper.entry, shown)), expected, "{all:?}");
            }
            let mut people: Vec<PersonId> =
                all.iter().filter_map(|(person, _, _)| *person).collect();
            people.sort_unstable();
            people.dedup();
            let found = piles.people([[1; 32]].iter(), &also(true));
            assert_eq!(found.len(), people.len().min(MOST_ALSO));
            assert!(found.iter().all(|person| people.contains(person)));
        }
    }
}
