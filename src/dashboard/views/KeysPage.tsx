/** Keys: the tree on one side, what is selected on the other. */
import { useState } from 'preact/hooks';
import type { KeyBrowser } from '../io/keyBrowser';
import type { Session } from '../io/session';
import { cleanKey, isHiddenBelow } from '../model/paths';
import { CreateForm } from './CreateForm';
import { DirectoryPanel } from './DirectoryPanel';
import { KeyPanel } from './KeyPanel';
import { TreeView } from './TreeView';
import { nothingShownWords } from './words';

interface Props {
  readonly browser: KeyBrowser;
  readonly session: Session;
}

export function KeysPage({ browser, session }: Props) {
  const [typed, setTyped] = useState('');
  const [isCreating, setIsCreating] = useState(false);
  const prefix = typed.trim() === '' ? '' : `/${typed.trim().replace(/^\/+/, '')}`;
  const { selected } = browser;
  const node = selected === undefined ? undefined : browser.tree.node(selected);
  const hasHidden = browser.roots.some((root) => isHiddenBelow(root, '/'));
  const listed = browser.tree.childrenOf('/');
  const hasKeys = listed === undefined ? undefined : listed.length > 0;
  return (
    <div class={selected === undefined && !isCreating ? 'keys' : 'keys detailed'}>
      <section class="side" aria-label="Browse">
        <form
          class="search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            void browser.openPath(cleanKey(typed));
          }}
        >
          <input
            type="search"
            aria-label="Search keys by prefix; Enter opens a path"
            placeholder="/prefix (Enter opens a path)"
            value={typed}
            autocapitalize="none"
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget: { value } }) => {
              setTyped(value);
              if (value.trim() !== '') void browser.reveal(`/${value.trim().replace(/^\/+/, '')}`);
            }}
          />
          <button type="button" onClick={() => setIsCreating(true)}>
            New key
          </button>
        </form>
        <label class="hidden-keys">
          <input
            type="checkbox"
            checked={hasHidden}
            onChange={({ currentTarget: { checked } }) => void browser.setHidden(checked)}
          />{' '}
          Hidden keys
        </label>
        {browser.notice !== '' && (
          <p class="notice" role="status">
            {browser.notice}
          </p>
        )}
        <TreeView browser={browser} prefix={prefix} />
      </section>
      <section class="detail" aria-label="Selected key">
        {(selected !== undefined || isCreating) && (
          <button
            class="back"
            type="button"
            onClick={() => {
              setIsCreating(false);
              browser.select(undefined);
            }}
          >
            ‹ Back to the tree
          </button>
        )}
        {isCreating ? (
          <CreateForm
            browser={browser}
            directory={node?.isDirectory === false || selected === undefined ? '/' : selected}
            onDone={() => setIsCreating(false)}
          />
        ) : node === undefined ? (
          <p class="empty">{nothingShownWords(selected, hasKeys)}</p>
        ) : node.isDirectory ? (
          <DirectoryPanel
            key={node.key}
            browser={browser}
            session={session}
            node={node}
            onCreate={() => setIsCreating(true)}
          />
        ) : (
          <KeyPanel key={node.key} browser={browser} session={session} node={node} />
        )}
      </section>
    </div>
  );
}
