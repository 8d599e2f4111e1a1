"""A strict client: all that the server sends must be what the protocol allows, and what this client has offered."""

import asyncio
import json
import os
import pathlib
import shutil
import subprocess
import time
from urllib.parse import unquote, urlparse

import pytest
import pytest_lsp
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound
from pygls.workspace import PositionCodec, TextDocument
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import make_test_lsp_client

LIMIT = 60
PROGRAM = os.environ["PROGRAM"]
FIRST, FIXED, EXPECTED = (pathlib.Path(os.environ[name]) for name in ("FIRST", "FIXED", "EXPECTED"))
FILES = os.environ["FILES"].split()
DOCKERFILE, PIPELINE, TERRAFORM = FILES
LANGUAGES = {DOCKERFILE: "dockerfile", PIPELINE: "yaml", TERRAFORM: "terraform"}


def capabilities(**given):
    """What a client of today offers, where a test says nothing else."""
    offered = {
        "general": {"positionEncodings": ["utf-16"]},
        "workspace": {
            "workspaceEdit": {"documentChanges": True},
            "workspaceFolders": True,
            "configuration": True,
            "diagnostics": {"refreshSupport": True},
        },
        "textDocument": {
            "synchronization": {"didSave": True},
            "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True},
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "completion": {"completionItem": {"snippetSupport": False, "documentationFormat": ["plaintext"]}},
            "definition": {"linkSupport": False},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
            "codeAction": {
                "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source", "source.fixAll"]}},
                "isPreferredSupport": True,
            },
        },
    }
    for path, value in given.items():
        *parents, name = path.split("__")
        at = offered
        for parent in parents:
            at = at[parent]
        at[name] = value
    return get_converter().structure(offered, types.ClientCapabilities)


CLIENTS = {
    "utf-8": capabilities(general__positionEncodings=["utf-8"]),
    "utf-16": capabilities(),
    "utf-32": capabilities(general__positionEncodings=["utf-32"]),
    "pull": capabilities(textDocument__diagnostic={}),
    "pull in utf-8": capabilities(textDocument__diagnostic={}, general__positionEncodings=["utf-8"]),
    "without versions": capabilities(workspace__workspaceEdit={}),
    # What these say of themselves when they start a server.
    "Visual Studio Code": client_capabilities("visual-studio-code"),
    "Neovim": client_capabilities("neovim"),
    "Emacs": client_capabilities("emacs"),
    "nothing": types.ClientCapabilities(),
}


