// What citizens do in a month, for one society in plain scalar C++: belong, lead, stand by, choose, meet, date, remember,
// meet contacts, judge, learn, adapt, see the neighbours. The same rules, terms and draws as engagesim's; officials and
// politicians stand still while the clock runs. citizens.py hands over a society, and a test compares phase by phase.
#include <algorithm>
#include <cstdint>

using std::max;
using std::min;

enum { ABSTAIN, COLLABORATE, CONFRONT, CLIENT };
enum { PATRONAGE, ARMS_LENGTH, SPONSOR };
enum { RESIST, TOKEN, ACCOMMODATE, COCREATE };
enum { CITIZEN_CHOICE = 0, CITIZEN_ENCOUNTER = 1, CONTACT = 7, BELONGING = 9 };

// Names stand once: they make the structures below, and names() tells them to Python, which fills them in this order.
#define NUMBERS(X) X(education) X(vulnerability) X(access_rank) X(threshold) X(aspiration) X(efficacy_collaborate) \
    X(efficacy_confront) X(trust) X(reliance) X(habit) X(outcome)
#define COUNTS(X) X(asked) X(strategy) X(engaged_neighbours) X(client_neighbours) X(member_neighbours) X(member) \
    X(leader) X(belonging) X(last_engagement) X(last_confrontation) X(first_engagement) X(first_success) \
    X(engaged_again) X(funnel) X(peers) X(broker) X(other) X(met)
#define POST(X) X(called) X(leading) X(dispute) X(promise_due) X(agreement) X(joint_success) X(chance_collaborate) \
    X(chance_confront) X(disposition) X(response) X(reliability) X(kept) X(broken)
#define POST_SUMS(X) X(members_now) X(leading_now) X(aggrieved_now) X(trusting_now)
#define HOME(X) X(quality) X(responsive) X(cover) X(stance)
#define HOME_SUMS(X) X(support) X(voices)
// Settings in force; they differ between districts and months in a simulation, and so are no constants here either.
#define SETTINGS(X) \
    X(citizens, access_floor) X(citizens, ambition) X(citizens, anger) X(citizens, appetite) \
    X(citizens, approval_floor) X(citizens, disappointment) \
    X(citizens, approval_trust) X(citizens, aspiration_rate) X(citizens, backlash) X(citizens, barrier) \
    X(citizens, benefit_floor) X(citizens, benefit_slope) X(citizens, compared) X(citizens, conciliation) \
    X(citizens, confront_cost) X(citizens, demands) X(citizens, dependence) X(citizens, disadvantage) \
    X(citizens, favour_value) X(citizens, habit_fading) X(citizens, habit_rate) X(citizens, hearsay) \
    X(citizens, ict_saving) X(citizens, learning) X(citizens, leverage_floor) X(citizens, loyalty) \
    X(citizens, need_floor) X(citizens, outsiders) X(citizens, reach_floor) X(citizens, recall) \
    X(citizens, recruitment) X(citizens, recruitment_floor) X(citizens, self_blame) X(citizens, sensitivity) \
    X(citizens, shaken) X(citizens, solidarity) X(citizens, spontaneity) X(citizens, stake) X(citizens, stigma) \
    X(citizens, stigma_floor) X(citizens, stigma_relief) X(citizens, time_price) X(citizens, tolerated) \
    X(citizens, trust_fairness) X(citizens, trust_in_view) X(citizens, trust_quality) X(citizens, trust_rate) \
    X(citizens, trust_weight) X(citizens, trust_word) X(citizens, uncalled) X(citizens, usual_trust) \
    X(citizens, vicarious) X(conditions, connected) X(conditions, education) X(conditions, expectations) \
    X(conditions, organising) X(conditions, vulnerability) X(coalitions, strength) X(engagement, capture) \
    X(engagement, collectiveness) X(engagement, inclusiveness) X(engagement, influence) X(engagement, opened) \
    X(engagement, outreach) X(engagement, teeth) X(engagement, time_cost) X(incentives, credit) \
    X(incentives, patronage) X(incentives, repression) X(politicians, brokers_weight) X(services, capture_guard) \
    X(services, delivery) X(accountability, social) X(organisations, calling) X(organisations, co_optation) \
    X(organisations, company) X(organisations, consider) X(organisations, cost) X(organisations, forum) \
    X(organisations, hope) X(organisations, idleness) X(organisations, invitation) X(organisations, leaving_share) \
    X(organisations, led) X(organisations, moving) X(organisations, need) X(organisations, reconsider) \
    X(organisations, recruiting) X(organisations, rising) X(organisations, strain) X(organisations, tiring)

