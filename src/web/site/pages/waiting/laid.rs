//! Files that came in to be read before something is signed: a request of another school, or a
//! statement that came back. They hold answers, and lie on the disk no longer than a day.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::web::site::fields::Fields;
use crate::web::site::visit::Visit;
use crate::work::document::hash_file;
use crate::work::{WorkError, home};

/// What nobody signed is removed after a day.
const DAY: Duration = Duration::from_secs(86_400);

/// Most of a sort that wait here unsigned, and most bytes of them all. One that waits alone may be
/// as long as a form.
const MOST: usize = 20;
const MOST_BYTES: u64 = 256 << 20;

/// The files that were taken in before, by the name that the form carries.
pub fn kept(all: &Path, id: &str) -> Result<PathBuf, WorkError> {
    let good = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let path = all.join(id);
    if good && path.is_dir() {
        return Ok(path);
    }
    Err(WorkError::refused("the file is not here any more", "choose it again"))
}

/// Takes in the files of a form, the one that answers `main` under that name; gives back the name of
/// them all. Who reads a file once more needs it once.
///
/// # Errors
/// Too much that waits; what the system says.
pub fn keep(visit: &Visit, all: &Path, main: &str, fields: &Fields) -> Result<String, WorkError> {
    forget(all, DAY);
    let is_same = |path: &PathBuf| {
        let hash = hash_file(&path.join(main)).ok().map(|(_, hash)| hash);
        fields.files_of(main).any(|file| Some(file.sha256) == hash)
    };
    let (same, others): (Vec<PathBuf>, _) = waiting(all).into_iter().partition(is_same);
    find_room(&others, fields.files.iter().map(|file| file.size).sum())?;
    let id = hex::encode(visit.world().random::<16>()?);
    let folder = all.join(&id);
    home::make_private_folder(&folder)?;
    let mut number = 0;
    for file in &fields.files {
        let name = if file.field == main {
            main.to_owned()
        } else {
            number += 1;
            format!("document-{number}")
        };
        let to = folder.join(name);
        std::fs::rename(&file.path, &to).map_err(WorkError::file("keeping", &to))?;
    }
    for path in &same {
        std::fs::remove_dir_all(path).map_err(WorkError::file("removing", path))?;
    }
    Ok(id)
}

/// The folders of all that wait here.
fn waiting(all: &Path) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(all).into_iter().flatten().filter_map(Result::ok);
    listed.map(|entry| entry.path()).collect()
}

/// Refuses one more of so many bytes where too much waits.
fn find_room(waiting: &[PathBuf], bytes: u64) -> Result<(), WorkError> {
    let files = waiting.iter().flat_map(std::fs::read_dir).flatten().filter_map(Result::ok);
    let there: u64 = files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    if waiting.len() < MOST && (waiting.is_empty() || there.saturating_add(bytes) <= MOST_BYTES) {
        return Ok(());
    }
    Err(WorkError::refused(
        format!(
            "too much waits here unsigned: at most {MOST} requests, and {} MiB of them all, may",
            MOST_BYTES >> 20
        ),
        "sign what was read before, or come again tomorrow: what nobody signs goes after a day",
    ))
}

/// The documents that came beside it.
///
/// # Errors
/// What the system says.
pub fn documents(folder: &Path) -> Result<Vec<PathBuf>, WorkError> {
    let listed = std::fs::read_dir(folder).map_err(WorkError::file("reading", folder))?;
    let named = listed.filter_map(Result::ok);
    let named = named.filter(|entry| entry.file_name().to_string_lossy().starts_with("document-"));
    Ok(named.map(|entry| entry.path()).collect())
}

/// Removes what was read and not signed.
pub fn sweep(all: &Path) {
    forget(all, DAY);
}

fn forget(all: &Path, after: Duration) {
    for path in waiting(all) {
        let modified = std::fs::metadata(&path).and_then(|file| file.modified()).ok();
        if modified.and_then(|at| at.elapsed().ok()).is_some_and(|age| age >= after) {
            // One that can't be removed now is tried again a minute later.
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request that waits, with one document of so many bytes.
    fn wait(all: &Path, id: usize, bytes: u64) {
        let folder = all.join(format!("{id:032x}"));
        home::make_private_folder(&folder).expect("a folder");
        std::fs::write(folder.join("request"), [b'x'; 10]).expect("written");
        let document = std::fs::File::create(folder.join("document-1")).expect("made");
        document.set_len(bytes).expect("so long");
    }

    #[test]
    fn what_nobody_signed_goes_after_its_time_and_not_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let all = folder.path().join("foreign");
        forget(&all, Duration::ZERO);
        wait(&all, 1, 5);
        forget(&all, DAY);
        assert_eq!(waiting(&all).len(), 1);
        forget(&all, Duration::ZERO);
        assert!(waiting(&all).is_empty());
    }

    #[test]
    fn only_so_many_requests_wait() {
        let folder = tempfile::tempdir().expect("a folder");
        for id in 0..MOST {
            find_room(&waiting(folder.path()), 1000).expect("room");
            wait(folder.path(), id, 1000);
        }
        let refused = find_room(&waiting(folder.path()), 1000).expect_err("too many");
        assert!(refused.to_string().contains("at most 20 requests, and 256 MiB of"), "{refused}");
    }

    #[test]
    fn only_so_many_bytes_wait_unless_one_waits_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        find_room(&waiting(folder.path()), MOST_BYTES + 1).expect("nothing else waits");
        wait(folder.path(), 1, MOST_BYTES - 1000);
        find_room(&waiting(folder.path()), 990).expect("up to the last byte");
        assert!(find_room(&waiting(folder.path()), 991).is_err());
    }
}
