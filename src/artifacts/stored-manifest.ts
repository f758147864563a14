import type { WritePiece } from '../core/replace-file.ts';
import { separator } from '../manifest/cache/build-rows.ts';
import { edgeCount, none16, type Rows, type Section, type TextColumns } from '../manifest/cache/rows.ts';
import type { SegmentReader } from '../manifest/cache/segments.ts';
import { jsonText } from '../manifest/json-text.ts';
import { type Compilation, compiledText } from './compiled-node.ts';
import type { ManifestMetadata } from './manifest-writer.ts';
import { writeWhole } from './write-whole.ts';

/** A manifest whose entries lie in the parse cache as the lines that the artifact has. */
export interface StoredManifest {
  readonly rows: Rows;
  readonly texts: SegmentReader;
  /** Entries of the section `selectors`. */
  readonly selectors: ReadonlyMap<string, unknown>;
}

/** Writes `manifest.json` (v12) by copying; to those of `compiled` comes what compiling adds. Throws `file-not-written`. */
export function writeStoredManifest(
  { rows, texts, selectors }: StoredManifest,
  compiled: ReadonlyMap<string, Compilation>,
  metadata: ManifestMetadata,
  path: string,
): void {
  const section = (name: Section): Lines => ({ columns: rows.entry, bounds: rows.bounds[name] });
  const edges = [0, edgeCount(rows)] as const;
  const members: readonly (readonly [string, Lines | string])[] = [
    ['nodes', section('nodes')],
    ['sources', section('sources')],
    ['macros', section('macros')],
    ['docs', section('docs')],
    ['exposures', section('exposures')],
    ['metrics', section('metrics')],
    ['groups', section('groups')],
    ['selectors', mapText(selectors)],
    ['disabled', section('disabled')],
    ['parent_map', { columns: rows.parentLine, bounds: edges }],
    ['child_map', { columns: rows.childLine, bounds: edges }],
    ['group_map', mapText(groupMembers(rows, texts))],
    ['saved_queries', section('saved_queries')],
    ['semantic_models', section('semantic_models')],
    ['unit_tests', section('unit_tests')],
    ['functions', section('functions')],
  ];
  writeWhole(path, (write) => {
    write(`{"metadata":${jsonText(metadata)}`);
    for (const [name, content] of members) {
      write(`,\n"${name}":`);
      if (typeof content === 'string') write(content);
      else
        writeLines(content, texts, compiledSections.has(name) ? compiledRows(rows, compiled) : noRows, write);
    }
    write('}\n');
  });
}

const compiledSections: ReadonlySet<string> = new Set(['nodes', 'functions']);

interface Lines {
  readonly columns: TextColumns;
  readonly bounds: readonly [number, number];
}

/** What was compiled of the node in a row. Entries of other sections may have the same key: those of disabled models. */
type CompiledRows = (row: number) => Compilation | undefined;

const compiledRows = ({ keys }: Rows, compiled: ReadonlyMap<string, Compilation>): CompiledRows =>
  compiled.size === 0 ? noRows : (row) => compiled.get(keys[row]!);
const noRows: CompiledRows = () => undefined;

/** Lines that lie one behind the other, as most do, are copied in one go. */
function writeLines(
  { columns, bounds: [from, to] }: Lines,
  texts: SegmentReader,
  compiledAt: CompiledRows,
  write: WritePiece,
): void {
  if (from === to) {
    write('{}');
    return;
  }
  const { segment, offset, length } = columns;
  write('{\n');
  for (let row = from; row < to; ) {
    if (row > from) write(separator);
    const compilation = compiledAt(row);
    if (compilation !== undefined) {
      const line = texts.text(segment[row]!, offset[row]!, length[row]!);
      const key = JSON.stringify(compilation.node.unique_id);
      write(`${key}:${compiledText(line.slice(key.length + 1), compilation)}`);
      row += 1;
      continue;
    }
    const start = offset[row]!;
    let end = start + length[row]!;
    const first = row;
    for (row += 1; row < to && segment[row] === segment[first]; row += 1) {
      if (offset[row] !== end + separator.length || compiledAt(row) !== undefined) break;
      end = offset[row]! + length[row]!;
    }
    for (const bytes of texts.bytes(segment[first]!, start, end - start)) write(bytes);
  }
  write('\n}');
}

function mapText(map: ReadonlyMap<string, unknown>): string {
  const lines = [...map].map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(separator)}\n}`;
}

/** `group_map`: members of each group: nodes, saved queries, semantic models, metrics. */
function groupMembers(rows: Rows, texts: SegmentReader): ReadonlyMap<string, readonly string[]> {
  const { bounds, keys, group, groups } = rows;
  const out = new Map<string, string[]>();
  for (let row = bounds.groups[0]; row < bounds.groups[1]; row += 1) {
    const key = JSON.stringify(keys[row]!);
    const line = texts.text(rows.entry.segment[row]!, rows.entry.offset[row]!, rows.entry.length[row]!);
    out.set((JSON.parse(line.slice(key.length + 1)) as { readonly name: string }).name, []);
  }
  if (out.size === 0) return out;
  for (const section of ['nodes', 'saved_queries', 'semantic_models', 'metrics'] as const) {
    for (let row = bounds[section][0]; row < bounds[section][1]; row += 1) {
      if (group[row] !== none16) out.get(groups[group[row]!]!)?.push(keys[row]!);
    }
  }
  return out;
}
