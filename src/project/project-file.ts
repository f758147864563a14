import { join } from 'node:path';
import type { Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { projectFileMissing, projectNotMapping } from './errors.ts';
import type { SourceFile } from './project.ts';
import { readOptionalFile } from './text-file.ts';
import { duplicateYamlKey } from './yaml/errors.ts';
import { yamlSpan } from './yaml/locate.ts';
import { isMapping, recordOf } from './yaml/mapping.ts';
import { readYaml } from './yaml/read-yaml.ts';

/** A `dbt_project.yml` as it is written. */
export interface ProjectFile {
  readonly source: SourceFile;
  /** The path that errors show. */
  readonly shownPath: string;
  /** Unrendered. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Told every mistake of this file. */
  readonly found: Diagnostics;
  keySpan(...path: (string | number)[]): Span;
  valueSpan(...path: (string | number)[]): Span;
}

export const projectFileName = 'dbt_project.yml';

/** Reads a package's project file; null, and told, where it is missing, broken or no mapping. */
export function readProjectFile(
  directory: string,
  found: Diagnostics,
  shownPath: (path: string) => string = (path) => path,
): ProjectFile | null {
  const path = projectFileName;
  const shown = shownPath(path);
  const absolutePath = join(directory, path);
  return (
    found.collect(() => {
      const source = readOptionalFile({ path, folder: '', absolutePath, shownPath: shown });
      if (source === null) {
        found.add(projectFileMissing(absolutePath));
        return null;
      }
      return projectFileOf(source, shown, found);
    }) ?? null
  );
}

function projectFileOf(source: SourceFile, shownPath: string, found: Diagnostics): ProjectFile | null {
  const { text } = source;
  const { data, duplicates } = readYaml(text, shownPath, { family: 'Runtime Error' });
  for (const { key, span } of duplicates) found.add(duplicateYamlKey(key, span));
  const keySpan = (...path: (string | number)[]) => yamlSpan(shownPath, text, path, 'key');
  const valueSpan = (...path: (string | number)[]) => yamlSpan(shownPath, text, path, 'value');
  if (!isMapping(data)) {
    found.add(projectNotMapping(valueSpan(), shownPath));
    return null;
  }
  return { source, shownPath, data: recordOf(data), found, keySpan, valueSpan };
}
