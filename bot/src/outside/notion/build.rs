//! A document as Notion's blocks.

use reqwest::Url;

use super::node::{Kind, Node, Run, Style};
use super::split::{parts, written};
use crate::document::{Block, Cell, Document, Inline, Item};
use crate::outside::confluence::storage::is_link;

/// The rows of one table with its head; what is longer becomes several tables, each of which goes in one request.
const ROWS: usize = 100;
/// The most that the rows of one table cost in a request.
const TABLE_BYTES: usize = 250_000;
/// The most rows that are written of one table. Notion takes a page of many thousands of blocks, but nobody can open it, and
/// each hundred is a call. Of a longer table the beginning and the end are written, and how much is left out.
const ROWS_IN_ALL: usize = 1_000;
/// The longest URL.
const URL: usize = 2_000;

type Row = Vec<Vec<Run>>;

/// How deep blocks stand within others: what Notion takes in one request.
const DEPTH: usize = 2;

/// The blocks of a document.
pub(super) fn nodes(document: &Document) -> Vec<Node> {
    flattened(blocks(&document.blocks), DEPTH)
}

/// The same without blocks that stand too deep: they stand behind those that held them.
fn flattened(nodes: Vec<Node>, room: usize) -> Vec<Node> {
    let mut flat = Vec::new();
    for mut node in nodes {
        let inner = std::mem::take(&mut node.children);
        match (&node.kind, room) {
            (Kind::Table { .. }, 0) => flat.extend(inner.into_iter().flat_map(in_a_line)),
            (_, 0) => {
                flat.push(node);
                flat.extend(flattened(inner, 0));
            }
            _ => {
                node.children = flattened(inner, room - 1);
                flat.push(node);
            }
        }
    }
    flat
}

fn in_a_line(row: Node) -> Vec<Node> {
    let Kind::Row(cells) = row.kind else { return Vec::new() };
    let cells = cells.into_iter().enumerate();
    let runs = cells.flat_map(|(place, cell)| Some(Run::plain(" | ")).filter(|_| place > 0).into_iter().chain(cell));
    of_text(&Kind::Paragraph, runs.collect())
}

fn blocks(blocks: &[Block]) -> Vec<Node> {
    blocks.iter().flat_map(block).collect()
}

fn block(block: &Block) -> Vec<Node> {
    match block {
        Block::Heading { level, text, .. } => of_text(&Kind::Heading((*level).clamp(1, 3)), line(text)),
        Block::Paragraph(text) => of_text(&Kind::Paragraph, line(text)),
        Block::List { first, items } => list(*first, items),
        Block::Table { head, rows, .. } => table(head, rows),
        Block::Code { language, text } => of_text(&Kind::Code(known(language)), vec![Run::plain(text)]),
        Block::Quote(blocks) => holding(&Kind::Quote, Vec::new(), blocks),
        Block::Rule => vec![Node::new(Kind::Divider, Vec::new())],
        Block::Picture(drawing) => {
            let title = of_text(&Kind::Paragraph, vec![Run::bold(&drawing.title)]);
            let words = of_text(&Kind::Paragraph, vec![Run::plain(&drawing.description)]);
            title.into_iter().chain(words).collect()
        }
    }
}

/// Blocks of one kind that hold a text, as many as it takes.
fn of_text(kind: &Kind, text: Vec<Run>) -> Vec<Node> {
    parts(text).into_iter().map(|part| Node::new(kind.clone(), part)).collect()
}

/// Blocks whose first paragraph is their own text; the others are within the last.
fn holding(kind: &Kind, before: Vec<Run>, held: &[Block]) -> Vec<Node> {
    let (text, rest) = match held.split_first() {
        Some((Block::Paragraph(text), rest)) => (line(text), rest),
        _ => (Vec::new(), held),
    };
    let mut nodes = of_text(kind, before.into_iter().chain(text).collect());
    if let Some(last) = nodes.last_mut() {
        last.children = blocks(rest);
    }
    nodes
}

fn list(first: Option<u64>, items: &[Item]) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (place, item) in (0_u64..).zip(items) {
        let (kind, before) = match (item.checked, first) {
            (Some(checked), _) => (Kind::ToDo(checked), Vec::new()),
            (None, None) => (Kind::Bulleted, Vec::new()),
            (None, Some(1)) => (Kind::Numbered, Vec::new()),
            // Notion counts from 1 alone.
            (None, Some(first)) => (Kind::Paragraph, vec![Run::plain(format!("{}. ", first.saturating_add(place)))]),
        };
        nodes.extend(holding(&kind, before, &item.blocks));
    }
    nodes
}

