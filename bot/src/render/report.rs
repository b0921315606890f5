//! Reports over many incidents, for whoever holds the database.

use std::collections::BTreeMap;

use firebell_core::report::{CausesReport, Figure, PageLoad, Report};
use serde::Serialize;

use super::{RenderError, Renderer, Target, TemplateError, csv};
use crate::document::{self, Document};
use crate::picture::{Bar, BarChart, Drawing, HourChart, HourRow, draw_bars, draw_hours, text_bars, text_hours};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportAs {
    /// For a terminal.
    Text,
    Markdown,
    /// One page that needs nothing else.
    Html,
    Json,
    /// The table of incidents alone.
    Csv,
}

/// The most bars that a chart has; whoever wants more has the table.
const BARS: usize = 40;
/// How wide a chart of letters is, in cells.
const CELLS: usize = 100;

/// A report with its charts, each as a text that stands in the template as it is; empty where there is nothing to show.
#[derive(Serialize)]
pub(super) struct Charted<'r> {
    #[serde(flatten)]
    report: &'r Report,
    charts: Charts,
}

#[derive(Debug, Default, Serialize)]
struct Charts {
    times: String,
    groups: String,
    people: String,
    hours: String,
}

impl Renderer {
    /// A report, ending without a newline.
    ///
    /// # Errors
    /// A template that does not render.
    pub fn report(&self, format: ReportAs, report: &Report) -> Result<String, RenderError> {
        match format {
            ReportAs::Text => self.render(Target::Console, "report/report", &Charted::of(report, plain)),
            ReportAs::Markdown => self.render(Target::Markdown, "report/report.md", &Charted::of(report, fenced)),
            ReportAs::Html => {
                let text = self.render(Target::Markdown, "report/report.md", &Charted::of(report, place))?;
                Ok(page(&text, &drawn(report)))
            }
            ReportAs::Json => json(report),
            ReportAs::Csv => Ok(csv::table(report)),
        }
    }

    /// What keeps coming back. A table of incidents is none of its formats, and is JSON in its place.
    ///
    /// # Errors
    /// As [`Renderer::report`].
    pub fn recurring(&self, format: ReportAs, report: &CausesReport) -> Result<String, RenderError> {
        match format {
            ReportAs::Text => self.render(Target::Console, "report/causes", report),
            ReportAs::Markdown => self.render(Target::Markdown, "report/causes.md", report),
            ReportAs::Html => Ok(page(&self.render(Target::Markdown, "report/causes.md", report)?, &BTreeMap::new())),
            ReportAs::Json | ReportAs::Csv => json(report),
        }
    }
}

fn page(markdown: &str, drawn: &BTreeMap<String, Drawing>) -> String {
    let mut page = document::html(&Document::read(markdown, drawn));
    page.truncate(page.trim_end().len());
    page
}

fn json(view: &impl Serialize) -> Result<String, RenderError> {
    serde_json::to_string_pretty(view).map_err(|error| TemplateError::new("of a report", error.to_string()))
}

/// One chart of either kind.
enum Chart {
    Bars(BarChart),
    Hours(HourChart),
}

impl Chart {
    fn text(&self) -> String {
        match self {
            Self::Bars(chart) => text_bars(chart, CELLS),
            Self::Hours(chart) => text_hours(chart, CELLS),
        }
    }

    fn drawing(&self) -> Drawing {
        match self {
            Self::Bars(chart) => draw_bars(chart),
            Self::Hours(chart) => draw_hours(chart),
        }
    }
}

fn plain(_: &str, chart: &Chart) -> String {
    chart.text().trim_end().to_owned()
}

/// As a block of code, whose fence is longer than any that stands in it.
fn fenced(_: &str, chart: &Chart) -> String {
    let text = chart.text();
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end())
}

/// As the place into which the drawing of this name is put.
fn place(name: &str, _: &Chart) -> String {
    format!("```picture {name}\n```\n")
}

fn drawn(report: &Report) -> BTreeMap<String, Drawing> {
    charts(report).into_iter().map(|(name, chart)| (name.to_owned(), chart.drawing())).collect()
}

impl<'r> Charted<'r> {
    /// The report with each of its charts written so.
    fn of(report: &'r Report, write: impl Fn(&str, &Chart) -> String) -> Self {
        let mut written = Charts::default();
        for (name, chart) in charts(report) {
            let place = match name {
                "times" => &mut written.times,
                "groups" => &mut written.groups,
                "people" => &mut written.people,
                _ => &mut written.hours,
            };
            *place = write(name, &chart);
        }
        Self { report, charts: written }
    }

    /// The same for a terminal.
    pub(super) fn plain(report: &'r Report) -> Self {
        Self::of(report, plain)
    }
}

/// What there is to show of a report, by name.
fn charts(report: &Report) -> Vec<(&'static str, Chart)> {
    let times: Vec<Bar> = report.figures.iter().chain(&report.intervals).filter_map(median).collect();
    let mut all = Vec::new();
    if !times.is_empty() {
        all.push(("times", bars("Median times", "min", times)));
    }
    if !report.groups.is_empty() {
        let group = |group: &firebell_core::report::Group| Bar {
            label: group.key.clone().unwrap_or_else(|| "none".to_owned()),
            value: amount(group.declared),
            note: None,
        };
        let title = format!("Incidents by {}", report.by.unwrap_or("group"));
        all.push(("groups", bars(&title, "", report.groups.iter().map(group).collect())));
    }
    if report.pages.pages > 0 {
        let person = |person: &firebell_core::report::PersonLoad| Bar {
            label: format!("@{}", person.handle),
            value: many(person.pages),
            note: Some(format!("{} out of hours", person.out_of_hours)),
        };
        all.push(("people", bars("Pages by person", "", report.pages.people.iter().map(person).collect())));
        all.push(("hours", Chart::Hours(hours(&report.pages))));
    }
    all
}

fn bars(title: &str, unit: &str, mut bars: Vec<Bar>) -> Chart {
    bars.truncate(BARS);
    Chart::Bars(BarChart { title: title.to_owned(), unit: unit.to_owned(), bars })
}

fn median(figure: &Figure) -> Option<Bar> {
    let minutes = amount(usize::try_from(figure.median_s?).ok()?) / 60.0;
    Some(Bar { label: figure.word.clone(), value: minutes, note: Some(format!("of {}", figure.incidents)) })
}

/// Two kinds of day, so that what is out of hours adds up: nights of working days, and weekends as a whole.
fn hours(pages: &PageLoad) -> HourChart {
    let mut night = [true; 24];
    night[6..22].fill(false);
    let row = |label: &str, hours: &[u64; 24], out_of_hours| HourRow {
        label: label.to_owned(),
        values: hours.map(many),
        out_of_hours,
    };
    let rows = vec![
        row("Monday to Friday", &pages.weekday_hours, night),
        row("Saturday and Sunday", &pages.weekend_hours, [true; 24]),
    ];
    HourChart { title: "Pages by hour".to_owned(), unit: "pages".to_owned(), rows }
}

/// A count as a length; beyond four thousand millions it is as long as that.
fn many(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn amount(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
