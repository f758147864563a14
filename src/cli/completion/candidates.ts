import { resourceTypes } from '../flags/command-flags.ts';
import { type Command, commands, flagsOf } from '../flags/commands.ts';
import { type Flag, globalFlags } from '../flags/flags.ts';
import type { FileNames, NodeNames } from './names.ts';
import { shells } from './scripts.ts';
import { selectionCandidates } from './selection.ts';

/** One way in which the word may end. */
export interface Candidate {
  readonly value: string;
  readonly help: string | null;
  /** More must follow at once: no space is put behind it. */
  readonly open: boolean;
}

/** What may stand there; `files` and `folders` are for the shell to find. */
export type Completion = readonly Candidate[] | 'files' | 'folders';

/** Where names come from; each is asked for only if it is needed. `given` are flags as they are typed. */
export interface NameSource {
  nodes(given: Given): NodeNames;
  files(given: Given): Promise<FileNames>;
}

export type Given = Readonly<Record<string, string>>;

/** The words behind the program's name, up to the one that is completed. */
export async function completionOf(words: readonly string[], source: NameSource): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const { command, operands, given, awaiting, list } = read(words.slice(0, -1));
  const value = (flag: Flag, text: string) => valuesOf(flag, text, { command, given, source });
  if (awaiting !== null) return matching(await value(awaiting, current), current);
  if (current.startsWith('-')) {
    const sign = current.indexOf('=');
    const flag = sign < 0 ? undefined : flagNamed(current.slice(0, sign), command);
    if (flag === undefined) return flagCandidates(command, current);
    const found = matching(await value(flag, current.slice(sign + 1)), current.slice(sign + 1));
    if (typeof found === 'string') return found;
    return found.map((one) => ({ ...one, value: current.slice(0, sign + 1) + one.value }));
  }
  if (list !== null) return matching(await value(list, current), current);
  if (command === null) return matching(commandCandidates(operands), current);
  if (command.argument !== null && operands.length === command.name.split(' ').length) {
    return matching(argumentCandidates(command, given, source), current);
  }
  return current === '' ? flagCandidates(command, '--') : [];
}

interface Reading {
  readonly command: Command | null;
  readonly operands: readonly string[];
  readonly given: Given;
  /** The flag whose value comes next. */
  readonly awaiting: Flag | null;
  /** The flag to whose list more may be added. */
  readonly list: Flag | null;
}

function read(words: readonly string[]): Reading {
  const operands: string[] = [];
  const given: Record<string, string> = {};
  let command: Command | null = null;
  let awaiting: Flag | null = null;
  let list: Flag | null = null;
  for (const word of words) {
    if (awaiting !== null) {
      given[awaiting.name] = word;
      list = awaiting.kind === 'list' ? awaiting : null;
      awaiting = null;
    } else if (word.startsWith('-')) {
      const [name = '', text] = word.split(/=(.*)/s);
      const flag = flagNamed(name, command);
      list = null;
      // What may stand without a value is taken to.
      if (flag === undefined || flag.kind === 'boolean' || flag.bare !== undefined) continue;
      if (text === undefined) awaiting = flag;
      else given[flag.name] = text;
    } else if (list === null) {
      operands.push(word);
      command ??= commandNamed(operands);
    }
  }
  return { command, operands, given, awaiting, list };
}

const commandNamed = (operands: readonly string[]): Command | null =>
  commands.find((one) => [one.name, ...one.aliases].includes(operands.join(' '))) ?? null;

const flagNamed = (spelling: string, command: Command | null): Flag | undefined =>
  (command === null ? globalFlags : flagsOf(command)).find((flag) => flag.on.includes(spelling));

function matching(found: Completion, current: string): Completion {
  if (typeof found === 'string') return found;
  return found.filter(({ value }) => value.startsWith(current));
}

function commandCandidates(operands: readonly string[]): readonly Candidate[] {
  const group = operands.length === 0 ? '' : `${operands.join(' ')} `;
  const found = commands.flatMap(({ name, aliases, summary }) =>
    [name, ...aliases]
      .filter((one) => one.startsWith(group))
      .map((one) => {
        const word = one.slice(group.length).split(' ')[0]!;
        return { value: word, help: word === one.slice(group.length) ? summary : null, open: false };
      }),
  );
  return found.filter(({ value }, index) => found.findIndex((one) => one.value === value) === index);
}

/** Flags that help shows; the others once nothing else begins like that. */
function flagCandidates(command: Command | null, current: string): readonly Candidate[] {
  const flags = command === null ? globalFlags : flagsOf(command);
  const spelled = (shown: boolean): readonly Candidate[] =>
    flags
      .filter((flag) => (flag.help !== null) === shown && typeof flag.use !== 'object')
      .flatMap((flag) =>
        [...(flag.shownOff && shown ? [] : flag.on), ...(flag.shownOff || !shown ? flag.off : [])]
          .filter((spelling) => spelling.startsWith('--'))
          .map((value) => ({ value, help: flag.help, open: false })),
      )
      .filter(({ value }) => value.startsWith(current));
  const help = '--help'.startsWith(current) ? [{ value: '--help', help: 'Help', open: false }] : [];
  const found = [...spelled(true), ...help];
  return found.length > 0 ? found : spelled(false);
}

function argumentCandidates(command: Command, given: Given, source: NameSource): readonly Candidate[] {
  const names =
    command.argument?.option === 'macro'
      ? source.nodes(given).macros
      : command.argument?.option === 'shell'
        ? shells
        : [];
  return names.map(plain);
}

/** Types whose names a command's selection is mostly about. */
const typesOf: Readonly<Record<string, readonly string[]>> = {
  run: ['model'],
  seed: ['seed'],
  snapshot: ['snapshot'],
};

async function valuesOf(
  flag: Flag,
  text: string,
  at: { readonly command: Command | null; readonly given: Given; readonly source: NameSource },
): Promise<Completion> {
  if (typeof flag.kind !== 'string') return flag.kind.map(plain);
  switch (flag.name) {
    case 'select':
    case 'exclude':
    case 'models': {
      const names = at.source.nodes(at.given);
      return selectionCandidates(text, names, typesOf[at.command?.name ?? ''] ?? Object.keys(names.nodes));
    }
    case 'resourceTypes':
    case 'excludeResourceTypes':
      return resourceTypes.map(plain);
    case 'target':
      return (await at.source.files(at.given)).targets.map(plain);
    case 'profile':
      return (await at.source.files(at.given)).profiles.map(plain);
    case 'selector':
      return (await at.source.files(at.given)).selectors.map(plain);
  }
  return flag.value === 'folder' ? 'folders' : flag.value === 'file' ? 'files' : [];
}

const plain = (value: string): Candidate => ({ value, help: null, open: false });
