//! GitHub Actions: inputs of actions, and texts that strangers write.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The inputs of an action, by major version.
type Inputs = BTreeMap<u32, Vec<&'static str>>;

/// The inputs of every known action.
fn table() -> &'static BTreeMap<&'static str, Inputs> {
    static TABLE: OnceLock<BTreeMap<&'static str, Inputs>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: BTreeMap<&'static str, Inputs> = BTreeMap::new();
        for line in include_str!("action_inputs.tsv").lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            if let (Some(action), Some(version), Some(inputs)) = (columns.next(), columns.next(), columns.next())
                && let Ok(version) = version.parse()
            {
                table.entry(action).or_default().insert(version, inputs.split(' ').collect());
            }
        }
        table
    })
}

/// The inputs of an action in a major version, or in any version if it is `None`; empty if they are not known.
pub(crate) fn inputs(action: &str, major: Option<u32>) -> Vec<&'static str> {
    let Some(versions) = table().get(action) else { return Vec::new() };
    match major {
        Some(major) => versions.get(&major).cloned().unwrap_or_default(),
        None => {
            let mut all: Vec<_> = versions.values().flatten().copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        }
    }
}

/// The contexts that hold texts of people who may be strangers, `*` for any part:
/// <https://docs.github.com/en/actions/concepts/security/script-injections> and
/// <https://securitylab.github.com/resources/github-actions-untrusted-input/>.
pub(crate) const OF_STRANGERS: &[&str] = &[
    "github.event.issue.title",
    "github.event.issue.body",
    "github.event.pull_request.title",
    "github.event.pull_request.body",
    "github.event.pull_request.head.ref",
    "github.event.pull_request.head.label",
    "github.event.pull_request.head.repo.default_branch",
    "github.event.comment.body",
    "github.event.review.body",
    "github.event.review_comment.body",
    "github.event.discussion.title",
    "github.event.discussion.body",
    "github.event.pages.*.page_name",
    "github.event.workflow_run.head_branch",
    "github.event.workflow_run.head_commit.message",
    "github.head_ref",
];

/// The contexts that hold texts of people who may push: the messages and authors of commits.
pub(crate) const OF_COMMITTERS: &[&str] = &[
    "github.event.commits.*.message",
    "github.event.commits.*.author.email",
    "github.event.commits.*.author.name",
    "github.event.head_commit.message",
    "github.event.head_commit.author.email",
    "github.event.head_commit.author.name",
];

/// The events that a stranger can cause on a public repository, and whose jobs get secrets all the same:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows>.
pub(crate) const CAUSED_BY_STRANGERS: &[&str] = &[
    "discussion",
    "discussion_comment",
    "fork",
    "issue_comment",
    "issues",
    "pull_request_target",
    "watch",
    "workflow_run",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_known_by_version() {
        assert!(inputs("google-github-actions/setup-gcloud", Some(0)).contains(&"service_account_key"));
        assert!(!inputs("google-github-actions/setup-gcloud", Some(2)).contains(&"service_account_key"));
        assert!(inputs("google-github-actions/setup-gcloud", None).contains(&"service_account_key"));
        assert!(inputs("google-github-actions/setup-gcloud", Some(99)).is_empty());
        assert!(inputs("actions/checkout", None).is_empty());
    }
}
