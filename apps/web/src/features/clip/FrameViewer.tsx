"use client";
// The frame with what was measured on it: error map as colour, masks as outlines.
import type { ErrorMapKind } from "@engram/sdk";
import { type CSSProperties, type ReactNode, useEffect, useRef, useState } from "react";
import { Notice } from "../../components/Notice.tsx";
import type { Clip } from "./ClipPage.tsx";
import { ErrorKindSelect } from "./ErrorKindSelect.tsx";
import styles from "./FrameViewer.module.css";
import type { FrameView, Outline } from "./frame-view.ts";
import { HeatLegend } from "./HeatLegend.tsx";
import { colorizeErrors, heatCeiling, type StoredErrors } from "./heat-map.ts";
import { LayerControls, type Layers } from "./LayerControls.tsx";

interface FrameViewerProps {
  readonly clip: Clip;
  /** error from which on the run flags a pixel; null where its calibration gave none */
  readonly threshold: number | null;
  readonly view: FrameView | undefined;
  readonly error: Error | null;
  /** the view is still that of another frame */
  readonly isBehind: boolean;
  readonly errorKind: ErrorMapKind;
  readonly onErrorKind: (kind: ErrorMapKind) => void;
}

const FIRST_LAYERS: Layers = { heatOpacity: 0.65, hasRegions: true, hasTruth: true };

export function FrameViewer(props: FrameViewerProps) {
  const { clip, threshold, view, error, isBehind, errorKind, onErrorKind } = props;
  const [layers, setLayers] = useState(FIRST_LAYERS);
  const score = view && "value" in view.score ? view.score.value : null;
  const background = errorKind === "CORRECTED" ? (score?.backgroundError ?? null) : 0;
  const ceiling = score?.heatMap ? heatCeiling(score.heatMap.scaleMax, threshold) : null;
  // A picture of a set may have a size of its own: every layer is stretched over the one that is shown.
  const size = view && "value" in view.picture ? view.picture.value : clip;
  return (
    <figure className={styles.figure}>
      <div
        className={styles.screen}
        style={{ "--ratio": size.width / size.height } as CSSProperties}
        role="img"
        aria-label={view ? (view.name ?? `Frame ${view.frame} of clip ${clip.name}`) : `Clip ${clip.name}`}
        aria-busy={isBehind}
      >
        {view && "value" in view.picture ? <Picture bitmap={view.picture.value} /> : null}
        {view && "value" in view.errors && score?.heatMap && ceiling !== null && background !== null ? (
          <ErrorOverlay
            errors={view.errors.value}
            width={score.heatMap.width}
            height={score.heatMap.height}
            scaleMax={score.heatMap.scaleMax}
            ceiling={ceiling}
            background={background}
            opacity={layers.heatOpacity}
          />
        ) : null}
        {layers.hasRegions && view?.mask ? <Outlines outline={view.mask} className={styles.mask} /> : null}
        {layers.hasRegions && score?.mask ? <Regions mask={score.mask} /> : null}
        {layers.hasTruth && view?.truthMask ? (
          <Outlines outline={view.truthMask} className={styles.truth} />
        ) : null}
        <Missing view={view} error={error} />
      </div>
      <figcaption className={styles.caption}>
        <LayerControls layers={layers} hasMasks={clip.hasMasks} onChange={setLayers}>
          <ErrorKindSelect label="Errors of the heat map" kind={errorKind} onChange={onErrorKind} />
        </LayerControls>
        {ceiling === null ? null : (
          <HeatLegend ceiling={ceiling} threshold={errorKind === "RAW" ? threshold : null} />
        )}
      </figcaption>
    </figure>
  );
}

function Missing({ view, error }: Pick<FrameViewerProps, "view" | "error">): ReactNode {
  const message = error?.message ?? (view && "missing" in view.picture ? view.picture.missing : null);
  if (message === null) return null;
  return (
    <div className={styles.missing}>
      <Notice tone="alarm" title="This cannot be shown.">
        {message}
      </Notice>
    </div>
  );
}

function Picture({ bitmap }: { bitmap: ImageBitmap }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    ref.current?.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return (
    <canvas
      ref={ref}
      width={bitmap.width}
      height={bitmap.height}
      className={styles.layer}
      data-layer="frame"
    />
  );
}

interface ErrorOverlayProps {
  readonly errors: StoredErrors;
  readonly width: number;
  readonly height: number;
  readonly scaleMax: number;
  readonly ceiling: number;
  readonly background: number;
  readonly opacity: number;
}

function ErrorOverlay(props: ErrorOverlayProps) {
  const { errors, width, height, scaleMax, ceiling, background, opacity } = props;
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new ImageData(colorizeErrors(errors, scaleMax, ceiling, background), width, height);
    ref.current?.getContext("2d")?.putImageData(image, 0, 0);
  }, [errors, width, height, scaleMax, ceiling, background]);
  return (
    <canvas
      ref={ref}
      width={width}
      height={height}
      className={styles.layer}
      style={{ opacity }}
      data-layer="heat-map"
    />
  );
}

function Outlines({ outline, className }: { outline: Outline; className: string | undefined }) {
  return (
    <svg
      viewBox={`0 0 ${outline.width} ${outline.height}`}
      preserveAspectRatio="none"
      className={styles.layer}
      aria-hidden="true"
    >
      <path d={outline.path} className={styles.halo} />
      <path d={outline.path} className={className} />
    </svg>
  );
}

interface RegionsProps {
  readonly mask: {
    readonly width: number;
    readonly height: number;
    readonly regions: readonly {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }[];
  };
}

function Regions({ mask }: RegionsProps) {
  return (
    <svg
      viewBox={`0 0 ${mask.width} ${mask.height}`}
      preserveAspectRatio="none"
      className={styles.layer}
      aria-hidden="true"
    >
      {mask.regions.map(({ x, y, width, height }) => (
        <rect
          key={`${x} ${y} ${width} ${height}`}
          x={x}
          y={y}
          width={width}
          height={height}
          className={styles.box}
        />
      ))}
    </svg>
  );
}
