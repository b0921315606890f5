//! From views to words: every sentence that a person sees comes from a template, escaped for where it is read.

mod aim;
mod bound;
mod check;
mod circle;
mod counted;
mod csv;
mod each;
mod error;
mod escape;
mod files;
mod helper;
mod helpers;
mod library;
mod material;
mod pictures;
mod report;
mod rows;
mod sample;
mod shelf;
#[cfg(test)]
mod tests;
mod variables;
mod written;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use firebell_core::ids::Key;
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use firebell_core::settings::TemplateRule;
use firebell_core::view::{
    ActionsView, AlarmView, AnnouncementView, CallView, CardView, CauseShownView, CausesView, CodeView,
    ContactCodeView, ContactsView, FairnessView, FeedView, GapsView, HelpView, LinkedView, LintView, ListView, MeView,
    MirroredView, NoticeView, OnCallNewsView, OnCallView, OverridesView, PackView, PostView, PostmortemView,
    PromisedView, ProofView, ReplacedView, ReplyView, ReviewView, RoomsView, ScheduleView, SectionView, ShowView,
    ShownIn, SimilarView, SimulationView, SwapsView, SyntheticView, TicketBodyView, TimelineView, TimesView,
    UnprovedView, WhyView, WithdrawView,
};
use handlebars::{Context, Handlebars};
use serde::Serialize;

pub use self::error::{RenderError, TemplateError};
pub use self::library::{PostmortemTemplate, ReplacedPart, Trial};
use self::material::Material;
use self::pictures::Pictures;
pub use self::report::ReportAs;
use self::shelf::Shelf;
pub use self::variables::Variables;
pub use self::written::Section;
use crate::document;

/// Where a text is read, which decides how people's words are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A terminal, or anything else that shows plain text.
    Console,
    /// A Markdown document.
    Markdown,
    /// A message in Slack.
    Slack,
    /// A message in Discord.
    Discord,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 4] = [Self::Console, Self::Markdown, Self::Slack, Self::Discord];

    /// How times are shown there to whoever is in `zone`: Discord shows each reader their own.
    pub fn times(self, zone: Tz) -> ShownIn {
        match self {
            Self::Console | Self::Markdown | Self::Slack => ShownIn::Zone(zone),
            Self::Discord => ShownIn::Reader,
        }
    }
}

/// Every template, read once and ready for each target.
#[derive(Debug, Clone)]
pub struct Renderer {
    templates: Handlebars<'static>,
    /// Those that Slack shows, with the signs that it obeys made words.
    slack: Handlebars<'static>,
    /// Which file each template came from.
    files: BTreeMap<String, String>,
    /// What people write in each postmortem template, by its name.
    sections: BTreeMap<String, Vec<Section>>,
    shelf: Shelf,
}

impl Renderer {
    /// Reads the built-in templates and those of `dir`, which replace them by the same relative path or, under
    /// `postmortem/`, add to them. Under `slack/` and `discord/` stand those that prevail there over those of the same
    /// name under `chat/`.
    ///
    /// # Errors
    /// A directory or file that cannot be read, a file that replaces nothing, or one that is no template.
    pub fn new(dir: Option<&Path>) -> Result<Self, TemplateError> {
        Self::of(files::load(dir)?)
    }

    fn of(sources: BTreeMap<String, files::Source>) -> Result<Self, TemplateError> {
        let texts = sources.iter().map(|(name, source)| (name, source, &*source.text));
        let templates = with_templates(registry(), texts)?;
        // Slack reads some of the signs that stand in templates for all, and not only those of people's words.
        let (mut slack, mut reworded) = (registry(), Vec::new());
        for (name, source) in sources.iter().filter(|(name, _)| files::may_be_in_slack(name)) {
            match escape::slack_template(&source.text) {
                Cow::Owned(text) if files::shared(name).is_none() => reworded.push((name, source, text)),
                _ => templates
                    .get_template(name)
                    .into_iter()
                    .for_each(|held| slack.register_template(name, held.clone())),
            }
        }
        let slack = with_templates(slack, reworded.iter().map(|(name, source, text)| (*name, *source, &**text)))?;
        let files = sources.into_iter().map(|(name, source)| (name, source.file)).collect();
        circle::none(&templates, &files)?;
        let sections = written::all(&templates, &files)?;
        Ok(Self { templates, slack, files, sections, shelf: Shelf::default() })
    }

