//! Docker builds: flags, and files that steps before a build generate.

use super::Words;

/// Flags of `docker build` and `docker buildx build` that take a value
/// (<https://docs.docker.com/reference/cli/docker/buildx/build/>).
pub(crate) static BUILD_FLAGS_WITH_VALUE: Words = Words::new(
    "
    --add-host --allow --annotation --attest --build-arg --build-context --builder --cache-from --cache-to --call
    --cgroup-parent --cpu-period --cpu-quota --cpu-shares -c --cpuset-cpus --cpuset-mems --file -f --iidfile
    --isolation --label --memory -m --memory-swap --metadata-file --network --no-cache-filter --output -o
    --platform --progress --provenance --sbom --secret --security-opt --shm-size --ssh --tag -t --target --ulimit",
);

/// Builtins and reserved words of dash and bash (<https://man7.org/linux/man-pages/man1/dash.1.html>,
/// <https://www.gnu.org/software/bash/manual/bash.html#Shell-Builtin-Commands>). With `exec` in front, the shell would look
/// for a program of that name.
pub(crate) static OF_THE_SHELL: Words = Words::new(
    "
    . : [ [[ ! { } alias bg bind break builtin caller case cd command compgen complete continue coproc declare dirs disown
    do done echo elif else enable esac eval exec exit export false fc fg fi for function getopts hash help history if in
    jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source
    suspend test then time times trap true type typeset ulimit umask unalias unset until wait while",
);

/// Names of folders that steps before an image build usually generate, as seen in public repositories.
pub(crate) static GENERATED_FOLDERS: Words = Words::new(
    "
    dist build target out node_modules .next bin obj release publish vendor generated gen .output coverage _build
    artifacts artifact wheels wheelhouse staging rootfs .venv venv static public assets deps pkg tmp binaries
    package",
);

/// Extensions of files that steps before an image build usually generate.
pub(crate) static GENERATED_EXTENSIONS: Words = Words::new(
    "
    jar war ear whl exe so zip tar gz tgz xz bz2 deb rpm apk dll wasm crt pem key tmp img tbz msi",
);
