//! How much a template may write and do: more than any document needs is a mistake of the template, and would take the process
//! with it.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use firebell_core::view::TimelineRow;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError, RenderErrorReason,
    Renderable, Template,
};

use super::each::Each;
use super::rows::Rows;
use super::written::Picture;
use super::{Target, aim};

/// The most that one template may write, in bytes.
pub(super) const MOST: usize = 16 * 1024 * 1024;
/// The most steps that one template may take: each round of a loop is one.
pub(super) const MOST_STEPS: u64 = 10_000_000;
/// What a template that is included counts for: it costs a copy of what it speaks of.
const STEPS_OF_PARTIAL: u64 = 1_000;

/// The names of helpers that stand in templates only where [`super::counted`] has put them; no template can say them.
pub(super) const COUNTS: &str = "(counts)";
pub(super) const BOUNDS: &str = "(bounds)";

/// The steps that one rendering has taken.
#[derive(Debug, Default)]
pub(super) struct Budget {
    spent: AtomicU64,
}

impl Budget {
    /// Takes so many steps.
    ///
    /// # Errors
    /// It would be more than [`MOST_STEPS`].
    pub(super) fn spend(&self, steps: u64) -> HelperResult {
        if self.spent.fetch_add(steps, Ordering::Relaxed) + steps <= MOST_STEPS {
            return Ok(());
        }
        let reason = format!(
            "it goes on for more than {} million steps, of which each round of a loop is one and each partial {STEPS_OF_PARTIAL}",
            MOST_STEPS / 1_000_000
        );
        Err(RenderErrorReason::Other(reason).into())
    }
}

/// A text that ends where it would grow beyond [`MOST`].
#[derive(Debug, Default)]
struct Bounded {
    text: String,
}

impl Output for Bounded {
    fn write(&mut self, text: &str) -> io::Result<()> {
        if self.text.len() + text.len() > MOST {
            return Err(io::Error::other(format!("it writes more than {} MiB", MOST / 1024 / 1024)));
        }
        self.text.push_str(text);
        Ok(())
    }
}

/// How a template is rendered, beside what the registry knows.
#[derive(Clone, Copy)]
pub(super) struct Manner<'m> {
    pub(super) target: Target,
    /// The timeline, if the context holds only as many empty values.
    pub(super) timeline: Option<&'m [TimelineRow]>,
    /// The text of each picture.
    pub(super) pictures: &'m [(&'static str, String)],
}

impl From<Target> for Manner<'_> {
    fn from(target: Target) -> Self {
        Self { target, timeline: None, pictures: &[] }
    }
}

/// What the template of this name says, as long as that is not more than any document has, and it comes to an end.
///
/// # Errors
/// Those of the template, and one when it writes or does too much.
pub(super) fn render(
    registry: &Handlebars<'_>,
    name: &str,
    context: &Context,
    manner: Manner<'_>,
) -> Result<String, RenderError> {
    let Manner { target, timeline, pictures } = manner;
    let template = registry.get_template(name);
    let template = template.ok_or_else(|| RenderErrorReason::TemplateNotFound(name.to_owned()))?;
    let budget = Budget::default();
    let mut render = RenderContext::new(template.name.as_ref());
    render.register_local_helper("each", Box::new(Each { budget: &budget }));
    render.register_local_helper("rows", Box::new(Rows { timeline, budget: &budget }));
    render.register_local_helper("picture", Box::new(Picture { texts: pictures }));
    render.register_local_helper(COUNTS, Box::new(Counts { budget: &budget }));
    render.register_local_helper(BOUNDS, Box::new(Bounds));
    aim::at(target, || bounded(registry, context, template, &mut render))
}

/// What a template says, as long as that is not more than any document has.
///
/// # Errors
/// Those of the template, and one when it writes too much.
pub(super) fn bounded<'reg: 'rc, 'rc>(
    registry: &'reg Handlebars<'reg>,
    context: &'rc Context,
    template: &'rc Template,
    render: &mut RenderContext<'reg, 'rc>,
) -> Result<String, RenderError> {
    let mut out = Bounded::default();
    template.render(registry, context, render, &mut out)?;
    Ok(out.text)
}

/// Stands before each template that is included.
struct Counts<'b> {
    budget: &'b Budget,
}

impl HelperDef for Counts<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        _: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        _: &mut dyn Output,
    ) -> HelperResult {
        self.budget.spend(STEPS_OF_PARTIAL)
    }
}

/// Stands around what a template is given as a block, which the language keeps as a text of its own.
struct Bounds;

impl HelperDef for Bounds {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        if let Some(block) = helper.template() {
            out.write(&bounded(registry, context, block, render)?)?;
        }
        Ok(())
    }
}
