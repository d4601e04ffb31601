import { sanitise } from "../core/text/sanitise.ts";
import type { Explorer } from "./explorer.ts";
import { bindingsIn, labelOf, type Action } from "./keymap.ts";
import { ChoiceOverlay, type Choice } from "./overlay.ts";
import { writeChoices } from "./writing.ts";

/** Moving about is done with the keys themselves. */
const skipped = new Set<Action>(["up", "down", "left", "right", "pageUp", "pageDown", "first", "last", "palette", "interrupt", "back"]);

/**
 * Everything that can be done here, by a fuzzy name: screens, keys (those that can't be used now with their reason), what
 * the screen offers, queries; and, as soon as they are known, every concept, path and user.
 */
export function showPalette(explorer: Explorer): void {
  const known = names.get(explorer);
  const overlay = new ChoiceOverlay("Commands", [...screens(explorer), ...actions(explorer), ...explorer.screen.choices(), ...writeChoices(explorer), ...queries(explorer), ...(known ?? [])], "");
  explorer.show(overlay);
  void learnNames(explorer).then((choices) => {
    if (known !== undefined) return;
    overlay.add(choices);
    explorer.changed();
  });
}

/** Names as they were looked up last: offered at once, so that quick typing never chooses something else instead. */
const names = new WeakMap<Explorer, Choice[]>();

/** Looks up what there is to go to by name. */
export async function learnNames(explorer: Explorer): Promise<Choice[]> {
  const choices = await entities(explorer);
  names.set(explorer, choices);
  return choices;
}

function screens(explorer: Explorer): Choice[] {
  return explorer.tabs.map((tab, index) => ({
    label: tab.title,
    note: `screen  ${index + 1}`,
    boost: (query) => (query !== "" && tab.title.toLowerCase().startsWith(query.toLowerCase()) ? 1_000 : 0),
    choose: () => explorer.openTab(tab.id),
  }));
}

function actions(explorer: Explorer): Choice[] {
  return bindingsIn([...explorer.screen.scopes(), "global"])
    .filter(({ action }) => !skipped.has(action) && !action.startsWith("screen"))
    .map(({ action, description, label }) => {
      const reason = explorer.reason(action);
      return {
        label: description.charAt(0).toUpperCase() + description.slice(1),
        note: labelOf({ label }, explorer.theme.ascii),
        ...(reason === undefined ? {} : { disabled: reason }),
        choose: () => explorer.perform(action),
      };
    });
}

function queries(explorer: Explorer): Choice[] {
  const all = explorer.session?.catalogue.queries ?? [];
  return all.filter(({ listed }) => listed).map(({ id, title }) => ({ label: `Query ${sanitise(id)}`, note: sanitise(title), choose: () => explorer.openQuery(id) }));
}

async function entities(explorer: Explorer): Promise<Choice[]> {
  const { session, backend } = explorer;
  if (session === undefined || backend === undefined) return [];
  // A name that can't be looked up now is merely not offered.
  const [concepts, paths, users] = await Promise.all([
    backend.conceptNames(session).catch(() => []),
    backend.listPaths(session, {}, { partial: true }).then((list) => list.paths).catch(() => []),
    backend.listUsers(session, { partial: true }).then(({ rows }) => rows).catch(() => []),
  ]);
  return [
    ...concepts.map((name): Choice => ({ label: sanitise(name), note: "concept", choose: () => explorer.openConcept(name) })),
    ...paths.map(({ path }): Choice => ({ label: sanitise(path), note: "path", choose: () => explorer.openPath(path) })),
    ...users.map(({ username }): Choice => ({ label: sanitise(username), note: "user", choose: () => explorer.setUser(username) })),
  ];
}
