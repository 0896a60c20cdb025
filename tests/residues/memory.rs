//! Searching the memory of another process for secrets, by way of `/proc`.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use super::needles::Needles;

impl Needles {
    /// The names of those that occur in the writable memory of a process, with where.
    pub fn in_memory(&self, process: u32) -> io::Result<Vec<String>> {
        let folder = PathBuf::from(format!("/proc/{process}"));
        let memory = File::open(folder.join("mem"))?;
        let mut found = Vec::new();
        let mut searched = 0;
        for line in fs::read_to_string(folder.join("maps"))?.lines() {
            let mut words = line.split_whitespace();
            let (Some(range), Some(permissions)) = (words.next(), words.next()) else { continue };
            let what = words.nth(3).unwrap_or("anonymous");
            let (Some((start, end)), true) = (range.split_once('-'), permissions.contains('w'))
            else {
                continue;
            };
            let address = |text| u64::from_str_radix(text, 16).expect("an address in hex");
            let region = read(&memory, address(start), address(end));
            searched += region.len();
            found.extend(self.within(&region).iter().map(|name| format!("{name} in {what}")));
        }
        assert!(searched > 100_000, "only {searched} bytes of memory could be read");
        found.sort();
        Ok(found)
    }
}

/// A region, without the pages that can't be read.
fn read(memory: &File, start: u64, end: u64) -> Vec<u8> {
    const PAGE: usize = 4096;
    let length = usize::try_from(end - start).expect("a region of this machine");
    let mut bytes = vec![0; length];
    if memory.read_exact_at(&mut bytes, start).is_ok() {
        return bytes;
    }
    for (page, place) in bytes.chunks_mut(PAGE).zip((start..).step_by(PAGE)) {
        if memory.read_exact_at(page, place).is_err() {
            page.fill(0);
        }
    }
    bytes
}
