//! A drawing as SVG, alone or within HTML.

use std::fmt::Write as _;

use super::drawing::{Drawing, Shade, Shape, Stroke, TextAnchor};

const FONTS: &str = "'DejaVu Sans', Verdana, Arial, sans-serif";

/// How long and how wide the head of an arrow is, in points.
const HEAD: (f32, f32) = (5.0, 4.0);

/// The drawing as an SVG element. `id_prefix` makes the ids of its title and description differ from those of other
/// pictures on a page; whatever an id cannot hold is left out of it.
pub(crate) fn svg(drawing: &Drawing, id_prefix: &str) -> String {
    let fits = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-' || *letter == '_';
    let id: String = std::iter::once('p').chain(id_prefix.chars().filter(fits)).collect();
    let (width, height) = (short(drawing.width), short(drawing.height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}pt\" height=\"{height}pt\" font-family=\"{FONTS}\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n",
        escaped(&drawing.title),
        escaped(&drawing.description),
    );
    for shape in &drawing.shapes {
        push_shape(&mut out, shape);
    }
    out.push_str("</svg>\n");
    out
}

/// The head of an arrow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ArrowHead {
    /// A black triangle, the tip first.
    pub(crate) corners: [(f32, f32); 3],
    /// Where its line is to end instead of at the tip.
    pub(crate) base: (f32, f32),
}

/// The head at the end of a line; `None` where its last piece has no length.
pub(crate) fn arrow_head(points: &[(f32, f32)]) -> Option<ArrowHead> {
    let (tip, before) = match points {
        [.., before, tip] => (*tip, *before),
        _ => return None,
    };
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = dx.hypot(dy);
    if length <= f32::EPSILON {
        return None;
    }
    let (dx, dy) = (dx / length, dy / length);
    let base = (tip.0 - dx * HEAD.0, tip.1 - dy * HEAD.0);
    let half = HEAD.1 / 2.0;
    let sides = [(base.0 - dy * half, base.1 + dx * half), (base.0 + dy * half, base.1 - dx * half)];
    Some(ArrowHead { corners: [tip, sides[0], sides[1]], base })
}

fn push_shape(out: &mut String, shape: &Shape) {
    // Writing to a string cannot fail.
    let _ = match shape {
        Shape::Rect { x, y, width, height, radius, fill, stroke } => {
            let (x, y, width, height) = (short(*x), short(*y), short(*width), short(*height));
            let radius = if *radius > 0.0 { format!(" rx=\"{}\"", short(*radius)) } else { String::new() };
            let (fill, stroke) = (grey(*fill), stroked(*stroke));
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{radius} fill=\"{fill}\"{stroke}/>"
            )
        }
        Shape::Circle { x, y, radius, fill, stroke } => {
            let (x, y, radius) = (short(*x), short(*y), short(*radius));
            writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{}\"{}/>", grey(*fill), stroked(*stroke))
        }
        Shape::Line { points, stroke, arrow } => {
            push_line(out, points, *stroke, *arrow);
            Ok(())
        }
        Shape::Text { x, y, size, bold, anchor, text } => {
            let anchor = match anchor {
                TextAnchor::Start => "",
                TextAnchor::Middle => " text-anchor=\"middle\"",
                TextAnchor::End => " text-anchor=\"end\"",
            };
            let weight = if *bold { " font-weight=\"bold\"" } else { "" };
            let (x, y, size) = (short(*x), short(*y), short(*size));
            writeln!(out, "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight}{anchor}>{}</text>", escaped(text))
        }
    };
}

