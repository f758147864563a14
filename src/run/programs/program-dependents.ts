import { relationKey } from '../../adapter/facts.ts';
import { stagingName } from '../../adapter/names.ts';
import type { Dependent, Relation, RelationName } from '../../adapter/relation.ts';
import { destinationOf } from '../../compile/relations.ts';
import type { Value } from '../../jinja/values.ts';
import { type Replacing, refuseLosses, restoreDependents } from '../publish/dependents.ts';
import { repeatSwap } from '../publish/swap.ts';
import type { RelationGuard } from '../session-warehouse.ts';

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
    await repeatSwap(run, work);
    if (!open) await session.warehouse.commit();
  };
  return {
    renaming: async (from: Relation, to: RelationName) => {
      if (!session.session.inTransaction) return;
      await repeatSwap(run, async () => {
        const { found } = await session.session.dependents(from);
        moved.set(relationKey(facts, to), found);
      });
    },
    dropping: async (relation: Relation, drop: () => Promise<void>) => {
      if (relation.schema === null) return drop();
      await within(async () => {
        const before = moved.get(relationKey(facts, relation)) ?? (await leftBehind(run, relation));
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

/**
 * What hangs on a backup that a run did not come to drop, with definitions that say the destination's name: the two
 * change their names for the look. Undefined for any other relation.
 */
async function leftBehind(
  { services, node, session }: Replacing,
  relation: Relation,
): Promise<readonly Dependent[] | undefined> {
  const { relations } = services.compile;
  const destination = destinationOf(relations, node);
  const base = /^(.+)__dbt_backup$/.exec(relation.identifier)?.[1];
  if (
    base === undefined ||
    relation.schema !== destination.schema ||
    !destination.identifier.startsWith(base)
  )
    return undefined;
  const { found } = await session.session.dependents(relation);
  const standing = found.length === 0 ? null : await session.warehouse.getRelation(destination);
  if (standing === null) return undefined;
  const rename = async (from: Relation, identifier: string): Promise<void> => {
    const sql = await session.render('get_rename_sql', [
      relations.fromAdapter(from) as unknown as Value,
      identifier,
    ]);
    await session.warehouse.send(sql);
  };
  const { facts } = services.adapter;
  const beside = stagingName(facts, destination, { invocationId: services.invocationId, suffix: 'look' });
  await rename(standing, beside.identifier);
  await rename(relation, destination.identifier);
  const named = (await session.session.dependents(destination)).found;
  await rename({ ...relation, identifier: destination.identifier }, relation.identifier);
  await rename({ ...standing, identifier: beside.identifier }, destination.identifier);
  return named;
}