#define DOUBLE(name) double name;
#define NUMBER_COLUMN(name) double* name;
#define COUNT_COLUMN(name) int32_t* name;
#define SETTING(group, name) double group##_##name;
#define SAID(name) #name " "
#define SAID_OF(group, name) #group "." #name " "

struct Settings { SETTINGS(SETTING) };
struct Home { HOME(DOUBLE) HOME_SUMS(DOUBLE) Settings s; };
struct Post { POST(DOUBLE) POST_SUMS(DOUBLE) };
struct Citizens { NUMBERS(NUMBER_COLUMN) COUNTS(COUNT_COLUMN) };
struct Society {
    int32_t citizens, districts, officials;
    uint32_t seed, wiring;
    const int32_t *first, *kin, *neighbours, *where, *served;
    const Citizens* columns;
    Home* homes;
    Post* posts;
};

static inline double clip(double x) { return min(1.0, max(0.0, x)); }
static inline double toward(double belief, double outcome, double rate) { return belief + rate * (outcome - belief); }

static inline double exponential(double exponent) {
    double x = min(300.0, max(-300.0, exponent)) * 0.00048828125;
    double p = 1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720 + x / 5040))))));
    for (int k = 0; k < 11; ++k) p *= p;
    return p;
}

static inline void draw(uint32_t seed, uint32_t month, uint32_t agent, uint32_t purpose, double& one, double& other) {
    uint32_t a = agent, b = month * 64 + purpose, key = seed;
    for (int round = 0; round < 10; ++round) {
        uint64_t product = uint64_t(a) * 0xD256D193u;
        a = uint32_t(product >> 32) ^ key ^ b;
        b = uint32_t(product);
        key += 0x9E3779B9u;
    }
    one = (a + 0.5) / 4294967296.0;
    other = (b + 0.5) / 4294967296.0;
}

static inline double power(double base, int count) {
    double result = 1;
    for (int n = min(31, count); n; n >>= 1, base *= base)
        if (n & 1) result *= base;
    return result;
}

static inline bool engages(const Citizens& c, int i) { return c.strategy[i] == COLLABORATE || c.strategy[i] == CONFRONT; }

static inline double vulnerability(const Citizens& c, int i, const Settings& s) {
    return clip(c.vulnerability[i] + s.conditions_vulnerability);
}

static inline double received(const Citizens& c, int i, const Home& h) {
    double reach = h.responsive * h.s.engagement_inclusiveness * (1 - h.s.engagement_capture);
    return h.quality * (1 - h.s.citizens_disadvantage * vulnerability(c, i, h.s) * (1 - reach));
}

static inline double grievance(const Citizens& c, int i, const Home& h) {
    return max(0.0, c.aspiration[i] - received(c, i, h));
}

static void belong(const Citizens& c, int i, const Home& h, const Post& p, double noise) {
    const Settings& s = h.s;
    double chance = s.organisations_reconsider;
    if (!c.member[i]) {
        double called = s.organisations_calling * min(1.0, p.leading);
        double forum = s.organisations_forum * s.engagement_outreach * s.engagement_collectiveness;
        double asked = s.organisations_recruiting * s.accountability_social;
        double unasked = (1 - s.organisations_consider) * (1 - called) * (1 - forum);
        chance = 1 - unasked * power(1 - asked, c.member_neighbours[i]);
    }
    if (noise >= chance) return;
    bool waits = p.promise_due > 0, busy = p.dispute > 0 || waits || p.agreement > 0;
    double worn = s.organisations_strain * min(1.0, p.dispute / 12) * (1 - waits);
    double idle = busy ? 0 : s.organisations_idleness * (1 - min(1.0, p.joint_success));
    double joint = s.organisations_invitation * s.engagement_opened * s.engagement_collectiveness;
    double fear = s.incentives_repression * (h.stance == PATRONAGE) * (1 - s.coalitions_strength * h.cover);
    double company = s.organisations_company * c.member_neighbours[i] / max(1, c.peers[i]);
    double worth = s.organisations_need * grievance(c, i, h) + s.organisations_hope * max(p.joint_success, p.agreement)
        + company + s.organisations_led * (p.leading > 0) + joint - s.organisations_cost - worn - idle - fear;
    double bar = c.threshold[i] * (1 - (1 - s.organisations_leaving_share) * c.member[i]);
    c.member[i] = worth >= bar && (c.member[i] || c.strategy[i] != CLIENT);
}

