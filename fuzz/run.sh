#!/bin/sh
# Fuzzes one target, or every one, for so many seconds each: fuzz/run.sh 1800 [TARGET]
# Needs a nightly toolchain and cargo-fuzz (`cargo install cargo-fuzz`). What it finds is in fuzz/artifacts/TARGET: mend it,
# and keep it as a test. For a nightly run: fuzz/run.sh 3600
set -eu
cd "$(dirname "$0")"
seconds=$1
for target in ${2:-check fix config baseline rpc}; do
    seeds=corpus/$target
    mkdir -p "$seeds"
    case $target in
    check | fix)
        find ../fixtures -type f -size -32k ! -name '*.txt' | while read -r file; do
            { basename "$file"; cat "$file"; } > "$seeds/$(echo "$file" | tr / _)"
        done
        ;;
    config)
        find ../fixtures ../src/cli/init -name '*.toml' -exec sh -c 'cp "$1" "$2/$(echo "$1" | tr / _)"' _ {} "$seeds" \;
        ;;
    baseline)
        find ../fixtures -name '*.json' -exec sh -c 'cp "$1" "$2/$(echo "$1" | tr / _)"' _ {} "$seeds" \;
        echo '{"schema": 2, "findings": []}' > "$seeds/empty"
        ;;
    rpc)
        body='{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:a","languageId":"dockerfile","version":1,"text":"FROM a"}}}'
        printf 'Content-Length: %d\r\n\r\n%s' "${#body}" "$body" > "$seeds/open"
        ;;
    esac
    cargo +nightly fuzz run "$target" -- -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048
done