class Editor:
    """A client with documents that are open."""

    def __init__(self, client, folder, offered):
        self.client = client
        self.folder = folder
        self.offered = offered
        self.pulls = bool(offered.text_document and offered.text_document.diagnostic)
        self.documents = {}
        self.answers = {}

    def uri(self, file):
        return (self.folder / file).as_uri()

    def file(self, uri):
        return pathlib.Path(unquote(urlparse(uri).path)).relative_to(self.folder).as_posix()

    async def begin(self, files=FILES):
        result = await limited(
            self.client.initialize_session(
                types.InitializeParams(
                    capabilities=self.offered,
                    root_uri=self.folder.as_uri(),
                    workspace_folders=[types.WorkspaceFolder(uri=self.folder.as_uri(), name="repository")],
                )
            )
        )
        self.server = result.capabilities
        self.encoding = self.server.position_encoding or types.PositionEncodingKind.Utf16
        for file in files:
            self.open(file)
        return self

    def open(self, file):
        text = (self.folder / file).read_bytes().decode()
        codec = PositionCodec(self.encoding)
        document = TextDocument(self.uri(file), text, version=1, position_codec=codec)
        self.documents[file] = document
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(document.uri, LANGUAGES.get(file, "plaintext"), document.version, text)
            )
        )

    def identifier(self, file):
        return types.TextDocumentIdentifier(self.uri(file))

    def position(self, file, text, offset=0):
        """The position of a text that is there once."""
        document = self.documents[file]
        assert document.source.count(text) == 1, text
        return document.client_position_at_offset(document.source.index(text) + offset)

    def apply(self, file, edits):
        """Edits as an editor applies them: the last first, as each counts in the text before all of them."""
        document = self.documents[file]
        edits = sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True)
        for after, before in zip(edits, edits[1:]):
            assert (before.range.end.line, before.range.end.character) <= (
                after.range.start.line,
                after.range.start.character,
            ), "edits overlap"
        changes = [types.TextDocumentContentChangePartial(range=edit.range, text=edit.new_text) for edit in edits]
        for change in changes:
            document.apply_change(change)
        document.version += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(uri=document.uri, version=document.version), changes
            )
        )

    def replace(self, file, old, new):
        start, end = self.position(file, old), self.position(file, old, len(old))
        self.apply(file, [types.TextEdit(types.Range(start, end), new)])

    def apply_workspace_edit(self, edit):
        workspace = self.offered.workspace and self.offered.workspace.workspace_edit
        if workspace and workspace.document_changes:
            assert edit.changes is None
            for change in edit.document_changes:
                file = self.file(change.text_document.uri)
                assert change.text_document.version == self.documents[file].version
                self.apply(file, change.edits)
        else:
            assert edit.document_changes is None
            for uri, edits in edit.changes.items():
                self.apply(self.file(uri), edits)

    def save(self, file):
        (self.folder / file).write_bytes(self.documents[file].source.encode())
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(self.identifier(file)))

    async def pull(self, file):
        provider = self.server.diagnostic_provider
        assert provider.inter_file_dependencies
        before = self.answers.get(file)
        report = await limited(
            self.client.text_document_diagnostic_async(
                types.DocumentDiagnosticParams(
                    self.identifier(file), identifier=provider.identifier, previous_result_id=before and before.result_id
                )
            )
        )
        if report.kind == "full":
            self.answers[file] = report
        else:
            assert before, "unchanged, and never told"
        return self.answers[file].items

    async def diagnostics(self, file):
        return await self.pull(file) if self.pulls else self.client.diagnostics.get(self.uri(file), [])

    async def lines(self, files=FILES):
        """The lines that `lines.py` writes, from what is received in the encoding that is agreed on."""
        lines = []
        for file in files:
            document = self.documents[file]
            text = [line.removesuffix("\r") for line in document.source.split("\n")]

            def place(position):
                at = document.position_from_client_units(position).character
                before = text[position.line][:at] if position.line < len(text) else ""
                # What was published of an older text may lie outside of this one.
                if document.position_codec.client_num_units(before) != position.character:
                    return f"{position.line}:?"
                return f"{position.line}:{len(before.encode('utf-16-le')) // 2}"

            for d in await self.diagnostics(file):
                assert d.source == "seaworthy"
                severity = {1: "error", 2: "warning", 3: "info", 4: "hint"}[d.severity]
                message = d.message.replace("\n", "\\n")
                lines.append(f"{file}:{place(d.range.start)}-{place(d.range.end)} {severity}[{d.code}] {message}")
        return sorted(lines)

    async def settle(self, state):
        wanted = (EXPECTED / state).read_text().splitlines()
        if not self.pulls:
            await reached(self.lines, lambda lines: lines == wanted)
        # What a pull answers needs no waiting: it is about the text that it comes after.
        assert await self.lines() == wanted, state
        assert not (self.pulls and self.client.diagnostics), "pushed although asked"

    async def actions(self, file, range, only=None, diagnostics=()):
        return await limited(
            self.client.text_document_code_action_async(
                types.CodeActionParams(
                    self.identifier(file), range, types.CodeActionContext(diagnostics=list(diagnostics), only=only)
                )
            )
        )

    async def resolved(self, action):
        return action if action.edit else await limited(self.client.code_action_resolve_async(action))

    def whole(self, file):
        document = self.documents[file]
        return types.Range(types.Position(0, 0), document.client_position_at_offset(len(document.source)))


async def limited(awaitable):
    return await asyncio.wait_for(awaitable, LIMIT)


async def reached(look, holds):
    """Looks until something holds, at most a minute, and gives what was seen last."""
    end = time.monotonic() + LIMIT
    while not holds(seen := await look()) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return seen


