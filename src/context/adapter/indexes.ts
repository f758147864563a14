import { createHash } from 'node:crypto';
import type { World } from '../../core/world.ts';
import { dictGet, dictKeys } from '../../jinja/dict.ts';
import { HOST, type HostType } from '../../jinja/host.ts';
import { iterate, truth } from '../../jinja/operations.ts';
import { str } from '../../jinja/text.ts';
import { isDict, isText, type Value } from '../../jinja/values.ts';
import { raiseDiagnostic, raisedByTemplate } from '../errors.ts';
import { membersOf, method } from '../host-members.ts';
import { requireRelation } from './arguments.ts';

/** One entry of a model's `indexes`, as `adapter.parse_index` gives it. */
export class IndexValue {
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** The access method (`btree`, `gin`, ...); null for the warehouse's own choice. */
  readonly type: string | null;
  readonly world: World;

  constructor(columns: readonly string[], unique: boolean, type: string | null, world: World) {
    this.columns = columns;
    this.unique = unique;
    this.type = type;
    this.world = world;
  }

  get [HOST](): HostType<IndexValue> {
    return indexType;
  }

  /** A name that no index of an earlier run has: the table's old one may still stand beside it. */
  render(relation: string): string {
    const now = new Date(this.world.now()).toISOString();
    return createHash('md5')
      .update([...this.columns, relation, this.unique, this.type, now, this.world.uuid()].join('_'), 'utf8')
      .digest('hex');
  }
}

const indexType: HostType<IndexValue> = {
  typeName: 'IndexConfig',
  ...membersOf<IndexValue>(
    { columns: (self) => [...self.columns], unique: (self) => self.unique, type: (self) => self.type },
    {
      render: method(['relation'], (self, relation) =>
        self.render(requireRelation(relation!, 'parse_index').render()),
      ),
    },
  ),
};

/** Reads an entry of `indexes`: none for none, a compilation error for any other shape. */
export function parseIndex(given: Value, world: World): Value {
  if (given === null) return null;
  if (!isDict(given)) return refused(`not a dictionary: ${str(given)}`);
  const unknown = dictKeys(given)
    .map(str)
    .filter((key) => key !== 'columns' && key !== 'unique' && key !== 'type');
  if (unknown.length > 0) return refused(`it has no setting '${unknown[0]}'`);
  const columns = dictGet(given, 'columns');
  if (!Array.isArray(columns) || !columns.every((column) => isText(column as Value))) {
    return refused("it needs 'columns', a list of names");
  }
  const unique = truth(dictGet(given, 'unique') ?? null);
  const type = dictGet(given, 'type') ?? null;
  if (type !== null && !isText(type)) return refused(`its 'type' is no name: ${str(type)}`);
  const method = type === null ? null : str(type);
  return new IndexValue(iterate(columns as Value).map(str), unique, method, world) as unknown as Value;
}

const refused = (why: string): never =>
  raiseDiagnostic(raisedByTemplate(`Could not parse the index config: ${why}`, 'Compilation Error'));
