const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether hostile text may meet a column of uuids. */
export const isUuid = (text: string): boolean => UUID.test(text);
