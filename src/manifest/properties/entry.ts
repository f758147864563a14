import type { Span } from '../../core/span.ts';
import type { ProjectPackage, SourceFile } from '../../project/project.ts';
import { yamlSpan } from '../../project/yaml/locate.ts';
import type { PlainRecord } from '../record.ts';

/** A properties file after it was read. */
export interface PropertiesFile {
  readonly pack: ProjectPackage;
  readonly file: SourceFile;
  /** The file's path in errors. */
  readonly shown: string;
  readonly data: PlainRecord;
}

/** One item of a section's list: a model, a source, a macro, ... */
export interface PropertiesEntry {
  readonly pack: ProjectPackage;
  readonly file: SourceFile;
  /** The file's path in errors. */
  readonly shown: string;
  readonly section: string;
  /** Position in the section's list. */
  readonly index: number;
  readonly name: string;
  /** Its values, rendered but for descriptions, tests and hooks. */
  readonly data: PlainRecord;
  /** As written. */
  readonly raw: PlainRecord;
}

/** Where a key or value of an entry stands; worked out only when it is shown. */
export function placeIn(
  entry: Pick<PropertiesEntry, 'file' | 'shown' | 'section' | 'index'>,
  path: readonly (string | number)[] = [],
  what: 'key' | 'value' = 'key',
): Span {
  const { file, shown, section, index } = entry;
  return yamlSpan(shown, file.text, [section, index, ...path], what);
}

/** The same, for what outlives the entry: nothing of it but its place is kept. */
export function placeLater(
  { file, shown, section, index }: Pick<PropertiesEntry, 'file' | 'shown' | 'section' | 'index'>,
  path: readonly (string | number)[],
  what: 'key' | 'value',
): () => Span {
  return () => placeIn({ file, shown, section, index }, path, what);
}

/** As errors call it: `model 'orders'`. */
export function entryLabel(entry: Pick<PropertiesEntry, 'section' | 'name'>): string {
  return `${singular[entry.section] ?? entry.section} '${entry.name}'`;
}

export const singular: Readonly<Record<string, string>> = {
  models: 'model',
  seeds: 'seed',
  snapshots: 'snapshot',
  sources: 'source',
  analyses: 'analysis',
  macros: 'macro',
  exposures: 'exposure',
  groups: 'group',
  data_tests: 'test',
  functions: 'function',
  metrics: 'metric',
  semantic_models: 'semantic model',
  saved_queries: 'saved query',
  unit_tests: 'unit test',
};

/** `package://path`, as nodes name the file that describes them. */
export function patchPath(entry: Pick<PropertiesEntry, 'pack' | 'file'>): string {
  return `${entry.pack.name}://${entry.file.path}`;
}
