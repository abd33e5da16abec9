/** One directory. */
import { useState } from 'preact/hooks';
import type { KeyBrowser } from '../io/keyBrowser';
import type { Session } from '../io/session';
import type { KeyNode } from '../model/answers';
import { deleteRequest, readRequest } from '../model/saving';
import { CopyCurl } from './CopyCurl';
import { DeleteButton } from './DeleteButton';
import { Facts } from './Facts';
import { childrenWords } from './words';

interface Props {
  readonly browser: KeyBrowser;
  readonly session: Session;
  readonly node: KeyNode;
  readonly onCreate: () => void;
}

export function DirectoryPanel({ browser, session, node, onCreate }: Props) {
  const [message, setMessage] = useState('');
  const { key } = node;
  const count = browser.tree.childrenOf(key)?.length;
  return (
    <div class="panel">
      <h2>{key}</h2>
      <Facts node={node} />
      <p>{childrenWords(count)}</p>
      <div class="actions">
        <button type="button" onClick={onCreate}>
          New key here
        </button>
        {key !== '/' && (
          <DeleteButton
            browser={browser}
            request={deleteRequest(node)}
            what={`${key} and everything below it`}
            onMessage={setMessage}
          />
        )}
        <CopyCurl label="Copy as curl" request={readRequest(key)} session={session} />
      </div>
      <p class="message" role="status">
        {message}
      </p>
    </div>
  );
}
