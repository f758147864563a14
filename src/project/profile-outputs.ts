import { join } from 'node:path';
import { readOptionalFile } from './text-file.ts';
import { isMapping, recordOf } from './yaml/mapping.ts';
import { readYaml } from './yaml/read-yaml.ts';

/** What a profile offers, as it is written: no template of it is rendered. */
export interface ProfileOutput {
  readonly name: string;
  /** Environment variables that its templates read and give no default, in the order of the text. */
  readonly variables: readonly string[];
}

/** The outputs of a profile; none where there is no such profile. Throws DiagnosticError where the file is no YAML. */
export function profileOutputs(directory: string, profile: string): readonly ProfileOutput[] {
  const entry = entryOf(readProfiles(directory), profile);
  const outputs = entryOf(entry, 'outputs');
  if (!isMapping(outputs)) return [];
  return Object.entries(recordOf(outputs)).map(([name, output]) => ({
    name,
    variables: variablesIn(output),
  }));
}

/** The profiles of a folder. Throws DiagnosticError where the file is no YAML. */
export function profileNames(directory: string): readonly string[] {
  const data = readProfiles(directory);
  return isMapping(data) ? Object.keys(recordOf(data)).filter((name) => name !== 'config') : [];
}

function readProfiles(directory: string): unknown {
  const path = join(directory, 'profiles.yml');
  const source = readOptionalFile({ path: 'profiles.yml', folder: '', absolutePath: path, shownPath: path });
  return source === null ? null : readYaml(source.text, path, { family: 'Runtime Error' }).data;
}

const entryOf = (data: unknown, key: string): unknown => {
  const record = isMapping(data) ? recordOf(data) : {};
  return Object.hasOwn(record, key) ? record[key] : undefined;
};

function variablesIn(output: unknown): readonly string[] {
  const text = textsIn(output).join('\n');
  const calls = text.matchAll(/\benv_var\(\s*(?:"(\w+)"|'(\w+)')\s*(,)?/g);
  const required = [...calls].filter(([, , , more]) => more === undefined);
  return [...new Set(required.map(([, double, single]) => double ?? single!))];
}

function textsIn(data: unknown): readonly string[] {
  if (typeof data === 'string') return [data];
  if (Array.isArray(data)) return data.flatMap(textsIn);
  return isMapping(data) ? Object.values(recordOf(data)).flatMap(textsIn) : [];
}
