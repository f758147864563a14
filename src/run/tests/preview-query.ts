/** The first rows of a query, whatever it holds: a limit of its own, or a comment at its end. */
export const previewQuery = (query: string, limit: number): string =>
  `select * from (\n${query}\n) as sluice_preview limit ${limit}`;
