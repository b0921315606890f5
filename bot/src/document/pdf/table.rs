//! Tables: columns as wide as what they say, the head again on every page, and rows that stay whole.

use std::ops::Range;
use std::rc::Rc;

use super::super::block::{Align, Cell as Words, Inline};
use super::blocks::{Builder, Column};
use super::columns::{Want, widths};
use super::fonts::Style;
use super::lines::Line;
use super::paragraph::Paragraph;
use super::sheet::{Drawn, Mark, Slab};
use super::style::{self, BODY_HEIGHT, CELL, Ink, Type};
use super::tags::{Kind, NodeId};

/// Around what stands in a cell.
const SIDE: f32 = 5.0;
const EDGE: f32 = 3.5;
/// With more columns the text becomes smaller, down to the least part of its size.
const COLUMNS_AT_FULL_SIZE: u16 = 8;
const LEAST_SCALE: f32 = 0.6;
/// More columns are drawn as several tables below each other.
const MOST_COLUMNS: usize = 16;

/// A cell that was read.
struct Cell {
    node: NodeId,
    paragraph: Paragraph,
}

/// Where the columns of a table stand.
struct Grid<'a> {
    column: &'a Column,
    columns: Vec<Place>,
    align: &'a [Align],
    set: Type,
    width: f32,
}

/// Where one column stands, without what is around its text.
#[derive(Clone, Copy)]
struct Place {
    left: f32,
    width: f32,
    /// Most of its cells are read from right to left.
    rtl: bool,
}

impl Builder<'_> {
    pub(super) fn table(&mut self, align: &[Align], head: &[Words], rows: &[Vec<Words>], column: &Column) {
        let count = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
        for from in (0..count).step_by(MOST_COLUMNS) {
            let columns = from..count.min(from + MOST_COLUMNS);
            let rows: Vec<_> = rows.iter().map(|row| part_of(row, &columns)).collect();
            self.band(part_of(align, &columns), part_of(head, &columns), &rows, (columns.len(), column));
        }
    }

    /// As many columns as stand beside each other.
    fn band(&mut self, align: &[Align], head: &[Words], rows: &[&[Words]], (count, column): (usize, &Column)) {
        let set = set_for(count);
        let table = self.tags.add(Kind::Table, column.node);
        let titled = head.iter().any(|cell| !cell.is_empty());
        let head = titled.then(|| {
            let part = self.tags.add(Kind::Head, Some(table));
            self.cells(head, count, (part, true), set)
        });
        let part = self.tags.add(Kind::Rows, Some(table));
        let rows: Vec<Vec<Cell>> = rows.iter().map(|row| self.cells(row, count, (part, false), set)).collect();
        let grid = Grid::of(head.iter().chain(&rows), count, (align, set), column);

        let head = head.map(|cells| self.row(&cells, &grid, BODY_HEIGHT, Some(style::STRONG_LINE)));
        let repeated = head.as_deref().and_then(|slabs| match slabs {
            [slab] if slab.height < BODY_HEIGHT / 3.0 => Some(Rc::new(slab.clone())),
            _ => None,
        });
        let room = BODY_HEIGHT - repeated.as_ref().map_or(0.0, |slab| slab.height);
        for mut slab in head.into_iter().flatten() {
            slab.before = 4.0;
            slab.keep = true;
            self.pages.push(slab);
        }
        let last = rows.len().saturating_sub(1);
        for (at, cells) in rows.iter().enumerate() {
            let line = if at == last { style::STRONG_LINE } else { style::HAIRLINE };
            for mut slab in self.row(cells, &grid, room, Some(line)) {
                slab.head.clone_from(&repeated);
                // Neither the first nor the last row stands alone.
                slab.keep = last > 1 && (at == 0 || at + 1 == last);
                self.pages.push(slab);
            }
        }
        self.pages.gap(14.0);
    }

    fn cells(&mut self, row: &[Words], count: usize, (part, head): (NodeId, bool), set: Type) -> Vec<Cell> {
        let node = self.tags.add(Kind::Row, Some(part));
        let (kind, style) = if head { (Kind::HeadCell, Style::Bold) } else { (Kind::Cell, Style::Regular) };
        let cell = |pieces: &[Inline]| {
            let node = self.tags.add(kind.clone(), Some(node));
            let text = self.text(pieces, style, node);
            Cell { node, paragraph: Paragraph::of(&text, set.size, &mut self.shaper) }
        };
        let missing = std::iter::repeat_n(&[][..], count - row.len().min(count));
        row.iter().map(Words::as_slice).chain(missing).map(cell).collect()
    }

    /// A row as one slab, or as several where it is higher than `room`.
    fn row(&self, cells: &[Cell], grid: &Grid, room: f32, line: Option<u8>) -> Vec<Slab> {
        let mut rest: Vec<_> = cells
            .iter()
            .zip(&grid.columns)
            .map(|(cell, place)| (cell.node, cell.paragraph.lines(place.width).into_iter().peekable()))
            .collect();
        let most = whole((room - 2.0 * EDGE) / grid.set.leading).max(1);
        let mut slabs = Vec::new();
        loop {
            let parts = rest.iter_mut().map(|(node, lines)| (*node, lines.take(most).collect())).collect();
            let first = slabs.is_empty();
            let last = rest.iter_mut().all(|(_, lines)| lines.peek().is_none());
            slabs.push(self.part(parts, grid, (first, last), line));
            if last {
                return slabs;
            }
        }
    }

    fn part(
        &self,
        cells: Vec<(NodeId, Vec<Line>)>,
        grid: &Grid,
        (first, last): (bool, bool),
        line: Option<u8>,
    ) -> Slab {
        let mut slab = Slab { bars: Rc::clone(&grid.column.bars), ..Slab::default() };
        let top = if first { EDGE } else { 0.0 };
        let mut below = top;
        for (at, (node, lines)) in cells.into_iter().enumerate() {
            let mut y = top;
            if first && lines.iter().all(|line| line.runs.is_empty()) {
                slab.marks.push(Mark { node: Some(node), drawn: Drawn::Nothing });
            }
            let alone = lines.len() == 1;
            for line in lines {
                let at = (grid.x(at, &line, alone), y + grid.set.base());
                slab.put(line, at, grid.set.ink, Some(node), &self.links);
                y += grid.set.leading;
            }
            below = below.max(y);
        }
        slab.height = below + if last { EDGE } else { 0.0 };
        if let Some(grey) = line.filter(|_| last) {
            let width = if grey == style::STRONG_LINE { 0.8 } else { 0.5 };
            slab.under.push(Drawn::level(grid.column.left, slab.height, grid.width, width, Ink::Grey(grey)));
        }
        slab
    }
}