    /// The same with these fonts, in the order in which they are asked, for letters that the built-in ones lack; each with its place
    /// in its file where that is a collection.
    #[must_use]
    pub fn with_fonts(self, fonts: Vec<(PathBuf, u32)>) -> Self {
        Self { shelf: Shelf::of(fonts), ..self }
    }

    /// Renders every template with sample records and every branch of it, so that a mistake in one's own template shows
    /// now and not during an incident.
    ///
    /// # Errors
    /// The first template that cannot be rendered.
    pub fn check(&self) -> Result<(), TemplateError> {
        check::check(self)
    }

    /// The names of the postmortem templates, in alphabetical order.
    pub fn templates(&self) -> Vec<String> {
        self.sections.keys().cloned().collect()
    }

    /// The same, if it has every template that these rules name.
    ///
    /// # Errors
    /// The first that is not there.
    pub fn that_knows(self, rules: &[TemplateRule]) -> Result<Self, TemplateError> {
        match rules.iter().find(|rule| !self.sections.contains_key(&rule.template)) {
            None => Ok(self),
            Some(rule) => {
                let known = self.templates().join(", ");
                let reason = format!("no postmortem template is called {}; there are {known}", rule.template);
                Err(TemplateError::new("of [postmortem]", reason))
            }
        }
    }

    /// What people write in a postmortem template, in its order; nothing of a template that is not there.
    pub fn sections(&self, template: &str) -> &[Section] {
        self.sections.get(template).map_or(&[], Vec::as_slice)
    }

    /// The keys of the sections that people write in each postmortem template, in its order.
    pub fn shown(&self) -> BTreeMap<String, Vec<Key>> {
        let keys = |sections: &Vec<Section>| sections.iter().map(|section| section.key.clone()).collect();
        self.sections.iter().map(|(template, sections)| (template.clone(), keys(sections))).collect()
    }

    /// What the person who asked is told; empty for a reply that says nothing.
    pub fn reply(&self, target: Target, reply: &Reply, zone: Tz) -> Result<String, RenderError> {
        match ReplyView::of(reply, target.times(zone)) {
            Some(view) => self.render(target, view.template, &view),
            None => Ok(String::new()),
        }
    }

    /// Why a request was not carried out, and the way out.
    pub fn refusal(&self, target: Target, refusal: &Refusal) -> String {
        let text = refusal.to_string();
        let mut letters = text.chars();
        let capital: String = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect();
        format!("! {}", escape::escape(target, &capital))
    }

    /// People's words, made inert for where they are read.
    pub fn inert(target: Target, text: &str) -> String {
        escape::escape(target, text).into_owned()
    }

    /// What a room is told of one entry.
    pub fn post(&self, target: Target, view: &PostView) -> Result<String, RenderError> {
        self.render(target, "chat/post", view)
    }

    /// The message that shows the incident's present state.
    pub fn card(&self, target: Target, view: &CardView) -> Result<String, RenderError> {
        self.render(target, "chat/card", view)
    }

    /// What stands above a room: how its incident stands.
    pub fn topic(&self, target: Target, view: &AnnouncementView) -> Result<String, RenderError> {
        self.render(target, "chat/topic", view)
    }

    /// What stands above a room: what it is for.
    pub fn purpose(&self, target: Target, view: &AnnouncementView) -> Result<String, RenderError> {
        self.render(target, "chat/purpose", view)
    }

    /// How an incident is shown in a channel that is no room of it.
    pub fn announcement(&self, target: Target, view: &AnnouncementView) -> Result<String, RenderError> {
        self.render(target, "chat/announcement", view)
    }

    /// The analysis of an incident.
    pub fn causes(&self, target: Target, view: &CausesView) -> Result<String, RenderError> {
        self.render(target, "chat/causes", view)
    }

