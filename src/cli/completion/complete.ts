import { resolve } from 'node:path';
import { variableOf, type World } from '../../core/world.ts';
import { glanceAtProject } from '../flags/project-flags.ts';
import { type Candidate, completionOf, type Given } from './candidates.ts';
import { fileNames, nodeNames } from './names.ts';
import { shellWords } from './shell-words.ts';

/**
 * Answers the scripts of `sluice completion`: `words` (or `open`, `files`, `folders`), then a line for each candidate.
 * `argv` is the shell, and of bash the line up to the cursor and its word breaks, of the others the words behind the
 * program's name. Reads what was written before (the manifest, YAML files); parses no project.
 */
export async function complete(argv: readonly string[], world: World): Promise<string> {
  const [shell, ...rest] = argv;
  const words = shell === 'bash' ? shellWords(rest[0] ?? '').slice(1) : rest;
  const glance = (given: Given) =>
    glanceAtProject(given['projectDir'] ?? variableOf(world.env, 'PROJECT_DIR')?.value ?? null, world);
  const found = await completionOf(words, {
    nodes: (given) => nodeNames(targetFolder(given, glance(given), world)),
    files: (given) => fileNames(given, glance(given), world),
  });
  if (typeof found === 'string') return `${found}\n`;
  const open = found.length > 0 && found.every((one) => one.open);
  const written = found.map((one) => writtenFor(shell ?? '', one, words.at(-1) ?? '', rest[1] ?? ''));
  return `${[open ? 'open' : 'words', ...written].join('\n')}\n`;
}

function targetFolder(
  given: Given,
  { directory, text }: ReturnType<typeof glanceAtProject>,
  world: World,
): string {
  const written = /^target-path:\s*["']?([^"'\n#{]+)/m.exec(text)?.[1]?.trim();
  const folder = given['targetPath'] ?? variableOf(world.env, 'TARGET_PATH')?.value ?? written ?? 'target';
  return resolve(directory ?? world.workingDirectory, folder);
}

/** bash replaces what stands behind the last of its word breaks only; zsh and fish show what a candidate is. */
function writtenFor(shell: string, { value, help }: Candidate, current: string, breaks: string): string {
  if (shell === 'bash') {
    let end = current.length;
    while (end > 0 && !breaks.includes(current[end - 1]!)) end -= 1;
    return value.slice(end);
  }
  if (shell === 'zsh') {
    const escaped = value.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
    return help === null ? escaped : `${escaped}:${help}`;
  }
  return help === null ? value : `${value}\t${help}`;
}
