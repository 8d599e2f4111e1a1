# Sourced by the scripts beside it: the program, and a place for what they install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
kept=${CARGO_TARGET_DIR:-$root/target}/clients
mkdir -p "$kept"
program=${CARGO_TARGET_DIR:-$root/target}/debug/seaworthy
[ -x "$program" ] || cargo build --quiet
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Python packages, in an environment of their own.
python_packages() {
  [ -x "$kept/venv/bin/python" ] || python3 -m venv "$kept/venv"
  "$kept/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# Debian packages, where a command is missing.
debian_package() {
  command -v "$1" >/dev/null && return
  apt-get -qq update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y "$2" >/dev/null
}

passed() { echo "ok: $*"; }
failed() { echo "failed: $*" >&2; exit 1; }
