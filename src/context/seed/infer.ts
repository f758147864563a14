import type { SeedKind } from '../../adapter/facts.ts';
import { shapeCount, shapeOf } from './cell-shape.ts';
import { parseSeedDate, parseSeedDatetime } from './date.ts';
import { parseIsoDatetime } from './iso-datetime.ts';
import { integerText, isCanonicalNumber, parseSeedNumber, placesOf } from './number.ts';
import { isNullWord, strip } from './strip.ts';

/**
 * What a column's cells are read as, in the order of preference. `nothing`: no row has a cell in it. dbt has `datetime`
 * for `2020-01-02 03:04:05` and `iso` for forms with a `T`; one column cannot have both.
 */
export type Reading = 'nothing' | 'number' | 'date' | 'datetime' | 'iso' | 'boolean' | 'text';

const readings: readonly Reading[] = ['nothing', 'number', 'date', 'datetime', 'iso', 'boolean', 'text'];

/**
 * How far a cell's spelling may be left to the warehouse: `anywhere` means the same to every engine's own reader,
 * `copied` to one that dbt itself lets read the file, `normalised` needs to be rewritten first.
 */
export type Spelling = 'anywhere' | 'copied' | 'normalised';

const ANYWHERE = 0;
const COPIED = 1;
const NORMALISED = 2;
const spellings: readonly Spelling[] = ['anywhere', 'copied', 'normalised'];

/** Type of one column, narrowed by each of its cells; every row counts, whatever its place. */
export class ColumnInference {
  #alive: number;
  /** Shapes of cells that were observed: to observe another cell of theirs would change nothing. */
  readonly #shapes = new Uint8Array(shapeCount);
  /** Worst spelling met, per reading. */
  readonly #spelling = new Uint8Array(readings.length);
  #wholePlaces = 1;
  #decimalPlaces = 0;
  #wide = false;
  /** A number is written with more than digits, which integer columns of some engines refuse. */
  #pointed = false;

  /** `text` columns have a declared type, or stay text for another reason: nothing is tried. */
  constructor(text: boolean) {
    this.#alive = text ? TEXT : EVERY;
  }

  observe(cell: string): void {
    if (cell === '') {
      this.#alive &= ~NOTHING;
      return;
    }
    if (this.#alive === TEXT && !mayBeginNull(cell.charCodeAt(0), cell.charCodeAt(1))) return;
    const stripped = strip(cell);
    this.#alive &= ~NOTHING;
    if (isNullWord(stripped)) {
      this.#spelling.fill(NORMALISED, 0, textIndex);
      this.#worsen(textIndex, COPIED);
      return;
    }
    const alive = this.#alive;
    const padding = stripped.length === cell.length ? ANYWHERE : paddingOf(cell);
    if ((alive & NUMBER) !== 0) this.#tryNumber(stripped, padding);
    if ((alive & DATE) !== 0) this.#tryDate(stripped, padding !== ANYWHERE);
    if ((alive & DATETIME) !== 0) this.#tryDatetime(stripped, padding !== ANYWHERE);
    if ((alive & ISO) !== 0) this.#tryIso(stripped, padding !== ANYWHERE);
    if ((alive & BOOLEAN) !== 0) this.#tryBoolean(cell);
  }

  /** The same of a cell that is given as its bytes. */
  observeBytes(bytes: Buffer, from: number, to: number): void {
    if (this.#alive === TEXT) {
      if (from === to || !mayBeginNull(bytes[from]!, bytes[from + 1])) return;
    } else {
      const shape = shapeOf(bytes, from, to);
      if (shape !== 0 && this.#shapes[shape] === 1) return;
      this.#shapes[shape] = 1;
    }
    this.observe(bytes.toString('utf8', from, to));
  }

  get reading(): Reading {
    return readings.find((_, index) => (this.#alive & (1 << index)) !== 0) ?? 'text';
  }

  get kind(): SeedKind {
    const reading = this.reading;
    if (reading === 'nothing') return 'integer';
    if (reading === 'iso') return 'datetime';
    return reading === 'number' && this.#places() === 0 ? 'integer' : reading;
  }

  get spelling(): Spelling {
    const worst = this.#spelling[readings.indexOf(this.reading)]!;
    const refused = this.#pointed && this.kind === 'integer';
    return spellings[refused ? Math.max(worst, COPIED) : worst]!;
  }

  /** An integer column holds a number that does not fit in 32 bits. */
  get wide(): boolean {
    return this.#wide && this.kind === 'integer';
  }

  /** Decimal places by dbt's count, which gives way to the places before the point beyond 28 digits. */
  #places(): number {
    const total = this.#wholePlaces + this.#decimalPlaces;
    return total > 28 ? 28 - this.#wholePlaces : this.#decimalPlaces;
  }

  #worsen(index: number, spelling: number): void {
    if (this.#spelling[index]! < spelling) this.#spelling[index] = spelling;
  }

  #tryNumber(stripped: string, padding: number): void {
    if (isPlainInteger(stripped)) {
      const digits = stripped.length - (stripped.charCodeAt(0) === 45 ? 1 : 0);
      if (padding !== ANYWHERE) this.#worsen(numberIndex, padding);
      if (digits > this.#wholePlaces || digits > 9) this.#countPlaces(stripped);
      return;
    }
    if (!this.#countPlaces(stripped)) {
      this.#alive &= ~NUMBER;
      return;
    }
    this.#pointed = true;
    if (simpleNumber.test(stripped)) {
      if (padding !== ANYWHERE) this.#worsen(numberIndex, padding);
    } else this.#worsen(numberIndex, castableNumber.test(stripped) ? Math.max(padding, COPIED) : NORMALISED);
  }

  #countPlaces(stripped: string): boolean {
    if (isCanonicalNumber(stripped) && stripped.length < 10) {
      const sign = stripped.charCodeAt(0) === 45 ? 1 : 0;
      const point = stripped.indexOf('.');
      this.#wholePlaces = Math.max(this.#wholePlaces, (point < 0 ? stripped.length : point) - sign);
      if (point >= 0 && stripped.length - point - 1 > this.#decimalPlaces)
        this.#countDecimals(stripped, point);
      return true;
    }
    const number = parseSeedNumber(stripped);
    if (number === null) return false;
    const { whole, decimals } = placesOf(number);
    this.#wholePlaces = Math.max(this.#wholePlaces, whole);
    this.#decimalPlaces = Math.max(this.#decimalPlaces, decimals);
    if (whole >= 10 && number.special === null) this.#wide ||= !fitsIn32Bits(integerText(number));
    return true;
  }

  /** Zeros at the end are no places. */
  #countDecimals(text: string, point: number): void {
    let end = text.length;
    while (text.charCodeAt(end - 1) === 48) end -= 1;
    this.#decimalPlaces = Math.max(this.#decimalPlaces, end - point - 1);
  }

  #tryDate(stripped: string, padded: boolean): void {
    const date = parseSeedDate(stripped);
    if (date === null) this.#alive &= ~DATE;
    else if (padded || stripped.includes(' ')) this.#worsen(dateIndex, NORMALISED);
    else if (date !== stripped) this.#worsen(dateIndex, foreignDigits.test(stripped) ? NORMALISED : COPIED);
  }

  #tryDatetime(stripped: string, padded: boolean): void {
    const datetime = parseSeedDatetime(stripped);
    if (datetime === null) this.#alive &= ~DATETIME;
    else if (padded || stripped.includes('- ')) this.#worsen(datetimeIndex, NORMALISED);
    else if (datetime !== stripped) {
      this.#worsen(datetimeIndex, foreignDigits.test(stripped) ? NORMALISED : COPIED);
    }
  }

