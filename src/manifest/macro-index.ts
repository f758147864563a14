import { readdirSync } from 'node:fs';
import { scanBlocks } from '../jinja/blocks.ts';
import { parseTemplate } from '../jinja/template.ts';
import { type IndexedBlock, type MacroFile, readInternalPackages } from './internal-packages.ts';
import { mentionsOfMacro } from './macro-node.ts';
import { macroTags } from './macros.ts';

/** Everything that loading our macros would find out, as the JSON text that `readInternalPackages` takes. */
export function macroIndex(directory: string): string {
  const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const packages = readInternalPackages(directory, names.map((entry) => entry.name).sort());
  const indexed = packages.map((one) => ({ ...one, macros: one.macros.map(indexedFile) }));
  return JSON.stringify(indexed);
}

function indexedFile({ path, text, folder }: MacroFile): MacroFile {
  const { blocks, diagnostics } = scanBlocks({ path, text }, macroTags);
  const [mistake] = diagnostics;
  if (mistake !== undefined) throw new Error(`${path}: ${mistake.message}`);
  const indexed = blocks.map((block): IndexedBlock => {
    const { start, end } = block;
    return { ...block, mentions: mentionsOfMacro(parseTemplate({ path, text, start, end })) };
  });
  return { path, text, folder, absolutePath: path, blocks: indexed };
}
