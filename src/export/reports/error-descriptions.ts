import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unlessRefused } from '../../core/system-error.ts';

/** What our page of errors says of each code, as plain text; nothing where the page is not beside the program. */
export function errorDescriptions(): ReadonlyMap<string, string> {
  const page = pageOfErrors();
  if (page === null) return new Map();
  const sections = page.split(/^### /m).slice(1);
  return new Map(
    sections.map((section): [string, string] => {
      const [code = '', ...lines] = section.split('\n');
      return [code.trim(), plainText(lines.join('\n').split(/^## /m)[0]!)];
    }),
  );
}

function pageOfErrors(): string | null {
  const root = packageFolder();
  return root === null ? null : unlessRefused(() => readFileSync(join(root, 'docs/errors.md'), 'utf8'));
}

/** Found by the package's own name, because the program is built into files of other places. */
function packageFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('sluice/package.json'));
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw caught;
  }
}

const plainText = (markdown: string): string =>
  markdown
    .replace(/^```.*?^```$/gms, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
