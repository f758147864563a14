import { PyDict } from '../jinja/values.ts';

/** Where variables come from: the command line wins over the root project, the root over a package's own file. */
export interface VariableSources {
  readonly cli: Readonly<Record<string, unknown>>;
  readonly rootPackage: string;
  /** `vars` of each package's project file, rendered, by package name. */
  readonly projects: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Variables as a node of one package sees them; later sources win. */
export function variablesFor(sources: VariableSources, packageName: string): ReadonlyMap<string, unknown> {
  const out = new Map<string, unknown>();
  const add = (values: unknown): void => {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) return;
    // A mapping that has a key like a number among its keys is a dict.
    const entries = values instanceof PyDict ? values.entries() : Object.entries(values);
    for (const [name, value] of entries) out.set(String(name), value);
  };
  const addProject = (project: string): void => {
    const vars = sources.projects.get(project);
    add(vars);
    if (vars !== undefined && Object.hasOwn(vars, packageName)) add(vars[packageName]);
  };
  if (packageName !== sources.rootPackage) addProject(packageName);
  addProject(sources.rootPackage);
  add(sources.cli);
  return out;
}
