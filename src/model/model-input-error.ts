/** What a model sent cannot be used; the message is for the model and says what to send instead. */
export class ModelInputError extends Error {
  override readonly name = "ModelInputError";
}
