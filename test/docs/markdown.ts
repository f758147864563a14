import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..');

/** A Markdown file of the repository, by its path from the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
  /** Its text without fenced code. */
  readonly prose: string;
}

export function page(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, prose: text.replace(/^```.*?^```$/gms, '') };
}

/** What is written for readers: the pages beside the root, and everything in `docs`. */
export function pages(): readonly Page[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`);
  return ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...inDocs.sort()].map(page);
}

/** Headings of a level, as they are written. */
export function headings({ prose }: Page, level: string): readonly string[] {
  return [...prose.matchAll(/^(#+) (.+)$/gm)]
    .filter(([, marks]) => marks === level)
    .map(([, , text]) => text!);
}

/** Anchors of a page, as GitHub makes them from its headings. */
export function anchors({ prose }: Page): ReadonlySet<string> {
  const found = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text!);
  return new Set(
    found.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- _]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Targets of the links that lead to another place of the repository. */
export function links({ prose }: Page): readonly string[] {
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The section below a heading, up to the next heading of any level. */
export function section({ prose }: Page, heading: string): string {
  const start = prose.indexOf(`${heading}\n`);
  if (start < 0) throw new Error(`no heading '${heading}'`);
  const rest = prose.slice(start + heading.length);
  const end = rest.search(/^#+ /m);
  return end < 0 ? rest : rest.slice(0, end);
}

/** Code blocks of a language. */
export function blocks({ text }: Page, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code!);
}
