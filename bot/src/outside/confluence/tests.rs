use super::*;
use crate::document::{Block, Document};
use crate::outside::fakes::confluence::{ConfluenceFake, PARENT, SPACE, TOKEN, USER};
use crate::outside::fakes::wire::Fault;
use crate::outside::fakes::{document, draft, everything, paragraph, table};
use crate::platform::finding::Level;

const TITLE: &str = "Postmortem of INC-42";

fn config(fake: &ConfluenceFake, is_cloud: bool) -> ConfluenceConfig {
    ConfluenceConfig {
        base: fake.wire.base(),
        edition: if is_cloud { Edition::Cloud { user: USER.to_owned() } } else { Edition::DataCenter },
        token: Secret::new(TOKEN).unwrap(),
        space: SPACE.to_owned(),
        parent: Some("1000".to_owned()),
        pictures: Pictures::Attached,
    }
}

fn clock() -> Clock {
    Clock::manual("2026-03-01T12:00:00Z".parse().unwrap())
}

async fn site(is_cloud: bool) -> (ConfluenceFake, Confluence) {
    let fake = ConfluenceFake::start(is_cloud).await;
    let confluence = Confluence::new(config(&fake, is_cloud), clock()).unwrap();
    (fake, confluence)
}

/// Publishes until it is done, as the queue of effects does.
async fn at_last(confluence: &Confluence, document: &Document, known: Option<&PageRef>) -> PageRef {
    for _ in 0..5 {
        if let Ok(page) = confluence.publish(&draft(document), known).await {
            return page;
        }
    }
    panic!("it does not end")
}

fn titles(fake: &ConfluenceFake) -> Vec<String> {
    fake.state().pages.iter().filter(|page| !page.is_trashed).map(|page| page.title.clone()).collect()
}

#[tokio::test]
async fn a_page_is_made_and_written_in_place_and_not_without_need() {
    for is_cloud in [true, false] {
        let (fake, confluence) = site(is_cloud).await;
        let (first, second) = (everything(), document(vec![paragraph("Second.")]));
        let page = confluence.publish(&draft(&first), None).await.unwrap();
        assert!(page.url.ends_with(&format!("/spaces/OPS/pages/{}", page.id)) && page.url.starts_with("http://127"));
        {
            let state = fake.state();
            let held = &state.pages[1];
            assert_eq!((held.parent.as_deref(), held.title.as_str()), (Some(PARENT), TITLE));
            let (name, svg) = held.files.iter().next().unwrap();
            assert!(held.body.contains(name) && svg.starts_with("<svg"), "{svg}");
            assert_eq!(held.properties["firebell"].0["key"], draft(&first).key);
        }
        fake.wire.calls();
        let same = confluence.publish(&draft(&first), Some(&page)).await.unwrap();
        assert_eq!(same, page);
        assert!(fake.wire.calls().iter().all(|call| call.starts_with("GET")));
        let next = confluence.publish(&draft(&second), Some(&page)).await.unwrap();
        assert_eq!((next.id.clone(), next.version, next.replaced), (page.id.clone(), page.version + 1, None));
        // A reference that was lost is found again.
        assert_eq!(confluence.publish(&draft(&second), None).await.unwrap(), next);
        assert_eq!(titles(&fake), ["Postmortems", TITLE]);
        assert!(fake.state().pages[1].message.starts_with("Exported by Firebell, "));
    }
}

