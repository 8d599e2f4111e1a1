//! `google_cloud_run_v2_service`, `_job`, `_worker_pool` and `google_cloud_run_service` to workloads.
//!
//! Attributes: the provider's documentation, google 4.x to 7.x.

use crate::model::{
    Attribute, Container, EnvValue, EnvVariable, Exposure, Image, Opening, Probe, ProbeKind, Resource, ResourceBlock,
    Setting, Text, Value, ValueKind, Why, Workload, WorkloadKind, Written,
};
use crate::source::{Fragment, HOLE, Room};
use crate::span::Span;

/// The workload of a resource.
pub(super) fn workload(resource: &Resource) -> Option<Workload> {
    let (kind, is_first) = match resource.kind.as_str() {
        "google_cloud_run_v2_service" => (WorkloadKind::Service, false),
        "google_cloud_run_v2_job" => (WorkloadKind::Job, false),
        "google_cloud_run_v2_worker_pool" => (WorkloadKind::WorkerPool, false),
        "google_cloud_run_service" => (WorkloadKind::Service, true),
        _ => return None,
    };
    let block = &resource.block;
    let header = block.header;
    let prefix = match (kind, is_first) {
        (WorkloadKind::Job, _) => "template.template",
        (_, true) => "template.spec",
        _ => "template",
    };
    let holder = descend(block, prefix);
    let is_left_to_others = resource.ignored_changes.iter().any(|path| {
        matches!(
            path.as_str(),
            "all"
                | "template"
                | "template.containers"
                | "template.spec"
                | "template.spec.containers"
                | "template.template"
        )
    });
    let missing = if holder.is_none() || is_left_to_others {
        Some(Why::Other("is written elsewhere (`dynamic` or `ignore_changes`)".into()))
    } else {
        None
    };
    let is_image_left = resource.ignored_changes.iter().any(|path| path.ends_with(".image"));
    let reading = Reading { header, missing: missing.clone(), is_first, is_image_left };
    let at = |path: &str| block.get(&format!("{prefix}.{path}"));
    let annotation = |path: &str, name: &str| match block.get(path) {
        Setting::Known(value, _) => match value.get(name) {
            Some(value) => value.clone().setting(),
            None => Setting::Absent(header),
        },
        Setting::Unknown(span, why) => Setting::Unknown(span, why),
        Setting::Absent(_) => Setting::Absent(header),
    };
    let containers: Vec<_> = holder.into_iter().flat_map(|holder| holder.each("containers")).collect();
    let lists_containers = holder.is_some_and(|holder| !holder.may_write("containers")) && missing.is_none();
    let has_one = containers.len() == 1 && lists_containers;
    let containers = containers.into_iter().map(|container| reading.container(container, kind, has_one)).collect();
    let max_instances = if is_first {
        annotation("template.metadata.annotations", "autoscaling.knative.dev/maxScale")
            .or(annotation("metadata.annotations", "run.googleapis.com/maxScale"))
    } else {
        block
            .get("template.scaling.max_instance_count")
            .or(block.get("scaling.max_instance_count"))
            .or(block.get("scaling.manual_instance_count"))
    };
    let ingress =
        if is_first { annotation("metadata.annotations", "run.googleapis.com/ingress") } else { block.get("ingress") };
    let public = match if is_first { Setting::Absent(header) } else { block.get("invoker_iam_disabled") } {
        Setting::Known(value, place) => match value.bool() {
            Some(true) => Setting::Known(Exposure::Public(Opening::Argument), place),
            Some(false) => Setting::Absent(header),
            None => Setting::Unknown(place.span, Why::Computed),
        },
        Setting::Unknown(span, why) => Setting::Unknown(span, why),
        Setting::Absent(span) => Setting::Absent(span),
    };
    let concurrency = if is_first { "container_concurrency" } else { "max_instance_request_concurrency" };
    Some(Workload {
        kind,
        written: Written::Terraform(resource.address()),
        name: text(block.get("name")),
        span: header,
        containers,
        lists_containers,
        max_instances: reading.whole(number(max_instances)),
        concurrency: reading.whole(number(at(concurrency))),
        timeout: reading.whole(number(at(if is_first { "timeout_seconds" } else { "timeout" }))),
        service_account: reading.whole(text_in_part(at(if is_first {
            "service_account_name"
        } else {
            "service_account"
        }))),
        ingress: text(ingress),
        public,
        rooms: if missing.is_none() && kind == WorkloadKind::Service { rooms(block, is_first) } else { Vec::new() },
    })
}

