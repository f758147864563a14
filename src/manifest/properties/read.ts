import type { Diagnostics } from '../../core/diagnostic.ts';
import { didYouMeanKey } from '../../core/nearest.ts';
import type { Environment } from '../../jinja/environment.ts';
import type { ProjectPackage, SourceFile } from '../../project/project.ts';
import { duplicateYamlKey } from '../../project/yaml/errors.ts';
import { yamlSpan } from '../../project/yaml/locate.ts';
import { readYaml } from '../../project/yaml/read-yaml.ts';
import type { ParseState } from '../parse-state.ts';
import { shownPath } from '../paths.ts';
import { isRecord, own } from '../record.ts';
import { catchTemplate } from '../template-failures.ts';
import { type PropertiesEntry, type PropertiesFile, singular } from './entry.ts';
import { propertyInvalid, propertyType, unknownSection } from './errors.ts';
import { changesByRendering, renderEntryValues } from './render-values.ts';

/** Sections that are understood, in the order in which dbt reads those of one file. */
export const sections = [
  'models',
  'seeds',
  'snapshots',
  'sources',
  'macros',
  'data_tests',
  'analyses',
  'exposures',
  'functions',
  'metrics',
  'groups',
  'semantic_models',
  'unit_tests',
  'saved_queries',
] as const;

export type Section = (typeof sections)[number];

const silent = new Set(['version', 'anchors']);

/** The file's mapping; null where it is empty or wrong, which is told. */
export function readPropertiesFile(
  state: ParseState,
  pack: ProjectPackage,
  file: SourceFile,
): PropertiesFile | null {
  const { found } = state;
  const shown = shownPath(state, pack, file.path);
  const result = catchTemplate(found, () => readYaml(file.text, shown));
  if (result === undefined || result.data === null || result.data === undefined) return null;
  for (const { key, span } of result.duplicates) found.add(duplicateYamlKey(key, span));
  const { data } = result;
  if (!isRecord(data)) {
    found.add(
      propertyInvalid(shown, 'a properties file must be a mapping', yamlSpan(shown, file.text, [], 'value')),
    );
    return null;
  }
  for (const key of Object.keys(data)) {
    if (silent.has(key) || (sections as readonly string[]).includes(key)) continue;
    found.add(unknownSection(key, yamlSpan(shown, file.text, [key], 'key'), sections));
  }
  return { pack, file, shown, data };
}

/** The well-formed entries of a section, rendered; everything else is told, ill-formed ones to `refused`. */
export function* entriesOf(
  state: ParseState,
  properties: PropertiesFile,
  section: Section,
  environment: Environment,
  refused: Diagnostics = state.found,
): Generator<PropertiesEntry> {
  const { pack, file, shown, data } = properties;
  const list = own(data, section);
  if (list === undefined) return;
  const place = (...path: (string | number)[]) => yamlSpan(shown, file.text, [section, ...path], 'value');
  if (!Array.isArray(list)) {
    refused.add(propertyType(shown, section, 'a list', list, place()));
    return;
  }
  const kind = singular[section] ?? section;
  for (const [index, raw] of list.entries()) {
    if (!isRecord(raw)) {
      refused.add(propertyType(`'${section}'`, `item ${index + 1}`, 'a mapping', raw, place(index)));
      continue;
    }
    if (section === 'models' && isPassedOver(state, shown, own(raw, 'name'))) continue;
    const at = { file, shown, section, index };
    const rendered = changesByRendering(raw) ? renderEntryValues(at, raw, environment, state.found) : raw;
    if (!isRecord(rendered)) continue;
    const name = own(rendered, 'name');
    if (typeof name === 'string') yield { ...at, pack, name, data: rendered, raw };
    else if (name === undefined) {
      refused.add(
        propertyInvalid(
          `a ${kind} in ${shown}`,
          'it needs a name',
          place(index),
          didYouMeanKey('name', Object.keys(rendered)),
        ),
      );
    } else refused.add(propertyType(`a ${kind} in ${shown}`, 'name', 'a text', name, place(index, 'name')));
  }
}

/** What a template makes of a name is not known yet. */
const isPassedOver = ({ outside }: ParseState, shown: string, name: unknown): boolean =>
  outside !== null && typeof name === 'string' && !name.includes('{') && outside.passesOver(shown, name);
