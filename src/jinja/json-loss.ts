/**
 * Told by values that `JSON.stringify` takes for something else: a Python float without a fraction, a dict. Looking
 * for them beforehand would cost as much as writing the JSON.
 */
export const jsonLoss = { met: false };
