import { join } from 'node:path';
import { unlessRefused } from '../core/system-error.ts';
import type { IndirectSelection, SelectorDefinition } from '../graph/selector.ts';
import { parseSelectorDefinitions } from '../graph/selector-file.ts';
import { fileText } from '../manifest/cache/told.ts';
import { yamlSpan } from '../project/yaml/locate.ts';
import { projectDirectory } from './gate-request.ts';
import type { InvocationContext } from './invocation.ts';
import type { OpenManifest } from './open-manifest.ts';
import type { ProjectOptions } from './options.ts';

const fileName = 'selectors.yml';

/** The selectors of the project's file; throws every mistake in them, with its place. */
export function selectorDefinitions(
  context: InvocationContext,
  options: ProjectOptions,
  { selectorDefinitions: entries }: Pick<OpenManifest, 'selectorDefinitions'>,
  indirect: IndirectSelection,
): ReadonlyMap<string, SelectorDefinition> {
  return parseSelectorDefinitions(entries, {
    indirect,
    spanOf: (path, what) => {
      const file = join(projectDirectory(context.world, options), fileName);
      const text = unlessRefused(() => fileText(file));
      return text === null ? null : yamlSpan(fileName, text, path, what);
    },
  });
}
