//! Work that many things need alike, on all processors when there are enough of them to be
//! worth waking another one.

use rayon::prelude::*;

/// From how many items on.
const WORTH_IT: usize = 64;

/// What `each` makes of every item, in their order.
pub fn map<T: Send, U: Send>(items: Vec<T>, each: impl Fn(T) -> U + Send + Sync) -> Vec<U> {
    if items.len() < WORTH_IT {
        return items.into_iter().map(each).collect();
    }
    items.into_par_iter().with_min_len(WORTH_IT / 4).map(each).collect()
}

/// As [`map`], in runs of items that `each` takes one after another.
pub fn map_runs<T: Send, U: Send>(
    items: Vec<T>,
    each: impl Fn(Vec<T>) -> Vec<U> + Send + Sync,
) -> Vec<U> {
    if items.len() < WORTH_IT {
        return each(items);
    }
    items.into_par_iter().chunks(WORTH_IT).flat_map_iter(each).collect()
}

/// Lets `each` change the items, a run of up to `length` of them at a time.
pub fn change<T: Send>(items: &mut [T], length: usize, each: impl Fn(&mut [T]) + Send + Sync) {
    if items.len() < WORTH_IT {
        return each(items);
    }
    items.par_chunks_mut(length).for_each(each);
}
