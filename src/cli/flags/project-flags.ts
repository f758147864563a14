import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { unlessRefused } from '../../core/system-error.ts';
import type { World } from '../../core/world.ts';

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
    const text = unlessRefused(() => readFileSync(join(folder, 'dbt_project.yml'), 'utf8'));
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
  try {
    const { flags, 'log-path': logPath } = (await yamlMappingReader())(text, 'dbt_project.yml') ?? {};
    return {
      flags: typeof flags === 'object' && flags !== null ? (flags as Readonly<Record<string, unknown>>) : {},
      logPath: typeof logPath === 'string' && !logPath.includes('{{') ? logPath : null,
    };
  } catch (caught) {
    if (!(caught instanceof DiagnosticError)) throw caught;
    return none;
  }
}

/** Reads YAML of one origin as dbt does; undefined where it is no mapping. Throws the reader's diagnostics. */
export type MappingReader = (text: string, origin: string) => Readonly<Record<string, unknown>> | undefined;

/** The project's own YAML reader, loaded when first asked for. */
export async function yamlMappingReader(): Promise<MappingReader> {
  const [{ readYaml }, { isMapping, recordOf }] = await Promise.all([
    import('../../project/yaml/read-yaml.ts'),
    import('../../project/yaml/mapping.ts'),
  ]);
  return (text, origin) => {
    const { data } = readYaml(text, origin, { family: 'Usage Error', keepEnd: true });
    return isMapping(data) ? recordOf(data) : undefined;
  };
}
