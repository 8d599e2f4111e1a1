//! Flags of gcloud.
//!
//! Read from gcloud 578.0.0 (`lib/googlecloudsdk/command_lib/run/flags.py` and the commands that use it).

use super::Words;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Flags that may follow `--container`.
pub(crate) static CONTAINER_FLAGS: Words = Words::new(
    "
    --image --port --set-env-vars --update-env-vars --remove-env-vars --clear-env-vars --env-vars-file
    --set-secrets --update-secrets --remove-secrets --clear-secrets --memory --cpu --command --args
    --startup-probe --liveness-probe --readiness-probe --depends-on --add-volume-mount --remove-volume-mount
    --clear-volume-mounts --gpu --use-http2 --source --function --base-image --clear-base-image
    --automatic-updates --build-env-vars-file --set-build-env-vars --working-dir --no-build --workdir",
);

/// Groups of flags that exclude each other; flags that may be used together are in one inner list.
pub(crate) const EXCLUSIVE: &[&[&[&str]]] = &[
    &[&["--clear-env-vars"], &["--env-vars-file"], &["--set-env-vars"], &["--remove-env-vars", "--update-env-vars"]],
    &[&["--clear-secrets"], &["--set-secrets"], &["--remove-secrets", "--update-secrets"]],
    &[&["--config"], &["--pack"], &["--tag"]],
];

/// One flag of one command.
#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) takes_value: bool,
    /// Whether the value may be left out.
    pub(crate) is_value_optional: bool,
    /// gcloud's type of the value.
    pub(crate) kind: &'static str,
    pub(crate) is_negatable: bool,
    /// Accepted values, separated by `|`; empty if every value is accepted.
    pub(crate) choices: &'static str,
}

/// Every flag of every command in `gcloud_flags.tsv`.
#[derive(Debug)]
pub(crate) struct Table {
    commands: HashMap<&'static str, Vec<Flag>>,
}

impl Table {
    /// The table, read on first use.
    pub(crate) fn get() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut commands: HashMap<_, Vec<_>> = HashMap::new();
            for line in include_str!("gcloud_flags.tsv").lines().filter(|line| !line.starts_with('#')) {
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

    /// The command with this path, if the table has it.
    pub(crate) fn command(&self, path: &[&str]) -> Option<&'static str> {
        let joined = path.join(" ");
        self.commands.keys().find(|command| **command == joined).copied()
    }

    /// A flag of a command.
    pub(crate) fn find(&self, command: &str, name: &str) -> Option<&Flag> {
        let name = match name {
            "-q" => "--quiet",
            "-h" => "--help",
            name => name,
        };
        self.commands.get(command)?.iter().find(|flag| flag.name == name)
    }

    /// The flag that is most similar to a misspelt one, if any is similar enough.
    pub(crate) fn nearest(&self, command: &str, name: &str) -> Option<&'static str> {
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
