//! Joins commands that use a manifest with the manifest and the lock file that they find.

use super::copies::IgnoreFiles;
use super::image_files::{ImageFiles, Spot, go};
use crate::model::{
    Command, Dockerfile, Facts, Home, Installer, Invocation, LockFound, ManifestCopy, ManifestInstall, ResolvedInstall,
    ScriptUse, Stage, Text,
};
use crate::source::{HOLE, Presence, Tree, folder_of, join};
use crate::span::Span;
use crate::syntax::ignorefile::Verdict;
use std::collections::HashSet;

/// The place in an image where a command of a `RUN` works.
struct Site<'a> {
    stage: &'a Stage,
    /// The number of the `RUN` in its stage.
    run: usize,
    /// Where the `RUN` begins.
    at: u32,
    /// The working directory of the command, without the slash at its start.
    folder: String,
}

/// Finds the files of a Dockerfile that its commands use.
pub(super) struct Finder<'a> {
    pub(super) facts: &'a Facts,
    pub(super) file: &'a Dockerfile,
    /// The path of the Dockerfile.
    pub(super) path: &'a str,
    pub(super) tree: &'a Tree,
    pub(super) ignored: &'a IgnoreFiles,
    pub(super) is_submitted: bool,
    /// The text of the Dockerfile.
    pub(super) text: &'a str,
    /// The commands that install what a manifest lists.
    pub(super) installing: HashSet<Span>,
    /// Whether builds find what the checkout has, and nothing else.
    pub(super) is_settled: bool,
}

/// How many commands of a Dockerfile are looked at; no real one has as many.
const MOST_COMMANDS: usize = 50;

impl<'a> Finder<'a> {
    /// The installations of a Dockerfile whose manifest is known to be this or that file of the checkout.
    pub(super) fn installs(&self, contexts: &[String]) -> Vec<ResolvedInstall> {
        let installs = self.facts.manifest_installs.iter().take(MOST_COMMANDS);
        let installs = installs.filter(|install| !self.may_fail(&install.command));
        installs.filter_map(|install| contexts.iter().find_map(|context| self.install(install, context))).collect()
    }

    /// The scripts of a `package.json` that commands run, and those that a container starts with.
    pub(super) fn scripts(&self, contexts: &[String]) -> Vec<ScriptUse> {
        let calls = self.facts.script_calls.iter().take(MOST_COMMANDS);
        let calls = calls.filter(|call| !self.may_fail(&call.command));
        let found = calls.filter_map(|call| {
            let spots = contexts.iter().map(|context| {
                let site = self.site(&call.command, call.folder.as_ref(), context);
                let path = site.as_ref().and_then(|site| join(&site.folder, "package.json"));
                site.zip(path).map_or(Spot::Unknown, |(site, path)| self.at(&site, context, &path))
            });
            let manifest = manifest_of(spots)?.filter(|_| !self.may_make(&call.command, &["package.json"]));
            let (name, place) = (call.name.known()?.to_owned(), call.name.span());
            Some(ScriptUse { shown: call.shown.clone(), name, place, manifest, instead: None })
        });
        found.chain(self.file.stages.iter().filter_map(|stage| self.start(stage, contexts))).collect()
    }

    /// The script that a container of a stage starts with. Without a script `start`, `npm start` runs `server.js`
    /// (<https://docs.npmjs.com/cli/commands/npm-start>).
    fn start(&self, stage: &Stage, contexts: &[String]) -> Option<ScriptUse> {
        let launch = stage.command.as_ref().filter(|_| stage.entrypoint.is_none())?;
        let words: Vec<&str> = launch.words.iter().map(Text::raw).collect();
        let (at, name, instead) = match words.as_slice() {
            ["npm", "start"] => (1, "start", Some("server.js")),
            ["npm" | "pnpm", "run", name] => (2, *name, None),
            _ => return None,
        };
        if launch.commands > 1 || name.contains(HOLE) || name.starts_with('-') {
            return None;
        }
        let spots = contexts.iter().map(|context| {
            let images = self.images(context);
            let Some(folder) = images.folder_at(stage, u32::MAX) else { return Spot::Unknown };
            let find =
                |name: &str| join(&folder, name).map_or(Spot::Unknown, |path| images.find(stage, u32::MAX, &path));
            match instead.map_or(Spot::Absent, find) {
                Spot::Absent => find("package.json"),
                Spot::Unknown => Spot::Unknown,
                Spot::File(..) | Spot::Excluded(..) => Spot::Absent,
            }
        });
        let manifest = manifest_of(spots)?;
        let place = launch.words[at].span();
        Some(ScriptUse { shown: words.join(" "), name: name.to_owned(), place, manifest, instead })
    }

