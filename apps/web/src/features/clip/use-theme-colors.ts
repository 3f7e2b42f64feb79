"use client";
// Canvas knows no CSS variables: the tokens' values, read again whenever the colour scheme changes.
import { useEffect, useState } from "react";

export interface ThemeColors {
  readonly ink: string;
  readonly inkFaint: string;
  readonly line: string;
  readonly signal: string;
  readonly signalBand: string;
  readonly alarm: string;
  readonly truth: string;
  readonly truthWash: string;
  readonly hatch: string;
}

export function useThemeColors(): ThemeColors | null {
  const [colors, setColors] = useState<ThemeColors | null>(null);
  useEffect(() => {
    const media = window.matchMedia("(prefers-color-scheme: dark)");
    const update = () => setColors(readColors());
    update();
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, []);
  return colors;
}

function readColors(): ThemeColors {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: token("--ink"),
    inkFaint: token("--ink-faint"),
    line: token("--line"),
    signal: token("--signal"),
    signalBand: token("--signal-band"),
    alarm: token("--alarm"),
    truth: token("--truth"),
    truthWash: token("--truth-wash"),
    hatch: token("--hatch"),
  };
}
