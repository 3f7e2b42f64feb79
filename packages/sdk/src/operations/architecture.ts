import { graphql } from "../generated/gql.ts";

export const architecturesQuery = graphql(/* GraphQL */ `
  query Architectures {
    architectures {
      architecture
      slug
      summary
      hyperparameters {
        name
        description
        group
        kind
        unit
        minimum
        maximum
        isInteger
        choices
        pattern
      }
      presets {
        name
        values
      }
    }
  }
`);
