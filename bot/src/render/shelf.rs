//! The fonts of printed documents: those that are built in, and an operator's own for what they lack. They are read when the
//! first document is printed, since most processes print none.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::document::{Fonts, PdfError};

/// Fonts, read once.
#[derive(Default, Clone)]
pub(super) struct Shelf {
    /// An operator's own, with the place in its collection of each.
    files: Vec<(PathBuf, u32)>,
    fonts: OnceLock<Fonts>,
}

impl Shelf {
    pub(super) fn of(files: Vec<(PathBuf, u32)>) -> Self {
        Self { files, fonts: OnceLock::new() }
    }

    /// All of them.
    ///
    /// # Errors
    /// A file that cannot be read or is no font; the next document looks again.
    pub(super) fn fonts(&self) -> Result<&Fonts, PdfError> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts);
        }
        let mut fonts = Fonts::built_in()?;
        for (path, index) in &self.files {
            fonts.add(&path.display().to_string(), read(path)?, *index)?;
        }
        Ok(self.fonts.get_or_init(|| fonts))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, PdfError> {
    std::fs::read(path).map_err(|error| PdfError::Font(format!("{} cannot be read ({error}): it", path.display())))
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").field("files", &self.files).finish_non_exhaustive()
    }
}
