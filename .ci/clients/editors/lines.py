"""What `check --format json` finds in some files, in the lines that the clients write."""

import json
import pathlib
import sys

root, *files = sys.argv[1:]
texts = {file: pathlib.Path(root, file).read_bytes().decode().split("\n") for file in files}


def place(file, position):
    """`check` counts code points from 1, the language server protocol units of UTF-16 from 0."""
    before = texts[file][position["line"] - 1][: position["column"] - 1]
    assert len(before) == position["column"] - 1, (file, position)
    return f"{position['line'] - 1}:{len(before.encode('utf-16-le')) // 2}"


def message(finding):
    """An editor shows one text, of which the second line says what to do."""
    return finding["message"] + (f"\\nhelp: {finding['help']}" if finding["help"] else "")


def line(finding):
    file, span = finding["path"], finding["span"]
    where = f"{file}:{place(file, span['start'])}-{place(file, span['end'])}"
    return f"{where} {finding['severity']}[{finding['rule']}] {message(finding)}"


lines = [line(finding) for finding in json.load(sys.stdin)["findings"] if finding["path"] in files]
assert {line.split(":")[0] for line in lines} == set(files), lines
print("\n".join(sorted(lines)))
