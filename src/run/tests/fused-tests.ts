import type { StatementResult } from '../../adapter/cell.ts';
import { type CompiledNode, compileNode, type RenderedModels } from '../../compile/compile-node.ts';
import { nodeScope } from '../../compile/node-scope.ts';
import { packageOfId } from '../../context/ids.ts';
import { fromPlain } from '../../context/plain.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { TemplateError } from '../../jinja/errors.ts';
import { PyDict } from '../../jinja/values.ts';
import { findNode } from '../../manifest/manifest.ts';
import type { AnyNode, TestNode, UniqueId } from '../../manifest/node.ts';
import { isCancelled, warehouseErrorIn } from '../failures.ts';
import { withNodeSession } from '../node-session.ts';
import type { RunServices } from '../services.ts';
import { type FusedTest, fusedTest, isFusable } from './fusable-test.ts';

/** A test that is answered together with others of its relation. */
export interface FusedMember {
  readonly compiled: CompiledNode;
  /** The statement that asks for this test alone. */
  readonly asked: string;
  /** What the statement for all of them answered where the test found nothing; null where it is to be asked itself. */
  readonly passed: Promise<StatementResult['response'] | null>;
}

interface Group {
  readonly tests: readonly TestNode[];
  members: Promise<ReadonlyMap<UniqueId, FusedMember>> | null;
}

/** So many tests are answered by one statement, which engines limit in its columns. */
const mostTests = 100;

/**
 * The data tests of a run that one scan of their relation may answer. The scan tells only of which tests nothing is
 * found; the others are asked by their own queries, so that counts and errors are always the test's own.
 */
export class FusedTests {
  readonly #groups = new Map<UniqueId, Group>();

  constructor(services: RunServices, nodes: readonly AnyNode[]) {
    const byRelation = new Map<string, TestNode[]>();
    for (const node of services.fuseTests ? nodes : []) {
      if (node.resource_type !== 'test' || !services.counting.isOurs(node.package_name)) continue;
      if (!isFusable(services, node)) continue;
      const key = JSON.stringify([node.depends_on.nodes, node.config['where'] ?? null, node.package_name]);
      const tests = byRelation.get(key);
      if (tests === undefined) byRelation.set(key, [node]);
      else tests.push(node);
    }
    for (const tests of byRelation.values()) {
      for (let start = 0; start < tests.length; start += mostTests) {
        const group: Group = { tests: tests.slice(start, start + mostTests), members: null };
        if (group.tests.length > 1) for (const { unique_id: id } of group.tests) this.#groups.set(id, group);
      }
    }
  }

  /** Whether the statement that another test of the group sends, its first one, is to answer this one. */
  isAnswered(id: UniqueId): boolean {
    const first = this.#groups.get(id)?.tests[0];
    return first !== undefined && first.unique_id !== id;
  }

  /** The test as a member of its group, which the first one asks for; null where it stands alone. */
  async member(services: RunServices, node: TestNode): Promise<FusedMember | null> {
    const group = this.#groups.get(node.unique_id);
    if (group === undefined) return null;
    group.members ??= ask(services, group.tests, node);
    // Its failure is told to every test of the group that comes.
    group.members.catch(ignored);
    return (await group.members).get(node.unique_id) ?? null;
  }
}

interface Compiled {
  readonly node: TestNode;
  readonly compiled: CompiledNode;
  readonly test: FusedTest;
}

/** Compiles the tests in one session and asks for them; the statement is still on its way when this is there. */
function ask(
  services: RunServices,
  tests: readonly TestNode[],
  leader: TestNode,
): Promise<ReadonlyMap<UniqueId, FusedMember>> {
  return new Promise((resolve, reject) => {
    const work = withNodeSession(services, leader, { undeclaredRefs: false }, async (session) => {
      const { warehouse } = session;
      const all: Compiled[] = [];
      const models: RenderedModels = new Map();
      for (const node of tests) {
        const one = await attempted(() => compiledTest(services, node, warehouse, models));
        if (one !== null) all.push(one);
      }
      const relation = all[0]?.test.relation;
      const members = all.filter(({ test }) => test.relation === relation);
      if (members.length < 2) return resolve(new Map());
      const asked: string[] = [];
      for (const { node, compiled } of members) {
        asked.push(await services.counting.of(session, node, compiled.sql));
      }
      const answer = attempted(async () => {
        const sql = await session.render('get_fused_tests_sql', [
          relation!,
          members.map(({ test }) => fromPlain(test)),
          isView(services, members[0]!.node),
        ]);
        return warehouse.send(sql);
      });
      void answer.then((result) => {
        if (result !== null) return;
        const text = `The tests of ${relation} cannot be asked by one statement: each is asked by its own`;
        services.emit({ name: 'message', level: 'debug', text });
      }, ignored);
      const passed = async (index: number): Promise<StatementResult['response'] | null> => {
        const result = await answer;
        return Number(result?.rows[0]?.[index] ?? 1) === 0 ? result!.response : null;
      };
      resolve(
        new Map(
          members.map(({ node, compiled }, index) => {
            const member = { compiled, asked: asked[index]!, passed: passed(index) };
            // Whoever is cancelled before it asks leaves it alone.
            member.passed.catch(ignored);
            return [node.unique_id, member] as const;
          }),
        ),
      );
      await answer.catch(ignored);
    });
    work.catch((thrown) => (isOwn(thrown) ? resolve(new Map()) : reject(thrown)));
  });
}

/** Whether what the test is about is computed when it is read. */
function isView({ compile }: RunServices, { depends_on: dependsOn }: TestNode): boolean {
  const parent = findNode(compile.manifest, dependsOn.nodes[0]!);
  return parent?.resource_type === 'model' && parent.config.materialized === 'view';
}

const ignored = (): void => {};

/**
 * A test ready to be asked; null where its arguments are more than a scan can answer. Tests of a group have their
 * relation and `where` in common, of which our own macros make the same for all: `models`.
 */
async function compiledTest(
  services: RunServices,
  node: TestNode,
  warehouse: Parameters<typeof nodeScope>[2]['warehouse'],
  models: RenderedModels,
): Promise<Compiled | null> {
  const scope = nodeScope(services.compile, node, { warehouse, undeclaredRefs: false });
  const compiled = await compileNode(services.compile, scope, models);
  const args = scope.context.names.get('_dbt_generic_test_kwargs');
  const { registry } = services.compile.context;
  const isBuiltIn = [...scope.reads.macros].every((id) => registry.isInternal(packageOfId(id)));
  if (!(args instanceof PyDict) || !isBuiltIn || scope.ephemerals.size > 0) return null;
  const test = fusedTest(node, args);
  return test === null ? null : { node, compiled, test };
}

/** Null where the user's text or the warehouse fails: the test that is asked itself tells of it. */
async function attempted<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (thrown) {
    if (isOwn(thrown)) return null;
    throw thrown;
  }
}

const isOwn = (thrown: unknown): boolean =>
  !isCancelled(thrown) &&
  (warehouseErrorIn(thrown) !== null || thrown instanceof TemplateError || thrown instanceof DiagnosticError);
