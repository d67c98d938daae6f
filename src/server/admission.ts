/** Who says whether a tenant may begin a cell, where many servers share what it may use. */
export interface Admission {
  /**
   * Resolves when one more cell of the tenant may begin here. `running` of the cells counts it already.
   *
   * @throws {ServiceError} ERR_QUOTA.
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE.
   */
  admit(tenant: string): Promise<void>;
  /** Fewer cells of the tenant may run here than before. */
  rests(tenant: string): void;
}
