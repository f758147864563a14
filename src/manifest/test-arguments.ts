import { fromPlain } from '../context/plain.ts';
import type { Environment } from '../jinja/environment.ts';
import { renderNative, renderNativeAsync } from '../jinja/native.ts';
import { parseTemplate, type Template } from '../jinja/template.ts';
import { PyDict, type Value } from '../jinja/values.ts';
import { isMapping, mappingEntries, type PlainRecord } from './record.ts';

const looksLikeCall = /^\s*(?:env_var|ref|var|source|doc)\s*\([\s\S]+\)\s*$/;

/**
 * A generic test's arguments as its macro gets them: texts are templates, and a text that is a call of `ref`,
 * `source`, `var`, `env_var` or `doc` is one even without braces. A column's name stays the text it is.
 */
export function renderTestArguments(args: PlainRecord, environment: Environment): PyDict {
  return argumentsWith(args, (text) => renderNative(templateOf(text), environment));
}

/** The same in the execute phase, where a `ref` may have to ask the warehouse: see {@link renderArgument}. */
export async function renderTestArgumentsAsync(
  args: PlainRecord,
  render: (text: string) => Promise<Value>,
): Promise<PyDict> {
  const texts = new Set<string>();
  argumentsWith(args, (text) => {
    texts.add(text);
    return null;
  });
  const values = new Map<string, Value>();
  for (const text of texts) values.set(text, await render(text));
  return argumentsWith(args, (text) => values.get(text)!);
}

export const renderArgument = (text: string, environment: Environment): Promise<Value> =>
  renderNativeAsync(templateOf(text), environment);

type RenderText = (text: string) => Value;

function argumentsWith(args: PlainRecord, render: RenderText): PyDict {
  const out = new PyDict();
  for (const [key, value] of Object.entries(args)) {
    out.set(key, key === 'column_name' ? fromPlain(value) : argumentWith(value, render));
  }
  return out;
}

function argumentWith(value: unknown, render: RenderText): Value {
  if (Array.isArray(value)) return value.map((item) => argumentWith(item, render));
  if (isMapping(value)) {
    return PyDict.fromEntries(
      mappingEntries(value).map(([key, item]) => [key as Value, argumentWith(item, render)] as const),
    );
  }
  if (typeof value !== 'string') return fromPlain(value);
  const text = templateText(value);
  return text === null ? value : render(text);
}

/** The template that an argument's text is; null where rendering would leave it as it is. */
export function templateText(value: string): string | null {
  if (looksLikeCall.test(value)) return `{{ ${value} }}`;
  return /\{[{%#]|\n$/.test(value) ? value : null;
}

/** The file that errors name in the texts of generic tests, which stand in no file as they are. */
export const testFile = '<test>';

/** Tests repeat the same few texts thousands of times. */
const templates = new Map<string, Template>();
const mostTemplates = 5000;

export function templateOf(text: string): Template {
  let template = templates.get(text);
  if (template === undefined) {
    template = parseTemplate({ path: testFile, text });
    if (templates.size < mostTemplates) templates.set(text, template);
  }
  return template;
}
