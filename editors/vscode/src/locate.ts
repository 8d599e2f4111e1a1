// Where the program is. Nothing here knows VS Code, so that it can be tested without one.
import { posix, win32 } from "node:path";

export interface Surroundings {
  /** The setting `seaworthy.path`, empty where it is not set. */
  setting: string;
  /** The folder that the extension is installed in. */
  extension: string;
  /** The first folder of the workspace. */
  folder: string | undefined;
  home: string;
  /** The environment variable `PATH`. */
  path: string;
  windows: boolean;
  runnable(file: string): boolean;
}

export type Located = { program: string } | { problem: string };

/**
 * The setting, then the program in the extension, then `PATH`.
 *
 * The setting comes first, and where it is wrong nothing else is tried: someone who names a program wants that one,
 * and would not notice that another one answers. The bundled program comes before `PATH` because it is the one that
 * this extension was tested with.
 */
export function locate(around: Surroundings): Located {
  const { join } = around.windows ? win32 : posix;
  const name = around.windows ? "seaworthy.exe" : "seaworthy";
  const setting = around.setting.trim();
  if (setting !== "") {
    const program = named(setting, around);
    return program === undefined
      ? { problem: `The setting seaworthy.path is \`${setting}\`, and there is no program of that name.` }
      : { program };
  }
  const bundled = join(around.extension, "bundled", "bin", name);
  if (around.runnable(bundled)) return { program: bundled };
  const program = onPath(name, around);
  return program === undefined
    ? { problem: "There is no program `seaworthy` on PATH. Install it, or say where it is in the setting seaworthy.path." }
    : { program };
}

/** The program that a setting means: a path, or a name that is looked for on `PATH`. */
function named(setting: string, around: Surroundings): string | undefined {
  const { isAbsolute, join } = around.windows ? win32 : posix;
  const separator = around.windows ? /[\\/]/ : /\//;
  if (!separator.test(setting)) return candidates(setting, around).map((name) => onPath(name, around)).find(Boolean);
  let file = setting.replace(/^~(?=[\\/])/, () => around.home);
  if (file.includes("${workspaceFolder}")) {
    if (around.folder === undefined) return undefined;
    file = file.replaceAll("${workspaceFolder}", () => around.folder ?? "");
  }
  if (!isAbsolute(file)) {
    if (around.folder === undefined) return undefined;
    file = join(around.folder, file);
  }
  return candidates(file, around).find((file) => around.runnable(file));
}

/** Windows leaves out the ending of a program; people do the same. */
function candidates(file: string, around: Surroundings): string[] {
  return around.windows && !/\.exe$/i.test(file) ? [file, `${file}.exe`] : [file];
}

function onPath(name: string, around: Surroundings): string | undefined {
  const { delimiter, isAbsolute, join } = around.windows ? win32 : posix;
  return around.path
    .split(delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, "$1"))
    // A relative folder, or an empty one, would be the opened repository, which must not choose the program.
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find((file) => around.runnable(file));
}
