/** True when the whole text fits a pattern of `*` (any text) and `?` (one character). Never goes back beyond the last `*`. */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let place = 0;
  // Where the last star stands, and how much it has taken.
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const wanted = pattern.charAt(place);
    if (wanted === "*") {
      star = place++;
      taken = at;
    } else if (place < pattern.length && (wanted === "?" || wanted === text.charAt(at))) {
      at++;
      place++;
    } else if (star !== -1) {
      place = star + 1;
      at = ++taken;
    } else return false;
  }
  while (pattern.charAt(place) === "*") place++;
  return place === pattern.length;
}
