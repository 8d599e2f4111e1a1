//! Converts `google_cloud_run_v2_service`, `_job`, `_worker_pool` and `google_cloud_run_service` to workloads.
//!
//! Attributes: the provider's documentation, google 4.x to 7.x.

use crate::model::attribute::{self, Attribute, Type};
use crate::model::{
    Container, EnvValue, EnvVariable, Held, Image, Probe, ProbeKind, Resource, ResourceBlock, Setting, Settings, Text,
    Value, ValueKind, Why, Workload, WorkloadKind, Written,
};
use crate::source::{Fragment, HOLE, Room};
use crate::span::Span;
use std::sync::Arc;

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
    let containers: Vec<_> = holder.into_iter().flat_map(|holder| holder.each("containers")).collect();
    let lists_containers = holder.is_some_and(|holder| !holder.may_write("containers")) && missing.is_none();
    let has_one = containers.len() == 1 && lists_containers;
    let containers = containers.into_iter().map(|container| reading.container(container, kind, has_one)).collect();
    let mut settings = Settings::new(header, missing.clone());
    let absolute = |path: &str| path.replace("{task}", prefix);
    settings.fill(
        kind,
        |row| reading.places(row),
        |row, path| {
            let path = absolute(path);
            match at(block, &path) {
                Some(value) => Some(row.hold(value)),
                None if resource.leaves(path.split('[').next().unwrap_or(&path)) => Some(
                    row.hold(Setting::Unknown(header, Why::Other("`ignore_changes` leaves it to someone else".into()))),
                ),
                // If the template is written elsewhere, settings outside of it are still Absent.
                None if !path.starts_with("template") => Some(row.hold(Setting::Absent(header))),
                None => None,
            }
        },
    );
    if missing.is_none() && kind == WorkloadKind::Service {
        for row in Attribute::of::<Workload>(kind).filter(|row| row.is_inserted) {
            let place = reading.places(row).next();
            settings.give_room(row, place.and_then(|path| room(block, &absolute(path), row.value)));
        }
    }
    Some(Workload {
        kind,
        written: Written::Terraform(resource.address()),
        name: text(block.get("name")),
        span: header,
        containers,
        lists_containers,
        settings,
    })
}

/// The value at a path; `None` if nothing is written there.
pub(super) fn at(block: &ResourceBlock, path: &str) -> Option<Setting<Value>> {
    let (path, member) = match path.strip_suffix(']').and_then(|path| path.split_once('[')) {
        Some((path, member)) => (path, Some(member)),
        None => (path, None),
    };
    let setting = match (block.get(path), member) {
        (Setting::Known(map, _), Some(member)) => map.get(member)?.clone().setting(),
        (setting, _) => setting,
    };
    (!setting.is_absent()).then_some(setting)
}

/// Where a missing value would be inserted, as `terraform fmt` lays it out.
fn room(block: &ResourceBlock, path: &str, value: Type) -> Option<Room> {
    let Some((map, member)) = path.strip_suffix(']').and_then(|path| path.split_once('[')) else {
        let room = block.room(path)?;
        return Some(if path.ends_with("timeout") && value == Type::Seconds { room.around("\"", "s\"") } else { room });
    };
    let room = block.room(map)?;
    let line = room.line.clone();
    Some(room.around(&format!("{{{line}  \"{member}\" = \""), &format!("\"{line}}}")))
}

struct Reading {
    header: Span,
    missing: Option<Why>,
    is_first: bool,
    /// Whether a pipeline sets the image, so that the written image is only the initial one.
    is_image_left: bool,
}

impl Reading {
    /// The paths of an attribute in this kind of resource.
    fn places(&self, row: &'static Attribute) -> impl Iterator<Item = &'static str> {
        let (first, second) = (row.first_terraform(), row.terraform.iter().copied());
        first.filter(|_| self.is_first).chain(second.filter(|_| !self.is_first))
    }

    fn container(&self, block: &ResourceBlock, kind: WorkloadKind, is_only: bool) -> Container {
        let may_be_dynamic = || Why::Other("a `dynamic` block may write them".into());
        let open_env =
            block.dynamic.iter().filter(|(name, _)| &**name == "env").map(|(_, span)| (*span, may_be_dynamic()));
        let mut settings = Settings::new(self.header, self.missing.clone());
        settings.fill(
            kind,
            |row| self.places(row),
            |row, path| match row.value {
                Type::Probe => self.probe(block, path, kind).map(Held::Probe),
                _ => Some(row.hold(at(block, path)?)),
            },
        );
        if self.missing.is_none() {
            self.rooms(block, kind, &mut settings);
        }
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
            open_env: open_env.collect(),
            is_ingress: kind == WorkloadKind::Service && (is_only || block.block("ports").is_some()),
            settings,
        }
    }

    /// Where the settings of a container that take more than one argument would be inserted, aligned as by
    /// `terraform fmt`.
    fn rooms(&self, block: &ResourceBlock, kind: WorkloadKind, settings: &mut Settings<Container>) {
        // With a `resources` block without `cpu_idle`, the CPU of a service is allocated, and paid for, all the time.
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
        settings.give_room(attribute::MEMORY.attribute(), memory);
        settings.give_room(attribute::STARTUP_PROBE.attribute(), startup);
        settings.give_room(attribute::LIVENESS_PROBE.attribute(), liveness);
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
                    // The value is unknown, but it is a plain value and no reference to a secret.
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

    fn probe(&self, block: &ResourceBlock, name: &str, kind: WorkloadKind) -> Option<Setting<Arc<Probe>>> {
        let Some(probe) = block.block(name) else {
            let (_, span) = block.dynamic.iter().find(|(dynamic, _)| &**dynamic == name)?;
            return Some(Setting::Unknown(*span, Why::Other("a `dynamic` block may write it".into())));
        };
        let handlers = [("http_get", ProbeKind::Http), ("tcp_socket", ProbeKind::Tcp), ("grpc", ProbeKind::Grpc)];
        let found = handlers.iter().find(|(name, _)| probe.block(name).is_some());
        let mut settings = Settings::new(probe.header, None);
        settings.fill(kind, |row| self.places(row), |row, path| Some(row.hold(at(probe, path)?)));
        let kind = found.map_or(ProbeKind::Unknown, |(_, kind)| *kind);
        Some(Setting::Known(Arc::new(Probe { span: probe.span, kind, settings }), probe.header.into()))
    }
}

fn descend<'a>(block: &'a ResourceBlock, path: &str) -> Option<&'a ResourceBlock> {
    path.split('.').try_fold(block, |block, kind| block.block(kind))
}

pub(super) fn text(setting: Setting<Value>) -> Setting<Text> {
    of_text(setting, Text::setting)
}

fn image(setting: Setting<Value>) -> Setting<Image> {
    of_text(setting, Image::setting)
}

/// The answer derived from a text; any other value is Unknown.
fn of_text<T>(setting: Setting<Value>, derive: impl FnOnce(Text) -> Setting<T>) -> Setting<T> {
    setting.and_then(|value, place| match value.as_text() {
        Some(text) => derive(text),
        None => Setting::Unknown(place.span, Why::Computed),
    })
}
