// The events of a month, found from the state before and after it, as in engagesim.society.events.

const READ = {
  citizen: ["member", "leader"],
  official: ["response", "refilled", "member", "agreement", "promise_due", "demanded", "promised", "kept", "broken",
    "given_up", "called"],
  politician: ["stance", "transition", "mandate", "new_party", "election_in", "member"],
  district: ["manager_shift", "coalition_born", "coalition_ending"],
};

/** A copy of the columns in which events are found. */
export function seen(society) {
  const found = {};
  for (const [entity, names] of Object.entries(READ)) {
    found[entity] = Object.fromEntries(names.map((name) => [name, society.column(entity, name).slice()]));
  }
  return found;
}

/** The events of a month in order: by district, kind and row. Each is `{month, kind, district, …}` in words. */
export function eventsOf(before, after, society, month) {
  const { kinds, causes, recent, endings } = society.model.events, { wiring } = society;
  const { acts } = society.model, found = [], order = new Map(kinds.map(([name], place) => [name, place]));
  const RESPONSE = acts.official, STANCE = acts.politician, rank = (name) => RESPONSE.indexOf(name);
  const ACCOMMODATE = rank("accommodate"), RESIST = rank("resist"), TOKEN = rank("token");
  const first = (cases, otherwise) => (cases.find(([holds]) => holds) ?? [0, otherwise])[1];

  const politician = (kind, p, before_, after_, cause = "") => found.push({
    month, kind, district: p, actor: "politician", service_point: -1, row: wiring.citizens + wiring.officials + p,
    before: STANCE[before_], after: STANCE[after_], cause, count: 1,
  });
  const official = (kind, o, { was = "", is = "", cause = "", count = 1 } = {}) => found.push({
    month, kind, district: Math.floor(o / wiring.staff), service_point: o % wiring.staff, row: wiring.citizens + o,
    actor: kinds[order.get(kind)][1] === "users" ? "users" : o % wiring.staff ? "provider" : "manager",
    before: was, after: is, cause, count,
  });

  const [was, now] = [before.politician, after.politician];
  for (let p = 0; p < wiring.districts; p++) {
    const [stood, stands] = [was.stance[p], now.stance[p]];
    if (now.mandate[p] > 0) {
      politician(now.new_party[p] > 0 ? "voted_out" : "reelected", p, stands, stands,
        was.election_in[p] > 1 ? "upset" : "term_ended");
    }
    if (stood !== stands && month > 0) {
      politician("politician_changed_platform", p, stood, stands,
        first([[was.new_party[p] > 0, "newcomer"], [was.mandate[p] > 0, "new_mandate"]], "between_elections"));
    }
    const [joined, joins] = [was.member[p] > 0, now.member[p] > 0];
    if (joined && !joins) {
      politician("left_coalition", p, stands, stands,
        first([[was.new_party[p] > 0, "newcomer"], [STANCE[stands] !== "sponsor", "platform"]], "support"));
    }
    if (joins && !joined) politician("joined_coalition", p, stands, stands);
    const coalition = (kind, cause) => found.push({
      month, kind, district: p, actor: "coalition", service_point: -1, row: -1, before: "", after: "", cause, count: 1,
    });
    const ending = after.district.coalition_ending[p];
    if (ending > 0) coalition("coalition_ended", endings[ending] in causes ? endings[ending] : "");
    if (after.district.coalition_born[p] > 0) coalition("coalition_born", "");
  }

  const joining = new Int32Array(wiring.officials), leaving = new Int32Array(wiring.officials);
  const user = (kind, i, cause = "") => found.push({
    month, kind, district: wiring.district[i], service_point: wiring.servicePoint[i] % wiring.staff, row: i,
    actor: "citizen", before: "", after: "", cause, count: 1,
  });
  for (let i = 0; i < wiring.citizens; i++) {
    const [belonged, belongs] = [before.citizen.member[i] > 0, after.citizen.member[i] > 0];
    const [led, leads] = [before.citizen.leader[i] > 0, after.citizen.leader[i] > 0];
    if (belongs && !belonged) joining[wiring.servicePoint[i]]++;
    if (belonged && !belongs) leaving[wiring.servicePoint[i]]++;
    if (leads && !led) user("leader_rose", i);
    if (led && !leads) user("leader_stopped", i, belongs ? "" : "left_organisation");
  }

  const [old, is] = [before.official, after.official];
  for (let o = 0; o < wiring.officials; o++) {
    const d = Math.floor(o / wiring.staff), manages = o % wiring.staff === 0;
    if (joining[o]) official("joined_organisation", o, { count: joining[o] });
    if (leaving[o]) official("left_organisation", o, { count: leaving[o] });
    const flag = (name) => is[name][o] > 0;
    const refilled = flag("refilled"), broken = flag("broken");
    const response = refilled ? TOKEN : old.response[o], held = { was: RESPONSE[response], is: RESPONSE[response] };
    const atTheTop = now.transition[d] > recent;
    if (refilled) {
      const patron = STANCE[now.stance[d]] === "patronage" && old.response[o] >= ACCOMMODATE;
      official("official_transferred", o, { cause: first([[patron, "patron"], [atTheTop, "change_at_the_top"]], "turnover") });
      if (old.promise_due[o] > 0) official("promise_lapsed", o, { cause: "transfer" });
    }
    if (flag("kept")) official("promise_kept", o, held);
    if (broken) {
      const why = first([[response === RESIST, "resistance"], [response === TOKEN, "token_response"]], "failure");
      official("promise_broken", o, { ...held, cause: why });
    }
    const agreed = old.agreement[o] > 0, agrees = flag("agreement");
    if (agrees && !agreed) official("agreement_made", o, { ...held, cause: "kept_promise" });
    if (agreed && !agrees) {
      const why = first([[refilled, "transfer"], [broken, "broken_promise"], [response < ACCOMMODATE, "position"]],
        "weak_organisation");
      official("agreement_ended", o, { ...held, cause: why });
    }
    if (flag("demanded")) official("demand", o, { cause: "grievance" });
    if (flag("given_up")) official("demand_given_up", o, { cause: "weariness" });
    if (flag("promised")) official("promise", o, { ...held, cause: flag("demanded") ? "fresh_demand" : "standing_dispute" });
    if (flag("called")) {
      official("dispute_escalated", o,
        { cause: first([[broken, "broken_promise"], [flag("promise_due"), "promise_pending"]], "no_answer") });
    }
    const [worked, works] = [old.response[o], is.response[o]];
    if (worked !== works && month > 0) {
      const superior = manages ? atTheTop : before.district.manager_shift[d] > recent;
      const why = first([[refilled, "newcomer"], [flag("called"), "confrontation"], [broken, "broken_promise"],
        [is.promise_due[o] === 1, "promise_due"], [superior, "superior"]], "own_accord");
      official(manages ? "manager_changed_position" : "provider_changed_position", o,
        { was: RESPONSE[worked], is: RESPONSE[works], cause: why });
    }
    const joined = old.member[o] > 0, joins = is.member[o] > 0, stands = { was: RESPONSE[works], is: RESPONSE[works] };
    if (joined && (refilled || !joins)) {
      const why = first([[refilled, "transfer"], [works < ACCOMMODATE, "position"], [agreed && !agrees, "agreement_ended"]],
        "support");
      official("left_coalition", o, { ...stands, cause: why });
    }
    if (joins && (refilled || !joined)) official("joined_coalition", o, stands);
  }
  return found.sort((one, other) =>
    one.district - other.district || order.get(one.kind) - order.get(other.kind) || one.row - other.row);
}
