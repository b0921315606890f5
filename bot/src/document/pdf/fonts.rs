//! The fonts that text is set in: four that are built in, and whatever was added for other scripts.

use std::fmt;
use std::sync::Arc;

use harfrust::ShaperData;
use krilla::text::Font;
use skrifa::{FontRef, MetadataProvider};

use super::PdfError;

/// Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian and many signs. In the order of `Style`.
const BUILT_IN: [(&str, &[u8]); 4] = [
    ("DejaVu Sans", include_bytes!("../../../fonts/DejaVuSans.ttf")),
    ("DejaVu Sans Bold", include_bytes!("../../../fonts/DejaVuSans-Bold.ttf")),
    ("DejaVu Sans Oblique", include_bytes!("../../../fonts/DejaVuSans-Oblique.ttf")),
    ("DejaVu Sans Mono", include_bytes!("../../../fonts/DejaVuSansMono.ttf")),
];

/// Which of the built-in fonts a text is set in as far as that font goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Style {
    #[default]
    Regular,
    Bold,
    Italic,
    Mono,
}

impl Style {
    pub(super) const ALL: [Self; 4] = [Self::Regular, Self::Bold, Self::Italic, Self::Mono];

    /// The place among all styles, which is the place of its font.
    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// Fonts to set a document in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Fonts {
    loaded: Vec<Arc<Loaded>>,
}

/// One font, read.
pub(super) struct Loaded {
    name: String,
    bytes: Bytes,
    index: u32,
    pub(super) font: Font,
    pub(super) shaping: ShaperData,
    pub(super) units_per_em: f32,
}

#[derive(Clone)]
enum Bytes {
    Static(&'static [u8]),
    Owned(Arc<Vec<u8>>),
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Fonts {
    /// Those that are built in.
    ///
    /// # Errors
    /// Never, as long as the files beside the source are fonts.
    pub(crate) fn built_in() -> Result<Self, PdfError> {
        let load = |(name, bytes): (&str, &'static [u8])| Loaded::new(name, Bytes::Static(bytes), 0).map(Arc::new);
        Ok(Self { loaded: BUILT_IN.into_iter().map(load).collect::<Result<_, _>>()? })
    }

    /// Adds a font for what those before it lack. `index` is its place in a collection (`.ttc`), and 0 in other files.
    ///
    /// # Errors
    /// The file is no font, the collection has no such font, or it has no outlines.
    pub(crate) fn add(&mut self, name: &str, bytes: Vec<u8>, index: u32) -> Result<(), PdfError> {
        self.loaded.push(Arc::new(Loaded::new(name, Bytes::Owned(Arc::new(bytes)), index)?));
        Ok(())
    }

    /// All, the built-in ones first.
    pub(super) fn all(&self) -> &[Arc<Loaded>] {
        &self.loaded
    }

    /// What krilla takes for the font at a place.
    pub(super) fn font(&self, face: usize) -> Option<&Font> {
        self.loaded.get(face).map(|loaded| &loaded.font)
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.loaded.iter().map(|loaded| &loaded.name)).finish()
    }
}

impl Loaded {
    fn new(name: &str, bytes: Bytes, index: u32) -> Result<Self, PdfError> {
        let unreadable = || PdfError::Font(name.to_owned());
        let read = FontRef::from_index(bytes.as_ref(), index).map_err(|_| unreadable())?;
        if read.outline_glyphs().format().is_none() {
            return Err(PdfError::NoOutlines(name.to_owned()));
        }
        let shaping = ShaperData::new(&read);
        let held: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(bytes.clone());
        let font = Font::new(held.into(), index).ok_or_else(unreadable)?;
        let units_per_em = font.units_per_em();
        if units_per_em < 16.0 || !read.charmap().has_map() {
            return Err(unreadable());
        }
        Ok(Self { name: name.to_owned(), bytes, index, font, shaping, units_per_em })
    }

    /// Its tables.
    pub(super) fn tables(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(self.bytes.as_ref(), self.index).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_fonts_are_read() {
        let fonts = Fonts::built_in().unwrap();
        assert_eq!(fonts.all().len(), Style::ALL.len());
        for style in Style::ALL {
            assert!(fonts.font(style.index()).is_some(), "{style:?}");
        }
    }

    #[test]
    fn what_is_no_font_is_refused_by_name() {
        let mut fonts = Fonts::built_in().unwrap();
        let refused = fonts.add("/etc/motd", b"hello".to_vec(), 0).unwrap_err();
        assert_eq!(refused, PdfError::Font("/etc/motd".to_owned()));
        let refused = fonts.add("sans", BUILT_IN[0].1.to_vec(), 7).unwrap_err();
        assert_eq!(refused, PdfError::Font("sans".to_owned()), "a place that the file does not have");
        assert_eq!(fonts.all().len(), 4);
    }
}
