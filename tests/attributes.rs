//! Every attribute of the table is read from every place that its row names.
//!
//! For each place, a small text sets this attribute and nothing else.

use seaworthy::engine::{Config, Memory, analyse};
use seaworthy::model::attribute::{ATTRIBUTES, Attribute, Holder, Type, steps};
use seaworthy::model::{Held, Setting, Workload, WorkloadKind};
use seaworthy::source::Sources;
use std::fmt::Write as _;
use std::sync::Arc;

const RESOURCES: [(WorkloadKind, &str); 3] = [
    (WorkloadKind::Service, "google_cloud_run_v2_service"),
    (WorkloadKind::Job, "google_cloud_run_v2_job"),
    (WorkloadKind::WorkerPool, "google_cloud_run_v2_worker_pool"),
];

fn workload(path: &str, text: &str) -> Arc<Workload> {
    let sources = Sources::from_texts([(path, text)]);
    let project = analyse(&sources, &Config::default(), &mut Memory::default()).project;
    project.workloads.first().unwrap_or_else(|| panic!("no workload in {path}:\n{text}")).clone()
}

/// The setting of an attribute in a workload, in its container, or in the startup probe of the container.
fn held(workload: &Workload, row: &Attribute) -> Held {
    match row.holder {
        Holder::Workload => workload.settings.held(row),
        Holder::Container => workload.containers[0].settings.held(row),
        Holder::Probe => {
            let startup = workload.containers[0].settings.get(seaworthy::model::attribute::STARTUP_PROBE);
            startup.known().expect("a probe").0.settings.held(row)
        }
    }
}

/// The second accepted word, or the only one: the first is often the default.
fn word(row: &Attribute) -> Option<&'static (&'static str, &'static [&'static str])> {
    row.words.get(1).or(row.words.first())
}

/// A value of the type of an attribute, in the spelling of manifests and gcloud.
fn sample(row: &Attribute) -> &'static str {
    match row.value {
        Type::Number | Type::Seconds => "7",
        Type::Cpu => "2",
        Type::Bytes => "1Gi",
        Type::Flag => "true",
        Type::Text => word(row).map_or("some-text", |(word, _)| word),
        Type::List | Type::Probe => "",
    }
}

fn assert_is_sample(held: &Held, row: &Attribute, how: &str) {
    let is_it = match held {
        Held::Number(Setting::Known(number, _)) => {
            *number
                == match row.value {
                    Type::Cpu => 2.0,
                    Type::Bytes => 1_073_741_824.0,
                    _ => 7.0,
                }
        }
        Held::Flag(Setting::Known(is_on, _)) => *is_on,
        Held::Text(Setting::Known(text, _)) => text.raw() == sample(row),
        Held::List(Setting::Known(items, _)) => items.iter().map(|item| item.raw()).eq(["a", "b"]),
        Held::Probe(Setting::Known(probe, _)) => {
            probe.settings.effective(seaworthy::model::attribute::PROBE_TIMEOUT) == Some(7.0)
        }
        _ => false,
    };
    assert!(is_it, "{}: {held:?} in\n{how}", row.name);
}

/// Nested keys, the last one with a value; a key with `[]` has a list with one item.
fn yaml(keys: &[&str], value: &str, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match keys {
        [last] => format!("{indent}{last}: {value}\n"),
        [key, rest @ ..] => match key.strip_suffix("[]") {
            Some(key) => format!("{indent}{key}:\n{indent}  -\n{}", yaml(rest, value, depth + 2)),
            None => format!("{indent}{key}:\n{}", yaml(rest, value, depth + 1)),
        },
        [] => unreachable!("a path has keys"),
    }
}