fn push_line(out: &mut String, points: &[(f32, f32)], stroke: Stroke, arrow: bool) {
    let head = arrow.then(|| arrow_head(points)).flatten();
    let mut points = points.to_vec();
    if let (Some(head), Some(last)) = (head, points.last_mut()) {
        *last = head.base;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(out, "<polyline points=\"{}\" fill=\"none\"{}/>", pairs(&points), stroked(Some(stroke)));
    if let Some(head) = head {
        let _ = writeln!(out, "<polygon points=\"{}\"/>", pairs(&head.corners));
    }
}

fn pairs(points: &[(f32, f32)]) -> String {
    points.iter().map(|(x, y)| format!("{},{}", short(*x), short(*y))).collect::<Vec<_>>().join(" ")
}

fn stroked(stroke: Option<Stroke>) -> String {
    let Some(Stroke { width, dashed }) = stroke else { return String::new() };
    let dashes = if dashed { " stroke-dasharray=\"3 2\"" } else { "" };
    format!(" stroke=\"#000\" stroke-width=\"{}\"{dashes}", short(width))
}

fn grey(shade: Shade) -> String {
    match shade.0 {
        0 => "#000".to_owned(),
        255 => "#fff".to_owned(),
        level => format!("#{level:02x}{level:02x}{level:02x}"),
    }
}

/// A number with at most two decimals; nought for what is none.
fn short(number: f32) -> String {
    if !number.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The text within an element: what XML forbids is dropped, what it obeys is written as entities.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(letter),
            // Within HTML those beyond ASCII are refused, too.
            '\u{fffe}' | '\u{ffff}' => {}
            _ if letter.is_control() => {}
            _ if u32::from(letter) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&letter) => {}
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_decimals_at_most() {
        for (number, expected) in
            [(1.0, "1"), (0.126, "0.13"), (-0.001, "0"), (120.5, "120.5"), (f32::NAN, "0"), (f32::INFINITY, "0")]
        {
            assert_eq!(short(number), expected);
        }
    }

    #[test]
    fn xml_obeys_nothing() {
        for (text, expected) in [
            ("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"),
            ("]]><script>", "]]&gt;&lt;script&gt;"),
            ("a\u{0}\u{8}\u{1b}b\u{7f}\u{9f}\u{fffe}\u{1ffff}\u{fdd0}c", "abc"),
            ("a\nb\tc", "a\nb\tc"),
            ("漢字 שלום 🔥", "漢字 שלום 🔥"),
        ] {
            assert_eq!(escaped(text), expected, "for {text:?}");
        }
    }

    #[test]
    fn a_drawing_is_written_shape_by_shape() {
        let stroke = Stroke { width: 0.8, dashed: true };
        let drawing = Drawing {
            width: 20.0,
            height: 10.5,
            title: "a & b".to_owned(),
            description: "c".to_owned(),
            shapes: vec![
                Shape::Rect {
                    x: 1.0,
                    y: 2.0,
                    width: 3.0,
                    height: 4.0,
                    radius: 2.0,
                    fill: Shade(224),
                    stroke: Some(stroke),
                },
                Shape::Line {
                    points: vec![(0.0, 0.0), (0.0, 9.0)],
                    stroke: Stroke { width: 1.0, dashed: false },
                    arrow: true,
                },
                Shape::Circle { x: 1.0, y: 1.0, radius: 1.5, fill: Shade(0), stroke: None },
                Shape::Text { x: 5.0, y: 6.0, size: 7.0, bold: true, anchor: TextAnchor::End, text: "<x>".to_owned() },
            ],
            cuts: Vec::new(),
        };
        let expected = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"pf1-title pf1-desc\" \
            viewBox=\"0 0 20 10.5\" width=\"20pt\" height=\"10.5pt\" \
            font-family=\"'DejaVu Sans', Verdana, Arial, sans-serif\">\n\
            <title id=\"pf1-title\">a &amp; b</title>\n<desc id=\"pf1-desc\">c</desc>\n\
            <rect width=\"20\" height=\"10.5\" fill=\"#fff\"/>\n\
            <rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" rx=\"2\" fill=\"#e0e0e0\" stroke=\"#000\" \
            stroke-width=\"0.8\" stroke-dasharray=\"3 2\"/>\n\
            <polyline points=\"0,0 0,4\" fill=\"none\" stroke=\"#000\" stroke-width=\"1\"/>\n\
            <polygon points=\"0,9 -2,4 2,4\"/>\n\
            <circle cx=\"1\" cy=\"1\" r=\"1.5\" fill=\"#000\"/>\n\
            <text x=\"5\" y=\"6\" font-size=\"7\" font-weight=\"bold\" text-anchor=\"end\">&lt;x&gt;</text>\n</svg>\n";
        assert_eq!(svg(&drawing, "f\"1>"), expected);
    }
}
