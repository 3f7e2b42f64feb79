import { describe, expect, it } from "vitest";
import { checkpointManifestSchema } from "./checkpoint.ts";
import { trainInputSchema } from "./contracts.ts";
import { presetSchema } from "./hyperparameters/training.ts";
import {
  describeHyperparameters,
  parseHyperparameters,
  resolveHyperparameters,
  trainableArchitectureSchema,
} from "./hyperparameters.ts";

/** As MNAD's were stored when every hyper-parameter was a number. */
const stored = {
  ...{ size: 128, width: 32, items: 10, lossCompactness: 0.1, lossSeparateness: 0.1, lambda: 0.6 },
  ...{ gamma: 0.01, learningRate: 2e-4, batchSize: 4, epochs: 10, seed: 3 },
};

describe("hyper-parameters stored before there were options", () => {
  const published = resolveHyperparameters("MNAD_PREDICTION", "compact", { seed: 3 });

  it("mean the published code's behaviour, in rows, queued jobs and checkpoints alike", () => {
    expect(parseHyperparameters("MNAD_PREDICTION", stored)).toEqual(published);
    const id = "0198a000-0000-7000-8000-000000000000";
    const job = {
      ...{ datasetVersionId: id, modelId: id, calibration: "NONE" },
      ...{ architecture: "MNAD_PREDICTION", hyperparameters: stored },
    };
    expect(trainInputSchema.parse(job).hyperparameters).toEqual(published);
    const manifest = {
      ...{ format: "engram-checkpoint", formatVersion: 1, kind: "MODEL", codeVersion: "0.1.0" },
      ...{ files: {}, tensors: {}, architecture: "MNAD_PREDICTION", hyperparameters: stored },
    };
    expect(checkpointManifestSchema.parse(manifest).hyperparameters).toEqual(published);
  });

  it("of MPN are read as well", () => {
    const { size, width, prototypes, lossFeature, lossDistinct, lambda, ...rest } = resolveHyperparameters(
      "MPN",
      "tiny",
    );
    const { learningRate, batchSize, epochs, seed } = rest;
    const numbers = {
      ...{ size, width, prototypes, lossFeature, lossDistinct, lambda },
      ...{ learningRate, batchSize, epochs, seed },
    };
    expect(parseHyperparameters("MPN", numbers)).toEqual(resolveHyperparameters("MPN", "tiny"));
  });
});

describe.each(trainableArchitectureSchema.options)(
  "what is told of the hyper-parameters of %s",
  (architecture) => {
    const infos = describeHyperparameters(architecture);

    it("names each of them, in words, with its value in every preset", () => {
      const names = infos.map(({ name }) => name).sort();
      for (const preset of presetSchema.options) {
        const values: Readonly<Record<string, unknown>> = resolveHyperparameters(architecture, preset);
        expect(Object.keys(values).sort()).toEqual(names);
        for (const { name, defaults } of infos) expect(defaults[preset]).toBe(values[name]);
      }
      for (const { description } of infos) expect(description.length).toBeGreaterThan(8);
    });

    it("gives each kind what its input needs: choices are words in capitals, as GraphQL's enums are", () => {
      for (const { kind, choices, defaults } of infos) {
        const type = { NUMBER: "number", SWITCH: "boolean", CHOICE: "string", TEXT: "string" }[kind];
        expect(typeof defaults.paper).toBe(type);
        expect(choices.length > 1).toBe(kind === "CHOICE");
        for (const choice of choices) expect(choice).toMatch(/^[A-Z][A-Z0-9_]*$/);
      }
    });
  },
);

describe("the description of one", () => {
  const infoOf = (name: string) =>
    describeHyperparameters("MNAD_PREDICTION").find((info) => info.name === name);

  it("has the range of a number and its unit, the words of a choice", () => {
    expect(infoOf("size")).toMatchObject({
      ...{ kind: "NUMBER", isInteger: true, minimum: 16, maximum: 1024, unit: "pixels" },
      defaults: { paper: 256, compact: 128, tiny: 64 },
    });
    expect(infoOf("updateMaximum")).toMatchObject({
      ...{ kind: "CHOICE", choices: ["ALL_QUERIES", "OWN_QUERIES"], unit: null, minimum: null },
      defaults: { paper: "ALL_QUERIES", compact: "ALL_QUERIES", tiny: "ALL_QUERIES" },
    });
  });

  it("has the word of a choice refused that is none", () => {
    expect(() => resolveHyperparameters("MNAD_PREDICTION", "tiny", { psnrPeak: "TWO" })).toThrow(
      /hyperparameters\.psnrPeak: .*ONE.*FRAME_MAXIMUM/,
    );
  });
});
