"use client";
import { Button } from "../components/Button.tsx";
import { CenteredPage } from "../components/CenteredPage.tsx";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <CenteredPage title="This page broke">
      <p>Something went wrong while it was drawn. What the server keeps is not affected.</p>
      <Button onClick={reset}>Draw it again</Button>
    </CenteredPage>
  );
}
