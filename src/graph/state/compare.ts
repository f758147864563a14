import type { AdapterFacts } from '../../adapter/facts.ts';
import { type Diagnostic, DiagnosticError, type Severity } from '../../core/diagnostic.ts';
import { allNodes, type Manifest } from '../../manifest/manifest.ts';
import type { AnyNode, SeedNode, UniqueId } from '../../manifest/node.ts';
import { isRecord, type PlainRecord } from '../../manifest/record.ts';
import { contractBroken, invalidStateValue, seedNotCompared } from '../errors.ts';
import { changedMacros } from './changed-macros.ts';
import { type ContractBreach, contractChange, contractRemoval } from './contract-change.ts';
import {
  hasBody,
  sameBody,
  sameConfigs,
  sameContents,
  samePersistedDescriptions,
  sameRelation,
} from './same-contents.ts';

/** The entries of an earlier run's manifest, by unique id. */
export interface FormerState {
  readonly nodes: ReadonlyMap<UniqueId, PlainRecord>;
  /** Sources, exposures and the like. */
  readonly others: ReadonlyMap<UniqueId, PlainRecord>;
  readonly macros: ReadonlyMap<UniqueId, PlainRecord>;
}

export interface StateComparison {
  readonly manifest: Manifest;
  readonly former: FormerState;
  readonly facts: AdapterFacts;
  /** Packages of built-in macros. */
  readonly builtIn: ReadonlySet<string>;
  /** The flag `state_modified_compare_more_unrendered_values`. */
  readonly comparesUnrendered: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly report: (warning: Diagnostic) => void;
}

/**
 * Answers of `state:` by value, in dbt's meaning: `new` and `old`, `modified` and `unmodified`, and what of a node is
 * modified (`modified.body`, ...). Breaking changes of contracts are told once each: those of models without versions as
 * warnings; those of models with versions are thrown, all of them at once. Throws `selector-value-invalid` for other
 * values.
 */
export function compareWithState(request: StateComparison): (value: string) => ReadonlySet<UniqueId> {
  const comparing = new Comparing(request);
  const answers = new Map<string, ReadonlySet<UniqueId>>();
  return (value) => {
    const known = answers.get(value) ?? comparing.answer(value);
    answers.set(value, known);
    return known;
  };
}

type Check = (this: Comparing, node: AnyNode, former: PlainRecord | undefined) => boolean;

const checks: Readonly<Record<string, Check>> = {
  new: (_node, former) => former === undefined,
  old: (_node, former) => former !== undefined,
  modified(node, former) {
    return this.isModified(node, former);
  },
  unmodified(node, former) {
    return !this.isModified(node, former);
  },
  'modified.body'(node, former) {
    return hasBody(node) && (former === undefined || !this.sameBody(node, former));
  },
  'modified.configs': (node, former) =>
    node.resource_type !== 'unit_test' && (former === undefined || !sameConfigs(node, former)),
  'modified.persisted_descriptions': (node, former) =>
    hasBody(node) && (former === undefined || !samePersistedDescriptions(node, former)),
  'modified.relation'(node, former) {
    if (!hasBody(node) && node.resource_type !== 'source') return false;
    return former === undefined || !sameRelation(node, former, this.request.comparesUnrendered);
  },
  'modified.macros'(node) {
    return this.callsChanged(node);
  },
  'modified.contract'(node, former) {
    return hasBody(node) && (former === undefined || !this.sameContract(node, former));
  },
};

/** Answers that look at contracts, and so at those that are gone, too. */
const ofContracts: ReadonlySet<string> = new Set(['modified', 'unmodified', 'modified.contract']);

/** Something of these types that is new is no change of what was there. */
const newIsUnmodified: ReadonlySet<string> = new Set([
  'source',
  'exposure',
  'metric',
  'semantic_model',
  'saved_query',
]);

class Comparing {
  readonly request: StateComparison;
  #macros: ReadonlySet<UniqueId> | null = null;
  /** What was said of a node already. */
  readonly #told = new Set<string>();
  #broken: Diagnostic[] = [];

