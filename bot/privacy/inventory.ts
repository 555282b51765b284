// What Rapport holds about people: every table and every column of the database. Retention, erasure and `what is held about me` work from
// this list; docs/privacy.md shows it; a test fails for a column that it does not name. A new table needs one entry here.

/** What a column holds. */
export const HOLDS = {
  plain: 'ids, kinds, states, numbers and times of things',
  contact: 'the id of a person of the charter, which says nothing once the person is erased',
  account: 'an account at Microsoft: tenant, object id, or the name by which Teams knows it in our chats',
  address: 'a mail address, or a list of them',
  people: 'mail addresses with names',
  name: "a person's name",
  words: 'what a person wrote',
  facts: 'details as JSON: ids and times, addresses where the kind of thing has any',
  pointer: 'an opaque id or link of Microsoft for a mail, a folder, a meeting or a chat',
  hash: 'a hash: equal for what is equal, not to be read back',
} as const;
export type Holds = keyof typeof HOLDS;

/** How long, and what empties it. Days are those of the settings RETAIN_WORDS_DAYS (90) and RETAIN_TIMES_DAYS (400). */
export const KEEPS = {
  noPerson: { howLong: 'as long as Rapport runs: nothing about a person', by: 'nothing' },
  listed: { howLong: 'as long as the charter lists the person', by: 'the charter file, `npm run erase`' },
  known: {
    howLong: 'as long as the charter lists the person, and 400 days longer; after that an id and a key in the place of the name',
    by: 'the daily emptying, `npm run erase`',
  },
  bound: {
    howLong: 'until it is taken back, or 400 days after the charter listed the person last',
    by: 'an owner, the directory, the daily emptying, `npm run erase`',
  },
  agreed: {
    howLong: 'as long as the partnership is in Rapport: it is what both sides agreed',
    by: '`npm run erase` takes a person out of it',
  },
  mail: { howLong: '90 days after the conversation came to rest', by: 'the daily emptying, `npm run erase`' },
  settled: {
    howLong: 'addresses and words 90 days after it ended; times, kinds and outcomes 400 days',
    by: 'the daily emptying, `npm run erase`',
  },
  history: {
    howLong: 'as long as what it tells of; where that does not end, 400 days; what was agreed, as long as the partnership',
    by: 'the daily emptying, `npm run erase`',
  },
  remark: { howLong: '90 days after what it was said about ended', by: 'the daily emptying, `npm run erase`' },
  meeting: { howLong: '90 days after the meeting', by: 'the daily emptying, `npm run erase`' },
  mailbox: {
    howLong: 'as long as the mailbox is read, and 90 days longer; after that a row without address and account, which copies of mail name',
    by: 'the daily emptying, `npm run erase`',
  },
  reading: { howLong: 'as long as the mailbox is read', by: 'the charter or MAILBOXES, `npm run erase`' },
  folders: { howLong: 'as long as the mailbox is read, and 90 days longer', by: 'the daily emptying, `npm run erase`' },
  pattern: { howLong: '400 days after it was said', by: 'the daily emptying, `npm run erase`' },
  chat: {
    howLong:
      'as long as the bot is there and, in a chat, the person known; that somebody took the bot away, as long as the person is known; after that a row without names, which cards name',
    by: 'unbinding, the daily emptying, `npm run erase`',
  },
  roster: { howLong: 'as long as the person is in the channel; read anew each day', by: 'reading the channel, `npm run erase`' },
  days: { howLong: '3 days', by: 'the daily clearing, `npm run erase`' },
  done: { howLong: 'until it was done', by: 'being done' },
  card: { howLong: 'as long as what the card is about; else 400 days', by: 'the daily emptying' },
  suppressed: { howLong: 'until the address is listed anew', by: 'listing anew in a charter' },
} as const;
export type Keep = keyof typeof KEEPS;

/** Whose data a row is. */
export type Whose = 'nobody' | 'people of both sides' | 'people on the mail' | 'people of the client' | 'members of the channel';

export interface Entry {
  /** What a row is, as people would say it. */
  readonly row: string;
  readonly whose: Whose;
  /** What it is needed for. */
  readonly why: string;
  /** Where it comes from. */
  readonly from: string;
  readonly keep: Keep;
  readonly columns: Readonly<Partial<Record<Holds, string>>>;
  /** The contact who wrote its words. */
  readonly by?: string;
  /** A thing between both sides with words of its own: the kind of its subject, and when it ended (null while it goes on). */
  readonly matter?: {
    readonly subject: string;
    readonly ended: string;
    /** Of a part of such a thing: the table of the thing, and the column that names it. */
    readonly of?: { readonly table: string; readonly column: string };
  };
  /** A page of what is held shows each of them; false for what says nothing more than another table. */
  readonly shown?: false;
}

