/** The page that shows a graph. Knows nothing of VS Code. */

import { randomBytes } from "node:crypto";

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign);

/** A page that may run nothing but its own script. */
function page(body: string, script: string): string {
  const nonce = randomBytes(16).toString("hex");
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<style>
body { margin: 0; padding: 0; overflow: auto; }
svg { display: block; transform-origin: 0 0; }
body.vscode-light .standpipe { color-scheme: light; }
[data-at] { cursor: pointer; }
pre { padding: 1em; white-space: pre-wrap; }
</style></head>
<body>${body}<script nonce="${nonce}">${script}</script></body></html>`;
}

/** Clicks lead to the source; the wheel with Ctrl makes the picture larger and smaller. */
const SCRIPT = `
const vscode = acquireVsCodeApi();
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-at]");
  if (target) vscode.postMessage({ at: target.dataset.at });
});
let scale = vscode.getState()?.scale ?? 1;
const svg = document.querySelector("svg");
const show = () => { if (svg) svg.style.transform = "scale(" + scale + ")"; };
show();
document.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  scale = Math.min(4, Math.max(0.2, scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1)));
  vscode.setState({ scale });
  show();
}, { passive: false });
`;

/** The page of a graph. */
export const graphPage = (svg: string) => page(svg, SCRIPT);

/** The page of what is wrong instead. */
export const errorPage = (text: string) => page(`<pre>${escaped(text)}</pre>`, "");

/** The file and the line, from 1, of a place in a picture, `file:line`; none where it is none. */
export function place(at: unknown): { file: string; line: number } | undefined {
  const found = typeof at === "string" ? /^(.+):(\d+)$/.exec(at) : null;
  return found?.[1] !== undefined && found[2] !== undefined ? { file: found[1], line: Number(found[2]) } : undefined;
}
