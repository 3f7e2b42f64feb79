"use client";
import {
  type PictureOrder,
  type PicturesQuery,
  type PicturesQueryVariables,
  picturesQuery,
  type Split,
} from "@engram/sdk";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "../../components/Badge.tsx";
import { Button } from "../../components/Button.tsx";
import { Panel } from "../../components/Panel.tsx";
import { QueryState } from "../../components/QueryState.tsx";
import { Select } from "../../components/Select.tsx";
import { formatCount, formatQuantity, formatScore, UNKNOWN } from "../../lib/format.ts";
import { clipPath } from "../../lib/route.ts";
import { useApiPages } from "../../lib/use-api.ts";
import { SPLIT_NAME } from "./dataset-state.ts";
import styles from "./PictureGallery.module.css";

type VersionNode = Extract<PicturesQuery["node"], { __typename: "DatasetVersion" }>;
type Picture = VersionNode["pictures"]["nodes"][number];

export interface GalleryFolder {
  readonly id: string;
  readonly name: string;
  readonly split: Split;
}

interface PictureGalleryProps {
  readonly datasetVersionId: string;
  readonly folders: readonly GalleryFolder[];
  /** whose scores are shown; null: none */
  readonly run: { readonly id: string; readonly number: number } | null;
  /** of this split alone */
  readonly split?: Split;
}

/** What the first page holds, and every further one. */
const PAGE = 48;

/** The pictures of a set, page by page: each is loaded when it comes into view. */
export function PictureGallery({ datasetVersionId, folders, run, split }: PictureGalleryProps) {
  const [order, setOrder] = useState<PictureOrder>(run === null ? "NAME" : "ABNORMALITY");
  const [folderId, setFolderId] = useState("");
  const variables: Omit<PicturesQueryVariables, "first" | "after"> = {
    datasetVersionId,
    order,
    scoringRunId: run?.id ?? null,
    split: split ?? null,
    clipId: folderId === "" ? null : folderId,
  };
  const query = useApiPages(picturesQuery, variables, PAGE, ({ node }) =>
    node?.__typename === "DatasetVersion" ? node.pictures : null,
  );
  const total = query.data?.pages[0]?.totalCount;
  return (
    <Panel
      title="Pictures"
      note={total === undefined ? undefined : formatQuantity(total, "picture")}
      actions={
        <>
          <Select label="Folder" value={folderId} onChange={setFolderId}>
            <option value="">All folders</option>
            {folders.map(({ id, name, split: ofSplit }) => (
              <option key={id} value={id}>
                {SPLIT_NAME[ofSplit]}, {name}
              </option>
            ))}
          </Select>
          {run === null ? null : (
            <Select
              label="Order"
              value={order}
              onChange={(value) => setOrder(value === "NAME" ? "NAME" : "ABNORMALITY")}
            >
              <option value="ABNORMALITY">Most abnormal first</option>
              <option value="NAME">By name</option>
            </Select>
          )}
        </>
      }
    >
      <QueryState query={query} what="pictures">
        {({ pages }) => {
          const pictures = pages.flatMap((page) => page?.nodes ?? []);
          if (pictures.length === 0) return <p className={styles.empty}>No picture.</p>;
          return (
            <>
              <ul className={styles.grid}>
                {pictures.map((picture) => (
                  <li key={`${picture.clipId} ${picture.frame}`}>
                    <Tile picture={picture} run={run} />
                  </li>
                ))}
              </ul>
              {query.hasNextPage ? (
                <div className={styles.more}>
                  <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    Show more
                  </Button>
                  <span>
                    {formatCount(pictures.length)} of {formatCount(total)}
                  </span>
                </div>
              ) : null}
            </>
          );
        }}
      </QueryState>
    </Panel>
  );
}

interface TileProps {
  readonly picture: Picture;
  readonly run: PictureGalleryProps["run"];
}

function Tile({ picture, run }: TileProps) {
  const { clipName, split, frame, name, width, height, url, abnormality, isFlagged } = picture;
  const content = (
    <>
      <span className={styles.frame} data-flagged={isFlagged || undefined}>
        {/* biome-ignore lint/performance/noImgElement: the API serves pictures as they are, to those signed in */}
        <img src={url} alt="" width={width} height={height} loading="lazy" decoding="async" />
      </span>
      <span className={styles.name} title={`${clipName}/${name}`}>
        {name}
      </span>
      <span className={styles.facts}>
        <TruthLabel picture={picture} />
        {run === null || split !== "TEST" ? null : (
          <span className={styles.score} data-flagged={isFlagged || undefined}>
            {abnormality == null ? UNKNOWN : formatScore(abnormality)}
          </span>
        )}
      </span>
    </>
  );
  // Pictures that were trained on have no scores to look at.
  if (run === null || split !== "TEST") return <span className={styles.tile}>{content}</span>;
  return (
    <Link href={clipPath(run.number, split, clipName, frame)} className={styles.tile} prefetch={false}>
      {content}
    </Link>
  );
}

function TruthLabel({ picture }: { picture: Picture }) {
  if (picture.isAbnormalInGroundTruth == null) return <Badge>{SPLIT_NAME[picture.split]}</Badge>;
  const folder = picture.clipName.split("/").at(-1);
  return <Badge tone={picture.isAbnormalInGroundTruth ? "truth" : "neutral"}>{folder}</Badge>;
}