    pub(super) fn images<'b>(&'b self, context: &'b str) -> ImageFiles<'b> {
        let Self { file, path, tree, ignored, is_submitted, .. } = *self;
        ImageFiles { file, path, context, tree, ignored, is_submitted }
    }

    fn site(&self, command: &Command, folder: Option<&Text>, context: &str) -> Option<Site<'a>> {
        let Home::Run(_, stage, run) = command.home else { return None };
        let stage = self.file.stages.get(stage)?;
        let at = stage.runs.get(run)?.span.start;
        let mut here = self.images(context).folder_at(stage, at);
        let is_before = |other: &&std::sync::Arc<Command>| other.home == command.home && other.number < command.number;
        for change in self.facts.commands.iter().filter(is_before) {
            if matches!(change.invocation, Invocation::ChangeFolder) {
                let to = change.bare().get(1).and_then(Text::known);
                here = to.and_then(|to| go(here.as_deref(), to));
            }
        }
        if let Some(folder) = folder {
            here = folder.known().and_then(|folder| go(here.as_deref(), folder));
        }
        Some(Site { stage, run, at, folder: here? })
    }

    /// The file at a path of the image when a command runs: mounted, or copied before.
    fn at(&self, site: &Site<'_>, context: &str, path: &str) -> Spot {
        let images = self.images(context);
        let working = images.folder_at(site.stage, site.at).unwrap_or_default();
        let binds = site.stage.runs.get(site.run).into_iter().flat_map(|run| &run.binds);
        let mounted = binds.map(|bind| images.mounted(bind, &working, path)).find(|spot| *spot != Spot::Absent);
        mounted.unwrap_or_else(|| images.find(site.stage, site.at, path))
    }

    fn install(&self, install: &ManifestInstall, context: &str) -> Option<ResolvedInstall> {
        let site = self.site(&install.command, install.folder.as_ref(), context)?;
        let installer = install.installer;
        let Spot::File(manifest, word) = self.at(&site, context, &join(&site.folder, installer.manifest())?) else {
            return None;
        };
        if installer == Installer::Pip && self.installs_lists(&site) {
            return None;
        }
        let lock = self.lock(install, &site, context, &manifest);
        let is_frozen = self.is_frozen(installer, &site);
        let copies = site.stage.copies.iter();
        let copy = word.and_then(|word| {
            let copy = copies.clone().find(|copy| copy.sources.iter().any(|source| source.span() == word))?;
            let written = copy.sources.iter().find(|source| source.span() == word)?.known()?.to_owned();
            // A list in brackets has quotes and commas.
            let is_plain = !self.text.get(copy.span.range()).is_none_or(|text| text.contains('['));
            let has_room = is_plain && (copy.sources.len() > 1 || copy.destination.raw().ends_with(['/', '.']));
            Some(ManifestCopy { source: word, written, has_room })
        });
        Some(ResolvedInstall { command: install.command.span, manifest, lock, copy, is_frozen })
    }

    /// Whether a variable of the image keeps a package manager from changing its lock file.
    ///
    /// Sources: <https://docs.astral.sh/uv/reference/environment/>, <https://pnpm.io/cli/install#--frozen-lockfile>,
    /// <https://yarnpkg.com/configuration/yarnrc#enableImmutableInstalls>.
    fn is_frozen(&self, installer: Installer, site: &Site<'_>) -> bool {
        let names: &[&str] = match installer {
            Installer::Uv => &["UV_FROZEN", "UV_LOCKED"],
            Installer::Pnpm | Installer::Bun => &["CI"],
            Installer::Yarn => &["CI", "YARN_ENABLE_IMMUTABLE_INSTALLS"],
            Installer::Npm | Installer::Poetry | Installer::Pipenv | Installer::Pdm | Installer::Pip => &[],
        };
        let lineage = self.file.lineage(site.stage);
        let mut set = lineage.flat_map(|stage| stage.environment.iter().chain(&stage.arguments));
        // What the line itself sets is in no list.
        let line = site.stage.runs.get(site.run).and_then(|run| self.text.get(run.span.range())).unwrap_or_default();
        set.any(|variable| names.contains(&variable.name.as_str()))
            || names.iter().any(|name| line.contains(&format!("{name}=")))
    }

    /// Whether a stage also installs a list of requirements, which may pin what the project accepts.
    fn installs_lists(&self, site: &Site<'_>) -> bool {
        self.facts.commands.iter().any(|command| {
            let is_here = matches!(command.home, Home::Run(_, stage, _) if stage == site.stage.index);
            is_here && command.words.iter().any(|word| matches!(word.raw(), "-r" | "--requirement" | "--requirements"))
        })
    }

    fn lock(&self, install: &ManifestInstall, site: &Site<'_>, context: &str, manifest: &str) -> LockFound {
        let names = install.installer.locks();
        let mut excluded = None;
        for name in names {
            let Some(path) = join(&site.folder, name) else { return LockFound::Unknown };
            match self.at(site, context, &path) {
                Spot::File(path, _) => return LockFound::Found(path),
                Spot::Excluded(_, span, list) => excluded = Some((span, list)),
                Spot::Absent => {}
                Spot::Unknown => return LockFound::Unknown,
            }
        }
        if self.may_make(&install.command, names)
            || excluded.is_none() && !self.is_settled && !self.has_lock(names, manifest)
        {
            return LockFound::Unknown;
        }
        missing(install, manifest, self.tree, self.ignored, excluded)
    }

    /// Whether the checkout has one of these lock files beside a manifest.
    fn has_lock(&self, names: &[&str], manifest: &str) -> bool {
        let beside = names.iter().filter_map(|name| join(folder_of(manifest), name));
        beside.into_iter().any(|path| self.tree.presence(&path) == Presence::File)
    }

    /// Whether a command of a `RUN` is in a branch, or is followed by another one for the case that it fails. What stands
    /// behind `&&` runs in every build that succeeds.
    fn may_fail(&self, command: &Command) -> bool {
        let Home::Run(_, stage, run) = command.home else { return true };
        let run = self.file.stages.get(stage).and_then(|stage| stage.runs.get(run));
        let Some(start) = run.map(|run| run.span.start as usize) else { return true };
        let before = self.text.get(start..command.span.start as usize).unwrap_or_default();
        let rest = self.text.get(command.span.end as usize..).unwrap_or_default();
        let mut words = before.split(|c: char| c.is_whitespace() || c == ';');
        let branches = before.contains("||") || words.any(|word| matches!(word, "then" | "do" | "else" | "case"));
        command.is_conditional && branches || rest.trim_start_matches([' ', '\t', '\\', '\n', '\r']).starts_with("||")
    }

    /// Whether an earlier command of the image may make one of these files.
    fn may_make(&self, command: &Command, names: &[&str]) -> bool {
        let Home::Run(_, stage, run) = command.home else { return true };
        let Some(stage) = self.file.stages.get(stage) else { return true };
        let lineage: Vec<usize> = self.file.lineage(stage).map(|stage| stage.index).collect();
        self.facts.commands.iter().any(|other| {
            let Home::Run(_, of, index) = other.home else { return false };
            let is_before = match of == stage.index {
                true => (index, other.number) < (run, command.number),
                false => lineage.contains(&of),
            };
            let makes = |word: &str| {
                names.iter().any(|name| word.contains(name))
                    || matches!(word, "init" | "lock" | "import" | "export" | "create" | "migrate" | "prune")
            };
            let installs = self.installing.contains(&other.span);
            // What is installed brings a lock file, and leaves the manifest as it is.
            let installs = installs && names != ["package.json"];
            is_before && (other.writes_files() || installs || other.words.iter().skip(1).any(|word| makes(word.raw())))
        })
    }
}

