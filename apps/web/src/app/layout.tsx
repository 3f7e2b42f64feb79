import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { Providers } from "../lib/Providers.tsx";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Engram", template: "%s · Engram" },
  description: "Anomaly timelines of video and image data sets.",
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Rendered per request: each answer carries its own script nonce.
  await connection();
  return (
    <html lang="en">
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
