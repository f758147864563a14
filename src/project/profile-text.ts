const secretKey = /pass|pwd|token|secret|key|credential/i;

/**
 * The text of a `profiles.yml` for showing: what stands under keys that name secrets is replaced by asterisks, of
 * the same length, so that every place keeps its offset.
 */
export function maskProfileText(text: string): string {
  let hiddenBelow = -1;
  return text
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (indent < 0) return line;
      if (hiddenBelow >= 0 && indent > hiddenBelow) return hide(line, indent);
      hiddenBelow = -1;
      const pair = /^(\s*(?:- +)?(["']?)([\w-]+)\2\s*:\s*)(\S.*)?$/.exec(line);
      if (pair !== null && secretKey.test(pair[3]!)) {
        hiddenBelow = indent;
        return hide(line, pair[1]!.length);
      }
      return line.replace(
        /(["']?)([\w-]+)\1\s*:\s*([^,{}]+)/g,
        (all: string, _quote, key: string, value: string) =>
          secretKey.test(key) ? hide(all, all.length - value.length) : all,
      );
    })
    .join('\n');
}

/** The name of an environment variable is no secret, and mostly what the error is about. */
const variable = /^["']?\{\{\s*env_var\(\s*["'][\w]+["']\s*\)[^"']*\}\}["']?\s*$/;

function hide(line: string, from: number): string {
  const value = line.slice(from);
  if (variable.test(value)) return line;
  return line.slice(0, from) + value.replace(/[^\s]/g, '*');
}
