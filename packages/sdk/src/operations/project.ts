import { graphql } from "../generated/gql.ts";

/** By slug, or the organization's only project when `slug` is left out. */
export const projectQuery = graphql(/* GraphQL */ `
  query Project($slug: String) {
    project(slug: $slug) {
      id
      name
      slug
      createdAt
    }
  }
`);
