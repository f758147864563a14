import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { duckdb } from '../../adapters/duckdb/facts.ts';
import { envVarFunction } from '../../src/context/env-var.ts';
import { fromPlain, toPlain } from '../../src/context/plain.ts';
import { DiagnosticError, formatDiagnostic } from '../../src/core/diagnostic.ts';
import { SecretMask } from '../../src/core/secret.ts';
import type { World } from '../../src/core/world.ts';
import { createEnvironment } from '../../src/jinja/environment.ts';
import { toDiagnostic } from '../../src/jinja/errors.ts';
import { renderNative } from '../../src/jinja/native.ts';
import { parseTemplate } from '../../src/jinja/template.ts';
import type { Value } from '../../src/jinja/values.ts';
import { type LoadProjectOptions, loadProject, type MakeRenderer } from '../../src/project/load-project.ts';
import type { Project } from '../../src/project/project.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder with these files, gone after the test; a path that ends in `/` is an empty folder. */
export function folderWith(files: Files): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const absolute = join(directory, path);
    if (path.endsWith('/')) {
      mkdirSync(absolute, { recursive: true });
      continue;
    }
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
  }
  return directory;
}

export interface WorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly home?: string;
}

export function worldAt({ env = {}, workingDirectory, home = '/nobody' }: WorldOptions): World {
  return {
    startedAt: 0,
    now: () => 0,
    elapsed: () => 0,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    random: () => 0,
    env: new Map(Object.entries(env)),
    workingDirectory,
    home,
  };
}

/** The template engine with what a YAML value may use: `env_var`, `target`, `var` of the command line. */
export function rendererIn(world: World): MakeRenderer {
  return (scope) => {
    const names = new Map<string, Value>([
      [
        'env_var',
        envVarFunction({
          env: world.env,
          reads: null,
          allowSecrets: scope.kind === 'profile',
          allowed: null,
          secrets: new SecretMask(),
        }),
      ],
      ['vars', fromPlain(scope.cliVars)],
    ]);
    if (scope.kind === 'project')
      names.set('target', { name: scope.targetName, schema: scope.credentials.schema });
    const environment = createEnvironment({ undefinedPolicy: 'execute', names });
    return (text, span) => {
      try {
        return toPlain(renderNative(parseTemplate({ path: span.file, text }), environment));
      } catch (thrown) {
        throw new DiagnosticError({ ...toDiagnostic(thrown), span });
      }
    };
  };
}

export interface LoadOptions extends Partial<LoadProjectOptions> {
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly workingDirectory?: string;
}

export function load(directory: string, options: LoadOptions = {}): Project {
  const world = worldAt({
    workingDirectory: options.workingDirectory ?? directory,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.home === undefined ? {} : { home: options.home }),
  });
  return loadProject({
    projectDirectory: directory,
    profilesDirectory: null,
    profile: null,
    target: null,
    targetPath: null,
    vars: null,
    threads: null,
    adapters: new Map([['duckdb', duckdb]]),
    makeRenderer: rendererIn(world),
    world,
    ...options,
  });
}

/** Every error of a project that cannot be loaded, as it is printed. */
export function failures(directory: string, options: LoadOptions = {}): string[] {
  try {
    load(directory, options);
  } catch (caught) {
    if (caught instanceof DiagnosticError) {
      return caught.diagnostics.map((diagnostic) =>
        formatDiagnostic(diagnostic).replaceAll(directory, '<dir>'),
      );
    }
    throw caught;
  }
  throw new Error('expected the project to fail');
}

export const profiles = `shop:
  target: dev
  outputs:
    dev: {type: duckdb, path: shop.duckdb}
    prod: {type: duckdb, path: "{{ env_var('PROD_PATH') }}", threads: 8}
`;

/** A project file with the profile above. */
export const projectFile = (more = ''): string => `name: shop\nprofile: shop\n${more}`;
