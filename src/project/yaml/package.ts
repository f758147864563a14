import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

let loaded: typeof Yaml | null = null;

/** The `yaml` package, loaded when the first file needs it: most projects never do. */
export function yamlPackage(): typeof Yaml {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml;
  return loaded;
}

/** Syntax only: every scalar is text, so that `PlainScalar` rules decide what it means. */
export function parseSyntax(text: string): Yaml.Document.Parsed {
  return yamlPackage().parseDocument(text, {
    version: '1.1',
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
}
