import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { JobDetail } from "../../../../features/job/JobDetail.tsx";
import { parseNumber } from "../../../../lib/route.ts";

interface JobPageProps {
  readonly params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: JobPageProps): Promise<Metadata> {
  return { title: `Job ${(await params).number}` };
}

export default async function JobPage({ params }: JobPageProps) {
  const number = parseNumber((await params).number);
  if (number === null) notFound();
  return <JobDetail number={number} />;
}
