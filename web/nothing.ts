// In the place of a module that is imported for what it does.
export {};