fn manifest(kind: WorkloadKind, row: &Attribute, place: &str) -> String {
    let (head, task) = match kind {
        WorkloadKind::Service => ("apiVersion: serving.knative.dev/v1\nkind: Service\n", "spec.template.spec"),
        WorkloadKind::Job => ("apiVersion: run.googleapis.com/v1\nkind: Job\n", "spec.template.spec.template.spec"),
        WorkloadKind::WorkerPool => ("apiVersion: run.googleapis.com/v1\nkind: WorkerPool\n", "spec.template.spec"),
        WorkloadKind::Function | WorkloadKind::Pods => unreachable!("they have no attributes in manifests"),
    };
    let mut path: Vec<&str> = Vec::new();
    match row.holder {
        Holder::Workload => {}
        Holder::Container => path.extend(task.split('.').chain(["containers[]"])),
        Holder::Probe => path.extend(task.split('.').chain(["containers[]", "startupProbe"])),
    }
    let place = place.replace("{task}", task);
    path.extend(steps(&place).map(|key| if key == "ports" { "ports[]" } else { key }));
    let value = match row.value {
        Type::Probe => "{timeoutSeconds: 7}".to_owned(),
        Type::List if place.contains("annotations[") => "'a,b'".to_owned(),
        Type::List => "[a, b]".to_owned(),
        _ => format!("'{}'", sample(row)),
    };
    head.to_owned() + &yaml(&path, &value, 0)
}

#[test]
fn every_place_in_manifests_is_read() {
    let mut places = 0;
    for row in ATTRIBUTES {
        for (kind, place) in row.kinds.iter().flat_map(|kind| row.manifest.iter().map(move |place| (*kind, place))) {
            let text = manifest(kind, row, place);
            assert_is_sample(&held(&workload("service.yaml", &text), row), row, &text);
            places += 1;
        }
    }
    assert!(places > 100, "{places} places");
}

/// Nested blocks around an argument with a value; a name in brackets is a key of a map.
fn hcl(place: &str, value: &str) -> String {
    let (path, value) = match place.strip_suffix(']').and_then(|place| place.split_once('[')) {
        Some((path, member)) => (path, format!("{{ \"{member}\" = {value} }}")),
        None => (place, value.to_owned()),
    };
    let (blocks, argument) = path.rsplit_once('.').unwrap_or(("", path));
    let blocks: Vec<&str> = blocks.split('.').filter(|block| !block.is_empty()).collect();
    let mut text = String::new();
    for block in &blocks {
        let _ = writeln!(text, "{block} {{");
    }
    // The argument may be a block itself.
    match value.as_str() {
        "{block}" => {
            let _ = writeln!(text, "{argument} {{\ntimeout_seconds = 7\n}}");
        }
        value => {
            let _ = writeln!(text, "{argument} = {value}");
        }
    }
    text + &"}\n".repeat(blocks.len())
}

fn terraform(resource: &str, task: &str, row: &Attribute, place: &str) -> String {
    let owner = match row.holder {
        Holder::Workload => String::new(),
        Holder::Container => format!("{task}.containers."),
        Holder::Probe => format!("{task}.containers.startup_probe."),
    };
    let value = match row.value {
        Type::Probe => "{block}".to_owned(),
        Type::List if place.contains("annotations[") => "\"a,b\"".to_owned(),
        Type::List => "[\"a\", \"b\"]".to_owned(),
        Type::Flag if place.contains("annotations[") => "\"true\"".to_owned(),
        Type::Flag => "true".to_owned(),
        Type::Number if !place.contains('[') => "7".to_owned(),
        Type::Seconds => "\"7s\"".to_owned(),
        Type::Text if !place.contains("annotations[") => match word(row) {
            Some((_, [spelling, ..])) => format!("\"{spelling}\""),
            _ => "\"some-text\"".to_owned(),
        },
        _ => format!("\"{}\"", sample(row)),
    };
    let body = hcl(&format!("{owner}{}", place.replace("{task}", task)), &value);
    format!("resource \"{resource}\" \"web\" {{\n{body}}}\n")
}

#[test]
fn every_place_in_terraform_is_read() {
    let mut places = 0;
    for row in ATTRIBUTES {
        for (kind, resource) in RESOURCES.iter().filter(|(kind, _)| row.kinds.contains(kind)) {
            let task = if *kind == WorkloadKind::Job { "template.template" } else { "template" };
            for place in row.terraform {
                let text = terraform(resource, task, row, place);
                assert_is_sample(&held(&workload("main.tf", &text), row), row, &text);
                places += 1;
            }
        }
        for place in row.first_terraform().filter(|_| row.kinds.contains(&WorkloadKind::Service)) {
            let text = terraform("google_cloud_run_service", "template.spec", row, place);
            assert_is_sample(&held(&workload("main.tf", &text), row), row, &text);
            places += 1;
        }
    }
    assert!(places > 150, "{places} places");
}

