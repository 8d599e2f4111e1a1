//! The inputs of a run: sources, configuration and baseline.

use super::names::Named;
use super::{
    ChangeArguments, ChoiceArguments, ConfigArguments, Error, ProfileName, ScopeArguments, no_such_rule, problems,
};
use crate::catalogue::Profile;
use crate::config::{BASELINE, Cascade};
use crate::engine::{Config, Failure, lint};
use crate::finding::RuleId;
use crate::source::{Source, Sources, Tree, Unread, UnreadReason, join};
use crate::suppress::{Baseline, By};
use crate::walk::{self, Choice, Repository, Request};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The inputs of a run.
pub(super) struct Setup {
    /// The folder that paths are relative to.
    pub(super) root: PathBuf,
    /// The sources to check.
    pub(super) sources: Sources,
    /// The configuration.
    pub(super) config: Config,
    /// What has failed in the run from before the change.
    pub(super) failures: Vec<Failure>,
    /// The path of the baseline, whether or not it exists.
    pub(super) baseline: PathBuf,
    /// The requested paths, unless the whole root was requested.
    only: Option<Vec<String>>,
    /// The files among them.
    named: Vec<String>,
}

impl Setup {
    /// Requests the whole root.
    pub(super) fn take_whole(&mut self) {
        self.only = None;
    }

    /// Whether the whole root was requested.
    pub(super) fn is_whole(&self) -> bool {
        self.only.is_none()
    }

    /// The files that were named.
    pub(super) fn named(&self) -> &[String] {
        &self.named
    }

    /// Whether a path was requested.
    pub(super) fn wants(&self, path: &str) -> bool {
        is_requested(self.only.as_deref(), path)
    }
}

/// Whether a path is one of the requested paths or below one of them; `None` requests the whole root.
fn is_requested(only: Option<&[String]>, path: &str) -> bool {
    let is_below = |wanted: &String| {
        path == wanted || path.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    only.is_none_or(|only| only.iter().any(is_below))
}

/// The rules that names stand for.
fn named(names: &[String]) -> Result<Vec<RuleId>, Error> {
    let mut rules = Vec::new();
    for name in names {
        let named = Named::of(name).ok_or_else(|| no_such_rule(name))?;
        rules.extend(named.rules().iter().map(|rule| rule.id));
    }
    Ok(rules)
}

/// The error if a rule of `--ignore` is locked for the root or for one of the paths.
fn locked<'a>(ignored: &[RuleId], cascade: &Cascade, paths: impl Iterator<Item = &'a str>) -> Option<Error> {
    let lock_of = |path: &str| {
        let locks = cascade.view(path).locks()?;
        ignored.iter().find_map(|rule| Some(Error::Locked(*rule, locks.unignorable.get(rule)?.to_string())))
    };
    if ignored.is_empty() { None } else { std::iter::once("").chain(paths).find_map(lock_of) }
}

/// Reads the checkout and its configuration.
pub(super) fn prepare(arguments: &ScopeArguments, change: &ChangeArguments) -> Result<Setup, Error> {
    let select = named(&arguments.select)?;
    let extend_select = named(&arguments.extend_select)?;
    let ignore = named(&arguments.ignore)?;
    let (request, only) = request(arguments)?;
    let stdin = only.as_ref().filter(|_| arguments.stdin_filename.is_some()).and_then(|only| only.first());
    let (mut sources, mut before) = sources(&request, change, stdin.map(String::as_str))?;
    let cascade = configuration(&arguments.choice, &request.root, &sources.tree)?;
    cascade.leave_out(&mut sources);
    before.iter_mut().for_each(|before| cascade.leave_out(before));
    let requested = sources.iter().map(|(_, source)| &*source.path).filter(|path| is_requested(only.as_deref(), path));
    if let Some(error) = locked(&ignore, &cascade, requested) {
        return Err(error);
    }
    let top = walk::top(&request.root);
    let baseline = arguments.baseline.clone().unwrap_or_else(|| top.join(cascade.baseline().0));
    let mut config = Config {
        cascade,
        profile: arguments.profile.map(|profile| match profile {
            ProfileName::Recommended => Profile::Recommended,
            ProfileName::Strict => Profile::Strict,
        }),
        select,
        extend_select,
        ignore,
        has_ignores: !arguments.no_ignores,
        today: walk::today(),
        baselines: Vec::new(),
    };
    let mut failures = Vec::new();
    if let Some(before) = before {
        let report = lint(&before, &config);
        let known = Baseline::of(report.findings.iter().map(|finding| &**finding), &before, config.cascade.root());
        config.baselines.push((By::Base, known));
        failures = report.failures;
    }
    let named = request.named.iter().filter_map(|file| below(&request.root, file)).collect();
    Ok(Setup { root: request.root, sources, config, failures, baseline, only, named })
}