static void lead(const Citizens& c, int i, const Home& h, const Post& p, double noise) {
    const Settings& s = h.s;
    if (c.leader[i]) {
        double tired = s.organisations_tiring * (1 - min(1.0, p.joint_success));
        double won_over = h.stance == PATRONAGE
            ? s.organisations_co_optation * s.incentives_patronage * vulnerability(c, i, s) : 0;
        c.leader[i] = noise >= min(1.0, tired + won_over + s.organisations_moving);
    } else {
        c.leader[i] = noise < s.organisations_rising * c.efficacy_collaborate[i] / (1 + p.leading);
    }
    c.leader[i] *= c.member[i];
    c.belonging[i] = (c.belonging[i] + 1) * c.member[i];
}

static void choose(const Citizens& c, int i, const Home& h, const Post& p, double asked_noise, double strategy_noise) {
    const Settings& s = h.s;
    double vulnerable = vulnerability(c, i, s), educated = clip(c.education[i] + s.conditions_education);
    double reached = s.engagement_outreach * (1 - (1 - s.engagement_inclusiveness) * vulnerable);
    double floor = s.citizens_recruitment_floor;
    double recruited = s.citizens_recruitment * (floor + (1 - floor) * s.engagement_collectiveness);
    double unasked = (1 - s.conditions_organising) * (1 - reached) * (1 - s.citizens_recall * c.habit[i]);
    c.asked[i] = asked_noise < 1 - unasked * power(1 - recruited, c.engaged_neighbours[i]);

    double depends = max(0.0, 1 + s.citizens_dependence * (vulnerable - 0.5)), lacking = grievance(c, i, h);
    double value = s.citizens_stake * depends * (s.citizens_benefit_floor + s.citizens_benefit_slope * lacking);
    double each = 1.0 / max(1, c.peers[i]), engaged = c.engaged_neighbours[i] * each;
    double doubt = 1 - s.citizens_trust_weight * (1 - c.trust[i]);
    double connected = c.access_rank[i] < s.conditions_connected * (s.citizens_access_floor + educated);
    double burden = 1 + (1 - s.engagement_inclusiveness) * vulnerable + s.citizens_demands * (0.5 - educated);
    double time = s.citizens_time_price * s.engagement_time_cost * max(0.0, burden) - s.citizens_ict_saving * connected;
    double reach = s.citizens_reach_floor + (1 - s.citizens_reach_floor) * s.engagement_influence;
    double talk = value * reach * c.efficacy_collaborate[i] * doubt
        + s.citizens_solidarity * s.engagement_collectiveness * engaged
        - s.engagement_opened * time - (1 - s.engagement_opened) * s.citizens_barrier;
    double unresolved = 1 - s.citizens_conciliation * h.responsive;
    double leverage = s.citizens_leverage_floor + (1 - s.citizens_leverage_floor) * s.engagement_teeth;
    double harsh = h.stance == PATRONAGE ? 1 : s.citizens_tolerated;
    double alone = s.incentives_repression * harsh * (1 - engaged) * (1 - s.coalitions_strength * h.cover);
    double force = value * leverage * unresolved * c.efficacy_confront[i] * doubt
        + s.citizens_solidarity * engaged * unresolved + s.citizens_anger * lacking * (1 - c.trust[i])
        - s.citizens_confront_cost - alone;
    double favour = s.citizens_favour_value * s.incentives_patronage * c.reliance[i] * (s.citizens_need_floor + vulnerable)
        - s.citizens_stigma * (s.citizens_stigma_floor + educated)
        * (1 - s.citizens_stigma_relief * c.client_neighbours[i] * each);

    double gate = c.asked[i] ? 1 : s.citizens_spontaneity;
    double called = c.member[i] ? 1 : s.citizens_outsiders;
    double one = 1 + gate * exponential(s.citizens_sensitivity * talk);
    double two = one + (p.called > 0 ? called : s.citizens_uncalled * gate) * exponential(s.citizens_sensitivity * force);
    double mark = strategy_noise * (two + exponential(s.citizens_sensitivity * favour));
    c.strategy[i] = (mark >= 1) + (mark >= one) + (mark >= two);
}

