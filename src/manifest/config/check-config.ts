import type { Diagnostic } from '../../core/diagnostic.ts';
import { PyFloat } from '../../jinja/values.ts';
import { entryOf, isRecord, type PlainRecord } from '../record.ts';
import { shown } from '../shown-value.ts';
import { isColour } from './colours.ts';
import { configChoice, configRule, configTypeMismatch } from './errors.ts';
import type { Field, ValueType } from './fields.ts';

/** What is wrong with the value of a key. */
export interface ConfigProblem {
  readonly key: string;
  readonly diagnostic: Diagnostic;
}

/** Every value of a wrong type, and combinations that make no sense. Places are added by the caller. */
export function checkConfig(values: PlainRecord, fields: readonly Field[]): readonly ConfigProblem[] {
  return entryOf(checked, values, () => problemsOf(values, fields));
}

/** Nodes share the configuration that comes from project files alone. */
const checked = new WeakMap<PlainRecord, readonly ConfigProblem[]>();

function problemsOf(values: PlainRecord, fields: readonly Field[]): readonly ConfigProblem[] {
  const out: ConfigProblem[] = [];
  for (const { name, type, choices, fallback } of fields) {
    const value = values[name];
    if (value === fallback) continue;
    if (!fits(type, value)) {
      // Of a list that was put together from several places, the item that does not belong.
      const isList = type.includes('texts') && Array.isArray(value);
      const culprit = isList ? value.find((item) => typeof item !== 'string') : undefined;
      out.push({ key: name, diagnostic: configTypeMismatch(name, described[type], culprit ?? value) });
    } else if (choices !== null && value !== null && !choices.includes(value as string))
      out.push({ key: name, diagnostic: configChoice(name, value, choices) });
  }
  if (out.length === 0) out.push(...ruleBreaches(values, fields));
  return out;
}

const described: Readonly<Record<ValueType, string>> = {
  boolean: 'true or false',
  'boolean?': 'true or false',
  text: 'a text',
  'text?': 'a text',
  'integer?': 'a whole number',
  record: 'a mapping',
  'record?': 'a mapping',
  texts: 'a list of texts',
  'text|texts': 'a text or a list of texts',
  'text|texts?': 'a text or a list of texts',
  hooks: 'a hook or a list of hooks',
  any: 'anything',
};

function fits(type: ValueType, value: unknown): boolean {
  if (value === null || value === undefined) return type.endsWith('?') || type === 'any';
  switch (type) {
    case 'boolean':
    case 'boolean?':
      return typeof value === 'boolean';
    case 'text':
    case 'text?':
      return typeof value === 'string';
    case 'integer?':
      return typeof value === 'number' ? Number.isInteger(value) : value instanceof PyFloat;
    case 'record':
    case 'record?':
      return isRecord(value);
    case 'texts':
      return isTexts(value);
    case 'text|texts':
    case 'text|texts?':
      return typeof value === 'string' || isTexts(value);
    case 'hooks':
    case 'any':
      return true;
  }
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const schemaChangesWithContract = ['append_new_columns', 'fail'];
const onlyMaterialization: Readonly<Record<string, string>> = {
  delimiter: 'seed',
  strategy: 'snapshot',
  fail_calc: 'test',
};

/** Values inside of mappings. */
const partTypes: readonly (readonly [key: string, part: string, type: ValueType])[] = [
  ['contract', 'enforced', 'boolean'],
  ['contract', 'alias_types', 'boolean'],
  ['docs', 'show', 'boolean'],
  ['docs', 'node_color', 'text?'],
];

function ruleBreaches(values: PlainRecord, fields: readonly Field[]): readonly ConfigProblem[] {
  const out: ConfigProblem[] = [];
  const { materialized, contract, docs, on_schema_change: onSchemaChange, severity } = values;
  const enforced = isRecord(contract) && contract['enforced'] === true;
  if (
    enforced &&
    materialized === 'incremental' &&
    !schemaChangesWithContract.includes(onSchemaChange as string)
  ) {
    const rule =
      'with an enforced contract, on_schema_change of an incremental model must be append_new_columns or fail';
    out.push({
      key: 'on_schema_change',
      diagnostic: configRule('on_schema_change', onSchemaChange, rule),
    });
  }
  for (const [key, part, type] of partTypes) {
    const value = fields.some(({ name }) => name === key) ? values[key] : null;
    if (!isRecord(value) || value[part] === undefined || fits(type, value[part])) continue;
    out.push({ key, diagnostic: configTypeMismatch(`${key}.${part}`, described[type], value[part]) });
  }
  const colour = isRecord(docs) ? docs['node_color'] : null;
  if (typeof colour === 'string' && colour !== '' && !isColour(colour)) {
    const rule = `node_color cannot be ${shown(colour)}: it is a name of CSS, or a hexadecimal code such as #ff8800`;
    out.push({ key: 'docs', diagnostic: configRule('docs', docs, rule) });
  }
  if (typeof severity === 'string' && !/^(warn|error)$/i.test(severity)) {
    out.push({ key: 'severity', diagnostic: configChoice('severity', severity, ['warn', 'error']) });
  }
  const own = fields.map((field) => onlyMaterialization[field.name]).find((kind) => kind !== undefined);
  if (own !== undefined && materialized !== own) {
    out.push({ key: 'materialized', diagnostic: configChoice('materialized', materialized, [own]) });
  }
  return out;
}
