import type { ModelNode } from './node.ts';
import type { PlainRecord } from './record.ts';

/** Whether a constraint is a foreign key that says by `to` where it points. */
export const isForeignKey = ({ type, to }: PlainRecord): boolean =>
  type === 'foreign_key' && typeof to === 'string' && to !== '';

/** Foreign keys of a model and of its columns. */
export const foreignKeysOf = ({
  constraints,
  columns,
}: Pick<ModelNode, 'constraints' | 'columns'>): readonly PlainRecord[] =>
  [...constraints, ...Object.values(columns).flatMap((column) => column.constraints)].filter(isForeignKey);
