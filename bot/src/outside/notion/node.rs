//! Blocks as Notion knows them, to and from JSON, in a form in which equal means that nothing has to be written.

use serde_json::{Map, Value, json};

use super::split::{merged, pieces};

/// A block with those within.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) text: Vec<Run>,
    pub(super) children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// 1 to 3; Notion has no others.
    Heading(u8),
    Paragraph,
    Bulleted,
    Numbered,
    ToDo(bool),
    /// In a language of Notion's list.
    Code(String),
    Quote,
    Divider,
    Table {
        width: usize,
        has_head: bool,
    },
    Row(Vec<Vec<Run>>),
    /// A page or a database that somebody made within ours. It is never taken away.
    Inner,
    /// Something that we never write.
    Foreign,
}

/// A piece of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) link: Option<String>,
}

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are Notion's annotations, each independent of the others")]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) strike: bool,
    pub(super) code: bool,
}

impl Node {
    pub(super) fn new(kind: Kind, text: Vec<Run>) -> Self {
        Self { kind, text, children: Vec::new() }
    }

    /// The block without those within.
    pub(super) fn json(&self) -> Value {
        let name = self.kind.name();
        let mut body = Map::new();
        match &self.kind {
            Kind::Divider | Kind::Inner | Kind::Foreign => {}
            Kind::Table { width, has_head } => {
                body.insert("table_width".to_owned(), json!(width));
                body.insert("has_column_header".to_owned(), json!(has_head));
                body.insert("has_row_header".to_owned(), json!(false));
            }
            Kind::Row(cells) => {
                let cells: Vec<Value> = cells.iter().map(|cell| rich_text(cell)).collect();
                body.insert("cells".to_owned(), json!(cells));
            }
            kind => {
                body.insert("rich_text".to_owned(), rich_text(&self.text));
                match kind {
                    Kind::ToDo(checked) => body.insert("checked".to_owned(), json!(checked)),
                    Kind::Code(language) => body.insert("language".to_owned(), json!(language)),
                    _ => None,
                };
            }
        }
        json!({ "object": "block", "type": name, name: body })
    }

    /// A block that was read; those within are read by themselves.
    pub(super) fn read(block: &Value) -> Self {
        let name = block["type"].as_str().unwrap_or_default();
        let body = &block[name];
        let kind = match name {
            "heading_1" => Kind::Heading(1),
            "heading_2" => Kind::Heading(2),
            "heading_3" => Kind::Heading(3),
            "paragraph" => Kind::Paragraph,
            "bulleted_list_item" => Kind::Bulleted,
            "numbered_list_item" => Kind::Numbered,
            "to_do" => Kind::ToDo(body["checked"] == true),
            "code" => Kind::Code(body["language"].as_str().unwrap_or_default().to_owned()),
            "quote" => Kind::Quote,
            "divider" => Kind::Divider,
            "table" => Kind::Table {
                width: body["table_width"].as_u64().and_then(|width| usize::try_from(width).ok()).unwrap_or_default(),
                has_head: body["has_column_header"] == true,
            },
            "table_row" => Kind::Row(body["cells"].as_array().into_iter().flatten().map(runs).collect()),
            "child_page" | "child_database" => Kind::Inner,
            _ => Kind::Foreign,
        };
        Self::new(kind, runs(&body["rich_text"]))
    }

    /// How many blocks it is with those within.
    pub(super) fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Heading(1) => "heading_1",
            Self::Heading(2) => "heading_2",
            Self::Heading(_) => "heading_3",
            Self::Paragraph => "paragraph",
            Self::Bulleted => "bulleted_list_item",
            Self::Numbered => "numbered_list_item",
            Self::ToDo(_) => "to_do",
            Self::Code(_) => "code",
            Self::Quote => "quote",
            Self::Divider => "divider",
            Self::Table { .. } => "table",
            Self::Row(_) => "table_row",
            Self::Inner | Self::Foreign => "unsupported",
        }
    }
}

impl Run {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::default(), link: None }
    }

    pub(super) fn bold(text: impl Into<String>) -> Self {
        Self { style: Style { bold: true, ..Style::default() }, ..Self::plain(text) }
    }

    pub(super) fn looks_like(&self, other: &Self) -> bool {
        self.style == other.style && self.link == other.link
    }
}

/// Text as Notion takes it, in pieces that it takes.
pub(super) fn rich_text(runs: &[Run]) -> Value {
    pieces(runs).iter().map(|run| {
        let link = run.link.as_ref().map(|url| json!({ "url": url }));
        let Style { bold, italic, strike, code } = run.style;
        json!({
            "type": "text",
            "text": { "content": run.text, "link": link },
            "annotations": {
                "bold": bold, "italic": italic, "strikethrough": strike, "code": code, "underline": false, "color": "default",
            },
        })
    }).collect()
}

fn runs(rich_text: &Value) -> Vec<Run> {
    let runs = rich_text.as_array().into_iter().flatten().map(|piece| {
        let style = &piece["annotations"];
        let has = |name: &str| style[name] == true;
        Run {
            text: piece["plain_text"].as_str().unwrap_or_default().to_owned(),
            style: Style { bold: has("bold"), italic: has("italic"), strike: has("strikethrough"), code: has("code") },
            link: piece["href"].as_str().map(str::to_owned),
        }
    });
    merged(runs)
}
