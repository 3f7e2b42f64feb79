"use client";
import { viewerQuery } from "@engram/sdk";
import { useRouter } from "next/navigation";
import { type SyntheticEvent, useEffect, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { CenteredPage } from "../../components/CenteredPage.tsx";
import { Command } from "../../components/Command.tsx";
import { Field } from "../../components/Field.tsx";
import { Notice } from "../../components/Notice.tsx";
import { useApiQuery } from "../../lib/use-api.ts";
import styles from "./SignIn.module.css";
import { signInAddress, signInFailure } from "./sign-in-link.ts";
import { Wordmark } from "./Wordmark.tsx";

export function SignIn({ errorCode }: { errorCode: string | undefined }) {
  const router = useRouter();
  const isSignedIn = useApiQuery(viewerQuery, {}).data?.viewer != null;
  useEffect(() => {
    if (isSignedIn) router.replace("/datasets");
  }, [router, isSignedIn]);
  const failure = signInFailure(errorCode);
  return (
    <CenteredPage title="Sign in">
      <div className={styles.mark}>
        <Wordmark />
      </div>
      {failure === null ? null : (
        <Notice tone="alarm" title="You are not signed in.">
          <p>{failure}</p>
        </Notice>
      )}
      <p>
        There is no password. The server prints a one-time link when it starts with <code>npm start</code>:
        open it in this browser. To get a new one, run this where the server runs:
      </p>
      <Command lines={["npx engram sign-in-link"]} />
      <LinkForm />
    </CenteredPage>
  );
}

function LinkForm() {
  const [pasted, setPasted] = useState("");
  const [isRefused, setIsRefused] = useState(false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const address = signInAddress(pasted);
    setIsRefused(address === null);
    if (address !== null) window.location.assign(address);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field
        label="Sign-in link or token"
        error={isRefused ? "That is neither a sign-in link nor a token." : undefined}
      >
        <input
          name="link"
          value={pasted}
          autoComplete="off"
          spellCheck={false}
          required
          onChange={(event) => {
            setPasted(event.target.value);
            setIsRefused(false);
          }}
        />
      </Field>
      <Button type="submit" variant="primary">
        Sign in
      </Button>
    </form>
  );
}
