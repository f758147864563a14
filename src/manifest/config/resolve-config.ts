import type { AdapterFacts } from '../../adapter/facts.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import type { Project, ProjectSettings } from '../../project/project.ts';
import { yamlSpan } from '../../project/yaml/locate.ts';
import type { ResourceType } from '../node.ts';
import { shownPath } from '../paths.ts';
import { freshnessProblems, modelFreshnessProblems } from '../properties/freshness.ts';
import { entryOf, type PlainRecord } from '../record.ts';
import { configRule } from './errors.ts';
import { configFields } from './fields.ts';
import { type ConfigValues, mergeConfig, type Report } from './merge.ts';
import { deepestLevel, keyPath, levelsFor, levelValues, sectionFor } from './project-layers.ts';
import { settleConfigValues } from './settle-values.ts';

/** Whose configuration is wanted, and what its files say about it. */
export interface ConfigRequest {
  readonly type: ResourceType | 'group';
  readonly packageName: string;
  readonly fqn: readonly string[];
  /** `config` of its properties. */
  readonly patch: PlainRecord | null;
  /** `config(...)` of its text. */
  readonly calls: PlainRecord;
  /** Told what is wrong with the merged values. */
  readonly report: Report;
}

type Place = Pick<ConfigRequest, 'type' | 'packageName' | 'fqn'>;

/** Merges what project files, properties and texts say, in dbt's order of precedence. */
export interface ConfigResolver {
  /**
   * The settled configuration: all keys of the resource type, then unknown keys. From defaults, the project file of the node's package from the
   * general to the specific, properties, `config()`, then the root project's file where the package is another.
   */
  merged(request: ConfigRequest): ConfigValues;
  /**
   * The settled configuration from project files alone. Shared by every node that the same levels of the files apply
   * to: never to be changed.
   */
  base(type: ResourceType | 'group', packageName: string, fqn: readonly string[]): ConfigValues;
  /** Only what was written, before templates of project files were rendered; the last one wins. Shared like `base`. */
  unrendered(request: Omit<ConfigRequest, 'report'>): ConfigValues;
  /** Whether the node is enabled, before its properties are known. */
  enabled(request: Omit<ConfigRequest, 'report'>): unknown;
  /** Tells a mistake where a project file gives the key to that place, once for all; false where none does. */
  tellInProject(place: Place, diagnostic: Diagnostic, key: string): boolean;
}

