/** What changes the settings of the cluster; see machine/cluster/clusterSettings.ts. */
import { changeSettings } from '../cluster/clusterSettings';
import type { SettingsCommand } from '../command';
import type { CommandKind } from './kind';

export const SETTINGS: CommandKind<SettingsCommand> = {
  code: 13,
  level: 3,
  speaker: 'client',
  size: () => 0,
  write: (writer, { onlyIfUnset, change: { activeSize, removeDelayMs, syncIntervalMs } }) => {
    writer
      .u8(onlyIfUnset ? 1 : 0)
      .optionalU48(activeSize)
      .optionalU48(removeDelayMs)
      .optionalU48(syncIntervalMs);
  },
  read: (reader) => {
    const onlyIfUnset = reader.u8() === 1;
    const activeSize = reader.optionalU48();
    const removeDelayMs = reader.optionalU48();
    const syncIntervalMs = reader.optionalU48();
    const change = {
      ...(activeSize === undefined ? {} : { activeSize }),
      ...(removeDelayMs === undefined ? {} : { removeDelayMs }),
      ...(syncIntervalMs === undefined ? {} : { syncIntervalMs }),
    };
    return { type: 'settings', onlyIfUnset, change };
  },
  faultOf: () => undefined,
  execute: changeSettings,
};
