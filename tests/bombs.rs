//! Short texts that stand for long ones cost no more than a multiple of their size, and hide nothing of their neighbours.
//!
//! A test here fails by not ending, by running out of memory, or by losing the findings of the files beside the bomb.

mod support;

use seaworthy::source::{Source, Sources, Tree};
use seaworthy::{Config, Report, lint};
use std::fmt::Write as _;
use support::{Scratch, run};

/// Resources with findings of their own.
const NEIGHBOURS: &str = r#"
resource "google_storage_bucket_iam_member" "public" {
  bucket = "b"
  role   = "roles/storage.objectViewer"
  member = "allUsers"
}
resource "google_sql_database_instance" "open" {
  settings {
    tier = "db-f1-micro"
    ip_configuration {
      authorized_networks {
        value = local.everyone
      }
    }
  }
}
locals {
  everyone = join("", ["0.0.0.0", "/0"])
}
"#;

struct Checked {
    sources: Sources,
    report: Report,
}

fn check(files: &[(&str, &str)]) -> Checked {
    let files: Vec<Source> = files.iter().map(|(path, text)| Source::new(*path, *text)).collect();
    let sources = Sources::new(files, Tree::default(), Vec::new());
    let report = lint(&sources, &Config::default());
    Checked { sources, report }
}

fn findings(checked: &Checked, path: &str) -> Vec<String> {
    let at = checked.sources.find(path).expect("a source");
    let of_file = checked.report.findings.iter().filter(|finding| finding.span.source == at);
    of_file.map(|finding| format!("{}: {}", finding.rule, finding.message)).collect()
}

fn notes(checked: &Checked) -> Vec<String> {
    checked.report.notes.iter().map(|note| format!("{}: {}", note.path, note.message)).collect()
}

/// Checks a Terraform file beside the neighbours. The files are read in the order of their names, so that the bomb comes
/// first once and last once.
fn hides_nothing(bomb: &str) -> Checked {
    let alone = findings(&check(&[("main.tf", NEIGHBOURS)]), "main.tf");
    assert!(alone.iter().any(|finding| finding.starts_with("bucket-public")), "{alone:?}");
    assert!(alone.iter().any(|finding| finding.starts_with("sql-public-ip")), "{alone:?}");
    let after = check(&[("main.tf", NEIGHBOURS), ("z.tf", bomb)]);
    assert_eq!(findings(&after, "main.tf"), alone);
    let before = check(&[("a.tf", bomb), ("main.tf", NEIGHBOURS)]);
    assert_eq!(findings(&before, "main.tf"), alone);
    before
}

/// Local values `a0` to `a40`, each made of the one before, and a bucket that uses the last of them.
fn chain(first: &str, next: &str, used: &str) -> String {
    let mut text = format!("locals {{\n  a0 = {first}\n");
    for level in 1..=40 {
        let _ = writeln!(text, "  a{level} = {}", next.replace("aN", &format!("a{}", level - 1)));
    }
    let _ =
        writeln!(text, "}}\nresource \"google_storage_bucket\" \"bomb\" {{\n  name = {used}\n  location = \"EU\"\n}}");
    text
}

#[test]
fn values_that_double_are_unknown() {
    for (next, used) in [
        ("[local.aN, local.aN]", "local.a40 == [local.a39, local.a39]"),
        ("[local.aN, local.aN]", "join(\"\", flatten(local.a40))"),
        ("[local.aN, local.aN]", "contains(local.a40, local.a39)"),
        ("[local.aN, local.aN]", "local.a40"),
        ("{ a = local.aN, b = local.aN }", "jsonencode(local.a40)"),
        ("{ a = local.aN, b = local.aN }", "merge(local.a40, local.a40) == local.a40"),
        ("\"${local.aN}${local.aN}\"", "local.a40"),
        ("join(\",\", [local.aN, local.aN])", "local.a40"),
        ("format(\"%s%s\", local.aN, local.aN)", "local.a40"),
        ("concat(local.aN, local.aN)", "length(local.a40)"),
        ("[for x in [1, 2] : local.aN]", "local.a40"),
        ("replace(local.aN, \"x\", \"xx\")", "local.a40"),
        ("try(\"${local.aN}${local.aN}\", \"\")", "local.a40"),
    ] {
        let first = if next.starts_with("concat") { "[\"x\"]" } else { "\"x\"" };
        let report = hides_nothing(&chain(first, next, used));
        let told: Vec<String> = notes(&report).into_iter().filter(|note| note.contains("too long")).collect();
        assert!(told.iter().any(|note| note.starts_with("a.tf: not analysed in full: line ")), "{next}: {told:?}");
        // A local that is too costly is told once, not by each that is made of it.
        assert!(told.len() <= 3, "{next}: {told:?}");
    }
}

