//! Words that stand apart from Markdown read as those that are escaped in it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{Renderer, Target, aim};
use super::*;
use crate::document::{Apart, Document};

/// Text that Markdown would obey, with what would be a link or a place of words.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        r"[\PC\n\t ]{0,20}",
        r"[-+*_`~#|<>&;!\\\[\](){}:.@$=0-9 \n]{0,8}",
        Just("https://a.example/x_y?a=1&b=2".to_owned()),
        Just("\u{fdd0}0\u{fdd1} \u{2060}@x\u{202e} &lt; www.a.cz".to_owned()),
        Just("- 1. <!-- a --> \r\n\u{0}\u{85}".to_owned()),
    ];
    prop::collection::vec(pieces, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn as_they_are_escaped(first in hostile(), second in hostile()) {
        let pictures = BTreeMap::new();
        let page = |first: &str, second: &str| {
            let (first, second) = (aim::inert(first), aim::inert(second));
            format!(
                "# x {first} x\n\n## {first}\n\nso: {second}\n\n{first}\n\n- {second}\n\n> {first}\n\n\
                 | a | {second} |\n| --- | --- |\n| {first} | x {second} y |\n"
            )
        };
        let (standing, apart) = aim::apart(|| aim::at(Target::Markdown, || page(&first, &second)));
        let escaped = aim::at(Target::Markdown, || page(&first, &second));
        prop_assert_eq!(
            Document::read_with(&standing, &pictures, &apart),
            Document::read_with(&escaped, &pictures, &Apart::default())
        );
    }
}

#[test]
fn every_template_reads_alike() {
    let renderer = Renderer::new(None).unwrap();
    let samples = [full(HOSTILE), full("\u{fdd0}0\u{fdd1} | *a* https://a.example/\u{fdd0}1\u{fdd1}")];
    let views = samples.map(|sample| PostmortemView::of(&sample.record()));
    for (template, view) in
        renderer.templates().iter().flat_map(|template| views.iter().map(move |view| (template, view)))
    {
        let (standing, apart) = aim::apart(|| renderer.of_template(template, view, &[]));
        let escaped = renderer.of_template(template, view, &[]).unwrap();
        let read = |text: &str, apart: &Apart| Document::read_with(text, &BTreeMap::new(), apart);
        assert_ne!(standing.as_ref().unwrap(), &escaped, "{template}");
        assert_eq!(read(&standing.unwrap(), &apart), read(&escaped, &Apart::default()), "{template}");
    }
}
