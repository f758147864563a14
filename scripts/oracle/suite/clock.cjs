'use strict';

// A process whose clock a test has moved. Without effect where it was not.
const offset = Number(process.env.SUITE_CLOCK_OFFSET_MS ?? 0);
const Real = Date;

globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(Real.now() + offset);
    else super(...given);
  }

  static now() {
    return Real.now() + offset;
  }
};
