import type { Metadata } from "next";
import { Stack } from "../../../components/Stack.tsx";
import { JobList } from "../../../features/job/JobList.tsx";
import { WorkerPanel } from "../../../features/worker/WorkerPanel.tsx";

export const metadata: Metadata = { title: "Jobs" };

export default function JobsPage() {
  return (
    <Stack>
      <JobList />
      <WorkerPanel />
    </Stack>
  );
}
