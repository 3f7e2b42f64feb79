import { describe, expect, it } from "vitest";
import { hyperparameterFacts } from "./hyperparameter-facts.ts";

describe("hyperparameterFacts", () => {
  it("reads numbers, words, switches and texts as people do", () => {
    const stored = {
      ...{ learningRate: 2e-4, updateMaximum: "OWN_QUERIES", flipVertical: false },
      joins: "skip,pmb",
    };
    expect(hyperparameterFacts(stored)).toEqual([
      { name: "Learning rate", value: "0.0002" },
      { name: "Update maximum", value: "Own queries" },
      { name: "Flip vertical", value: "no" },
      { name: "Joins", value: "skip,pmb" },
    ]);
  });

  it("has nothing to say of what is no object", () => {
    expect(hyperparameterFacts(null)).toEqual([]);
  });
});
