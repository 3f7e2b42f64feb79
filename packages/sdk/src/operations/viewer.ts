import { graphql } from "../generated/gql.ts";

export const viewerQuery = graphql(/* GraphQL */ `
  query Viewer {
    viewer {
      id
      email
      name
      organizationName
      role
    }
  }
`);
