/** Deletes after a question. */
import { useRef } from 'preact/hooks';
import type { KeyBrowser } from '../io/keyBrowser';
import { TEST_FAILED, type KeyRequest } from '../model/saving';
import { wordsOf } from './words';

interface Props {
  readonly browser: KeyBrowser;
  readonly request: KeyRequest;
  readonly what: string;
  readonly onMessage: (text: string) => void;
}

export function DeleteButton({ browser, request, what, onMessage }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = useRef(request);
  const remove = async () => {
    dialog.current?.close();
    const answer = await browser.ask(asked.current);
    if (answer.kind === 'ok') {
      browser.tree.takeAbsence(asked.current.key, answer.index);
      browser.select(asked.current.key);
    } else if (answer.kind === 'refused' && answer.refusal.code === TEST_FAILED) {
      onMessage('Not deleted: somebody else changed this key meanwhile.');
      await browser.list(asked.current.key);
    } else onMessage(wordsOf('deleted', answer));
  };
  return (
    <>
      <button
        class="danger"
        type="button"
        onClick={() => {
          // What was seen when the question was asked is what may be deleted.
          asked.current = request;
          dialog.current?.showModal();
        }}
      >
        Delete
      </button>
      <dialog ref={dialog} aria-label="Delete?">
        <p>
          Delete <strong>{what}</strong>?
        </p>
        <div class="actions">
          <button class="danger" type="button" onClick={() => void remove()}>
            Yes, delete
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </dialog>
    </>
  );
}
