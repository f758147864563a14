import type { ContextServices } from '../../context/services.ts';
import { variablesFor } from '../../context/variables.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Project } from '../../project/project.ts';
import type { IndexedBlock } from '../internal-packages.ts';
import { mentionsOfMacro } from '../macro-node.ts';
import type { Manifest } from '../manifest.ts';
import type { ParsedProject } from '../parse-project.ts';
import { entryOf } from '../record.ts';
import { type FileTable, fileFinder, fileNumbers } from './file-table.ts';
import { type Link, linkFiles } from './links.ts';
import { emptyReadSet, type PresentValues, ReadSets, readSetOf } from './read-sets.ts';
import { type FileDetails, fileFlags } from './snapshot.ts';
import { Units } from './units.ts';

/** What a parse found out about its files, beside the manifest; of macros, those of the files in `only`. */
export function detailsOf(
  parsed: ParsedProject,
  project: Project,
  files: FileTable,
  only: ReadonlySet<string> | null = null,
): FileDetails {
  const numbers = fileNumbers(files);
  const reads = readNumbers(parsed, files, numbers);
  return {
    ...reads,
    unit: unitsOf(parsed, files),
    flags: flagsOf(project, files, numbers),
    macros: macroBlocks(parsed, only),
  };
}

function unitsOf({ manifest, trace }: ParsedProject, files: FileTable): Uint32Array {
  const units = Units.apart(files.shown.length);
  const findFile = fileFinder(files);
  const link: Link = (one, other) => {
    const [a, b] = [findFile(...one), findFile(...other)];
    if (a !== undefined && b !== undefined) units.join(a, b);
  };
  linkFiles(manifest, link);
  for (const [one, other] of trace.overriding) link(one, other);
  return units.settled();
}

function readNumbers(
  { trace, registry }: ParsedProject,
  files: FileTable,
  numbers: ReadonlyMap<string, number>,
): Pick<FileDetails, 'reads' | 'readSets'> {
  const sets = new ReadSets();
  const out = new Uint32Array(files.shown.length);
  out.fill(sets.number(JSON.stringify(emptyReadSet(registry.rootPackage))));
  for (const [shown, read] of trace.reads.entries()) {
    const file = numbers.get(shown);
    if (file === undefined || read.isEmpty) continue;
    const { name } = files.packages[files.package[file]!]!;
    out[file] = sets.number(JSON.stringify(readSetOf(name, read)));
  }
  return { reads: out, readSets: sets.texts };
}

/** Texts of properties that may show texts of the docs. */
export const docsMention = /\bdoc\s*\(/;

function flagsOf(project: Project, files: FileTable, numbers: ReadonlyMap<string, number>): Uint8Array {
  const flags = new Uint8Array(files.shown.length);
  for (const [index, pack] of [project.root, ...project.packages].entries()) {
    for (const { path, text } of pack.files.properties) {
      const file = numbers.get(files.packages[index]!.prefix + path);
      if (file !== undefined && docsMention.test(text)) flags[file]! |= fileFlags.mentionsDocs;
    }
  }
  return flags;
}

/** Where the macros of each file stand, and what they mention, so that the file need not be read for it again. */
function macroBlocks(
  { registry, trace }: ParsedProject,
  only: ReadonlySet<string> | null,
): FileDetails['macros'] {
  const out: Record<string, IndexedBlock[]> = {};
  for (const source of registry.all()) {
    const block = trace.blocks.get(source.uniqueId);
    if (block === undefined || only?.has(source.file) === false) continue;
    const mentions = mentionsOfMacro({ body: [source.definition().definition] });
    out[source.file] ??= [];
    out[source.file]!.push({ ...block, mentions });
  }
  return out;
}

/** When the first date of deprecation that is still to come has passed. */
export function validUntil(manifest: Pick<Manifest, 'nodes'>, now: number): number | null {
  let first: number | null = null;
  for (const node of manifest.nodes.values()) {
    if (node.resource_type !== 'model' || node.deprecation_date === null) continue;
    const date = Date.parse(node.deprecation_date);
    if (date >= now && (first === null || date < first)) first = date;
  }
  return first;
}

/** Warnings after which something that is added later may be found, or clash, where it was not before. */
const dangling: ReadonlySet<string> = new Set([
  'properties-without-node',
  'properties-without-macro',
  'properties-wrong-section',
  'test-without-target',
  'unused-source-override',
  'duplicate-name-distinct-types',
  'same-relation',
  'microbatch-macro',
  'name-with-spaces',
]);

export const isDanglingCode = (code: string): boolean => dangling.has(code);

export const isDangling = (warnings: readonly Diagnostic[]): boolean =>
  warnings.some(({ code }) => dangling.has(code));

/** Where the values come from that templates read while a project is parsed. */
export function presentValues(services: Omit<ContextServices, 'registry'>): PresentValues {
  const variables = new Map<string, ReadonlyMap<string, unknown>>();
  return {
    variable: (packageName, name) =>
      entryOf(variables, packageName, () => variablesFor(services.variables, packageName)).get(name),
    environment: (name) => services.world.env.get(name),
    flag: (name) => services.flags.get(name),
    target: (field) => services.target[field],
  };
}
