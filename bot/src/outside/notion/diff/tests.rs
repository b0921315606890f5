use proptest::prelude::*;

use super::super::node::Run;
use super::*;

fn nodes(words: &[u8]) -> Vec<Node> {
    words.iter().map(|word| Node::new(Kind::Paragraph, vec![Run::plain(word.to_string())])).collect()
}

fn applied(old: &[Node], new: &[Node], changes: &[Change]) -> Vec<Node> {
    let mut result = Vec::new();
    let mut from = 0;
    for change in changes {
        result.extend_from_slice(&old[from..change.at]);
        result.extend_from_slice(&new[change.new.clone()]);
        from = change.at + change.gone;
    }
    result.extend_from_slice(&old[from..]);
    result
}

#[test]
fn as_much_as_can_be_stays() {
    let table: [(&[u8], &[u8], usize, usize); 6] = [
        (&[1, 2, 3], &[1, 2, 3], 0, 0),
        (&[], &[1, 2], 0, 2),
        (&[1, 2], &[], 2, 0),
        (&[1, 2, 3, 4], &[1, 9, 3, 4], 1, 1),
        (&[1, 2, 3, 4, 5], &[9, 2, 3, 8, 5], 2, 2),
        (&[1, 1, 1], &[1, 1], 1, 0),
    ];
    for (old, new, gone, come) in table {
        let changes = changes(&nodes(old), &nodes(new));
        let counted = changes.iter().fold((0, 0), |(gone, come), it| (gone + it.gone, come + it.new.len()));
        assert_eq!(counted, (gone, come), "{old:?} {new:?}");
    }
}

proptest! {
    #[test]
    fn the_changes_lead_from_the_old_to_the_new(
        old in prop::collection::vec(0..6_u8, 0..30),
        new in prop::collection::vec(0..6_u8, 0..30),
    ) {
        let (old, new) = (nodes(&old), nodes(&new));
        prop_assert_eq!(applied(&old, &new, &changes(&old, &new)), new);
    }
}
