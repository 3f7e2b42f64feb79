import { graphql } from "../generated/gql.ts";

export const eventFieldsFragment = graphql(/* GraphQL */ `
  fragment EventFields on Event {
    id
    startFrame
    endFrame
    peakFrame
    peakAbnormality
    meanAbnormality
    isTruePositive
  }
`);

export const eventsQuery = graphql(/* GraphQL */ `
  query Events($project: String, $number: Int!, $first: Int!, $after: String, $clipId: ID) {
    project(slug: $project) {
      id
      scoringRun(number: $number) {
        id
        events(first: $first, after: $after, clipId: $clipId) {
          nodes {
            ...EventFields
            peakFrameName
            clip {
              id
              name
              split
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
`);
