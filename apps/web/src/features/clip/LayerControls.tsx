import { type ReactNode, useId } from "react";
import styles from "./LayerControls.module.css";

export interface Layers {
  /** 0: no heat map */
  readonly heatOpacity: number;
  readonly hasRegions: boolean;
  readonly hasTruth: boolean;
}

interface LayerControlsProps {
  readonly layers: Layers;
  readonly hasMasks: boolean;
  readonly onChange: (layers: Layers) => void;
  /** a further control of the heat map */
  readonly children: ReactNode;
}

export function LayerControls({ layers, hasMasks, onChange, children }: LayerControlsProps) {
  const id = useId();
  return (
    <div className={styles.controls}>
      <span className={styles.slider}>
        <label htmlFor={id}>Heat map</label>
        <input
          id={id}
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={layers.heatOpacity}
          aria-label="Heat map opacity"
          aria-valuetext={`${Math.round(layers.heatOpacity * 100)} %`}
          onChange={(event) => onChange({ ...layers, heatOpacity: event.target.valueAsNumber })}
        />
        <output htmlFor={id}>{Math.round(layers.heatOpacity * 100)} %</output>
      </span>
      {children}
      <label>
        <input
          type="checkbox"
          checked={layers.hasRegions}
          onChange={(event) => onChange({ ...layers, hasRegions: event.target.checked })}
        />
        Flagged regions
      </label>
      {hasMasks ? (
        <label>
          <input
            type="checkbox"
            checked={layers.hasTruth}
            onChange={(event) => onChange({ ...layers, hasTruth: event.target.checked })}
          />
          Ground-truth mask
        </label>
      ) : null}
    </div>
  );
}
