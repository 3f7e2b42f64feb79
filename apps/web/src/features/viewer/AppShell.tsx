"use client";
// The frame around every signed-in page. Nobody signed in means: to the sign-in page.
import { projectQuery, viewerQuery } from "@engram/sdk";
import { useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, Suspense, useEffect } from "react";
import { Button } from "../../components/Button.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { useApiQuery } from "../../lib/use-api.ts";
import { LiveUpdates } from "../live/LiveUpdates.tsx";
import styles from "./AppShell.module.css";
import { Wordmark } from "./Wordmark.tsx";

const SECTIONS = [
  { title: "Data sets", href: "/datasets", owns: ["/datasets", "/runs"] },
  { title: "Jobs", href: "/jobs", owns: ["/jobs"] },
];

export function AppShell({ children }: { children: ReactNode }) {
  const viewer = useApiQuery(viewerQuery, {}, { staleTimeMs: 60_000 });
  const isSignedOut = viewer.data !== undefined && viewer.data.viewer === null;
  return (
    <div className={styles.shell}>
      <Suspense>{isSignedOut ? <ToSignIn /> : null}</Suspense>
      <a className={styles.skip} href="#content">
        To the content
      </a>
      <header className={styles.bar}>
        <Link href="/datasets" className={styles.home} aria-label="Engram, data sets">
          <Wordmark />
        </Link>
        <Sections />
        {viewer.data?.viewer ? <Account organizationName={viewer.data.viewer.organizationName} /> : null}
      </header>
      <main id="content" className={styles.content}>
        <QueryState query={viewer} what="account">
          {(data) => (data.viewer ? children : null)}
        </QueryState>
      </main>
    </div>
  );
}

function Sections() {
  const pathname = usePathname();
  return (
    <nav aria-label="Sections" className={styles.sections}>
      {SECTIONS.map(({ title, href, owns }) => (
        <Link
          key={href}
          href={href}
          aria-current={owns.some((path) => pathname.startsWith(path)) ? "page" : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function Account({ organizationName }: { organizationName: string }) {
  const project = useApiQuery(projectQuery, {}, { staleTimeMs: 60_000 }).data?.project;
  const queryClient = useQueryClient();
  const router = useRouter();
  const signOut = async () => {
    await fetch("/api/auth/sign-out", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    queryClient.clear();
    router.replace("/sign-in");
  };
  return (
    <div className={styles.account}>
      {project ? <LiveUpdates projectId={project.id} /> : null}
      <span className={styles.team}>
        {organizationName}
        {project ? ` / ${project.name}` : ""}
      </span>
      <Button variant="quiet" size="small" onClick={() => void signOut()}>
        Sign out
      </Button>
    </div>
  );
}

/** A sign-in link that failed comes back to a page with `?error=`: it is carried along. */
function ToSignIn() {
  const router = useRouter();
  const error = useSearchParams().get("error");
  useEffect(() => {
    router.replace(error ? `/sign-in?error=${encodeURIComponent(error)}` : "/sign-in");
  }, [router, error]);
  return null;
}
