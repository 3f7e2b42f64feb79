"use client";
import { useEffect, useRef } from "react";
import { formatSignificant } from "../../lib/format.ts";
import styles from "./HeatLegend.module.css";
import { HEAT_COLORS } from "./heat-map.ts";

interface HeatLegendProps {
  readonly ceiling: number;
  readonly threshold: number | null;
}

/** What a colour of the heat map stands for, and from where on a pixel is flagged. */
export function HeatLegend({ ceiling, threshold }: HeatLegendProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = ref.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(256, 1);
    for (let index = 0; index < 256; index++) {
      image.data.set([...HEAT_COLORS.subarray(index * 3, index * 3 + 3), 255], index * 4);
    }
    context.putImageData(image, 0, 0);
  }, []);
  return (
    <span className={styles.legend}>
      Error 0
      <span className={styles.ramp} aria-hidden="true">
        <canvas ref={ref} width={256} height={1} />
        {threshold === null || threshold > ceiling ? null : (
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <path d={`M${(threshold / ceiling) * 100} 0V10`} />
          </svg>
        )}
      </span>
      {formatSignificant(ceiling)}
      {threshold === null ? null : <span>flagged from {formatSignificant(threshold)}</span>}
    </span>
  );
}
