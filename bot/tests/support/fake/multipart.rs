//! Bodies of several parts.

/// One part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Part {
    pub(in super::super) name: String,
    pub(in super::super) filename: Option<String>,
    pub(in super::super) content_type: Option<String>,
    pub(in super::super) bytes: Vec<u8>,
}

/// The parts of a body, in order; `content_type` is the header's value, and none are found in a body of another type.
pub(in super::super) fn parts(content_type: &str, body: &[u8]) -> Vec<Part> {
    let Some(boundary) = content_type.split("boundary=").nth(1) else { return Vec::new() };
    let line = format!("--{}", boundary.trim_matches('"')).into_bytes();
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(start) = position(rest, &line) {
        rest = &rest[start + line.len()..];
        let end = position(rest, &line).unwrap_or(rest.len());
        let part = &rest[..end];
        let Some(head) = position(part, b"\r\n\r\n") else { continue };
        let header = String::from_utf8_lossy(&part[..head]).into_owned();
        let content = &part[head + 4..];
        found.push(Part {
            name: quoted(&header, " name=\"").unwrap_or_else(|| "file".to_owned()),
            filename: quoted(&header, "filename=\""),
            content_type: type_of(&header),
            bytes: content.strip_suffix(b"\r\n").unwrap_or(content).to_vec(),
        });
    }
    found
}

fn quoted(header: &str, before: &str) -> Option<String> {
    header.split(before).nth(1)?.split('"').next().map(str::to_owned)
}

fn type_of(header: &str) -> Option<String> {
    let mut lines = header.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.trim().to_owned())
}

fn position(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}
