import type { Job } from "@engram/db";
import { builder } from "../../schema/builder.ts";
import { uuidOf } from "../../schema/global-id.ts";

export interface ProjectEvent {
  readonly cursor: string;
  readonly job: Job;
}

const ProjectEventType = builder.objectRef<ProjectEvent>("ProjectEvent").implement({
  fields: (t) => ({
    cursor: t.exposeString("cursor"),
    job: t.prismaField({ type: "Job", resolve: (_query, { job }) => job }),
  }),
});

builder.subscriptionField("projectEvents", (t) =>
  t.field({
    type: ProjectEventType,
    description:
      "Everything that changes in a project. `after` resumes behind a cursor: each job that changed since comes as it stands now, some perhaps a second time (compare `revision`).",
    args: { projectId: t.arg.id({ required: true }), after: t.arg.string() },
    subscribe: (_root, { projectId, after }, context) =>
      context.services.live.projectEvents(context, uuidOf("Project", projectId), after ?? null),
    resolve: (event: ProjectEvent) => event,
  }),
);
