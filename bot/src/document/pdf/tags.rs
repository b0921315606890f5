//! The parts of the document as readers of screens are told them.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use krilla::tagging::{BBox, Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// The place of a part among all.
pub(super) type NodeId = usize;

/// What a part is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Heading(u8, String),
    Paragraph,
    List {
        numbered: bool,
    },
    Item,
    Label,
    Body,
    Table,
    Head,
    Rows,
    Row,
    HeadCell,
    Cell,
    Code,
    Quote,
    Link,
    /// With what is said in its place.
    Figure(String),
}

/// All parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Tags {
    nodes: Vec<(Kind, Option<NodeId>)>,
}

impl Tags {
    /// Adds a part within another, or to the document itself.
    pub(super) fn add(&mut self, kind: Kind, parent: Option<NodeId>) -> NodeId {
        self.nodes.push((kind, parent));
        self.nodes.len() - 1
    }

    /// Gives a heading its words.
    pub(super) fn name(&mut self, node: NodeId, title: &str) {
        if let Some((Kind::Heading(_, held), _)) = self.nodes.get_mut(node) {
            title.clone_into(held);
        }
    }

    #[cfg(test)]
    pub(super) fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.nodes.iter().map(|(kind, _)| kind)
    }
}

/// The parts as they come to be painted; a part of which nothing is painted is left out.
pub(super) struct Tree<'t> {
    tags: &'t Tags,
    children: Vec<Vec<Child>>,
    attached: Vec<bool>,
    roots: Vec<NodeId>,
    boxes: BTreeMap<NodeId, BBox>,
}

enum Child {
    Part(NodeId),
    Content(Identifier),
}

impl<'t> Tree<'t> {
    pub(super) fn new(tags: &'t Tags) -> Self {
        let count = tags.nodes.len();
        let children = std::iter::repeat_with(Vec::new).take(count).collect();
        Self { tags, children, attached: vec![false; count], roots: Vec::new(), boxes: BTreeMap::new() }
    }

    /// Adds what was painted to its part. What is painted first is read first.
    pub(super) fn put(&mut self, node: NodeId, content: Identifier) {
        self.attach(node);
        self.children[node].push(Child::Content(content));
    }

    /// Tells where a picture stands.
    pub(super) fn stands(&mut self, node: NodeId, place: BBox) {
        self.boxes.insert(node, place);
    }

    fn attach(&mut self, node: NodeId) {
        let mut node = node;
        while !std::mem::replace(&mut self.attached[node], true) {
            match self.tags.nodes[node].1 {
                Some(parent) => {
                    self.children[parent].push(Child::Part(node));
                    node = parent;
                }
                None => return self.roots.push(node),
            }
        }
    }

    pub(super) fn finish(mut self, language: Option<String>) -> TagTree {
        let mut tree = TagTree::new().with_lang(language);
        for root in std::mem::take(&mut self.roots) {
            tree.push(self.group(root));
        }
        tree
    }

    /// Depth is bounded by how deep blocks are drawn within each other.
    fn group(&mut self, node: NodeId) -> TagGroup {
        let children = std::mem::take(&mut self.children[node]);
        let nodes = children.into_iter().map(|child| match child {
            Child::Part(part) => Node::Group(self.group(part)),
            Child::Content(content) => Node::Leaf(content),
        });
        let nodes = nodes.collect();
        TagGroup::with_children(self.kind(node), nodes)
    }

    fn kind(&self, node: NodeId) -> TagKind {
        match &self.tags.nodes[node].0 {
            Kind::Heading(level, title) => {
                let level = NonZeroU16::new(u16::from(*level)).unwrap_or(NonZeroU16::MIN);
                Tag::Hn(level, Some(title.clone())).into()
            }
            Kind::Paragraph => Tag::P.into(),
            Kind::List { numbered: true } => Tag::L(ListNumbering::Decimal).into(),
            Kind::List { numbered: false } => Tag::L(ListNumbering::Disc).into(),
            Kind::Item => Tag::LI.into(),
            Kind::Label => Tag::Lbl.into(),
            Kind::Body => Tag::LBody.into(),
            Kind::Table => Tag::Table.into(),
            Kind::Head => Tag::THead.into(),
            Kind::Rows => Tag::TBody.into(),
            Kind::Row => Tag::TR.into(),
            Kind::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
            Kind::Cell => Tag::TD.into(),
            Kind::Code => Tag::Code.into(),
            Kind::Quote => Tag::BlockQuote.into(),
            Kind::Link => Tag::Link.into(),
            Kind::Figure(said) => Tag::Figure(Some(said.clone())).with_bbox(self.boxes.get(&node).copied()).into(),
        }
    }
}
