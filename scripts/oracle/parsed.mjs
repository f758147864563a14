import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourceSections } from './artifacts.mjs';

const ofTheMachine = new Set(['created_at', 'root_path', 'build_path', 'compiled_path']);
const isBuiltIn = (id) => /^\w+\.dbt(_\w+)?\./.test(id);

/**
 * Writes what dbt parsed of a project as the file that the tests compare with: the resources of the project and its
 * packages, a line each, and the semantic manifest, without times and paths of the machine.
 */
export function recordParsed(folder, path) {
  const read = (name) => JSON.parse(readFileSync(join(folder, 'target', name), 'utf8'));
  const manifest = read('manifest.json');
  const lines = resourceSections.map((section) => {
    const entries = Object.entries(manifest[section]).filter(([id]) => !isBuiltIn(id));
    return `${JSON.stringify(section)}: {\n${entries.map(line).join(',\n')}\n}`;
  });
  const semantic = `"semantic_manifest": ${JSON.stringify(read('semantic_manifest.json'), null, 1)}`;
  writeFileSync(path, `{\n${[...lines, semantic].join(',\n')}\n}\n`);
}

function line([id, resource]) {
  const text = JSON.stringify(resource, (key, value) => (ofTheMachine.has(key) ? undefined : value));
  return `${JSON.stringify(id)}: ${text}`;
}
