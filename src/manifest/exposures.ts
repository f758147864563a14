import { parseEnvironment } from '../context/parse-names.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import { renderSync } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import type { Value } from '../jinja/values.ts';
import { describer } from './descriptions.ts';
import { modelRecord } from './model-value.ts';
import type { ExposureNode, NodeConfig, RefArgs } from './node.ts';
import type { ParseState } from './parse-state.ts';
import { defineResource } from './properties/defined.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './properties/entry.ts';
import { exposureName, propertyInvalid } from './properties/errors.ts';
import { readReference } from './properties/model-extras.ts';
import { textOrNull } from './properties/parts.ts';
import { checkShape, exposureShape } from './properties/shape.ts';
import { type Draft, isRecord, type PlainRecord } from './record.ts';
import { catchTemplate } from './template-failures.ts';
import { byCodePoint } from './test-names.ts';

export interface ParsedExposure {
  readonly node: Draft<ExposureNode>;
  readonly refs: RefArgs[];
  readonly sources: (readonly [string, string])[];
  readonly metrics: (readonly string[])[];
  readonly place: () => Span;
}

const types = ['dashboard', 'notebook', 'analysis', 'ml', 'application'];
const maturities = ['low', 'medium', 'high'];

/** Null where the entry is wrong, which is told. */
export function parseExposure(state: ParseState, entry: PropertiesEntry): ParsedExposure | null {
  const { data, pack, file, name } = entry;
  const { found } = state;
  const label = entryLabel(entry);
  const place = (key: string, what: 'key' | 'value') => placeIn(entry, [key], what);
  if (!checkShape(data, exposureShape, { label, found, place, closed: true })) return null;
  if (!checkOwnerAndType(state, entry)) return null;
  if (!/^[\p{L}\p{N}_-]+$/u.test(name)) found.add(exposureName(name, placeIn(entry, ['name'], 'value')));
  const { path, fqn, config, unrendered } = defineResource(state, entry, 'exposure');
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
    path,
    original_file_path: file.path,
    unique_id: `exposure.${pack.name}.${name}`,
    fqn,
    type: data['type'] as string,
    owner: ownerOf(data['owner']),
    description: describer(config['enabled'] !== false)(
      state,
      (data['description'] as string | undefined) ?? '',
      pack.name,
      label,
      () => place('description', 'value'),
    ).text,
    label: textOrNull(data, 'label'),
    maturity: textOrNull(data, 'maturity'),
    meta: config['meta'] as PlainRecord,
    tags: config['tags'] as string[],
    config: config as unknown as NodeConfig,
    unrendered_config: unrendered,
    url: textOrNull(data, 'url'),
    depends_on: { macros: [], nodes: [] },
    refs,
    sources,
    metrics,
    created_at: state.createdAt,
  };
  const parsed: ParsedExposure = { node, refs, sources, metrics, place: () => placeIn(entry) };
  readDependencies(state, parsed, entry);
  return parsed;
}

const record = (value: unknown): PlainRecord => (isRecord(value) ? value : {});

export function ownerOf(value: unknown): PlainRecord {
  return { email: null, name: null, ...record(value) };
}

function checkOwnerAndType(state: ParseState, entry: PropertiesEntry): boolean {
  const { type, maturity, owner } = entry.data;
  const problems: [key: string, problem: string, hint?: string | null][] = [];
  if (owner === undefined) problems.push(['name', "it needs an 'owner'"]);
  else if (!hasOwner(owner)) problems.push(['owner', "its owner needs a 'name' or an 'email'"]);
  if (type === undefined) problems.push(['name', `it needs a 'type', one of ${types.join(', ')}`]);
  else if (typeof type !== 'string' || !types.includes(type)) {
    problems.push(['type', `its type must be one of ${types.join(', ')}`, didYouMean(String(type), types)]);
  }
  if (typeof maturity === 'string' && !maturities.includes(maturity)) {
    const problem = `its maturity must be one of ${maturities.join(', ')}`;
    problems.push(['maturity', problem, didYouMean(maturity, maturities)]);
  }
  for (const [key, problem, hint = null] of problems) {
    state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, [key], 'value'), hint));
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
  const reads = state.reads.of(place.file);
  const environment = parseEnvironment(state.services, {
    subject: {
      packageName: node.package_name,
      label: `exposure '${node.name}'`,
      uniqueId: node.unique_id,
      database: null,
      schema: null,
      model: () => modelRecord(node) as unknown as Value,
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