/// A flag may exist for fewer kinds of workloads than its attribute, but must exist for at least one.
#[test]
fn every_flag_exists_and_is_read() {
    let mut flags = 0;
    for row in ATTRIBUTES {
        for flag in row.flags {
            let mut accepted = 0;
            for kind in row.kinds {
                let command = match kind {
                    WorkloadKind::Service => "run deploy",
                    WorkloadKind::Job => "run jobs deploy",
                    WorkloadKind::WorkerPool => "run worker-pools deploy",
                    WorkloadKind::Function | WorkloadKind::Pods => unreachable!("they have places of their own"),
                };
                let argument = match (row.holder, row.value) {
                    (Holder::Probe, _) => format!("--startup-probe={flag}={}", sample(row)),
                    (_, Type::Flag) => (*flag).to_owned(),
                    (_, Type::List) => format!("{flag}=a,b"),
                    (_, Type::Probe) => format!("{flag}=timeoutSeconds=7"),
                    (_, _) if *flag == "--use-http2" => (*flag).to_owned(),
                    _ => format!("{flag}={}", sample(row)),
                };
                let text = format!("#!/bin/sh\ngcloud {command} web --image=registry.example/web:1 {argument}\n");
                let workload = workload("deploy.sh", &text);
                if !workload.lists_containers {
                    continue;
                }
                assert_is_sample(&held(&workload, row), row, &text);
                accepted += 1;
            }
            assert!(accepted > 0, "{}: gcloud has no {flag}", row.name);
            flags += 1;
        }
    }
    assert!(flags > 50, "{flags} flags");
}

#[test]
fn every_place_of_functions_is_read() {
    let mut places = 0;
    for row in ATTRIBUTES {
        let function = &row.function;
        let resources =
            [("google_cloudfunctions2_function", function.second), ("google_cloudfunctions_function", function.first)];
        for (resource, place) in resources.into_iter().filter(|(_, place)| !place.is_empty()) {
            let value = match (row.value, word(row)) {
                (Type::Text, Some((_, spellings))) => format!("\"{}\"", spellings.last().expect("a spelling")),
                (Type::Text, None) => "\"some-text\"".to_owned(),
                _ => format!("\"{}\"", sample(row)),
            };
            let text = format!("resource \"{resource}\" \"web\" {{\n{}}}\n", hcl(place, &value));
            assert_is_sample(&held(&workload("main.tf", &text), row), row, &text);
            places += 1;
        }
        for flag in function.flags {
            let argument = match row.value {
                Type::Flag => (*flag).to_owned(),
                Type::Text if *flag == "--ingress-settings" => format!("{flag}=internal-only"),
                _ => format!("{flag}={}", sample(row)),
            };
            let runtime = if *flag == "--runtime" { "" } else { "--runtime=nodejs22" };
            let text = format!("#!/bin/sh\ngcloud functions deploy web {runtime} {argument}\n");
            let workload = workload("deploy.sh", &text);
            assert!(workload.lists_containers, "gcloud has no {flag}");
            assert_is_sample(&held(&workload, row), row, &text);
            places += 1;
        }
    }
    assert!(places > 25, "{places} places");
}

#[test]
fn every_row_has_a_description_a_name_and_a_place() {
    for row in ATTRIBUTES {
        assert!(row.doc.trim_end().ends_with('.'), "{}: {}", row.name, row.doc);
        assert!(!row.name.is_empty() && (!row.kinds.is_empty() || row.is_of(WorkloadKind::Function)));
        let places = row.manifest.len() + row.flags.len() + row.terraform.len() + row.terraform_v1.len();
        let places = places + row.function.flags.len();
        assert!(places > 0, "{} has no place", row.name);
        let is_twin = |other: &&Attribute| other.name == row.name && other.holder == row.holder;
        assert_eq!(ATTRIBUTES.iter().filter(is_twin).count(), 1, "{} has two rows", row.name);
    }
}
