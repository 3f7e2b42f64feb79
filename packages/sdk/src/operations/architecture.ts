import { graphql } from "../generated/gql.ts";

export const architecturesQuery = graphql(/* GraphQL */ `
  query Architectures {
    architectures {
      architecture
      slug
      hyperparameters {
        name
        description
        minimum
        maximum
        isInteger
      }
      presets {
        name
        values
      }
    }
  }
`);
