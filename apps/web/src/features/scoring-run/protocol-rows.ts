// The protocols of an evaluation as rows of a table: micro and macro of one convention side by side.
import type { EvaluationFieldsFragment } from "@engram/sdk";

type Protocol = EvaluationFieldsFragment["protocols"][number];

export interface ProtocolRow {
  readonly key: string;
  readonly normalization: string;
  readonly smoothing: string;
  readonly unscorable: string;
  readonly micro: Protocol;
  readonly macro: Protocol | null;
}

const NORMALIZATION = { PER_CLIP: "Per clip", GLOBAL: "Over all clips", NONE: "None" } as const;
const SMOOTHING = { NONE: "None", GAUSSIAN: "Gaussian" } as const;
const UNSCORABLE = { LEFT_OUT: "Left out", FILLED: "Filled" } as const;

export function protocolRows(protocols: readonly Protocol[]): ProtocolRow[] {
  const keyOf = ({ normalization, smoothing, unscorable }: Protocol) =>
    `${normalization}-${smoothing}-${unscorable}`;
  return protocols
    .filter(({ averaging }) => averaging === "MICRO")
    .map((micro) => ({
      key: keyOf(micro),
      normalization: NORMALIZATION[micro.normalization],
      smoothing: SMOOTHING[micro.smoothing],
      unscorable: UNSCORABLE[micro.unscorable],
      micro,
      macro: protocols.find((row) => row.averaging === "MACRO" && keyOf(row) === keyOf(micro)) ?? null,
    }));
}
