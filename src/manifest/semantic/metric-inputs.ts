import { placeIn } from '../properties/entry.ts';
import { propertyType } from '../properties/errors.ts';
import { checkPart, type Part, textOrNull } from '../properties/parts.ts';
import type { Shape } from '../properties/shape.ts';
import { isRecord, own } from '../record.ts';
import type { InputMeasure, InputMetric } from './parts.ts';
import { timeWindow } from './time-window.ts';
import { whereFilters } from './where-filters.ts';

const measureShape: Shape = {
  name: 'text',
  filter: 'text|texts?',
  alias: 'text?',
  join_to_timespine: 'boolean',
  fill_nulls_with: 'integer?',
};

const metricShape: Shape = {
  name: 'text',
  filter: 'text|texts?',
  alias: 'text?',
  offset_window: 'text?',
  offset_to_grain: 'text?',
};

/** The measure under a key: a name, or a mapping with more to say. Null where there is none, or it is wrong, which is told. */
export function inputMeasure(part: Part, key: string): InputMeasure | null {
  const value = own(part.data, key);
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return plainMeasure(value);
  const inner = partOf(part, value, [key], 'an input measure');
  if (inner === null || !checkPart(inner, measureShape, ['name'])) return null;
  const { data } = inner;
  return {
    name: data['name'] as string,
    filter: whereFilters(data['filter']),
    alias: textOrNull(data, 'alias'),
    join_to_timespine: data['join_to_timespine'] === true,
    fill_nulls_with: (data['fill_nulls_with'] as number | null | undefined) ?? null,
  };
}

export function plainMeasure(name: string): InputMeasure {
  return { name, filter: null, alias: null, join_to_timespine: false, fill_nulls_with: null };
}

/** The metric under a key, as `inputMeasure`. */
export function inputMetric(part: Part, key: string): InputMetric | null {
  const value = own(part.data, key);
  return value === undefined || value === null ? null : readMetric(part, value, [key]);
}

/** The metrics of a list, in its order. */
export function inputMetrics(part: Part, key: string): readonly InputMetric[] {
  const list = own(part.data, key);
  if (!Array.isArray(list)) return [];
  return list.flatMap((value, index) => readMetric(part, value, [key, index]) ?? []);
}

function readMetric(part: Part, value: unknown, way: readonly (string | number)[]): InputMetric | null {
  if (typeof value === 'string') {
    return { name: value, filter: null, alias: null, offset_window: null, offset_to_grain: null };
  }
  const inner = partOf(part, value, way, 'an input metric');
  if (inner === null || !checkPart(inner, metricShape, ['name'])) return null;
  const { data } = inner;
  return {
    name: data['name'] as string,
    filter: whereFilters(data['filter']),
    alias: textOrNull(data, 'alias'),
    offset_window: timeWindow(inner, 'offset_window'),
    offset_to_grain: textOrNull(data, 'offset_to_grain'),
  };
}

function partOf(part: Part, value: unknown, way: readonly (string | number)[], what: string): Part | null {
  const { state, entry, label } = part;
  const path = [...part.path, ...way];
  if (isRecord(value)) return { ...part, data: value, path, label: `${what} of ${label}` };
  const place = placeIn(entry, path, 'value');
  state.found.add(propertyType(label, String(way[0]), 'a name or a mapping', value, place));
  return null;
}
