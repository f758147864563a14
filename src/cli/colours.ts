export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';

const codes: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export function paint(text: string, colour: Colour): string {
  const [on, off] = codes[colour];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/**
 * Whether to colour: a flag decides; else NO_COLOR (any text) and a dumb terminal say no, FORCE_COLOR says yes; else
 * only a terminal gets colours. See no-color.org.
 */
export function wantsColours(
  flag: boolean | undefined,
  env: ReadonlyMap<string, string>,
  isTTY: boolean,
): boolean {
  if (flag !== undefined) return flag;
  if ((env.get('NO_COLOR') ?? '') !== '') return false;
  const forced = env.get('FORCE_COLOR') ?? '';
  if (forced !== '' && forced !== '0') return true;
  return isTTY && env.get('TERM') !== 'dumb';
}
