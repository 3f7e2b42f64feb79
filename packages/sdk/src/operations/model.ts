import { graphql } from "../generated/gql.ts";

/** Newest first; each version names the data set version it was trained on. */
export const modelsQuery = graphql(/* GraphQL */ `
  query Models($project: String, $first: Int!, $after: String, $versions: Int!) {
    project(slug: $project) {
      id
      models(first: $first, after: $after) {
        nodes {
          id
          name
          slug
          architecture
          createdAt
          versions(first: $versions) {
            nodes {
              ...ModelVersionFields
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

export const modelExportFieldsFragment = graphql(/* GraphQL */ `
  fragment ModelExportFields on ModelExport {
    id
    format
    sizeBytes
    sha256
    downloadUrl
  }
`);

export const modelVersionFieldsFragment = graphql(/* GraphQL */ `
  fragment ModelVersionFields on ModelVersion {
    id
    number
    hyperparameters
    createdAt
    datasetVersion {
      id
      number
      dataset {
        id
        slug
        name
      }
    }
    metrics {
      steps
      millisecondsPerStep
      device
      parameterCount
      epoch
      loss
    }
    calibration {
      source
      frameCount
      maskThreshold
    }
    trainJob {
      id
      number
    }
    importedFrom {
      fileName
      sha256
      sizeBytes
    }
    exports(first: 1) {
      nodes {
        ...ModelExportFields
      }
    }
  }
`);

export const modelQuery = graphql(/* GraphQL */ `
  query Model($project: String, $slug: String!, $versions: Int!) {
    project(slug: $project) {
      id
      model(slug: $slug) {
        id
        name
        slug
        architecture
        createdAt
        versions(first: $versions) {
          nodes {
            ...ModelVersionFields
          }
        }
      }
    }
  }
`);

/** Just enough of every model's newest versions to choose one by what it was trained on. */
export const modelReferencesQuery = graphql(/* GraphQL */ `
  query ModelReferences($project: String, $first: Int!, $after: String, $versions: Int!) {
    project(slug: $project) {
      id
      models(first: $first, after: $after) {
        nodes {
          slug
          versions(first: $versions) {
            nodes {
              id
              number
              createdAt
              datasetVersion {
                dataset {
                  slug
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

export const importModelMutation = graphql(/* GraphQL */ `
  mutation ImportModel($input: ImportModelInput!) {
    importModel(input: $input) {
      job {
        ...JobFields
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);

export const exportModelMutation = graphql(/* GraphQL */ `
  mutation ExportModel($input: ExportModelInput!) {
    exportModel(input: $input) {
      job {
        ...JobFields
      }
      userErrors {
        message
        field
        code
      }
    }
  }
`);
