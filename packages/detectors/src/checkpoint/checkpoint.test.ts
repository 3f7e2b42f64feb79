import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckpointManifest } from "@engram/core";
import { readSafetensorsHeader, type TensorData, type TensorDataMap, tensorBytes } from "@engram/engine";
import { type BlobStore, createBlobStore } from "@engram/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tinyDetector } from "../testing/tiny.ts";
import { type CheckpointFile, MANIFEST_FILE, sha256 } from "./files.ts";
import { openTrainingCheckpoint, readModelCheckpoint } from "./read.ts";
import { modelCheckpointFiles, trainingCheckpointFiles } from "./write.ts";

const detector = tinyDetector();
const state = detector.initialState(4);
const position = {
  epoch: 1,
  step: 2,
  lossSums: { loss: 0.1 + 0.2, pixelLoss: 1 / 3, compactness: 0, separateness: 2 },
  elapsedSeconds: 1.5,
  inputWaitSeconds: 0.25,
  itemShareSums: [0.75, 1.25, 0],
  finishedEpochs: [],
  millisecondsPerStep: null,
  windowCount: 9,
};
const FILES = ["weights.safetensors", "memory.safetensors", "optimizer.safetensors"] as const;

let root: string;
let store: BlobStore;
let hash: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "engram-checkpoint-"));
  store = createBlobStore(root);
  hash = await put(trainingCheckpointFiles(detector, { state, position }));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (files: readonly CheckpointFile[]) => (await store.putFolder(files, MANIFEST_FILE)).hash;
const pathOf = (name: string) => join(root, hash.slice(0, 2), hash.slice(2, 4), hash, name);

/** Everything of the training checkpoint at `hash`. */
async function read(of = hash) {
  const checkpoint = await openTrainingCheckpoint(await store.openFolder(of));
  return { ...checkpoint, state: await checkpoint.readState() };
}

function refusal(message: string | RegExp) {
  const whole = `The checkpoint is damaged: ${message}.`;
  return expect.objectContaining({
    code: "CORRUPT_CHECKPOINT",
    message: typeof message === "string" ? whole : expect.stringMatching(message),
  });
}
/** As text: much faster to compare than arrays, and bit for bit. */
const bitsOf = (tensors: TensorDataMap) =>
  Object.entries(tensors)
    .map(([name, tensor]) => [name, tensor.dtype, tensor.shape.join(), sha256([tensorBytes(tensor)])])
    .sort();
const expectRefusal = (message: string) => expect(read()).rejects.toEqual(refusal(message));

async function flipBit(file: string, at: number): Promise<void> {
  const bytes = await readFile(pathOf(file));
  bytes[at]! ^= 4;
  await writeFile(pathOf(file), bytes);
}

describe("a checkpoint of a training", () => {
  it("comes back as it was, with its detector", async () => {
    const { state: readState, position: readPosition, detector: readDetector } = await read();
    expect(bitsOf(readState)).toEqual(bitsOf(state));
    expect(readPosition).toEqual(position);
    expect(readDetector.hyperparameters).toEqual(detector.hyperparameters);
  });

  it("is one directory that other tools can read and check", async () => {
    expect(await readdir(pathOf(""))).toEqual([MANIFEST_FILE, ...FILES, "training.json"].sort());
    const manifest: CheckpointManifest = JSON.parse(await readFile(pathOf(MANIFEST_FILE), "utf8"));
    expect(sha256([await readFile(pathOf(MANIFEST_FILE))])).toBe(hash);
    for (const [name, { sha256: expected, sizeBytes }] of Object.entries(manifest.files)) {
      const bytes = await readFile(pathOf(name));
      expect([sha256([bytes]), bytes.length]).toEqual([expected, sizeBytes]);
    }
    expect(Object.keys(manifest.tensors).sort()).toEqual(Object.keys(state).sort());
    expect(manifest).toMatchObject({
      kind: "TRAINING",
      architecture: "MNAD_PREDICTION",
      codeVersion: "0.1.0",
    });
    expect(manifest.tensors["conv1.1/filter"]).toMatchObject({
      file: "weights.safetensors",
      dtype: "float32",
      shape: state["conv1.1/filter"]!.shape,
    });
    expect(manifest.tensors["adam.m/conv1.1/filter"]?.file).toBe("optimizer.safetensors");
    expect(manifest.tensors["memory/items"]?.file).toBe("memory.safetensors");
  });

  it("is the same checkpoint for the same state, whatever the order of its tensors", async () => {
    const reversed = Object.fromEntries(Object.entries(state).reverse());
    expect(await put(trainingCheckpointFiles(detector, { state: reversed, position }))).toBe(hash);
  });

  it("is written from the tensors' own memory", () => {
    const buffers = new Set(Object.values(state).map(({ data }) => data.buffer));
    const copied = trainingCheckpointFiles(detector, { state, position })
      .flatMap(({ content }) => content)
      .filter(({ buffer, length }) => length > 0 && !buffers.has(buffer));
    // The headers of three files, the position and the manifest.
    expect(copied).toHaveLength(FILES.length + 2);
  });
});

