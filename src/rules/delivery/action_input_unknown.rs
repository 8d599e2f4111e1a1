//! Inputs that an action does not have.

use crate::catalogue::Context;
use crate::finding::{Edit, Fix};
use crate::model::{Action, Input, JobStep, Why};
use crate::spelling::nearest;

pub(super) fn check(cx: &mut Context<'_>) {
    for step in cx.project.workflows.iter().flat_map(|workflow| &workflow.jobs).flat_map(|job| &job.steps) {
        let Some(action) = &step.action else { continue };
        let known = action.known_inputs();
        if known.is_empty() {
            continue;
        }
        for input in &step.inputs {
            if is_one_of(&known, input) {
                if action.major().is_none() && action.last_with(&input.name) != action.newest() {
                    cx.unknown(
                        input.key,
                        &Why::Other("the version of the action is not known, and only some have it".into()),
                    );
                }
                continue;
            }
            report(cx, step, action, input, &known);
        }
    }
}

fn is_one_of(known: &[&str], input: &Input) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(&input.name))
}

fn report(cx: &mut Context<'_>, step: &JobStep, action: &Action, input: &Input, known: &[&'static str]) {
    let version = action.version.as_ref().filter(|_| action.major().is_some());
    let version = version.map(|version| format!("@{version}")).unwrap_or_default();
    let message = format!("`{}{version}` has no input `{}`, and goes on without it", action.name, input.name);
    let has = |name: &str| step.inputs.iter().any(|input| input.name.eq_ignore_ascii_case(name));
    let last = action.last_with(&input.name);
    let is_same_word = |name: &&str| name.replace('_', "-") == input.name.replace('_', "-");
    let meant = nearest(&input.name, known.iter().copied());
    let meant = meant.filter(|name| (last.is_none() || is_same_word(name)) && !has(name));
    let finding = cx.flag(input.key, message);
    finding.help = Some(match (last, meant, action.major()) {
        (_, Some(meant), _) => format!("did you mean `{meant}`?"),
        (Some(last), _, Some(major)) if last < major => {
            format!("version {last} was the last that had it: remove it, or use what replaced it")
        }
        (Some(last), _, Some(_)) => format!("it came with a later version: use `@v{last}`"),
        _ => format!("its inputs are: {}", known.join(", ")),
    });
    finding.fix = meant.map(|meant| Fix::risky(format!("write `{meant}`"), vec![Edit::replace(input.key, meant)]));
}