export function createConfigResolver(
  project: Project,
  facts: AdapterFacts,
  tell: (diagnostic: Diagnostic) => void,
): ConfigResolver {
  const settings = new Map<string, ProjectSettings>();
  for (const one of [project.root, ...project.packages]) settings.set(one.name, one.settings);
  const root = project.root.settings;
  const aliases = credentialAliases(facts);
  const defaults = new Map<ResourceType | 'group', ConfigValues>();
  // Nodes of one folder share everything but their own files' configuration: what a level means is kept by it.
  const bases = new Map<ResourceType | 'group', WeakMap<PlainRecord, ConfigValues>>();
  const written = new WeakMap<PlainRecord, PlainRecord>();

  const translate = (values: PlainRecord): PlainRecord => {
    if (aliases.size === 0 || !Object.keys(values).some((key) => aliases.has(key))) return values;
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [aliases.get(key) ?? key, value]));
  };
  const valuesOf = (level: PlainRecord): PlainRecord =>
    entryOf(written, level, () => translate(levelValues(level)));
  const defaultsOf = (type: ResourceType | 'group'): ConfigValues => {
    let values = defaults.get(type);
    if (values === undefined) {
      values = Object.fromEntries(configFields(type).map((field) => [field.name, field.fallback]));
      defaults.set(type, values);
    }
    return values;
  };
  const told = new Set<string>();
  const tellInProject = (place: Place, diagnostic: Diagnostic, key: string): boolean => {
    const span = placeInProject(place, key);
    if (span === null) return false;
    const id = `${span.file}:${span.start}:${diagnostic.message}`;
    if (!told.has(id)) tell({ ...diagnostic, span });
    told.add(id);
    return true;
  };
  const placeInProject = ({ type, packageName, fqn }: Place, key: string): Span | null => {
    const own = [project.root, ...project.packages].filter(
      (one, index) => one.name === packageName || index === 0,
    );
    for (const pack of own) {
      const path = keyPath(pack.settings, type, fqn, key);
      if (path !== null && pack.settingsFile !== null) {
        const { text, path: file } = pack.settingsFile;
        return yamlSpan(shownPath({ project }, pack, file), text, path, 'value');
      }
    }
    return null;
  };
  const mergeLevel = (values: ConfigValues, level: PlainRecord, place: Place): ConfigValues => {
    const report = baseReport(place);
    const own = valuesOf(level);
    for (const problem of freshnessMistakes(place.type, own['freshness'])) {
      report(configRule('freshness', own['freshness'], problem), 'freshness');
    }
    return mergeConfig(values, own, configFields(place.type), report);
  };
  const fromOwnFile = (request: Place): ConfigValues => {
    const own = settings.get(request.packageName) ?? emptySettings;
    const section = sectionFor(own, request.type, true);
    const last = deepestLevel(section, request.fqn);
    const byLevel = entryOf(bases, request.type, () => new WeakMap());
    let values = byLevel.get(last);
    if (values === undefined) {
      values = defaultsOf(request.type);
      for (const level of levelsFor(section, request.fqn)) values = mergeLevel(values, level, request);
      byLevel.set(last, values);
    }
    return values;
  };
  const isForeign = (request: Place): boolean => request.packageName !== root.name;
  const rootLevels = (request: Place, rendered: boolean): readonly PlainRecord[] =>
    isForeign(request) ? levelsFor(sectionFor(root, request.type, rendered), request.fqn) : noLevels;

  const baseReport =
    (place: Place): Report =>
    (diagnostic, key) => {
      if (key === null || !tellInProject(place, diagnostic, key)) tell(diagnostic);
    };
  const settled = new Map<ConfigValues, ConfigValues>();
  const layered = new WeakMap<PlainRecord, ConfigValues>();

  return {
    base: (type, packageName, fqn) => {
      const request = { type, packageName, fqn };
      const values = fromOwnFile(request);
      const levels = rootLevels(request, true);
      if (levels.length > 0) {
        let merged = values;
        for (const level of levels) merged = mergeLevel(merged, level, request);
        return settleConfigValues(merged, type, baseReport(request));
      }
      return entryOf(settled, values, () => settleConfigValues(values, type, baseReport(request)));
    },
    merged: (request) => {
      const fields = configFields(request.type);
      let values = fromOwnFile(request);
      for (const over of [request.patch ?? nothing, request.calls]) {
        if (!isEmpty(over)) values = mergeConfig(values, translate(over), fields, request.report);
      }
      for (const level of rootLevels(request, true)) values = mergeLevel(values, level, request);
      return settleConfigValues(values, request.type, request.report);
    },
    unrendered: (request) => {
      const own = settings.get(request.packageName) ?? emptySettings;
      const section = sectionFor(own, request.type, false);
      const base = entryOf(layered, deepestLevel(section, request.fqn), () =>
        Object.assign({}, ...levelsFor(section, request.fqn).map(valuesOf)),
      );
      if (isEmpty(request.patch ?? nothing) && isEmpty(request.calls) && !isForeign(request)) return base;
      const out = { ...base, ...translate(request.patch ?? nothing), ...translate(request.calls) };
      for (const level of rootLevels(request, false)) Object.assign(out, valuesOf(level));
      return out;
    },
    enabled: (request) => {
      let enabled = fromOwnFile(request)['enabled'];
      if (Object.hasOwn(request.calls, 'enabled')) enabled = request.calls['enabled'];
      for (const level of rootLevels(request, true)) {
        const values = valuesOf(level);
        if (Object.hasOwn(values, 'enabled')) enabled = values['enabled'];
      }
      return enabled;
    },
    tellInProject,
  };
}

function freshnessMistakes(type: Place['type'], freshness: unknown): readonly string[] {
  if (type === 'source') return freshnessProblems(freshness, 'config');
  return type === 'model' ? modelFreshnessProblems(freshness) : [];
}

const nothing: PlainRecord = Object.freeze({});
const noLevels: readonly PlainRecord[] = [];
const emptySettings = { configs: {}, unrenderedConfigs: {} } as unknown as ProjectSettings;

function isEmpty(record: PlainRecord): boolean {
  for (const _ in record) return false;
  return true;
}

/** Other spellings of credential fields are understood in configuration too, as dbt does (`dbname`: `database`). */
function credentialAliases(facts: AdapterFacts): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const field of facts.credentials) for (const alias of field.aliases) out.set(alias, field.name);
  return out;
}
