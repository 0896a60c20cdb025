//! The page in a bundle: what of the bundle it carries.

use std::collections::BTreeMap;

use crate::page;
use crate::work::{WorkError, bag};

/// Where the page lies.
pub(super) const PATH: &str = "data/index.html";

/// Most bytes of documents that the page carries: 16 MiB. Further ones lie beside it.
const MAX_DOCUMENTS: usize = 16 << 20;

/// Most bytes of the zip that the page carries: 96 MiB, so 128 MiB of page. A page for more
/// would only make a browser fail; the empty one takes the bundle as a whole.
const MAX_ZIP: usize = 96 << 20;

/// Puts the page among a bundle's files (`data/` and nothing else). It carries the bundle as it
/// stands then, made whole by `finish`, without itself and without documents that go beyond
/// the bound, the smallest ones first. Says whether it carries anything.
///
/// # Errors
/// Never in practice: the zip is written to memory.
pub(super) fn enclose(
    top: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
    finish: impl Fn(&mut BTreeMap<String, Vec<u8>>),
) -> Result<bool, WorkError> {
    let beside = take_large_documents(files);
    finish(files);
    let zip = bag::to_zip(top, files).map_err(|error| {
        WorkError::refused(format!("the page can't be made: {error}"), "report this")
    })?;
    // Tag files come anew for the whole.
    files.retain(|path, _| path.starts_with("data/"));
    files.extend(beside);
    let carried = zip.len() <= MAX_ZIP;
    files.insert(PATH.to_owned(), if carried { page::around(&zip) } else { page::empty() });
    Ok(carried)
}

/// Takes out the documents that the page doesn't carry.
fn take_large_documents(files: &mut BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let documents = files.iter().filter(|(path, _)| path.starts_with("data/documents/"));
    let mut by_size: Vec<(usize, String)> =
        documents.map(|(path, bytes)| (bytes.len(), path.clone())).collect();
    by_size.sort();
    let mut room = MAX_DOCUMENTS;
    let mut taken = BTreeMap::new();
    for (size, path) in by_size {
        if size <= room {
            room -= size;
        } else {
            // The first that doesn't fit ends it: all that follow are larger.
            room = 0;
            taken.extend(files.remove_entry(&path));
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(number: u8, size: usize) -> (String, Vec<u8>) {
        (format!("data/documents/{}/file.pdf", hex::encode([number; 32])), vec![number; size])
    }

    #[test]
    fn large_documents_lie_beside_the_page_and_small_ones_in_it() {
        let mut files = BTreeMap::from([
            document(1, MAX_DOCUMENTS - 5),
            document(2, 10),
            document(3, 3),
            ("data/checkpoint".to_owned(), vec![0; MAX_DOCUMENTS]),
        ]);
        let taken = take_large_documents(&mut files);
        assert_eq!(taken, BTreeMap::from([document(1, MAX_DOCUMENTS - 5)]));
        assert_eq!(files.len(), 3);
    }

    #[test]
    fn the_page_carries_what_stands_there_without_the_tag_files_of_the_whole() {
        let mut files = BTreeMap::from([("data/checkpoint".to_owned(), b"head".to_vec())]);
        let finish = |files: &mut BTreeMap<String, Vec<u8>>| {
            files.insert("bagit.txt".to_owned(), b"bag".to_vec());
        };
        assert!(enclose("top", &mut files, finish).expect("a page"));
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["data/checkpoint", PATH]);
        let page = String::from_utf8(files[PATH].clone()).expect("text");
        assert!(page.starts_with(&page::constant()));
        assert!(page.len() > page::empty().len());
    }
}
