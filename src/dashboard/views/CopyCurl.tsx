/** Puts a request on the clipboard as a curl command; shows it where a page may not write there (no TLS, not this machine). */
import { useState } from 'preact/hooks';
import type { Session } from '../io/session';
import { curlOf } from '../model/curl';
import type { KeyRequest } from '../model/saving';

interface Props {
  readonly label: string;
  readonly request: KeyRequest;
  readonly session: Session;
}

export function CopyCurl({ label, request, session }: Props) {
  const [shown, setShown] = useState<string | undefined>(undefined);
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    const text = curlOf(request, location.origin, session.user);
    try {
      await navigator.clipboard.writeText(text);
      setIsCopied(true);
      setTimeout(() => setIsCopied(false), 2000);
    } catch {
      setShown(text);
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {isCopied ? 'Copied' : label}
      </button>
      {shown !== undefined && (
        <textarea
          class="curl"
          readOnly
          rows={3}
          aria-label={`${label}: the command`}
          value={shown}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      )}
    </>
  );
}
