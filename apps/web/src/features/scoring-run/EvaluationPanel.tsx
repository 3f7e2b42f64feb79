"use client";
import { createEvaluateJobMutation, type EvaluationFieldsFragment, type ScoringRunState } from "@engram/sdk";
import { useRouter } from "next/navigation";
import { Button } from "../../components/Button.tsx";
import { type Fact, Facts } from "../../components/Facts.tsx";
import { MeasuredValue } from "../../components/MeasuredValue.tsx";
import { Notice } from "../../components/Notice.tsx";
import { Panel } from "../../components/Panel.tsx";
import { formatCount } from "../../lib/format.ts";
import { createIdempotencyKey } from "../../lib/idempotency-key.ts";
import { jobPath } from "../../lib/route.ts";
import { useApiMutation } from "../../lib/use-api.ts";
import { useCanEdit } from "../viewer/use-can-edit.ts";
import styles from "./EvaluationPanel.module.css";
import { LaneTable } from "./LaneTable.tsx";
import { LocalizationTable } from "./LocalizationTable.tsx";
import { ProtocolTable } from "./ProtocolTable.tsx";

interface EvaluationPanelProps {
  readonly run: {
    readonly id: string;
    readonly state: ScoringRunState;
    readonly evaluation?: EvaluationFieldsFragment | null;
  };
}

export function EvaluationPanel({ run }: EvaluationPanelProps) {
  return (
    <Panel
      title="Evaluation"
      note={run.evaluation ? "against the ground truth of the test clips" : undefined}
    >
      {run.evaluation ? (
        <>
          <Figures evaluation={run.evaluation} />
          <LaneTable evaluation={run.evaluation} />
          <LocalizationTable evaluation={run.evaluation} />
          <ProtocolTable evaluation={run.evaluation} />
        </>
      ) : (
        <NotEvaluated run={run} />
      )}
    </Panel>
  );
}

function Figures({ evaluation }: { evaluation: EvaluationFieldsFragment }) {
  const { events } = evaluation;
  const areImages = evaluation.kind === "IMAGES";
  return (
    <div className={styles.figures}>
      <div className={styles.headline}>
        <span className={styles.value}>
          <MeasuredValue measured={evaluation.frameAuroc} digits={4} />
        </span>
        <span className={styles.caption}>
          {areImages
            ? `Image AUROC, nothing normalized, over ${formatCount(evaluation.scoredFrames)} pictures`
            : `Frame AUROC, lanes normalized per clip, over ${formatCount(evaluation.scoredFrames)} scored frames`}{" "}
          of which {formatCount(evaluation.abnormalFrames)} are abnormal
        </span>
      </div>
      <Facts
        isLedger
        facts={[
          {
            name: areImages ? "AUROC of abnormality" : "AUROC of abnormality, as a live camera sees it",
            value: <MeasuredValue measured={evaluation.abnormalityAuroc} />,
          },
          ...(areImages ? [] : [macroFact(evaluation)]),
        ]}
      />
      <Facts
        isLedger
        facts={[
          { name: areImages ? "Pictures flagged" : "Events raised", value: formatCount(events.raised) },
          {
            name: areImages ? "Abnormal pictures" : "Events in the ground truth",
            value: formatCount(events.truth),
          },
          {
            name: areImages ? "Precision" : "Event precision",
            value: <MeasuredValue measured={events.precision} />,
          },
          { name: areImages ? "Recall" : "Event recall", value: <MeasuredValue measured={events.recall} /> },
          ...(evaluation.eventFigures ? tolerantFacts(evaluation.eventFigures) : []),
        ]}
      />
    </div>
  );
}

function macroFact({ oneClassClips, macroAuroc }: EvaluationFieldsFragment): Fact {
  const leftOut = oneClassClips > 0 ? ` (${formatCount(oneClassClips)} of one class left out)` : "";
  return { name: `Macro AUROC over clips${leftOut}`, value: <MeasuredValue measured={macroAuroc} /> };
}

function tolerantFacts(figures: NonNullable<EvaluationFieldsFragment["eventFigures"]>): readonly Fact[] {
  // Of pictures there is no tolerance, and no latency to speak of.
  if (figures.toleranceFrames === 0) return [{ name: "F1", value: <MeasuredValue measured={figures.f1} /> }];
  const within = `within ${figures.toleranceFrames} frames`;
  return [
    { name: `Event F1, ${within}`, value: <MeasuredValue measured={figures.f1} /> },
    {
      name: "Median latency, in frames",
      value: <MeasuredValue measured={figures.medianLatencyFrames} digits={1} />,
    },
    { name: "True intervals with no frame flagged", value: formatCount(figures.undetected) },
  ];
}

function NotEvaluated({ run }: EvaluationPanelProps) {
  const router = useRouter();
  const canEdit = useCanEdit();
  const create = useApiMutation(createEvaluateJobMutation);
  if (run.state !== "COMPLETE") return <p>Scoring has to be complete before it can be evaluated.</p>;
  const refusal = create.error?.message ?? create.data?.createEvaluateJob.userErrors[0]?.message;
  return (
    <div className={styles.missing}>
      <p>Not evaluated: it takes ground truth, and an evaluation job.</p>
      {canEdit ? (
        <Button
          disabled={create.isPending}
          onClick={() =>
            create.mutate(
              { input: { scoringRunId: run.id, idempotencyKey: createIdempotencyKey() } },
              { onSuccess: ({ createEvaluateJob: { job } }) => job && router.push(jobPath(job.number)) },
            )
          }
        >
          Evaluate
        </Button>
      ) : null}
      {refusal === undefined ? null : <Notice tone="alarm">{refusal}</Notice>}
    </div>
  );
}
