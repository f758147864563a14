/** dbt's form of an option's name: `full_refresh` of `fullRefresh`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
