// Makes the .vsix, with the program of `SEAWORTHY_BINARY` in it where that is set. Arguments go on to `vsce package`.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

process.chdir(import.meta.dirname);
const args = process.argv.slice(2);

// A program of an earlier run may be for another platform.
rmSync("bundled", { recursive: true, force: true });
const binary = process.env.SEAWORTHY_BINARY;
if (binary) {
  if (!args.includes("--target")) args.push("--target", `${process.platform}-${process.arch}`);
  const windows = args[args.indexOf("--target") + 1].startsWith("win32");
  const program = `bundled/bin/seaworthy${windows ? ".exe" : ""}`;
  mkdirSync("bundled/bin", { recursive: true });
  copyFileSync(binary, program);
  chmodSync(program, 0o755);
}

// A marketplace shows one file, and either licence may be chosen.
const licences = ["MIT", "APACHE"].map((name) => readFileSync(`../../LICENSE-${name}`, "utf8"));
writeFileSync("LICENSE.txt", `MIT OR Apache-2.0, at your option.\n\n${licences.join(`\n${"-".repeat(79)}\n\n`)}`);

rmSync("dist", { recursive: true, force: true });
execFileSync("npm", ["run", "--silent", "build", "--", "--metafile=dist/meta.json"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});

// The licences of what the bundle contains ask to go with it.
const inputs = Object.keys(JSON.parse(readFileSync("dist/meta.json", "utf8")).inputs);
const packages = new Set(inputs.flatMap((file) => file.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []));
const notices = [...packages].sort().map((folder) => {
  const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (!licence) throw new Error(`${name} has no licence file`);
  return `${name} ${version}\n\n${readFileSync(`${folder}/${licence}`, "utf8").trim()}\n`;
});
writeFileSync("dist/NOTICES.txt", notices.join(`\n${"-".repeat(79)}\n\n`));

// `--no-dependencies`: what is needed from node_modules is in the bundle.
execFileSync(process.execPath, ["node_modules/@vscode/vsce/vsce", "package", "--no-dependencies", ...args], {
  stdio: "inherit",
});
