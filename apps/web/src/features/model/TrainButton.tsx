"use client";
import { WINDOW_FRAMES } from "@engram/core";
import { architecturesQuery } from "@engram/sdk";
import { useState } from "react";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { useApiQuery } from "../../lib/use-api.ts";
import { TrainForm } from "./TrainForm.tsx";

interface TrainButtonProps {
  readonly datasetVersionId: string;
  readonly datasetName: string;
  /** of which nothing can be learned that looks at several frames */
  readonly isImages: boolean;
}

export function TrainButton({ datasetVersionId, datasetName, isImages }: TrainButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  const query = useApiQuery(
    architecturesQuery,
    {},
    { isEnabled: isOpen, staleTimeMs: Number.POSITIVE_INFINITY },
  );
  const close = () => setIsOpen(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Train a model</Button>
      {isOpen ? (
        <Dialog title={`Train a model on ${datasetName}`} onClose={close}>
          <QueryState query={query} what="architectures">
            {({ architectures }) => (
              <TrainForm
                datasetVersionId={datasetVersionId}
                architectures={architectures.filter(
                  ({ architecture }) => !isImages || WINDOW_FRAMES[architecture] === 1,
                )}
                onClose={close}
              />
            )}
          </QueryState>
        </Dialog>
      ) : null}
    </>
  );
}
