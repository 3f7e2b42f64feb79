import Link from "next/link";
import { CenteredPage } from "../components/CenteredPage.tsx";

export default function NotFound() {
  return (
    <CenteredPage title="There is nothing here">
      <p>The address does not name anything that exists, or that you may see.</p>
      <p>
        <Link href="/datasets">To the data sets</Link>
      </p>
    </CenteredPage>
  );
}