    /// One cause of it.
    pub fn cause(&self, target: Target, view: &CauseShownView) -> Result<String, RenderError> {
        self.render(target, "chat/cause", view)
    }

    /// The key times of an incident.
    pub fn key_times(&self, target: Target, view: &TimesView) -> Result<String, RenderError> {
        self.render(target, "chat/times", view)
    }

    /// The rooms of an incident.
    pub fn rooms(&self, target: Target, view: &RoomsView) -> Result<String, RenderError> {
        self.render(target, "chat/rooms", view)
    }

    /// What a room is told of the others.
    pub fn elsewhere(&self, target: Target, view: &RoomsView) -> Result<String, RenderError> {
        self.render(target, "chat/elsewhere", view)
    }

    /// A message as the other rooms of its incident show it.
    pub fn mirrored(&self, target: Target, view: &MirroredView) -> Result<String, RenderError> {
        self.render(target, "chat/mirrored", view)
    }

    /// Who somebody is.
    pub fn me(&self, target: Target, view: &MeView) -> Result<String, RenderError> {
        self.render(target, "chat/me", view)
    }

    /// Who is on call.
    pub fn on_call(&self, target: Target, view: &OnCallView) -> Result<String, RenderError> {
        self.render(target, "chat/oncall", view)
    }

    /// The shifts of a schedule.
    pub fn schedule(&self, target: Target, view: &ScheduleView) -> Result<String, RenderError> {
        self.render(target, "chat/schedule", view)
    }

    /// When nobody is on call.
    pub fn gaps(&self, target: Target, view: &GapsView) -> Result<String, RenderError> {
        self.render(target, "chat/gaps", view)
    }

    /// Who bears how much.
    pub fn fairness(&self, target: Target, view: &FairnessView) -> Result<String, RenderError> {
        self.render(target, "chat/fairness", view)
    }

    /// Offers of shifts that wait.
    pub fn swaps(&self, target: Target, view: &SwapsView) -> Result<String, RenderError> {
        self.render(target, "chat/swaps", view)
    }

    /// Overrides that hold or are ahead.
    pub fn overrides(&self, target: Target, view: &OverridesView) -> Result<String, RenderError> {
        self.render(target, "chat/overrides", view)
    }

    /// What a policy would do.
    pub fn simulation(&self, target: Target, view: &SimulationView) -> Result<String, RenderError> {
        self.render(target, "chat/simulation", view)
    }

    /// What whoever comes on call takes over.
    pub fn handoff(&self, target: Target, view: &PackView) -> Result<String, RenderError> {
        self.render(target, "chat/handoff", view)
    }

    /// What somebody is told of when they are on call.
    pub fn on_call_news(&self, target: Target, view: &OnCallNewsView) -> Result<String, RenderError> {
        self.render(target, "chat/oncall_news", view)
    }

    /// A code with which another account becomes somebody's.
    pub fn code(&self, target: Target, view: &CodeView) -> Result<String, RenderError> {
        self.render(target, "chat/code", view)
    }

    /// An address at which a calendar can be read.
    pub fn feed(&self, target: Target, view: &FeedView) -> Result<String, RenderError> {
        self.render(target, "chat/feed", view)
    }

    /// What somebody is told whose account another one was linked to.
    pub fn linked(&self, target: Target, view: &LinkedView) -> Result<String, RenderError> {
        self.render(target, "chat/linked", view)
    }

    /// How somebody is reached.
    pub fn contacts(&self, target: Target, view: &ContactsView) -> Result<String, RenderError> {
        self.render(target, "chat/contacts", view)
    }

    /// What an address is told with a code.
    pub fn contact_code(&self, target: Target, view: &ContactCodeView) -> Result<String, RenderError> {
        self.render(target, "chat/contact_code", view)
    }

    /// What an address is told that another one took the place of.
    pub fn contact_replaced(&self, target: Target, view: &ReplacedView) -> Result<String, RenderError> {
        self.render(target, "chat/contact_replaced", view)
    }

    /// Who has not proved that they can be reached.
    pub fn proof(&self, target: Target, view: &ProofView) -> Result<String, RenderError> {
        self.render(target, "chat/proof", view)
    }

