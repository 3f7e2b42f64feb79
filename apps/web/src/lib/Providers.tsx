"use client";
import { createEngramClient, EngramApiError, type EngramClient } from "@engram/sdk";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useState } from "react";

const EngramClientContext = createContext<EngramClient | null>(null);

/** What a refusal says will not change by asking again. */
const FINAL_CODES = new Set(["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "BAD_INPUT", "INTERNAL"]);

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(() =>
    // On the server nothing is requested; the origin is a placeholder there.
    createEngramClient({
      baseUrl: typeof window === "undefined" ? "http://localhost" : window.location.origin,
    }),
  );
  const [queryClient] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 10_000,
            retry: (failures, err) =>
              failures < 2 && !(err instanceof EngramApiError && FINAL_CODES.has(err.code)),
          },
        },
      }),
  );
  return (
    <EngramClientContext value={client}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </EngramClientContext>
  );
}

export function useEngramClient(): EngramClient {
  const client = use(EngramClientContext);
  if (!client) throw new Error("useEngramClient is used outside of Providers.");
  return client;
}
