import { renderSync } from '../jinja/driver.ts';
import { parseTemplate } from '../jinja/template.ts';
import { fileChecksum } from '../project/checksum.ts';
import type { ProjectPackage } from '../project/project.ts';
import { makeNode } from './make-node.ts';
import type { ParseState } from './parse-state.ts';
import { operationsPath, shownPath } from './paths.ts';
import { hasJinja, renderCaptured } from './render-node.ts';
import { keep } from './sql-nodes.ts';
import { catchTemplate } from './template-failures.ts';

/** Nodes of the project file's `on-run-start` and `on-run-end`, in that order. */
export function parseOperations(state: ParseState, pack: ProjectPackage): void {
  const { onRunStart, onRunEnd } = pack.settings;
  addHooks(state, pack, 'on-run-start', onRunStart);
  addHooks(state, pack, 'on-run-end', onRunEnd);
}

function addHooks(state: ParseState, pack: ProjectPackage, kind: string, hooks: readonly unknown[]): void {
  const file = pack.settingsFile;
  const shown = shownPath(state, pack, 'dbt_project.yml');
  for (const [index, hook] of hooks.entries()) {
    const name = `${pack.name}-${kind}-${index}`;
    const text = typeof hook === 'string' ? hook : '';
    const parsed = makeNode(state, {
      type: 'operation',
      packageName: pack.name,
      name,
      uniqueId: `operation.${pack.name}.${name}`,
      path: `hooks/${name}.sql`,
      originalFilePath: operationsPath,
      fqn: [pack.name, 'hooks', name],
      checksum: file === null ? { name: 'none', checksum: '' } : fileChecksum(file),
      rawCode: text,
      tags: [kind],
      index,
      place: () => ({ file: shown, text: file?.text ?? '', start: 0, end: 0 }),
    });
    catchTemplate(state.found, () => {
      if (!hasJinja(text)) return;
      const template = parseTemplate({ path: `${shown} (${kind}[${index}])`, text });
      renderCaptured(state, parsed, (environment) => renderSync(template, environment));
    });
    keep(state, parsed);
  }
}
