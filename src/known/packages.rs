//! Package managers: how each is called, and the flags whose value is a word of its own.

use super::Words;

/// One way of installing packages by name.
#[derive(Debug)]
pub(crate) struct Installer {
    /// The programs, without the version that `pip3.12` has in its name.
    pub(crate) programs: &'static [&'static str],
    /// The words after the program that make it install; flags may stand before and between them.
    pub(crate) verbs: &'static [&'static [&'static str]],
    /// Flags that take the next word as their value.
    pub(crate) flags: &'static Words,
    /// The form of its packages.
    pub(crate) form: Form,
}

/// The form in which packages and versions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `name=1.2-3`
    Apt,
    /// `name=1.2-r0`, `name~1.2`
    Apk,
    /// `name-1.2-3`, `name = 1.2`
    Rpm,
    /// `name==1.2`, `name @ https://...`
    Pip,
    /// `name@1.2`, `@scope/name@1.2`, `user/repository#tag`
    Npm,
    /// `host/path@v1.2.3`; without a version, `go install` takes that of `go.mod`.
    Go,
    /// `name:1.2`
    Gem,
}

/// The installers. The verbs of npm, pnpm and yarn without packages install what the manifest lists.
pub(crate) static INSTALLERS: &[Installer] = &[
    installer(&["apt-get", "apt", "aptitude"], &[&["install"]], &APT, Form::Apt),
    installer(&["apk"], &[&["add"]], &APK, Form::Apk),
    installer(&["dnf", "yum", "microdnf", "tdnf"], &[&["install"]], &DNF, Form::Rpm),
    installer(&["zypper"], &[&["install"], &["in"]], &ZYPPER, Form::Rpm),
    installer(&["pip"], &[&["install"]], &PIP, Form::Pip),
    installer(&["pipx"], &[&["install"]], &PIPX, Form::Pip),
    installer(&["uv"], &[&["pip", "install"], &["tool", "install"]], &UV, Form::Pip),
    installer(&["npm"], &[&["install"], &["i"], &["add"]], &NPM, Form::Npm),
    installer(&["pnpm"], &[&["install"], &["i"], &["add"]], &PNPM, Form::Npm),
    installer(&["yarn"], &[&["global", "add"], &["add"]], &YARN, Form::Npm),
    installer(&["go"], &[&["install"], &["get"], &["run"]], &GO, Form::Go),
    installer(&["gem"], &[&["install"], &["i"]], &GEM, Form::Gem),
];

/// The flags of a package manager that take the next word as their value; `None` if their list is unknown.
pub(crate) fn value_flags(program: &str) -> Option<&'static Words> {
    match program {
        "npm" => Some(&NPM),
        "pnpm" => Some(&PNPM),
        "yarn" => Some(&YARN),
        "uv" => Some(&UV),
        "pip" => Some(&PIP),
        "poetry" => Some(&POETRY),
        "pipenv" => Some(&PIPENV),
        "pdm" => Some(&PDM),
        "bun" => Some(&BUN),
        _ => None,
    }
}

const fn installer(
    programs: &'static [&'static str],
    verbs: &'static [&'static [&'static str]],
    flags: &'static Words,
    form: Form,
) -> Installer {
    Installer { programs, verbs, flags, form }
}

/// `man apt-get`: <https://manpages.debian.org/bookworm/apt/apt-get.8.en.html>.
static APT: Words = Words::new(
    "-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles
    --solver",
);

/// `apk --help`: <https://man.archlinux.org/man/apk.8>.
static APK: Words = Words::new(
    "-t --virtual -X --repository -p --root --arch --cache-dir --cache-max-age --keys-dir --progress-fd
    --repositories-file --timeout --wait",
);

/// <https://dnf.readthedocs.io/en/latest/command_ref.html>.
static DNF: Words = Words::new(
    "-c --config -x --exclude --excludepkgs --enablerepo --disablerepo --repo --repoid --repofrompath --installroot
    --releasever --forcearch -d --debuglevel -e --errorlevel --rpmverbosity -R --randomwait --setopt --advisory
    --comment --downloaddir --destdir --disableplugin --enableplugin --color",
);

/// <https://en.opensuse.org/SDB:Zypper_manual>.
static ZYPPER: Words = Words::new(
    "-t --type -r --repo --from -c --config -D --reposd-dir -C --cache-dir --raw-cache-dir --solv-cache-dir
    --pkg-cache-dir -R --root --installroot --releasever -p --plus-repo --plus-content --userdata --download",
);

/// `pip install --help` of pip 23.2: <https://pip.pypa.io/en/stable/cli/pip_install/>.
static PIP: Words = Words::new(
    "-r --requirement --requirements -c --constraint -e --editable -t --target --platform --python-version
    --implementation --abi --root --prefix --src --upgrade-strategy -C --config-settings --global-option --no-binary
    --only-binary --progress-bar --root-user-action --report -i --index-url --extra-index-url -f --find-links --python
    --log --keyring-provider --proxy --retries --timeout --default-timeout --exists-action --trusted-host --cert
    --client-cert --cache-dir --use-feature --use-deprecated --install-option",
);

