import { join } from 'node:path';
import type { Diagnostics } from '../core/diagnostic.ts';
import { fileNotMapping } from './errors.ts';
import type { SourceFile } from './project.ts';
import { readOptionalFile } from './text-file.ts';
import { yamlSpan } from './yaml/locate.ts';
import { isMapping, recordOf } from './yaml/mapping.ts';
import { readYaml } from './yaml/read-yaml.ts';

/** A YAML file of settings beside the project file. */
export interface DataFile {
  readonly file: SourceFile;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Reads it; null where it does not exist, or, told, where it is no mapping. An empty file is an empty mapping.
 * `shownPath` makes the path that errors show; the name itself unless given.
 */
export function readDataFile(
  directory: string,
  name: string,
  found: Diagnostics,
  shownPath: (path: string) => string = (path) => path,
): DataFile | null {
  const shown = shownPath(name);
  const read = found.collect(() => {
    const absolutePath = join(directory, name);
    const file = readOptionalFile({ path: shown, folder: '', absolutePath, shownPath: shown });
    if (file === null) return null;
    const { data } = readYaml(file.text, shown, { family: 'Runtime Error' });
    if (data === null) return { file, data: {} };
    if (isMapping(data)) return { file, data: recordOf(data) };
    found.add(fileNotMapping(yamlSpan(shown, file.text, [], 'value'), shown));
    return null;
  });
  return read ?? null;
}
