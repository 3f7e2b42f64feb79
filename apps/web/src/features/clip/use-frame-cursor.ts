"use client";
// The frame in view and the part of the clip on the timeline; the address keeps the frame.
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { parseFrame } from "../../lib/route.ts";
import { followWindow, wholeClip } from "./frame-window.ts";
import type { FrameWindow } from "./timeline-chart.ts";

const ADDRESS_DELAY_MS = 250;

export interface FrameCursor {
  readonly frame: number;
  readonly window: FrameWindow;
  readonly goTo: (frame: number) => void;
  readonly setWindow: (window: FrameWindow) => void;
}

export function useFrameCursor(frameCount: number): FrameCursor {
  const params = useSearchParams();
  const [frame, setFrame] = useState(() => parseFrame(params.get("frame"), frameCount));
  const [window, setWindow] = useState(() => wholeClip(frameCount));
  const goTo = useCallback(
    (wanted: number) => {
      const next = Math.min(frameCount - 1, Math.max(0, Math.round(wanted)));
      setFrame(next);
      setWindow((shown) => followWindow(shown, next, frameCount));
    },
    [frameCount],
  );
  useEffect(() => {
    const write = () => {
      const address = new URL(globalThis.location.href);
      if (parseFrame(address.searchParams.get("frame"), frameCount) === frame) return;
      address.searchParams.set("frame", String(frame));
      globalThis.history.replaceState(null, "", address);
    };
    // Browsers refuse an address that changes with every played frame.
    const timer = setTimeout(write, ADDRESS_DELAY_MS);
    const stop = () => {
      clearTimeout(timer);
      document.removeEventListener("click", writeBeforeLeaving, true);
    };
    // Written while a link is being followed, the address would call the router back to this page.
    const writeBeforeLeaving = (event: MouseEvent) => {
      if (!(event.target instanceof Element) || event.target.closest("a[href]") === null) return;
      stop();
      write();
    };
    document.addEventListener("click", writeBeforeLeaving, true);
    return stop;
  }, [frame, frameCount]);
  return { frame, window, goTo, setWindow };
}
