import { graphql } from "../generated/gql.ts";

export const datasetVersionFieldsFragment = graphql(/* GraphQL */ `
  fragment DatasetVersionFields on DatasetVersion {
    id
    number
    state
    layout
    kind
    contentHash
    createdAt
    readyAt
    clipCount
    frameCount
  }
`);

export const datasetsQuery = graphql(/* GraphQL */ `
  query Datasets($project: String, $first: Int!, $after: String) {
    project(slug: $project) {
      id
      datasets(first: $first, after: $after) {
        nodes {
          id
          name
          slug
          createdAt
          latestVersion {
            ...DatasetVersionFields
            latestScoringRun {
              id
              number
              state
              evaluation {
                frameAuroc {
                  value
                  reason
                }
              }
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

/** A data set with its newest version and that version's newest scoring run. */
export const datasetQuery = graphql(/* GraphQL */ `
  query Dataset($project: String, $slug: String!) {
    project(slug: $project) {
      id
      dataset(slug: $slug) {
        id
        name
        slug
        createdAt
        latestVersion {
          ...DatasetVersionFields
          report {
            ...ImportReportFields
          }
          latestScoringRun {
            id
            number
            state
            createdAt
            finishedAt
          }
        }
      }
    }
  }
`);

export const datasetVersionsQuery = graphql(/* GraphQL */ `
  query DatasetVersions($project: String, $slug: String!, $first: Int!, $after: String) {
    project(slug: $project) {
      id
      dataset(slug: $slug) {
        id
        versions(first: $first, after: $after) {
          nodes {
            ...DatasetVersionFields
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

export const datasetClipsQuery = graphql(/* GraphQL */ `
  query DatasetClips($project: String, $slug: String!, $first: Int!, $after: String) {
    project(slug: $project) {
      id
      dataset(slug: $slug) {
        id
        latestVersion {
          id
          clips(first: $first, after: $after) {
            nodes {
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
              groundTruth {
                startFrame
                endFrame
              }
            }
            pageInfo {
              hasNextPage
              endCursor
            }
          }
        }
      }
    }
  }
`);
