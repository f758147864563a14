import { relationKey } from '../adapter/facts.ts';
import type { Dependent, Relation, RelationName } from '../adapter/relation.ts';
import { type Replacing, refuseLosses, restoreDependents } from './dependents.ts';
import type { RelationGuard } from './session-warehouse.ts';
import { repeatSwap } from './swap.ts';

/**
 * Keeps what hangs on the relations that a program moves and drops. dbt drops it along; here it is set aside, and made
 * again over what then has the relation's name: at the next commit, or at once where the relation was only moved away
 * before.
 */
export function guardDependents(run: Replacing): RelationGuard {
  const { services, session } = run;
  const { facts } = services.adapter;
  /** What hung on a relation before it got the name that is the key: its definitions say the old name. */
  const moved = new Map<string, readonly Dependent[]>();
  let aside: readonly Dependent[] = [];
  const within = async (work: () => Promise<void>): Promise<void> => {
    const open = session.session.inTransaction;
    if (!open) await session.warehouse.begin();
    await repeatSwap(services, session.session, work);
    if (!open) await session.warehouse.commit();
  };
  return {
    renaming: async (from: Relation, to: RelationName) => {
      if (!session.session.inTransaction) return;
      await repeatSwap(services, session.session, async () => {
        const { found } = await session.session.dependents(from);
        moved.set(relationKey(facts, to), found);
      });
    },
    dropping: async (relation: Relation, drop: () => Promise<void>) => {
      if (relation.schema === null) return drop();
      const before = moved.get(relationKey(facts, relation));
      await within(async () => {
        const { found, drops } = await session.session.dependents(relation);
        const known = before?.filter((one) =>
          found.some(({ description }) => description === one.description),
        );
        refuseLosses(run, known ?? found);
        for (const statement of drops) await session.warehouse.send(statement);
        await drop();
        if (known === undefined) aside = [...aside, ...found];
        else await restoreDependents(run, known);
      });
    },
    committing: async () => {
      const dependents = aside;
      aside = [];
      if (dependents.length > 0) await within(() => restoreDependents(run, dependents));
    },
    rolledBack: () => {
      aside = [];
      moved.clear();
    },
  };
}
