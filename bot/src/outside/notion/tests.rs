use std::time::Duration;

use super::*;
use crate::document::{Block, Document, Inline, Item};
use crate::outside::fakes::notion::{DATABASE, NotionFake, PARENT, TOKEN, title as title_seen};
use crate::outside::fakes::wire::Fault;
use crate::outside::fakes::{cell, document, draft, everything, paragraph, table, text};
use crate::platform::finding::Level;

fn config(fake: &NotionFake, parent: &Parent) -> NotionConfig {
    NotionConfig { base: fake.wire.base(), token: Secret::new(TOKEN).unwrap(), parent: parent.clone() }
}

fn clock() -> Clock {
    Clock::manual("2026-03-01T12:00:00Z".parse().unwrap())
}

fn parents() -> [Parent; 2] {
    [Parent::Page(PARENT.to_owned()), Parent::Database(DATABASE.to_owned())]
}

async fn space(parent: &Parent) -> (NotionFake, Notion) {
    let fake = NotionFake::start().await;
    let notion = Notion::new(config(&fake, parent), clock()).unwrap().at_pace(Duration::ZERO);
    (fake, notion)
}

/// Publishes until it is done, as the queue of effects does; gives the number of attempts.
async fn at_last(notion: &Notion, document: &Document, known: Option<&PageRef>) -> (PageRef, usize) {
    for attempt in 1..60 {
        if let Ok(page) = notion.publish(&draft(document), known).await {
            return (page, attempt);
        }
    }
    panic!("it does not end")
}

fn seen(fake: &NotionFake, page: &PageRef) -> Vec<String> {
    let mut lines = fake.state().seen(&page.id);
    assert!(lines.remove(0).starts_with("paragraph Written by Firebell."));
    lines
}

/// Lines of paragraphs.
fn lines(words: &[&str]) -> (Document, Vec<String>) {
    let seen = words.iter().map(|words| format!("paragraph {words}")).collect();
    (document(words.iter().map(|words| paragraph(words)).collect()), seen)
}

#[tokio::test]
async fn a_page_is_made_and_written_in_place_and_not_without_need() {
    for parent in parents() {
        let (fake, notion) = space(&parent).await;
        let first = everything();
        let page = notion.publish(&draft(&first), None).await.unwrap();
        assert!(page.url.starts_with("https://www.notion.so/"), "{page:?}");
        assert_eq!(title_seen(fake.state().pages()[0]), draft(&first).title);
        let shown = seen(&fake, &page);
        let wanted = [
            "heading_1 Summary",
            "heading_3 Deep",
            "paragraph bothgonea < b\nlinklinklink",
            "bulleted_list_item first",
            "  numbered_list_item second",
            "    bulleted_list_item third",
            "bulleted_list_item ",
            "paragraph 3. three",
            "to_do did",
            "to_do to do",
            "table ",
            "  table_row a | b | c",
            "  table_row 1 | 2 | ",
            "  table_row 3 | 4 | 5",
            "code let a = \"]]>\";\n",
            "code ",
            "quote said",
            "  quote within",
            "divider ",
            "paragraph Causes",
            "paragraph A led to B.\nB led to C.",
        ];
        assert_eq!(shown[..wanted.len()], wanted);
        assert!(shown[wanted.len()].starts_with("paragraph </p> <script>"));
        fake.wire.calls();
        assert_eq!(notion.publish(&draft(&first), Some(&page)).await.unwrap(), page);
        assert_eq!(notion.publish(&draft(&first), None).await.unwrap(), page);
        let calls = fake.wire.calls();
        assert!(calls.iter().all(|call| call.starts_with("GET") || call.contains("/query")), "{calls:?}");
        let (second, wanted) = lines(&["Second."]);
        notion.publish(&PageDraft { title: "Renamed", ..draft(&second) }, Some(&page)).await.unwrap();
        assert_eq!(seen(&fake, &page), wanted);
        let titles: Vec<String> = fake.state().pages().into_iter().map(title_seen).collect();
        assert_eq!(titles, ["Renamed"]);
    }
}

