import { parseEnvironment } from '../context/parse-names.ts';
import { Reads } from '../context/reads.ts';
import type { Span } from '../core/span.ts';
import { renderSync } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import type { Value } from '../jinja/values.ts';
import { checkConfig } from './config/check-config.ts';
import { configFields } from './config/fields.ts';
import type { Report } from './config/merge.ts';
import { renderDescription } from './descriptions.ts';
import type { DependsOn, NodeConfig, OtherNode, RefArgs } from './node.ts';
import type { ParseState } from './parse-state.ts';
import { fqnPrefix, withinFolder } from './paths.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './properties/entry.ts';
import { propertyInvalid } from './properties/errors.ts';
import { readReference } from './properties/model-extras.ts';
import { checkShape, exposureShape } from './properties/shape.ts';
import { type Draft, isRecord, type PlainRecord } from './record.ts';
import { catchTemplate } from './template-failures.ts';
import { byCodePoint } from './test-names.ts';

export interface ParsedExposure {
  readonly node: Draft<OtherNode> & { depends_on: DependsOn };
  readonly refs: RefArgs[];
  readonly sources: (readonly [string, string])[];
  readonly metrics: (readonly string[])[];
  readonly place: Span;
}

const types = ['dashboard', 'notebook', 'analysis', 'ml', 'application'];
const maturities = ['low', 'medium', 'high'];

/** Null where the entry is wrong, which is told. */
export function parseExposure(state: ParseState, entry: PropertiesEntry): ParsedExposure | null {
  const { data, pack, file, name } = entry;
  const { found } = state;
  const label = entryLabel(entry);
  const place = (key: string, what: 'key' | 'value') => placeIn(entry, [key], what);
  if (!checkShape(data, exposureShape, { label, found, place })) return null;
  if (!checkOwnerAndType(state, entry)) return null;
  const inFolder = withinFolder(file.path, file.folder);
  const fqn = [...fqnPrefix(pack.name, inFolder), name];
  const patch = isRecord(data['config']) ? data['config'] : {};
  const report: Report = (diagnostic) => found.add({ ...diagnostic, span: placeIn(entry) });
  const request = { type: 'exposure' as const, packageName: pack.name, fqn, patch, calls: {}, report };
  const config = state.configs.merged(request);
  checkConfig(config, configFields('exposure')).forEach(report);
  const project = pack.settings.configs.exposures;
  const tags = [project['tags'], data['tags'], config['tags']].flatMap((list) =>
    Array.isArray(list) ? (list as string[]) : [],
  );
  config['tags'] = [...new Set(tags)].sort(byCodePoint);
  config['meta'] = { ...record(project['meta']), ...record(data['meta']), ...record(config['meta']) };
  const refs: RefArgs[] = [];
  const sources: (readonly [string, string])[] = [];
  const metrics: (readonly string[])[] = [];
  const node: ParsedExposure['node'] = {
    name,
    resource_type: 'exposure',
    package_name: pack.name,
    path: inFolder,
    original_file_path: file.path,
    unique_id: `exposure.${pack.name}.${name}`,
    fqn,
    type: data['type'],
    owner: ownerOf(data['owner']),
    description: renderDescription(
      state,
      (data['description'] as string | undefined) ?? '',
      pack.name,
      label,
      () => place('description', 'value'),
    ).text,
    label: data['label'] ?? null,
    maturity: data['maturity'] ?? null,
    meta: config['meta'],
    tags: config['tags'] as string[],
    config: config as unknown as NodeConfig,
    unrendered_config: state.configs.unrendered(request),
    url: data['url'] ?? null,
    depends_on: { macros: [], nodes: [] },
    refs,
    sources,
    metrics,
    created_at: state.createdAt,
  };
  const parsed: ParsedExposure = { node, refs, sources, metrics, place: placeIn(entry) };
  readDependencies(state, parsed, entry);
  return parsed;
}

const record = (value: unknown): PlainRecord => (isRecord(value) ? value : {});

export function ownerOf(value: unknown): PlainRecord {
  return { email: null, name: null, ...record(value) };
}

function checkOwnerAndType(state: ParseState, entry: PropertiesEntry): boolean {
  const { type, maturity, owner } = entry.data;
  const problems: [string, string][] = [];
  if (owner === undefined) problems.push(['name', "it needs an 'owner'"]);
  else if (!hasOwner(owner)) problems.push(['owner', "its owner needs a 'name' or an 'email'"]);
  if (typeof type !== 'string' || !types.includes(type))
    problems.push(['type', `its type must be one of ${types.join(', ')}`]);
  if (typeof maturity === 'string' && !maturities.includes(maturity)) {
    problems.push(['maturity', `its maturity must be one of ${maturities.join(', ')}`]);
  }
  for (const [key, problem] of problems) {
    state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, [key], 'value')));
  }
  return problems.length === 0;
}

export function hasOwner(owner: unknown): boolean {
  const { name = null, email = null } = record(owner);
  return name !== null || email !== null;
}

/** `depends_on`: each text is an expression, mostly a call of `ref`, `source` or `metric`. */
function readDependencies(state: ParseState, parsed: ParsedExposure, entry: PropertiesEntry): void {
  for (const [index, expression] of ((entry.data['depends_on'] as string[] | undefined) ?? []).entries()) {
    const reference = readReference(expression);
    if (reference !== null && 'ref' in reference) parsed.refs.push(reference.ref);
    else if (reference !== null) parsed.sources.push(reference.source);
    else renderDependency(state, parsed, expression, placeIn(entry, ['depends_on', index], 'value'));
  }
}

function renderDependency(state: ParseState, parsed: ParsedExposure, expression: string, place: Span): void {
  const { node } = parsed;
  const reads = new Reads();
  const environment = parseEnvironment(state.services, {
    subject: {
      packageName: node.package_name,
      label: `exposure '${node.name}'`,
      uniqueId: node.unique_id,
      database: null,
      schema: null,
      model: () => node as unknown as Value,
      relation: () => null,
    },
    capture: {
      ref: ({ name, package: packageName, version }) =>
        parsed.refs.push({ name, package: packageName, version }),
      source: (source, table) => parsed.sources.push([source, table]),
      metric: (packageName, name) => parsed.metrics.push(packageName === null ? [name] : [packageName, name]),
      function: () => {},
      config: () => {},
    },
    reads,
    relations: state.relations,
  });
  catchTemplate(state.found, () =>
    renderSync(parseTemplate({ path: place.file, text: `{{ ${expression} }}` }), environment),
  );
  node.depends_on = {
    ...node.depends_on,
    macros: [...new Set([...node.depends_on.macros, ...reads.directMacros])],
  };
}
