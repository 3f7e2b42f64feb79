// Whole lists out of Relay connections, for views and commands that want all of a bounded list.

/** The most the API gives at once. */
export const MAX_PAGE_SIZE = 100;

export interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** All nodes, page by page; null where the first page says that there is no such list. */
export async function collectPages<T>(
  fetchPage: (after: string | null) => Promise<Page<T> | null | undefined>,
): Promise<T[] | null> {
  const nodes: T[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Page<T> | null | undefined = await fetchPage(after);
    if (!page) return after === null ? null : nodes;
    nodes.push(...page.nodes);
    const { hasNextPage, endCursor = null } = page.pageInfo;
    if (!hasNextPage || endCursor === null || endCursor === after) return nodes;
    after = endCursor;
  }
}
