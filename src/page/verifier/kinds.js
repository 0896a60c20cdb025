// The kinds of records that this version knows (Appendix A), read from kinds.json. Nothing but that table says what a
// kind's fields, roles, links and further signatures are.

export class Kinds {
  constructor(table) {
    this.versions = new Map();
    for (const kind of table.kinds) {
      const body = new Set(kind.fields.map((field) => field.name));
      this.versions.set(`${kind.name} ${kind.version}`, { ...kind, body });
    }
  }

  // The kind version of an entry; null where it isn't known, or the entry's typ is another one.
  of(entry) {
    return entry.foreign ? null : (this.versions.get(`${entry.kind} ${entry.v}`) ?? null);
  }
}
