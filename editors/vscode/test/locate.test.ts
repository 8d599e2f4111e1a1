import assert from "node:assert/strict";
import { test } from "node:test";
import { locate, type Surroundings } from "../src/locate";

function around(files: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    setting: "",
    extension: "/ext",
    folder: "/repo",
    home: "/home/ann",
    path: "/usr/local/bin:/usr/bin",
    windows: false,
    runnable: (file) => files.includes(file),
    ...more,
  };
}

const everywhere = ["/mine/seaworthy", "/ext/bundled/bin/seaworthy", "/usr/local/bin/seaworthy", "/usr/bin/seaworthy"];

test("the setting wins", () => {
  assert.deepEqual(locate(around(everywhere, { setting: "/mine/seaworthy" })), { program: "/mine/seaworthy" });
});

test("then the bundled program, then the first one on PATH", () => {
  assert.deepEqual(locate(around(everywhere)), { program: "/ext/bundled/bin/seaworthy" });
  assert.deepEqual(locate(around(everywhere.slice(2))), { program: "/usr/local/bin/seaworthy" });
  assert.deepEqual(locate(around(everywhere.slice(3))), { program: "/usr/bin/seaworthy" });
});

test("a wrong setting is told, and nothing else is tried", () => {
  const located = locate(around(everywhere, { setting: "/typo/seaworthy" }));
  assert.ok("problem" in located && located.problem.includes("`/typo/seaworthy`"), JSON.stringify(located));
});

test("nothing found is told", () => {
  assert.ok("problem" in locate(around([])));
  assert.ok("problem" in locate(around([], { path: "" })));
});

test("a setting may be a name, and begin with ~, ${workspaceFolder} or a folder of the workspace", () => {
  const files = ["/usr/bin/seaworthy-next", "/home/ann/bin/sw", "/repo/tools/sw"];
  const found = (setting: string, more: Partial<Surroundings> = {}) => locate(around(files, { setting, ...more }));
  assert.deepEqual(found("seaworthy-next"), { program: "/usr/bin/seaworthy-next" });
  assert.deepEqual(found("~/bin/sw"), { program: "/home/ann/bin/sw" });
  assert.deepEqual(found("${workspaceFolder}/tools/sw"), { program: "/repo/tools/sw" });
  assert.deepEqual(found("./tools/sw"), { program: "/repo/tools/sw" });
  assert.deepEqual(found("  /repo/tools/sw "), { program: "/repo/tools/sw" });
  assert.ok("problem" in found("./tools/sw", { folder: undefined }));
  assert.ok("problem" in found("${workspaceFolder}/tools/sw", { folder: undefined }));
});

test("names of folders are taken as they are", () => {
  const folder = "/repo/$&$1";
  assert.deepEqual(locate(around([`${folder}/sw`], { setting: "${workspaceFolder}/sw", folder })), {
    program: `${folder}/sw`,
  });
});

test("PATH never means the opened repository", () => {
  const files = ["seaworthy", "./seaworthy", "bin/seaworthy", "/repo/seaworthy"];
  assert.ok("problem" in locate(around(files, { path: ":.:bin" })));
});

test("Windows", () => {
  const windows = (files: string[], more: Partial<Surroundings> = {}) =>
    locate(
      around(files, {
        windows: true,
        extension: "C:\\ext",
        folder: "C:\\repo",
        home: "C:\\Users\\ann",
        path: 'C:\\tools;"C:\\more tools"',
        ...more,
      }),
    );
  const bundled = "C:\\ext\\bundled\\bin\\seaworthy.exe";
  const quoted = "C:\\more tools\\seaworthy.exe";
  assert.deepEqual(windows([bundled, quoted]), { program: bundled });
  assert.deepEqual(windows([quoted]), { program: quoted });
  assert.deepEqual(windows([quoted], { setting: "seaworthy" }), { program: quoted });
  assert.deepEqual(windows(["C:\\Users\\ann\\sw.exe"], { setting: "~\\sw" }), { program: "C:\\Users\\ann\\sw.exe" });
  assert.deepEqual(windows(["C:\\repo\\sw.exe"], { setting: "./sw.exe" }), { program: "C:\\repo\\sw.exe" });
});
