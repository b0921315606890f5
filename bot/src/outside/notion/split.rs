//! Text in pieces that Notion takes. None of it is lost: what does not fit goes on in another piece or block.

use super::node::Run;

/// What one piece of text may hold, in UTF-16 code units, which are what Notion counts.
const PIECE: usize = 2_000;
/// How many pieces one text may have.
const PIECES: usize = 100;
/// The most that one text may cost in a request, which may be 500 KB. A letter costs 12 bytes at the most, a piece 250.
const BYTES: usize = 100_000;
const PIECE_BYTES: usize = 250;

/// Runs without empty ones, where neighbours that look alike are one.
pub(super) fn merged(runs: impl IntoIterator<Item = Run>) -> Vec<Run> {
    let mut merged: Vec<Run> = Vec::new();
    for run in runs {
        match merged.last_mut() {
            _ if run.text.is_empty() => {}
            Some(last) if last.looks_like(&run) => last.text.push_str(&run.text),
            _ => merged.push(run),
        }
    }
    merged
}

/// Runs in pieces of the length that Notion takes.
pub(super) fn pieces(runs: &[Run]) -> Vec<Run> {
    let cut = |run: &Run| {
        let texts = texts(&run.text).into_iter().map(str::to_owned);
        texts.map(|text| Run { text, ..run.clone() }).collect::<Vec<_>>()
    };
    runs.iter().flat_map(cut).collect()
}

/// Runs in parts that one block takes each; at least one.
pub(super) fn parts(runs: Vec<Run>) -> Vec<Vec<Run>> {
    let runs = merged(runs);
    let mut parts = vec![Vec::new()];
    let (mut count, mut bytes) = (0, 0);
    for piece in pieces(&runs) {
        let link = piece.link.as_deref().map_or(0, str::len);
        let cost = PIECE_BYTES + written(&piece.text) + 2 * link;
        if count == PIECES || (count > 0 && bytes + cost > BYTES) {
            parts.push(Vec::new());
            (count, bytes) = (0, 0);
        }
        (count, bytes) = (count + 1, bytes + cost);
        if let Some(part) = parts.last_mut() {
            part.push(piece);
        }
    }
    parts.into_iter().map(merged).collect()
}

/// The bytes of a text in JSON.
pub(super) fn written(text: &str) -> usize {
    text.chars()
        .map(|letter| if letter < ' ' { 6 } else { letter.len_utf8().max(usize::from("\"\\".contains(letter)) * 2) })
        .sum()
}

/// A text in pieces; no letter is cut in two, and a line or a word only where it is longer than a piece.
fn texts(text: &str) -> Vec<&str> {
    let mut texts = Vec::new();
    let mut rest = text;
    while let Some(end) = fitting(rest) {
        let (piece, more) = rest.split_at(end);
        texts.push(piece);
        rest = more;
    }
    if !rest.is_empty() {
        texts.push(rest);
    }
    texts
}

/// Where a text that is too long is cut.
fn fitting(text: &str) -> Option<usize> {
    let mut units = 0;
    let mut over = text.char_indices().filter_map(|(at, letter)| {
        units += letter.len_utf16();
        (units > PIECE).then_some(at)
    });
    let end = over.next()?;
    let head = &text[..end];
    let better = head.rfind('\n').or_else(|| head.rfind(' ')).map(|at| at + 1);
    Some(better.filter(|at| *at > end / 2).unwrap_or(end))
}

#[cfg(test)]
mod tests;
