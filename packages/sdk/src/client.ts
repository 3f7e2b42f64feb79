// The one client of the API: typed documents over HTTP, the live stream over server-sent events, media as bytes.
// In the browser the session's cookie signs the requests; elsewhere an API key does.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { GraphQLClient } from "graphql-request";
import { createClient } from "graphql-sse";
import { fromStatus, toApiError } from "./errors.ts";
import { iterateProjectEvents, type ProjectEvent, type ProjectEventsOptions } from "./project-events.ts";

export interface EngramClientOptions {
  /** origin of the server, e.g. http://localhost:3000 */
  readonly baseUrl: string;
  /** left out in the browser, where the cookie speaks */
  readonly apiKey?: string | undefined;
  readonly fetch?: typeof fetch;
}

export interface EngramClient {
  readonly baseUrl: string;
  /** @throws EngramApiError */
  request<TResult, TVariables extends object>(
    document: TypedDocumentNode<TResult, TVariables>,
    ...rest: VariablesArguments<TVariables>
  ): Promise<TResult>;
  /** Every change in a project, reconnecting by itself, until the signal aborts. @throws EngramApiError */
  projectEvents(projectId: string, options?: ProjectEventsOptions): AsyncIterable<ProjectEvent>;
  /** A picture, mask or error map, by the path the API gave. @throws EngramApiError */
  fetchMedia(path: string, options?: { signal?: AbortSignal }): Promise<Response>;
}

export type RequestOptions = { readonly signal?: AbortSignal | undefined };
/** Variables may be left out where all of them may. */
export type VariablesArguments<TVariables> =
  Record<string, never> extends TVariables
    ? [variables?: TVariables, options?: RequestOptions]
    : [variables: TVariables, options?: RequestOptions];

export function createEngramClient(options: EngramClientOptions): EngramClient {
  const fetchFn = options.fetch ?? globalThis.fetch.bind(globalThis);
  const headers: Record<string, string> = options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {};
  const urlOf = (path: string) => new URL(path, options.baseUrl).href;
  const graphql = new GraphQLClient(urlOf("/graphql"), {
    fetch: fetchFn,
    headers,
    credentials: "same-origin",
  });
  const stream = createClient({
    url: urlOf("/graphql/stream"),
    fetchFn,
    headers,
    credentials: "same-origin",
    retryAttempts: 0,
  });
  return {
    baseUrl: options.baseUrl,
    async request<TResult, TVariables extends object>(
      document: TypedDocumentNode<TResult, TVariables>,
      ...[variables, { signal } = {}]: VariablesArguments<TVariables>
    ): Promise<TResult> {
      try {
        return await graphql.request<TResult, object>({
          document: document as TypedDocumentNode<TResult, object>,
          variables: variables ?? {},
          ...(signal ? { signal } : {}),
        });
      } catch (err) {
        throw toApiError(err);
      }
    },
    projectEvents: (projectId, eventsOptions = {}) => iterateProjectEvents(stream, projectId, eventsOptions),
    async fetchMedia(path, { signal } = {}) {
      // The key goes to this server alone, whatever address a template names.
      const url = new URL(path, options.baseUrl);
      const isOurs = url.origin === new URL(options.baseUrl).origin;
      const response = await fetchFn(url.href, {
        credentials: "same-origin",
        ...(isOurs ? { headers } : {}),
        ...(signal ? { signal } : {}),
      }).catch((err: unknown) => {
        throw toApiError(err);
      });
      if (!response.ok) throw fromStatus(response.status);
      return response;
    },
  };
}
