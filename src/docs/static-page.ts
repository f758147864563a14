import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../artifacts/write-whole.ts';
import { type SiteInput, siteData } from './site-data.ts';

export interface StaticDocsInput extends SiteInput {
  /** Where the page is written: dbt's name for it is `static_index.html`. */
  readonly path: string;
  /** Absolute path of the page's own files. */
  readonly siteDirectory: string;
}

/** Joined in this order into one script; each file is a module, so that tests can load it alone. */
const scripts = ['markdown.js', 'sql.js', 'layout.js', 'dom.js', 'graph.js', 'pages.js', 'app.js'];

/**
 * Writes the documentation as one HTML file that needs nothing else: no server, no network, no framework. Throws
 * `file-not-written`.
 */
export function writeStaticDocs(input: StaticDocsInput): void {
  const data = siteData(input);
  const page = staticPage(JSON.stringify(data), data.project, input.siteDirectory);
  writeWhole(input.path, (write) => write(page));
}

/**
 * The page around `json`. Its policy lets nothing run but our own script, known by its hash, so that text of a
 * project can never become a program, whatever it holds.
 */
export function staticPage(json: string, title: string, siteDirectory: string): string {
  const siteFile = (name: string): string => readFileSync(join(siteDirectory, name), 'utf8');
  const style = siteFile('style.css');
  const script = `'use strict';\n(() => {\n${scripts.map((name) => withoutModuleSyntax(siteFile(name))).join('\n')}})();\n`;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts: Readonly<Record<string, string>> = {
    policy,
    title: escapeHtml(title),
    // Whole elements: a space between tag and text would be part of what is hashed.
    style: `<style>${style}</style>`,
    data: `<script type="application/json" id="data">${escapeForScript(json)}</script>`,
    script: `<script>${script}</script>`,
  };
  return siteFile('index.html').replace(/\{\{ (\w+) \}\}/g, (whole, name: string) => parts[name] ?? whole);
}

/**
 * JSON that may stand in a script element: no `<` at all (neither `</script>` nor `<!--`), and no line separators,
 * which older readers take for ends of lines.
 */
export function escapeForScript(json: string): string {
  return json
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The joined files share one scope, so their imports and `export` words go. */
function withoutModuleSyntax(source: string): string {
  return source.replace(/^import [^;]*;\n/gm, '').replace(/^export /gm, '');
}

const hashOf = (text: string): string =>
  `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
