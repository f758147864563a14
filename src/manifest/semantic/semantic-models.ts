import type { Span } from '../../core/span.ts';
import { describer } from '../descriptions.ts';
import type { RefArgs, SemanticModelNode } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { defineResource } from '../properties/defined.ts';
import { entryLabel, type PropertiesEntry, placeIn } from '../properties/entry.ts';
import { readReference } from '../properties/model-extras.ts';
import {
  checkPart,
  innerPart,
  innerParts,
  type Part,
  tellPart,
  textOrNull,
  wholeEntry,
} from '../properties/parts.ts';
import type { Shape } from '../properties/shape.ts';
import { type Draft, own, type PlainRecord } from '../record.ts';
import { readDimension, readEntity, readMeasure } from './elements.ts';
import { metricOfMeasure, type ParsedMetric } from './metrics.ts';
import type { Measure } from './parts.ts';

export interface ParsedSemanticModel {
  readonly node: Draft<SemanticModelNode>;
  readonly place: () => Span;
  /** The metrics of its measures with `create_metric`. */
  readonly metrics: readonly ParsedMetric[];
}

const semanticModelShape: Shape = {
  name: 'text',
  model: 'text',
  config: 'record',
  description: 'text?',
  label: 'text?',
  defaults: 'record?',
  entities: 'list',
  measures: 'list',
  dimensions: 'list',
  primary_entity: 'text?',
};

/** Null where the entry is wrong, which is told. */
export function parseSemanticModel(state: ParseState, entry: PropertiesEntry): ParsedSemanticModel | null {
  const part = wholeEntry(state, entry);
  if (!checkPart(part, semanticModelShape, ['model'])) return null;
  const ref = modelOf(part);
  if (ref === null) return null;
  const { data, pack, file, name } = entry;
  const { path, fqn, config, unrendered } = defineResource(state, entry, 'semantic_model');
  const meta = config['meta'] as PlainRecord;
  const enabled = config['enabled'] !== false;
  const from = { meta, describe: describer(enabled) };
  const measures = innerParts(part, 'measures', 'measure').flatMap((inner) => {
    const measure = readMeasure(inner, from);
    return measure === null ? [] : { part: inner, measure };
  });
  const node: Draft<SemanticModelNode> = {
    name,
    resource_type: 'semantic_model',
    package_name: pack.name,
    path,
    original_file_path: file.path,
    unique_id: `semantic_model.${pack.name}.${name}`,
    fqn,
    model: data['model'] as string,
    node_relation: null,
    description: descriptionOf(state, entry, enabled),
    label: textOrNull(data, 'label'),
    defaults: defaultsOf(part),
    entities: innerParts(part, 'entities', 'entity').flatMap((inner) => readEntity(inner, from) ?? []),
    measures: measures.map(({ measure }) => measure),
    dimensions: innerParts(part, 'dimensions', 'dimension').flatMap(
      (inner) => readDimension(inner, from) ?? [],
    ),
    metadata: null,
    depends_on: { macros: [], nodes: [] },
    refs: [ref],
    created_at: state.createdAt,
    config: config as unknown as SemanticModelNode['config'],
    unrendered_config: unrendered,
    primary_entity: textOrNull(data, 'primary_entity'),
    group: config['group'] as string | null,
  };
  const metrics = measures
    .filter((one) => own(one.part.data, 'create_metric') === true)
    .map((one) => metricOf(state, one, { enabled, meta }));
  return { node, place: () => placeIn(entry), metrics };
}

function modelOf(part: Part): RefArgs | null {
  const expression = part.data['model'] as string;
  const reference = readReference(expression);
  if (reference !== null && 'ref' in reference) return reference.ref;
  tellPart(part, `'model' must be a ref, such as ref('orders'), not ${expression}`, 'model');
  return null;
}

/** The measure's own description is taken as it is written: the metric's is rendered again. */
function metricOf(
  state: ParseState,
  { part, measure }: { readonly part: Part; readonly measure: Measure },
  { enabled, meta }: { readonly enabled: boolean; readonly meta: PlainRecord },
): ParsedMetric {
  const { entry, path } = part;
  const { name, label, expr } = measure;
  const description = textOrNull(part.data, 'description');
  const place = () => placeIn(entry, path);
  return metricOfMeasure(state, entry, { name, label, description, expr, enabled, meta, place });
}

function defaultsOf(part: Part): SemanticModelNode['defaults'] {
  const inner = innerPart(part, 'defaults', 'defaults');
  if (inner === null || !checkPart(inner, { agg_time_dimension: 'text?' })) return null;
  return { agg_time_dimension: textOrNull(inner.data, 'agg_time_dimension') };
}

/** Empty descriptions stay what they are: null where none is given. */
export function descriptionOf(state: ParseState, entry: PropertiesEntry, enabled: boolean): string | null {
  const text = textOrNull(entry.data, 'description');
  if (text === null || text === '') return text;
  const place = () => placeIn(entry, ['description'], 'value');
  return describer(enabled)(state, text, entry.pack.name, entryLabel(entry), place).text;
}
