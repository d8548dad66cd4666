// Where somebody was in this tab when their session ended, to come back to.
let place: string | undefined;

export function noteLeftPlace(href: string | undefined): void {
  place = href;
}

export function leftPlace(): string | undefined {
  return place;
}
