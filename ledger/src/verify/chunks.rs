//! A list that grows without being copied: whoever verifies a million entries shouldn't need
//! room for them twice.

const LENGTH: usize = 1 << 12;

#[derive(Debug)]
pub(super) struct Chunks<T>(Vec<Vec<T>>);

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Chunks<T> {
    pub(super) fn push(&mut self, item: T) {
        match self.0.last_mut() {
            Some(last) if last.len() < LENGTH => last.push(item),
            _ => {
                let mut chunk = Vec::with_capacity(LENGTH);
                chunk.push(item);
                self.0.push(chunk);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        let whole = self.0.len().saturating_sub(1) * LENGTH;
        whole + self.0.last().map_or(0, Vec::len)
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at / LENGTH)?.get(at % LENGTH)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else a ledger of more than 4096 entries would be taken for another one, or a longer or
    /// shorter one.
    #[test]
    fn a_list_goes_on_behind_its_first_chunk() {
        const LAST: usize = 2 * LENGTH;
        let mut list = Chunks::default();
        for item in 0..=LAST {
            assert_eq!(list.len(), item);
            list.push(item);
        }
        assert_eq!(list.len(), LAST + 1);
        assert!((0..=LAST).all(|at| list.get(at) == Some(&at)));
        assert_eq!(list.get(LAST + 1), None);
        assert!(list.iter().copied().eq(0..=LAST));
        assert!(list.0.iter().all(|chunk| chunk.capacity() == LENGTH), "nothing was copied");
    }
}
