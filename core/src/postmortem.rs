//! The postmortem: a document with its review state. What people wrote in it is kept by section; everything else of it is made
//! anew from the record whenever it is rendered.

pub mod lint;
pub mod remind;
pub mod rules;
pub mod sections;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CommentId, Key, PersonId, RoomId};
use crate::incident::{Mark, Said};
use crate::publishing::{copy_name, target_of};

/// The postmortem of one incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Postmortem {
    /// How far it is.
    pub state: Review,
    /// The template that somebody chose; without one it follows from the incident.
    pub template: Option<String>,
    /// What people wrote, by the key of the section.
    pub sections: BTreeMap<Key, Said>,
    /// Who sees to it that it is written.
    pub owner: Option<PersonId>,
    /// Until when it is to be written.
    pub due: Option<DateTime<Utc>>,
    /// When somebody is reminded of it next.
    pub remind_at: Option<DateTime<Utc>>,
    /// Who was asked to review it.
    pub reviewers: BTreeSet<PersonId>,
    /// How many sign-offs it needs before it counts as approved; fixed when it goes into review.
    pub required: u32,
    /// Who has signed it off since it was last changed.
    pub signed: BTreeMap<PersonId, Mark>,
    /// What was remarked about it.
    pub comments: Vec<Comment>,
    /// When it was published for the first time and last.
    pub published: Option<Mark>,
    /// Where it was exported to, by the name of the target: `wiki`. A copy in a room is `files@` and the room's id.
    pub exports: BTreeMap<String, Exported>,
    /// Why the last attempt to export it failed, by the same names.
    pub unexported: BTreeMap<String, String>,
}

/// How far the document has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    #[default]
    Draft,
    InReview,
    Approved,
    Published,
}

/// What somebody remarked about the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Comment {
    /// Its number: 3 is `C3`.
    pub id: CommentId,
    /// The section that it is about; the whole document without one.
    pub section: Option<Key>,
    /// What was remarked, and by whom.
    pub said: Said,
    /// It was seen to.
    pub settled: Option<Mark>,
}

/// That a target holds the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exported {
    /// What the target calls it.
    pub reference: String,
    /// Where people read it.
    pub url: Option<String>,
    /// How many entries the record had that it was made of.
    pub entries: i64,
    /// When it was exported last, and by whom.
    pub mark: Mark,
}

/// One step of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum PostmortemChange {
    /// What a section says from here on; nothing, if it is empty. A sign-off was given for other words and is void.
    SectionWritten {
        section: Key,
        text: String,
    },
    TemplateChosen {
        template: String,
    },
    PostmortemAssigned {
        owner: PersonId,
    },
    PostmortemDue {
        due: Option<DateTime<Utc>>,
        remind_at: Option<DateTime<Utc>>,
    },
    PostmortemReminded {
        due: DateTime<Utc>,
        remind_at: Option<DateTime<Utc>>,
    },
    ReviewAsked {
        reviewers: Vec<PersonId>,
        required: u32,
    },
    SignedOff {
        person: PersonId,
    },
    /// It has the sign-offs that it needs.
    Approved,
    /// It is a draft again.
    SentBack {
        reason: Option<String>,
    },
    Published,
    Commented {
        comment: CommentId,
        section: Option<Key>,
        text: String,
    },
    CommentSettled {
        comment: CommentId,
    },
    PostmortemExported {
        target: String,
        /// The room that the copy is in, where it is a file in a room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
        reference: String,
        url: Option<String>,
        entries: i64,
    },
    ExportFailed {
        target: String,
        /// The room that the copy was for, where it is a file in a room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
        reason: String,
    },
}

impl Review {
    /// Its word in tables and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in review",
            Self::Approved => "approved",
            Self::Published => "published",
        }
    }
}

impl Postmortem {
    /// The comment with this number.
    pub fn comment(&self, id: CommentId) -> Option<&Comment> {
        self.comments.iter().find(|comment| comment.id == id)
    }

    /// The number that the next comment takes.
    pub fn next_comment(&self) -> CommentId {
        CommentId(i64::try_from(self.comments.len()).unwrap_or(i64::MAX - 1) + 1)
    }

    /// The comments that nobody has seen to.
    pub fn open_comments(&self) -> impl Iterator<Item = &Comment> {
        self.comments.iter().filter(|comment| comment.settled.is_none())
    }

    /// Whether a target holds a copy of it, in whichever room.
    pub fn is_held_by(&self, target: &Key) -> bool {
        self.exports.keys().any(|copy| target_of(copy) == target.as_str())
    }

    /// How many sign-offs it has.
    pub fn sign_offs(&self) -> u32 {
        u32::try_from(self.signed.len()).unwrap_or(u32::MAX)
    }

    /// It reads otherwise: sign-offs were given for other words and are void.
    pub(crate) fn reworded(&mut self) {
        self.signed.clear();
        if self.state == Review::Approved {
            self.state = Review::InReview;
        }
    }

    /// Applies one step that was recorded at `mark`.
    pub(crate) fn apply(&mut self, change: &PostmortemChange, mark: Mark) {
        match change {
            PostmortemChange::SectionWritten { section, text } => {
                if text.is_empty() {
                    self.sections.remove(section);
                } else {
                    self.sections.insert(section.clone(), Said { text: text.clone(), mark });
                }
                self.reworded();
            }
            PostmortemChange::TemplateChosen { template } => self.template = Some(template.clone()),
            PostmortemChange::PostmortemAssigned { owner } => self.owner = Some(*owner),
            PostmortemChange::PostmortemDue { due, remind_at } => {
                self.due = *due;
                self.remind_at = *remind_at;
            }
            PostmortemChange::PostmortemReminded { remind_at, .. } => self.remind_at = *remind_at,
            PostmortemChange::Commented { comment, section, text } => self.comments.push(Comment {
                id: *comment,
                section: section.clone(),
                said: Said { text: text.clone(), mark },
                settled: None,
            }),
            PostmortemChange::CommentSettled { comment } => {
                if let Some(held) = self.comments.iter_mut().find(|held| held.id == *comment) {
                    held.settled = Some(mark);
                }
            }
            PostmortemChange::PostmortemExported { target, room, reference, url, entries } => {
                let (reference, url, entries) = (reference.clone(), url.clone(), *entries);
                let copy = copy_name(target, *room);
                self.unexported.remove(&copy);
                self.exports.insert(copy, Exported { reference, url, entries, mark });
            }
            PostmortemChange::ExportFailed { target, room, reason } => {
                self.unexported.insert(copy_name(target, *room), reason.clone());
            }
            _ => self.review(change, mark),
        }
    }

    fn review(&mut self, change: &PostmortemChange, mark: Mark) {
        match change {
            PostmortemChange::ReviewAsked { reviewers, required } => {
                self.state = Review::InReview;
                self.reviewers.extend(reviewers);
                self.required = *required;
            }
            PostmortemChange::SignedOff { person } => {
                self.signed.insert(*person, mark);
            }
            PostmortemChange::Approved => self.state = Review::Approved,
            PostmortemChange::SentBack { .. } => {
                self.state = Review::Draft;
                self.signed.clear();
            }
            PostmortemChange::Published => {
                self.state = Review::Published;
                self.published = Some(mark);
                self.remind_at = None;
            }
            _ => {}
        }
    }
}
