import type * as Yaml from 'yaml';
import type { Span } from '../../core/span.ts';
import { mergeKey, plainKey } from './key.ts';
import { locateInBlocks } from './locate-block.ts';
import { keyText } from './mapping.ts';
import { parseSyntax, yamlPackage } from './package.ts';

export type YamlPath = readonly (string | number)[];

/**
 * Where a key or a value stands in YAML, as offsets into `text`. Parses the text with positions, so it is for errors
 * only. Where the path ends early (a value that was merged in, or set by a template) it is the nearest node above.
 */
export function locateYaml(
  text: string,
  path: YamlPath,
  what: 'key' | 'value',
  /** Parse in any case, for tests. */
  { exactly = false }: { readonly exactly?: boolean } = {},
): { start: number; end: number } {
  const quick = exactly ? null : locateInBlocks(text, path, what);
  if (quick !== null) return quick;
  const document = parseTolerantly(text);
  if (document === null) return { start: 0, end: 1 };
  let node: unknown = document.contents;
  let found = { key: document.contents as unknown, value: document.contents as unknown };
  for (const step of path) {
    const child = childOf(document, node, step);
    if (child === null) {
      return offsetsOf(text, found.key);
    }
    found = child;
    node = child.value;
  }
  return offsetsOf(text, what === 'key' ? found.key : (found.value ?? found.key));
}

/** The span of a place in a YAML file, worked out when it is first looked at. */
export function yamlSpan(file: string, text: string, path: YamlPath, what: 'key' | 'value'): Span {
  let offsets: { start: number; end: number } | null = null;
  const located = (): { start: number; end: number } => {
    offsets ??= locateYaml(text, path, what);
    return offsets;
  };
  return {
    file,
    text,
    get start() {
      return located().start;
    },
    get end() {
      return located().end;
    },
  };
}

function parseTolerantly(text: string): Yaml.Document.Parsed | null {
  try {
    return parseSyntax(text);
  } catch (caught) {
    if (caught instanceof RangeError) return null;
    throw caught;
  }
}

function childOf(
  document: Yaml.Document.Parsed,
  parent: unknown,
  step: string | number,
): { key: unknown; value: unknown } | null {
  const { isAlias, isMap, isSeq } = yamlPackage();
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? null : { key: item, value: item };
  }
  if (!isMap(node)) return null;
  const pair = node.items.findLast((candidate) => isKey(candidate.key, String(step)));
  if (pair !== undefined) return { key: pair.key, value: pair.value };
  return mergedChild(document, node, step);
}

function mergedChild(
  document: Yaml.Document.Parsed,
  node: Yaml.YAMLMap,
  step: string | number,
): { key: unknown; value: unknown } | null {
  const { isSeq } = yamlPackage();
  for (const pair of node.items) {
    if (!isKey(pair.key, '<<')) continue;
    const sources: readonly unknown[] = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const source of sources) {
      const child = childOf(document, source, step);
      if (child !== null) return child;
    }
  }
  return null;
}

function isKey(node: unknown, wanted: string): boolean {
  const { isScalar } = yamlPackage();
  if (!isScalar(node)) return false;
  const text = String(node.value);
  if (text === wanted) return true;
  const key = node.type === 'PLAIN' ? plainKeyOrText(text) : text;
  return key !== mergeKey && keyText(key) === wanted;
}

function plainKeyOrText(text: string): unknown {
  try {
    return plainKey(text);
  } catch {
    return text;
  }
}

function offsetsOf(text: string, node: unknown): { start: number; end: number } {
  const range = (node as Partial<Yaml.Node> | null)?.range ?? [0, 1];
  const lineEnd = text.indexOf('\n', range[0]);
  const end = lineEnd < 0 ? range[1] : Math.min(range[1], lineEnd);
  return { start: range[0], end: Math.max(range[0] + 1, end) };
}