impl<'a> Grid<'a> {
    fn of<'c>(
        rows: impl Iterator<Item = &'c Vec<Cell>>,
        count: usize,
        (align, set): (&'a [Align], Type),
        column: &'a Column,
    ) -> Self {
        let mut wants = vec![Want::default(); count];
        let mut leftward = vec![(0_usize, 0_usize); count];
        for row in rows {
            for ((want, (left, all)), cell) in wants.iter_mut().zip(&mut leftward).zip(row) {
                *left += usize::from(cell.paragraph.is_rtl());
                *all += usize::from(!cell.paragraph.pieces.is_empty());
                want.least = want.least.max(cell.paragraph.longest());
                want.natural = want.natural.max(cell.paragraph.natural());
            }
        }
        let side = SIDE.min(column.width / 8.0 / f32::from(u16::try_from(count).unwrap_or(u16::MAX)));
        let around = 2.0 * side * f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        let mut left = column.left;
        let mut columns = Vec::with_capacity(count);
        for (width, (rtl, all)) in widths(&wants, column.width - around).into_iter().zip(leftward) {
            columns.push(Place { left: left + side, width, rtl: rtl > all / 2 });
            left += width + 2.0 * side;
        }
        Self { column, columns, align, set, width: left - column.left }
    }

    /// Where a line of a column begins. One that is alone in its cell follows its column, so that names of all scripts
    /// stand below each other.
    fn x(&self, column: usize, line: &Line, alone: bool) -> f32 {
        let place = self.columns[column];
        let rest = place.width - line.width;
        let rtl = if alone { place.rtl } else { line.rtl };
        match self.align.get(column).unwrap_or(&Align::Start) {
            Align::Start if rtl => place.left + rest,
            Align::Start => place.left,
            Align::Middle => place.left + rest / 2.0,
            Align::End => place.left + rest,
        }
    }
}

/// Those of a row that stand in some columns; a row may be short.
fn part_of<'r, T>(row: &'r [T], columns: &Range<usize>) -> &'r [T] {
    &row[columns.start.min(row.len())..columns.end.min(row.len())]
}

/// Smaller text for many columns.
fn set_for(count: usize) -> Type {
    let count = f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    let scale = (f32::from(COLUMNS_AT_FULL_SIZE) / count).clamp(LEAST_SCALE, 1.0);
    Type { size: CELL.size * scale, leading: CELL.leading * scale, ..CELL }
}

/// Full times that something fits.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was clamped")]
fn whole(times: f32) -> usize {
    times.clamp(0.0, 10_000.0) as usize
}
