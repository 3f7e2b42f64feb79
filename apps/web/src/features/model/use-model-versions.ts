"use client";
import { type ModelsQuery, type ModelVersionFieldsFragment, modelsQuery } from "@engram/sdk";
import { useMemo } from "react";
import { useApiList } from "../../lib/use-api.ts";

type Model = NonNullable<ModelsQuery["project"]>["models"]["nodes"][number];

export interface TrainedVersion {
  readonly model: Pick<Model, "id" | "name" | "slug" | "architecture">;
  readonly version: ModelVersionFieldsFragment;
}

/** Versions of a model that are shown; older ones stay reachable by the API. */
const VERSIONS = 20;
/** A page of models holds their versions too: a full one would cost more than the API allows. */
const MODELS_PER_PAGE = 25;

/** Every model version of the project, newest first. */
export function useModelVersions() {
  const query = useApiList(
    modelsQuery,
    { versions: VERSIONS },
    (result) => result.project?.models,
    MODELS_PER_PAGE,
  );
  const data = useMemo(() => query.data && flatten(query.data), [query.data]);
  return { data: query.data === null ? [] : (data ?? undefined), error: query.error, refetch: query.refetch };
}

function flatten(models: readonly Model[]): TrainedVersion[] {
  return models
    .flatMap((model) => model.versions.nodes.map((version) => ({ model, version })))
    .sort((a, b) => Date.parse(b.version.createdAt) - Date.parse(a.version.createdAt));
}
