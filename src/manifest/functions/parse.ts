import { fileChecksum, stripText } from '../../project/checksum.ts';
import type { ProjectPackage, SourceFile } from '../../project/project.ts';
import { makeNode } from '../make-node.ts';
import type { NodeConfig } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import { baseName, fqnPrefix, shownPath, withinFolder, withoutExtension } from '../paths.ts';
import { renderNode } from '../render-node.ts';
import { strippedPart } from '../sql-nodes.ts';
import { catchTemplate } from '../template-failures.ts';

/** A function is a file named after it, in SQL or Python; the text of either may be a template. */
export function parseFunctionFile(state: ParseState, pack: ProjectPackage, file: SourceFile): ParsedNode {
  const path = withinFolder(file.path, file.folder);
  const name = withoutExtension(baseName(file.path));
  const shown = shownPath(state, pack, file.path);
  const parsed = makeNode(state, {
    type: 'function',
    packageName: pack.name,
    name,
    uniqueId: `function.${pack.name}.${name}`,
    path,
    originalFilePath: file.path,
    fqn: [...fqnPrefix(pack.name, path), name],
    checksum: fileChecksum(file),
    rawCode: stripText(file.text),
    language: file.path.endsWith('.py') ? 'python' : 'sql',
    place: () => ({ file: shown, text: file.text, start: 0, end: 0 }),
  });
  catchTemplate(state.found, () => renderNode(state, parsed, { path: shown, ...strippedPart(file.text) }));
  const { node, calls } = parsed;
  const request = { type: 'function' as const, packageName: pack.name, fqn: node.fqn, patch: null, calls };
  const enabled = state.configs.enabled(request);
  if (node.config.enabled !== enabled) node.config = { ...node.config, enabled } as NodeConfig;
  return parsed;
}
