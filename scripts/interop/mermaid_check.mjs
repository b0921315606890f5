// Has Mermaid parse every diagram in files of Markdown.
//
// Usage: mermaid_check.mjs FOLDER FILE..., where FOLDER has the node_modules with mermaid and jsdom. Prints how many
// diagrams each file holds; exits 1 when one is refused or when there is none at all, 2 when it is called wrongly.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
if (!folder || files.length === 0) {
  console.error("usage: mermaid_check.mjs FOLDER FILE...");
  process.exit(2);
}
const modules = join(resolve(folder), "node_modules");
const { JSDOM } = createRequire(join(modules, "_"))("jsdom");

// Mermaid cleans labels with DOMPurify, which needs a document as it is loaded.
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import(pathToFileURL(join(modules, "mermaid/dist/mermaid.core.mjs")).href);
// What GitHub's and GitLab's pages refuse is to be refused here as well.
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", maxTextSize: 50_000, maxEdges: 500 });

// A fence is closed by one of the same sign that is as long at least; one that is never closed goes to the end.
function* diagrams(text) {
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const open = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/.exec(lines[at]);
    if (!open) continue;
    const start = at + 1;
    const close = new RegExp(`^ {0,3}${open[1][0]}{${open[1].length},}\\s*$`);
    do at += 1; while (at < lines.length && !close.test(lines[at]));
    if (open[2].toLowerCase() === "mermaid") yield { line: start, text: lines.slice(start, at).join("\n") };
  }
}

let found = 0;
let refused = 0;
for (const file of files) {
  let here = 0;
  for (const { line, text } of diagrams(readFileSync(file, "utf8"))) {
    here += 1;
    try {
      if (text.length > 50_000) throw new Error(`it has ${text.length} characters, more than 50,000`);
      // Parsed into a diagram of its own kind, so that what is only checked on building it is checked as well.
      await mermaid.mermaidAPI.getDiagramFromText(text);
      await mermaid.parse(text);
    } catch (error) {
      refused += 1;
      console.error(`${file}:${line}: Mermaid refuses the diagram: ${error.message ?? error}`);
    }
  }
  found += here;
  console.log(`${file}: ${here} ${here === 1 ? "diagram" : "diagrams"}`);
}
if (found === 0) console.error("there is no diagram in what was given");
process.exit(refused > 0 || found === 0 ? 1 : 0);
