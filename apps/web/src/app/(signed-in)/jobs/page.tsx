import type { Metadata } from "next";
import { JobList } from "../../../features/job/JobList.tsx";

export const metadata: Metadata = { title: "Jobs" };

export default function JobsPage() {
  return <JobList />;
}