#[test]
fn products_of_long_texts_are_unknown() {
    let long = "a".repeat(60_000);
    let bucket = "resource \"google_storage_bucket\" \"b\" {\n  name = local.b\n  location = \"EU\"\n}\n";
    hides_nothing(&format!("locals {{\n  a = \"{long}\"\n  b = replace(local.a, \"a\", local.a)\n}}\n{bucket}"));
    hides_nothing(&format!("locals {{\n  a = \"{long}\"\n  b = join(local.a, range(1024))\n}}\n{bucket}"));
    hides_nothing(&format!("locals {{\n  a = \"{long}\"\n  b = [for i in range(1024) : local.a]\n}}\n{bucket}"));
    hides_nothing(&format!("locals {{\n  a = split(\"\", \"{long}\")\n  b = join(\"\", local.a)\n}}\n{bucket}"));
}

#[test]
fn distinct_items_are_found_in_linear_time() {
    let items: Vec<String> = (0..18_000).map(|index| index.to_string()).collect();
    let mut text = format!("locals {{\n  a = split(\",\", \"{}\")\n", items.join(","));
    for index in 0..60 {
        let _ = writeln!(text, "  b{index} = distinct(local.a)");
    }
    let all: Vec<String> = (0..60).map(|index| format!("local.b{index}")).collect();
    let _ = writeln!(text, "  c = [{}]\n}}", all.join(", "));
    text.push_str("resource \"google_storage_bucket\" \"b\" {\n  name = length(local.c)\n  location = \"EU\"\n}\n");
    hides_nothing(&text);
}

#[test]
fn one_expression_hides_nothing_of_another_file() {
    hides_nothing(
        "resource \"google_storage_bucket\" \"a\" {\n  location = \"EU\"\n  name = join(\"\", [for i in range(1024) : \
         join(\"\", [for j in range(1024) : join(\"\", [for k in range(1024) : k])])])\n}\n",
    );
}

#[test]
fn ten_thousand_users_of_a_costly_local_evaluate_it_once() {
    let mut text = String::from("locals {\n  a = [for i in range(1024) : [for j in range(1024) : i]]\n}\n");
    for index in 0..10_000 {
        let _ = writeln!(text, "resource \"google_x\" \"r{index}\" {{\n  name = \"${{length(local.a)}}-x\"\n}}");
    }
    let report = hides_nothing(&text);
    assert_eq!(notes(&report).len(), 1, "{:?}", notes(&report));
}

#[test]
fn blocks_that_multiply_are_unknown() {
    let dynamic = |inner: &str| {
        format!("dynamic \"a\" {{\n  for_each = range(100)\n  content {{\n    b = 1\n    {inner}\n  }}\n}}\n")
    };
    let blocks = (0..8).fold(String::new(), |inner, _| dynamic(&inner));
    let report = hides_nothing(&format!("resource \"google_x\" \"y\" {{\n{blocks}}}\n"));
    assert!(notes(&report)[0].contains("`google_x.y`"), "{:?}", notes(&report));
}

#[test]
fn an_exhausted_resource_keeps_its_literals() {
    let bomb = "[for i in range(1024) : [for j in range(1024) : [for k in range(1024) : k]]]";
    let text = format!(
        "resource \"google_storage_bucket_iam_member\" \"b\" {{\n  bucket = {bomb}\n  role = \
         \"roles/storage.objectViewer\"\n  member = \"allUsers\"\n}}\n"
    );
    let found = findings(&check(&[("main.tf", &text)]), "main.tf");
    assert!(found.iter().any(|finding| finding.starts_with("bucket-public")), "{found:?}");
}

