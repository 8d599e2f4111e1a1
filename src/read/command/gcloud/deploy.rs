//! Workloads of `gcloud run` and `gcloud functions` commands, grants of IAM commands, and passwords in flags.

use super::{Argument, Given, Invocation, values};
use crate::model::attribute::{self, Attribute, Type};
use crate::model::{
    Command, Container, EnvValue, EnvVariable, Grant, Held, Image, Named, NamedValue, Probe, ProbeKind, Rejection,
    RejectionKind, Scope, Setting, Settings, Text, Value, ValueKind, Why, Workload, WorkloadKind, Written,
};
use crate::source::{HOLE, Room};
use crate::span::Span;
use std::sync::Arc;

/// The workload that a command deploys or changes.
pub(crate) fn workload(line: &Invocation) -> Option<Workload> {
    let kind = match line.command {
        "run deploy" | "run services update" => WorkloadKind::Service,
        "run jobs deploy" | "run jobs create" | "run jobs update" => WorkloadKind::Job,
        "run worker-pools deploy" | "run worker-pools update" => WorkloadKind::WorkerPool,
        "functions deploy" => WorkloadKind::Function,
        _ => return None,
    };
    let here = line.span;
    // Why a flag that is not given may be set all the same.
    let missing = if line.command.ends_with("update") {
        Some(Why::Partial)
    } else if let Some(Rejection { complaint, kind: RejectionKind::Flag { .. }, .. }) = &line.rejected {
        // The flag may stand for any other; a value that is rejected leaves the other flags as they are.
        Some(Why::Rejected(complaint.as_str().into()))
    } else if line.is_open {
        Some(Why::Other("an expansion may bring more flags".into()))
    } else if kind == WorkloadKind::Function && line.text("--runtime").is_none() {
        // `--runtime` is required for a new function.
        Some(Why::Other("a function that is deployed without `--runtime` exists and keeps its settings".into()))
    } else if line.command == "run deploy" && is_rollout(line) {
        Some(Why::Other("this brings a new image to a service that exists".into()))
    } else {
        // More flags may be in a file.
        line.text("--flags-file").map(|_| Why::Other("`--flags-file` may bring more flags".into()))
    };
    let cx = Reading { line, here, missing };
    let name = match line.positionals.first() {
        Some(name) => name.clone().setting(),
        None => Setting::Unknown(here, Why::Other("the name is asked for when it is deployed".into())),
    };
    let containers = if line.containers.is_empty() {
        vec![cx.container(None, &line.flags, kind)]
    } else {
        line.containers.iter().map(|(name, flags)| cx.container(Some(name), flags, kind)).collect()
    };
    let mut settings = Settings::new(here, cx.missing.clone());
    settings.fill(kind, |row| flags_of(row, kind), |row, flag| Some(row.hold(given(row, flag, &line.flags)?)));
    // A flag after `--container` belongs to that container.
    if let Some(more) = line.more.as_ref().filter(|_| line.containers.is_empty() && cx.missing.is_none()) {
        for row in Attribute::of::<Workload>(kind).filter(|row| row.is_inserted) {
            let flag = flags_of(row, kind).next();
            settings.give_room(row, flag.map(|flag| more.clone().around(&format!("{flag}="), "")));
        }
    }
    Some(Workload {
        kind,
        written: Written::Command(line.command.trim_start_matches("run ").to_owned()),
        name,
        span: here,
        lists_containers: cx.missing.is_none(),
        containers,
        settings,
    })
}

