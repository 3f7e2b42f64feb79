import type { Metadata } from "next";
import { DatasetList } from "../../../features/dataset/DatasetList.tsx";

export const metadata: Metadata = { title: "Data sets" };

export default function DatasetsPage() {
  return <DatasetList />;
}
