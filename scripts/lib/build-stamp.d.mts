export class BuildStamp {
  constructor(root: string);
  get isCurrent(): boolean;
  write(): void;
}
