//! The table of flags.

use std::collections::HashMap;
use std::sync::OnceLock;

/// One flag of one command.
#[derive(Debug)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) takes_value: bool,
    /// Whether the value may be left out.
    pub(super) is_value_optional: bool,
    /// gcloud's type of the value.
    pub(super) kind: &'static str,
    pub(super) is_negatable: bool,
    /// Accepted values, separated by `|`; empty where any is.
    pub(super) choices: &'static str,
}

/// Every flag of every command known here.
#[derive(Debug)]
pub(super) struct Table {
    commands: HashMap<&'static str, Vec<Flag>>,
}

impl Table {
    /// The table, read on first use.
    pub(super) fn get() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut commands: HashMap<_, Vec<_>> = HashMap::new();
            for line in include_str!("flags.tsv").lines().filter(|line| !line.starts_with('#')) {
                let columns: Vec<_> = line.split('\t').collect();
                let &[command, name, takes_value, kind, _, negatable, choices] = &columns[..] else {
                    unreachable!("the table is part of the program: {line}")
                };
                commands.entry(command).or_default().push(Flag {
                    name,
                    takes_value: takes_value != "0",
                    is_value_optional: takes_value == "?",
                    kind,
                    is_negatable: negatable == "1",
                    choices,
                });
            }
            Self { commands }
        })
    }

    /// The command of a path, in the table's own words.
    pub(super) fn command(&self, path: &[&str]) -> Option<&'static str> {
        let joined = path.join(" ");
        self.commands.keys().find(|command| **command == joined).copied()
    }

    /// A flag of a command.
    pub(super) fn find(&self, command: &str, name: &str) -> Option<&Flag> {
        let name = match name {
            "-q" => "--quiet",
            "-h" => "--help",
            name => name,
        };
        self.commands.get(command)?.iter().find(|flag| flag.name == name)
    }

    /// The flag a misspelt one most resembles.
    pub(super) fn nearest(&self, command: &str, name: &str) -> Option<&'static str> {
        let plain = name.replace('_', "-");
        let flags = self.commands.get(command)?;
        flags
            .iter()
            .map(|flag| (strsim::damerau_levenshtein(flag.name, &plain), flag.name))
            .filter(|(distance, flag)| {
                *distance <= 3 || flag.starts_with(&plain) || flag.ends_with(plain.trim_start_matches("--"))
            })
            .min()
            .map(|(_, flag)| flag)
    }
}
