/** Numbers of chance that are the same in every run with the same seed. */
export function chanceOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count) => Math.floor(next() * count);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    below,
    /** True in so many of a hundred cases. */
    percent: (share) => next() * 100 < share,
    pick: (list) => list[below(list.length)],
    /** A key of the record, as often as its value says among all of them. */
    weighted: (weights) => {
      const entries = Object.entries(weights);
      let at = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of entries) {
        at -= weight;
        if (at < 0) return key;
      }
      return entries.at(-1)[0];
    },
    /** 1, 2, 3, ... with that mean, up to the cap. */
    geometric: (mean, cap) => Math.min(cap, 1 + Math.floor(Math.log(1 - next()) / Math.log(1 - 1 / mean))),
    lognormal: (mu, sigma) => Math.exp(mu + sigma * normal()),
    /** A place in a list of that length, the first ones much more often. */
    early: (length) => Math.floor(length * next() ** 3),
  };
}
