import { graphql } from "../generated/gql.ts";

export const estimateFragment = graphql(/* GraphQL */ `
  fragment EstimateFields on Estimate {
    value
    reason
    interval {
      low
      high
      reason
    }
  }
`);

export const evaluationFragment = graphql(/* GraphQL */ `
  fragment EvaluationFields on Evaluation {
    kind
    scoredFrames
    abnormalFrames
    frameAuroc {
      value
      reason
    }
    laneAuroc {
      lane
      measured {
        value
        reason
      }
    }
    rawLaneAuroc {
      lane
      measured {
        value
        reason
      }
    }
    liveLaneAuroc {
      lane
      measured {
        value
        reason
      }
    }
    abnormalityAuroc {
      value
      reason
    }
    macroAuroc {
      value
      reason
    }
    oneClassClips
    events {
      raised
      truth
      precision {
        value
        reason
      }
      recall {
        value
        reason
      }
    }
    eventFigures {
      toleranceFrames
      precision {
        ...EstimateFields
      }
      recall {
        ...EstimateFields
      }
      f1 {
        ...EstimateFields
      }
      medianLatencyFrames {
        ...EstimateFields
      }
      undetected
    }
    protocols {
      normalization
      smoothing
      unscorable
      averaging
      frames
      abnormalFrames
      clips
      clipsLeftOut
      auroc {
        ...EstimateFields
      }
      averagePrecision {
        ...EstimateFields
      }
      equalErrorRate {
        ...EstimateFields
      }
      f1Max {
        ...EstimateFields
      }
      f1Threshold
    }
    localization {
      frames
      framesLeftOut
      pixels
      abnormalPixels
      regions
      tracks
      pixelFigures {
        map
        auroc {
          ...EstimateFields
        }
        averagePrecision {
          ...EstimateFields
        }
        f1Max {
          ...EstimateFields
        }
        f1Threshold
        aupro {
          ...EstimateFields
        }
        fprLimit
        aurocTolerance
      }
      rbdc {
        ...EstimateFields
      }
      tbdc {
        ...EstimateFields
      }
      falseLimit
      overlap
      trackShare
      falseRegionsPerFrame
    }
    bootstrap {
      replicates
      level
      seed
    }
  }
`);

export const scoringRunFieldsFragment = graphql(/* GraphQL */ `
  fragment ScoringRunFields on ScoringRun {
    id
    number
    state
    precision
    memory
    createdAt
    finishedAt
    modelVersion {
      id
      number
      model {
        id
        slug
        name
        architecture
      }
    }
    datasetVersion {
      id
      number
      kind
      dataset {
        id
        slug
        name
      }
    }
  }
`);

export const scoringRunsQuery = graphql(/* GraphQL */ `
  query ScoringRuns($project: String, $datasetSlug: String, $first: Int!, $after: String) {
    project(slug: $project) {
      id
      scoringRuns(first: $first, after: $after, datasetSlug: $datasetSlug) {
        nodes {
          ...ScoringRunFields
          evaluation {
            frameAuroc {
              value
              reason
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const scoringRunQuery = graphql(/* GraphQL */ `
  query ScoringRun($project: String, $number: Int!) {
    project(slug: $project) {
      id
      scoringRun(number: $number) {
        ...ScoringRunFields
        lanes
        maskThreshold
        policy {
          id
          name
          number
          rules
        }
        job {
          id
          number
          state
        }
        evaluation {
          ...EvaluationFields
        }
      }
    }
  }
`);

export const scoringRunClipsQuery = graphql(/* GraphQL */ `
  query ScoringRunClips($project: String, $number: Int!, $first: Int!, $after: String) {
    project(slug: $project) {
      id
      scoringRun(number: $number) {
        id
        clips(first: $first, after: $after) {
          nodes {
            clip {
              id
              name
              split
              state
              quarantineReason
              frameCount
              groundTruth {
                startFrame
                endFrame
              }
            }
            scoredFrames
            peakAbnormality
            eventCount
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);
