import type * as Yaml from 'yaml';
import { mergeKey, mergeSources, plainKey } from './key.ts';
import { isMapping, type Mapping, mappingHas, mappingPut, mergeInto, overriddenKeys } from './mapping.ts';
import { parseSyntax, yamlPackage } from './package.ts';
import { PlainScalarError } from './plain-error.ts';
import { booleanOf, floatOf, integerOf, resolvePlain } from './plain-scalar.ts';
import { type Anchor, type DuplicateAt, depthLimit, nodeLimit, YamlLimit, YamlMistake } from './scan.ts';
import { timestampText } from './timestamp.ts';

interface State {
  readonly text: string;
  readonly yaml: typeof Yaml;
  readonly anchors: Map<string, Anchor | null>;
  readonly duplicates: DuplicateAt[];
  nodes: number;
  depth: number;
}

/**
 * Reads any document through the `yaml` package, with the meaning of PyYAML's safe loader. Throws YamlMistake for
 * the first mistake, YamlLimit.
 */
export function readComplete(text: string): { data: unknown; duplicates: readonly DuplicateAt[] } {
  const document = syntaxOf(text);
  const first = document.errors[0];
  if (first !== undefined) refuse(first);
  refuseMarkers(text);
  const state: State = { yaml: yamlPackage(), text, anchors: new Map(), duplicates: [], nodes: 0, depth: 0 };
  return { data: readNode(state, document.contents), duplicates: state.duplicates };
}

