import type { ModelNode } from './node.ts';
import type { PlainRecord } from './record.ts';

/** Constraints of a model, then those of its columns. */
export const allConstraints = ({
  constraints,
  columns,
}: Pick<ModelNode, 'constraints' | 'columns'>): readonly PlainRecord[] => [
  ...constraints,
  ...Object.values(columns).flatMap((column) => column.constraints),
];

/** Whether a constraint is a foreign key that says by `to` where it points. */
export const isForeignKey = ({ type, to }: PlainRecord): boolean =>
  type === 'foreign_key' && typeof to === 'string' && to !== '';