describe("a damaged checkpoint", () => {
  it("names the tensor in which a bit has changed, in each of its files", async () => {
    for (const file of FILES) {
      const header = readSafetensorsHeader(await readFile(pathOf(file)));
      for (const { name, start, end } of [header.entries[0]!, header.entries.at(-1)!]) {
        await flipBit(file, end - 1);
        await expectRefusal(`tensor "${name}" in ${file} does not match its checksum`);
        await flipBit(file, end - 1);
        await flipBit(file, start);
        await expectRefusal(`tensor "${name}" in ${file} does not match its checksum`);
        await flipBit(file, start);
      }
    }
    expect(bitsOf((await read()).state)).toEqual(bitsOf(state));
  });

  it("names the first tensor that a shortened file lacks", async () => {
    for (const file of FILES) {
      const { entries } = readSafetensorsHeader(await readFile(pathOf(file)));
      await truncate(pathOf(file), entries.at(-1)!.end - 1);
      await expectRefusal(`tensor "${entries.at(-1)!.name}" in ${file} is truncated`);
      await truncate(pathOf(file), entries[0]!.start);
      await expectRefusal(`tensor "${entries[0]!.name}" in ${file} is truncated`);
      hash = await put(trainingCheckpointFiles(detector, { state, position }));
    }
  });

  it("names the file where its header is what is damaged", async () => {
    const file = "weights.safetensors";
    await flipBit(file, 9);
    await expect(read()).rejects.toEqual(
      refusal(/weights\.safetensors does not match its checksum, and its header/),
    );
    await flipBit(file, 9);
    const sizeBytes = (await readFile(pathOf(file))).length;
    await truncate(pathOf(file), 20);
    await expectRefusal(
      `${file} has 20 bytes, expected ${sizeBytes}, and its header names no tensor that can be told`,
    );
  });

  it("is refused whichever byte of whichever file has changed", async () => {
    for (const { name, content } of trainingCheckpointFiles(detector, { state, position })) {
      const length = content.reduce((sum, piece) => sum + piece.length, 0);
      for (let at = 0; at < length; at += Math.max(1, Math.floor(length / 20))) {
        await flipBit(name, at);
        await expect(read()).rejects.toEqual(refusal(/^The checkpoint is damaged: .*\.$/));
        await flipBit(name, at);
      }
    }
    expect((await read()).position).toEqual(position);
  });

  it("names a file that is missing, changed in its text, or does not belong to it", async () => {
    // The second is a name that every JavaScript object knows.
    for (const stray of ["notes.txt", "constructor"]) {
      await writeFile(pathOf(stray), "");
      await expectRefusal(`${stray} does not belong to it`);
      await rm(pathOf(stray));
    }
    await flipBit("training.json", 5);
    await expectRefusal("training.json does not match its checksum");
    await truncate(pathOf("training.json"), 3);
    await expect(read()).rejects.toEqual(refusal(/training\.json has 3 bytes, expected \d+/));
    const edited = (await readFile(pathOf(MANIFEST_FILE), "utf8")).replace('"epochs": 2', '"epochs": 3');
    await writeFile(pathOf(MANIFEST_FILE), edited);
    await expectRefusal(`${MANIFEST_FILE} does not match its checksum`);
    for (const name of [MANIFEST_FILE, "training.json", ...FILES]) {
      hash = await put(trainingCheckpointFiles(detector, { state, position }));
      await rm(pathOf(name));
      await expectRefusal(`${name} is missing`);
    }
  });

  it("is told from a blob of one file, which a checkpoint once was, and from one that is gone", async () => {
    const { hash: single } = await store.put(Buffer.from("one file"));
    await expect(read(single)).rejects.toThrow(/is a single file, expected a folder of files/);
    await store.delete(hash);
    await expect(read()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a checkpoint that is whole, but not what its detector needs", () => {
  /** The model checkpoint, one of its tensors another, sealed as if it were right. */
  async function putModel(replace: Record<string, TensorData | null>): Promise<string> {
    const wrong = Object.entries({ ...detector.deployable(state), ...replace }).flatMap(([name, tensor]) =>
      tensor === null ? [] : [[name, tensor] as const],
    );
    const careless = { ...detector, deployable: () => Object.fromEntries(wrong) };
    return put(modelCheckpointFiles(careless, state));
  }
  const readModel = async (of: string) => readModelCheckpoint(await store.openFolder(of));

  it("is refused with the name of the tensor that is missing, unknown, or of another shape or type", async () => {
    const filter = state["conv1.1/filter"]!;
    const { shape, data } = filter;
    const cases: [Record<string, TensorData | null>, string][] = [
      [{ "conv1.1/filter": null }, 'tensor "conv1.1/filter" is missing'],
      [
        { "conv1.1/filter": { ...filter, shape: [9, 12, 4] } },
        `tensor "conv1.1/filter" is float32 [9,12,4], expected float32 [${shape}]`,
      ],
      [
        { "conv1.1/filter": { shape, dtype: "int32", data: new Int32Array(data.length) } },
        `tensor "conv1.1/filter" is int32 [${shape}], expected float32 [${shape}]`,
      ],
    ];
    for (const [replace, message] of cases) {
      await expect(readModel(await putModel(replace))).rejects.toEqual(refusal(message));
    }
    const extra = trainingCheckpointFiles(detector, { state: { ...state, extra: filter }, position });
    await expect(read(await put(extra))).rejects.toEqual(refusal('tensor "extra" does not belong to it'));
  });

  it("is refused with the field of its manifest, or the file, that is not as it should be", async () => {
    const files = trainingCheckpointFiles(detector, { state, position });
    const text = (edit: (json: Record<string, unknown>) => void, content: readonly Uint8Array[]) => {
      const json = JSON.parse(Buffer.concat(content).toString());
      edit(json);
      return [Buffer.from(JSON.stringify(json))];
    };
    const withManifest = (edit: (json: Record<string, unknown>) => void) =>
      put(
        files.map(({ name, content }) => ({
          name,
          content: name === MANIFEST_FILE ? text(edit, content) : content,
        })),
      );
    const cases: [(json: Record<string, unknown>) => void, RegExp][] = [
      [(json) => (json.formatVersion = 2), /its format has version 2, but 1 is the last known/],
      [(json) => (json.architecture = "PERCEPTRON"), /manifest\.json is not valid at architecture/],
      [(json) => (json.hyperparameters = { size: 16 }), /manifest\.json is not valid at hyperparameters/],
      [(json) => delete json.files, /manifest\.json is not valid at files/],
      [(json) => (json.kind = "MODEL"), /it is a MODEL checkpoint, expected TRAINING/],
    ];
    for (const [edit, message] of cases) {
      await expect(read(await withManifest(edit))).rejects.toEqual(refusal(message));
    }
    const elsewhere = { ...position, epoch: -1 };
    expect(() => trainingCheckpointFiles(detector, { state, position: elsewhere })).toThrow();
  });
});

describe("a checkpoint of a model", () => {
  const readModel = async (of: string) => readModelCheckpoint(await store.openFolder(of));

  it("holds what scoring needs and nothing else", async () => {
    const decoded = await readModel(await put(modelCheckpointFiles(detector, state)));
    expect(bitsOf(decoded.state)).toEqual(bitsOf(detector.deployable(state)));
    expect(Object.keys(decoded.state).filter((name) => name.startsWith("adam"))).toEqual([]);
    expect(decoded.detector.architecture).toBe("MNAD_PREDICTION");
  });

  it("is not taken for a training's, nor the reverse", async () => {
    await expect(readModel(hash)).rejects.toEqual(refusal("it is a TRAINING checkpoint, expected MODEL"));
    const model = await put(modelCheckpointFiles(detector, state));
    await expect(read(model)).rejects.toEqual(refusal("it is a MODEL checkpoint, expected TRAINING"));
  });

  it("has the weights file of the training it comes from, byte for byte", async () => {
    const model = await store.openFolder(await put(modelCheckpointFiles(detector, state)));
    expect(model.names).toEqual([MANIFEST_FILE, "memory.safetensors", "weights.safetensors"]);
    const weights = await model.read("weights.safetensors");
    expect(Buffer.compare(weights, await readFile(pathOf("weights.safetensors")))).toBe(0);
  });
});