/** The package reads nothing behind `...`, and takes an empty second document for the end of the first. */
function refuseMarkers(text: string): void {
  const prologue = /^(?:[%#][^\n]*\n|[ \t]*\n)*(?:---(?=[ \t\n]|$))?/.exec(text)?.[0].length ?? 0;
  const marker = /^(?:---|\.\.\.(?=(?:\s|#.*)*?\s[^\s#]))(?=[ \t\n]|$)/m.exec(text.slice(prologue));
  if (marker === null) return;
  const at = prologue + marker.index;
  throw new YamlMistake('MULTIPLE_DOCS', 'a second document begins here', at, at + 3);
}

function refuse(first: Yaml.YAMLParseError): never {
  const [start, end] = first.pos;
  // The package recurses as deep as the document goes, and reports where the stack ended.
  if (first.message.includes('call stack')) throw new YamlLimit('depth', start);
  throw new YamlMistake(first.code, first.message, start, end);
}

/** Collections in one line, one in another, cost the package time that grows with the square of their number. */
const deepLine = /(?:[-?:] +){250}/;

function syntaxOf(text: string): Yaml.Document.Parsed {
  const deep = text.search(deepLine);
  if (deep >= 0) throw new YamlLimit('depth', deep);
  try {
    return parseSyntax(text);
  } catch (caught) {
    if (caught instanceof RangeError) throw new YamlLimit('depth', 0);
    throw caught;
  }
}

function readNode(state: State, node: unknown): unknown {
  const { isAlias, isMap, isScalar, isSeq } = state.yaml;
  state.nodes += 1;
  if (state.nodes > nodeLimit) throw new YamlLimit('size', 0);
  if (isAlias(node)) return aliased(state, node);
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
  const { anchor } = node;
  const before = state.nodes;
  if (anchor !== undefined) openAnchor(state, anchor, node);
  const value = isScalar(node) ? scalarOf(state, node) : collectionOf(state, node);
  if (anchor !== undefined) state.anchors.set(anchor, { value, nodes: state.nodes - before + 1 });
  return value;
}

function collectionOf(state: State, node: Yaml.YAMLMap | Yaml.YAMLSeq): unknown {
  state.depth += 1;
  if (state.depth > depthLimit) throw new YamlLimit('depth', node.range?.[0] ?? 0);
  const isMap = state.yaml.isMap(node);
  if (node.tag !== undefined && node.tag !== '!' && node.tag !== `${core}${isMap ? 'map' : 'seq'}`) {
    throw mistake('UNKNOWN_TAG', `the tag '${node.tag}' is not known here`, node);
  }
  const value = state.yaml.isMap(node)
    ? mappingOf(state, node)
    : node.items.map((item) => readNode(state, item));
  state.depth -= 1;
  return value;
}

function openAnchor(state: State, name: string, node: Yaml.Node): void {
  if (state.anchors.has(name))
    throw mistake('DUPLICATE_ANCHOR', `the anchor '&${name}' is defined twice`, node);
  state.anchors.set(name, null);
}

function aliased(state: State, node: Yaml.Alias): unknown {
  const anchor = state.anchors.get(node.source);
  if (anchor === null) throw mistake('BAD_ALIAS', `'*${node.source}' stands inside of what it repeats`, node);
  if (anchor === undefined)
    throw mistake('BAD_ALIAS', `no anchor '&${node.source}' stands before this alias`, node);
  state.nodes += anchor.nodes;
  if (state.nodes > nodeLimit) throw new YamlLimit('size', node.range?.[0] ?? 0);
  return anchor.value;
}

function mappingOf(state: State, node: Yaml.YAMLMap): Mapping {
  let mapping: Mapping = {};
  const merges: (readonly Mapping[])[] = [];
  let mergesAt = 0;
  let mergesFirst = false;
  for (const pair of node.items) {
    const key = keyOf(state, pair.key);
    const value = readNode(state, pair.value);
    if (key === mergeKey) {
      const sources = mergeSources(value);
      if (sources === null)
        throw mistake('BAD_MERGE', "'<<' takes a mapping, or a list of mappings", pair.key);
      if (merges.length === 0) {
        mergesAt = startOf(pair.key);
        mergesFirst = pair === node.items[0];
      }
      merges.push(sources);
      continue;
    }
    if (mappingHas(mapping, key) && !mergesFirst) state.duplicates.push({ key, offset: startOf(pair.key) });
    mapping = mappingPut(mapping, key, value);
  }
  if (merges.length === 0) return mapping;
  if (!mergesFirst) {
    for (const key of overriddenKeys(mapping, merges)) state.duplicates.push({ key, offset: mergesAt });
  }
  return mergeInto(mapping, merges);
}

function keyOf(state: State, node: unknown): unknown {
  if (
    state.yaml.isScalar(node) &&
    node.type === 'PLAIN' &&
    node.tag === undefined &&
    node.anchor === undefined
  ) {
    const text = textOf(node);
    if (text === '') throw mistake('EMPTY_KEY', 'a key is missing before this colon', node);
    return resolving(node, () => plainKey(text));
  }
  const key = readNode(state, node);
  if (Array.isArray(key) || isMapping(key)) {
    throw mistake('COLLECTION_KEY', 'a list or a mapping cannot be a key', node);
  }
  return key;
}

const core = 'tag:yaml.org,2002:';

function scalarOf(state: State, node: Yaml.Scalar): unknown {
  const text = scalarText(state, node);
  return resolving(node, () => {
    switch (node.tag) {
      case undefined:
      case '!':
        return node.type === 'PLAIN' || node.type === undefined ? resolvePlain(text) : text;
      case `${core}str`:
        return text;
      case `${core}null`:
        return null;
      case `${core}bool`: {
        const value = booleanOf(text);
        if (value === undefined) throw new PlainScalarError(`'${text}' is no boolean`);
        return value;
      }
      case `${core}int`:
        return integerOf(text);
      case `${core}float`:
        return floatOf(text);
      case `${core}timestamp`:
        return timestampText(text);
      default:
        throw mistake('UNKNOWN_TAG', `the tag '${node.tag}' is not known here`, node);
    }
  });
}

/** A text without a newline at its end gives its last block scalar none; the package adds it. */
function scalarText(state: State, node: Yaml.Scalar): string {
  const text = textOf(node);
  const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const unfinished = block && (node.range?.[1] ?? 0) >= state.text.length && !state.text.endsWith('\n');
  return unfinished && text.endsWith('\n') ? text.slice(0, -1) : text;
}

const textOf = (node: Yaml.Scalar): string => (typeof node.value === 'string' ? node.value : '');

function resolving<T>(node: Yaml.Scalar, work: () => T): T {
  try {
    return work();
  } catch (caught) {
    if (caught instanceof PlainScalarError) throw mistake('BAD_SCALAR', caught.message, node);
    throw caught;
  }
}

function mistake(kind: string, message: string, node: unknown): YamlMistake {
  const start = startOf(node);
  return new YamlMistake(kind, message, start, endOf(node, start));
}

const rangeOf = (node: unknown): Yaml.Range | null | undefined => (node as Partial<Yaml.Node> | null)?.range;
const startOf = (node: unknown): number => rangeOf(node)?.[0] ?? 0;
const endOf = (node: unknown, start: number): number => rangeOf(node)?.[1] ?? start + 1;
