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
