import { graphql } from "../generated/gql.ts";

export const workersQuery = graphql(/* GraphQL */ `
  query Workers {
    workers {
      id
      hostname
      version
      startedAt
      devices {
        name
        kind
        state
        description
        isDefault
        memoryBytes
        gflops
      }
    }
  }
`);
