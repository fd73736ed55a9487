export { backoffMs } from './backoff.js';
export { changeMessage } from './change-message.js';
export { edgeAccess, type HubAccess } from './hub-access.js';
export { HubClient } from './hub-client.js';
export { HubKeys } from './hub-keys.js';
export { ServedZones } from './served-zones.js';
export { SnapshotStore } from './snapshot-store.js';
export { ZoneFollower } from './zone-follower.js';
export type { ZoneObserver } from './zone-observer.js';
