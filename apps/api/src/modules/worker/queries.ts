import { builder } from "../../schema/builder.ts";
import { WorkerType } from "./types.ts";

builder.queryField("workers", (t) =>
  t.field({
    type: [WorkerType],
    description: "The worker processes that are alive, with what they can compute on.",
    resolve: (_root, _args, { services }) => services.workers.listLive(),
  }),
);
