//! The verbs about follow-ups.

use super::super::super::{ActionCommand, ActionEdit, ActionTraits, Command, Edit, Promised, Query};
use super::{asks, at, does, refuses};
use crate::action::{ActionKind, Priority};
use crate::ids::{ActionId, CauseId};

fn edit(edit: ActionEdit) -> Command {
    Command::Action(ActionCommand::Edit { action: ActionId(2), edit })
}

#[test]
fn a_follow_up_says_what_it_is_good_for() {
    let traits =
        ActionTraits { kind: Some(ActionKind::Detect), priority: Some(Priority::High), cause: Some(CauseId(3)) };
    for line in [
        "action alert on disk @bo --type detect --priority high --against F3",
        "action @bo alert on disk --against=3 --priority HIGH --type Detect",
    ] {
        let (text, owner) = ("alert on disk".to_owned(), Some("bo".to_owned()));
        does(line, Command::AddAction { text, owner, due: None, traits });
    }
    refuses("action x --type fix", "type cannot be fix; it is one of prevent, detect, mitigate, process");
    refuses("action x --priority urgent", "priority cannot be urgent; it is one of high, medium, low");
}

#[test]
fn an_edit_names_what_changes_and_what_goes() {
    let due = Edit::Set(at("2026-11-27T16:00:00Z"));
    let cases = [
        (
            "edit-action A2 alert at 80 %",
            ActionEdit { text: Some("alert at 80 %".to_owned()), ..ActionEdit::default() },
        ),
        ("edit-action 2 @cy", ActionEdit { owner: Edit::Set("cy".to_owned()), ..ActionEdit::default() }),
        ("edit-action A2 --owner cy", ActionEdit { owner: Edit::Set("cy".to_owned()), ..ActionEdit::default() }),
        (
            "edit-action A2 --no-owner --due fri --no-type",
            ActionEdit { owner: Edit::Clear, due, kind: Edit::Clear, ..ActionEdit::default() },
        ),
        (
            "edit-action A2 --no-due --priority low --no-cause",
            ActionEdit {
                due: Edit::Clear,
                priority: Edit::Set(Priority::Low),
                cause: Edit::Clear,
                ..ActionEdit::default()
            },
        ),
    ];
    for (line, wanted) in cases {
        does(line, edit(wanted));
    }
    let usage = "/incident edit-action <action> [text] [@owner] [--due D] [--type prevent|detect|mitigate|process] \
                 [--priority high|medium|low] [--against F2] [--no-owner|--no-due|--no-type|--no-priority|--no-cause]";
    for (line, problem) in [
        ("edit-action", "say which action, and how it is to read"),
        ("edit-action two x", "\"two\" is no action, they are numbered like A2"),
        ("edit-action A2", "say what is to change"),
        ("edit-action A2 --due fri --no-due", "--due and --no-due exclude each other"),
        ("edit-action A2 @bo --no-owner", "--owner and --no-owner exclude each other"),
        ("edit-action A2 --against disk", "\"disk\" is no cause, they are numbered like F2"),
    ] {
        refuses(line, &format!("{problem}: {usage}"));
    }
}

#[test]
fn what_is_done_may_be_taken_back_and_a_tracker_may_keep_it() {
    for line in ["undone A2", "reopen-action #2"] {
        does(line, Command::Action(ActionCommand::Reopen { action: ActionId(2) }));
    }
    let ticket = |tracker: Option<&str>| {
        let (action, tracker) = (ActionId(2), tracker.map(str::to_owned));
        Command::Action(ActionCommand::Ticket { action, tracker })
    };
    does("ticket A2", ticket(None));
    does("ticket 2 GitHub", ticket(Some("GitHub")));
    refuses("ticket A2 a b", "\"b\" is one word too many: /incident ticket <action> [tracker]");
}

#[test]
fn lists_are_of_one_incident_or_of_all() {
    asks("actions", Query::Actions);
    let promised =
        |mine, overdue, team: Option<&str>| Query::Promised(Promised { mine, overdue, team: team.map(str::to_owned) });
    asks("actions --all", promised(false, false, None));
    asks("actions --mine", promised(true, false, None));
    asks("actions --overdue --team web", promised(false, true, Some("web")));
    refuses("actions web", "\"web\" is one word too many: /incident actions [--mine] [--overdue] [--team T] [--all]");
}
