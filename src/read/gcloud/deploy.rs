//! What `gcloud run` commands say about a workload, and what IAM commands grant.

use super::{Argument, Given, Invocation, values};
use crate::model::{
    Attribute, Command, Container, EnvValue, EnvVariable, Exposure, Grant, Image, Named, NamedValue, Opening, Probe,
    ProbeKind, Scope, Setting, Text, Why, Workload, WorkloadKind, Written,
};
use crate::source::{HOLE, Room};
use crate::span::Span;

/// The workload that a command deploys or changes.
pub(crate) fn workload(line: &Invocation) -> Option<Workload> {
    let kind = match line.command {
        "run deploy" | "run services update" => WorkloadKind::Service,
        "run jobs deploy" | "run jobs create" | "run jobs update" => WorkloadKind::Job,
        "run worker-pools deploy" | "run worker-pools update" => WorkloadKind::WorkerPool,
        _ => return None,
    };
    let here = line.span;
    // What a flag that is not there means.
    let missing = if line.command.ends_with("update") {
        Some(Why::Partial)
    } else if let Some((_, complaint)) = &line.rejected {
        Some(Why::Rejected(complaint.as_str().into()))
    } else if line.is_open {
        Some(Why::Other("an expansion may bring more flags".into()))
    } else {
        // `gcloud run deploy` from a file of flags.
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
    let public = match (line.switch("--allow-unauthenticated"), line.switch("--invoker-iam-check")) {
        (Some((true, span)), _) => Setting::Known(Exposure::Public(Opening::AllowUnauthenticated), span.into()),
        (_, Some((false, span))) => Setting::Known(Exposure::Public(Opening::NoInvokerCheck), span.into()),
        (Some((false, span)), _) => Setting::Known(Exposure::Private, span.into()),
        (None, Some((true, span))) => Setting::Known(Exposure::Private, span.into()),
        (None, None) => cx.absent(here),
    };
    // Behind `--container` a flag is that container's.
    let more = line.more.as_ref().filter(|_| line.containers.is_empty() && cx.missing.is_none());
    let flag = |attribute, name: &str| more.map(|room| (attribute, room.clone().around(&format!("--{name}="), "")));
    let timeout = if kind == WorkloadKind::Job { "--task-timeout" } else { "--timeout" };
    Some(Workload {
        kind,
        written: Written::Command(line.command.trim_start_matches("run ").to_owned()),
        name,
        span: here,
        lists_containers: cx.missing.is_none(),
        containers,
        max_instances: cx
            .number(&line.flags, "--max-instances")
            .or(cx.number(&line.flags, "--max"))
            .or(cx.number(&line.flags, "--service-max-instances"))
            .or(cx.number(&line.flags, "--scaling"))
            .absent_is(&cx.missing),
        concurrency: cx.number(&line.flags, "--concurrency").absent_is(&cx.missing),
        timeout: cx.number(&line.flags, timeout).absent_is(&cx.missing),
        service_account: cx.account().absent_is(&cx.missing),
        // Absence keeps what an existing service has; a new one is open to all.
        ingress: cx.text(&line.flags, "--ingress").absent_is(&cx.missing),
        public,
        rooms: [
            flag(Attribute::MaxInstances, "max-instances"),
            flag(Attribute::Concurrency, "concurrency"),
            flag(Attribute::Timeout, timeout.trim_start_matches('-')),
        ]
        .into_iter()
        .flatten()
        .collect(),
    })
}

struct Reading<'a> {
    line: &'a Invocation,
    here: Span,
    missing: Option<Why>,
}

