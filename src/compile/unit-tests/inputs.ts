import type { RelationValue } from '../../context/relation.ts';
import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import type { ModelNode, SessionNode, UnitTestFixture, UnitTestNode } from '../../manifest/node.ts';
import { readReference } from '../../manifest/properties/model-extras.ts';
import type { CompileServices } from '../services.ts';
import { inputNotFound, inputNotReference } from './errors.ts';
import type { TestPlaces } from './test-places.ts';

/** One `given` of a unit test: rows, and what they stand for. */
export interface Input {
  /** Position among the test's `given`. */
  readonly index: number;
  readonly fixture: UnitTestFixture;
  /** What the rows stand for. */
  readonly target: SessionNode;
  /** Whether the rows are for `this`. */
  readonly isCurrent: boolean;
  /** The rows as a common table expression of the tested query. */
  readonly table: RelationValue;
}

/** Finds what the inputs of a test mean. Throws every one that is wrong: `unit-test-input`. */
export function readInputs(
  services: CompileServices,
  test: UnitTestNode,
  model: ModelNode,
  places: TestPlaces,
): readonly Input[] {
  const found = new Diagnostics();
  const names = new Set<string>();
  const inputs = test.given.flatMap(({ input, ...fixture }, index) => {
    const target = found.collect(() => targetOf(services, test, model, input, () => places.part(index)));
    if (target === undefined) return [];
    const table = services.relations.ephemeral(freeName(nameOf(target), names));
    return [{ index, fixture, target, isCurrent: input.trim() === 'this', table }];
  });
  found.throwIfErrors();
  return inputs;
}

function targetOf(
  services: CompileServices,
  test: UnitTestNode,
  model: ModelNode,
  input: string,
  place: () => ReturnType<TestPlaces['part']>,
): SessionNode {
  if (input.trim() === 'this') return model;
  const { lookup, manifest } = services;
  const reference = readReference(input);
  if (reference === null) throw new DiagnosticError(inputNotReference(input, place()));
  if ('ref' in reference) {
    const { ref } = reference;
    const target = lookup.ref(ref, test.package_name);
    const known = [...manifest.nodes.values()].map((node) => node.name);
    if (target === undefined) {
      throw new DiagnosticError(inputNotFound(test.name, input, ref.name, known, place()));
    }
    return target;
  }
  const [sourceName, tableName] = reference.source;
  const target = lookup.source(sourceName, tableName, test.package_name);
  if (target !== undefined) return target;
  const known = [...manifest.sources.values()].map((source) => `${source.source_name}.${source.name}`);
  const name = `${sourceName}.${tableName}`;
  throw new DiagnosticError(inputNotFound(test.name, input, name, known, place()));
}

/** As dbt calls the common table expressions; versions of one model are told apart. */
function nameOf(target: SessionNode): string {
  if (target.resource_type === 'source') return `${target.source_name}__${target.name}`;
  const version = target.resource_type === 'model' ? target.version : null;
  return version === null ? target.name : `${target.name}_v${version}`;
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}_${number}`;
  taken.add(name);
  return name;
}