  #tryIso(stripped: string, padded: boolean): void {
    const moment = parseIsoDatetime(stripped);
    if (moment === null) this.#alive &= ~ISO;
    else if (padded || !moment.extended) this.#worsen(isoIndex, NORMALISED);
    else if (moment.offset !== null || !microsecondForm.test(stripped)) this.#worsen(isoIndex, COPIED);
  }

  #tryBoolean(cell: string): void {
    const word = booleanWord(cell);
    if (word === undefined) this.#alive &= ~BOOLEAN;
    else if (word === null || cell.length !== (word ? 4 : 5)) this.#worsen(booleanIndex, NORMALISED);
  }
}

/** True, false, null for a null word, undefined for any other text. Commas are ignored, as dbt does. */
export function booleanWord(cell: string): boolean | null | undefined {
  if (cell === 'true' || cell === 'True') return true;
  if (cell === 'false' || cell === 'False') return false;
  const word = strip(cell.includes(',') ? cell.replaceAll(',', '') : cell).toLowerCase();
  if (word === 'true') return true;
  if (word === 'false') return false;
  return word === '' || word === 'null' ? null : undefined;
}

const bit = (reading: Reading): number => 1 << readings.indexOf(reading);
const NOTHING = bit('nothing');
const NUMBER = bit('number');
const DATE = bit('date');
const DATETIME = bit('datetime');
const ISO = bit('iso');
const BOOLEAN = bit('boolean');
const TEXT = bit('text');
const EVERY = (1 << readings.length) - 1;
const numberIndex = readings.indexOf('number');
const dateIndex = readings.indexOf('date');
const datetimeIndex = readings.indexOf('datetime');
const isoIndex = readings.indexOf('iso');
const booleanIndex = readings.indexOf('boolean');
const textIndex = readings.indexOf('text');

/** Engines strip blanks around numbers, but not every character that Python takes for white space. */
const paddingOf = (cell: string): number => (blanksOnly.test(cell) ? COPIED : NORMALISED);
const blanksOnly = /^ *[^\s\p{C}](?:.*[^\s\p{C}])? *$/su;

const simpleNumber = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const castableNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const foreignDigits = /[^\d\s:-]/;
const microsecondForm = /:\d{2}(?:\.\d{1,6})?$/;

const fitsIn32Bits = (text: string): boolean => text.length <= 11 && Number(text) === (Number(text) | 0);

/** Digits with or without a minus: by far the most frequent number. */
function isPlainInteger(text: string): boolean {
  let index = text.charCodeAt(0) === 45 ? 1 : 0;
  if (index === text.length) return false;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/**
 * Of the first two bytes or characters of a cell: white space, the word null in any case, and whatever is not ASCII, which
 * may be white space. The rest of a text column needs no look.
 */
const mayBeginNull = (first: number, next: number | undefined): boolean =>
  first <= 0x20 || first >= 0x80 || ((first | 0x20) === 0x6e && ((next ?? 0) | 0x20) === 0x75);
