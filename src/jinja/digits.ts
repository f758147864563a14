/** A non-negative number as an exact fraction; the denominator is positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const view = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double's absolute. */
export function fractionOf(value: number): Fraction {
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = (biased === 0 ? 1 : biased) - 1075;
  return exponent >= 0
    ? { numerator: mantissa << BigInt(exponent), denominator: 1n }
    : { numerator: mantissa, denominator: 1n << BigInt(-exponent) };
}

/** Integer division that rounds to nearest, ties to even; both operands non-negative. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** Digits with a fixed number of places behind the point; with negative places it rounds to tens, hundreds, ... */
export function fixedDigits(value: Fraction, places: number): string {
  if (places <= 0) {
    const unit = 10n ** BigInt(-places);
    return (divideHalfEven(value.numerator, value.denominator * unit) * unit).toString();
  }
  const scaled = divideHalfEven(value.numerator * 10n ** BigInt(places), value.denominator);
  const digits = scaled.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The first `count` significant digits, rounded, and the power of ten of the first of them. */
export function significantDigits(value: Fraction, count: number): { digits: string; exponent: number } {
  if (value.numerator === 0n) return { digits: '0'.repeat(count), exponent: 0 };
  let exponent = value.numerator.toString().length - value.denominator.toString().length;
  for (;;) {
    const shift = count - 1 - exponent;
    const digits =
      shift >= 0
        ? divideHalfEven(value.numerator * 10n ** BigInt(shift), value.denominator).toString()
        : divideHalfEven(value.numerator, value.denominator * 10n ** BigInt(-shift)).toString();
    if (digits.length === count) return { digits, exponent };
    exponent += digits.length > count ? 1 : -1;
  }
}

/** Rounds a float as Python's `round(x, places)`: to nearest on the exact value, ties to even. */
export function roundFloat(value: number, places: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const rounded =
    places > 400 ? Math.abs(value) : Number(fixedDigits(fractionOf(value), Math.max(places, -400)));
  return value < 0 ? -rounded : rounded;
}
