import { Badge } from "../../components/Badge.tsx";

/** Whether an event overlaps the ground truth; null where there are no labels. */
export function TruthBadge({ isTruePositive }: { isTruePositive: boolean | null }) {
  if (isTruePositive === null) return <Badge>No labels</Badge>;
  return isTruePositive ? <Badge tone="truth">Confirmed</Badge> : <Badge tone="warn">False alarm</Badge>;
}