/// How settings of a service would be written.
fn rooms(block: &ResourceBlock, is_first: bool) -> Vec<(Attribute, Room)> {
    let most = if is_first {
        block.room("template.metadata.annotations").map(|room| {
            let line = room.line.clone();
            room.around(&format!("{{{line}  \"autoscaling.knative.dev/maxScale\" = \""), &format!("\"{line}}}"))
        })
    } else {
        block.room("template.scaling.max_instance_count")
    };
    let concurrency = block.room(if is_first {
        "template.spec.container_concurrency"
    } else {
        "template.max_instance_request_concurrency"
    });
    let timeout = if is_first {
        block.room("template.spec.timeout_seconds")
    } else {
        block.room("template.timeout").map(|room| room.around("\"", "s\""))
    };
    [(Attribute::MaxInstances, most), (Attribute::Concurrency, concurrency), (Attribute::Timeout, timeout)]
        .into_iter()
        .filter_map(|(attribute, room)| Some((attribute, room?)))
        .collect()
}

struct Reading {
    header: Span,
    missing: Option<Why>,
    is_first: bool,
    /// Whether a pipeline sets the image, so that the one written is only the first.
    is_image_left: bool,
}

impl Reading {
    /// Absence of a setting of the whole is reported at the resource's header.
    fn whole<T>(&self, setting: Setting<T>) -> Setting<T> {
        match setting {
            Setting::Absent(_) => Setting::Absent(self.header).absent_is(&self.missing),
            setting => setting,
        }
    }

    fn container(&self, block: &ResourceBlock, kind: WorkloadKind, is_only: bool) -> Container {
        let limit = |name: &str| match block.get("resources.limits") {
            Setting::Known(value, _) => match value.get(name) {
                Some(value) => text(value.clone().setting()),
                None => Setting::Absent(self.header),
            },
            Setting::Unknown(span, why) => Setting::Unknown(span, why),
            Setting::Absent(_) => self.whole(Setting::Absent(self.header)),
        };
        let port = number(block.get("ports.container_port"));
        Container {
            name: text(block.get("name")).known().map(|(name, _)| name.shown()),
            span: block.header,
            image: match image(block.get("image")) {
                Setting::Known(_, place) if self.is_image_left => {
                    Setting::Unknown(place.span, Why::Other("`ignore_changes` leaves the image to someone else".into()))
                }
                image => image,
            },
            env: block.each("env").filter_map(|env| self.variable(env)).collect(),
            cpu: limit("cpu"),
            memory: limit("memory"),
            startup: self.probe(block, "startup_probe"),
            liveness: self.probe(block, "liveness_probe"),
            is_ingress: kind == WorkloadKind::Service && (is_only || block.block("ports").is_some()),
            port,
            replaces_command: block.get("command").known().is_some(),
            rooms: if self.missing.is_none() { self.rooms(block, kind) } else { Vec::new() },
        }
    }

    /// How settings of a container would be written; aligned as `terraform fmt` does it.
    fn rooms(&self, block: &ResourceBlock, kind: WorkloadKind) -> Vec<(Attribute, Room)> {
        // A `resources` block of a service that says nothing of `cpu_idle` has its CPU allocated, and paid, all the time.
        let idles = kind == WorkloadKind::Service && !self.is_first && block.block("resources").is_none();
        let memory = block.room(if idles { "resources.cpu_idle" } else { "resources.limits" }).map(|room| {
            let line = room.line.clone();
            let idle = if idles { format!("true{}{line}limits = ", line.trim_end_matches(' ')) } else { String::new() };
            let limits = format!("{idle}{{{line}  cpu    = \"1\"{line}  memory = \"");
            room.around(&limits, &format!("\"{line}}}"))
        });
        let startup = block.room("startup_probe.timeout_seconds  ").map(|room| {
            let line = room.line.clone();
            let times = format!("240{line}period_seconds    = 240{line}failure_threshold = 1");
            let gap = line.trim_end_matches(' ');
            room.around(&format!("{times}{gap}{line}tcp_socket {{{line}  port = "), &format!("{line}}}"))
        });
        let liveness = block.room("liveness_probe.http_get.path").map(|room| room.around("\"", "\""));
        [(Attribute::Memory, memory), (Attribute::StartupPort, startup), (Attribute::LivenessPath, liveness)]
            .into_iter()
            .filter_map(|(attribute, room)| Some((attribute, room?)))
            .collect()
    }

