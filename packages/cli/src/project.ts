// What a command names, found on the server: the project, a data set, a model, a scoring run, a clip.
import { AppError, type Split } from "@engram/core";
import { datasetQuery, type EngramClient, modelsQuery, projectQuery } from "@engram/sdk";

export async function currentProject(client: EngramClient) {
  const { project } = await client.request(projectQuery, {});
  if (!project) throw new AppError("NOT_FOUND", "Your organization has no project.");
  return project;
}

export async function readyDataset(client: EngramClient, slug: string) {
  const { project } = await client.request(datasetQuery, { slug });
  const dataset = project?.dataset;
  if (!dataset) throw new AppError("NOT_FOUND", `There is no data set "${slug}".`);
  const version = dataset.latestVersion;
  if (!version) throw new AppError("NOT_FOUND", `Data set "${slug}" has no version yet.`);
  return { dataset, version };
}

const MODELS_LISTED = 100;

/** `latest` is the newest version trained on the data set; `name` the newest of a model; `name@3` just that. */
export async function findModelVersion(client: EngramClient, datasetSlug: string, reference: string) {
  const { project } = await client.request(modelsQuery, { first: MODELS_LISTED, versions: MODELS_LISTED });
  const candidates = (project?.models.nodes ?? [])
    .flatMap((model) => model.versions.nodes.map((version) => ({ model, version })))
    .sort((a, b) => Date.parse(b.version.createdAt) - Date.parse(a.version.createdAt));
  if (reference === "latest") {
    const newest = candidates.find(({ version }) => version.datasetVersion.dataset.slug === datasetSlug);
    if (newest) return newest;
    throw new AppError(
      "NOT_FOUND",
      `No model has been trained on "${datasetSlug}": run "engram train ${datasetSlug}".`,
    );
  }
  const [slug, number] = reference.split("@");
  const found = candidates.find(
    ({ model, version }) =>
      model.slug === slug && (number === undefined || version.number === Number(number)),
  );
  if (!found)
    throw new AppError(
      "NOT_FOUND",
      `There is no model version "${reference}": expected latest, name or name@number.`,
    );
  return found;
}

const SPLITS: Readonly<Record<string, Split>> = {
  training: "TRAIN",
  train: "TRAIN",
  calibration: "CALIBRATION",
  testing: "TEST",
  test: "TEST",
};

/** `ped2/testing/01` → data set, split and clip. @throws AppError BAD_INPUT */
export function parseClipPath(path: string): { datasetSlug: string; split: Split; clip: string } {
  const [datasetSlug, splitName, ...rest] = path.split("/");
  const split = SPLITS[splitName ?? ""];
  const clip = rest.join("/");
  if (!datasetSlug || !split || !clip) {
    throw new AppError(
      "BAD_INPUT",
      `"${path}" does not name a clip: expected <data set>/<training|testing>/<clip>.`,
    );
  }
  return { datasetSlug, split, clip };
}