static void meet(const Citizens& c, int i, const Home& h, const Post& p, double noise) {
    c.outcome[i] = 0;
    if (engages(c, i)) {
        double route = c.strategy[i] == COLLABORATE ? p.chance_collaborate : p.chance_confront;
        double guarded = 1 - h.s.services_capture_guard * p.disposition;
        c.outcome[i] = noise < route * (1 - h.s.engagement_capture * vulnerability(c, i, h.s) * guarded);
    } else if (c.strategy[i] == CLIENT) {
        c.outcome[i] = noise < h.s.services_delivery * (h.stance == PATRONAGE);
    }
}

static void remember(const Citizens& c, int i, const Home& h, const Post& p, int month) {
    bool engaged = engages(c, i), succeeded = engaged && c.outcome[i] > 0;
    if (h.s.engagement_opened > 0) {
        int came = max(c.asked[i], engaged * (2 + (p.response >= ACCOMMODATE)));
        c.funnel[i] = max(c.funnel[i], max(came, succeeded * (4 + (c.funnel[i] >= 4))));
    }
    if (!engaged) return;
    c.last_engagement[i] = month;
    if (c.strategy[i] == CONFRONT) c.last_confrontation[i] = month;
    if (c.first_engagement[i] < 0) {
        c.first_engagement[i] = month;
        c.first_success[i] = succeeded;
    } else if (month - c.first_engagement[i] <= 12) {
        c.engaged_again[i] = 1;
    }
}

static double approval(const Citizens& c, int i, const Home& h) {
    const Settings& s = h.s;
    if (c.strategy[i] == CLIENT) return 1 - s.citizens_loyalty + s.citizens_loyalty * c.outcome[i];
    double joint = c.strategy[i] == CONFRONT ? 1 : c.strategy[i] == COLLABORATE ? s.engagement_collectiveness : 0;
    double trusting = s.citizens_approval_trust * (c.trust[i] - s.citizens_usual_trust);
    double ahead = received(c, i, h) - c.aspiration[i];
    double weighed = ahead * (1 + s.citizens_disappointment * (ahead < 0 ? -ahead : 0));
    double judged = s.citizens_approval_floor + weighed + trusting;
    double credit = (h.stance == SPONSOR) * s.incentives_credit * c.outcome[i];
    return clip(judged + joint * (credit - (h.stance == PATRONAGE) * s.citizens_backlash));
}

static double learned(double efficacy, const Citizens& c, int whose, int route, const Settings& s, double rate) {
    if (c.strategy[whose] != route) return efficacy;
    double counts = s.citizens_self_blame + (1 - s.citizens_self_blame) * c.outcome[whose];
    return toward(efficacy, c.outcome[whose], rate * counts);
}

static void learn(const Citizens& c, int i, const Settings& s) {
    double seen = s.citizens_vicarious * c.met[i];
    double talk = learned(c.efficacy_collaborate[i], c, i, COLLABORATE, s, s.citizens_learning);
    double force = learned(c.efficacy_confront[i], c, i, CONFRONT, s, s.citizens_learning);
    c.efficacy_collaborate[i] = learned(talk, c, c.other[i], COLLABORATE, s, seen);
    c.efficacy_confront[i] = learned(force, c, c.other[i], CONFRONT, s, seen);
}

static void adapt(const Citizens& c, int i, const Home& h, const Post& p) {
    const Settings& s = h.s;
    bool engaged = engages(c, i);
    double got = received(c, i, h);
    c.habit[i] = toward(c.habit[i], engaged ? c.outcome[i] : 0, engaged ? s.citizens_habit_rate : s.citizens_habit_fading);
    double seen = toward(got, h.quality, s.citizens_compared);
    double fair = toward(p.response >= ACCOMMODATE, h.responsive, s.citizens_compared);
    double view = clip(s.citizens_trust_quality * seen + s.citizens_trust_fairness * fair + s.citizens_trust_word * p.reliability);
    double trust = toward(c.trust[i], view, s.citizens_trust_in_view);
    if (engaged) trust = toward(trust, c.outcome[i], s.citizens_trust_rate);
    c.trust[i] = clip(trust + s.citizens_shaken * (p.kept - p.broken));
    if (c.strategy[i] == CLIENT) c.reliance[i] = toward(c.reliance[i], c.outcome[i], s.citizens_learning);
    else c.reliance[i] = toward(c.reliance[i], h.stance == PATRONAGE, s.citizens_hearsay);
    double more = s.citizens_appetite * got + s.citizens_ambition * clip(c.education[i] + s.conditions_education);
    double hoped = clip(got + more + s.conditions_expectations);
    c.aspiration[i] = toward(c.aspiration[i], hoped, s.citizens_aspiration_rate);
}