def make_client():
    client = make_test_lsp_client()
    client.registrations = []

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def refuse(params: types.RegistrationParams):
        client.registrations += [registration.method for registration in params.registrations]
        raise JsonRpcMethodNotFound.of(types.CLIENT_REGISTER_CAPABILITY)

    # To refuse is no error of the test.
    report = client.report_server_error

    def report_other(error, source):
        if types.CLIENT_REGISTER_CAPABILITY not in str(error):
            report(error, source)

    client.report_server_error = report_other
    return client


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[PROGRAM, "lsp"], client_factory=make_client))
async def client(lsp_client: LanguageClient):
    yield
    server = lsp_client._server
    if server.returncode is None:
        await limited(lsp_client.shutdown_session())
        assert server.returncode == 0
    assert not lsp_client.error
    assert not lsp_client.messages, lsp_client.messages
    assert not [m for m in lsp_client.log_messages if m.type == types.MessageType.Error], lsp_client.log_messages


@pytest.fixture
def folder(tmp_path):
    """The repository, under a name that is not written in an address as it is on disk."""
    return pathlib.Path(shutil.copytree(FIRST, tmp_path / "a b%20é#🚢+"))


@pytest.mark.parametrize("name", CLIENTS)
async def test_session(client, folder, name):
    offered = CLIENTS[name]
    editor = await Editor(client, folder, offered).begin()
    encodings = offered.general and offered.general.position_encodings
    assert editor.encoding == (encodings or ["utf-16"])[0]
    assert editor.server.text_document_sync.change == types.TextDocumentSyncKind.Incremental
    assert bool(editor.server.diagnostic_provider) == editor.pulls
    await editor.settle("first")

    [finding] = [d for d in await editor.diagnostics(DOCKERFILE) if d.code == "shell-form-entrypoint"]
    actions = await editor.actions(DOCKERFILE, finding.range, diagnostics=[finding])
    literals = [action for action in actions or [] if isinstance(action, types.CodeAction)]
    if offered.text_document and offered.text_document.code_action:
        [preferred] = [a for a in literals if a.kind == types.CodeActionKind.QuickFix and a.is_preferred]
        editor.apply_workspace_edit((await editor.resolved(preferred)).edit)
    else:
        assert not literals, "code actions for a client that knows only commands"
        editor.replace(DOCKERFILE, "CMD ", "CMD exec ")
    editor.save(DOCKERFILE)
    assert (folder / DOCKERFILE).read_bytes() == (FIXED / DOCKERFILE).read_bytes()
    await editor.settle("fixed")

    client.diagnostic_refresh_count = 0
    editor.replace(DOCKERFILE, "python app.py\r\n", "python app.py\r\nUSER root\r\n")
    editor.replace(DOCKERFILE, "🚢 é", "é")
    editor.replace(PIPELINE, "- Dockerfile.production", "- web/Dockerfile")
    await editor.settle("typed")
    editor.replace(DOCKERFILE, "USER root\r\n", "")
    editor.replace(DOCKERFILE, 'TITLE="é', 'TITLE="🚢 é')
    editor.replace(PIPELINE, "- web/Dockerfile", "- Dockerfile.production")
    await editor.settle("fixed")

    if name == "nothing":
        assert not client.registrations, "registered at a client that offers nothing"
        assert not client.diagnostic_refresh_count


@pytest.mark.parametrize("shown", [True, False])
async def test_related(client, folder, shown):
    """The other places of a finding, in other files too."""
    file = "Dockerfile.production"
    command = [PROGRAM, "check", "--root", FIRST, "--format", "json", "--exit-zero", FIRST]
    told = subprocess.run(command, check=True, capture_output=True).stdout
    wanted = sorted(
        (finding["rule"], place["path"], place["span"]["start"]["line"] - 1, place["message"])
        for finding in json.loads(told)["findings"]
        for place in finding["related"]
        if finding["path"] == file
    )
    assert {path for _, path, _, _ in wanted} == {file, PIPELINE}
    offered = capabilities(textDocument__publishDiagnostics={"relatedInformation": shown})
    editor = await Editor(client, folder, offered).begin([file])
    found = await reached(lambda: editor.diagnostics(file), bool)
    places = sorted(
        (d.code, editor.file(place.location.uri), place.location.range.start.line, place.message)
        for d in found
        for place in d.related_information or []
    )
    assert found
    assert places == (wanted if shown else [])


