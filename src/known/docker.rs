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
