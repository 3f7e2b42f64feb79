import { graphql } from "../generated/gql.ts";

/** A page of the pictures of a data set's version, with the scores of a run where one is given. */
export const picturesQuery = graphql(/* GraphQL */ `
  query Pictures(
    $datasetVersionId: ID!
    $scoringRunId: ID
    $split: Split
    $clipId: ID
    $order: PictureOrder!
    $first: Int!
    $after: String
  ) {
    node(id: $datasetVersionId) {
      __typename
      ... on DatasetVersion {
        id
        pictures(
          scoringRunId: $scoringRunId
          split: $split
          clipId: $clipId
          order: $order
          first: $first
          after: $after
        ) {
          totalCount
          nodes {
            clipId
            clipName
            split
            frame
            name
            width
            height
            url
            isAbnormalInGroundTruth
            abnormality
            isFlagged
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
