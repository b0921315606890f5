//! How much a template may write: more than any document has is a mistake of the template, and would take the process with it.

use std::io;

use handlebars::{Context, Handlebars, Output, RenderContext, RenderError, Renderable, Template};

/// The most that one template may write, in bytes.
pub(super) const MOST: usize = 16 * 1024 * 1024;

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
