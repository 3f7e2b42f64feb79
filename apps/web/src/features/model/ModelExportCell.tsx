"use client";
import { exportModelMutation, type ModelVersionFieldsFragment } from "@engram/sdk";
import { useRouter } from "next/navigation";
import { Button } from "../../components/Button.tsx";
import { UNKNOWN } from "../../lib/format.ts";
import { jobPath } from "../../lib/route.ts";
import { useApiMutation } from "../../lib/use-api.ts";
import { useCanEdit } from "../viewer/use-can-edit.ts";
import { ModelExportLink } from "./ModelExportLink.tsx";

interface ModelExportCellProps {
  readonly name: string;
  readonly version: Pick<ModelVersionFieldsFragment, "id" | "exports">;
}

/** The version's export, or the way to make one. */
export function ModelExportCell({ name, version }: ModelExportCellProps) {
  const router = useRouter();
  const create = useApiMutation(exportModelMutation);
  const canEdit = useCanEdit();
  const [modelExport] = version.exports.nodes;
  if (modelExport) return <ModelExportLink modelExport={modelExport} />;
  if (!canEdit) return UNKNOWN;
  const submit = () =>
    create.mutate(
      { input: { modelVersionId: version.id, format: "ONNX" } },
      { onSuccess: ({ exportModel: { job } }) => job && router.push(jobPath(job.number)) },
    );
  const refusal = create.error?.message ?? create.data?.exportModel.userErrors[0]?.message;
  return (
    <>
      <Button size="small" disabled={create.isPending} aria-label={`Export ${name}`} onClick={submit}>
        Export
      </Button>
      {refusal === undefined ? null : <span role="alert">{refusal}</span>}
    </>
  );
}
