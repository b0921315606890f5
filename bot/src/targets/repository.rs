//! Postmortems as files of a Git repository, each on a branch of its own with a request to take it over.

use firebell_core::command::ExportFormat;

use super::{Copy, Kept, Path};
use crate::outside::call::CallError;
use crate::outside::finding::failed;
use crate::outside::forge::Forge;
use crate::outside::publishing::{File, Publication, check_branch};
use crate::platform::finding::Finding;

/// One repository.
#[derive(Debug, Clone)]
pub(crate) struct Repository {
    forge: Forge,
    /// The branch that documents are taken over into.
    base: String,
    path: Path,
    forms: Vec<ExportFormat>,
}

impl Repository {
    /// A repository with where files go; Markdown, where no form is said.
    ///
    /// # Errors
    /// The branch cannot be one.
    pub(crate) fn new(forge: Forge, base: &str, path: Path, forms: &[ExportFormat]) -> Result<Self, String> {
        check_branch(base)?;
        let forms = if forms.is_empty() { vec![ExportFormat::Markdown] } else { forms.to_vec() };
        Ok(Self { forge, base: base.to_owned(), path, forms })
    }

    pub(super) fn forms(&self) -> &[ExportFormat] {
        &self.forms
    }

    pub(super) async fn hold(&self, copy: &Copy) -> Result<Kept, CallError> {
        let publication = self.publication(copy).map_err(CallError::not_asked)?;
        let published = self.forge.publish(&publication).await?;
        Ok(Kept { reference: published.commit, url: Some(published.url) })
    }

    /// What people wrote stands in the files alone: forges act on some words of messages and requests, such as `fixes #1`.
    fn publication(&self, copy: &Copy) -> Result<Publication, String> {
        let incident = copy.incident;
        let files = copy
            .forms
            .iter()
            .map(|(ending, content)| Ok(File { path: self.path.of(copy, ending)?, content: content.bytes().to_vec() }));
        let title = format!("Postmortem of {incident}");
        Ok(Publication {
            key: copy.key.clone(),
            branch: format!("firebell/{incident}-postmortem"),
            base: self.base.clone(),
            message: title.clone(),
            body: format!(
                "The postmortem of {incident} was published in Firebell, which keeps this branch up to date."
            ),
            title,
            files: files.collect::<Result<_, String>>()?,
        })
    }

    pub(super) async fn examine(&self, about: &str) -> Vec<Finding> {
        match Box::pin(self.forge.examine(&self.base)).await {
            Ok(problems) if problems.is_empty() => vec![Finding::ok(about, "documents can be put there")],
            Ok(problems) => problems.into_iter().map(|says| Finding::problem(about, says)).collect(),
            Err(error) => vec![failed(about, &error, "check its token and its project")],
        }
    }
}
