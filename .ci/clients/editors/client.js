// Opens, repairs, types and undoes with the libraries that Visual Studio Code is made of, and compares what the
// server finds with what `check` says. `client.js push` waits for what is published, `client.js pull` asks.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL, fileURLToPath } = require('node:url');
const p = require('vscode-languageserver-protocol/node');
const { TextDocument } = require('vscode-languageserver-textdocument');

const limit = 60000;
const { REPOSITORY: repository, RECORD: record, EXPECTED: expected, SERVER: server, MODE: mode } = process.env;
const files = process.env.FILES.split(' ');
const pull = process.argv[2] === 'pull';
const uriOf = (file) => pathToFileURL(path.join(repository, file)).href;

/** What a promise gives, or an error after a minute. */
const within = (what, promise) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`after a minute: ${what}`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const languages = { Dockerfile: 'dockerfile', '.yaml': 'yaml', '.tf': 'terraform' };
const capabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: {
    // The one sort of edit in the one session, the other in the other.
    workspaceEdit: { documentChanges: !pull },
    workspaceFolders: true,
    configuration: true,
    ...(pull && { diagnostics: { refreshSupport: true } }),
  },
  textDocument: {
    synchronization: { didSave: true },
    publishDiagnostics: { versionSupport: true, relatedInformation: true, codeDescriptionSupport: true },
    ...(pull && { diagnostic: { relatedDocumentSupport: true } }),
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source', 'source.fixAll'] } },
      isPreferredSupport: true,
      ...(pull && { dataSupport: true, resolveSupport: { properties: ['edit'] } }),
    },
  },
};