/// The flags of an attribute in the commands of a kind of workload.
fn flags_of(row: &'static Attribute, kind: WorkloadKind) -> impl Iterator<Item = &'static str> {
    let flags = if kind == WorkloadKind::Function { row.function.flags } else { row.flags };
    flags.iter().copied()
}

/// Whether a deployment only changes a service that exists: it sends no requests to the new revision, names it, updates
/// a list that the service has, or is for a service that a trigger or a caller names, and sets nothing else. A document
/// that names only an image may be about either.
fn is_rollout(line: &Invocation) -> bool {
    const OF_A_ROLLOUT: &[&str] = &[
        "--no-traffic",
        "--tag",
        "--revision-suffix",
        "--update-env-vars",
        "--remove-env-vars",
        "--update-secrets",
        "--remove-secrets",
        "--update-labels",
        "--remove-labels",
    ];
    const WITHOUT_SETTINGS: &[&str] = &[
        "--image",
        "--region",
        "--project",
        "--platform",
        "--quiet",
        "--async",
        "--format",
        "--verbosity",
        "--account",
        "--impersonate-service-account",
        "--labels",
    ];
    // An action merges lists unless it is told otherwise.
    let is_of_one = |given: &Given| {
        OF_A_ROLLOUT.contains(&given.name) && !(line.is_of_action && given.name.starts_with("--update-"))
    };
    let sets_nothing = |given: &Given| OF_A_ROLLOUT.contains(&given.name) || WITHOUT_SETTINGS.contains(&given.name);
    // One command for many services brings an image to each of them.
    let is_for_many = line.positionals.first().is_some_and(|name| name.raw().contains(HOLE));
    // What a pipeline runs at every commit finds the service that somebody has set up, and leaves its settings.
    let is_of_pipeline = line.is_of_pipeline && line.flags.iter().any(|given| given.name == "--image");
    (is_for_many || line.is_of_document || is_of_pipeline || line.flags.iter().any(is_of_one))
        && line.flags.iter().all(sets_nothing)
}

/// Whether a value of a flag removes what was set before: an empty one, `default`, and `auto` for a fixed number of
/// instances.
fn removes(row: &Attribute, raw: &str) -> bool {
    match raw {
        "" => true,
        "auto" => row.value == Type::Number,
        "default" => row.value != Type::List && row.words.iter().all(|(word, _)| *word != raw),
        _ => false,
    }
}

/// The value of an attribute in a flag; `None` if the flag is not given.
fn given(row: &Attribute, flag: &str, flags: &[Given]) -> Option<Setting<Value>> {
    // `--no-iap` is the switch `--iap`.
    let reversed = flag.strip_prefix("--no-");
    let is_it = |given: &&Given| match reversed {
        Some(rest) => given.name.strip_prefix("--") == Some(rest),
        None => given.name == flag,
    };
    let given = flags.iter().rev().find(is_it)?;
    Some(match &given.value {
        Argument::Switch(is_on) => {
            let value = Value::new(ValueKind::Bool(*is_on != reversed.is_some()), given.span);
            Setting::Known(value, given.span.into())
        }
        Argument::Text(text) if removes(row, text.raw()) => Setting::Absent(text.span()),
        Argument::Text(text) if row.value == Type::List && text.known().is_some() => {
            let items =
                values::split(text).into_iter().map(|item| Value::new(ValueKind::Text(item.clone()), item.span()));
            Value::new(ValueKind::List(items.collect::<Vec<_>>().into()), text.span()).setting()
        }
        Argument::Text(text) => {
            let mut value = Value::new(ValueKind::Text(text.clone()), text.span());
            value.trail = text.place().trail;
            value.setting()
        }
    })
}

struct Reading<'a> {
    line: &'a Invocation,
    here: Span,
    missing: Option<Why>,
}

