//! For whom is being rendered. The language's escaping is told the words alone, and so one set of templates for each target
//! would have to be held, each as large as all of what they are read from.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use super::Target;
use super::bound::MOST;
use super::escape::{escape, is_plain, words_of_markdown};
use crate::document::{Apart, without_places};

thread_local! {
    static AIM: Cell<Target> = const { Cell::new(Target::Markdown) };
    /// What stands apart from the Markdown that is rendered now.
    static APART: RefCell<Option<Apart>> = const { RefCell::new(None) };
}

/// Renders for a target; a template is rendered by one thread from its beginning to its end.
pub(super) fn at<T>(target: Target, render: impl FnOnce() -> T) -> T {
    /// Gives back what held before, however the rendering ends.
    struct Before(Target);
    impl Drop for Before {
        fn drop(&mut self) {
            AIM.set(self.0);
        }
    }
    let _before = Before(AIM.replace(target));
    render()
}

/// Where what is rendered now is read.
pub(super) fn now() -> Target {
    AIM.get()
}

/// Renders Markdown that is read at once by [`crate::document`]: people's words need not be escaped only to be read
/// again, which a long record feels, and stand apart from it.
pub(super) fn apart<T>(render: impl FnOnce() -> T) -> (T, Apart) {
    /// Ends it, however the rendering does.
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            APART.take();
        }
    }
    let _end = End;
    APART.replace(Some(Apart::default()));
    let rendered = render();
    (rendered, APART.take().unwrap_or_default())
}

/// People's words, made inert for where they are read.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    let target = now();
    if target != Target::Markdown {
        return escape(target, text);
    }
    APART.with_borrow_mut(|apart| match apart {
        None => escape(target, text),
        Some(_) if is_plain(text) => Cow::Borrowed(text),
        Some(apart) => {
            let place = words_of_markdown(text).and_then(|words| apart.put(words, MOST));
            Cow::Owned(place.unwrap_or_else(|| escape(target, &without_places(text)).into_owned()))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rendered_within_another_text_leaves_its_target_alone() {
        let seen = at(Target::Slack, || {
            let inner = at(Target::Discord, now);
            let failed = std::panic::catch_unwind(|| at(Target::Console, || panic!("a template")));
            (inner, failed.is_err(), now())
        });
        assert_eq!(seen, (Target::Discord, true, Target::Slack));
    }

    #[test]
    fn only_words_that_would_be_escaped_stand_apart_and_only_while_it_is_asked_for() {
        let texts = ["plain", "*a* | b", "see https://a.example/x_y", ""];
        let (held, apart) = apart(|| at(Target::Markdown, || texts.map(|text| inert(text).into_owned())));
        let escaped = texts.map(|text| escape(Target::Markdown, text).into_owned());
        let changed: Vec<bool> = held.iter().zip(&escaped).map(|(held, escaped)| held != escaped).collect();
        assert_eq!(changed, [false, true, false, false]);
        assert_eq!(apart.resolved(&held[1]), "*a* | b");
        assert_eq!(texts.map(|text| at(Target::Markdown, || inert(text).into_owned())), escaped);
    }

    #[test]
    fn what_would_be_too_much_is_written_and_so_counted_where_it_stands() {
        let long = "*".repeat(MOST / 4 + 1);
        let (held, _) = apart(|| at(Target::Markdown, || [0; 4].map(|_| inert(&long).len())));
        assert!(held[2] < 20 && held[3] == 2 * long.len(), "{held:?}");
    }
}
