//! The JSON Schema of a configuration file for editors and validators, generated from the pages of the rules.

use super::layer::Level;
use crate::catalogue::{Page, Profile, Rule};
use crate::model::Environment;
use crate::rules;
use serde_json::{Map, Value, json};

/// The schema (draft-07, which the TOML servers of editors read).
pub fn schema() -> Value {
    let environments: Map<String, Value> = Environment::ALL
        .into_iter()
        .map(|environment| {
            let doc = format!(
                "Files of the environment {}; of all patterns in `environments`, the last one that matches wins.",
                environment.name()
            );
            (environment.name().to_owned(), patterns(&doc))
        })
        .collect();
    let rules: Map<String, Value> =
        rules::ALL.iter().map(|rule| (rule.id.to_string(), of_rule(rule, rule.page()))).collect();
    let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id.as_str()).collect();
    let profile = json!({
        "description": "The rules that run if `rules` has no setting for them.",
        "enum": Profile::ALL.map(Profile::name),
        "default": Profile::Recommended.name(),
    });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "seaworthy.toml",
        "description": "Configuration of seaworthy, see docs/configuration.md.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "root": {
                "description": "Makes the folder of this file the root of runs in it: paths are shown from it, and files outside are not read. By default the root is the folder with `.git`.",
                "type": "boolean",
            },
            "extend": {
                "description": "Files in the repository that this file extends, relative to its folder; a later file overrides an earlier one, and this file overrides them all.",
                "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            },
            "profile": profile,
            "fail-on": {
                "description": "The lowest severity that makes the exit code 1. Read only from the file that applies to the root of a run.",
                "enum": ["error", "warning", "info", "never"],
                "default": "warning",
            },
            "baseline": {
                "description": "The path of the baseline, relative to the folder of this file; by default a file at the top of the repository.",
                "type": "string",
                "default": super::BASELINE,
            },
            "exclude": patterns("Files that are not checked, as .gitignore patterns relative to the folder of this file."),
            "environments": {
                "description": "The environments of files, if the words of their paths don't tell them correctly.",
                "type": "object", "additionalProperties": false, "properties": environments,
            },
            "rules": {"$ref": "#/definitions/rules"},
            "overrides": {
                "description": "Settings for some paths; of several overrides that match, the last wins.",
                "type": "array",
                "items": {
                    "type": "object", "additionalProperties": false, "required": ["paths"],
                    "properties": {
                        "paths": patterns("Paths that the override applies to, as .gitignore patterns relative to the folder of this file."),
                        "profile": profile,
                        "rules": {"$ref": "#/definitions/rules"},
                    },
                },
            },
            "suppressions": {
                "description": "Limits that comments, baselines and files that extend this one can't lift.",
                "type": "object", "additionalProperties": false,
                "properties": {
                    "unignorable": {
                        "description": "Rules that can't be ignored, switched off or made less severe.",
                        "type": "array", "items": {"enum": ids}, "uniqueItems": true,
                    },
                    "require-reason": {"description": "Whether an ignore comment must have a reason.", "type": "boolean", "default": false},
                    "max-expiry-days": {
                        "description": "The most days after which an ignore comment must expire, as in `until=2027-01-31`.",
                        "type": "integer", "minimum": 0, "maximum": u32::MAX,
                    },
                },
            },
        },
        "definitions": {
            "level": {"enum": Level::NAMES},
            "rules": {
                "description": "The severity of each rule, or `off`, or a table with `severity` and the options of the rule.",
                "type": "object", "additionalProperties": false, "properties": rules,
            },
        },
    })
}

fn patterns(doc: &str) -> Value {
    json!({"description": doc, "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
}

fn of_rule(rule: &Rule, page: &Page) -> Value {
    let mut properties = Map::new();
    properties.insert(super::read::SEVERITY.to_owned(), json!({"$ref": "#/definitions/level"}));
    for (name, option) in &page.front.options {
        // Integer is the only type of options so far; a default of 100 must not appear as 100.0.
        let default = option.default as i64;
        let value = json!({"description": option.doc, "type": "integer", "minimum": 0, "maximum": u32::MAX, "default": default});
        properties.insert(name.clone(), value);
    }
    json!({
        "description": match rule.url() {
            Some(url) => format!("{} ({url})", page.front.summary),
            None => page.front.summary.clone(),
        },
        "oneOf": [
            {"$ref": "#/definitions/level"},
            {"type": "object", "additionalProperties": false, "properties": properties},
        ],
    })
}
