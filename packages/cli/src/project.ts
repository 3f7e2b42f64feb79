// What a command names, found on the server: the project, a data set, a model, a scoring run, a clip.
import { AppError, type Split } from "@engram/core";
import {
  collectPages,
  datasetQuery,
  type EngramClient,
  MAX_PAGE_SIZE,
  modelQuery,
  modelReferencesQuery,
  projectQuery,
} from "@engram/sdk";

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

const MODELS_PER_PAGE = 20;
const NEWEST_VERSIONS = 20;

/** As `findNamedVersion`, or `latest`, the newest version trained on the data set. */
export async function findModelVersion(
  client: EngramClient,
  datasetSlug: string,
  reference: string,
): Promise<{ readonly id: string; readonly number: number }> {
  return reference === "latest" ? newestTrainedOn(client, datasetSlug) : findNamedVersion(client, reference);
}

/** `name` is the newest version of a model; `name@3` just that. @throws AppError NOT_FOUND */
export async function findNamedVersion(client: EngramClient, reference: string) {
  const [slug = "", number] = reference.split("@");
  const { project } = await client.request(modelQuery, { slug, versions: MAX_PAGE_SIZE });
  const versions = project?.model?.versions.nodes ?? [];
  const found =
    number === undefined ? versions[0] : versions.find((version) => version.number === Number(number));
  if (found) return { ...found, modelSlug: slug };
  throw new AppError(
    "NOT_FOUND",
    `There is no model version "${reference}": expected the name of a model, or name@number.`,
  );
}

async function newestTrainedOn(client: EngramClient, datasetSlug: string) {
  const models = await collectPages(async (after) => {
    const page = { first: MODELS_PER_PAGE, versions: NEWEST_VERSIONS, after };
    return (await client.request(modelReferencesQuery, page)).project?.models;
  });
  const newest = (models ?? [])
    .flatMap((model) => model.versions.nodes)
    .filter((version) => version.datasetVersion.dataset.slug === datasetSlug)
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))[0];
  if (newest) return newest;
  throw new AppError(
    "NOT_FOUND",
    `No model has been trained on "${datasetSlug}": run "engram train ${datasetSlug}".`,
  );
}

const SPLITS: Readonly<Record<string, Split>> = {
  training: "TRAIN",
  train: "TRAIN",
  calibration: "CALIBRATION",
  validation: "VALIDATION",
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
