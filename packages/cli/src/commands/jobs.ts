// `engram jobs`, `engram watch`, `engram cancel`.
import { cancelJobMutation, type EngramClient, jobsQuery } from "@engram/sdk";
import { fetchJob, payload } from "../jobs.ts";
import { print, printJson, table } from "../output.ts";

export async function listJobs(
  client: EngramClient,
  options: { readonly first: number; readonly isJson: boolean },
): Promise<void> {
  const { project } = await client.request(jobsQuery, { first: options.first });
  const jobs = project?.jobs.nodes ?? [];
  if (options.isJson) printJson(jobs);
  else if (jobs.length === 0) print("No jobs yet.");
  else
    print(
      table(
        ["job", "what", "state", "created", "message"],
        jobs.map((job) => [job.number, job.title, job.state, job.createdAt, job.errorMessage ?? ""]),
      ),
    );
}

export async function cancel(client: EngramClient, number: number): Promise<void> {
  const job = await fetchJob(client, number);
  const answer = await client.request(cancelJobMutation, { input: { jobId: job.id } });
  const { state } = payload(answer.cancelJob, answer.cancelJob.job);
  print(`job ${number}: ${state.toLowerCase()}`);
}