const child = spawn(server, { stdio: ['pipe', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
const connection = p.createProtocolConnection(
  new p.StreamMessageReader(child.stdout),
  new p.StreamMessageWriter(child.stdin),
);
// An editor of which only a process is left that holds the server's input open.
const parent = mode === 'orphan' ? spawn('sleep', ['600']) : undefined;
process.on('exit', () => parent?.kill('SIGKILL'));
const problems = [];
const published = new Map();
let changed = () => {};
let refreshes = 0;
connection.onError(([error]) => problems.push(`broken message: ${error}`));
connection.onUnhandledNotification((message) => {
  if (!/^(\$|window)\//.test(message.method)) problems.push(`not asked for: ${message.method}`);
});
connection.onNotification(p.PublishDiagnosticsNotification.type, (params) => {
  if (pull) problems.push(`published although asked: ${params.uri}`);
  published.set(params.uri, params);
  changed();
});
connection.onRequest(p.DiagnosticRefreshRequest.type, () => {
  if (!pull) problems.push('a refresh for a client that does not ask');
  refreshes += 1;
  changed();
});
connection.onRequest(p.ConfigurationRequest.type, (params) => params.items.map(() => null));
connection.onRequest(p.RegistrationRequest.type, (params) => {
  problems.push(`registered although it was not offered: ${JSON.stringify(params)}`);
});

/** Waits until `holds` does, which is looked at whenever the server tells something. */
const until = (what, holds) =>
  within(
    what,
    new Promise((resolve, reject) => {
      changed = () => {
        try {
          if (holds()) resolve();
        } catch (error) {
          reject(error);
        }
      };
      changed();
    }),
  );

const documents = new Map();
const results = new Map();
const severities = ['', 'error', 'warning', 'info', 'hint'];
const line = (file, d) => {
  assert.equal(d.source, 'seaworthy');
  // The pages of the rules have no address yet.
  if (d.codeDescription) assert.match(d.codeDescription.href, /^https:/);
  const place = ({ line, character }) => `${line}:${character}`;
  const message = d.message.replaceAll('\n', '\\n');
  return `${file}:${place(d.range.start)}-${place(d.range.end)} ${severities[d.severity]}[${d.code}] ${message}`;
};
const sorted = (lines) => lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** The diagnostics of the versions that are open; none of a file that nothing is published about yet. */
const pushed = () =>
  files.flatMap((file) => {
    const told = published.get(uriOf(file));
    return told && told.version === documents.get(file).version ? told.diagnostics.map((d) => line(file, d)) : [];
  });

/** A document at a time, each with what the server calls its last answer. */
const pulled = async () => {
  const lines = [];
  for (const file of files) {
    const { items, resultId } = results.get(file) ?? {};
    const report = await within(
      'an answer to a pull',
      connection.sendRequest(p.DocumentDiagnosticRequest.type, {
        textDocument: { uri: uriOf(file) },
        identifier: capabilitiesOfServer.diagnosticProvider.identifier,
        previousResultId: resultId,
      }),
    );
    if (report.kind === 'full') results.set(file, report);
    else assert.ok(items, `unchanged, and never told: ${file}`);
    lines.push(...results.get(file).items.map((d) => line(file, d)));
  }
  return lines;
};

/** Waits for the findings that `check` has in a state; a pull needs no waiting, what it answers must be right. */
const settle = async (state, name = state) => {
  const wanted = fs.readFileSync(path.join(expected, name), 'utf8').trimEnd().split('\n');
  let lines = [];
  try {
    if (pull) lines = sorted(await pulled());
    else {
      await until(`not what check says of ${state}`, () => {
        lines = sorted(pushed());
        return lines.length === wanted.length && lines.every((text, i) => text === wanted[i]);
      });
    }
  } finally {
    fs.writeFileSync(path.join(record, state), lines.map((text) => text + '\n').join(''));
  }
  assert.deepEqual(lines, wanted, state);
  assert.deepEqual(problems, []);
};

/** Edits as an editor applies them, and as it tells of them: each in the text that the one before has left. */
const edit = (file, edits) => {
  const document = documents.get(file);
  const text = TextDocument.applyEdits(document, edits);
  const last = [...edits].sort((a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start));
  const contentChanges = last.map(({ range, newText }) => ({ range, text: newText }));
  TextDocument.update(document, contentChanges, document.version + 1);
  assert.equal(document.getText(), text);
  return connection.sendNotification(p.DidChangeTextDocumentNotification.type, {
    textDocument: { uri: document.uri, version: document.version },
    contentChanges,
  });
};

/** Replaces a text that is there once, and gives what takes it back. */
const replace = async (file, from, to) => {
  const document = documents.get(file);
  const at = document.getText().indexOf(from);
  assert.ok(at >= 0 && document.getText().indexOf(from, at + 1) < 0, from);
  const range = (length) => ({ start: document.positionAt(at), end: document.positionAt(at + length) });
  await edit(file, [{ range: range(from.length), newText: to }]);
  const back = { range: range(to.length), newText: from };
  return () => edit(file, [back]);
};

const applyWorkspaceEdit = async (workspaceEdit) => {
  assert.equal(Boolean(workspaceEdit.documentChanges), !pull, JSON.stringify(workspaceEdit));
  const changes =
    workspaceEdit.documentChanges ??
    Object.entries(workspaceEdit.changes).map(([uri, edits]) => ({ textDocument: { uri }, edits }));
  for (const { textDocument, edits } of changes) {
    const file = path.relative(repository, fileURLToPath(textDocument.uri));
    if (!pull) assert.equal(textDocument.version, documents.get(file).version);
    await edit(file, edits);
  }
};

const save = async (file) => {
  fs.writeFileSync(path.join(repository, file), documents.get(file).getText());
  await connection.sendNotification(p.DidSaveTextDocumentNotification.type, { textDocument: { uri: uriOf(file) } });
};

const quickFix = async (file, rule) => {
  const diagnostics = pull ? results.get(file).items : published.get(uriOf(file)).diagnostics;
  const [finding, ...more] = diagnostics.filter((d) => d.code === rule);
  assert.equal(more.length, 0);
  const actions = await within(
    'code actions',
    connection.sendRequest(p.CodeActionRequest.type, {
      textDocument: { uri: uriOf(file) },
      range: finding.range,
      context: { diagnostics: [finding], only: ['quickfix'] },
    }),
  );
  for (const action of actions) assert.match(action.kind, /^quickfix($|\.)/);
  const preferred = actions.filter((action) => action.isPreferred);
  assert.equal(preferred.length, 1, JSON.stringify(actions));
  assert.deepEqual(preferred[0].diagnostics?.map((d) => d.code), [rule]);
  assert.ok(pull || preferred[0].edit, 'an edit that is to be asked for, for a client that cannot ask');
  return preferred[0].edit
    ? preferred[0]
    : within('the edit', connection.sendRequest(p.CodeActionResolveRequest.type, preferred[0]));
};

let capabilitiesOfServer;
const run = async () => {
  connection.listen();
  const uri = pathToFileURL(repository).href;
  ({ capabilities: capabilitiesOfServer } = await within(
    'an answer to initialize',
    connection.sendRequest(p.InitializeRequest.type, {
      processId: parent?.pid ?? process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'repository' }],
      capabilities,
    }),
  ));
  assert.equal(capabilitiesOfServer.positionEncoding ?? 'utf-16', 'utf-16');
  if (pull) assert.ok(capabilitiesOfServer.diagnosticProvider.interFileDependencies);
  await connection.sendNotification(p.InitializedNotification.type, {});
  for (const file of files) {
    const language = languages[path.extname(file) || path.basename(file)];
    const document = TextDocument.create(uriOf(file), language, 1, fs.readFileSync(path.join(repository, file), 'utf8'));
    documents.set(file, document);
    await connection.sendNotification(p.DidOpenTextDocumentNotification.type, {
      textDocument: { uri: document.uri, languageId: language, version: 1, text: document.getText() },
    });
  }
  await settle('first');
  if (mode === 'die') process.kill(process.pid, 'SIGKILL');
  if (mode === 'exit') {
    await connection.sendNotification(p.ExitNotification.type);
    assert.equal(await within('the end', ended), 1, 'exit without shutdown');
    return;
  }
  if (mode === 'orphan') {
    parent.kill('SIGKILL');
    await within('the end', ended);
    return;
  }

  await applyWorkspaceEdit((await quickFix('web/Dockerfile', 'shell-form-entrypoint')).edit);
  await save('web/Dockerfile');
  await settle('fixed');
  assert.deepEqual(fs.readdirSync(record).sort(), ['first', 'fixed', 'home', 'pid', 'told'], 'the server has ended too early');

  const backs = [
    await replace('web/Dockerfile', 'python app.py\r\n', 'python app.py\r\nUSER root\r\n'),
    await replace('web/Dockerfile', '🚢 é', 'é'),
  ];
  if (pull) await pulled();
  refreshes = 0;
  // The Dockerfile is now built in another folder, which changes what is found in it.
  backs.push(await replace('cloudbuild.yaml', '- Dockerfile.production', '- web/Dockerfile'));
  // A client cannot know that what it was told of the Dockerfile no longer holds.
  if (pull) await until('no refresh where another file changes what is found', () => refreshes > 0);
  await settle('typed');
  for (const back of backs.reverse()) await back();
  await settle('undone', 'fixed');

  await within('an answer to shutdown', connection.sendRequest(p.ShutdownRequest.type));
  await connection.sendNotification(p.ExitNotification.type);
  assert.equal(await within('the end', ended), 0);
  assert.deepEqual(problems, []);
};

run().then(
  () => process.exit(0),
  (error) => {
    console.error(error, problems);
    process.exit(1);
  },
);
