import { Facts } from "../../components/Facts.tsx";
import { Panel } from "../../components/Panel.tsx";
import { hyperparameterFacts } from "./hyperparameter-facts.ts";

/** What a model version was trained with. */
export function HyperparameterPanel({ hyperparameters }: { hyperparameters: unknown }) {
  const facts = hyperparameterFacts(hyperparameters);
  if (facts.length === 0) return null;
  return (
    <Panel title="Hyper-parameters">
      <Facts facts={facts} />
    </Panel>
  );
}
