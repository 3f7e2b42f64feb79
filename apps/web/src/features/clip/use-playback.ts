"use client";
import { useEffect, useRef, useState } from "react";

const FALLBACK_FRAME_RATE = 10;

interface PlaybackOptions {
  readonly frame: number;
  readonly frameCount: number;
  readonly frameRate: number | null | undefined;
  /** the frame is in view: playing never runs ahead of what can be shown */
  readonly isShown: boolean;
  readonly onFrame: (frame: number) => void;
}

/** Plays at the clip's frame rate, or as fast as the frames come. Stops at the end; starts over from there. */
export function usePlayback({ frame, frameCount, frameRate, isShown, onFrame }: PlaybackOptions) {
  const [isPlaying, setIsPlaying] = useState(false);
  const steppedAt = useRef(0);
  const isAtEnd = frame >= frameCount - 1;
  useEffect(() => {
    if (!isPlaying || !isShown) return;
    if (isAtEnd) return setIsPlaying(false);
    const periodMs = 1000 / (frameRate || FALLBACK_FRAME_RATE);
    const waitMs = Math.max(0, steppedAt.current + periodMs - performance.now());
    const timer = setTimeout(() => {
      steppedAt.current = performance.now();
      onFrame(frame + 1);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [isPlaying, isShown, isAtEnd, frame, frameRate, onFrame]);
  const toggle = () => {
    if (!isPlaying && isAtEnd) onFrame(0);
    setIsPlaying(!isPlaying);
  };
  return { isPlaying, toggle, pause: () => setIsPlaying(false) };
}
