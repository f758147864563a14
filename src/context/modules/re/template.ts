import { raise } from '../../../jinja/py-error.ts';
import type { Match } from './match.ts';

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A replacement: `\1`, `\g<name>` and `\g<1>` are groups, the usual escapes characters. */
export function expandTemplate(template: string, match: Match): string {
  return template.replace(
    /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[0-3][0-7]{2})|([1-9]\d?)|([\s\S]?))/g,
    (
      _,
      named: string | undefined,
      octal: string | undefined,
      number: string | undefined,
      letter = '',
      at: number,
    ) => {
      if (named !== undefined) return groupText(match, named, at);
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (number !== undefined) return groupText(match, number, at);
      if (letter === '\\') return '\\';
      const known = escapes[letter];
      if (known !== undefined) return known;
      if (letter === '') raise('re.error', `bad escape (end of pattern) at position ${at}`);
      if (/[A-Za-z]/.test(letter)) raise('re.error', `bad escape \\${letter} at position ${at}`);
      return `\\${letter}`;
    },
  );
}

function groupText(match: Match, key: string, at: number): string {
  if (/^\d+$/.test(key)) {
    if (Number(key) < match.spans.length) return match.group(Number(key)) ?? '';
    return raise('re.error', `invalid group reference ${key} at position ${at + 1}`);
  }
  const index = match.pattern.groupNames.get(key);
  return index === undefined
    ? raise('IndexError', `unknown group name '${key}'`)
    : (match.group(index) ?? '');
}