#[test]
fn a_chain_of_locals_is_followed_whatever_its_length() {
    let mut text = String::from("locals {\n  a0 = \"allUsers\"\n");
    for level in 1..=5_000 {
        let _ = writeln!(text, "  a{level} = local.a{}", level - 1);
    }
    text.push_str(
        "}\nresource \"google_storage_bucket_iam_member\" \"b\" {\n  bucket = \"b\"\n  role = \
         \"roles/storage.objectViewer\"\n  member = local.a5000\n}\n",
    );
    let report = check(&[("main.tf", &text)]);
    assert!(findings(&report, "main.tf").iter().any(|finding| finding.starts_with("bucket-public")));
}

#[test]
fn lists_that_are_nested_through_locals_overflow_no_stack() {
    let mut text = String::from("locals {\n  a0 = []\n");
    for level in 1..=20_000 {
        let _ = writeln!(text, "  a{level} = [local.a{}]", level - 1);
    }
    hides_nothing(&format!("{text}}}\nresource \"google_x\" \"b\" {{\n  name = local.a20000 == local.a19999\n}}\n"));
}

/// An attribute beyond a limit of the parser beside others of its block.
fn beside(value: &str) -> String {
    format!(
        "resource \"google_storage_bucket_iam_member\" \"b\" {{\n  bucket = {value}\n  role = \
         \"roles/storage.objectViewer\"\n  member = \"allUsers\"\n}}\n"
    )
}

#[test]
fn limits_of_the_parser_are_no_errors_and_hide_no_sibling() {
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
    };
    for value in [
        format!("1{}", " + 1".repeat(129)),
        format!("(1{}) # why", " +\n 1".repeat(129)),
        format!("(\n  a\n  {}\n)", "&& a\n  ".repeat(200)),
        nested("[", "1", "]", 65),
        nested("true ? 1 : (", "2", ")", 32),
        nested("f(", "2", ")", 100),
        nested("{ a = ", "2", " }", 100),
        nested("\"${", "x", "}\"", 70),
        format!("!{}a", "!".repeat(70)),
    ] {
        let report = check(&[("main.tf", &beside(&value))]);
        let found = findings(&report, "main.tf");
        assert!(found.iter().any(|finding| finding.starts_with("bucket-public")), "{value}: {found:?}");
        assert!(found.iter().all(|finding| !finding.starts_with("syntax-error")), "{value}: {found:?}");
        let told = notes(&report);
        assert_eq!(told.len(), 1, "{value}: {told:?}");
        assert!(told[0].starts_with("main.tf: not analysed in full: line 2 has an expression"), "{told:?}");
    }
}

#[test]
fn an_object_of_too_many_keys_hides_no_sibling() {
    let keys: String = (0..3_000).map(|key| format!("k{key} = 1,\n")).collect();
    let report = check(&[("main.tf", &beside(&format!("{{\n{keys}}}")))]);
    assert!(findings(&report, "main.tf").iter().any(|finding| finding.starts_with("bucket-public")));
    assert_eq!(notes(&report).len(), 1);
}

#[test]
fn a_real_error_beside_a_limit_is_still_an_error() {
    let text = format!("{}locals {{\n  a = = 1\n  b = 1{}\n}}\n", beside("1"), " + 1".repeat(200));
    let found = findings(&check(&[("main.tf", &text)]), "main.tf");
    assert!(found.iter().any(|finding| finding.starts_with("syntax-error")), "{found:?}");
    assert!(found.iter().any(|finding| finding.starts_with("bucket-public")), "{found:?}");
}

#[test]
fn blocks_that_are_nested_too_deeply_are_left_out() {
    let deep = format!("{}{}", "a {\n".repeat(100), "}\n".repeat(100));
    let text = beside("1").replace("  role", &format!("{deep}  role"));
    let report = check(&[("main.tf", &text)]);
    let found = findings(&report, "main.tf");
    assert!(found.iter().any(|finding| finding.starts_with("bucket-public")), "{found:?}");
    assert!(notes(&report)[0].contains("nests blocks too deeply"), "{:?}", notes(&report));
}

