"use client";
// Documents of the SDK as queries and mutations. The key of a query is its operation's name and its variables, so that
// live events can name what they touch.
import {
  collectPages,
  type EngramClient,
  MAX_PAGE_SIZE,
  type Page,
  type TypedDocumentNode,
  type VariablesArguments,
} from "@engram/sdk";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import type { DocumentNode } from "graphql";
import { useEngramClient } from "./Providers.tsx";

interface ApiQueryOptions {
  readonly isEnabled?: boolean;
  /** go on showing the last answer while the next one is fetched */
  readonly keepsPrevious?: boolean;
  readonly staleTimeMs?: number;
}

export function useApiQuery<TResult, TVariables extends object>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
  { isEnabled = true, keepsPrevious = false, staleTimeMs }: ApiQueryOptions = {},
) {
  const client = useEngramClient();
  return useQuery({
    queryKey: apiKey(document, variables),
    queryFn: ({ signal }) => send(client, document, variables, signal),
    enabled: isEnabled,
    ...(keepsPrevious ? { placeholderData: keepPreviousData } : {}),
    ...(staleTimeMs === undefined ? {} : { staleTime: staleTimeMs }),
  });
}

/** A whole bounded list: every page of a connection. `data` is null where there is no such list. */
export function useApiList<TResult, TVariables extends { first: number; after?: string | null }, TNode>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: Omit<TVariables, "first" | "after">,
  pageOf: (result: TResult) => Page<TNode> | null | undefined,
  pageSize = MAX_PAGE_SIZE,
) {
  const client = useEngramClient();
  return useQuery({
    queryKey: apiKey(document, variables),
    queryFn: ({ signal }) =>
      collectPages(async (after) => {
        const page = { ...variables, first: pageSize, after } as TVariables;
        return pageOf(await send(client, document, page, signal));
      }),
  });
}

/** A list that is read as far as it is looked at: `fetchNextPage` appends a page. A page is null where there is no such list. */
export function useApiPages<
  TResult,
  TVariables extends { first: number; after?: string | null },
  TPage extends Page<unknown>,
>(
  document: TypedDocumentNode<TResult, TVariables>,
  variables: Omit<TVariables, "first" | "after">,
  pageSize: number,
  pageOf: (result: TResult) => TPage | null | undefined,
) {
  const client = useEngramClient();
  return useInfiniteQuery({
    queryKey: apiKey(document, variables),
    queryFn: async ({ pageParam: after, signal }) => {
      const page = { ...variables, first: pageSize, after } as TVariables;
      return pageOf(await send(client, document, page, signal)) ?? null;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last?.pageInfo.hasNextPage ? (last.pageInfo.endCursor ?? null) : null),
    placeholderData: keepPreviousData,
  });
}

export function useApiMutation<TResult, TVariables extends object>(
  document: TypedDocumentNode<TResult, TVariables>,
) {
  const client = useEngramClient();
  return useMutation({ mutationFn: (variables: TVariables) => send(client, document, variables) });
}

export function apiKey(document: DocumentNode, variables: object) {
  return [operationName(document), variables] as const;
}

export function send<TResult, TVariables extends object>(
  client: EngramClient,
  document: TypedDocumentNode<TResult, TVariables>,
  variables: TVariables,
  signal?: AbortSignal,
): Promise<TResult> {
  return client.request(document, ...([variables, { signal }] as unknown as VariablesArguments<TVariables>));
}

function operationName(document: DocumentNode): string {
  for (const definition of document.definitions) {
    if (definition.kind === "OperationDefinition" && definition.name) return definition.name.value;
  }
  throw new Error("The document holds no named operation.");
}