@pytest.mark.parametrize("file", FILES)
async def test_silence(client, folder, file):
    """Whatever is found can be silenced, and then no comment is there in vain."""
    editor = await Editor(client, folder, capabilities()).begin()
    await editor.settle("first")
    first = sorted(d.code for d in await editor.diagnostics(file))

    async def rules():
        return sorted(d.code for d in await editor.diagnostics(file))

    for finding in await editor.diagnostics(file):
        text = editor.documents[file].source
        actions = await editor.actions(file, finding.range, diagnostics=[finding])
        title = f"Silence `{finding.code}`"
        [action, *_] = [
            action for action in actions if action.title.startswith(title) and action.diagnostics[0].range == finding.range
        ]
        assert action.kind == types.CodeActionKind.QuickFix and not action.is_preferred
        editor.apply_workspace_edit((await editor.resolved(action)).edit)
        silenced = editor.documents[file].source
        assert "seaworthy: ignore" in silenced
        # The new line ends as the others do.
        assert silenced.count("\r\n") == (silenced.count("\n") if "\r\n" in text else 0)
        left = await reached(rules, lambda left: left != first)
        assert set(left) <= set(first) and left.count(finding.code) < first.count(finding.code), (finding, left)
        editor.apply(file, [types.TextEdit(editor.whole(file), text)])
        assert await reached(rules, lambda left: left == first) == first


async def test_files_on_disk(client, folder):
    editor = await Editor(client, folder, capabilities()).begin()
    await editor.settle("first")
    (folder / "web/🚢.txt").write_text("")
    client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(editor.uri("web/🚢.txt"), types.FileChangeType.Created)])
    )
    wanted = [line for line in (EXPECTED / "first").read_text().splitlines() if "🚢.txt" not in line]
    assert await reached(editor.lines, lambda lines: lines == wanted) == wanted

    # What is configured counts at once, too.
    (folder / "seaworthy.toml").write_text('[rules]\nlatest-tag = "off"\n')
    client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(editor.uri("seaworthy.toml"), types.FileChangeType.Created)])
    )
    wanted = [line for line in wanted if "[latest-tag]" not in line]
    assert await reached(editor.lines, lambda lines: lines == wanted) == wanted


async def test_close(client, folder):
    """What was typed and not saved is gone with the document, and so is what was said of it."""
    editor = await Editor(client, folder, capabilities()).begin()
    await editor.settle("first")
    editor.replace(PIPELINE, "- Dockerfile.production", "- web/Dockerfile")
    elsewhere = lambda line: "`app.py`" in line and "not exist in the repository root" in line
    lines = await reached(editor.lines, lambda lines: any(map(elsewhere, lines)))
    assert any(map(elsewhere, lines)), lines
    client.text_document_did_close(types.DidCloseTextDocumentParams(editor.identifier(PIPELINE)))
    wanted = [line for line in (EXPECTED / "first").read_text().splitlines() if not line.startswith(PIPELINE)]
    assert await reached(editor.lines, lambda lines: lines == wanted) == wanted


async def test_unchanged(client, folder):
    editor = await Editor(client, folder, CLIENTS["pull"]).begin()
    await editor.settle("first")
    for file in FILES:
        assert editor.answers[file].result_id
        report = await limited(
            client.text_document_diagnostic_async(
                types.DocumentDiagnosticParams(
                    editor.identifier(file),
                    identifier=editor.server.diagnostic_provider.identifier,
                    previous_result_id=editor.answers[file].result_id,
                )
            )
        )
        assert report.kind == "unchanged", file


@pytest.mark.parametrize("format", ["markdown", "plaintext"])
async def test_hover(client, folder, format):
    editor = await Editor(client, folder, capabilities(textDocument__hover={"contentFormat": [format]})).begin()

    async def hover(*place):
        params = types.HoverParams(editor.identifier(DOCKERFILE), editor.position(DOCKERFILE, *place))
        return await limited(client.text_document_hover_async(params))

    # Behind an emoji, on the second of the two units in which it is counted, and on what nothing is said of.
    told = await hover("q8Zr2Lw0Vx7T", 3)
    assert told.contents.kind == format
    assert "secret-literal" in told.contents.value
    marked = "**" in told.contents.value or "](" in told.contents.value
    assert marked == (format == "markdown"), told.contents.value
    if told.range:
        assert told.range.start <= editor.position(DOCKERFILE, "q8Zr2Lw0Vx7T", 3) < told.range.end
    assert "shell-form-entrypoint" in (await hover("CMD python", 1)).contents.value
    assert await hover("The page") is None


