//! Pictures as attachments.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use super::storage::File;
use crate::outside::call::{CallError, Caller};
use crate::outside::page::digest;

/// Attaches a file. There must be none of its name.
pub(super) async fn attach(caller: &Caller, page: &str, file: &File) -> Result<(), CallError> {
    // It is made of what stands between, so that it does not stand in it.
    let boundary = format!("firebell-{}", digest(&["boundary", &file.svg], 16));
    let url = caller.url(&["rest", "api", "content", page, "child", "attachment"]);
    let request = caller
        .request(Method::POST, url)
        // Without it the call is taken for one that a page of a stranger made.
        .header("x-atlassian-token", "nocheck")
        .header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
        .body(form(&boundary, file));
    caller.send(request).await.map(drop)
}

fn form(boundary: &str, file: &File) -> String {
    format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"minorEdit\"\r\n\r\ntrue\r\n--{boundary}\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"{}\"\r\ncontent-type: image/svg+xml\r\n\r\n{}\r\n\
         --{boundary}--\r\n",
        file.name, file.svg
    )
}
