import { redirect } from "next/navigation";

interface HomeProps {
  readonly searchParams: Promise<{ error?: string | string[] }>;
}

export default async function Home({ searchParams }: HomeProps) {
  const { error } = await searchParams;
  redirect(typeof error === "string" ? `/sign-in?error=${encodeURIComponent(error)}` : "/datasets");
}