static void see_neighbours(const Society& y, const Citizens& c, int i) {
    int engaged = 0, clients = 0, members = 0;
    for (int k = y.first[i]; k < y.kin[i]; ++k) {
        int j = y.neighbours[k];
        engaged += engages(c, j);
        clients += c.strategy[j] == CLIENT;
        members += c.member[j];
    }
    c.engaged_neighbours[i] = engaged;
    c.client_neighbours[i] = clients;
    c.member_neighbours[i] = members;
}

extern "C" {

// The names of all fields, in order: number columns, count columns, those of a post, those of a home with its settings.
const char* names() {
    return NUMBERS(SAID) "|" COUNTS(SAID) "|" POST(SAID) POST_SUMS(SAID) "|" HOME(SAID) HOME_SUMS(SAID) SETTINGS(SAID_OF);
}

void organise_all(const Society* y, int month) {
    const Citizens c = *y->columns;
    double u, v;
    for (int i = 0; i < y->citizens; ++i) {
        draw(y->seed, month, i, BELONGING, u, v);
        belong(c, i, y->homes[y->where[i]], y->posts[y->served[i]], u);
        lead(c, i, y->homes[y->where[i]], y->posts[y->served[i]], v);
    }
    for (int o = 0; o < y->officials; ++o)
        y->posts[o].members_now = y->posts[o].leading_now = y->posts[o].aggrieved_now = y->posts[o].trusting_now = 0;
    for (int i = 0; i < y->citizens; ++i) {
        Post& post = y->posts[y->served[i]];
        post.members_now += c.member[i];
        post.leading_now += c.leader[i];
        post.aggrieved_now += grievance(c, i, y->homes[y->where[i]]);
        post.trusting_now += c.trust[i];
    }
}

void choose_all(const Society* y, int month) {
    const Citizens c = *y->columns;
    double u, v;
    for (int i = 0; i < y->citizens; ++i) {
        draw(y->seed, month, i, CITIZEN_CHOICE, u, v);
        choose(c, i, y->homes[y->where[i]], y->posts[y->served[i]], u, v);
    }
}

void meet_all(const Society* y, int month) {
    const Citizens c = *y->columns;
    double u, v;
    for (int i = 0; i < y->citizens; ++i) {
        const Home& home = y->homes[y->where[i]];
        const Post& post = y->posts[y->served[i]];
        draw(y->seed, month, i, CITIZEN_ENCOUNTER, u, v);
        meet(c, i, home, post, u);
        remember(c, i, home, post, month);
    }
}

void learn_all(const Society* y, int month) {
    const Citizens c = *y->columns;
    double u, v;
    for (int i = 0; i < y->citizens; ++i) {
        int count = y->kin[i] - y->first[i];
        draw(y->wiring, month, i, CONTACT, u, v);
        c.met[i] = count > 0;
        c.other[i] = count > 0 ? y->neighbours[y->first[i] + int(u * count)] : i;
    }
    for (int d = 0; d < y->districts; ++d) y->homes[d].support = y->homes[d].voices = 0;
    for (int i = 0; i < y->citizens; ++i) {
        Home& home = y->homes[y->where[i]];
        double heard = 1 + home.s.politicians_brokers_weight * c.broker[i];
        home.support += heard * approval(c, i, home);
        home.voices += heard;
    }
    for (int i = 0; i < y->citizens; ++i) learn(c, i, y->homes[y->where[i]].s);
    for (int i = 0; i < y->citizens; ++i) adapt(c, i, y->homes[y->where[i]], y->posts[y->served[i]]);
    for (int i = 0; i < y->citizens; ++i) see_neighbours(*y, c, i);
}

// Go through some months; meanwhile, politicians take turns, organisations call, and leaders are as counted.
void run(const Society* y, int months) {
    for (int month = 0; month < months; ++month) {
        for (int d = 0; d < y->districts; ++d) y->homes[d].stance = (month / 7) % 3;
        for (int o = 0; o < y->officials; ++o) {
            y->posts[o].called = (month + o) % 9 == 0;
            y->posts[o].leading = y->posts[o].leading_now;
        }
        organise_all(y, month);
        choose_all(y, month);
        meet_all(y, month);
        learn_all(y, month);
    }
}

}
