"use client";
import { cancelJobMutation, type JobState } from "@engram/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "../../components/Button.tsx";
import { useApiMutation } from "../../lib/use-api.ts";
import { useCanEdit } from "../viewer/use-can-edit.ts";
import styles from "./CancelJobButton.module.css";
import { isCancelable } from "./job-state.ts";

interface CancelJobButtonProps {
  readonly job: { readonly id: string; readonly number: number; readonly state: JobState };
}

export function CancelJobButton({ job }: CancelJobButtonProps) {
  const cancel = useApiMutation(cancelJobMutation);
  const queryClient = useQueryClient();
  const canEdit = useCanEdit();
  if (!canEdit || !isCancelable(job.state)) return null;
  const submit = () =>
    cancel.mutate(
      { input: { jobId: job.id } },
      { onSettled: () => ["Jobs", "Job"].map((name) => queryClient.invalidateQueries({ queryKey: [name] })) },
    );
  const refusal = cancel.error?.message ?? cancel.data?.cancelJob.userErrors[0]?.message;
  return (
    <span className={styles.cancel}>
      <Button
        size="small"
        variant="danger"
        disabled={cancel.isPending}
        aria-label={`Cancel job ${job.number}`}
        onClick={submit}
      >
        Cancel
      </Button>
      {refusal === undefined ? null : <span role="alert">{refusal}</span>}
    </span>
  );
}
