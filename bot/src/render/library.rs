//! The postmortem templates that there are, and a file tried as if it were one of them.

use std::path::Path;

use firebell_core::incident::Visibility;
use firebell_core::suggest;
use firebell_core::view::PostmortemView;
use handlebars::{Handlebars, Template};
use serde_json::Value;

use super::check::{every_branch, every_branch_of_all, tried, views};
use super::files;
use super::sample::{Sample, changes};
use super::variables::Variables;
use super::{Renderer, Section, TemplateError};

/// A postmortem template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostmortemTemplate {
    /// By which it is chosen: `standard`.
    pub name: String,
    /// An operator's own file; absent for a built-in one.
    pub file: Option<String>,
    /// There is a built-in one of that name, in the place of which the file stands.
    pub replaces: bool,
    /// What people write in it, in its order.
    pub sections: Vec<Section>,
}

/// A part of postmortem templates in the place of which a file of an operator's own stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacedPart {
    /// As templates include it: `postmortem/parts/summary`.
    pub name: String,
    pub file: String,
}

/// So many names are tried to find the one that was meant.
const GUESSES: usize = 5;

impl Renderer {
    /// Every postmortem template, in alphabetical order.
    pub fn postmortems(&self) -> Vec<PostmortemTemplate> {
        let of = |(name, sections): (&String, &Vec<Section>)| {
            let full = files::postmortem(name);
            PostmortemTemplate {
                name: name.clone(),
                file: self.own_file(&full),
                replaces: self.own_file(&full).is_some() && files::is_built_in(&full),
                sections: sections.clone(),
            }
        };
        self.sections.iter().map(of).collect()
    }

    /// The parts that postmortem templates share and that were replaced, in alphabetical order.
    pub fn replaced_parts(&self) -> Vec<ReplacedPart> {
        let parts = self.files.keys().filter(|name| name.starts_with(files::PARTS));
        parts.filter_map(|name| Some(ReplacedPart { name: name.clone(), file: self.own_file(name)? })).collect()
    }

    fn own_file(&self, name: &str) -> Option<String> {
        self.files.get(name).and_then(|file| files::own(file)).map(str::to_owned)
    }
}

/// A file as it would be among the postmortem templates.
#[derive(Debug)]
pub struct Trial {
    /// Every template, with the file among them.
    pub renderer: Renderer,
    /// By which the file would be chosen: `brief`.
    pub name: String,
    /// The name of the file among all templates.
    full: String,
    text: String,
}

impl Trial {
    /// What [`Renderer::new`] makes of a folder with this file in it as a postmortem template.
    ///
    /// # Errors
    /// As there, and a file that cannot be read or is not called like a template.
    pub fn of(dir: Option<&Path>, file: &Path) -> Result<Self, TemplateError> {
        let (name, source) = files::alone(file)?;
        let (full, text) = (files::postmortem(&name), source.text.clone());
        let mut sources = files::load(dir)?;
        sources.insert(full.clone(), source);
        Ok(Self { renderer: Renderer::of(sources)?, name, full, text })
    }

    /// Renders the file with sample records and every branch of it. A variable that is not there is told with the one that was
    /// probably meant.
    ///
    /// # Errors
    /// What is wrong with it first.
    pub fn check(&self) -> Result<(), TemplateError> {
        let views = views(&self.renderer)?;
        let held = views.get(&self.full).map(Vec::as_slice).unwrap_or_default();
        let thorough = every_branch_of_all(&self.renderer.templates);
        let found = tried(&self.renderer, &thorough, &self.full, held);
        found.map_err(|error| match self.meant(&thorough, held, &error) {
            Some(meant) => TemplateError { reason: format!("{}; did you mean `{meant}`?", error.reason), ..error },
            None => error,
        })
    }

    /// What the file says of a made-up incident.
    ///
    /// # Errors
    /// As [`Renderer::postmortem`].
    pub fn sample(&self) -> Result<String, TemplateError> {
        let sample = Sample::new(&changes("words of people"), Visibility::Public);
        let sample = sample.ok_or_else(|| TemplateError::new(&self.full, "there is no sample"))?;
        self.renderer.postmortem(&self.name, &PostmortemView::of(&sample.record()))
    }

    /// The variable that was meant by one that is not there: with it in its place, the template gets beyond that place.
    fn meant(&self, thorough: &Handlebars<'static>, views: &[Value], error: &TemplateError) -> Option<String> {
        let wrong = error.variable.as_deref().filter(|_| self.renderer.files.get(&self.full) == Some(&error.file))?;
        let place = error.line.and_then(|line| line_start(&self.text, line))?;
        let at = place + self.text.get(place..)?.find(wrong)?;
        let (before, after) = (self.text.get(..at)?, self.text.get(at + wrong.len()..)?);
        let known = Variables::new().names();
        for (start, segment) in segments(wrong) {
            let mut left: Vec<&str> = known.iter().map(String::as_str).collect();
            for _ in 0..GUESSES {
                let Some(near) = suggest::nearest(segment, left.iter().copied()) else { break };
                let guess = [wrong.get(..start)?, near, wrong.get(start + segment.len()..)?].concat();
                let mended = [before, &guess, after].concat();
                let found = self.tried_as(thorough, views, &mended);
                let beyond = |found: &TemplateError| {
                    found.variable.as_ref() != Some(&guess) && (found.line, found.column) != (error.line, error.column)
                };
                if found.is_none_or(|found| beyond(&found)) {
                    return Some(guess);
                }
                left.retain(|held| *held != near);
            }
        }
        None
    }

    /// What is wrong if the file has this text.
    fn tried_as(&self, thorough: &Handlebars<'static>, views: &[Value], text: &str) -> Option<TemplateError> {
        let mut thorough = thorough.clone();
        let mut template = match Template::compile(text) {
            Ok(template) => template,
            Err(error) => return Some(TemplateError::syntax(&self.full, &error)),
        };
        template.name = Some(self.full.clone());
        thorough.register_template(&self.full, every_branch(&template));
        tried(&self.renderer, &thorough, &self.full, views).err()
    }
}

/// Where a line begins, counted from 1.
fn line_start(text: &str, line: usize) -> Option<usize> {
    let before = text.split_inclusive('\n').take(line.checked_sub(1)?);
    Some(before.map(str::len).sum())
}

/// The names in a path, each with where it begins.
fn segments(path: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    let parts = path.split(['.', '/']).map(move |part| {
        let begins = start;
        start += part.len() + 1;
        (begins, part)
    });
    parts.filter(|(_, part)| !part.is_empty() && !matches!(*part, "this" | "@root"))
}