impl Reading<'_> {
    fn absent<T>(&self, span: Span) -> Setting<T> {
        Setting::Absent(span).absent_is(&self.missing)
    }

    fn text(&self, flags: &[Given], name: &str) -> Setting<Text> {
        let given = flags.iter().rev().find(|given| given.name == name);
        match given.map(|given| &given.value) {
            Some(Argument::Text(text)) if text.raw() == "default" || text.raw().is_empty() => {
                Setting::Absent(text.span())
            }
            Some(Argument::Text(text)) => text.clone().setting(),
            _ => Setting::Absent(self.here),
        }
    }

    fn account(&self) -> Setting<Text> {
        match (self.text(&self.line.flags, "--service-account"), self.line.text("--service-account")) {
            (Setting::Unknown(..), Some((text, _))) => text.clone().setting_in_part(),
            (setting, _) => setting,
        }
    }

    fn number(&self, flags: &[Given], name: &str) -> Setting<f64> {
        match self.text(flags, name) {
            Setting::Known(text, place) => match values::seconds(text.raw()) {
                Some(number) => Setting::Known(number, place),
                None => Setting::Unknown(place.span, Why::Other("is not a number".into())),
            },
            Setting::Unknown(span, why) => Setting::Unknown(span, why),
            Setting::Absent(span) => Setting::Absent(span),
        }
    }

    fn container(&self, name: Option<&Text>, flags: &[Given], kind: WorkloadKind) -> Container {
        let given = flags.iter().rev().find(|given| given.name == "--image").map(|given| &given.value);
        let image = match given {
            Some(Argument::Text(text)) if !text.raw().is_empty() => Image::setting(text.clone()),
            _ => self.no_image(flags),
        };
        let span = name.map_or(self.here, Text::span);
        let port = self.number(flags, "--port");
        Container {
            name: name.map(Text::shown),
            span,
            image,
            env: self.env(flags),
            cpu: self.text(flags, "--cpu").absent_is(&self.missing),
            memory: self.text(flags, "--memory").absent_is(&self.missing),
            startup: self.probe(flags, "--startup-probe"),
            liveness: self.probe(flags, "--liveness-probe"),
            is_ingress: kind == WorkloadKind::Service && (self.line.containers.len() <= 1 || !port.is_absent()),
            port: port.absent_is(&self.missing),
            replaces_command: flags.iter().any(|given| given.name == "--command"),
            rooms: self.rooms(),
        }
    }

    /// Flags of the only container.
    fn rooms(&self) -> Vec<(Attribute, Room)> {
        let Some(more) = self.line.more.as_ref().filter(|_| self.line.containers.is_empty() && self.missing.is_none())
        else {
            return Vec::new();
        };
        let cpu = Room { before: format!("{}{}", more.with("--cpu=1"), more.before), ..more.clone() };
        let startup = "--startup-probe=timeoutSeconds=240,periodSeconds=240,failureThreshold=1,tcpSocket.port=";
        vec![
            (Attribute::Memory, cpu.around("--memory=", "")),
            (Attribute::StartupPort, more.clone().around(startup, "")),
            (Attribute::LivenessPath, more.clone().around("--liveness-probe=httpGet.path=", "")),
        ]
    }

    /// A command without `--image` builds from source, or leaves the image as it is.
    fn no_image(&self, flags: &[Given]) -> Setting<Image> {
        let is_built = flags.iter().any(|given| given.name == "--source") || self.line.command == "run deploy";
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

    fn probe(&self, flags: &[Given], name: &str) -> Setting<Probe> {
        let Some(given) = flags.iter().rev().find(|given| given.name == name) else {
            return self.absent(self.here);
        };
        let Argument::Text(text) = &given.value else { return self.absent(self.here) };
        if text.raw().is_empty() {
            return Setting::Absent(given.span);
        }
        if text.raw() == HOLE.encode_utf8(&mut [0; 4]) {
            return Setting::Unknown(given.span, text.why().cloned().unwrap_or(Why::Computed));
        }
        let entries = values::entries(std::slice::from_ref(given), name);
        let number = |key: &str| match entries
            .iter()
            .find(|(name, _)| name.raw() == key)
            .and_then(|(_, value)| value.as_ref())
        {
            Some(value) => match value.known().map(|value| value.trim().parse()) {
                Some(Ok(number)) => Setting::Known(number, value.place()),
                Some(Err(_)) => Setting::Unknown(value.span(), Why::Other("is not a number".into())),
                None => Setting::Unknown(value.span(), value.why().cloned().unwrap_or(Why::Computed)),
            },
            None => Setting::Absent(given.span),
        };
        let asks = |prefix: &str| entries.iter().any(|(name, _)| name.raw().starts_with(prefix));
        let (kind, port) = if asks("httpGet") {
            (ProbeKind::Http, number("httpGet.port"))
        } else if asks("grpc") {
            (ProbeKind::Grpc, number("grpc.port"))
        } else if asks("tcpSocket") {
            (ProbeKind::Tcp, number("tcpSocket.port"))
        } else {
            (ProbeKind::Unknown, Setting::Absent(given.span))
        };
        let path = entries.iter().find(|(name, _)| name.raw() == "httpGet.path").and_then(|(_, value)| value.as_ref());
        let probe = Probe {
            path: path.filter(|_| port.is_absent()).and_then(|path| path.known().map(str::to_owned)),
            span: given.span,
            kind,
            initial_delay: number("initialDelaySeconds"),
            timeout: number("timeoutSeconds"),
            period: number("periodSeconds"),
            failure_threshold: number("failureThreshold"),
            port,
        };
        Setting::Known(probe, given.span.into())
    }
}

/// The role that an IAM command gives away: `gcloud ... add-iam-policy-binding` and `gsutil iam ch`.
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
            // It takes the grant away.
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

/// A predefined list that lets everyone in: `gsutil acl set public-read`, `gsutil cp -a public-read`,
/// `gcloud storage cp --predefined-acl=publicRead`
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
            None => command.flag("-a").filter(|_| raw.iter().any(|word| matches!(*word, "cp" | "mv" | "rsync"))),
        };
        (list?, "`gsutil`")
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

/// A member in the spelling that rules look for: gcloud also takes `AllUsers`.
fn spelled(member: Text) -> Text {
    let everyone =
        ["allUsers", "allAuthenticatedUsers"].into_iter().find(|name| name.eq_ignore_ascii_case(member.raw()));
    match everyone.filter(|name| *name != member.raw()) {
        Some(name) => Text::standing_for(name, member.span()),
        None => member,
    }
}

/// `gsutil acl ch -u AllUsers:R gs://...`, which names everyone in another way.
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

/// Passwords that a command line hands over: `gcloud sql users create app --password=...`.
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
