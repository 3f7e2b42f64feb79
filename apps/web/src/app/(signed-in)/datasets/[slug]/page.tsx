import type { Metadata } from "next";
import { DatasetDetail } from "../../../../features/dataset/DatasetDetail.tsx";

interface DatasetPageProps {
  readonly params: Promise<{ slug: string }>;
}

export async function generateMetadata({ params }: DatasetPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).slug) };
}

export default async function DatasetPage({ params }: DatasetPageProps) {
  return <DatasetDetail slug={decodeURIComponent((await params).slug)} />;
}
