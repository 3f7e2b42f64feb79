import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ScoringRunDetail } from "../../../../features/scoring-run/ScoringRunDetail.tsx";
import { parseNumber } from "../../../../lib/route.ts";

interface ScoringRunPageProps {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: ScoringRunPageProps): Promise<Metadata> {
  return { title: `Run ${(await params).number}` };
}

export default async function ScoringRunPage({ params }: ScoringRunPageProps) {
  const number = parseNumber((await params).number);
  if (number === null) notFound();
  return <ScoringRunDetail number={number} />;
}
