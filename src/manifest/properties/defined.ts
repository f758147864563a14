import { checkConfig } from '../config/check-config.ts';
import { configFields } from '../config/fields.ts';
import type { ConfigValues, Report } from '../config/merge.ts';
import type { ResourceType } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { fqnPrefix, withinFolder } from '../paths.ts';
import { isRecord, type PlainRecord } from '../record.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './entry.ts';
import { configPlace } from './patch.ts';

type DefinedType = Extract<
  ResourceType,
  'metric' | 'semantic_model' | 'saved_query' | 'exposure' | 'unit_test'
>;

/** What is the same for every resource that a properties file defines: where it is, and its configuration. */
export interface Defined {
  readonly path: string;
  readonly fqn: readonly string[];
  readonly config: ConfigValues;
  readonly unrendered: ConfigValues;
}

/** Place and configuration of a resource; `patch` is its `config:`, `fqn` the file's with the name unless given. */
export function defineResource(
  state: ParseState,
  entry: PropertiesEntry,
  type: DefinedType,
  options: { readonly name?: string; readonly patch?: PlainRecord; readonly fqn?: readonly string[] } = {},
): Defined {
  const { pack, file, data } = entry;
  const path = withinFolder(file.path, file.folder);
  const fqn = options.fqn ?? [...fqnPrefix(pack.name, path), options.name ?? entry.name];
  const patch = options.patch ?? (isRecord(data['config']) ? data['config'] : {});
  const report: Report = (diagnostic, key) => {
    const place = key === null ? null : configPlace(entry, key);
    const request = { type, packageName: pack.name, fqn };
    if (place === null && key !== null && state.configs.tellInProject(request, diagnostic, key)) return;
    const message = `${diagnostic.message} (${entryLabel(entry)})`;
    state.found.add({ ...diagnostic, message, span: place ?? placeIn(entry) });
  };
  const request = { type, packageName: pack.name, fqn, patch, calls: {}, report };
  const config = state.configs.merged(request);
  for (const { diagnostic, key } of checkConfig(config, configFields(type))) report(diagnostic, key);
  return { path, fqn, config, unrendered: state.configs.unrendered(request) };
}
