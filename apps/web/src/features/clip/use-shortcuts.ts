"use client";
import { useEffect, useRef } from "react";

type Shortcuts = Readonly<Record<string, () => void>>;

/** Keys of the page, `Shift+` in front where it is held. They rest while a control that needs them has the focus. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      const action = latest.current[event.shiftKey ? `Shift+${event.key}` : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input, select, textarea, dialog") !== null) return true;
  return (key === " " || key === "Enter") && target.closest("button, a, summary") !== null;
}
