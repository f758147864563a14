import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { adapters } from '../../adapters/index.ts';
import { createMacroRegistry } from '../../src/context/macro-registry.ts';
import type { ContextServices } from '../../src/context/services.ts';
import { type Diagnostic, DiagnosticError } from '../../src/core/diagnostic.ts';
import { SecretMask } from '../../src/core/secret.ts';
import type { World } from '../../src/core/world.ts';
import { defaultLimits } from '../../src/jinja/budget.ts';
import type { Value } from '../../src/jinja/values.ts';
import { internalPackageNames, readInternalPackages } from '../../src/manifest/internal-packages.ts';
import { type ParsedProject, parseProject } from '../../src/manifest/parse-project.ts';
import { renderValue, valueEnvironment } from '../../src/manifest/properties/render-values.ts';
import { loadProject } from '../../src/project/load-project.ts';
import type { Project } from '../../src/project/project.ts';

/** Files of a project by path; `dbt_project.yml` may be left out. */
export type Files = Readonly<Record<string, string>>;

export interface RigOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Behaviour flags by their name in the project file. */
  readonly flags?: Readonly<Record<string, Value>>;
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Installed packages by name. */
  readonly packages?: Readonly<Record<string, Files>>;
}

const macrosDirectory = join(import.meta.dirname, '../../macros');
const facts = adapters.get('duckdb')!.facts;

/** Parses a project that is written to a folder of its own. */
export function parse(files: Files, options: RigOptions = {}): ParsedProject {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-manifest-'));
  write(directory, { 'dbt_project.yml': 'name: shop\nversion: "1.0"\n', ...files });
  for (const [name, inner] of Object.entries(options.packages ?? {})) {
    const projectFile = `name: ${name}\nversion: "1.0"\n`;
    write(join(directory, 'dbt_packages', name), { 'dbt_project.yml': projectFile, ...inner });
  }
  return parseDirectory(directory, options);
}

/** The mistakes that parsing a project tells. */
export function mistakes(files: Files, options: RigOptions = {}): readonly Diagnostic[] {
  try {
    parse(files, options);
    return [];
  } catch (caught) {
    if (caught instanceof DiagnosticError) return caught.diagnostics;
    throw caught;
  }
}

/** Codes and messages of the warnings of a project. */
export function warnings(files: Files, options: RigOptions = {}): readonly string[] {
  return parse(files, options).manifest.warnings.map(({ code, message }) => `${code}: ${message}`);
}

export function parseDirectory(directory: string, options: RigOptions = {}): ParsedProject {
  const world = worldOf(directory, options);
  const project = loadProject({
    projectDirectory: directory,
    profilesDirectory: null,
    profile: null,
    target: null,
    targetPath: null,
    vars: options.vars ?? null,
    threads: null,
    world,
    adapters,
    makeRenderer: (scope) => {
      const target = scope.kind === 'project' ? { name: scope.targetName, ...scope.credentials.target } : {};
      const services = servicesOf(world, options, target as Record<string, Value>, null);
      const environment = valueEnvironment(services, services.projectName, null);
      return (text, span) => renderValue(text, span.file, environment);
    },
  });
  const { credentials, targetName } = project;
  const { type, schema, database, threads } = credentials;
  const target = { ...credentials.target, name: targetName, type, schema, database, threads } as Record<
    string,
    Value
  >;
  return parseProject({
    project,
    services: servicesOf(world, options, target, project),
    internalPackages: readInternalPackages(macrosDirectory, internalPackageNames(facts)),
  });
}

function write(directory: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

function worldOf(directory: string, options: RigOptions): World {
  return {
    startedAt: Date.UTC(2026, 0, 1),
    now: () => Date.UTC(2026, 0, 1),
    elapsed: () => 0,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    random: () => 0.5,
    env: new Map(Object.entries(options.env ?? {})),
    workingDirectory: directory,
    home: directory,
  };
}

function servicesOf(
  world: World,
  options: RigOptions,
  target: Readonly<Record<string, Value>>,
  project: Project | null,
): ContextServices {
  const projectName = project?.root.name ?? 'shop';
  const packages = project === null ? [] : [project.root, ...project.packages];
  const dispatch = project?.root.settings.dispatch ?? [];
  return {
    world,
    invocationId: '00000000-0000-4000-8000-000000000000',
    projectName,
    projects: new Map(
      packages.map((one) => [one.name, { version: one.settings.version, directory: one.directory }]),
    ),
    facts,
    target,
    variables: {
      cli: options.vars ?? {},
      rootPackage: projectName,
      projects: new Map(packages.map((one) => [one.name, one.settings.vars])),
    },
    flags: new Map(Object.entries(options.flags ?? {}).map(([name, value]) => [name.toUpperCase(), value])),
    invocationArgs: {},
    dispatchOrders: new Map(dispatch.map((one) => [one.macroNamespace, one.searchOrder])),
    registry: createMacroRegistry({ rootPackage: projectName, internalPackages: [], macros: [] }),
    secrets: new SecretMask(),
    emit: () => {},
    limits: defaultLimits,
    report: () => {},
    warnedOnce: new Set(),
  };
}
