import { compileNode } from '../compile/compile-node.ts';
import { isEphemeral } from '../compile/relations.ts';
import type { WorkItem } from '../intervals/work-item.ts';
import type { AnyNode, CompilableNode, ModelNode } from '../manifest/node.ts';
import type { ItemRun } from './item-run.ts';
import { isMicrobatch } from './microbatch/microbatch-model.ts';
import { runMicrobatch } from './microbatch/run-microbatch.ts';
import { withNodeSession } from './node-session.ts';
import { programOf } from './programs/run-program.ts';
import { runFunction } from './run-function.ts';
import { runByProgram, runModel } from './run-model.ts';
import { runSeed } from './run-seed.ts';
import type { RunServices } from './services.ts';
import { runTest } from './tests/run-test.ts';
import { runUnitTest } from './tests/unit-tests/run-unit-test.ts';

/** Works on one item: builds, loads, tests or only compiles its node. The item's outcome is told to `run`. */
export async function runItem(
  services: RunServices,
  _item: WorkItem,
  node: AnyNode,
  run: ItemRun,
  compileOnly: boolean,
): Promise<void> {
  const program = compileOnly ? undefined : programFor(services, node);
  if (program !== undefined) {
    return isBatched(services, program.node)
      ? runMicrobatch(services, program.node, run, program.program)
      : runByProgram(services, program.node, run, program.program);
  }
  switch (node.resource_type) {
    case 'model':
      return compileOnly || isEphemeral(node)
        ? compileOnlyNode(services, node, run)
        : isBatched(services, node)
          ? runMicrobatch(services, node, run)
          : runModel(services, node, run);
    case 'test':
      return compileOnly ? compileOnlyNode(services, node, run) : runTest(services, node, run);
    case 'seed':
      return compileOnly ? run.onlyCompiled() : runSeed(services, node, run);
    case 'analysis':
      return compileOnlyNode(services, node, run);
    case 'snapshot':
      return compileOnly ? compileOnlyNode(services, node, run) : runModel(services, node, run);
    case 'function':
      return compileOnly ? compileOnlyNode(services, node, run) : runFunction(services, node, run);
    case 'exposure':
    case 'saved_query':
      return run.noOp();
    case 'unit_test':
      return runUnitTest(services, node, run);
    default:
      throw new Error(`a ${node.resource_type} has no work of its own`);
  }
}

/** The project's own materialization of a node with a query; those of seeds and tests are looked for beside their rows. */
function programFor(services: RunServices, node: AnyNode) {
  if (node.resource_type !== 'model' && node.resource_type !== 'snapshot') return undefined;
  const program = isEphemeral(node) ? undefined : programOf(services, node);
  return program === undefined ? undefined : { node, program };
}

const isBatched = ({ batches }: RunServices, node: AnyNode): node is ModelNode =>
  batches && isMicrobatch(node);

async function compileOnlyNode(services: RunServices, node: CompilableNode, run: ItemRun): Promise<void> {
  await withNodeSession(services, node, { undeclaredRefs: false }, async ({ scope }) => {
    const compiled = await run.timed('compile', () => compileNode(services.compile, scope));
    await run.compiled(services.compile, compiled);
    run.onlyCompiled();
  });
}
