/**
 * Whether a name fits a pattern, in which `*` stands for any characters and `?` for one. It takes time
 * in proportion to the product of both lengths at most, as a regular expression might not.
 */
export function fitsPattern(name: string, pattern: string): boolean {
  let at = 0;
  let nameAt = 0;
  let star = -1;
  let starName = 0;
  while (nameAt < name.length) {
    if (pattern[at] === "*") {
      star = at;
      starName = nameAt;
      at += 1;
    } else if (pattern[at] === "?" || pattern[at] === name[nameAt]) {
      at += 1;
      nameAt += 1;
    } else if (star !== -1) {
      starName += 1;
      nameAt = starName;
      at = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
