// Checks files of HTML with tools that others wrote: html-validate, the Nu Html Checker (where there is Java) and, where there
// is Chromium, axe in it: light and dark, on a desk, a phone and paper. A file must ask for nothing from elsewhere.
//
// Usage: html_check.mjs FOLDER FILE..., where FOLDER has the node_modules with html-validate, vnu-jar, playwright-core and
// @axe-core/playwright; CHROMIUM names the browser, which is left out without it. Exits 1 when one finds something.

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...named] = process.argv.slice(2);
const files = named.map((file) => resolve(file));
if (!folder || files.length === 0) {
  console.error("usage: html_check.mjs FOLDER FILE...");
  process.exit(2);
}
const require = createRequire(join(resolve(folder), "node_modules", "_"));
const { HtmlValidate } = require("html-validate");
const { AxeBuilder } = require("@axe-core/playwright");
const { chromium } = require("playwright-core");

let failed = 0;

function fail(file, tool, words) {
  failed += 1;
  console.error(`${file}: ${tool}: ${words}`);
}

const rules = {
  // People give the title.
  "long-title": "off",
  // Ids are those of GitHub, with any letters, and those of the page itself have a point.
  "valid-id": ["error", { relaxed: true }],
};

async function validate() {
  const checker = new HtmlValidate({ root: true, extends: ["html-validate:recommended"], rules });
  for (const file of files) {
    const report = await checker.validateFile(file);
    for (const { line, column, message, ruleId } of report.results.flatMap(({ messages }) => messages)) {
      fail(file, "html-validate", `${line}:${column}: ${message} (${ruleId})`);
    }
  }
}

function validateByNu() {
  const path = String(require("vnu-jar"));
  const { error, status, stderr } = spawnSync("java", ["-Xss2m", "-jar", path, "--format", "json", ...files], {
    encoding: "utf8", maxBuffer: 64 * 1024 * 1024,
  });
  if (error?.code === "ENOENT") {
    console.log("left out, for want of Java: the Nu Html Checker");
    return;
  }
  const { messages } = JSON.parse(stderr);
  for (const { url, lastLine, type, subType, message } of messages) {
    fail(url, "vnu", `${lastLine}: ${subType ?? type}: ${message}`);
  }
  if (status !== 0 && messages.length === 0) fail("all", "vnu", `exit code ${status}`);
}

const looks = {
  desk: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: "light" },
  paper: { viewport: { width: 794, height: 1123 }, colorScheme: "dark" },
};

async function look(browser, file, name, options) {
  // On the desk its own policy holds, and axe works around it.
  const context = await browser.newContext({ ...options, bypassCSP: name !== "desk" });
  const page = await context.newPage();
  const own = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (request.url() !== own) fail(file, name, `asks for ${request.url()}`);
  });
  page.on("console", (message) => fail(file, name, message.text()));
  await page.goto(own);
  if (name === "paper") await page.emulateMedia({ media: "print" });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) fail(file, name, `is ${wide} px wider than the window`);
  const strange = "script, iframe, object, embed, form, link, base";
  const found = await page.evaluate((which) => document.querySelectorAll(which).length, strange);
  if (found > 0) fail(file, name, `has ${found} elements that it must not have`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, help, nodes } of violations) {
    const where = nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(" | ");
    fail(file, `axe, ${name}`, `${id}: ${help}: ${where}`);
  }
  await context.close();
}

async function axe(executablePath) {
  const args = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ];
  const browser = await chromium.launch({ executablePath, args });
  try {
    for (const file of files) {
      // What is in the other templates is in this one, too.
      const names = file.endsWith("/standard.html") ? Object.keys(looks) : ["desk"];
      for (const name of names) await look(browser, file, name, looks[name]);
    }
  } finally {
    await browser.close();
  }
}

await validate();
validateByNu();
if (process.env.CHROMIUM) {
  await axe(process.env.CHROMIUM);
} else {
  console.log("left out, for want of Chromium: axe");
}
process.exit(failed === 0 ? 0 : 1);