impl Reading<'_> {
    fn container(&self, name: Option<&Text>, flags: &[Given], kind: WorkloadKind) -> Container {
        let reference = flags.iter().rev().find(|given| given.name == "--image").map(|given| &given.value);
        let image = match reference {
            Some(Argument::Text(text)) if !text.raw().is_empty() => Image::setting(text.clone()),
            _ => self.no_image(flags),
        };
        let span = name.map_or(self.here, Text::span);
        let mut settings = Settings::new(self.here, self.missing.clone());
        settings.fill(
            kind,
            |row| flags_of(row, kind),
            |row, flag| match row.value {
                Type::Probe => probe(flags, flag, kind).map(Held::Probe),
                _ => Some(row.hold(given(row, flag, flags)?)),
            },
        );
        if kind != WorkloadKind::Function {
            self.rooms(&mut settings);
        }
        let has_port = settings.writes(attribute::PORT);
        Container {
            name: name.map(Text::shown),
            span,
            image,
            env: self.env(flags),
            open_env: open_env(flags),
            is_ingress: kind == WorkloadKind::Service && (self.line.containers.len() <= 1 || has_port),
            settings,
        }
    }

    /// Where flags of the only container would be inserted.
    fn rooms(&self, settings: &mut Settings<Container>) {
        let Some(more) = self.line.more.as_ref().filter(|_| self.line.containers.is_empty() && self.missing.is_none())
        else {
            return;
        };
        let cpu = Room { before: format!("{}{}", more.with("--cpu=1"), more.before), ..more.clone() };
        let startup = "--startup-probe=timeoutSeconds=240,periodSeconds=240,failureThreshold=1,tcpSocket.port=";
        let rooms = [
            (attribute::MEMORY.attribute(), cpu.around("--memory=", "")),
            (attribute::STARTUP_PROBE.attribute(), more.clone().around(startup, "")),
            (attribute::LIVENESS_PROBE.attribute(), more.clone().around("--liveness-probe=httpGet.path=", "")),
        ];
        rooms.into_iter().for_each(|(row, room)| settings.give_room(row, Some(room)));
    }

    /// The image of a command without `--image`, which builds from source or leaves the image as it is.
    fn no_image(&self, flags: &[Given]) -> Setting<Image> {
        let is_built = flags.iter().any(|given| given.name == "--source")
            || matches!(self.line.command, "run deploy" | "functions deploy");
        let why = if is_built { Why::Other("is built from source when it is deployed".into()) } else { Why::Partial };
        Setting::Unknown(self.here, why)
    }

    fn env(&self, flags: &[Given]) -> Vec<EnvVariable> {
        let mut env = Vec::new();
        for flag in ["--set-env-vars", "--update-env-vars"] {
            for (key, value) in values::entries(flags, flag) {
                let Some(name) = key.trim().known().map(str::to_owned) else { continue };
                let Some(value) = value else { continue };
                env.push(EnvVariable {
                    name,
                    span: key.span().to(value.span()),
                    value: EnvValue::Plain(value),
                    secret_room: None,
                });
            }
        }
        for flag in ["--set-secrets", "--update-secrets"] {
            for (key, value) in values::entries(flags, flag) {
                let Some(name) = key.trim().known().map(str::to_owned) else { continue };
                // A key that is a path mounts the secret as a file.
                let Some(value) = value.filter(|_| !name.starts_with('/')) else { continue };
                let span = key.span().to(value.span());
                let (secret, version) = match value.raw().rfind(':') {
                    Some(colon) => (value.slice(0..colon), value.slice(colon + 1..value.raw().len()).setting()),
                    None if value.raw().contains(HOLE) => {
                        (value.clone(), Setting::Unknown(value.span(), Why::Computed))
                    }
                    None => (value.clone(), Setting::Absent(value.span())),
                };
                env.push(EnvVariable {
                    name,
                    span,
                    value: EnvValue::Secret { secret: secret.setting(), version },
                    secret_room: None,
                });
            }
        }
        env
    }
}

/// Where unknown environment variables may be set.
fn open_env(flags: &[Given]) -> Vec<(Span, Why)> {
    let flags_of_env = ["--set-env-vars", "--update-env-vars"].into_iter();
    let entries = flags_of_env.flat_map(|flag| values::entries(flags, flag));
    entries.filter_map(|(key, _)| Some((key.span(), key.why()?.clone()))).collect()
}