/// The sources to check, and those from before the change if only the change is to be reported.
fn sources(
    request: &Request,
    change: &ChangeArguments,
    stdin: Option<&str>,
) -> Result<(Sources, Option<Sources>), Error> {
    if change.staged {
        let repository = Repository::of(request)?;
        return Ok((repository.staged()?, Some(repository.head()?)));
    }
    let before = match &change.diff_base {
        Some(name) => Some(Repository::of(request)?.parted_from(name)?),
        None => None,
    };
    let mut sources = walk::read(request);
    let before = before.map(|(before, unknown)| {
        for module in unknown {
            sources.retain(|path| path.strip_prefix(&*module).is_none_or(|rest| !rest.starts_with('/')));
            sources.unread.push(Unread { path: module.into(), reason: UnreadReason::FormerUnknown });
        }
        before
    });
    if let Some(path) = stdin {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Error::NoSuchPath(PathBuf::from("-"), error))?;
        sources.put(Source::from_bytes(path, bytes));
    }
    Ok((sources, before))
}

/// Reads the configuration for a path, relative to the folder of the run.
pub(super) fn configured(arguments: &ConfigArguments) -> Result<(Cascade, String), Error> {
    let root = root(arguments.root.as_deref(), &[])?;
    let mut path = String::new();
    if let Some(named) = &arguments.path {
        // It need not exist: a user may ask about a file before writing it.
        let full = std::path::absolute(named).map_err(|error| Error::NoSuchPath(named.clone(), error))?;
        let full = full.canonicalize().unwrap_or(full);
        path = below(&root, &full).ok_or_else(|| Error::OutsideRoot(named.clone(), root.clone()))?;
    }
    let tree = walk::read(&Request { root: root.clone(), named: Vec::new() }).tree;
    let cascade = configuration(&arguments.choice, &root, &tree)?;
    Ok((cascade, path))
}

/// Reads the configuration files and reports their problems.
fn configuration(arguments: &ChoiceArguments, root: &Path, tree: &Tree) -> Result<Cascade, Error> {
    let choice = match &arguments.config {
        _ if arguments.no_config => Choice::Nothing,
        Some(file) => Choice::File(file.canonicalize().map_err(|error| Error::NoSuchPath(file.clone(), error))?),
        None => Choice::Nearest,
    };
    let (cascade, found) = walk::configuration(root, tree, &choice, &|_| None);
    let is_bad = problems::write(&found, &cascade, arguments.strict_config);
    if is_bad { Err(Error::BadConfiguration) } else { Ok(cascade) }
}

