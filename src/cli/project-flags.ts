import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { World } from '../core/world.ts';

/** What the command line must know of a project before the project is loaded. */
export interface ProjectGlance {
  /** Absolute; null where no project file is found. */
  readonly directory: string | null;
  /** The text of `dbt_project.yml`; empty where there is none. */
  readonly text: string;
}

/**
 * Finds the project file in `given`, else in the working directory or the nearest folder above, as dbt does. A
 * project that is missing or cannot be read is reported when it is loaded, not here.
 */
export function glanceAtProject(given: string | null, world: World): ProjectGlance {
  let folder = resolve(world.workingDirectory, given ?? '.');
  for (;;) {
    const text = textOf(join(folder, 'dbt_project.yml'));
    if (text !== null) return { directory: folder, text };
    const parent = dirname(folder);
    if (given !== null || parent === folder) return { directory: null, text: '' };
    folder = parent;
  }
}

/**
 * `flags:` of a project file, and the folder its `log-path` names. YAML is read only where one of them stands in the
 * file; what is not well-formed is reported when the project is loaded.
 */
export async function projectFlags(
  text: string,
): Promise<{ readonly flags: Readonly<Record<string, unknown>>; readonly logPath: string | null }> {
  const none = { flags: {}, logPath: null };
  if (!/^(flags|log-path)\s*:/m.test(text)) return none;
  const project = (await yamlMappingReader())(text);
  if (project === undefined) return none;
  const { flags, 'log-path': logPath } = project;
  return {
    flags: isMapping(flags) ? flags : {},
    logPath: typeof logPath === 'string' && !logPath.includes('{{') ? logPath : null,
  };
}

/** Reads YAML 1.1, as dbt does; undefined where the text is no mapping. Loads the parser when first asked for. */
export async function yamlMappingReader(): Promise<
  (text: string) => Readonly<Record<string, unknown>> | undefined
> {
  const { parse } = await import('yaml');
  return (text) => {
    try {
      const data: unknown = parse(text, { version: '1.1', logLevel: 'silent', uniqueKeys: false });
      if (data === null && text.trim() === '') return {};
      return isMapping(data) ? data : undefined;
    } catch {
      return undefined;
    }
  };
}

function isMapping(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