/// The health check that a flag describes; `None` if the flag is not given.
fn probe(flags: &[Given], name: &str, kind: WorkloadKind) -> Option<Setting<Arc<Probe>>> {
    let given = flags.iter().rev().find(|given| given.name == name)?;
    let Argument::Text(text) = &given.value else { return None };
    if text.raw().is_empty() {
        return Some(Setting::Absent(given.span));
    }
    if text.raw() == HOLE.encode_utf8(&mut [0; 4]) {
        return Some(Setting::Unknown(given.span, text.why().cloned().unwrap_or(Why::Computed)));
    }
    let entries = values::entries(std::slice::from_ref(given), name);
    let mut settings = Settings::new(given.span, None);
    settings.fill(
        kind,
        |row| row.flags.iter().copied(),
        |row, key| {
            let (_, value) = entries.iter().find(|(name, _)| name.raw() == key)?;
            let text = value.as_ref()?;
            Some(row.hold(Value::new(ValueKind::Text(text.clone()), text.span()).setting()))
        },
    );
    let asks = |prefix: &str| entries.iter().any(|(name, _)| name.raw().starts_with(prefix));
    let kinds = [("httpGet", ProbeKind::Http), ("grpc", ProbeKind::Grpc), ("tcpSocket", ProbeKind::Tcp)];
    let kind = kinds.iter().find(|(prefix, _)| asks(prefix)).map_or(ProbeKind::Unknown, |(_, kind)| *kind);
    Some(Setting::Known(Arc::new(Probe { span: given.span, kind, settings }), given.span.into()))
}

/// The grant of an IAM command: `gcloud ... add-iam-policy-binding`, `gsutil iam ch` or an access list of a bucket.
pub(crate) fn grant(command: &Command) -> Option<Grant> {
    let words = command.bare();
    let raw: Vec<&str> = words.iter().map(Text::raw).collect();
    if raw.first() == Some(&"gsutil") {
        if let Some(at) = raw.windows(2).position(|pair| matches!(pair, ["acl" | "defacl", "ch"])) {
            return acl(&words[at + 2..]);
        }
        if let Some(list) = canned(command, words, &raw) {
            return Some(list);
        }
        let at = raw.windows(2).position(|pair| pair == ["iam", "ch"])?;
        if raw.contains(&"-d") {
            // `-d` removes a grant.
            return None;
        }
        let binding = words[at + 2..].iter().find(|word| !word.raw().starts_with('-'))?;
        let colon = binding.raw().rfind(':')?;
        let member = binding.slice(0..colon);
        let role = binding.slice(colon + 1..binding.raw().len());
        return Some(Grant {
            role: role.setting(),
            members: vec![member],
            scope: Scope::Bucket,
            subject: "`gsutil iam ch`".to_owned(),
            span: binding.span(),
        });
    }
    if raw.first() != Some(&"gcloud") {
        return None;
    }
    if let Some(list) = raw.contains(&"storage").then(|| canned(command, words, &raw)).flatten() {
        return Some(list);
    }
    let verb = raw.iter().position(|word| *word == "add-iam-policy-binding")?;
    let groups: Vec<&str> = raw[1..verb].iter().copied().filter(|word| !matches!(*word, "alpha" | "beta")).collect();
    let scope = match groups.as_slice() {
        ["projects"] => Scope::Project,
        ["organizations"] => Scope::Organization,
        ["resource-manager", "folders"] => Scope::Folder,
        ["storage", "buckets"] => Scope::Bucket,
        ["iam", "service-accounts"] => Scope::ServiceAccount,
        ["run", ..] => Scope::CloudRun(
            words
                .get(verb + 1)
                .filter(|word| !word.raw().starts_with('-'))
                .and_then(|word| word.known())
                .map(str::to_owned),
        ),
        ["functions", ..] => Scope::Function(
            words
                .get(verb + 1)
                .filter(|word| !word.raw().starts_with('-'))
                .and_then(|word| word.known())
                .map(str::to_owned),
        ),
        groups => Scope::Other(groups.join(" ")),
    };
    let member = command.flag("--member")?;
    let role = command.flag("--role")?;
    Some(Grant {
        span: role.span(),
        role: role.setting(),
        members: vec![spelled(member)],
        scope,
        subject: format!("`gcloud {} add-iam-policy-binding`", groups.join(" ")),
    })
}

