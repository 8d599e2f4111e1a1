//! Converts `google_cloudfunctions2_function` and `google_cloudfunctions_function` to workloads.
//!
//! Attributes: the provider's documentation, google 4.x to 7.x.

use super::cloud_run::{at, text};
use crate::model::attribute::Attribute;
use crate::model::{
    Container, EnvValue, EnvVariable, Resource, ResourceBlock, Setting, Settings, Text, Value, ValueKind, Why,
    Workload, WorkloadKind, Written,
};
use crate::source::{Fragment, HOLE};

/// The workload of a resource.
pub(super) fn workload(resource: &Resource) -> Option<Workload> {
    let is_first = match resource.kind.as_str() {
        "google_cloudfunctions2_function" => false,
        "google_cloudfunctions_function" => true,
        _ => return None,
    };
    let block = &resource.block;
    let header = block.header;
    let holder = if is_first { Some(block) } else { block.block("service_config") };
    let is_elsewhere = holder.is_none() && block.may_write("service_config");
    let missing = is_elsewhere.then(|| Why::Other("a `dynamic` block may write it".into()));
    let kind = WorkloadKind::Function;
    let places = |row: &Attribute| {
        let place = if is_first { row.function.first } else { row.function.second };
        (!place.is_empty()).then_some(place).into_iter()
    };
    let left = |path: &str| resource.leaves(path);
    let mut settings = Settings::new(header, missing.clone());
    settings.fill(kind, places, |row, path| written(row, block, path, &left));
    let mut of_container = Settings::new(header, missing);
    of_container.fill(kind, places, |row, path| written(row, block, path, &left));
    let (env, open_env) = holder.map(variables).unwrap_or_default();
    let container = Container {
        name: None,
        span: header,
        image: Setting::Unknown(header, Why::Other("is built from source when it is deployed".into())),
        env,
        open_env,
        is_ingress: true,
        settings: of_container,
    };
    Some(Workload {
        kind,
        written: Written::Terraform(resource.address()),
        name: text(block.get("name")),
        span: header,
        containers: vec![container],
        lists_containers: true,
        settings,
    })
}

fn written(
    row: &Attribute,
    block: &ResourceBlock,
    path: &str,
    left: &dyn Fn(&str) -> bool,
) -> Option<crate::model::Held> {
    match at(block, path) {
        Some(value) => Some(row.hold(value)),
        None if left(path) => Some(
            row.hold(Setting::Unknown(block.header, Why::Other("`ignore_changes` leaves it to someone else".into()))),
        ),
        None => None,
    }
}

/// The environment variables of a function, and where unknown ones may be set.
fn variables(holder: &ResourceBlock) -> (Vec<EnvVariable>, Vec<(crate::span::Span, Why)>) {
    let mut env = Vec::new();
    let mut open = Vec::new();
    match holder.get("environment_variables") {
        Setting::Known(map, place) => match &map.kind {
            ValueKind::Object(entries) => env.extend(entries.iter().map(|(name, value)| EnvVariable {
                name: name.to_string(),
                span: value.span,
                value: plain(value),
                secret_room: None,
            })),
            _ => open.push((place.span, Why::Computed)),
        },
        Setting::Unknown(span, why) => open.push((span, why)),
        Setting::Absent(_) => {}
    }
    env.extend(holder.each("secret_environment_variables").filter_map(|secret| {
        Some(EnvVariable {
            name: secret.get("key").known()?.0.text()?.to_owned(),
            span: secret.span,
            value: EnvValue::Secret { secret: text(secret.get("secret")), version: text(secret.get("version")) },
            secret_room: None,
        })
    }));
    (env, open)
}

/// A value of the map, which is plain even if it is unknown.
fn plain(value: &Value) -> EnvValue {
    match (&value.kind, value.as_text()) {
        (_, Some(text)) => EnvValue::Plain(text),
        (ValueKind::Unknown(why), None) => {
            let hole = Fragment::standing_for(HOLE.encode_utf8(&mut [0; 4]), value.span);
            EnvValue::Plain(Text::new(hole, vec![why.clone()], Vec::new()))
        }
        _ => EnvValue::Unknown,
    }
}