/// `pipx install --help`: <https://pipx.pypa.io/stable/docs/>.
static PIPX: Words = Words::new(
    "--include-resources-from --upgrade-strategy --suffix --python --fetch-python --preinstall --app --lock -i
    --index-url --pip-args --cooldown --backend --output",
);

/// `uv help pip install` and `uv help tool install` of uv 0.13: <https://docs.astral.sh/uv/reference/cli/>.
static UV: Words = Words::new(
    "-r --requirement --requirements -e --editable --no-editable-package -c --constraint --constraints --overrides
    --excludes -b --build-constraints --extra --cert --group -t --target --prefix --no-binary --only-binary
    --python-version --python-platform --output-format --torch-backend --index --default-index -i --index-url
    --extra-index-url -f --find-links --index-strategy --keyring-provider -P --upgrade-package --upgrade-group
    --resolution --prerelease --prerelease-package --fork-strategy --exclude-newer --exclude-newer-package
    --no-sources-package --reinstall-package --link-mode -C --config-setting --config-settings
    --config-settings-package --no-build-isolation-package --no-build-package --no-binary-package --cache-dir
    --refresh-package -p --python --color --allow-insecure-host --directory --project --config-file -w --with
    --with-requirements --with-editable --with-executables-from",
);

/// The options of npm 11 whose type has no Boolean, with their short forms:
/// <https://docs.npmjs.com/cli/v11/using-npm/config>.
static NPM: Words = Words::new(
    "--access --also --audit-level --auth-type --before --enjoy-by --ca --cache --cache-max --cache-min --cafile --call
    -c --cert --cidr --cpu --depth --diff --editor --fetch-retries --fetch-retry-factor --fetch-retry-maxtimeout
    --fetch-retry-mintimeout --fetch-timeout --git --globalconfig --heading --https-proxy --include --install-strategy
    --key --libc --local-address --location -L --lockfile-version --loglevel --logs-dir --logs-max --maxsockets
    --message -m --min-release-age --node-options --noproxy --omit --only --os --otp --package --pack-destination
    --prefix -C --preid --proxy --registry --reg --replace-registry-host --save-prefix --scope --script-shell --tag
    --tag-version-prefix --umask --user-agent --userconfig --viewer --which --workspace -w",
);

/// <https://pnpm.io/cli/add>, <https://pnpm.io/pnpm-cli>; pnpm takes options of npm as well.
static PNPM: Words = Words::new(
    "-C --dir --filter -F --filter-prod --reporter --loglevel --store-dir --virtual-store-dir --global-dir
    --global-bin-dir --registry --lockfile-dir --modules-dir --network-concurrency --child-concurrency --package-import-method
    --cpu --os --libc --changed-files-ignore-pattern --test-pattern --config --workspace-concurrency --fetch-timeout
    --fetch-retries --node-linker --omit --only --prefix --cache-dir --state-dir",
);

/// <https://classic.yarnpkg.com/en/docs/cli/>.
static YARN: Words = Words::new(
    "--cwd --modules-folder --cache-folder --preferred-cache-folder --global-folder --link-folder --mutex --registry
    --proxy --https-proxy --network-timeout --network-concurrency --prefix --use-yarnrc --otp",
);

/// <https://python-poetry.org/docs/cli/>.
static POETRY: Words = Words::new("--with --without --only -E --extras -C --directory -P --project");

/// `pipenv install --help`: <https://pipenv.pypa.io/en/latest/commands.html>.
static PIPENV: Words = Words::new("--python --categories --extra-pip-args -i --index --pypi-mirror -r --requirements");

/// <https://pdm-project.org/latest/reference/cli/>.
static PDM: Words = Words::new("-G --group --with --without -L --lockfile -p --project --override --venv");

/// <https://bun.com/docs/pm/cli/install>.
static BUN: Words =
    Words::new("--cwd --registry --cache-dir --backend --omit --filter -c --config --concurrent-scripts");

/// `go help build`: <https://pkg.go.dev/cmd/go>.
static GO: Words = Words::new(
    "-C -p -covermode -coverpkg -asmflags -buildmode -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod
    -modfile -overlay -pgo -pkgdir -tags -toolexec -exec",
);

/// `gem install --help`:
/// <https://github.com/rubygems/rubygems/blob/master/lib/rubygems/install_update_options.rb>.
static GEM: Words = Words::new(
    "-i --install-dir -n --bindir --build-root --document --without -P --trust-policy -v --version --platform -B
    --bulk-threshold -p --http-proxy -s --source --config-file -j --build-jobs --target-rbconfig -g --file",
);
