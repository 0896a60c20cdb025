//! A file on the disk as an answer: it is read piece by piece, as fast as the other side takes it,
//! and never lies in memory as a whole.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// Most bytes of one piece.
const PIECE: usize = 64 << 10;

/// A file as far as it was not sent yet. Whoever removes it meanwhile cuts no answer short.
#[derive(Debug)]
pub struct Stored {
    file: File,
    left: u64,
}

impl Stored {
    /// Opens a file, which is as long as it is now.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let left = file.metadata()?.len();
        Ok(Self { file, left })
    }
}

impl Body for Stored {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let mut piece = vec![0; usize::try_from(self.left).unwrap_or(PIECE).min(PIECE)];
        // Some KiB that were written a while ago: that holds nobody up.
        let read = self.file.read_exact(&mut piece);
        self.left -= piece.len() as u64;
        Poll::Ready(Some(read.map(|()| Frame::data(Bytes::from(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// All pieces, or why there are no more.
    fn pieces(stored: &mut Stored) -> Result<Vec<Bytes>, io::Error> {
        let mut all = Vec::new();
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(piece)) = Pin::new(&mut *stored).poll_frame(&mut context) {
            all.extend(piece?.into_data());
        }
        Ok(all)
    }

    #[test]
    fn a_file_is_sent_whole_in_pieces_also_if_it_is_removed_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bundle.zip");
        let content: Vec<u8> = (0..3 * PIECE + 5).map(|at| at.to_le_bytes()[0]).collect();
        std::fs::write(&path, &content).expect("written");
        let mut stored = Stored::open(&path).expect("there");
        assert_eq!(stored.size_hint().exact(), Some(content.len() as u64));
        std::fs::remove_file(&path).expect("removed");
        let sent = pieces(&mut stored).expect("all of it");
        assert!(sent.len() == 4 && sent.iter().all(|piece| piece.len() <= PIECE));
        assert!(sent.concat() == content && stored.is_end_stream());
        assert!(Stored::open(&path).is_err());
    }

    #[test]
    fn a_file_that_became_shorter_is_never_taken_for_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bundle.zip");
        std::fs::write(&path, vec![b'x'; PIECE + 1]).expect("written");
        let mut stored = Stored::open(&path).expect("there");
        std::fs::write(&path, [b'x'; 10]).expect("cut");
        let error = pieces(&mut stored).expect_err("it is not whole");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