fn table(head: &[Cell], rows: &[Vec<Cell>]) -> Vec<Node> {
    let width = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or_default();
    if width == 0 {
        return Vec::new();
    }
    let head = Some(head).filter(|head| !head.is_empty()).map(|head| runs(head, width));
    if rows.len() <= ROWS_IN_ALL {
        return tables(head.as_ref(), rows, width);
    }
    let (half, left_out) = (ROWS_IN_ALL / 2, rows.len() - ROWS_IN_ALL);
    let words =
        format!("{left_out} rows are left out here, since Notion does not open so long a page. All are in Firebell.");
    let mut nodes = tables(head.as_ref(), &rows[..half], width);
    nodes.extend(of_text(&Kind::Paragraph, vec![Run::bold(words)]));
    nodes.extend(tables(head.as_ref(), &rows[rows.len() - half..], width));
    nodes
}

/// Rows as one table or several, each with the head.
fn tables(head: Option<&Row>, rows: &[Vec<Cell>], width: usize) -> Vec<Node> {
    let rows = rows.iter().flat_map(|row| continued(runs(row, width)));
    let heads: Vec<Row> = head.into_iter().flat_map(|head| continued(head.clone())).collect();
    let new = || {
        let kind = Kind::Table { width, has_head: head.is_some() };
        let children = heads.iter().map(|head| Node::new(Kind::Row(head.clone()), Vec::new())).collect();
        Node { kind, text: Vec::new(), children }
    };
    let (mut tables, mut table, mut bytes) = (Vec::new(), new(), 0);
    for row in rows {
        let cost: usize = row.iter().flatten().map(|run| 300 + written(&run.text) + run.text.len() / 8).sum();
        if table.children.len() > heads.len() && (table.children.len() >= ROWS || bytes + cost > TABLE_BYTES) {
            tables.push(std::mem::replace(&mut table, new()));
            bytes = 0;
        }
        bytes += cost;
        table.children.push(Node::new(Kind::Row(row), Vec::new()));
    }
    if !table.children.is_empty() {
        tables.push(table);
    }
    tables
}

fn runs(cells: &[Cell], width: usize) -> Row {
    (0..width).map(|column| cells.get(column).map_or_else(Vec::new, |cell| line(cell))).collect()
}

/// A row as one, or as several where a cell says more than one may.
fn continued(row: Row) -> Vec<Row> {
    let cells: Vec<Vec<Vec<Run>>> = row.into_iter().map(parts).collect();
    let count = cells.iter().map(Vec::len).max().unwrap_or(1);
    let part = |at: usize| cells.iter().map(|parts| parts.get(at).cloned().unwrap_or_default()).collect();
    (0..count).map(part).collect()
}

fn line(text: &[Inline]) -> Vec<Run> {
    let mut runs = Vec::new();
    for inline in text {
        add(&mut runs, inline, Style::default(), None);
    }
    runs
}

fn add(runs: &mut Vec<Run>, inline: &Inline, style: Style, link: Option<&str>) {
    let mut each = |inner: &[Inline], style: Style, link: Option<&str>| {
        for inline in inner {
            add(runs, inline, style, link);
        }
    };
    match inline {
        Inline::Strong(inner) => each(inner, Style { bold: true, ..style }, link),
        Inline::Emphasis(inner) => each(inner, Style { italic: true, ..style }, link),
        Inline::Strike(inner) => each(inner, Style { strike: true, ..style }, link),
        Inline::Link { url, text } if can_link(url) => each(text, style, Some(url)),
        Inline::Link { url, text } => {
            each(text, style, link);
            // One that leads within the document leads nowhere here; of one that is too long the address is worth more.
            if is_link(url) {
                runs.push(Run { text: format!(" ({url})"), style, link: None });
            }
        }
        Inline::Text(text) => runs.push(Run { text: text.clone(), style, link: link.map(str::to_owned) }),
        Inline::Code(text) => {
            runs.push(Run { text: text.clone(), style: Style { code: true, ..style }, link: link.map(str::to_owned) });
        }
        Inline::Break => runs.push(Run { text: "\n".to_owned(), style, link: link.map(str::to_owned) }),
    }
}

/// One link that Notion does not take spoils the whole request.
fn can_link(url: &str) -> bool {
    is_link(url) && url.encode_utf16().count() <= URL && Url::parse(url).is_ok()
}

/// A language of Notion's list.
fn known(language: &str) -> String {
    let language = language.to_ascii_lowercase();
    let known = match language.as_str() {
        "sh" | "console" => "shell",
        "js" => "javascript",
        "ts" => "typescript",
        "py" => "python",
        "rb" => "ruby",
        "rs" => "rust",
        "yml" => "yaml",
        "patch" => "diff",
        "cpp" => "c++",
        "cs" | "csharp" => "c#",
        "md" => "markdown",
        "dockerfile" => "docker",
        "bash" | "c" | "c++" | "c#" | "css" | "diff" | "docker" | "elixir" | "erlang" | "go" | "graphql" | "groovy"
        | "haskell" | "html" | "java" | "javascript" | "json" | "kotlin" | "lua" | "makefile" | "markdown"
        | "mermaid" | "nix" | "perl" | "php" | "powershell" | "python" | "ruby" | "rust" | "scala" | "shell"
        | "sql" | "swift" | "typescript" | "xml" | "yaml" => language.as_str(),
        _ => "plain text",
    };
    known.to_owned()
}