    fn variable(&self, block: &ResourceBlock) -> Option<EnvVariable> {
        let name = block.get("name").known()?.0.text()?.to_owned();
        let (path, secret, version) = if self.is_first {
            ("value_from.secret_key_ref", "name", "key")
        } else {
            ("value_source.secret_key_ref", "secret", "version")
        };
        let value = if let Some(reference) = descend(block, path) {
            EnvValue::Secret { secret: text(reference.get(secret)), version: text(reference.get(version)) }
        } else {
            match block.attributes.iter().find(|(name, ..)| &**name == "value") {
                Some((_, _, value)) => match (&value.kind, value.as_text()) {
                    (_, Some(text)) => EnvValue::Plain(text),
                    // Whatever it is, it is written out as a plain value.
                    (ValueKind::Unknown(why), None) => {
                        let hole = Fragment::standing_for(HOLE.encode_utf8(&mut [0; 4]), value.span);
                        EnvValue::Plain(Text::new(hole, vec![why.clone()], Vec::new()))
                    }
                    _ => EnvValue::Unknown,
                },
                None => EnvValue::Unknown,
            }
        };
        let written = block.attributes.iter().find(|(name, ..)| &**name == "value");
        let secret_room = written.filter(|_| matches!(value, EnvValue::Plain(_))).and_then(|(_, span, value)| {
            let line = block.inside.as_ref()?.room(&[], "_").line;
            let (source, reference) = path.split_once('.')?;
            let pad = " ".repeat(version.len().saturating_sub(secret.len()));
            let before = format!("{source} {{{line}  {reference} {{{line}    {secret}{pad} = \"");
            let pad = " ".repeat(secret.len().saturating_sub(version.len()));
            let after = format!("\"{line}    {version}{pad} = \"1\"{line}  }}{line}}}");
            Some(Room { at: span.to(value.span), before, after, line })
        });
        Some(EnvVariable { name, span: block.span, value, secret_room })
    }

    fn probe(&self, block: &ResourceBlock, kind: &str) -> Setting<Probe> {
        let Some(probe) = block.block(kind) else {
            return match block.dynamic.iter().find(|(name, _)| &**name == kind) {
                Some((_, span)) => Setting::Unknown(*span, Why::Other("a `dynamic` block may write it".into())),
                None => self.whole(Setting::Absent(block.header)),
            };
        };
        let handlers = [("http_get", ProbeKind::Http), ("tcp_socket", ProbeKind::Tcp), ("grpc", ProbeKind::Grpc)];
        let found = handlers.iter().find(|(name, _)| probe.block(name).is_some());
        let read = Probe {
            span: probe.span,
            kind: found.map_or(ProbeKind::Unknown, |(_, kind)| *kind),
            initial_delay: number(probe.get("initial_delay_seconds")),
            timeout: number(probe.get("timeout_seconds")),
            period: number(probe.get("period_seconds")),
            failure_threshold: number(probe.get("failure_threshold")),
            path: text(probe.get("http_get.path"))
                .known()
                .filter(|_| probe.get("http_get.port").is_absent())
                .and_then(|(path, _)| path.known().map(str::to_owned)),
            port: found.map_or(Setting::Absent(probe.header), |(name, _)| number(probe.get(&format!("{name}.port")))),
        };
        Setting::Known(read, probe.header.into())
    }
}

fn descend<'a>(block: &'a ResourceBlock, path: &str) -> Option<&'a ResourceBlock> {
    path.split('.').try_fold(block, |block, kind| block.block(kind))
}

fn text(setting: Setting<Value>) -> Setting<Text> {
    of_text(setting, Text::setting)
}

fn text_in_part(setting: Setting<Value>) -> Setting<Text> {
    of_text(setting, Text::setting_in_part)
}

fn image(setting: Setting<Value>) -> Setting<Image> {
    of_text(setting, Image::setting)
}

/// What is derived from a text; what is none is computed.
fn of_text<T>(setting: Setting<Value>, derive: impl FnOnce(Text) -> Setting<T>) -> Setting<T> {
    setting.and_then(|value, place| match value.as_text() {
        Some(text) => derive(text),
        None => Setting::Unknown(place.span, Why::Computed),
    })
}

fn number(setting: Setting<Value>) -> Setting<f64> {
    setting.and_then(|value, place| {
        let seconds = || value.text()?.strip_suffix('s')?.parse().ok();
        match value.number().or_else(seconds) {
            Some(number) => Setting::Known(number, place.clone()),
            None => Setting::Unknown(place.span, Why::Other("is not a number".into())),
        }
    })
}
