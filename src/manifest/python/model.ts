import type { Span } from '../../core/span.ts';
import { addConfigCall } from '../config/merge.ts';
import type { ParsedNode } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import { isRecord } from '../record.ts';
import { hasJinja, labelOf } from '../render-node.ts';
import { reporter } from '../report.ts';
import { type DbtCall, type DbtFunction, dbtCalls } from './calls.ts';
import {
  argumentNotLiteral,
  callArguments,
  jinjaInPython,
  modelFunctionCount,
  modelFunctionShape,
  pythonSyntax,
} from './errors.ts';
import { literalValue, NotLiteral } from './literals.ts';
import { checkModelFunction } from './model-function.ts';
import { type PyLine, PySyntax, pythonLines } from './tokens.ts';

/**
 * Reads what a Python model refers to and configures: calls of `dbt.ref`, `dbt.source`, `dbt.config`,
 * `dbt.config.get` and `dbt.config.meta_get` with written out arguments. Python is never run. Everything that dbt
 * refuses is told.
 */
export function readPythonModel(state: ParseState, parsed: ParsedNode, file: string, text: string): void {
  const label = labelOf(parsed.node);
  const at = (start: number, end: number): Span => ({ file, text, start, end });
  if (hasJinja(text)) {
    const start = text.search(/\{[{%#]/);
    state.found.add(jinjaInPython(label, at(start, start + 2)));
    return;
  }
  const lines = linesOf(state, text, at);
  if (lines === null || lines.length === 0) return;
  const { count, problems } = checkModelFunction(lines);
  if (count !== 1) state.found.add(modelFunctionCount(label, count, parsed.place()));
  else for (const problem of problems) state.found.add(modelFunctionShape(label, problem, parsed.place()));
  const reader = new CallReader(state, parsed, at);
  for (const call of dbtCalls(lines)) reader.take(call);
  reader.finish();
}

function linesOf(
  { found }: ParseState,
  text: string,
  at: (start: number, end: number) => Span,
): readonly PyLine[] | null {
  try {
    return pythonLines(text);
  } catch (caught) {
    if (!(caught instanceof PySyntax)) throw caught;
    found.add(pythonSyntax(caught.message, at(caught.start, caught.start + 1)));
    return null;
  }
}

const shown: Readonly<Record<DbtFunction, string>> = {
  ref: 'dbt.ref()',
  source: 'dbt.source()',
  config: 'dbt.config()',
  get: 'dbt.config.get()',
  meta_get: 'dbt.config.meta_get()',
};

interface UsedKeys {
  readonly keys: unknown[];
  readonly defaults: unknown[];
}

interface CallValues {
  readonly positional: readonly unknown[];
  readonly keywords: ReadonlyMap<string, unknown>;
}

const isText = (value: unknown): value is string => typeof value === 'string';

function takeKey(used: UsedKeys, positional: readonly unknown[]): string | null {
  if (positional.length === 0) return 'it requires at least one argument';
  if (positional.length > 2) return `it takes at most 2 arguments (${positional.length} given)`;
  used.keys.push(positional[0]);
  used.defaults.push(positional[1] ?? null);
  return null;
}

/** Takes the calls of one model in their order; the keys that it reads of its configuration are kept as dbt does. */
class CallReader {
  readonly #state: ParseState;
  readonly #parsed: ParsedNode;
  readonly #at: (start: number, end: number) => Span;
  readonly #places = new Map<string, Span>();
  readonly #used: UsedKeys = { keys: [], defaults: [] };
  readonly #usedMeta: UsedKeys = { keys: [], defaults: [] };

  constructor(state: ParseState, parsed: ParsedNode, at: (start: number, end: number) => Span) {
    this.#state = state;
    this.#parsed = parsed;
    this.#at = at;
  }

  take(call: DbtCall): void {
    const span = this.#at(call.start, call.end);
    const args = this.#values(call, span);
    if (args === null) return;
    const problem = this.#problemOf(call.function, args, span);
    if (problem !== null) this.#state.found.add(callArguments(shown[call.function], problem, span));
  }

  /** Takes the call; null, or why it makes no sense. */
  #problemOf(name: DbtFunction, { positional, keywords }: CallValues, span: Span): string | null {
    switch (name) {
      case 'ref':
        return this.#takeRef(positional, keywords, span);
      case 'source':
        return this.#takeSource(positional, keywords, span);
      case 'config':
        return this.#takeConfig(positional, keywords);
      case 'get':
        return takeKey(this.#used, positional);
      case 'meta_get':
        return takeKey(this.#usedMeta, positional);
    }
  }

  finish(): void {
    const places = this.#places;
    this.#parsed.spanOf = (kind, name) => places.get(`${kind} ${name}`) ?? null;
    if (this.#used.keys.length + this.#usedMeta.keys.length === 0) return;
    this.#configure({
      config_keys_used: this.#used.keys,
      config_keys_defaults: this.#used.defaults,
      meta_keys_used: this.#usedMeta.keys,
      meta_keys_defaults: this.#usedMeta.defaults,
    });
  }

  #values({ function: name, positional, keywords }: DbtCall, span: Span): CallValues | null {
    try {
      if (keywords.some((keyword) => keyword.name === '**')) throw new NotLiteral();
      return {
        positional: positional.map(literalValue),
        keywords: new Map(keywords.map((keyword) => [keyword.name, literalValue(keyword.value)])),
      };
    } catch (caught) {
      if (!(caught instanceof NotLiteral)) throw caught;
      this.#state.found.add(argumentNotLiteral(shown[name], span));
      return null;
    }
  }

  #takeRef(
    positional: readonly unknown[],
    keywords: ReadonlyMap<string, unknown>,
    span: Span,
  ): string | null {
    if (positional.length < 1 || positional.length > 2) {
      return `it takes one or two arguments (${positional.length} given)`;
    }
    if (!positional.every(isText)) return 'its arguments must be texts';
    const [first, second] = positional;
    const version = keywords.get('version') ?? keywords.get('v') ?? null;
    const name = second ?? first!;
    this.#parsed.refs.push({
      name,
      package: second === undefined ? null : first!,
      version: typeof version === 'string' || typeof version === 'number' ? version : null,
    });
    this.#keepPlace(`ref ${name}`, span);
    return null;
  }

  #takeSource(
    positional: readonly unknown[],
    keywords: ReadonlyMap<string, unknown>,
    span: Span,
  ): string | null {
    const given = positional.length + keywords.size;
    if (positional.length !== 2 || given !== 2) return `it takes exactly two arguments (${given} given)`;
    if (!positional.every(isText)) return 'its arguments must be texts';
    const [source, table] = positional;
    this.#parsed.sources.push([source!, table!]);
    this.#keepPlace(`source ${source}.${table}`, span);
    return null;
  }

  #takeConfig(positional: readonly unknown[], keywords: ReadonlyMap<string, unknown>): string | null {
    const [first] = positional;
    if (positional.length === 1 && keywords.size === 0 && isRecord(first)) this.#configure(first);
    else if (positional.length > 0 || keywords.size === 0) return 'it takes named arguments, or one mapping';
    else this.#configure(Object.fromEntries(keywords));
    return null;
  }

  #configure(values: Readonly<Record<string, unknown>>): void {
    const dashed = Object.entries(values).map(([key, value]): [string, unknown] => {
      return [key === 'pre_hook' || key === 'post_hook' ? key.replace('_', '-') : key, value];
    });
    addConfigCall(this.#parsed.calls, Object.fromEntries(dashed), reporter(this.#state, this.#parsed));
  }

  #keepPlace(key: string, span: Span): void {
    if (!this.#places.has(key)) this.#places.set(key, span);
  }
}