#[test]
fn yaml_beyond_the_depth_of_the_parser_is_no_error() {
    let text = format!("steps:\n- name: a/b\n  args: {}{}\n", "[".repeat(300), "]".repeat(300));
    let report = check(&[("cloudbuild.yaml", &text)]);
    assert!(findings(&report, "cloudbuild.yaml").iter().all(|finding| !finding.starts_with("syntax-error")));
    assert!(notes(&report)[0].contains("nests too deeply"), "{:?}", notes(&report));
}

#[test]
fn aliases_in_json_are_no_way_around_the_budget() {
    let mut text = String::from("{\"a0\": &a0 {\"x\": 1}");
    for level in 1..=31 {
        let _ = write!(text, ", \"a{level}\": &a{level} {{\"x\": *a{0}, \"y\": *a{0}}}", level - 1);
    }
    let report = check(&[("main.tf.json", &format!("{text}}}")), ("main.tf", NEIGHBOURS)]);
    assert!(findings(&report, "main.tf.json")[0].contains("JSON has no aliases"));
    assert!(findings(&report, "main.tf").iter().any(|finding| finding.starts_with("bucket-public")));
}

#[test]
fn half_written_terraform_is_read_in_linear_time() {
    const SIZE: usize = 500_000;
    let here: String = (0..SIZE / 10).map(|index| format!("a=<<E{index}\n")).collect();
    let texts = [
        "\"${\n",
        "<",
        "\"\n",
        "a = \"\n",
        "/*",
        "{\n",
        "a {\n",
        "[\n",
        "<<E\n",
        "a = b ? (\n",
        "\"${\"",
        "%{\n",
        "a=[{\n",
    ];
    for text in texts.iter().map(|piece| piece.repeat(SIZE / piece.len())).chain([here]) {
        let report = check(&[("a.tf", &text), ("main.tf", NEIGHBOURS)]);
        assert!(findings(&report, "main.tf").iter().any(|finding| finding.starts_with("bucket-public")));
    }
}

#[test]
fn files_that_extend_each_other_without_end_are_an_error() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", b"FROM a\n");
    scratch.write("seaworthy.toml", b"extend = \"c0.toml\"\n");
    for index in 0..2_000 {
        scratch.write(&format!("c{index}.toml"), format!("extend = \"c{}.toml\"\n", index + 1).as_bytes());
    }
    let (code, _, err) = run(&scratch.0, &["check"]);
    assert_eq!(code, 2);
    assert!(err.contains("extends more than 64 files"), "{err}");
}

#[test]
fn a_configuration_of_many_keys_is_read_in_linear_time() {
    let scratch = Scratch::new();
    scratch.write("Dockerfile", b"FROM alpine:latest\n");
    let keys: String = (0..40_000).map(|index| format!("k{index}=1\n")).collect();
    scratch.write("seaworthy.toml", keys.as_bytes());
    let (_, out, err) = run(&scratch.0, &["check", "--format", "concise"]);
    assert!(out.contains("latest-tag"), "{out}");
    assert!(err.contains("39980 more of these"), "{err}");
}

#[test]
fn a_configuration_of_too_many_patterns_is_an_error() {
    let scratch = Scratch::with(&[("Dockerfile", "FROM alpine:latest\n")]);
    let patterns: Vec<String> = (0..40_000).map(|index| format!("\"a{index}*b\"")).collect();
    scratch.write("seaworthy.toml", format!("exclude = [{}]\n", patterns.join(",")).as_bytes());
    let (code, _, err) = run(&scratch.0, &["check"]);
    assert_eq!(code, 2);
    assert!(err.contains("has more than 2000 patterns"), "{err}");
}

#[test]
fn an_ignore_list_of_classes_takes_little_memory() {
    let line = format!("{}\n", "[\\w1][\\d][a-c]".repeat(60));
    let report = check(&[
        ("Dockerfile", "FROM alpine:latest\nCOPY . .\n"),
        (".dockerignore", &line.repeat(2_000)),
        ("b/Dockerfile", "FROM alpine:latest\n"),
    ]);
    assert!(!findings(&report, "b/Dockerfile").is_empty());
    assert_eq!(notes(&report), Vec::<String>::new());
}

