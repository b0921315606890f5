//! The pictures of a postmortem, made of what it tells.

use std::collections::{BTreeMap, HashMap};

use firebell_core::view::{CauseView, PhaseView, PostmortemView, TimelineRow};

use super::{Renderer, Target};
use crate::picture::{
    CauseGraph, CauseNode, Drawing, Mark, NodeKind, Span, Standing, TimelinePicture, draw_causes, draw_timeline,
    mermaid_causes, mermaid_timeline,
};

/// The most marks of a timeline that are named; whoever wants more has the table.
const NAMED: usize = 60;

/// What there is to draw of an incident.
pub(super) struct Pictures {
    causes: Option<CauseGraph>,
    timeline: Option<TimelinePicture>,
}

impl Pictures {
    pub(super) fn of(renderer: &Renderer, view: &PostmortemView) -> Self {
        Self { causes: causes(view), timeline: timeline(renderer, view) }
    }

    /// As Markdown shows them where Mermaid is understood.
    pub(super) fn mermaid(&self) -> Vec<(&'static str, String)> {
        let fenced = |text: String| format!("```mermaid\n{}\n```\n", text.trim_end());
        let causes = self.causes.as_ref().map(|graph| ("causes", fenced(mermaid_causes(graph))));
        let timeline = self.timeline.as_ref().map(|picture| ("timeline", fenced(mermaid_timeline(picture))));
        causes.into_iter().chain(timeline).collect()
    }

    /// As places in a document into which the drawings are put.
    pub(super) fn places(&self) -> Vec<(&'static str, String)> {
        let place = |name: &'static str| (name, format!("```picture {name}\n```\n"));
        let causes = self.causes.as_ref().map(|_| place("causes"));
        causes.into_iter().chain(self.timeline.as_ref().map(|_| place("timeline"))).collect()
    }

    /// The drawings by name.
    pub(super) fn drawn(&self) -> BTreeMap<String, Drawing> {
        let causes = self.causes.as_ref().map(|graph| ("causes".to_owned(), draw_causes(graph)));
        let timeline = self.timeline.as_ref().map(|picture| ("timeline".to_owned(), draw_timeline(picture)));
        causes.into_iter().chain(timeline).collect()
    }
}

/// Each cause with what it led to, and what all of them led to.
fn causes(view: &PostmortemView) -> Option<CauseGraph> {
    let held: Vec<&CauseView> = view.causes.causes().collect();
    if held.is_empty() {
        return None;
    }
    let outcome = CauseNode {
        id: view.card.id.clone(),
        text: view.card.title.clone(),
        kind: NodeKind::Outcome,
        standing: Standing::Confirmed,
        category: None,
        evidenced: true,
    };
    let nodes: Vec<CauseNode> = held.iter().map(|cause| node(cause)).chain([outcome]).collect();
    let places: HashMap<&str, usize> = held.iter().enumerate().map(|(at, cause)| (cause.id.as_str(), at)).collect();
    let told = view.causes.edges.iter();
    let mut edges: Vec<(usize, usize)> =
        told.filter_map(|edge| Some((*places.get(edge.from.as_str())?, *places.get(edge.to.as_str())?))).collect();
    // What led to nothing else that is told led to the incident, unless it was ruled out.
    let ends = held.iter().enumerate().filter(|(_, cause)| cause.leads_to.is_empty() && !cause.ruled_out);
    let ends = ends.filter(|(_, cause)| matches!(cause.role, "trigger" | "factor" | "why"));
    edges.extend(ends.map(|(at, _)| (at, held.len())));
    Some(CauseGraph { title: format!("What led to {}", view.card.id), nodes, edges })
}

fn node(cause: &CauseView) -> CauseNode {
    CauseNode {
        id: cause.id.clone(),
        text: cause.line.clone(),
        kind: match cause.role {
            "trigger" => NodeKind::Trigger,
            "why" => NodeKind::Why,
            "limited" => NodeKind::Limited,
            "detected" => NodeKind::Detected,
            "should-detect" => NodeKind::ShouldDetect,
            _ => NodeKind::Factor,
        },
        standing: match cause.confidence {
            "confirmed" => Standing::Confirmed,
            "ruled out" => Standing::RuledOut,
            "supported" => Standing::Supported,
            _ => Standing::Suspected,
        },
        category: cause.category.clone(),
        evidenced: !cause.unsupported,
    }
}

fn timeline(renderer: &Renderer, view: &PostmortemView) -> Option<TimelinePicture> {
    let (first, last) = (view.rows.first()?, view.rows.last()?);
    let span = |phase: &PhaseView| Span { label: phase.label.to_owned(), from: phase.from, to: phase.to };
    let mut named = 0;
    let mut marks = Vec::with_capacity(view.rows.len());
    for row in &view.rows {
        let key = row.turn && named < NAMED;
        named += usize::from(key);
        let text = if key { words(renderer, row) } else { String::new() };
        marks.push(Mark { at: row.at, id: row.entry.id.clone(), text, key });
    }
    let title = format!("What happened when in {}", view.card.id);
    let zone = view.zone.parse().unwrap_or(chrono_tz::UTC);
    let spans = view.phases.iter().map(span).collect();
    Some(TimelinePicture { title, zone, from: first.at, to: last.at, spans, marks })
}

/// What an entry says, in one line; its kind, where a sentence of one's own looks at more than the entry.
fn words(renderer: &Renderer, row: &TimelineRow) -> String {
    let text = renderer.render(Target::Console, &row.entry.partial, row);
    let text = text.unwrap_or_else(|_| row.entry.kind.replace('_', " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
