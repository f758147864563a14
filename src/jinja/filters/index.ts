import type { Filter } from './filter.ts';
import { htmlFilters } from './html.ts';
import { numberFilters } from './numbers.ts';
import { orderFilters } from './order.ts';
import { selectionFilters } from './selection.ts';
import { sequenceFilters } from './sequences.ts';
import { textFilters } from './text.ts';
import { valueFilters } from './values.ts';

export type { Filter } from './filter.ts';

/** The filters of Jinja2 3.1 and dbt's own, by name. */
export const filters: ReadonlyMap<string, Filter> = new Map([
  ...valueFilters,
  ...textFilters,
  ...htmlFilters,
  ...numberFilters,
  ...sequenceFilters,
  ...orderFilters,
  ...selectionFilters,
]);
