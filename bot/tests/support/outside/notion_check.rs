//! What Notion takes in one request, and how it says that it does not.
//!
//! Source: <https://developers.notion.com/reference/request-limits>.

use serde_json::Value;

const LANGUAGES: &str = "bash,c,c#,c++,css,diff,docker,elixir,erlang,go,graphql,groovy,haskell,html,java,javascript,json,\
    kotlin,lua,makefile,markdown,mermaid,nix,perl,php,plain text,powershell,python,ruby,rust,scala,shell,sql,swift,\
    typescript,xml,yaml";
const TEXTS: [&str; 9] = [
    "paragraph",
    "heading_1",
    "heading_2",
    "heading_3",
    "bulleted_list_item",
    "numbered_list_item",
    "to_do",
    "quote",
    "code",
];

/// Checks a list of blocks.
pub(crate) fn children(list: &Value, at: &str, depth: usize, count: &mut usize) -> Result<(), String> {
    let blocks = list.as_array().ok_or_else(|| format!("{at} should be an array"))?;
    if blocks.len() > 100 {
        return Err(format!("{at}.length should be ≤ `100`, instead was `{}`.", blocks.len()));
    }
    for (place, held) in blocks.iter().enumerate() {
        *count += 1;
        block(held, &format!("{at}[{place}]"), depth, count)?;
    }
    if *count > 1_000 {
        return Err("the payload holds more than 1000 blocks".to_owned());
    }
    Ok(())
}

fn block(block: &Value, at: &str, depth: usize, count: &mut usize) -> Result<(), String> {
    let kind = block["type"].as_str().unwrap_or_default();
    let body = &block[kind];
    let here = format!("{at}.{kind}");
    match kind {
        "divider" => {}
        "table" => {
            let rows = body["children"].as_array().map(Vec::as_slice).unwrap_or_default();
            let width = body["table_width"].as_u64().unwrap_or_default();
            let fits = |row: &Value| {
                let cells = row["table_row"]["cells"].as_array();
                row["type"] == "table_row" && cells.is_some_and(|cells| cells.len() as u64 == width)
            };
            if width == 0 || rows.is_empty() || !rows.iter().all(fits) {
                return Err(format!("{here}.children should hold rows of `{width}` cells"));
            }
        }
        "table_row" => {
            for (column, cell) in body["cells"].as_array().into_iter().flatten().enumerate() {
                rich_text(cell, &format!("{here}.cells[{column}]"))?;
            }
        }
        kind if TEXTS.contains(&kind) => {
            rich_text(&body["rich_text"], &format!("{here}.rich_text"))?;
            let language = body["language"].as_str().unwrap_or_default();
            if kind == "code" && !LANGUAGES.split(',').any(|known| known == language) {
                return Err(format!("{here}.language should be one of the known, instead was `{language:?}`."));
            }
        }
        _ => return Err(format!("{at}.type should be a known type, instead was `{kind:?}`.")),
    }
    match body.get("children") {
        None => Ok(()),
        Some(_) if depth == 0 => Err(format!("{here}.children should be not present")),
        Some(inner) => children(inner, &format!("{here}.children"), depth - 1, count),
    }
}

/// Checks a text.
pub(crate) fn rich_text(text: &Value, at: &str) -> Result<(), String> {
    let pieces = text.as_array().ok_or_else(|| format!("{at} should be an array"))?;
    if pieces.len() > 100 {
        return Err(format!("{at}.length should be ≤ `100`, instead was `{}`.", pieces.len()));
    }
    for (place, piece) in pieces.iter().enumerate() {
        let at = format!("{at}[{place}].text");
        let Some(content) = piece["text"]["content"].as_str() else {
            return Err(format!("{at}.content should be a string"));
        };
        let length = content.encode_utf16().count();
        if length > 2_000 {
            return Err(format!("{at}.content.length should be ≤ `2000`, instead was `{length}`."));
        }
        if let Some(url) = piece["text"]["link"]["url"].as_str() {
            let is_known =
                ["http://", "https://", "mailto:"].iter().any(|scheme| url.to_lowercase().starts_with(scheme));
            if url.parse::<reqwest::Url>().is_err() || !is_known || url.encode_utf16().count() > 2_000 {
                return Err(format!("{at}.link.url should be a valid URL."));
            }
        }
    }
    Ok(())
}
