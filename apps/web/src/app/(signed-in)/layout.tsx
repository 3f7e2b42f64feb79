import type { ReactNode } from "react";
import { AppShell } from "../../features/viewer/AppShell.tsx";

export default function SignedInLayout({ children }: { children: ReactNode }) {
  return <AppShell>{children}</AppShell>;
}
