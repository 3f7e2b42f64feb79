import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { hyperparameterOptions, pickHyperparameters } from "./hyperparameter-options.ts";

function parse(...words: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of hyperparameterOptions()) command.addOption(option);
  command.parse(words, { from: "user" });
  const picked = pickHyperparameters(command.opts());
  return Object.fromEntries(Object.entries(picked).filter(([, value]) => value !== undefined));
}

describe("hyper-parameters on the command line", () => {
  it("are numbers, words of a choice and switches; what is not given stays the preset's", () => {
    expect(parse()).toEqual({});
    expect(parse("--epochs", "3", "--distance-form", "l2-norm", "--flip-horizontal")).toEqual({
      ...{ epochs: 3, distanceForm: "L2_NORM", flipHorizontal: true },
    });
    expect(parse("--no-flip-horizontal")).toEqual({ flipHorizontal: false });
  });

  it("are refused where they are no number or none of the choices, which are named", () => {
    expect(() => parse("--epochs", "many")).toThrow(/expected a number/);
    expect(() => parse("--psnr-peak", "two")).toThrow(/one, frame-maximum/);
  });
});
