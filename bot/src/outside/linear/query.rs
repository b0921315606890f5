//! What Linear is asked.

pub(super) const VIEWER: &str = "query { viewer { id name } }";

pub(super) const TEAM: &str = "query($filter: TeamFilter) { teams(filter: $filter, first: 1) { nodes { id key \
    states(first: 100) { nodes { id type position } } } } }";

pub(super) const USERS: &str =
    "query($filter: UserFilter) { users(filter: $filter, first: 1) { nodes { id email active } } }";

/// In the order in which issues were made, which does not change while pages are read.
pub(super) const ISSUES: &str = "query($filter: IssueFilter, $first: Int, $after: String) { issues(filter: $filter, \
    first: $first, after: $after, includeArchived: true, orderBy: createdAt) { nodes { id identifier url title \
    description trashed updatedAt completedAt canceledAt state { type } assignee { email } } \
    pageInfo { hasNextPage endCursor } } }";

pub(super) const CREATE: &str = "mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { id \
    identifier url } } }";

pub(super) const UPDATE: &str = "mutation($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) \
    { success issue { id identifier url } } }";

pub(super) const LABELS: &str = "query($filter: IssueLabelFilter) { issueLabels(filter: $filter, first: 100) { nodes { id \
    name isGroup team { id } } } }";

pub(super) const CREATE_LABEL: &str = "mutation($input: IssueLabelCreateInput!) { issueLabelCreate(input: $input) \
    { success issueLabel { id } } }";
