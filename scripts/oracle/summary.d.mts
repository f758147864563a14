/** What a finished run says, without what differs by nature: times, ids of the invocation, absolute paths. */
export function summaryOf(folder: string): Promise<{
  readonly nodes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tables: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly rows: number; readonly hash: string }>
  >;
}>;
