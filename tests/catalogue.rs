//! Rules that are created at run time from a page, checked on sources.

use seaworthy::Config;
use seaworthy::catalogue::{Context, Rule, check};
use seaworthy::engine::{Memory, analyse};
use seaworthy::source::Sources;

const PAGE: &str = "---
summary: Database that lets in an address range
severity: warning
profile: recommended
environments: [production]
surfaces: [terraform]
fix: never
since: 0.2.0
references: [https://cloud.google.com/sql/docs/postgres/authorize-networks]
resource: google_sql_database_instance
each: settings.ip_configuration.authorized_networks
assert: each.value != '0.0.0.0/0' || resource.database_version.startsWith('MYSQL')
at: value
message: \"`{resource}` lets everyone in\"
---

Why.
";

/// The findings of a page as messages with the text of their spans, and the number of undecided questions.
fn asked(page: &str, text: &str) -> (Vec<String>, usize) {
    let rule = Rule::of_page("lets-everyone-in", "network", page.to_owned()).expect("a valid page");
    let sources = Sources::from_texts([("main.tf", text)]);
    let analysis = analyse(&sources, &Config::default(), &mut Memory::default());
    let given = |_, _: &str| None;
    let mut cx = Context::new(&analysis.project, &rule, &given);
    check(rule.page().policy.as_ref().expect("a declarative page"), &mut cx);
    let (findings, undecided) = cx.finish();
    assert!(findings.iter().all(|finding| finding.rule == "lets-everyone-in"));
    let shown = findings.iter().map(|finding| format!("{}: {}", sources.slice(finding.span), finding.message));
    (shown.collect(), undecided.len())
}

fn database(networks: &str) -> String {
    format!(
        "resource \"google_sql_database_instance\" \"main\" {{\n  database_version = \"POSTGRES_16\"\n  settings {{\n    \
         tier = \"db-f1-micro\"\n    ip_configuration {{\n{networks}    }}\n  }}\n}}\n"
    )
}

#[test]
fn each_block_is_checked_by_itself() {
    let networks = "authorized_networks {\nvalue = \"10.0.0.0/8\"\n}\nauthorized_networks {\nvalue = \"0.0.0.0/0\"\n}\n\
                    authorized_networks {\nvalue = var.office\n}\n";
    let text = format!("variable \"office\" {{}}\n{}", database(networks));
    let message = "\"0.0.0.0/0\": `google_sql_database_instance.main` lets everyone in".to_owned();
    assert_eq!(asked(PAGE, &text), (vec![message], 1));
}

#[test]
fn an_unknown_dynamic_block_is_undecided() {
    let networks = "dynamic \"authorized_networks\" {\nfor_each = var.networks\ncontent {\nvalue = \
                    authorized_networks.value\n}\n}\n";
    let text = format!("variable \"networks\" {{}}\n{}", database(networks));
    assert_eq!(asked(PAGE, &text), (Vec::new(), 1));
}

#[test]
fn several_blocks_that_differ_are_undecided() {
    let path = "resource.settings.ip_configuration.authorized_networks.value != '0.0.0.0/0'";
    let page: String = PAGE
        .lines()
        .filter(|line| !line.starts_with("each:") && !line.starts_with("at:"))
        .map(|line| if line.starts_with("assert:") { format!("assert: {path}\n") } else { format!("{line}\n") })
        .collect();
    let network = |value: &str| format!("authorized_networks {{\nvalue = \"{value}\"\n}}\n");
    let (open, office) = (network("0.0.0.0/0"), network("10.0.0.0/8"));
    // If the blocks disagree, the question is undecided.
    assert_eq!(asked(&page, &database(&format!("{office}{open}"))), (Vec::new(), 1));
    assert_eq!(asked(&page, &database(&format!("{open}{open}"))).0.len(), 1);
    assert_eq!(asked(&page, &database(&open)).0.len(), 1);
    assert_eq!(asked(&page, &database(&office)), (Vec::new(), 0));
}

#[test]
fn a_page_without_an_assert_is_not_a_rule() {
    let page: String = PAGE
        .lines()
        .filter(|line| !["resource:", "each:", "assert:", "at:", "message:"].iter().any(|key| line.starts_with(key)))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(Rule::of_page("x", "network", page).map(|_| ()).map_err(|problem| problem.line), Err(1));
}