#[test]
fn an_ignore_list_beyond_its_limit_is_told() {
    let text = format!("{}!.env\n", ".env\n".repeat(5_000));
    let report = check(&[("Dockerfile", "FROM alpine:3.23\nCOPY . .\n"), (".dockerignore", &text)]);
    let told = notes(&report);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(".dockerignore: not analysed in full: line 5001 "), "{told:?}");
}

#[test]
fn an_ignore_comment_of_many_names_is_reported_in_linear_time() {
    let names: Vec<String> = (0..40_000).map(|index| format!("roo-user{index}")).collect();
    let text = format!("# seaworthy: ignore[{}]\nFROM alpine:latest\n", names.join(","));
    let report = check(&[("Dockerfile", &text)]);
    let found = findings(&report, "Dockerfile");
    assert_eq!(found.iter().filter(|finding| finding.starts_with("stale-ignore")).count(), 101);
    assert!(found.iter().any(|finding| finding.contains("39900 of them are not rules")), "{found:?}");
    assert!(found.iter().any(|finding| finding.starts_with("latest-tag")));
}

/// Checks a file beside others, whose findings must stay, and returns the notes about it.
fn noted(path: &str, bomb: &str) -> Vec<String> {
    let files = [(path, bomb), ("a/Dockerfile", "FROM alpine:latest\n"), ("z/Dockerfile", "FROM alpine:latest\n")];
    let checked = check(&files);
    for path in ["a/Dockerfile", "z/Dockerfile"] {
        assert!(findings(&checked, path).iter().any(|finding| finding.starts_with("latest-tag")), "{path}");
    }
    let about = format!("{path}: ");
    notes(&checked).into_iter().filter_map(|note| note.strip_prefix(&about).map(str::to_owned)).collect()
}

#[test]
fn expansions_of_a_script_are_paid_for_and_what_follows_is_read() {
    let words = "a ".repeat(30_000);
    for bomb in [
        format!("X=\"{words}\"\n{}", "e $X\n".repeat(1_000)),
        format!("A=({words})\n{}", "e \"${A[@]}\"\n".repeat(1_000)),
        format!("X='{}'\n{}", "a;".repeat(30_000), "bash -c \"$X\"\n".repeat(1_000)),
        // Every variable holds the one before twice.
        (0..40).map(|level| format!("A{}=\"$A{level}$A{level}\"\n", level + 1)).collect::<String>()
            + &"e $A40\n".repeat(1_000),
    ] {
        let script = format!("{bomb}\ncurl http://example.com/a | sh\n");
        let checked = check(&[("deploy.sh", &script)]);
        assert!(findings(&checked, "deploy.sh").iter().any(|finding| finding.starts_with("curl-pipe-shell")));
        assert!(notes(&checked).len() <= 1);
    }
    let told = noted("deploy.sh", &format!("X=\"{words}\"\n{}", "e $X\n".repeat(1_000)));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("stands for more text than is followed"), "{told:?}");
}

#[test]
fn a_script_that_is_too_costly_takes_nothing_from_another() {
    let words = "a ".repeat(20_000);
    let run = "apt-get update && apt-get install -y curl";
    let text = format!("FROM debian:12\nARG X=\"{words}\"\nRUN {}true\nRUN {run}\n", "e $X; ".repeat(2_000));
    let checked = check(&[("Dockerfile", &text)]);
    assert!(findings(&checked, "Dockerfile").iter().any(|finding| finding.starts_with("apt-cache-left")));
}

#[test]
fn stages_share_the_variables_of_the_stage_below() {
    let variables: String = (0..5_000).map(|index| format!("ENV V{index}=x\n")).collect();
    let stages = "FROM a\n".repeat(40_000);
    let checked = check(&[("Dockerfile", &format!("FROM alpine:latest AS a\n{variables}{stages}"))]);
    assert!(findings(&checked, "Dockerfile").iter().any(|finding| finding.starts_with("latest-tag")));
    let chain: String = (0..20_000).map(|index| format!("FROM s{index} AS s{}\nENV V{index}=x\n", index + 1)).collect();
    let checked = check(&[("Dockerfile", &format!("FROM alpine:latest AS s0\n{chain}"))]);
    assert!(findings(&checked, "Dockerfile").iter().any(|finding| finding.starts_with("latest-tag")));
}