#[tokio::test]
async fn wherever_an_attempt_ends_the_next_one_goes_on_with_the_same_page() {
    for is_cloud in [true, false] {
        for method in ["GET", "POST", "PUT"] {
            for lost in [0, 1, 2, 3, 5] {
                for fault in [Fault::Lose, Fault::Refuse(503, vec![], "down")] {
                    let (fake, confluence) = site(is_cloud).await;
                    let document = everything();
                    fake.wire.trouble_after(lost, (method, ""), fault, 1);
                    let page = at_last(&confluence, &document, None).await;
                    let state = fake.state();
                    assert_eq!((state.pages.len(), &state.pages[1].id), (2, &page.id), "{is_cloud} {method} {lost}");
                    assert!(state.pages[1].body.contains("Summary"));
                    assert_eq!(state.pages[1].files.len(), 1);
                    assert_eq!(state.pages[1].version, page.version);
                    assert!(page.version <= 3, "{page:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_page_whose_making_was_not_answered_is_found_though_the_title_has_changed() {
    for is_cloud in [true, false] {
        for parent in [Some(PARENT.to_owned()), None] {
            let fake = ConfluenceFake::start(is_cloud).await;
            let confluence = Confluence::new(ConfluenceConfig { parent, ..config(&fake, is_cloud) }, clock()).unwrap();
            let document = everything();
            fake.wire.trouble("POST", "", Fault::Lose, 1);
            confluence.publish(&draft(&document), None).await.unwrap_err();
            for number in 0..5 {
                fake.state().add(&format!("Other {number}"), Some(PARENT));
            }
            let renamed = PageDraft { title: "Renamed", ..draft(&document) };
            let page = confluence.publish(&renamed, None).await.unwrap();
            assert_eq!((fake.state().pages.len(), page.id.as_str()), (7, "1001"));
            assert_eq!(fake.state().pages[1].title, "Renamed");
        }
    }
}

#[tokio::test]
async fn a_title_that_is_taken_is_told_apart_by_the_incident() {
    for is_cloud in [true, false] {
        for is_hidden in [false, true] {
            let (fake, confluence) = site(is_cloud).await;
            let at = fake.state().add(TITLE, None);
            fake.state().pages[at].is_hidden = is_hidden;
            let (first, second) = (everything(), document(vec![paragraph("Second.")]));
            let page = confluence.publish(&draft(&first), None).await.unwrap();
            let tagged = "Postmortem of INC-42 (INC-42)";
            assert_eq!(titles(&fake), ["Postmortems", TITLE, tagged]);
            for known in [Some(&page), None] {
                confluence.publish(&draft(&second), known).await.unwrap();
                assert_eq!(titles(&fake), ["Postmortems", TITLE, tagged]);
            }
            assert_eq!(fake.state().pages[at].body, "<p>By hand.</p>");
        }
        // Both are taken.
        let (fake, confluence) = site(is_cloud).await;
        fake.state().add(TITLE, None);
        fake.state().add("Postmortem of INC-42 (INC-42)", None);
        let document = everything();
        let error = confluence.publish(&draft(&document), None).await.unwrap_err();
        assert!(error.to_string().contains("other pages have the titles"), "{error}");
    }
}

#[tokio::test]
async fn what_people_change_is_replaced_by_new_words_alone_and_told() {
    for is_cloud in [true, false] {
        let (fake, confluence) = site(is_cloud).await;
        let (first, second) = (everything(), document(vec![paragraph("Second.")]));
        let page = confluence.publish(&draft(&first), None).await.unwrap();
        fake.state().edit(1, "<p>By hand.</p>");
        let kept = confluence.publish(&draft(&first), Some(&page)).await.unwrap();
        assert_eq!((kept.version, fake.state().pages[1].body.as_str()), (page.version + 1, "<p>By hand.</p>"));
        let next = confluence.publish(&draft(&second), Some(&kept)).await.unwrap();
        assert_eq!((next.version, next.replaced), (kept.version + 1, Some(kept.version)));
        assert!(fake.state().pages[1].body.contains("Second."));
    }
}

#[tokio::test]
async fn whoever_is_faster_is_read_again() {
    for is_cloud in [true, false] {
        let (fake, confluence) = site(is_cloud).await;
        let first = everything();
        let page = confluence.publish(&draft(&first), None).await.unwrap();
        let second = document(vec![paragraph("Second.")]);
        fake.wire.trouble("PUT", "", Fault::Refuse(409, vec![], "Version must be incremented on update."), 1);
        let next = confluence.publish(&draft(&second), Some(&page)).await.unwrap();
        assert_eq!(next.version, page.version + 1);
        let third = document(vec![paragraph("Third.")]);
        fake.wire.trouble("PUT", "", Fault::Refuse(409, vec![], "Version must be incremented on update."), 9);
        let error = confluence.publish(&draft(&third), Some(&page)).await.unwrap_err();
        assert!(error.to_string().contains("changes all the time"), "{error}");
    }
}

#[tokio::test]
async fn a_page_that_was_thrown_away_is_made_anew() {
    for is_cloud in [true, false] {
        let (fake, confluence) = site(is_cloud).await;
        let document = everything();
        let page = confluence.publish(&draft(&document), None).await.unwrap();
        fake.state().pages[1].is_trashed = true;
        let next = confluence.publish(&draft(&document), Some(&page)).await.unwrap();
        assert_ne!(next.id, page.id);
        assert_eq!(titles(&fake), ["Postmortems", TITLE]);
    }
}

#[tokio::test]
async fn a_table_of_ten_thousand_rows_is_written_whole() {
    let (fake, confluence) = site(true).await;
    let document = document(vec![Block::Rule, table(10_000)]);
    let page = confluence.publish(&draft(&document), None).await.unwrap();
    let body = fake.state().pages[1].body.clone();
    assert_eq!(body.matches("<tr>").count(), 10_001);
    assert_eq!(confluence.publish(&draft(&document), None).await.unwrap(), page);
}

#[tokio::test]
async fn an_examination_says_what_is_wrong() {
    for is_cloud in [true, false] {
        let (fake, confluence) = site(is_cloud).await;
        let findings = confluence.examine().await;
        assert!(findings.len() == 3 && findings.iter().all(|finding| finding.level == Level::Ok), "{findings:?}");
        let table: [(ConfluenceConfig, &str); 3] = [
            (ConfluenceConfig { token: Secret::new("other").unwrap(), ..config(&fake, is_cloud) }, "check the "),
            (ConfluenceConfig { space: "NONE".to_owned(), ..config(&fake, is_cloud) }, "check its key"),
            (ConfluenceConfig { parent: Some("77".to_owned()), ..config(&fake, is_cloud) }, "give the number"),
        ];
        for (config, words) in table {
            let last = Confluence::new(config, clock()).unwrap().examine().await.pop().unwrap();
            assert!(last.level == Level::Problem && last.says.contains(words), "{last:?}");
        }
        for (space, parent) in [("", None), ("A\" OR", None), ("OPS", Some("x/y"))] {
            let parent = parent.map(str::to_owned);
            let config = ConfluenceConfig { space: space.to_owned(), parent, ..config(&fake, is_cloud) };
            assert!(Confluence::new(config, clock()).is_err(), "{space}");
        }
    }
}