async def test_completion(client, folder):
    editor = await Editor(client, folder, capabilities()).begin()
    listed = subprocess.run([PROGRAM, "rules", "--format", "json"], check=True, capture_output=True).stdout
    rules = {rule["id"] for rule in json.loads(listed)["rules"]}

    async def complete(file, before):
        params = types.CompletionParams(editor.identifier(file), editor.position(file, before, len(before)))
        given = await limited(client.text_document_completion_async(params))
        items = given.items if isinstance(given, types.CompletionList) else given or []
        assert rules.issuperset(item.label for item in items)
        return {item.label: item for item in items}

    def choose(file, item):
        """What an editor does with an item that has no edit depends on what it takes for a word."""
        assert item.text_edit, item
        document = editor.documents[file]
        change = types.TextDocumentContentChangePartial(range=item.text_edit.range, text=item.text_edit.new_text)
        document = TextDocument(document.uri, document.source, position_codec=document.position_codec)
        document.apply_change(change)
        return document.source

    first = "FROM python:latest"
    editor.replace(DOCKERFILE, first, f"# seaworthy: ignore[\r\n{first}")
    assert "latest-tag" in await complete(DOCKERFILE, "ignore[")
    editor.replace(DOCKERFILE, "ignore[", "ignore[late")
    item = (await complete(DOCKERFILE, "ignore[late"))["latest-tag"]
    assert f"# seaworthy: ignore[latest-tag\r\n{first}" in choose(DOCKERFILE, item)
    editor.replace(DOCKERFILE, "ignore[late", "ignore[latest-tag, ro")
    item = (await complete(DOCKERFILE, "ignore[latest-tag, ro"))["root-user"]
    assert f"# seaworthy: ignore[latest-tag, root-user\r\n{first}" in choose(DOCKERFILE, item)
    assert not await complete(DOCKERFILE, "FROM python")

    # Behind emoji on the same line.
    editor.replace(TERRAFORM, '"karen_password"', '"karen_password" # seaworthy: ignore[sec')
    item = (await complete(TERRAFORM, "ignore[sec"))["secret-literal"]
    assert '  /* 🚢🚢 */ password = "karen_password" # seaworthy: ignore[secret-literal\n' in choose(TERRAFORM, item)


@pytest.mark.parametrize("trees", [True, False])
async def test_document_symbols(client, folder, trees):
    offered = capabilities(textDocument__documentSymbol={"hierarchicalDocumentSymbolSupport": trees})
    editor = await Editor(client, folder, offered).begin()
    named_there = [(DOCKERFILE, DOCKERFILE, 0), (PIPELINE, "lint-prompts", 1), (TERRAFORM, "google_sql_user", 1)]
    for file, named, lines in named_there:
        symbols = await limited(
            client.text_document_document_symbol_async(types.DocumentSymbolParams(editor.identifier(file)))
        )
        texts = []

        def look(symbol, range, around):
            assert around.start <= range.start < range.end <= around.end, symbol
            texts.append((symbol.name, editor.documents[file].text_in_client_range(range)))
            if trees:
                assert range.start <= symbol.selection_range.start <= symbol.selection_range.end <= range.end, symbol
                for child in symbol.children or []:
                    look(child, child.range, range)

        for symbol in symbols:
            if trees:
                assert isinstance(symbol, types.DocumentSymbol)
                look(symbol, symbol.range, editor.whole(file))
            else:
                assert isinstance(symbol, types.SymbolInformation)
                assert symbol.location.uri == editor.uri(file)
                look(symbol, symbol.location.range, editor.whole(file))
        # A name, and the lines that are about it: an editor tells from them what the cursor is in.
        assert any(named in name and text.count("\n") >= lines for name, text in texts), (named, texts)


async def test_workspace_symbols(client, folder):
    editor = await Editor(client, folder, capabilities()).begin(files=[])

    async def find(query):
        return await limited(client.workspace_symbol_async(types.WorkspaceSymbolParams(query))) or []

    found = await find("google_sql_database_instance")
    assert TERRAFORM in [editor.file(symbol.location.uri) for symbol in found], found
    assert not await find("no such name is anywhere")