#[test]
fn aliased_steps_are_paid_for_and_the_first_one_is_read() {
    let pull = "docker pull a.pkg.dev/b/c:latest";
    let arguments = "a,".repeat(5_000);
    let long = format!("- &s\n  name: docker\n  args: [{arguments}a]\n{}", "- *s\n".repeat(4_000));
    let script = format!("    {pull}\n").repeat(300);
    let scripts = format!("- &s\n  name: docker\n  script: |\n{script}{}", "- *s\n".repeat(2_000));
    for steps in [long, scripts] {
        let text = format!("steps:\n- name: gcr.io/x/y:latest\n{steps}");
        let told = noted("cloudbuild.yaml", &text);
        assert!(!told.is_empty() && told.len() <= 21, "{}", told.len());
        let checked = check(&[("cloudbuild.yaml", &text)]);
        assert!(findings(&checked, "cloudbuild.yaml").iter().any(|finding| finding.contains("gcr.io/x/y:latest")));
    }
    let variables: String = (0..3_000).map(|index| format!("  - A{index}=b\n")).collect();
    let shared = format!("options:\n  env:\n{variables}steps:\n{}", "- name: docker\n".repeat(3_000));
    assert_eq!(noted("cloudbuild.yaml", &shared), Vec::<String>::new());
    assert_eq!(noted("cloudbuild.yaml", "steps:\n- name: docker\nimages: &a [*a, *a]\n").len(), 0);
}

#[test]
fn aliased_containers_are_paid_for() {
    let variables = "      - {name: A, value: b}\n".repeat(5_000);
    let containers = "   - *c\n".repeat(5_000);
    let manifest = format!(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: web\nspec:\n template:\n  spec:\n   \
         containers:\n   - &c\n     image: a.pkg.dev/b/c:latest\n     env:\n{variables}{containers}"
    );
    let checked = check(&[("service.yaml", &manifest)]);
    assert!(findings(&checked, "service.yaml").iter().any(|finding| finding.starts_with("latest-tag")));
}

/// The path of the workflow that is a bomb.
const WORKFLOW: &str = ".github/workflows/deploy.yml";

/// Checks a workflow beside other files, and returns its findings and the notes about it.
fn of_workflow(bomb: &str) -> (Vec<String>, Vec<String>) {
    (findings(&check(&[(WORKFLOW, bomb)]), WORKFLOW), noted(WORKFLOW, bomb))
}

fn job(name: &str, steps: &str) -> String {
    format!("  {name}:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}")
}

/// Whether the step that runs a download is reported, however much else is not read.
fn finds_the_download(bomb: &str) -> bool {
    let (found, told) = of_workflow(bomb);
    assert!(told.len() <= 21, "{told:?}");
    found.iter().any(|finding| finding.starts_with("curl-pipe-shell"))
}

const INSTALL: &str = "    - uses: google-github-actions/setup-gcloud@v2\n    - run: curl https://example.com/a | sh\n";

#[test]
fn steps_that_jobs_repeat_by_alias_are_paid_for_and_the_first_ones_are_read() {
    let steps = "    - run: gcloud run services list\n".repeat(2_000);
    let others: String = (0..10_000).map(|index| format!("  b{index}: {{steps: *s}}\n")).collect();
    let text = format!("on: push\njobs:\n  a:\n    steps: &s\n{INSTALL}{steps}{others}");
    assert!(finds_the_download(&text));
    assert!(!noted(WORKFLOW, &text).is_empty());
}

