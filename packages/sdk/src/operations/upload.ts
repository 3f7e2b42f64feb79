import { graphql } from "../generated/gql.ts";

export const createUploadMutation = graphql(/* GraphQL */ `
  mutation CreateUpload($input: CreateUploadInput!) {
    createUpload(input: $input) {
      upload {
        id
        url
        isComplete
        sizeBytes
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);

export const completeUploadMutation = graphql(/* GraphQL */ `
  mutation CompleteUpload($input: CompleteUploadInput!) {
    completeUpload(input: $input) {
      upload {
        id
        url
        isComplete
        sizeBytes
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);