/// The grant of a predefined list that allows everyone: `gsutil acl set public-read`, `gcloud storage buckets update
/// --predefined-acl=publicRead`. What `cp` publishes is the objects that it copies, each of them on purpose
/// (<https://cloud.google.com/storage/docs/access-control/lists#predefined-acl>).
fn canned(command: &Command, words: &[Text], raw: &[&str]) -> Option<Grant> {
    let opens = |list: &str| {
        let plain = list.replace('-', "").to_ascii_lowercase();
        match plain.as_str() {
            "publicread" | "publicreadwrite" => Some("allUsers"),
            "authenticatedread" => Some("allAuthenticatedUsers"),
            _ => None,
        }
    };
    let of_flag = || {
        let flags = ["--predefined-acl", "--predefined-default-object-acl", "--canned-acl"];
        flags.into_iter().find_map(|flag| command.flag(flag))
    };
    let (list, subject) = if raw.first() == Some(&"gsutil") {
        let set = raw.windows(2).position(|pair| matches!(pair, ["acl" | "defacl", "set"]));
        let list = match set {
            Some(at) => words[at + 2..].iter().find(|word| !word.raw().starts_with('-')).cloned(),
            None => None,
        };
        (list?, "`gsutil`")
    } else if raw.iter().any(|word| matches!(*word, "cp" | "mv" | "rsync")) {
        return None;
    } else {
        (of_flag()?, "`gcloud storage`")
    };
    let everyone = opens(list.known()?)?;
    Some(Grant {
        members: vec![Text::standing_for(everyone, list.span())],
        span: list.span(),
        role: list.setting(),
        scope: Scope::Bucket,
        subject: subject.to_owned(),
    })
}

/// A member in the spelling that rules look for; gcloud also accepts `AllUsers`.
fn spelled(member: Text) -> Text {
    let everyone =
        ["allUsers", "allAuthenticatedUsers"].into_iter().find(|name| name.eq_ignore_ascii_case(member.raw()));
    match everyone.filter(|name| *name != member.raw()) {
        Some(name) => Text::standing_for(name, member.span()),
        None => member,
    }
}

/// The grant of `gsutil acl ch -u AllUsers:R gs://...`, which has its own spelling of members.
fn acl(words: &[Text]) -> Option<Grant> {
    let at = words.iter().position(|word| matches!(word.raw(), "-u" | "-g"))?;
    let entry = words.get(at + 1)?;
    let (member, role) = entry.split_once(':')?;
    let everyone =
        ["allUsers", "allAuthenticatedUsers"].into_iter().find(|name| name.eq_ignore_ascii_case(member.raw()))?;
    Some(Grant {
        members: vec![Text::standing_for(everyone, member.span())],
        span: entry.span(),
        role: role.setting(),
        scope: Scope::Bucket,
        subject: "`gsutil acl ch`".to_owned(),
    })
}

/// Passwords in flags of a command: `gcloud sql users create app --password=...`.
pub(crate) fn passwords(command: &Command) -> Vec<NamedValue> {
    let words = command.bare();
    if words.first().is_none_or(|word| word.raw() != "gcloud") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        for flag in ["--password", "--root-password"] {
            let value = match word.strip_prefix(&format!("{flag}=")) {
                Some(value) => value,
                None if word.raw() == flag => match words.get(at + 1) {
                    Some(value) => value.clone(),
                    None => continue,
                },
                None => continue,
            };
            let span = word.span().to(value.span());
            found.push(NamedValue {
                name: flag.trim_start_matches('-').to_owned(),
                value,
                span,
                kind: Named::ShellVariable,
                is_sensitive: false,
            });
        }
    }
    found
}