#[test]
fn values_of_a_workflow_that_expand_each_other_are_paid_for_and_what_follows_is_read() {
    let long = "a".repeat(30_000);
    let (shared, of_job) = ("${{ env.A }}".repeat(1_000), "${{ env.B }}".repeat(1_000));
    let step = format!("    - run: echo \"$C\" \"{of_job}\"\n      env: {{C: \"{of_job}\"}}\n").repeat(20);
    let job = format!("  a:\n    env: {{B: \"{shared}\"}}\n    steps:\n{step}{INSTALL}");
    assert!(finds_the_download(&format!("env: {{A: {long}}}\njobs:\n{job}")));
    // Each step takes what the one before it puts out twice.
    let mut steps = String::from("    - {id: s0, uses: docker/metadata-action@v5, with: {images: x/y}}\n");
    for level in 1..=40 {
        let below = format!("${{{{ steps.s{}.outputs.tags }}}}", level - 1);
        let _ = writeln!(
            steps,
            "    - {{id: s{level}, uses: docker/metadata-action@v5, with: {{images: \"{below}{below}\"}}}}"
        );
    }
    let _ = writeln!(steps, "    - run: docker pull ${{{{ steps.s40.outputs.tags }}}}");
    assert!(finds_the_download(&format!("jobs:\n  a:\n    steps:\n{steps}{INSTALL}")));
}

#[test]
fn a_long_script_that_jobs_repeat_by_alias_is_paid_for() {
    let script = "        gcloud run services list\n".repeat(15_000);
    let others: String = (0..10_000).map(|index| format!("  b{index}: {{steps: *s}}\n")).collect();
    assert!(finds_the_download(&format!(
        "on: push\njobs:\n  a:\n    steps: &s\n{INSTALL}    - run: |\n{script}{others}"
    )));
}

#[test]
fn parts_of_jobs_that_aliases_repeat_are_read_in_linear_time() {
    let list = |piece: &dyn Fn(usize) -> String| (0..10_000).map(piece).collect::<Vec<_>>().join(", ");
    let names = list(&|index| format!("j{index}"));
    let pairs = list(&|index| format!("j{index}: read"));
    for (key, value) in [
        ("runs-on", format!("[{names}]")),
        ("needs", format!("[{names}]")),
        ("permissions", format!("{{{pairs}}}")),
        ("env", format!("{{{pairs}}}")),
    ] {
        let others: String = (0..10_000).map(|index| format!("  b{index}: {{{key}: *k}}\n")).collect();
        let text = format!("on: push\njobs:\n  a:\n    {key}: &k {value}\n    steps:\n{INSTALL}{others}");
        assert!(finds_the_download(&text), "{key}");
    }
}

#[test]
fn words_that_a_variable_brings_to_many_steps_are_paid_for() {
    let words = "a ".repeat(30_000);
    let scripts = "    - run: e $A ${{ env.A }}\n".repeat(1_000);
    let action = "google-github-actions/deploy-cloudrun@v3";
    let flags = format!("    - {{uses: {action}, with: {{service: a, image: b, flags: \"${{{{ env.A }}}}\"}}}}\n");
    for steps in [scripts, flags.repeat(1_000)] {
        let text = format!("env: {{A: \"{words}\"}}\njobs:\n  a:\n    steps:\n{steps}{INSTALL}");
        assert!(finds_the_download(&text));
    }
}

#[test]
fn many_variables_and_builds_of_a_workflow_are_read_in_linear_time() {
    let variables: String = (0..40_000).map(|index| format!("  A{index}: b\n")).collect();
    noted(WORKFLOW, &format!("env:\n{variables}jobs: {{}}\n"));
    noted(WORKFLOW, &format!("jobs:\n{}", job("a", &"    - run: docker build .\n".repeat(20_000))));
}

