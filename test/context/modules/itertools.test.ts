import { describe } from 'vitest';
import { pythonTable } from './module-table.ts';

// Expected values come from Python 3.11 with Jinja2 3.1, not from hand.

describe('modules.itertools', () => {
  pythonTable([
    ['modules.itertools.chain([1,2],[3])|list', '[1, 2, 3]'],
    ['modules.itertools.product([1,2],["a","b"])|list', "[(1, 'a'), (1, 'b'), (2, 'a'), (2, 'b')]"],
    ['modules.itertools.product([0,1],repeat=2)|list', '[(0, 0), (0, 1), (1, 0), (1, 1)]'],
    ['modules.itertools.combinations([1,2,3],2)|list', '[(1, 2), (1, 3), (2, 3)]'],
    ['modules.itertools.permutations([1,2,3],2)|list', '[(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)]'],
    ['modules.itertools.permutations([1,2])|list', '[(1, 2), (2, 1)]'],
    ['modules.itertools.combinations_with_replacement([1,2],2)|list', '[(1, 1), (1, 2), (2, 2)]'],
    ['modules.itertools.combinations([1],2)|list', '[]'],
    ['modules.itertools.combinations([1],0)|list', '[()]'],
    ['modules.itertools.zip_longest([1,2],["a"],fillvalue="-")|list', "[(1, 'a'), (2, '-')]"],
    ['modules.itertools.zip_longest([1],[2,3])|list', '[(1, 2), (None, 3)]'],
    ['modules.itertools.accumulate([1,2,3])|list', '[1, 3, 6]'],
    ['modules.itertools.accumulate([1,2,3],initial=10)|list', '[10, 11, 13, 16]'],
    ['modules.itertools.accumulate(["a","b"])|list', "['a', 'ab']"],
    ['modules.itertools.islice([1,2,3,4,5],2)|list', '[1, 2]'],
    ['modules.itertools.islice([1,2,3,4,5],1,4)|list', '[2, 3, 4]'],
    ['modules.itertools.islice([1,2,3,4,5],0,none,2)|list', '[1, 3, 5]'],
    ['modules.itertools.compress([1,2,3],[1,0,1])|list', '[1, 3]'],
    ['modules.itertools.repeat(1,3)|list', '[1, 1, 1]'],
    ['{% for k, g in modules.itertools.groupby([1,1,2]) %}{{ k }}{{ g|list }}{% endfor %}', '1[1, 1]2[2]'],
    ['modules.itertools.starmap(range,[(1,3),(2,4)])|map("list")|list', '[[1, 2], [2, 3]]'],
    ['modules.itertools.product([])|list', '[]'],
    ['modules.itertools.product()|list', '[()]'],
  ]);
});
