import { graphql } from "../generated/gql.ts";

export const clipFieldsFragment = graphql(/* GraphQL */ `
  fragment ClipFields on Clip {
    id
    name
    split
    kind
    state
    quarantineReason
    width
    height
    frameCount
    frameRate
    hasMasks
    frameUrlTemplate
    maskUrlTemplate
    groundTruth {
      startFrame
      endFrame
    }
  }
`);

export const timelineFieldsFragment = graphql(/* GraphQL */ `
  fragment TimelineFields on Timeline {
    framesPerPoint
    frameCount
    startFrame
    ptsMs
    lanes {
      lane
      min
      max
      mean
      reason
    }
    enterThreshold
    leaveThreshold
    gaps {
      startFrame
      endFrame
    }
    events {
      ...EventFields
    }
    groundTruth {
      startFrame
      endFrame
    }
    isComplete
  }
`);

/** A clip of a data set's newest version, with the id of that version's newest scoring run. */
export const datasetClipQuery = graphql(/* GraphQL */ `
  query DatasetClip($project: String, $slug: String!, $split: Split!, $name: String!) {
    project(slug: $project) {
      id
      dataset(slug: $slug) {
        id
        latestVersion {
          id
          number
          clip(split: $split, name: $name) {
            ...ClipFields
          }
          latestScoringRun {
            id
            number
            state
          }
        }
      }
    }
  }
`);

/** A clip as a scoring run saw it. */
export const scoringRunClipQuery = graphql(/* GraphQL */ `
  query ScoringRunClip($project: String, $number: Int!, $split: Split!, $name: String!) {
    project(slug: $project) {
      id
      scoringRun(number: $number) {
        ...ScoringRunFields
        lanes
        maskThreshold
        datasetVersion {
          clip(split: $split, name: $name) {
            ...ClipFields
          }
        }
      }
    }
  }
`);

/** `from` and `to` are frames, both inclusive; left out they mean the whole clip. */
export const clipTimelineQuery = graphql(/* GraphQL */ `
  query ClipTimeline(
    $clipId: ID!
    $scoringRunId: ID!
    $lanes: [Lane!]!
    $from: Int
    $to: Int
    $maxPoints: Int
  ) {
    node(id: $clipId) {
      __typename
      ... on Clip {
        id
        name
        split
        timeline(scoringRunId: $scoringRunId, lanes: $lanes, from: $from, to: $to, maxPoints: $maxPoints) {
          ...TimelineFields
        }
      }
    }
  }
`);

export const frameScoreQuery = graphql(/* GraphQL */ `
  query FrameScore($clipId: ID!, $scoringRunId: ID!, $frame: Int!) {
    node(id: $clipId) {
      __typename
      ... on Clip {
        id
        frameName(frame: $frame)
        frameScore(scoringRunId: $scoringRunId, frame: $frame) {
          frame
          ptsMs
          lanes {
            lane
            value
          }
          abnormality
          reason
          isAbnormalInGroundTruth
          backgroundError
          histogram {
            edges
            counts
          }
          correctedHistogram: histogram(kind: CORRECTED) {
            edges
            counts
          }
          heatMap {
            url
            width
            height
            scaleMax
            bitsPerPixel
          }
          mask {
            width
            height
            threshold
            areaPx
            runs
            regions {
              x
              y
              width
              height
              areaPx
              centroidX
              centroidY
              peak
            }
          }
        }
      }
    }
  }
`);
