/** Whether a path (relative to the package's root, with forward slashes) is left out. */
export type IsIgnored = (path: string) => boolean;

export const nothingIgnored: IsIgnored = () => false;

interface Rule {
  readonly pattern: RegExp;
  readonly ignores: boolean;
}

/**
 * The rules of a `.dbtignore`: gitignore patterns, applied to files only, as dbt's `pathspec` does: the last pattern
 * that fits a file decides, so `!` brings back a file of an ignored folder, unlike in git.
 */
export function parseIgnoreFile(text: string): IsIgnored {
  const rules = text.split(/\r?\n/).flatMap((line) => ruleOf(line) ?? []);
  if (rules.length === 0) return nothingIgnored;
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.ignores ?? false;
}

function ruleOf(line: string): Rule | null {
  const trimmed = line.endsWith('\\ ') ? line.trimStart() : line.trim();
  if (trimmed === '' || trimmed === '/' || trimmed.startsWith('#')) return null;
  const ignores = !trimmed.startsWith('!');
  const source = patternSource(ignores ? trimmed : trimmed.slice(1));
  return source === null ? null : { pattern: new RegExp(`^${source}$`, 'su'), ignores };
}

/** A pattern as a regular expression over whole paths; null where it names nothing. */
function patternSource(pattern: string): string | null {
  if (/^(?:\*\*\/)+$/.test(pattern)) return '.+/.*';
  const segments = anchored(
    pattern.split('/').filter((part, at, all) => part !== '**' || all[at - 1] !== '**'),
  );
  if (segments.length === 0) return null;
  if (segments.length > 1 && segments.at(-1) === '') segments[segments.length - 1] = '**';
  const last = segments.length - 1;
  let out = '';
  let slash = false;
  for (const [index, segment] of segments.entries()) {
    if (segment === '**') {
      if (index === 0) out += index === last ? '[^/]+(?:/.*)?' : '(?:.+/)?';
      else out += index === last ? '/.*' : '(?:/.+)?';
      slash = index > 0;
      continue;
    }
    out += (slash ? '/' : '') + (segment === '*' ? '[^/]+' : globSource(segment));
    // A name fits the file and everything under the folder of that name.
    if (index === last) out += '(?:/.*)?';
    slash = true;
  }
  return out;
}

/** A pattern with no slash but at its end fits at any depth; a slash at its start only says that it does not. */
function anchored(segments: readonly string[]): string[] {
  if (segments[0] === '') return segments.slice(1);
  const anyDepth = segments.length === 1 || (segments.length === 2 && segments[1] === '');
  return anyDepth && segments[0] !== '**' ? ['**', ...segments] : [...segments];
}

function globSource(glob: string): string {
  let out = '';
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at]!;
    if (character === '\\' && at + 1 < glob.length) {
      at += 1;
      out += literal(glob[at]!);
    } else if (character === '*') out += '[^/]*';
    else if (character === '?') out += '[^/]';
    else if (character === '[') {
      const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(glob.slice(at));
      if (set === null || set[2] === '') {
        out += literal('[');
        continue;
      }
      out += `[${set[1] === '' ? '' : '^'}${set[2]!.replace(/[\\[\]&|~^]/g, '\\$&')}]`;
      at += set[0].length - 1;
    } else out += literal(character);
  }
  return out;
}

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
