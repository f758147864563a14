import type { MacroSource } from '../context/macro-registry.ts';
import type { Diagnostics } from '../core/diagnostic.ts';
import { defineMacro } from '../jinja/bind-macro.ts';
import { type SourceBlock, scanBlocks } from '../jinja/blocks.ts';
import { parseTemplate } from '../jinja/template.ts';
import { strayBlock } from './errors.ts';
import type { IndexedBlock, MacroFile } from './internal-packages.ts';
import { catchTemplate } from './template-failures.ts';

/** A file of macros under the path that errors show. Its text is read when something needs it. */
interface ShownFile {
  readonly shown: string;
  readonly file: MacroFile;
}

export interface FoundMacro {
  readonly block: SourceBlock & Partial<IndexedBlock>;
  readonly source: MacroSource;
}

/** The macros of a file; blocks that are none, and heads that name nothing, are told. */
export function macrosOf(
  packageName: string,
  shownFile: ShownFile,
  wanted: ReadonlySet<string>,
  found: Diagnostics,
  tellStray: boolean,
): readonly FoundMacro[] {
  const { shown: path, file } = shownFile;
  const out: FoundMacro[] = [];
  for (const block of file.blocks ?? scannedBlocks()) {
    const name = callName(block, file);
    if (name !== null) out.push({ block, source: macroSource(packageName, name, shownFile, block) });
    else {
      const { start, end } = block;
      // A head that names nothing is a syntax error, which parsing places.
      catchTemplate(found, () => parseTemplate({ path, text: file.text, start, end }));
    }
  }
  return out;

  function scannedBlocks(): readonly SourceBlock[] {
    const { text } = file;
    const { blocks, strayTags, diagnostics } = scanBlocks({ path, text }, wanted);
    for (const diagnostic of diagnostics) found.add(diagnostic);
    if (tellStray) {
      for (const { tag, start, end } of strayTags)
        found.add(strayBlock(tag, { file: path, text, start, end }));
    }
    return blocks;
  }
}

function macroSource(
  packageName: string,
  name: string,
  { shown, file }: ShownFile,
  { start, end }: SourceBlock,
): MacroSource {
  let definition: ReturnType<typeof defineMacro> | null = null;
  return {
    uniqueId: `macro.${packageName}.${name}`,
    name,
    packageName,
    file: shown,
    get text() {
      return file.text;
    },
    start,
    end,
    definition: () => {
      definition ??= defineMacro(parseTemplate({ path: shown, text: file.text, start, end }));
      return definition;
    },
  };
}

const adapterOption = /\badapter\s*=\s*(['"])([^'"]*)\1/;

/** The name a block is called by: `test_unique`, `materialization_view_default`; null where its head has none. */
function callName(block: SourceBlock, file: MacroFile): string | null {
  if (block.name === null) return null;
  if (block.tag === 'macro') return block.name;
  if (block.tag !== 'materialization') return `test_${block.name}`;
  const adapter = adapterOption.exec(file.text.slice(block.start, block.bodyStart))?.[2];
  return `materialization_${block.name}_${adapter ?? 'default'}`;
}
