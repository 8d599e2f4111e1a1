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
            let doc = format!("Files that are for {}; the last pattern that matches counts.", environment.name());
            (environment.name().to_owned(), patterns(&doc))
        })
        .collect();
    let rules: Map<String, Value> =
        rules::ALL.iter().map(|rule| (rule.id.to_string(), of_rule(rule, rule.page()))).collect();
    let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id.as_str()).collect();
    let profile = json!({
        "description": "Which rules run where nothing is said about them.",
        "enum": Profile::ALL.map(Profile::name),
        "default": Profile::Recommended.name(),
    });
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://raw.githubusercontent.com/seaworthy-dev/seaworthy/main/docs/seaworthy.schema.json",
        "title": "seaworthy.toml",
        "description": "Configuration of seaworthy, see docs/configuration.md.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "extend": {
                "description": "Files in the repository that this one builds on, relative to its folder; the later counts more, and this one most.",
                "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            },
            "profile": profile,
            "fail-on": {
                "description": "The least severity that makes the exit code 1. Only counts in the file that governs the root of a run.",
                "enum": ["error", "warning", "info", "never"],
                "default": "warning",
            },
            "baseline": {
                "description": "Where the baseline is kept, relative to the folder of this file; without it, at the top of the repository.",
                "type": "string",
                "default": super::BASELINE,
            },
            "exclude": patterns("What is not checked, as in a .gitignore, relative to the folder of this file."),
            "environments": {
                "description": "What files are for, where the words of their paths don't tell it.",
                "type": "object", "additionalProperties": false, "properties": environments,
            },
            "rules": {"$ref": "#/definitions/rules"},
            "overrides": {
                "description": "Other settings for some paths; the last that matches counts.",
                "type": "array",
                "items": {
                    "type": "object", "additionalProperties": false, "required": ["paths"],
                    "properties": {
                        "paths": patterns("Where they count, as in a .gitignore, relative to the folder of this file."),
                        "profile": profile,
                        "rules": {"$ref": "#/definitions/rules"},
                    },
                },
            },
            "suppressions": {
                "description": "What comments, baselines and files that build on this one can't undo.",
                "type": "object", "additionalProperties": false,
                "properties": {
                    "unignorable": {
                        "description": "Rules that can't be silenced, switched off or made less severe.",
                        "type": "array", "items": {"enum": ids}, "uniqueItems": true,
                    },
                    "require-reason": {"description": "A comment that silences must say why.", "type": "boolean", "default": false},
                    "max-expiry-days": {
                        "description": "A comment that silences must end within so many days: `until=2027-01-31`.",
                        "type": "integer", "minimum": 0, "maximum": u32::MAX,
                    },
                },
            },
        },
        "definitions": {
            "level": {"enum": Level::NAMES},
            "rules": {
                "description": "Whether rules run and how much they matter, or a table with `severity` and options.",
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
        "description": format!("{} ({})", page.front.summary, rule.url()),
        "oneOf": [
            {"$ref": "#/definitions/level"},
            {"type": "object", "additionalProperties": false, "properties": properties},
        ],
    })
}
