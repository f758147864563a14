import { pointIndex } from '../../../jinja/code-points.ts';
import { HOST, type HostType } from '../../../jinja/host.ts';
import { isIndex } from '../../../jinja/numbers.ts';
import { raise } from '../../../jinja/py-error.ts';
import { repr, str } from '../../../jinja/text.ts';
import { isText, PyDict, textOf, tuple, tupleOf, type Value } from '../../../jinja/values.ts';
import { membersOf, method } from '../../host-members.ts';
import type { Spans } from './engine.ts';
import type { Pattern } from './pattern.ts';
import { expandTemplate } from './template.ts';

/** Python's Match. */
export class Match {
  readonly pattern: Pattern;
  readonly text: string;
  readonly spans: Spans;

  constructor(pattern: Pattern, text: string, spans: Spans) {
    this.pattern = pattern;
    this.text = text;
    this.spans = spans;
  }

  /** UTF-16 offsets of the whole match. */
  get start(): number {
    return this.spans[0]![0];
  }

  get end(): number {
    return this.spans[0]![1];
  }

  /** The text of a group; null where it took no part. */
  group(index: number): string | null {
    const span = this.spans[index];
    return span == null ? null : this.text.slice(span[0], span[1]);
  }

  get [HOST](): HostType<Match> {
    return matchType;
  }
}

function findGroup(self: Match, key: Value): number | undefined {
  if (!isText(key) && !isIndex(key)) return undefined;
  const index = isText(key) ? self.pattern.groupNames.get(textOf(key)) : Number(key);
  return index === undefined || self.spans[index] === undefined ? undefined : index;
}

function groupIndex(self: Match, key: Value): number {
  return findGroup(self, key) ?? raise('IndexError', 'no such group');
}

/** Start and end of a group in code points; -1 where it took no part. */
function span(self: Match, key: Value): [number, number] {
  const found = self.spans[groupIndex(self, key)];
  return found == null ? [-1, -1] : [pointIndex(self.text, found[0]), pointIndex(self.text, found[1])];
}

function groups(self: Match, fallback: Value): Value[] {
  return self.spans.slice(1).map((_, index) => self.group(index + 1) ?? fallback);
}

function lastIndex(self: Match): number | null {
  let last: number | null = null;
  let lastEnd = -1;
  for (const [index, found] of self.spans.entries()) {
    if (index === 0 || found === null || found[1] <= lastEnd) continue;
    last = index;
    lastEnd = found[1];
  }
  return last;
}

const matchType: HostType<Match> = {
  typeName: 're.Match',
  ...membersOf<Match>(
    {
      string: (self) => self.text,
      re: (self) => self.pattern,
      pos: () => 0,
      endpos: (self) => pointIndex(self.text, self.text.length),
      lastindex: lastIndex,
      lastgroup: (self) => {
        const last = lastIndex(self);
        return [...self.pattern.groupNames].find(([, index]) => index === last)?.[0] ?? null;
      },
    },
    {
      group: method(['*groups'], (self, given) => {
        const keys = given as Value[];
        const found = (keys.length === 0 ? [0] : keys).map((key) => self.group(groupIndex(self, key)));
        return found.length === 1 ? found[0]! : tupleOf(found);
      }),
      groups: method([['default', null]], (self, fallback) => tupleOf(groups(self, fallback!))),
      groupdict: method([['default', null]], (self, fallback) => {
        const entries = [...self.pattern.groupNames].map(([name, index]): [Value, Value] => {
          return [name, self.group(index) ?? fallback!];
        });
        return PyDict.fromEntries(entries);
      }),
      start: method([['group', 0]], (self, key) => span(self, key!)[0]),
      end: method([['group', 0]], (self, key) => span(self, key!)[1]),
      span: method([['group', 0]], (self, key) => tuple(...span(self, key!))),
      expand: method(['template'], (self, template) => expandTemplate(str(template!), self)),
    },
  ),
  item: (self, key) => {
    const index = findGroup(self, key);
    return index === undefined ? undefined : self.group(index);
  },
  repr: (self) => `<re.Match object; span=${repr(tuple(...span(self, 0)))}, match=${repr(self.group(0))}>`,
};
