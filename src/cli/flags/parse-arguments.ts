import { Command as Commander, CommanderError, Option } from 'commander';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { commandNotYet, flagNeedsValue, unexpectedArgument, unknownCommand, unknownFlag } from '../errors.ts';
import { type Command, commands, commandsNotYet, flagsOf } from './commands.ts';
import { type Flag, globalFlags } from './flags.ts';

/** A flag's value as typed: true or false, its text, or its list of texts. */
export type Given = Readonly<Record<string, boolean | string | readonly string[]>>;

export type Parsed =
  | { readonly kind: 'version' }
  /** Help of a command, of a group of commands (`docs`), or of everything (null). */
  | { readonly kind: 'help'; readonly topic: string | null }
  | { readonly kind: 'landing' }
  /** `calledAs` is its name or its alias, as typed. */
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly calledAs: string;
      readonly given: Given;
    };

/**
 * Reads a command line (without node and script). Global flags stand before or after the command; a list takes all
 * that follows it up to the next flag, and may be repeated. Throws usage diagnostics.
 */
export function parseArguments(argv: readonly string[]): Parsed {
  refuseCommandsNotYet(argv);
  let parsed: Parsed = { kind: 'landing' };
  const program = quietCommand('sluice');
  for (const flag of globalFlags) addFlag(program, flag);
  program.addOption(new Option('-v, --version').hideHelp()).addOption(new Option('-V'));
  program.addOption(new Option('-h, --help'));
  for (const command of commands) {
    const leaf = subcommand(program, command);
    leaf.action((...args: unknown[]) => {
      const given = leaf.optsWithGlobals<Record<string, boolean | string | string[]>>();
      if (command.argument !== null && typeof args[0] === 'string') given[command.argument.option] = args[0];
      const word = leaf.parent?.args[0];
      const calledAs = command.aliases.find((alias) => alias.split(' ').at(-1) === word) ?? command.name;
      parsed = { kind: 'command', command, calledAs, given };
    });
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (caught) {
    if (!(caught instanceof CommanderError)) throw caught;
    if (program.opts()['help'] !== true && program.opts()['version'] !== true) explain(caught, argv);
  }
  const { help, version, V } = program.opts<{ help?: boolean; version?: boolean; V?: boolean }>();
  if (version === true || V === true) return { kind: 'version' };
  if (help === true) return { kind: 'help', topic: topicOf(argv) };
  const topic = topicOf(argv);
  return parsed.kind === 'landing' && topic !== null ? { kind: 'help', topic } : parsed;
}

function subcommand(program: Commander, command: Command): Commander {
  const words = command.name.split(' ');
  let parent = program;
  for (const word of words.slice(0, -1)) {
    const group = parent.commands.find((known) => known.name() === word) ?? quietCommand(word);
    if (!parent.commands.includes(group)) parent.addCommand(group);
    parent = group;
  }
  const leaf = quietCommand(words.at(-1)!);
  leaf.aliases(command.aliases.map((alias) => alias.split(' ').at(-1)!));
  if (command.argument !== null) leaf.argument(`[${command.argument.name}]`);
  for (const flag of command.flags) addFlag(leaf, flag);
  parent.addCommand(leaf);
  return leaf;
}

/** A command that neither prints nor exits: every outcome is ours to tell. */
function quietCommand(name: string): Commander {
  return new Commander(name)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .helpOption(false)
    .helpCommand(false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(false);
}

function addFlag(command: Commander, flag: Flag): void {
  const argument =
    flag.kind === 'boolean'
      ? ''
      : flag.kind === 'list'
        ? ` <${flag.value}...>`
        : flag.bare === undefined
          ? ` <${flag.value}>`
          : ` [${flag.value}]`;
  for (const spelling of [...flag.on.map((on) => `${on}${argument}`), ...flag.off]) {
    const option = new Option(spelling);
    option.attributeName = () => flag.name;
    if (flag.kind === 'repeated') {
      option.argParser((value, former: readonly string[] | undefined) => [...(former ?? []), value]);
    }
    command.addOption(option);
  }
}

function explain(caught: CommanderError, argv: readonly string[]): never {
  const subject = /'(.*?)[ ,]?.*'/s.exec(caught.message)?.[0].slice(1, -1) ?? '';
  const command = commandOf(argv);
  switch (caught.code) {
    case 'commander.unknownOption': {
      const known = command === null ? globalFlags : flagsOf(command);
      const spellings = known
        .flatMap((flag) => [...flag.on, ...flag.off])
        .filter((name) => name.startsWith('--'));
      throw new DiagnosticError(unknownFlag(subject, command?.name ?? null, spellings));
    }
    case 'commander.optionMissingArgument':
      throw new DiagnosticError(flagNeedsValue(subject.split(' ')[0] ?? subject));
    case 'commander.unknownCommand': {
      const names = commands.flatMap((known) => [known.name, ...known.aliases]);
      throw new DiagnosticError(unknownCommand(subject, names));
    }
    case 'commander.excessArguments': {
      const operands = operandsOf(argv);
      const words = command?.name.split(' ').length ?? 0;
      const extra = operands[words + (command?.argument === null ? 0 : 1)] ?? operands.at(-1) ?? '';
      throw new DiagnosticError(unexpectedArgument(extra, command?.name ?? 'sluice'));
    }
    case 'commander.help':
      return undefined as never;
    default:
      throw caught;
  }
}

/** The command that a line names, flags aside; null where it names none. */
function commandOf(argv: readonly string[]): Command | null {
  const operands = operandsOf(argv);
  const matches = (command: Command): boolean =>
    [command.name, ...command.aliases].some((name) =>
      name.split(' ').every((word, index) => operands[index] === word),
    );
  return commands.find(matches) ?? null;
}

function topicOf(argv: readonly string[]): string | null {
  const command = commandOf(argv);
  if (command !== null) return command.name;
  const first = operandsOf(argv)[0];
  const grouped = first !== undefined && commands.some((known) => known.name.startsWith(`${first} `));
  return grouped ? first : null;
}

/** Words that are neither flags nor values of global flags before the command; enough to find a command's name. */
function operandsOf(argv: readonly string[]): readonly string[] {
  const operands: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index]!;
    if (!word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const known = globalFlags.find((flag) => flag.on.includes(word));
    if (known !== undefined && known.kind !== 'boolean') index += 1;
  }
  return operands;
}

function refuseCommandsNotYet(argv: readonly string[]): void {
  const operands = operandsOf(argv);
  const named = commandsNotYet.find((name) =>
    name.split(' ').every((word, index) => operands[index] === word),
  );
  if (named !== undefined) throw new DiagnosticError(commandNotYet(named));
}
