import { AppError } from "@engram/core";

const LONGEST_NAME = 100;

/** `Ped 2` → `ped-2`: what a name is found by. @throws AppError BAD_INPUT naming the field */
export function slugOf(name: string, field: string): string {
  if (name.length > LONGEST_NAME) {
    throw new AppError("BAD_INPUT", `${field} must have at most ${LONGEST_NAME} characters.`, { field });
  }
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (slug !== "") return slug;
  throw new AppError("BAD_INPUT", `${field} must have a letter from a to z or a digit.`, { field });
}
