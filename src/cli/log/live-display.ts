import type { Event, EventOf } from '../../core/event.ts';
import { paint } from './colours.ts';
import { describeNode, hookName } from './node-lines.ts';
import type { TextStream } from './reporter.ts';

export interface LiveOptions {
  readonly stream: TextStream;
  readonly colors: boolean;
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly now: () => number;
  readonly mask: (text: string) => string;
}

interface Row {
  readonly label: string;
  readonly since: number;
  progress: string;
}

const mostRows = 8;
const redrawMs = 250;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';

/**
 * The running nodes, drawn below the last line of a terminal and wiped before anything else is written. Never taller
 * than eight rows or a third of the screen.
 */
export class LiveDisplay {
  readonly #options: LiveOptions;
  readonly #rows = new Map<string, Row>();
  #drawn = 0;
  #cursorHidden = false;
  #finished = 0;
  #total = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  event(event: Event): void {
    if (event.name === 'run-started') this.#total = event.total;
    if (event.name === 'node-started') this.#start(event.node.uniqueId, describeNode(event.node));
    if (event.name === 'hook-started')
      this.#start(event.hook.uniqueId, `hook ${hookName(event.hook, event.index)}`);
    if (event.name === 'node-progress') this.#progress(event);
    if (event.name === 'node-finished') {
      this.#finished += 1;
      this.#end(event.node.uniqueId);
    }
    if (event.name === 'hook-finished') this.#end(event.hook.uniqueId);
    if (event.name === 'package-fetching') {
      this.#total += 1;
      this.#start(event.package, event.package);
    }
    if (event.name === 'package-progress') this.#bytes(event);
    if (event.name === 'package-fetched') {
      this.#finished += 1;
      this.#end(event.package);
    }
    if (event.name === 'run-finished' || event.name === 'invocation-finished') this.close();
  }

  /** Writes whole lines above the display. */
  above(text: string): void {
    this.#options.stream.write(`${this.#wipe()}${text}`);
    this.#draw();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#rows.clear();
    this.#redraw();
  }

  #start(id: string, label: string): void {
    this.#rows.set(id, { label: this.#options.mask(label), since: this.#options.now(), progress: '' });
    if (this.#timer === null) {
      this.#timer = setInterval(() => this.#redraw(), redrawMs);
      this.#timer.unref();
    }
    this.#redraw();
  }

  #progress(event: EventOf<'node-progress'>): void {
    const row = this.#rows.get(event.node.uniqueId);
    if (row === undefined) return;
    const of = event.total === null ? '' : ` of ${event.total}`;
    row.progress = ` ${event.done}${of} ${event.unit}`;
  }

  #bytes({ package: name, bytes, totalBytes }: EventOf<'package-progress'>): void {
    const row = this.#rows.get(name);
    if (row === undefined) return;
    const of = totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`;
    row.progress = ` ${megabytes(bytes)}${of} MB`;
  }

  #end(id: string): void {
    this.#rows.delete(id);
    this.#redraw();
  }

  #redraw(): void {
    const wipe = this.#wipe();
    if (wipe !== '') this.#options.stream.write(wipe);
    this.#draw();
  }

  #wipe(): string {
    if (this.#drawn === 0) return '';
    const up = `\u001b[${this.#drawn}A\r\u001b[J`;
    this.#drawn = 0;
    return up;
  }

  #draw(): void {
    if (this.#rows.size === 0) {
      if (this.#cursorHidden) this.#options.stream.write(showCursor);
      this.#cursorHidden = false;
      return;
    }
    const { columns, rows } = this.#options.size();
    const most = Math.max(1, Math.min(mostRows, Math.floor(rows / 3)));
    const now = this.#options.now();
    const running = [...this.#rows.values()];
    const shown = running.slice(0, most).map((row) => {
      const time = `${((now - row.since) / 1000).toFixed(1)}s`.padStart(8);
      return this.#dim(`${time}  ${row.label}${row.progress}`.slice(0, columns - 1));
    });
    const more = running.length - shown.length;
    const rest = more > 0 ? `, ${more} not shown` : '';
    const head = `${this.#finished} of ${this.#total} done, ${running.length} running${rest}`;
    const lines = [this.#dim(head.padStart(10).slice(0, columns - 1)), ...shown];
    this.#drawn = lines.length;
    this.#options.stream.write(`${this.#cursorHidden ? '' : hideCursor}${lines.join('\n')}\n`);
    this.#cursorHidden = true;
  }

  #dim(text: string): string {
    return this.#options.colors ? paint(text, 'dim') : text;
  }
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