#[test]
fn many_lines_of_one_kind_are_read_in_linear_time() {
    let numbered = |count: usize, piece: &dyn Fn(usize) -> String| (0..count).map(piece).collect::<String>();
    let from = "FROM alpine:3.23\n";
    let deploy = format!(
        "    - uses: google-github-actions/deploy-cloudrun@v3\n      with:\n        service: web\n        env_vars: \"{}\"\n        flags: \"{}\"\n",
        "A=b,".repeat(60_000),
        "--a=b ".repeat(30_000)
    );
    let texts = [
        ("deploy.sh", "docker build .\n".repeat(33_000)),
        ("deploy.sh", format!("a {}\n{}", numbered(40_000, &|index| format!("<<E{index} ")), "x\n".repeat(100_000))),
        ("deploy.sh", format!("echo {}\n", "${{ ".repeat(120_000))),
        (
            "deploy.sh",
            format!("gcloud run deploy x --set-env-vars={}\n", numbered(60_000, &|index| format!("A{index}=b,"))),
        ),
        ("Dockerfile", format!("{from}{}", numbered(40_000, &|index| format!("ENV V{index}=x\n")))),
        ("Dockerfile", format!("{from}{}", numbered(40_000, &|index| format!("ARG V{index}=x\n")))),
        ("Dockerfile", format!("{from}{}", "RUN a\n".repeat(80_000))),
        ("Dockerfile", format!("{from}{}", numbered(40_000, &|index| format!("RUN <<E{index}\n")))),
        (
            "cloudbuild.yaml",
            format!("steps:\n{}", "- name: gcr.io/cloud-builders/docker\n  args: [build, .]\n".repeat(8_000)),
        ),
        ("cloudbuild.yaml", format!("steps:\n- name: docker\n{}", "a: 1\n".repeat(30_000))),
        (
            "cloudbuild.yaml",
            format!("steps:\n- name: docker\n  args: [{}]\n", numbered(50_000, &|index| format!("$_A{index},"))),
        ),
        (WORKFLOW, format!("jobs:\n{}", numbered(20_000, &|index| job(&format!("a{index}"), "    - run: gcloud\n")))),
        (WORKFLOW, format!("jobs:\n{}", job("a", &"    - uses: docker/build-push-action@v6\n".repeat(20_000)))),
        (
            WORKFLOW,
            format!(
                "jobs:\n{}",
                job("a", &numbered(20_000, &|index| format!("    - run: echo A{index}=b >>$GITHUB_ENV\n")))
            ),
        ),
        (WORKFLOW, format!("jobs:\n{}", job("a", &format!("    - run: gcloud {}\n", "${{ env.A }}".repeat(60_000))))),
        (WORKFLOW, format!("jobs:\n{}", job("a", &deploy))),
        ("a.md", "```sh\ngcloud run deploy a\n```\n".repeat(15_000)),
        ("a.md", "```tf\nresource \"google_storage_bucket\" \"b\" {}\n```\n".repeat(8_000)),
        ("a.md", "```docker\nFROM a\n```\n".repeat(15_000)),
        ("a.md", "```yaml\nsteps:\n- name: docker \n```\n".repeat(12_000)),
        ("a.md", format!("```sh\ngcloud {}\n```\n", "REGION ".repeat(60_000))),
        ("a.md", format!("```sh\ngcloud {}\n```\n", "<a".repeat(120_000))),
        ("a.md", format!("```sh\ngcloud {}\n```\n", "[a] {b} ... ".repeat(30_000))),
        ("a.md", format!("```sh\n{}```\n", "$ gcloud run deploy a \\\n".repeat(15_000))),
        ("a.md", format!("gcloud {}\n", "`".repeat(400_000))),
        ("a.md", format!("gcloud {}\n", "[a](".repeat(100_000))),
        ("a.md", format!("gcloud {}\n", "*a_".repeat(100_000))),
        (WORKFLOW, format!("on:\n{}jobs: {{}}\n", numbered(40_000, &|index| format!("  a{index}:\n")))),
    ];
    for (path, text) in texts {
        noted(path, &text);
    }
    // A file of many missing sources beside many others.
    let names: Vec<String> = (0..20_000).map(|index| format!("src/{}/f{index}", index % 100)).collect();
    let mut files: Vec<Source> = names.iter().map(|name| Source::new(name.as_str(), "")).collect();
    let copies = numbered(10_000, &|index| format!("COPY nothere{index} x\n"));
    files.push(Source::new("Dockerfile", format!("{from}{copies}")));
    let report = lint(&Sources::new(files, Tree::default(), Vec::new()), &Config::default());
    assert!(report.findings.iter().any(|finding| &*finding.rule == "copy-source-missing"));
}