    /// What somebody is told of whom nothing is proved.
    pub fn unproved(&self, target: Target, view: &UnprovedView) -> Result<String, RenderError> {
        self.render(target, "chat/unproved", view)
    }

    /// What a person is told of one entry who may be in none of its rooms.
    pub fn tell(&self, target: Target, view: &PostView) -> Result<String, RenderError> {
        self.render(target, "chat/tell", view)
    }

    /// What a person is told who is paged.
    pub fn notice(&self, target: Target, view: &NoticeView) -> Result<String, RenderError> {
        self.render(target, "chat/notice", view)
    }

    /// What a person is told when a page is over.
    pub fn withdraw(&self, target: Target, view: &WithdrawView) -> Result<String, RenderError> {
        self.render(target, "chat/withdraw", view)
    }

    /// What a channel or webhook is told of a page.
    ///
    /// # Errors
    /// As [`Renderer::card`].
    pub fn call(&self, target: Target, view: &CallView) -> Result<String, RenderError> {
        self.render(target, "chat/call", view)
    }

    /// What a person is told to prove that notices arrive.
    pub fn synthetic(&self, target: Target, view: &SyntheticView) -> Result<String, RenderError> {
        self.render(target, "chat/synthetic", view)
    }

    /// What the last resort is told when Firebell itself is in trouble.
    pub fn alarm(&self, target: Target, view: &AlarmView) -> Result<String, RenderError> {
        self.render(target, "chat/alarm", view)
    }

    /// Everything that `show` tells.
    pub fn show(&self, target: Target, view: &ShowView) -> Result<String, RenderError> {
        self.render(target, "chat/show", view)
    }

    /// The summary alone.
    pub fn summary(&self, target: Target, view: &ShowView) -> Result<String, RenderError> {
        self.render(target, "chat/summary", view)
    }

    /// The impact alone.
    pub fn impact(&self, target: Target, view: &ShowView) -> Result<String, RenderError> {
        self.render(target, "chat/impact", view)
    }

    /// A list of incidents.
    pub fn list(&self, target: Target, view: &ListView) -> Result<String, RenderError> {
        self.render(target, "chat/list", view)
    }

    /// The timeline with the numbers of its entries.
    pub fn timeline(&self, target: Target, view: &TimelineView) -> Result<String, RenderError> {
        self.render(target, "chat/timeline", view)
    }

    /// The follow-ups.
    pub fn actions(&self, target: Target, view: &ActionsView) -> Result<String, RenderError> {
        self.render(target, "chat/actions", view)
    }

    /// How far the postmortem has come.
    pub fn review(&self, target: Target, view: &ReviewView) -> Result<String, RenderError> {
        self.render(target, "chat/review", view)
    }

    /// What is missing in the postmortem.
    pub fn lint(&self, target: Target, view: &LintView) -> Result<String, RenderError> {
        self.render(target, "chat/lint", view)
    }

    /// What a section says, where there is no form.
    pub fn section(&self, target: Target, view: &SectionView) -> Result<String, RenderError> {
        self.render(target, "chat/section", view)
    }

    /// Incidents that are like one.
    pub fn similar(&self, target: Target, view: &SimilarView) -> Result<String, RenderError> {
        self.render(target, "chat/similar", view)
    }

    /// The follow-ups of all incidents.
    pub fn promised(&self, target: Target, view: &PromisedView) -> Result<String, RenderError> {
        self.render(target, "chat/promised", view)
    }

    /// What a tracker is told of a follow-up.
    pub fn ticket(&self, view: &TicketBodyView) -> Result<String, RenderError> {
        self.render(Target::Markdown, "ticket/body", view)
    }

    /// What a team still has to do.
    pub fn digest(&self, target: Target, view: &PromisedView) -> Result<String, RenderError> {
        self.render(target, "chat/digest", view)
    }

    /// Help on every command, or on one.
    pub fn help(&self, target: Target, view: &HelpView) -> Result<String, RenderError> {
        self.render(target, "chat/help", view)
    }

    /// Why somebody was paged, or was not.
    pub fn why(&self, target: Target, view: &WhyView) -> Result<String, RenderError> {
        self.render(target, "chat/why", view)
    }

