import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { ClipPage } from "../../../../../../../features/clip/ClipPage.tsx";
import { parseNumber, parseSplit } from "../../../../../../../lib/route.ts";

interface ClipRouteProps {
  readonly params: Promise<{ number: string; split: string; name: string }>;
}

export async function generateMetadata({ params }: ClipRouteProps): Promise<Metadata> {
  const { number, name } = await params;
  return { title: `${decodeURIComponent(name)} in run ${number}` };
}

export default async function ClipRoute({ params }: ClipRouteProps) {
  const route = await params;
  const number = parseNumber(route.number);
  const split = parseSplit(route.split);
  if (number === null || split === null) notFound();
  return <ClipPage runNumber={number} split={split} name={decodeURIComponent(route.name)} />;
}
