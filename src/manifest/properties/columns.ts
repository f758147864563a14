import { didYouMean, didYouMeanKey } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';
import { type Describe, hasTemplate } from '../descriptions.ts';
import type { ColumnInfo } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';
import { granularities } from '../semantic/choices.ts';
import { propertyInvalid, propertyType } from './errors.ts';
import { checkShape, columnShape, fitsShape } from './shape.ts';

/** A column of a properties file, checked, with what tests need to know of it. */
export interface ColumnEntry {
  readonly name: string;
  readonly data: PlainRecord;
  readonly tags: readonly string[];
  readonly quote: boolean | null;
  /** Position in the list of columns. */
  readonly index: number;
}

export interface ColumnsContext {
  readonly label: string;
  readonly packageName: string;
  place(path: readonly (string | number)[], what?: 'key' | 'value'): Span;
}

/** The columns of a list that are well formed; everything wrong with the others is told. */
export function readColumns(
  state: ParseState,
  list: unknown,
  context: ColumnsContext,
): readonly ColumnEntry[] {
  if (!Array.isArray(list)) return [];
  const out: ColumnEntry[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const data: unknown = list[index];
    if (!isRecord(data)) {
      state.found.add(
        propertyType(context.label, 'columns', 'a list of mappings', data, context.place(['columns', index])),
      );
      continue;
    }
    const name = own(data, 'name');
    if (typeof name !== 'string') {
      state.found.add(
        propertyInvalid(
          context.label,
          'a column needs a name',
          context.place(['columns', index]),
          didYouMeanKey('name', Object.keys(data)),
        ),
      );
      continue;
    }
    if (!fitsShape(data, columnShape)) {
      const good = checkShape(data, columnShape, {
        label: `column '${name}' of ${context.label}`,
        found: state.found,
        place: (key, what) => context.place(['columns', index, key], what),
        open: true,
      });
      if (!good) continue;
    }
    out.push({
      name,
      data,
      tags: columnTags(data),
      quote: (data['quote'] as boolean | null) ?? null,
      index,
    });
  }
  return out;
}

/** Tags of the column itself, then those of its config, each once. */
function columnTags(data: PlainRecord): readonly string[] {
  const config = own(data, 'config');
  if (config === undefined && data['tags'] === undefined) return none;
  const configured = isRecord(config) ? own(config, 'tags') : undefined;
  const more = typeof configured === 'string' ? [configured] : Array.isArray(configured) ? configured : [];
  return [...new Set([...((data['tags'] as string[] | undefined) ?? []), ...more])];
}

/** What most columns have nothing of is one object for all of them. */
const none: readonly never[] = Object.freeze([]);
const noMeta: PlainRecord = Object.freeze({});
const noConfig = Object.freeze({ meta: noMeta, tags: none });

/** Columns as nodes publish them, by name; a name that comes again replaces the earlier one in its place. */
export function columnInfos(
  state: ParseState,
  columns: readonly ColumnEntry[],
  context: ColumnsContext,
  describe: Describe,
): Record<string, ColumnInfo> {
  const out: Record<string, ColumnInfo> = {};
  for (const column of columns) out[column.name] = columnInfo(state, column, context, describe);
  return out;
}

function columnInfo(
  state: ParseState,
  column: ColumnEntry,
  context: ColumnsContext,
  describe: Describe,
): ColumnInfo {
  const { name, data, tags, quote, index } = column;
  const { constraints, granularity } = data;
  const label = (): string => `column '${name}' of ${context.label}`;
  const place = (key: string, what?: 'value') => (): Span => context.place(['columns', index, key], what);
  const text = (data['description'] as string | undefined) ?? '';
  const description = hasTemplate(text)
    ? describe(state, text, context.packageName, label(), place('description', 'value'))
    : { text, docBlocks: none };
  const meta = columnMeta(data);
  const info: Record<string, unknown> = {
    name,
    description: description.text,
    meta,
    data_type: data['data_type'] ?? null,
    constraints: Array.isArray(constraints)
      ? constraintsOf(state, constraints, label(), place('constraints'))
      : none,
    quote,
    config: meta === noMeta && tags === none ? noConfig : { meta, tags },
    tags,
    granularity:
      typeof granularity === 'string'
        ? granularityOf(state, granularity, label(), place('granularity', 'value'))
        : null,
    doc_blocks: description.docBlocks,
  };
  for (const key of Object.keys(data)) {
    if (columnShape[key] === undefined && key !== 'doc_blocks') info[key] = data[key];
  }
  return info as unknown as ColumnInfo;
}

function columnMeta(data: PlainRecord): PlainRecord {
  const config = own(data, 'config');
  const configured = isRecord(config) && isRecord(config['meta']) ? config['meta'] : noMeta;
  const beside = (data['meta'] as PlainRecord | undefined) ?? noMeta;
  return configured === noMeta && beside === noMeta ? noMeta : { ...beside, ...configured };
}

function granularityOf(state: ParseState, value: string, label: string, place: () => Span): string | null {
  if (value === '') return null;
  const found = granularities.find((one) => one === value.toLowerCase());
  if (found !== undefined) return found;
  const hint = didYouMean(value, granularities) ?? `it is one of ${granularities.join(', ')}`;
  state.found.add(propertyInvalid(label, `there is no granularity '${value}'`, place(), hint));
  return null;
}

const kinds = ['check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom'];

/** Constraints with every key they may have; `model` adds the list of columns. */
export function constraintsOf(
  state: ParseState,
  list: unknown,
  label: string,
  place: () => Span,
  level: 'column' | 'model' = 'column',
): readonly PlainRecord[] {
  if (!Array.isArray(list)) return [];
  const out: PlainRecord[] = [];
  for (const constraint of list) {
    const type = isRecord(constraint) ? own(constraint, 'type') : undefined;
    if (!isRecord(constraint) || !kinds.includes(type as string)) {
      state.found.add(
        propertyInvalid(
          label,
          `Invalid constraint type ${String(type)}`,
          place(),
          `one of ${kinds.join(', ')}`,
        ),
      );
      continue;
    }
    out.push({
      type,
      name: constraint['name'] ?? null,
      expression: constraint['expression'] ?? null,
      warn_unenforced: constraint['warn_unenforced'] ?? true,
      warn_unsupported: constraint['warn_unsupported'] ?? true,
      to: constraint['to'] ?? null,
      to_columns: constraint['to_columns'] ?? [],
      ...(level === 'model' ? { columns: constraint['columns'] ?? [] } : {}),
    });
  }
  return out;
}
