import { HOST, type HostType } from '../jinja/host.ts';
import { Callable, hostFunction, PyDict, type Value } from '../jinja/values.ts';
import { fromPlain } from './plain.ts';
import type { ContextServices } from './services.ts';

/** What templates may know of the root project and of an installed package. */
export interface ProjectFacts {
  readonly version: string | null;
  /** Absolute. */
  readonly directory: string;
  /** Folders of its tests, from there. */
  readonly testPaths?: readonly string[];
}

/** `ref` and `source` themselves, which have the run's configuration as `config`. */
export class Resolver extends Callable {
  readonly #config: () => Value;

  constructor(resolve: Callable, config: () => Value) {
    super(resolve.name, (args, kwargs) => resolve.call(args, kwargs));
    this.#config = config;
  }

  get config(): Value {
    return this.#config();
  }

  get [HOST](): HostType<Resolver> {
    return resolverType;
  }
}

const resolverType: HostType<Resolver> = {
  typeName: 'function',
  attr: (self, name) => (name === 'config' ? self.config : undefined),
};

/**
 * What packages read of dbt's own object behind `builtins.ref.config`: the project, its dependencies with itself among
 * them, variables and arguments of the invocation. It is nothing that dbt documents.
 */
export function runtimeConfig({
  projectName,
  projects,
  variables,
  invocationArgs,
  target,
}: ContextServices): Value {
  const one = (name: string): [string, Value][] => {
    const facts = projects.get(name);
    const vars = PyDict.fromRecord({
      to_dict: hostFunction('to_dict', [], () => fromPlain(variables.projects.get(name) ?? {})),
    });
    return [
      ['project_name', name],
      ['version', facts?.version ?? null],
      ['project_root', facts?.directory ?? null],
      ['vars', vars],
    ];
  };
  return PyDict.fromEntries([
    ...one(projectName),
    [
      'dependencies',
      PyDict.fromEntries([...projects.keys()].map((name) => [name, PyDict.fromEntries(one(name))])),
    ],
    ['cli_vars', fromPlain(variables.cli)],
    ['args', PyDict.fromRecord({ ...invocationArgs })],
    ['target_name', target['target_name'] ?? null],
    ['profile_name', target['profile_name'] ?? null],
    ['threads', target['threads'] ?? null],
  ]);
}
