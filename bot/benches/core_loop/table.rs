//! The table of figures.

/// What was measured, what it must reach, and whether it does.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<[String; 4]>,
    notes: Vec<String>,
}

impl Table {
    /// A figure that must not exceed `most`.
    pub(crate) fn at_most(&mut self, what: &str, figure: f64, most: f64, unit: &str) {
        self.row(what, figure, unit, (format!("<= {}", number(most)), figure <= most));
    }

    /// A figure that must reach `least`.
    pub(crate) fn at_least(&mut self, what: &str, figure: f64, least: f64, unit: &str) {
        self.row(what, figure, unit, (format!(">= {}", number(least)), figure >= least));
    }

    /// A figure that is only told.
    pub(crate) fn told(&mut self, what: &str, figure: f64, unit: &str) {
        self.rows.push([what.to_owned(), format!("{} {unit}", number(figure)), String::new(), String::new()]);
    }

    /// A line above the table.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Prints everything.
    pub(crate) fn print(&self) {
        for note in &self.notes {
            println!("{note}");
        }
        for [what, figure, bound, verdict] in &self.rows {
            println!("{what:<58} {figure:>14}  {bound:<10} {verdict}");
        }
    }

    fn row(&mut self, what: &str, figure: f64, unit: &str, (bound, reached): (String, bool)) {
        let verdict = if reached { "ok" } else { "MISSED" };
        self.rows.push([what.to_owned(), format!("{} {unit}", number(figure)), bound, verdict.to_owned()]);
    }
}

fn number(figure: f64) -> String {
    if figure.fract() == 0.0 || figure >= 1_000.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}

/// The value that `share` of the sorted figures do not exceed; 0 when there are none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank within the list"
    )]
    let rank = ((sorted.len() as f64) * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// A count as a figure.
pub(crate) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
