// The commands that make models of data sets, score with them and take them elsewhere.
import {
  ARCHITECTURE_SUMMARY,
  architectureSlug,
  exportFormatSchema,
  importableArchitectureSchema,
  memoryModeSchema,
  precisionSchema,
  presetSchema,
  trainableArchitectureSchema,
} from "@engram/core";
import { type Command, Option } from "commander";
import { choiceOption } from "./choice-option.ts";
import { exportModel } from "./commands/export.ts";
import { importModel } from "./commands/import-model.ts";
import { score } from "./commands/score.ts";
import { train } from "./commands/train.ts";
import type { WithConnection } from "./connection.ts";
import { hyperparameterOptions, pickHyperparameters } from "./hyperparameter-options.ts";
import { whole } from "./numbers.ts";

export function addModelCommands(program: Command, withConnection: WithConnection): void {
  addTrain(program, withConnection);
  addImportModel(program, withConnection);
  addScore(program, withConnection);
  addExport(program, withConnection);
}

function addTrain(program: Command, withConnection: WithConnection): void {
  const trainCommand = program
    .command("train")
    .description("train a detector on the newest version of a data set")
    .argument("<dataset>")
    .requiredOption("--architecture <name>", "one of those below")
    .addOption(
      new Option("--preset <preset>", "starting values").choices(presetSchema.options).default("compact"),
    )
    .addOption(
      choiceOption("--calibration <mode>", "hold the last tenth of each clip out, or train on all", [
        "HOLD_OUT",
        "NONE",
      ]).default("HOLD_OUT", "hold-out"),
    )
    .option("--name <name>", "name of the model")
    .option("--watch", "wait, showing progress", false)
    .option("--json", "print the result as JSON", false);
  for (const option of hyperparameterOptions()) trainCommand.addOption(option);
  trainCommand.addHelpText("after", `\nArchitectures:\n${architectureLines().join("\n")}`);
  trainCommand.action((dataset, options) =>
    withConnection((connection) =>
      train(connection, dataset, {
        architecture: options.architecture,
        preset: options.preset,
        calibration: options.calibration,
        modelName: options.name,
        hyperparameters: pickHyperparameters(options),
        isWatching: options.watch,
        isJson: options.json,
      }),
    ),
  );
}

function architectureLines(): string[] {
  const architectures = trainableArchitectureSchema.options;
  const width = Math.max(...architectures.map(({ length }) => length));
  return architectures.map((one) => `  ${architectureSlug(one).padEnd(width)}  ${ARCHITECTURE_SUMMARY[one]}`);
}

function addImportModel(program: Command, withConnection: WithConnection): void {
  program
    .command("import-model")
    .description("make a model of the weights that the authors' published code was trained to")
    .argument("<file>", "a .safetensors file of the state dict, with the memory as m_items or keys")
    .requiredOption("--dataset <slug>", "data set to calibrate it on")
    .addOption(
      choiceOption(
        "--architecture <name>",
        "default: read off the weights",
        importableArchitectureSchema.options,
      ),
    )
    .option("--size <pixels>", "side of the frames that the weights were trained on (default: 256)", whole)
    .option("--width <channels>", "of the first convolution (default: read off the weights)", whole)
    .option("--items <number>", "of the memory (default: read off the weights)", whole)
    .option("--name <name>", "name of the model (default: the file's)")
    .option("--watch", "wait, showing progress", false)
    .option("--json", "print the result as JSON", false)
    .action((file, { watch, json, ...given }) =>
      withConnection((connection) =>
        importModel(connection, file, { ...given, isWatching: watch, isJson: json }),
      ),
    );
}

function addScore(program: Command, withConnection: WithConnection): void {
  program
    .command("score")
    .description("score the test clips of a data set with a model")
    .argument("<dataset>")
    .option("--model <model>", "latest, name or name@number", "latest")
    .addOption(
      choiceOption(
        "--precision <precision>",
        "int8: a quarter to a third less time on a CPU, scores differ slightly",
        precisionSchema.options,
      ).default("FP32", "fp32"),
    )
    .addOption(
      choiceOption(
        "--memory <mode>",
        "update: normal frames change it for the next ones; frozen: it stays as trained",
        memoryModeSchema.options,
      ).default("UPDATE", "update"),
    )
    .option("--watch", "wait, showing progress", false)
    .option("--json", "print the result as JSON", false)
    .action((dataset, { model, precision, memory, watch, json }) =>
      withConnection((connection) =>
        score(connection, dataset, { model, precision, memory, isWatching: watch, isJson: json }),
      ),
    );
}

function addExport(program: Command, withConnection: WithConnection): void {
  program
    .command("export")
    .description("files of a model for use elsewhere: waits for them and fetches them")
    .argument("<model>", "name or name@number")
    .addOption(
      choiceOption("--format <format>", "of the graph", exportFormatSchema.options).default("ONNX", "onnx"),
    )
    .option("--output <path>", "where to put them (default: <model>-v<number>-<format> in this folder)")
    .option("--archive", "keep them in one tar file", false)
    .option("--json", "print the result as JSON", false)
    .action((model, { format, output, archive, json }) =>
      withConnection((connection) =>
        exportModel(connection, model, { format, output, isArchive: archive, isJson: json }),
      ),
    );
}