@pytest.mark.parametrize("links", [False, True])
async def test_definition(client, folder, links):
    editor = await Editor(client, folder, capabilities(textDocument__definition={"linkSupport": links})).begin()

    async def define(*place):
        params = types.DefinitionParams(editor.identifier(PIPELINE), editor.position(PIPELINE, *place))
        found = await limited(client.text_document_definition_async(params)) or []
        found = found if isinstance(found, list) else [found]
        uris = [place.target_uri if isinstance(place, types.LocationLink) else place.uri for place in found]
        assert links or not any(isinstance(place, types.LocationLink) for place in found)
        return [editor.file(uri) for uri in uris]

    assert await define("Dockerfile.production", 3) == ["Dockerfile.production"]
    # What is not yet saved counts.
    editor.replace(PIPELINE, "- Dockerfile.production", "- web/Dockerfile")
    assert await define("web/Dockerfile", 3) == [DOCKERFILE]
    assert await define("southamerica-east1") == []


async def test_links(client, folder):
    editor = await Editor(client, folder, capabilities(textDocument__documentLink={})).begin()
    links = await limited(
        client.text_document_document_link_async(types.DocumentLinkParams(editor.identifier(PIPELINE)))
    )
    there = {editor.documents[PIPELINE].text_in_client_range(link.range): link.target for link in links}
    assert editor.file(there["Dockerfile.production"]) == "Dockerfile.production"


# What is wrong in the Terraform file has no safe fix.
@pytest.mark.parametrize("file", [file for file in FILES if not file.endswith(".tf")])
async def test_fix_all(client, folder, file):
    """All that is safe, as `check --fix` writes it."""
    other = folder.parent / "fixed"
    shutil.copytree(folder, other)
    subprocess.run([PROGRAM, "check", "--root", ".", "--fix", "--exit-zero", file], cwd=other, check=True)
    editor = await Editor(client, folder, capabilities()).begin()
    for kind in ["source.fixAll.seaworthy", "source.fixAll", "source"]:
        actions = await editor.actions(file, editor.whole(file), only=[kind])
        [action] = [action for action in actions if action.kind == "source.fixAll.seaworthy"]
    assert not await editor.actions(file, editor.whole(file), only=["refactor"])
    editor.apply_workspace_edit((await editor.resolved(action)).edit)
    assert editor.documents[file].source.encode() == (other / file).read_bytes() != (FIRST / file).read_bytes()


async def test_errors(client, folder):
    async def code(method, params):
        with pytest.raises(JsonRpcException) as problem:
            await limited(client.protocol.send_request_async(method, params))
        return problem.value.code

    # The client checks requests against what it has offered, which before its first is nothing.
    client.capabilities = types.ClientCapabilities()
    identifier = types.TextDocumentIdentifier((folder / DOCKERFILE).as_uri())
    hover = types.HoverParams(identifier, types.Position(0, 0))
    assert await code(types.TEXT_DOCUMENT_HOVER, hover) == types.ErrorCodes.ServerNotInitialized
    editor = await Editor(client, folder, capabilities()).begin()
    assert await code("seaworthy/unknown", None) == types.ErrorCodes.MethodNotFound
    client.protocol.notify("$/unknown", None)
    client.protocol.notify("seaworthy/unknown", None)
    # Places that are not in the text, and a file that nobody has.
    far = types.Position(line=10**6, character=10**6)
    for file in [DOCKERFILE, "nowhere/Dockerfile"]:
        params = types.HoverParams(editor.identifier(file), far)
        assert await limited(client.text_document_hover_async(params)) is None
    await editor.settle("first")
    await limited(client.shutdown_async(None))
    assert await code(types.TEXT_DOCUMENT_HOVER, hover) == types.ErrorCodes.InvalidRequest
    client.exit(None)
    assert await limited(client._server.wait()) == 0


async def test_end_of_input(client, folder):
    editor = await Editor(client, folder, capabilities()).begin()
    await editor.settle("first")
    client._server.stdin.close()
    await limited(client._server.wait())