    /// The postmortem as Markdown, ending with a newline. `template` is one of [`Renderer::templates`].
    pub fn postmortem(&self, template: &str, view: &PostmortemView) -> Result<String, RenderError> {
        self.of_template(template, view, &Pictures::of(self, view).mermaid())
    }

    /// The postmortem as one page of HTML that needs nothing else.
    ///
    /// # Errors
    /// As [`Renderer::postmortem`].
    pub fn page(&self, template: &str, view: &PostmortemView) -> Result<String, RenderError> {
        Ok(document::html(&self.document(template, view)?))
    }

    /// The postmortem as PDF, with the letters that are in no font.
    ///
    /// # Errors
    /// As [`Renderer::postmortem`], and a font that cannot be read.
    pub fn print(&self, template: &str, view: &PostmortemView) -> Result<(Vec<u8>, Vec<char>), RenderError> {
        let document = self.document(template, view)?;
        let failed = |error: document::PdfError| TemplateError::new("of a PDF", error.to_string());
        let printed = document::pdf(&document, self.shelf.fonts().map_err(failed)?).map_err(failed)?;
        Ok((printed.bytes, printed.uncovered))
    }

    /// The postmortem as blocks, from which HTML and PDF are written.
    pub(crate) fn document(&self, template: &str, view: &PostmortemView) -> Result<document::Document, RenderError> {
        let pictures = Pictures::of(self, view);
        let (text, apart) = aim::apart(|| self.of_template(template, view, &pictures.places()));
        Ok(document::Document::read_with(&text?, &pictures.drawn(), &apart))
    }

    fn of_template(
        &self,
        template: &str,
        view: &PostmortemView,
        pictures: &[(&'static str, String)],
    ) -> Result<String, RenderError> {
        let name = files::postmortem(template);
        let text = Material::of(template, view).render(&self.templates, &name, pictures);
        let mut text = self.finished(&name, text)?;
        text.push('\n');
        Ok(text)
    }

    fn render(&self, target: Target, name: &str, view: &impl Serialize) -> Result<String, RenderError> {
        let registry = self.registry(target);
        let prevails = files::prevailing(target, name).filter(|name| self.files.contains_key(name));
        let name = prevails.as_deref().unwrap_or(name);
        let text = Context::wraps(view).and_then(|context| bound::render(registry, name, &context, target.into()));
        self.finished(name, text)
    }

    fn registry(&self, target: Target) -> &Handlebars<'static> {
        match target {
            Target::Console | Target::Markdown | Target::Discord => &self.templates,
            Target::Slack => &self.slack,
        }
    }

    fn finished(&self, name: &str, text: Result<String, handlebars::RenderError>) -> Result<String, RenderError> {
        let mut text = text.map_err(|error| TemplateError::rendering(name, &self.files, &error))?;
        text.truncate(text.trim_end().len());
        Ok(text)
    }
}

/// A registry without templates, that knows for whom it renders from [`aim`].
fn registry() -> Handlebars<'static> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(|text| aim::inert(text).into_owned());
    registry.register_helper("yaml", Box::new(helper::Yaml));
    registry.register_helper("say", Box::new(helper::Say));
    registry.register_helper("written", Box::new(written::Written));
    registry.register_helper("href", Box::new(helper::Href));
    registry.register_helper("if", Box::new(helper::Condition { wanted: true }));
    registry.register_helper("unless", Box::new(helper::Condition { wanted: false }));
    registry
}

/// The same registry with these texts as templates; to read them takes most of the time that a start takes.
fn with_templates<'t>(
    mut registry: Handlebars<'static>,
    texts: impl Iterator<Item = (&'t String, &'t files::Source, &'t str)>,
) -> Result<Handlebars<'static>, TemplateError> {
    for (name, source, text) in texts {
        registry.register_template_string(name, text).map_err(|error| TemplateError::syntax(&source.file, &error))?;
        if let Some(template) = registry.get_template(name).filter(|_| text.contains('>')) {
            let counted = counted::counted(template);
            registry.register_template(name, counted);
        }
    }
    Ok(registry)
}
