import type { ConfigSection, ProjectSettings } from '../../project/project.ts';
import type { ResourceType } from '../node.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';

/** The section of a project file that configures a resource type; analyses and hooks follow the models'. */
function sectionOf(type: ResourceType | 'group'): ConfigSection {
  switch (type) {
    case 'seed':
      return 'seeds';
    case 'snapshot':
      return 'snapshots';
    case 'source':
      return 'sources';
    case 'test':
      return 'data_tests';
    case 'metric':
      return 'metrics';
    case 'semantic_model':
      return 'semantic_models';
    case 'saved_query':
      return 'saved_queries';
    case 'exposure':
      return 'exposures';
    case 'unit_test':
      return 'unit_tests';
    case 'function':
      return 'functions';
    default:
      return 'models';
  }
}

/**
 * Where a project file gives a key to an fqn, the most specific place, as a path into the file as it is written; null
 * where it does not. Hooks may be spelled with a hyphen or an underscore.
 */
export function keyPath(
  settings: ProjectSettings,
  type: ResourceType | 'group',
  fqn: readonly string[],
  key: string,
): readonly string[] | null {
  const section = sectionOf(type);
  const spellings = new Set([key, key.replaceAll('-', '_'), key.replaceAll('_', '-')]);
  const levels = levelsFor(settings.configs[section] ?? nothing, fqn);
  for (let depth = levels.length - 1; depth >= 0; depth -= 1) {
    const level = levels[depth]!;
    const written = Object.keys(level).find((one) => spellings.has(one.replace(/^\+\s*/, '')));
    if (written !== undefined) return [sectionInFile(settings, section), ...fqn.slice(0, depth), written];
  }
  return null;
}

const sectionInFile = ({ writtenSections }: ProjectSettings, section: ConfigSection): string =>
  writtenSections[section] ?? section;

/**
 * The section as `unrendered_config` takes it. dbt looks for two of them under names that no project file has, and
 * forgets functions there; state comparison of its manifests needs the same.
 */
function unrenderedSectionOf(type: ResourceType | 'group'): ConfigSection | null {
  if (type === 'semantic_model' || type === 'saved_query') return null;
  return type === 'function' ? 'models' : sectionOf(type);
}

/**
 * The mappings of a section that apply to an fqn, from the section itself down to the most specific; each is the
 * object of the tree itself, so that what is made from it can be remembered by it.
 */
export function levelsFor(section: PlainRecord, fqn: readonly string[]): readonly PlainRecord[] {
  const out = [section];
  let level = section;
  for (const name of fqn) {
    const inner = own(level, name);
    if (!isRecord(inner)) break;
    out.push(inner);
    level = inner;
  }
  return out;
}

/** The last of `levelsFor`: it stands for all of them. */
export function deepestLevel(section: PlainRecord, fqn: readonly string[]): PlainRecord {
  let level = section;
  for (const name of fqn) {
    const inner = own(level, name);
    if (!isRecord(inner)) break;
    level = inner;
  }
  return level;
}

/** The configuration of one level: keys with a plus, and keys whose value is no mapping (a mapping is a folder). */
export function levelValues(level: PlainRecord): PlainRecord {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(level)) {
    if (key.startsWith('+')) out[key.slice(1).trim()] = value;
    else if (!isRecord(value)) out[key] = value;
  }
  return out;
}

/** The section of a project file for a resource type, rendered or as it is written; empty where there is none. */
export function sectionFor(
  settings: ProjectSettings,
  type: ResourceType | 'group',
  rendered: boolean,
): PlainRecord {
  if (rendered) return settings.configs[sectionOf(type)] ?? nothing;
  const section = unrenderedSectionOf(type);
  return (section === null ? undefined : settings.unrenderedConfigs[section]) ?? nothing;
}

const nothing: PlainRecord = Object.freeze({});
