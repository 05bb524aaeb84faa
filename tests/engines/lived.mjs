// Live societies with the modules of the page, in node or in a browser, and give hashes of the results.

/** `load` imports a module by its name; `digest` is SHA-256 of the platform. Answers one object a society, in order. */
export async function lived(cases, load, tables, bytes, digest) {
  const [{ Engine, Society }, { eventsOf, seen }, { told }, { MEASURES }] =
    await Promise.all(["engine", "events", "story", "measures"].map(load));
  const model = { ...tables, measures: MEASURES }, engine = new Engine(new WebAssembly.Module(bytes), model);
  const hashed = async (content) => Array.from(new Uint8Array(await digest("SHA-256", content)), (each) => each.toString(16).padStart(2, "0")).join("").slice(0, 16);
  const hash = (...arrays) => {
    const whole = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
    let place = 0;
    for (const { buffer, byteOffset, byteLength } of arrays) {
      whole.set(new Uint8Array(buffer, byteOffset, byteLength), place);
      place += byteLength;
    }
    return hashed(whole);
  };
  const answers = [];
  for (const { society: description, changes } of cases) {
    const society = new Society(engine, description), { wiring } = society, events = [];
    for (let month = 0; month < description.months; month++) {
      const change = changes.find((each) => each.month === month);
      if (change) society.follow(change.interventions);
      const before = seen(society);
      society.step();
      events.push(...eventsOf(before, seen(society), society, month));
    }
    const rows = events.map((each) => ["month", "kind", "district", "actor", "service_point", "row", "before", "after", "cause",
      "count"].map((name) => each[name]).join());
    const state = {};
    for (const entity of Object.keys(model.columns)) {
      state[entity] = await Promise.all(["numbers", "counts"].map((kind) => hash(engine.view(`${entity}_${kind}`))));
    }
    answers.push({
      graph: await hash(wiring.edges, wiring.ties, wiring.first, wiring.kin, wiring.neighbours, wiring.servicePoint),
      tallies: await hash(...society.tallies), state,
      measures: await hash(...Object.keys(MEASURES).map((name) => society.series(name))),
      events: await hashed(new TextEncoder().encode(rows.join("\n"))),
      words: events.slice(-40).map((event) => told(event, model.events)),
      some: rows.slice(0, 400),
      reasons: [0, wiring.citizens, wiring.citizens + 1, wiring.agents - 1].map((row) => society.reasons(row)),
    });
  }
  return answers;
}