/// The `package.json` that a command finds in the first context that has one: `Some(None)` if it is unknown, `None` if
/// there is none.
fn manifest_of(spots: impl Iterator<Item = Spot>) -> Option<Option<String>> {
    let mut found = None;
    for spot in spots {
        match spot {
            Spot::File(manifest, _) => return Some(Some(manifest)),
            Spot::Unknown => found = Some(None),
            Spot::Excluded(..) | Spot::Absent => {}
        }
    }
    found
}

/// The reason why a command finds no lock file.
fn missing(
    install: &ManifestInstall,
    manifest: &str,
    tree: &Tree,
    ignored: &IgnoreFiles,
    excluded: Option<(Span, String)>,
) -> LockFound {
    let folder = folder_of(manifest);
    let beside = |name: &str| join(folder, name).filter(|path| tree.presence(path) == Presence::File);
    let names = install.installer.locks();
    if let Some(path) = names.iter().find_map(|name| beside(name)) {
        return LockFound::NotCopied(path, excluded);
    }
    // The lock file of a workspace lies above its members.
    let above = std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| folder_of(folder)));
    let is_above = |folder: &str| {
        names.iter().any(|name| join(folder, name).is_some_and(|path| tree.presence(&path) != Presence::Missing))
    };
    if above.skip(1).any(is_above) {
        return LockFound::Unknown;
    }
    let git = names.iter().find_map(|name| match ignored.git(&join(folder, name)?) {
        (Verdict::Excluded(span), list) => Some((span, list)),
        _ => None,
    });
    LockFound::Missing(git, install.installer.foreign_locks().find_map(beside))
}
