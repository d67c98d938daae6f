export interface ListedAttack {
  readonly group: string;
  readonly name: string;
  /** What it tries, in one sentence. */
  readonly what: string;
}

export declare function listAttacks(): readonly ListedAttack[];

/** Runs an attack on this Node and says what was wrong with its end; nothing where all was well. */
export declare function findWrongs(name: string): Promise<readonly string[]>;