const CHARTER = 'the charter file, which an owner writes';
const PRESS = 'what people press and write in Teams and the tab';
const MAIL = 'headers of mail in mailboxes of the client that are read';
const TEAMS = 'Microsoft Teams';
const RULES = 'worked out by Rapport';
const OWN = 'Rapport itself';

const nobody = (row: string, columns: string): Entry => ({
  row,
  whose: 'nobody',
  why: 'so that Rapport runs',
  from: OWN,
  keep: 'noPerson',
  columns: { plain: columns },
  shown: false,
});
/** Something that was asked between both sides, with the columns that all of them have. */
const matter = (subject: string, row: string, words: string, plain: string): Entry => ({
  row,
  whose: 'people of both sides',
  why: 'so that both sides see what was asked, who holds it and what came of it',
  from: PRESS,
  keep: 'settled',
  by: 'by_contact_id',
  matter: { subject, ended: 'ended_at' },
  columns: {
    plain: `id partnership_id charter_version asking_side state ending opened_at ended_at revision ${plain}`,
    contact: 'by_contact_id',
    words,
    facts: 'facts',
  },
});

export const INVENTORY: Readonly<Record<string, Entry>> = {
  product_clock: nobody('the product clock', 'only_row offset_ms started'),
  migration: nobody('a migration that was applied', 'name hash'),
  reaction: nobody('which part reacts to which event', 'event_kind capability'),
  graph_tenant: nobody('what the tenant lets be read', 'only_row headers_readable scope'),
  teams_pace: nobody('when the app may send to Teams again', 'only_row full_at'),
  deadline: nobody('what has to be looked at, and when', 'kind subject_kind subject_id at lease_until failures parked_at last_error'),
  alert_spent: { ...nobody('a place in the day’s budget of cards', 'partnership_id on_date subject_key'), keep: 'card' },

  partnership: nobody('a partnership of the client with a provider', 'id slug name paused_at created_at'),
  charter_version: {
    row: 'a version of what both sides agreed: roles and addresses of the people, calendars, times, ladders',
    whose: 'people of both sides',
    why: 'it says whose mail is read, who is asked, and by when an answer is expected',
    from: CHARTER,
    keep: 'agreed',
    columns: { plain: 'partnership_id version effective_at loaded_at', hash: 'source_hash', facts: 'data' },
  },
  charter_acknowledgement: {
    row: 'that somebody agreed to a version for his side',
    whose: 'people of both sides',
    why: 'nothing is said before both sides agreed',
    from: PRESS,
    keep: 'agreed',
    columns: { plain: 'partnership_id version side at', contact: 'contact_id' },
  },
  calendar_edit: {
    row: 'a correction of a calendar',
    whose: 'people of both sides',
    why: 'working time is counted by it',
    from: PRESS,
    keep: 'agreed',
    by: 'by_contact_id',
    columns: { plain: 'id partnership_id calendar_key kind on_date intervals at undone_at', contact: 'by_contact_id', words: 'reason' },
  },
  contact: {
    row: 'a person of a side: name, side, whether he answers for it',
    whose: 'people of both sides',
    why: 'to know who is asked, who may press, and who reads what',
    from: CHARTER,
    keep: 'known',
    columns: { plain: 'partnership_id side active owner executive left_at erased_at', contact: 'id', name: 'name key' },
  },
  contact_address: {
    row: 'a mail address of a person',
    whose: 'people of both sides',
    why: 'mail is recognised by it',
    from: CHARTER,
    keep: 'listed',
    columns: { plain: 'partnership_id', address: 'address', contact: 'contact_id' },
  },
  identity: {
    row: 'whose account is whose, said by whom and since when',
    whose: 'people of both sides',
    why: 'a press counts only for an account that is known',
    from: 'the directory of the client, or an owner who said so',
    keep: 'bound',
    columns: { plain: 'bound_at own_brief_since', contact: 'contact_id bound_by', account: 'tenant_id object_id conversation_user_id' },
  },
  erased: {
    row: 'that an address or account was erased, as a hash',
    whose: 'people of both sides',
    why: 'so that it is not stored again when mail comes',
    from: OWN,
    keep: 'suppressed',
    columns: { plain: 'mark at', hash: 'hash' },
    shown: false,
  },

  journal: {
    row: 'who did what, when, through what',
    whose: 'people of both sides',
    why: 'the history that both sides read, and what can be taken back',
    from: PRESS,
    keep: 'history',
    columns: {
      plain: 'id subject_kind subject_id seq kind partnership_id at by_side through transaction_id',
      contact: 'by_contact_id',
      facts: 'data',
    },
  },
  remark: {
    row: 'what somebody wrote with a press',
    whose: 'people of both sides',
    why: 'the other side reads what was meant',
    from: PRESS,
    keep: 'remark',
    columns: { plain: 'journal_id', words: 'text' },
  },

  thread: {
    ...nobody('a conversation of mail', 'id first_at merged_into left_out emptied_until'),
    keep: 'settled',
  },
  thread_tie: {
    ...nobody('what ties a mail to its conversation', 'thread_id left_out'),
    why: 'so that a reply finds its conversation, and emptied mail does not come in again',
    from: MAIL,
    keep: 'settled',
    columns: { plain: 'thread_id left_out', pointer: 'tie' },
  },
  thread_partnership: {
    row: 'which partnership a conversation is about, and its first subject',
    whose: 'people on the mail',
    why: 'conversations with one subject are judged together',
    from: MAIL,
    keep: 'mail',
    columns: { plain: 'thread_id partnership_id', words: 'bare_subject' },
    shown: false,
  },
  message: {
    row: 'a mail: from whom to whom, when, its subject; never its body',
    whose: 'people on the mail',
    why: 'who waits for whom is read from it',
    from: MAIL,
    keep: 'mail',
    columns: {
      plain: 'thread_id at kind prefix is_reply importance kind_rank content_rank',
      pointer: 'key',
      address: 'from_address',
      name: 'from_name',
      people: 'to_addresses cc_addresses',
      words: 'subject bare_subject',
    },
  },
  message_to: {
    row: 'whom a mail was written to, from when both sides agreed',
    whose: 'people on the mail',
    why: 'to find an answer in another conversation',
    from: MAIL,
    keep: 'mail',
    columns: { plain: 'at', pointer: 'message_key', address: 'address' },
    shown: false,
  },
  message_copy: {
    row: 'a copy of a mail in a mailbox that is read, with its flag and categories',
    whose: 'people of the client',
    why: 'to know when it arrived, and to open it for whom it belongs to',
    from: MAIL,
    keep: 'mail',
    columns: {
      plain: 'mailbox_id received_at sent_at sent_copy flag flag_due_at removed_at round',
      pointer: 'graph_id message_key folder_id conversation_id web_link',
      words: 'categories',
    },
  },
  mailbox: {
    row: 'a mailbox that is read',
    whose: 'people of the client',
    why: 'mail between both sides is found there',
    from: 'the charter, and the directory of the client',
    keep: 'mailbox',
    columns: {
      plain: 'id state state_at wait_until first_read_at last_read_at listing_due calendar_due calendar_until calendar_round reader',
      account: 'user_id',
      address: 'address addresses',
      pointer: 'calendar_link',
      hash: 'gate_hash',
    },
  },
  mailbox_partnership: {
    row: 'for whom a mailbox is read',
    whose: 'people of the client',
    why: 'no mailbox is read without a reason',
    from: CHARTER,
    keep: 'reading',
    columns: { plain: 'mailbox_id partnership_id', contact: 'contact_id' },
    shown: false,
  },
  mail_folder: {
    row: 'how far a folder was read',
    whose: 'people of the client',
    why: 'so that each mail is read once',
    from: MAIL,
    keep: 'folders',
    columns: { plain: 'mailbox_id role round complete due read_at gone_at items', pointer: 'folder_id delta_link next_link' },
    shown: false,
  },
  mail_wanted: {
    row: 'a mail that has to be read again',
    whose: 'people of the client',
    why: 'because it belongs to what was seen after it',
    from: MAIL,
    keep: 'done',
    columns: { plain: 'mailbox_id kind tries', pointer: 'value' },
    shown: false,
  },
  graph_subscription: {
    row: 'a wake-up of Graph for a mailbox',
    whose: 'people of the client',
    why: 'so that mail is seen soon',
    from: 'Microsoft Graph',
    keep: 'folders',
    columns: { plain: 'mailbox_id expires_at', pointer: 'id', hash: 'client_state_hash' },
    shown: false,
  },
  graph_wake: {
    row: 'a mailbox in which something has just happened',
    whose: 'people of the client',
    why: 'so that it is read',
    from: 'Microsoft Graph',
    keep: 'done',
    columns: { plain: 'id mailbox_id' },
    shown: false,
  },
  calendar_event: {
    row: 'a meeting: when, who was asked, its subject',
    whose: 'people on the mail',
    why: 'an invitation may be an answer; reviews are matched with it',
    from: 'calendars of the client that are read',
    keep: 'meeting',
    columns: {
      plain: 'mailbox_id kind start_at end_at cancelled seen_round',
      pointer: 'graph_id ical_uid series_master_id',
      words: 'subject',
      address: 'organizer',
      people: 'attendees',
      facts: 'data',
    },
  },

  obligation: {
    row: 'that one side waits for the other, until when, and how it ended',
    whose: 'people on the mail',
    why: 'it is what Rapport is for',
    from: RULES,
    keep: 'settled',
    matter: { subject: 'obligation', ended: 'settled_at' },
    columns: {
      plain:
        'id partnership_id thread_id debtor opened_at charter_version priority verdict why state calendar_key agreed_at due_at warn_at alert_at first_seen_at lapse_at past_due_at settled_at worked_seconds counted ending turns merged_into revision changed_at emptied_at',
      pointer: 'opening_key',
      address: 'asker_address asked_addresses',
      facts: 'facts',
    },
  },
  question: {
    row: 'a private question to one person about a wait',
    whose: 'people of both sides',
    why: 'to ask once, and not too often',
    from: RULES,
    keep: 'remark',
    columns: { plain: 'id obligation_id kind asked_at answered_at', contact: 'contact_id' },
  },
  learned_pattern: {
    row: 'mail that never expects an answer, by sender and subject',
    whose: 'people on the mail',
    why: 'somebody said so',
    from: PRESS,
    keep: 'pattern',
    columns: { plain: 'press_id partnership_id', address: 'from_address', words: 'bare_subject' },
  },
  escalation: matter('escalation', 'help that was asked for', 'what why wanted done_when evidence', 'critical obligation_id'),
  approval: matter('approval', 'a decision that was asked for', 'what why done_when evidence', 'kind scope due_at'),
  review: {
    row: 'a date of a review as the calendars have it, and how far it is; while it has no date, with `FREE_BUSY=true`, when those who are needed are taken, of all in one',
    whose: 'people of both sides',
    why: 'its agenda is prepared for it, and what came of it is kept',
    from: 'calendars of the client that are read',
    keep: 'settled',
    matter: { subject: 'review', ended: 'ended_at' },
    columns: {
      plain: 'id partnership_id name key state start_at end_at first_at ended_at revision',
      pointer: 'join_url',
      facts: 'facts',
    },
  },
  review_item: {
    row: 'an item of the agenda of a review, and what became of it',
    whose: 'people of both sides',
    why: 'both sides see what is to be spoken of, and what was decided',
    from: 'what is open between both sides, and what people add',
    keep: 'settled',
    by: 'by_contact_id',
    matter: { subject: 'review', ended: 'ended_at', of: { table: 'review', column: 'review_id' } },
    columns: {
      plain: 'id review_id partnership_id subject_kind subject_id section side wish weight position carried state note_id',
      contact: 'contact_id by_contact_id',
      words: 'text',
    },
  },

  rhythm_date: {
    row: 'a date of an agreed update: when it is expected, when it was given, and what was written with it',
    whose: 'people of both sides',
    why: 'so that both sides see where work stands without asking',
    from: PRESS,
    keep: 'settled',
    by: 'by_contact_id',
    matter: { subject: 'rhythm', ended: 'ended_at' },
    columns: {
      plain:
        'id partnership_id charter_version side title mail slot_on opens_at due_at ends_at state ending given_at past_due_at ended_at next_id revision',
      contact: 'by_contact_id',
      words: 'done next blocked',
      facts: 'facts',
    },
  },
  action_item: {
    row: 'what was agreed to be done, by whom and until when',
    whose: 'people of both sides',
    why: 'so that nothing that was agreed is lost',
    from: PRESS,
    keep: 'settled',
    by: 'by_contact_id',
    matter: { subject: 'actionItem', ended: 'ended_at' },
    columns: {
      plain:
        'id partnership_id charter_version by_side side source_kind source_id state ending agreed_at due_at past_due_at opened_at ended_at revision',
      contact: 'by_contact_id holder_contact_id',
      words: 'what done_when',
      facts: 'facts',
    },
  },

  conversation: {
    row: 'a channel or a chat in which the bot is',
    whose: 'people of both sides',
    why: 'to post and to keep true what was posted',
    from: TEAMS,
    keep: 'chat',
    columns: {
      plain:
        'id kind partnership_id service_url team_id bot_id installed_at audience_confirmed_at tombstoned_at tombstone_reason pace_short_at pace_long_at wait_until',
      contact: 'contact_id audience_confirmed_by',
      account: 'tenant_id user_id',
      pointer: 'conversation_id',
      hash: 'audience_hash',
    },
  },
  post: {
    ...nobody('a card in a conversation; its content stands in Teams, not here', ''),
    why: 'one card for one thing, kept true',
    from: OWN,
    keep: 'card',
    columns: {
      plain:
        'id conversation_id subject_kind subject_id state attempt possible_double intended_at posted_at dead_at lease_until alert_weight dead_reason',
      pointer: 'activity_id',
      hash: 'content_hash',
    },
  },
  telling: {
    row: 'that a person was told once of something, by a mention or in the activity feed',
    whose: 'people of both sides',
    why: 'nobody is told twice',
    from: OWN,
    keep: 'card',
    columns: {
      plain: 'subject_kind subject_id way began_at said_at lease_until conversation_id',
      contact: 'contact_id',
      pointer: 'activity_id',
    },
  },
  channel_member: {
    row: 'who is in a channel',
    whose: 'members of the channel',
    why: 'an owner sees who will read what is posted, and says who is who',
    from: TEAMS,
    keep: 'roster',
    columns: { plain: 'conversation_id seen_at', account: 'user_id tenant_id object_id', name: 'name', address: 'address' },
  },
  activity_seen: {
    row: 'the answer to a press, in case Teams delivers it twice',
    whose: 'people of both sides',
    why: 'a press counts once',
    from: PRESS,
    keep: 'days',
    columns: { plain: 'seen_at', pointer: 'activity_key', facts: 'answer' },
    shown: false,
  },

  'graphile_worker._private_jobs': {
    ...nobody('work towards Graph and Teams that is to be done', ''),
    why: 'so that nothing is lost when an instance ends',
    keep: 'done',
    columns: {
      plain:
        'id job_queue_id task_id priority run_at attempts max_attempts last_error created_at updated_at key locked_at locked_by revision flags is_available',
      facts: 'payload',
    },
  },
  'graphile_worker.jobs': nobody(
    'a view of the same',
    'id queue_name task_identifier priority run_at attempts max_attempts last_error created_at updated_at key locked_at locked_by revision flags',
  ),
  'graphile_worker._private_job_queues': nobody('a queue of work', 'id queue_name locked_at locked_by is_available'),
  'graphile_worker._private_known_crontabs': nobody('a repeated piece of work', 'identifier known_since last_execution'),
  'graphile_worker._private_tasks': nobody('a kind of work', 'id identifier'),
  'graphile_worker.migrations': nobody('a migration of the worker', 'id ts breaking'),
};

export interface Column {
  /** As SQL writes it. */
  readonly table: string;
  readonly column: string;
  readonly holds: Holds;
}

/** Every column, in the order of the list; of some kinds alone where they are named. */
export const columnsOf = (...kinds: readonly Holds[]): Column[] =>
  Object.entries(INVENTORY).flatMap(([table, { columns }]) =>
    (Object.entries(columns) as [Holds, string][])
      .filter(([holds]) => kinds.length === 0 || kinds.includes(holds))
      .flatMap(([holds, names]) =>
        names
          .split(' ')
          .filter(Boolean)
          .map((column) => ({ table, column, holds })),
      ),
  );

export interface MatterTable {
  readonly table: string;
  readonly subject: string;
  readonly ended: string;
  readonly words: readonly string[];
  readonly by: string | undefined;
  /** Of a part: the thing that it belongs to, which says when it ended. */
  readonly of?: { readonly table: string; readonly column: string };
}

/** Things between both sides with an end and words of their own, and their parts. */
export const matters = (): MatterTable[] =>
  Object.entries(INVENTORY).flatMap(([table, { matter: found, columns, by }]) =>
    found ? [{ table, ...found, words: (columns.words ?? '').split(' ').filter(Boolean), by }] : [],
  );
