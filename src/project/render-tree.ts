import { DiagnosticError, type Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { PyDict, type Value } from '../jinja/values.ts';
import { yamlSpan } from './yaml/locate.ts';
import { isMapping, keyText } from './yaml/mapping.ts';

/**
 * Renders one text of a YAML file in dbt's native way: what a lone expression gives keeps its type. Throws
 * DiagnosticError. The span is worked out only when it is looked at.
 */
export type RenderYamlValue = (text: string, span: Span) => unknown;

/** Keys and list indexes from the top of the file. */
export type Keypath = readonly (string | number)[];

export interface TreeRenderer {
  /** The file's path as errors show it, and its text. */
  readonly file: string;
  readonly text: string;
  readonly render: RenderYamlValue;
  readonly found: Diagnostics;
  /** False where a text stays as it is written; nothing stays unless given. */
  readonly rendersAt?: (path: Keypath) => boolean;
  /** True where a text that cannot be rendered is taken as it is: passwords may hold braces. */
  readonly keepsBroken?: (path: Keypath) => boolean;
}

const templateMark = /\{[{%#]|[#}%]\}/;

/** Plain data with every text in it rendered; errors are told, and leave the text as it was. */
export function renderTree(renderer: TreeRenderer, value: unknown, path: Keypath = []): unknown {
  if (typeof value === 'string') return renderText(renderer, value, path);
  if (Array.isArray(value)) return value.map((item, index) => renderTree(renderer, item, [...path, index]));
  if (value instanceof PyDict) {
    return PyDict.fromEntries(
      value
        .entries()
        .map(([key, item]) => [key, renderTree(renderer, item, [...path, keyText(key)]) as Value]),
    );
  }
  if (!isMapping(value)) return value;
  // From entries, a key `__proto__` is data too.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, renderTree(renderer, item, [...path, key])]),
  );
}

function renderText(renderer: TreeRenderer, text: string, path: Keypath): unknown {
  if (renderer.rendersAt?.(path) === false) return text;
  if (!templateMark.test(text)) return withoutLastNewline(text);
  const place = () => yamlSpan(renderer.file, renderer.text, path, 'value');
  if (renderer.keepsBroken?.(path) === true) {
    try {
      return renderer.render(text, place());
    } catch (caught) {
      if (!(caught instanceof DiagnosticError)) throw caught;
      return text;
    }
  }
  const rendered = renderer.found.collect(() => ({ value: renderer.render(text, place()) }));
  return rendered === undefined ? text : rendered.value;
}

/** What rendering makes of a text without templates: Jinja2 drops one newline at the end, and dbt renders every text. */
export function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
