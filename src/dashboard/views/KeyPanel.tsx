/** One key: its value, to be changed only from the state that the operator has seen. */
import { useEffect, useState } from 'preact/hooks';
import type { KeyBrowser } from '../io/keyBrowser';
import type { Session } from '../io/session';
import { listingOf, type KeyNode } from '../model/answers';
import {
  afterSave,
  deleteRequest,
  draftOf,
  fieldText,
  isEdited,
  isTypable,
  readRequest,
  saveRequest,
  TEST_FAILED,
  typed,
  type Draft,
} from '../model/saving';
import { Facts } from './Facts';
import { CopyCurl } from './CopyCurl';
import { DeleteButton } from './DeleteButton';
import { TtlField } from './TtlField';
import { MIXED_LINE_ENDS, wordsOf } from './words';

interface Props {
  readonly browser: KeyBrowser;
  readonly session: Session;
  readonly node: KeyNode;
}

export function KeyPanel({ browser, session, node }: Props) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(node));
  const [message, setMessage] = useState('');
  const [isSaving, setIsSaving] = useState(false);
  const canType = isTypable(draft.base.value);
  const isOutdated = node.modifiedIndex !== draft.base.modifiedIndex;

  // Who has changed nothing sees what is there; who has keeps the edit, and is told.
  useEffect(() => {
    if (isOutdated && !isEdited(draft) && !isSaving) setDraft(draftOf(node));
  }, [node.modifiedIndex]);

  const save = async () => {
    setIsSaving(true);
    const answer = await browser.ask(saveRequest(draft, Date.now()));
    if (answer.kind === 'ok') {
      setMessage('Saved.');
      const stored = listingOf(answer.body, Date.now())?.node ?? node;
      setDraft((since) => afterSave(since, draft, stored));
      await browser.list(node.key);
      const now = browser.tree.node(node.key);
      // Who typed meanwhile keeps that; a change by somebody else since the save shows as a conflict.
      if (now !== undefined) setDraft((since) => (isEdited(since) ? since : draftOf(now)));
    } else {
      if (answer.kind === 'refused' && answer.refusal.code === TEST_FAILED) {
        setMessage('Not saved: somebody else changed this key meanwhile.');
        await browser.list(node.key);
      } else setMessage(wordsOf('saved', answer));
    }
    setIsSaving(false);
  };

  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2>{node.key}</h2>
      <Facts node={node} />
      {isOutdated && isEdited(draft) && (
        <Conflict
          node={node}
          onTake={() => {
            setDraft(draftOf(node));
            setMessage('');
          }}
          onKeep={() => {
            setDraft({ ...draft, base: node });
            setMessage('Saving now replaces the value that is shown above.');
          }}
        />
      )}
      <label>
        Value
        <textarea
          rows={10}
          spellcheck={false}
          readOnly={!canType}
          value={fieldText(draft.value)}
          onInput={({ currentTarget: { value } }) => setDraft(typed(draft, value))}
        />
      </label>
      {!canType && <p>{MIXED_LINE_ENDS}</p>}
      <TtlField base={draft.base} ttl={draft.ttl} onChange={(ttl) => setDraft({ ...draft, ttl })} />
      <div class="actions">
        <button class="primary" type="submit" disabled={!isEdited(draft) || isSaving}>
          Save
        </button>
        <DeleteButton browser={browser} request={deleteRequest(node)} what={node.key} onMessage={setMessage} />
        <CopyCurl label="Copy as curl" request={readRequest(node.key)} session={session} />
        <CopyCurl label="Copy save as curl" request={saveRequest(draft, Date.now())} session={session} />
      </div>
      <p class="message" role="status">
        {message}
      </p>
    </form>
  );
}

interface ConflictProps {
  readonly node: KeyNode;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

function Conflict({ node, onTake, onKeep }: ConflictProps) {
  return (
    <div class="conflict" role="alert">
      <p>This key was changed while you edited it. It is now:</p>
      <pre tabIndex={0} aria-label="The value now">
        {node.value}
      </pre>
      <button type="button" onClick={onTake}>
        Drop my edit
      </button>
      <button type="button" onClick={onKeep}>
        Keep my edit, and replace this value
      </button>
    </div>
  );
}
