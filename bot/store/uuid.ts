import { v7 } from 'uuid';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether hostile text may meet a column of uuids. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** An id for rows of which there are many. Later ones sort later, so that their indexes grow at the end and not everywhere. */
export const uuidInOrder = (): string => v7();
