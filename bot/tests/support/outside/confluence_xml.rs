//! What Confluence takes for a page: well-formed XML of elements that it knows, nested as it knows them.
//!
//! Source: <https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html>.

/// The words of a body, and the files that it shows.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) words: String,
    pub(crate) files: Vec<String>,
    pub(crate) tags: Vec<String>,
}

const KNOWN: [&str; 43] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "table",
    "tbody",
    "tr",
    "th",
    "td",
    "blockquote",
    "hr",
    "br",
    "strong",
    "em",
    "span",
    "code",
    "a",
    "pre",
    "ac:structured-macro",
    "ac:parameter",
    "ac:plain-text-body",
    "ac:rich-text-body",
    "ac:link",
    "ac:link-body",
    "ac:image",
    "ri:attachment",
    "ac:task-list",
    "ac:task",
    "ac:task-id",
    "ac:task-status",
    "ac:task-body",
    "u",
    "sub",
    "sup",
    "del",
    "div",
    "ri:page",
];

/// Reads a body.
pub(crate) fn read(body: &str) -> Result<Read, String> {
    let mut read = Read::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = body;
    if let Some(bad) = body.chars().find(|letter| *letter < ' ' && !"\t\n\r".contains(*letter) || *letter == '\u{fffe}')
    {
        return Err(format!("Error parsing xhtml: Illegal character {:?}", u32::from(bad)));
    }
    while !rest.is_empty() {
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let (text, after) = data.split_once("]]>").ok_or("Error parsing xhtml: open CDATA")?;
            if open.last().is_none_or(|tag| tag != "ac:plain-text-body") {
                return Err("Error parsing xhtml: CDATA in the wrong place".to_owned());
            }
            read.words.push_str(text);
            rest = after;
        } else if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = tag.split_once('>').ok_or("Error parsing xhtml: open tag")?;
            rest = after;
            element(tag, &mut open, &mut read)?;
        } else {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            read.words.push_str(&unescaped(text)?);
            rest = after;
        }
    }
    if let Some(tag) = open.last() {
        return Err(format!("Error parsing xhtml: <{tag}> is not closed"));
    }
    Ok(read)
}

fn element(tag: &str, open: &mut Vec<String>, read: &mut Read) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        return match open.pop() {
            Some(held) if held == name => Ok(()),
            held => Err(format!("Error parsing xhtml: </{name}> closes {held:?}")),
        };
    }
    let is_empty = tag.ends_with('/');
    let tag = tag.trim_end_matches('/');
    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    if !KNOWN.contains(&name) {
        return Err(format!("Error parsing xhtml: <{name}> is not known"));
    }
    let inner_of = |wanted: &[&str]| open.last().is_some_and(|held| wanted.contains(&held.as_str()));
    let fits = match name {
        "li" => inner_of(&["ul", "ol"]),
        "tr" => inner_of(&["tbody"]),
        "th" | "td" => inner_of(&["tr"]),
        "ac:task" => inner_of(&["ac:task-list"]),
        "ac:parameter" | "ac:plain-text-body" | "ac:rich-text-body" => inner_of(&["ac:structured-macro"]),
        "p" => !inner_of(&["p", "ul", "ol", "tr", "span"]),
        _ => !inner_of(&["ul", "ol", "table", "tbody", "tr"]) || matches!(name, "tbody"),
    };
    if !fits {
        return Err(format!("Error parsing xhtml: <{name}> within {:?}", open.last()));
    }
    let mut left = attributes.trim();
    while !left.is_empty() {
        let (attribute, after) = left.split_once("=\"").ok_or("Error parsing xhtml: an attribute without a value")?;
        let (value, after) = after.split_once('"').ok_or("Error parsing xhtml: an open attribute")?;
        let value = unescaped(value)?;
        let is_safe = ["https://", "http://", "mailto:"].iter().any(|scheme| value.to_lowercase().starts_with(scheme));
        if attribute == "href" && !is_safe {
            return Err(format!("the fake takes no link to {value:?}"));
        }
        if attribute == "ri:filename" {
            read.files.push(value);
        }
        left = after.trim_start();
    }
    read.tags.push(name.to_owned());
    if !is_empty {
        open.push(name.to_owned());
    }
    Ok(())
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut parts = text.split('&');
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once(';').ok_or("Error parsing xhtml: a bare ampersand")?;
        read.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            other => return Err(format!("Error parsing xhtml: &{other};")),
        });
        read.push_str(after);
    }
    if text.contains('>') {
        return Err("Error parsing xhtml: a bare angle bracket".to_owned());
    }
    Ok(read)
}