#[tokio::test]
async fn wherever_an_attempt_ends_the_next_one_goes_on_with_the_same_page() {
    for parent in parents() {
        for method in ["GET", "POST", "PATCH", "DELETE"] {
            for lost in [0, 2, 5] {
                for fault in [Fault::Lose, Fault::Gateway(504), Fault::Refuse(409, vec![], "Conflict occurred")] {
                    let (fake, notion) = space(&parent).await;
                    fake.wire.trouble_after(lost, (method, ""), fault.clone(), 1);
                    let (old, _) = lines(&["a", "b", "c", "d", "e"]);
                    let (page, _) = at_last(&notion, &old, None).await;
                    let (new, wanted) = lines(&["x", "b", "y", "z", "d"]);
                    fake.wire.trouble_after(lost / 2, (method, ""), fault, 2);
                    let (same, _) = at_last(&notion, &new, Some(&page)).await;
                    assert_eq!((same, fake.state().pages().len()), (page.clone(), 1), "{method} {lost}");
                    assert_eq!(seen(&fake, &page), wanted, "{method} {lost}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_stays_the_same_is_left_alone() {
    let (fake, notion) = space(&parents()[0]).await;
    let (old, _) = lines(&["a", "b", "c", "d"]);
    let page = notion.publish(&draft(&old), None).await.unwrap();
    let ids = |fake: &NotionFake, words: &str| {
        let state = fake.state();
        let found = state.blocks.iter().filter(|block| !block.archived && block.body.to_string().contains(words));
        found.map(|block| block.id.clone()).collect::<Vec<_>>()
    };
    let before = ids(&fake, "\"b\"");
    fake.wire.calls();
    let (new, wanted) = lines(&["a", "b", "new", "d"]);
    notion.publish(&draft(&new), Some(&page)).await.unwrap();
    let calls = fake.wire.calls();
    assert_eq!(calls.iter().filter(|call| call.starts_with("DELETE")).count(), 1);
    assert_eq!((seen(&fake, &page), ids(&fake, "\"b\"")), (wanted, before));
}

#[tokio::test]
async fn what_people_change_is_replaced_and_pages_within_ours_stay() {
    let (fake, notion) = space(&parents()[0]).await;
    let (old, _) = lines(&["a", "b"]);
    let page = notion.publish(&draft(&old), None).await.unwrap();
    let edit = |change: fn(&mut Vec<crate::outside::fakes::notion::Block>)| change(&mut fake.state().blocks);
    // Somebody throws away our first line, writes something, and makes a page within.
    edit(|blocks| {
        let first = blocks.iter_mut().find(|block| block.kind == "paragraph").unwrap();
        first.archived = true;
    });
    let words = json!({ "rich_text": [{ "plain_text": "mine", "annotations": {}, "href": null }] });
    fake.state().add(&page.id, "paragraph", words);
    fake.state().add(&page.id, "child_page", json!({}));
    let (new, wanted) = lines(&["a", "c"]);
    notion.publish(&draft(&new), Some(&page)).await.unwrap();
    let mut shown = fake.state().seen(&page.id);
    assert_eq!(shown.remove(0), "child_page ");
    assert!(shown.remove(0).starts_with("paragraph Written by Firebell."));
    assert_eq!(shown, wanted);
    // Our line is no more the first, and is known all the same.
    let (newer, wanted) = lines(&["a", "d"]);
    notion.publish(&draft(&newer), Some(&page)).await.unwrap();
    assert_eq!(fake.state().seen(&page.id)[2..], wanted);
}

#[tokio::test]
async fn a_page_that_was_thrown_away_is_made_anew() {
    for parent in parents() {
        let (fake, notion) = space(&parent).await;
        let (document, wanted) = lines(&["a"]);
        let page = notion.publish(&draft(&document), None).await.unwrap();
        fake.state().blocks.iter_mut().find(|block| block.kind == "child_page").unwrap().archived = true;
        let next = notion.publish(&draft(&document), Some(&page)).await.unwrap();
        assert_ne!(next.id, page.id);
        assert_eq!((seen(&fake, &next), fake.state().pages().len()), (wanted, 1));
    }
}

#[tokio::test]
async fn long_texts_are_split_and_none_of_it_is_lost() {
    let (fake, notion) = space(&parents()[0]).await;
    let long = "word \u{1f525}\"\\ ".repeat(40_000);
    let cell = vec![vec![cell(&long), cell("short")]];
    let blocks = vec![
        paragraph(&long),
        Block::Code { language: "rust".to_owned(), text: long.clone() },
        Block::Table { align: Vec::new(), head: Vec::new(), rows: cell },
        Block::Paragraph(vec![Inline::Link { url: format!("https://e.org/{}", "x".repeat(2_100)), text: text("l") }]),
    ];
    let many: Vec<Inline> = (0..350).flat_map(|_| [Inline::Strong(text("b")), Inline::Text("n".to_owned())]).collect();
    let document = document([blocks, vec![Block::Paragraph(many)]].concat());
    let (page, attempts) = at_last(&notion, &document, None).await;
    let shown = seen(&fake, &page);
    let of = |kind: &str| shown.iter().filter_map(|line| line.trim_start().strip_prefix(kind)).collect::<String>();
    assert!(of("paragraph ").starts_with(&long) && of("paragraph ").contains(&"x".repeat(2_100)));
    assert!(of("paragraph ").ends_with(&"bn".repeat(350)));
    assert_eq!(of("code "), long);
    assert_eq!(of("table_row ").replace(" | short", "").replace(" | ", ""), long);
    assert!(attempts <= 2 && fake.state().greatest <= 500_000, "{attempts} {}", fake.state().greatest);
    fake.wire.calls();
    assert_eq!(at_last(&notion, &document, Some(&page)).await, (page, 1));
    assert!(fake.wire.calls().iter().all(|call| call.starts_with("GET")));
}

#[tokio::test]
async fn a_table_of_ten_thousand_rows_is_told_by_its_ends() {
    let (fake, notion) = space(&parents()[0]).await;
    let whole = document(vec![table(1_000)]);
    let (page, _) = at_last(&notion, &whole, None).await;
    let rows = |fake: &NotionFake| {
        let rows = seen(fake, &page).into_iter().filter(|line| line.contains("table_row 12:")).collect::<Vec<_>>();
        (rows.len(), rows[0].clone(), rows[rows.len() - 1].clone())
    };
    let row = |number: usize| format!("  table_row 12:{number:05} | somebody | did something of some length");
    assert_eq!(rows(&fake), (1_000, row(0), row(999)));
    fake.wire.calls();
    let huge = document(vec![table(10_000)]);
    let (_, attempts) = at_last(&notion, &huge, Some(&page)).await;
    assert_eq!(rows(&fake), (1_000, row(0), row(9_999)));
    let shown = seen(&fake, &page);
    assert!(shown.iter().any(|line| line.starts_with("paragraph 9000 rows are left out here")));
    assert!(fake.state().greatest <= 500_000);
    let calls = fake.wire.calls().len();
    assert!(attempts <= 2 && calls <= 60, "{attempts} attempts, {calls} calls");
}

#[tokio::test]
async fn lists_that_are_deep_or_long_are_written_in_what_notion_takes() {
    let (fake, notion) = space(&parents()[0]).await;
    let list = |items: Vec<Vec<Block>>| {
        let items = items.into_iter().map(|blocks| Item { checked: None, blocks }).collect();
        Block::List { first: None, items }
    };
    let deep = (0..7)
        .rev()
        .fold(paragraph("bottom"), |inner, depth| list(vec![vec![paragraph(&format!("level {depth}")), inner]]));
    let long = list(vec![vec![paragraph("many"), list((0..250).map(|at| vec![paragraph(&at.to_string())]).collect())]]);
    let document = document(vec![deep, long]);
    let (page, _) = at_last(&notion, &document, None).await;
    let shown = seen(&fake, &page);
    let names: Vec<&str> = shown.iter().map(|line| line.trim_start()).collect();
    let levels = (0..7).map(|depth| format!("bulleted_list_item level {depth}")).collect::<Vec<_>>();
    assert_eq!(names[..7], levels);
    assert_eq!((names[7], names[8]), ("paragraph bottom", "bulleted_list_item many"));
    assert_eq!((names.len(), names[258]), (259, "bulleted_list_item 249"));
    assert_eq!(notion.publish(&draft(&document), None).await.unwrap(), page);
}

#[tokio::test]
async fn limits_are_honoured_and_what_was_read_is_not_read_again() {
    let (fake, notion) = space(&parents()[0]).await;
    // More blocks with blocks within than there are calls in one attempt.
    let quotes = |last: &str| {
        let quote = |at: usize| Block::Quote(vec![paragraph(&at.to_string()), paragraph("within")]);
        document((0..90).map(quote).chain([paragraph(last)]).collect())
    };
    let (page, attempts) = at_last(&notion, &quotes("old"), None).await;
    assert_eq!(attempts, 1);
    let (_, attempts) = at_last(&notion, &quotes("new"), Some(&page)).await;
    assert_eq!(attempts, 3);
    assert_eq!(seen(&fake, &page).last().unwrap(), "paragraph new");
    fake.state().allowance = Some(1);
    let error = notion.publish(&draft(&quotes("newer")), Some(&page)).await.unwrap_err();
    assert_eq!(error, CallError::Limited { after: chrono::TimeDelta::seconds(3) });
}

#[tokio::test]
async fn an_examination_says_what_is_wrong() {
    for parent in parents() {
        let (fake, notion) = space(&parent).await;
        let findings = notion.examine().await;
        assert!(findings.len() == 2 && findings.iter().all(|finding| finding.level == Level::Ok), "{findings:?}");
        let elsewhere = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb".to_owned();
        let elsewhere = if parent == parents()[0] { Parent::Page(elsewhere) } else { Parent::Database(elsewhere) };
        let other = NotionConfig { token: Secret::new("other").unwrap(), ..config(&fake, &parent) };
        for (config, words) in [(other, "copy it from"), (config(&fake, &elsewhere), "under Connections")] {
            let last = Notion::new(config, clock()).unwrap().examine().await.pop().unwrap();
            assert!(last.level == Level::Problem && last.says.contains(words), "{last:?}");
        }
    }
    let fake = NotionFake::start().await;
    let config = NotionConfig { parent: Parent::Page("../users".to_owned()), ..config(&fake, &parents()[0]) };
    assert!(Notion::new(config, clock()).is_err());
}
