// Drives the editor of `vscode`, the script beside this one, as a person would.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { ADDRESS, CHROMIUM, PACKAGES, PICTURES, REPOSITORY, SCRATCH } = process.env;
const { chromium } = createRequire(`${PACKAGES}/`)("playwright-core");

// As root, Chromium has no sandbox.
const browser = await chromium.launch({ executablePath: CHROMIUM, args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
const page = await browser.newPage({ viewport: { width: 1200, height: 700 } });
page.setDefaultTimeout(30_000);

async function picture(name) {
  if (PICTURES) await page.screenshot({ path: `${PICTURES}/editor-${name}.png`, animations: "disabled" });
}

async function run(command) {
  await page.keyboard.press("F1");
  const input = page.locator(".quick-input-widget input.input");
  await input.fill(`>${command}`);
  await page.locator(".quick-input-widget .monaco-list-row", { hasText: command }).first().click();
}

async function line(number) {
  await page.locator(".monaco-editor .view-line").nth(number - 1).click({ position: { x: 60, y: 8 } });
  await page.locator(".statusbar-item", { hasText: `Ln ${number}, ` }).waitFor();
}

/** The file on the disk, once it holds a text. */
async function saved(name, text) {
  for (let wait = 0; wait < 100; wait++) {
    if (readFileSync(`${REPOSITORY}/${name}`, "utf8").includes(text)) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`${name} on the disk has no \`${text}\``);
}

/** The log of the extension, once it has started so many servers. */
async function started(count) {
  for (let wait = 0; wait < 300; wait++) {
    const logs = readdirSync(`${SCRATCH}/data`, { recursive: true }).filter((name) => name.endsWith("Seaworthy.log"));
    const text = logs.map((name) => readFileSync(`${SCRATCH}/data/${name}`, "utf8")).join("");
    if (text.split("seaworthy lsp").length > count) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`the server was not started ${count} times`);
}

try {
  await page.goto(`${ADDRESS}?folder=${encodeURIComponent(REPOSITORY)}`);
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "Dockerfile" }).dblclick();
  await page.locator(".monaco-editor .view-line", { hasText: "FROM" }).waitFor();

  // The findings, in the list and under the text.
  await page.keyboard.press("Control+Shift+M");
  const problem = (rule) => page.locator(".markers-panel .monaco-list-row", { hasText: rule });
  await problem("latest-tag").waitFor({ timeout: 60_000 });
  await problem("shell-form-entrypoint").waitFor();
  await page.locator(".monaco-editor .squiggly-warning").nth(1).waitFor({ state: "attached" });
  await picture("problems");

  // What it says where it is.
  await page.locator(".monaco-editor .view-line", { hasText: "FROM" }).getByText("python", { exact: false }).last().hover();
  await page.locator(".monaco-hover:visible", { hasText: "latest-tag" }).first().waitFor();
  await picture("hover");

  // The fix.
  await problem("shell-form-entrypoint").dblclick();
  await line(5);
  await page.keyboard.press("Control+.");
  const fix = page.locator(".action-widget .monaco-list-row", { hasText: /exec|shell-form-entrypoint/ }).first();
  await fix.waitFor();
  await picture("fix");
  await fix.click();
  await page.locator(".monaco-editor .view-line", { hasText: "exec" }).waitFor();
  await problem("shell-form-entrypoint").waitFor({ state: "detached" });
  await page.keyboard.press("Control+s");
  await saved("Dockerfile", "exec");

  // A new server finds what the old one found.
  await run("Seaworthy: Restart server");
  await started(2);
  await problem("latest-tag").waitFor();
} catch (error) {
  await page.screenshot({ path: `${SCRATCH}/failed.png` });
  console.error(`${error}\n${await page.locator("body").innerText()}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