/// The baseline, if there is one. A file that was named must exist.
pub(super) fn baseline(setup: &Setup, arguments: &ScopeArguments) -> Result<Option<Baseline>, Error> {
    if arguments.no_baseline {
        return Ok(None);
    }
    let is_named = arguments.baseline.is_some() || !setup.baseline.ends_with(BASELINE);
    let root = arguments.baseline.is_none().then(|| walk::top(&setup.root));
    match walk::text(&setup.baseline, root) {
        Ok(text) => match Baseline::parse(&text) {
            Ok(baseline) => Ok(Some(baseline)),
            Err(reason) => Err(Error::BadBaseline(setup.baseline.clone(), reason)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && !is_named => Ok(None),
        Err(error) => Err(Error::NoSuchPath(setup.baseline.clone(), error)),
    }
}

/// Adds the baseline to a run, so that the known findings are silenced.
pub(super) fn with_baseline(setup: &mut Setup, arguments: &ScopeArguments) -> Result<(), Error> {
    let known = baseline(setup, arguments)?;
    // The baseline is applied before the merge base. A finding known to both must use its baseline entry, which would
    // otherwise be reported as unused.
    setup.config.baselines.splice(0..0, known.map(|baseline| (By::Baseline, baseline)));
    Ok(())
}

/// The files to read, and the paths that findings are restricted to unless the whole root was requested.
fn request(arguments: &ScopeArguments) -> Result<(Request, Option<Vec<String>>), Error> {
    if arguments.stdin_filename.is_some() || arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        return standard_input(arguments);
    }
    let mut paths = Vec::new();
    for path in &arguments.paths {
        let full = path.canonicalize().map_err(|error| Error::NoSuchPath(path.clone(), error))?;
        if !full.is_file() && !full.is_dir() {
            return Err(Error::NeitherFileNorFolder(path.clone()));
        }
        paths.push((path.clone(), full));
    }
    let root = root(arguments.root.as_deref(), &paths)?;
    let mut named = Vec::new();
    let mut only = Vec::new();
    // Without paths, a run in a folder is about this folder.
    let mut is_whole = paths.is_empty() && arguments.root.is_some();
    if paths.is_empty() && !is_whole {
        paths.push((PathBuf::from("."), here()?));
    }
    for (path, full) in paths {
        let Some(below) = below(&root, &full) else { return Err(Error::OutsideRoot(path, root)) };
        is_whole |= below.is_empty();
        only.push(below);
        if full.is_file() {
            named.push(full);
        }
    }
    Ok((Request { root, named }, (!is_whole).then_some(only)))
}

/// The folder that paths are relative to: the one that was named, or the repository of the paths or of the current
/// folder.
fn root(named: Option<&Path>, paths: &[(PathBuf, PathBuf)]) -> Result<PathBuf, Error> {
    if let Some(root) = named {
        return root.canonicalize().map_err(|error| Error::NoSuchPath(root.to_owned(), error));
    }
    let here = here()?;
    let start = match paths {
        [(_, only)] if only.is_dir() => only,
        [(_, first), ..] if first.starts_with(walk::root_of(&here)) => &here,
        [(_, first), ..] if first.is_dir() => first,
        [(_, first), ..] => first.parent().unwrap_or(&here),
        [] => &here,
    };
    Ok(walk::root_of(start).to_owned())
}

/// Reads a text from standard input in place of a file, which need not exist.
fn standard_input(arguments: &ScopeArguments) -> Result<(Request, Option<Vec<String>>), Error> {
    let is_alone = matches!(arguments.paths.as_slice(), [path] if path.as_os_str() == "-");
    let Some(path) = arguments.stdin_filename.as_ref().filter(|_| is_alone) else {
        return Err(Error::NoStdinFilename);
    };
    let root = root(arguments.root.as_deref(), &[])?;
    let full = match &arguments.root {
        Some(_) => root.join(path),
        None => here()?.join(path),
    };
    let outside = || Error::OutsideRoot(path.clone(), root.clone());
    let path = below(&root, &full).and_then(|path| join("", &path)).ok_or_else(outside)?;
    Ok((Request { root, named: Vec::new() }, Some(vec![path])))
}

fn here() -> Result<PathBuf, Error> {
    let here = PathBuf::from(".");
    here.canonicalize().map_err(|error| Error::NoSuchPath(here, error))
}

fn below(root: &Path, path: &Path) -> Option<String> {
    Some(path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
}