  constructor(request: StateComparison) {
    this.request = request;
  }

  answer(value: string): ReadonlySet<UniqueId> {
    const check = Object.hasOwn(checks, value) ? checks[value] : undefined;
    if (check === undefined) throw new DiagnosticError(invalidStateValue(value, Object.keys(checks)));
    const { manifest, former } = this.request;
    const found = new Set<UniqueId>();
    for (const node of allNodes(manifest)) {
      const id = node.unique_id;
      if (check.call(this, node, former.nodes.get(id) ?? former.others.get(id))) found.add(id);
    }
    if (ofContracts.has(value)) this.#lookForRemoved();
    const broken = this.#broken;
    this.#broken = [];
    if (broken.length > 0) throw new DiagnosticError(broken);
    return found;
  }

  isModified(node: AnyNode, former: PlainRecord | undefined): boolean {
    if (former === undefined) return !newIsUnmodified.has(node.resource_type) || this.callsChanged(node);
    // All of it is looked at: a contract that is broken is told, whatever else is changed.
    const sameContract = this.sameContract(node, former);
    const sameSeed = node.resource_type !== 'seed' || this.sameBody(node, former);
    const same = sameContents(node, former, this.request.comparesUnrendered);
    return !sameContract || !sameSeed || !same || this.callsChanged(node);
  }

  sameBody(node: AnyNode, former: PlainRecord): boolean {
    if (!hasBody(node)) return true;
    if (node.resource_type === 'seed') this.#tellOfSeed(node, former);
    return sameBody(node, former);
  }

  callsChanged(node: AnyNode): boolean {
    const { manifest, former, builtIn } = this.request;
    this.#macros ??= changedMacros(manifest, former.macros, builtIn);
    const macros = this.#macros;
    return 'depends_on' in node && node.depends_on.macros.some((id) => macros.has(id));
  }

  sameContract(node: AnyNode, former: PlainRecord): boolean {
    if (node.resource_type !== 'model') return true;
    const { isSame, breach } = contractChange(node, former, this.request.facts.constraints);
    if (breach.phrases.length > 0) this.#breaks(node, node.version, breach);
    return isSame;
  }

  #lookForRemoved(): void {
    const { manifest, former, now } = this.request;
    for (const [id, node] of former.nodes) {
      if (manifest.nodes.has(id)) continue;
      const gone = contractRemoval(node, manifest.disabled.has(id), now);
      const path = String(node['original_file_path'] ?? '');
      if (gone !== null) {
        const name = String(node['name'] ?? id);
        const breach = { phrases: [gone], data: {} };
        this.#breaks({ unique_id: id, name, original_file_path: path }, node['version'], breach);
      }
    }
  }

  #breaks(
    model: Pick<AnyNode, 'unique_id' | 'name' | 'original_file_path'>,
    version: unknown,
    breach: ContractBreach,
  ): void {
    const severity: Severity = (version ?? null) === null ? 'warning' : 'error';
    const found = contractBroken(model, breach, severity);
    if (severity === 'error') this.#broken.push(found);
    else this.#tellOnce(model.unique_id, found);
  }

  /** dbt's checksum of a seed that is too large to be read is its path. */
  #tellOfSeed(node: SeedNode, former: PlainRecord): void {
    if (node.checksum.name !== 'path') return;
    const past = isRecord(former['checksum']) ? former['checksum'] : {};
    const event =
      past['name'] !== 'path'
        ? 'SeedIncreased'
        : past['checksum'] === node.checksum.checksum
          ? 'SeedExceedsLimitSamePath'
          : 'SeedExceedsLimitAndPathChanged';
    this.#tellOnce(node.unique_id, seedNotCompared(node, event));
  }

  #tellOnce(id: UniqueId, warning: Diagnostic): void {
    const key = `${id} ${warning.code}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.request.report(warning);
  }
}
