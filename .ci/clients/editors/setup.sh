# Sourced by the scripts of the editors: what all of them open, what `check` says of it, and how they are run.
. "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
editors=$root/.ci/clients/editors
export LC_ALL=C.UTF-8
export PROGRAM=$program SERVER=$editors/server EXPECTED=$scratch/expected
export FILES="web/Dockerfile cloudbuild.yaml terraform/main.tf"

# An emoji is one code point, two units of UTF-16 and four bytes, so each encoding of columns gives other
# numbers for what stands behind one on its line. The Dockerfile ends its lines as Windows does.
mkdir "$scratch/first"
cp -r fixtures/repos/panelin/. "$scratch/first"
mkdir "$scratch/first/web"
touch "$scratch/first/web/app.py"
printf '%s\r\n' '# The page 🚢' 'FROM python:latest' 'LABEL title="🚢"' 'ENV TITLE="🚢 é" WEB_TOKEN=q8Zr2Lw0Vx7T' \
  'COPY "🚢.txt" app.py /srv/' 'USER 1000' 'CMD python app.py' >"$scratch/first/web/Dockerfile"
sed -i -e 's|^  deletion_protection =|  /* 🚢 */ deletion_protection =|' \
  -e 's|^  password =|  /* 🚢🚢 */ password =|' "$scratch/first/terraform/main.tf"
[ "$(grep -c 🚢 "$scratch/first/terraform/main.tf")" = 2 ] || failed "the fixture has changed"

# The three states that a client goes through, as files, and what is said of each.
cp -r "$scratch/first" "$scratch/fixed"
(
  cd "$scratch/fixed"
  "$program" check --root . --quiet --exit-zero --fix --select shell-form-entrypoint web/Dockerfile >/dev/null
)
! cmp --silent "$scratch/first/web/Dockerfile" "$scratch/fixed/web/Dockerfile" || failed "check fixes nothing"
cp -r "$scratch/fixed" "$scratch/typed"
sed -i 's/TITLE="🚢 /TITLE="/' "$scratch/typed/web/Dockerfile"
printf 'USER root\r\n' >>"$scratch/typed/web/Dockerfile"
# Where the pipeline builds the Dockerfile, and so what it may copy, is another.
sed -i 's|- Dockerfile.production|- web/Dockerfile|' "$scratch/typed/cloudbuild.yaml"
mkdir "$EXPECTED"
for state in first fixed typed; do
  # shellcheck disable=SC2086
  "$program" check --root "$scratch/$state" "$scratch/$state" --format json --quiet --exit-zero |
    python3 "$editors/lines.py" "$scratch/$state" $FILES >"$EXPECTED/$state"
done
grep -q 'shell-form-entrypoint' "$EXPECTED/first" || failed "check does not find what is to be fixed"
! grep -q 'shell-form-entrypoint' "$EXPECTED/fixed" || failed "check does not fix it"
! grep -q 'root-user' "$EXPECTED/fixed" || failed "check finds what is not yet typed"
grep -q 'root-user' "$EXPECTED/typed" || failed "check does not find what is typed"
! grep -q 'copy-source-missing.*app.py' "$EXPECTED/fixed" || failed "check finds what is not yet typed elsewhere"
grep -q 'copy-source-missing.*app.py' "$EXPECTED/typed" || failed "check does not find what is typed elsewhere"

# Waits until a command succeeds, at most a minute.
wait_until() {
  local end=$((SECONDS + 60))
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}
ended() { ! kill -0 "$1" 2>/dev/null; }

# What a client works in, and what it is to do: `prepare NAME MODE`.
prepare() {
  export REPOSITORY=$scratch/$1 RECORD=$scratch/$1.record MODE=$2
  # Nothing of who runs this is read or written.
  export HOME=$RECORD/home
  export XDG_CONFIG_HOME=$HOME XDG_CACHE_HOME=$HOME XDG_DATA_HOME=$HOME XDG_STATE_HOME=$HOME
  cp -r "$scratch/first" "$REPOSITORY"
  mkdir -p "$HOME"
}

# A client from the start of the server to its end: `session NAME COMMAND...`.
session() {
  local name=$1 status=0
  shift
  prepare "$name" check
  timeout --kill-after=5 500 "$@" </dev/null >"$RECORD/told" 2>&1 || status=$?
  for state in first fixed typed undone; do
    [ ! -f "$RECORD/$state" ] ||
      diff -aU 0 --label "check: $state" --label "$name: $state" "$EXPECTED/${state/undone/fixed}" "$RECORD/$state" >&2 ||
      failed "$name: other findings than those of check: $(cat "$RECORD/told")"
  done
  [ $status = 0 ] || failed "$name: the client ends with $status: $(cat "$RECORD/told")"
  [ -f "$RECORD/undone" ] || failed "$name: the client does not write what it sees"
  wait_until test -s "$RECORD/status" || failed "$name: the server has not ended, or was killed"
  [ "$(cat "$RECORD/status")" = 0 ] || failed "$name: the server ends with $(cat "$RECORD/status")"
  # The fix is saved as `check --fix` writes it, and what was typed and undone is not.
  diff -r "$scratch/fixed" "$REPOSITORY" >&2 || failed "$name: other files than those of check --fix"
}

# A client that is killed when it has seen findings: nothing is left of the server.
killed() {
  local name=$1 status=0
  shift
  prepare "$name" die
  { timeout 500 "$@" </dev/null || status=$?; } >"$RECORD/told" 2>&1
  [ $status = 137 ] || failed "$name: the client was to die and ends with $status: $(cat "$RECORD/told")"
  [ -s "$RECORD/first" ] || failed "$name: the client dies before it sees findings"
  wait_until ended "$(cat "$RECORD/pid")" || {
    kill -9 "$(cat "$RECORD/pid")"
    failed "$name: the server outlives its client"
  }
}
