// What citizens do in a month, for one society in plain scalar C++: choose, meet, remember, meet contacts, judge, learn,
// adapt, act, see the neighbours. The same rules, terms and draws as engagesim's; officials and politicians stand still.
// Usage: citizens CITIZENS MONTHS; prints nanoseconds per citizen and month, and a checksum.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

using std::max;
using std::min;
using std::vector;

enum { ABSTAIN, COLLABORATE, CONFRONT, CLIENT };
enum { PATRONAGE, ARMS_LENGTH, SPONSOR };
enum { RESIST, TOKEN, ACCOMMODATE, COCREATE };

// Settings in force; they differ between districts and months in a simulation, and so are no constants here either.
struct Settings {
    double access_floor = 0.5, ambition = 0.115, anger = 0.246, approval_floor = 0.45, approval_trust = 0.3;
    double aspiration_rate = 0.03, backlash = 0.00381, barrier = 0.195, benefit_floor = 0.481, benefit_slope = 3.66;
    double conciliation = 0.98, confront_cost = 0.302, demands = 2.92, dependence = 1.94, disadvantage = 0.17;
    double favour_value = 0.945, habit_fading = 0.0111, habit_rate = 0.63, hearsay = 0.02, ict_saving = 0.03;
    double learning = 0.352, leverage_floor = 0.6, loyalty = 0.7, need_floor = 0.777, reach_floor = 0.25;
    double recall = 0.938, recruitment = 0.188, recruitment_floor = 0.3, self_blame = 0.37, sensitivity = 8.59;
    double solidarity = 0.356, spontaneity = 0.01, stake = 1, stigma = 0.461, stigma_floor = 0.5;
    double stigma_relief = 0.5, time_price = 0.192, tolerated = 0.2, trust_rate = 0.249, trust_weight = 0.654;
    double usual_trust = 0.35, vicarious = 0.03, strength = 0.6, connected = 0.3, education = 0, vulnerability = 0;
    double expectations = 0.152, organising = 0.12, capture = 0.1, collectiveness = 0.7, inclusiveness = 0.5;
    double influence = 0.6, opened = 1, outreach = 0.2, teeth = 0.3, time_cost = 0.5, credit = 0.5, patronage = 0.3;
    double repression = 0.15, capture_guard = 0.5, delivery = 0.8;
};

struct District { double quality, responsive, cover, support; int stance; Settings s; };
struct Post { double chance_collaborate, chance_confront; int disposition, response; };

// The state of citizens, a column each.
struct Citizens {
    vector<double> education, vulnerability, access_rank, aspiration, efficacy_collaborate, efficacy_confront, trust;
    vector<double> reliance, habit, outcome, active, active_share;
    vector<int> asked, strategy, engaged_neighbours, client_neighbours, first_engagement, first_success, engaged_again;
    vector<int> funnel, other, peers;
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

static inline double vulnerability(const Citizens& c, int i, const Settings& s) {
    return clip(c.vulnerability[i] + s.vulnerability);
}

static inline double received(const Citizens& c, int i, const District& d) {
    double reach = d.responsive * d.s.inclusiveness * (1 - d.s.capture);
    return d.quality * (1 - d.s.disadvantage * vulnerability(c, i, d.s) * (1 - reach));
}

static void choose(Citizens& c, int i, const District& d, double asked_noise, double strategy_noise) {
    const Settings& s = d.s;
    double vulnerable = vulnerability(c, i, s), educated = clip(c.education[i] + s.education), got = received(c, i, d);
    double reached = s.outreach * (1 - (1 - s.inclusiveness) * vulnerable);
    double recruited = s.recruitment * (s.recruitment_floor + (1 - s.recruitment_floor) * s.collectiveness);
    double unasked = (1 - s.organising) * (1 - reached) * (1 - s.recall * c.habit[i]);
    c.asked[i] = asked_noise < 1 - unasked * power(1 - recruited, c.engaged_neighbours[i]);

    double depends = max(0.0, 1 + s.dependence * (vulnerable - 0.5)), grievance = max(0.0, c.aspiration[i] - got);
    double value = s.stake * depends * (s.benefit_floor + s.benefit_slope * grievance);
    double each = 1.0 / max(1, c.peers[i]), engaged = c.engaged_neighbours[i] * each;
    double doubt = 1 - s.trust_weight * (1 - c.trust[i]);
    double connected = c.access_rank[i] < s.connected * (s.access_floor + educated);
    double burden = max(0.0, 1 + (1 - s.inclusiveness) * vulnerable + s.demands * (0.5 - educated));
    double time = s.time_price * s.time_cost * burden - s.ict_saving * connected;
    double talk = value * (s.reach_floor + (1 - s.reach_floor) * s.influence) * c.efficacy_collaborate[i] * doubt
        + s.solidarity * s.collectiveness * engaged - s.opened * time - (1 - s.opened) * s.barrier;
    double unresolved = 1 - s.conciliation * d.responsive;
    double leverage = s.leverage_floor + (1 - s.leverage_floor) * s.teeth;
    double harsh = d.stance == PATRONAGE ? 1 : s.tolerated;
    double alone = s.repression * harsh * (1 - engaged) * (1 - s.strength * d.cover);
    double force = value * leverage * unresolved * c.efficacy_confront[i] * doubt + s.solidarity * engaged * unresolved
        + s.anger * grievance * (1 - c.trust[i]) - s.confront_cost - alone;
    double favour = s.favour_value * s.patronage * c.reliance[i] * (s.need_floor + vulnerable)
        - s.stigma * (s.stigma_floor + educated) * (1 - s.stigma_relief * c.client_neighbours[i] * each);

    double gate = c.asked[i] ? 1 : s.spontaneity, one = 1 + gate * exponential(s.sensitivity * talk);
    double two = one + gate * exponential(s.sensitivity * force);
    double mark = strategy_noise * (two + exponential(s.sensitivity * favour));
    c.strategy[i] = (mark >= 1) + (mark >= one) + (mark >= two);
}

static void meet(Citizens& c, int i, const District& d, const Post& post, double encounter_noise) {
    c.outcome[i] = 0;
    int strategy = c.strategy[i];
    if (strategy == COLLABORATE || strategy == CONFRONT) {
        double route = strategy == COLLABORATE ? post.chance_collaborate : post.chance_confront;
        double guarded = 1 - d.s.capture_guard * post.disposition;
        c.outcome[i] = encounter_noise < route * (1 - d.s.capture * vulnerability(c, i, d.s) * guarded);
    } else if (strategy == CLIENT) {
        c.outcome[i] = encounter_noise < d.s.delivery * (d.stance == PATRONAGE);
    }
}

static void remember(Citizens& c, int i, const District& d, const Post& post, int month) {
    bool engaged = c.strategy[i] == COLLABORATE || c.strategy[i] == CONFRONT, succeeded = engaged && c.outcome[i] > 0;
    if (d.s.opened > 0) {
        int came = max(c.asked[i], engaged * (2 + (post.response >= ACCOMMODATE)));
        c.funnel[i] = max(c.funnel[i], max(came, succeeded * (4 + (c.funnel[i] >= 4))));
    }
    if (!engaged) return;
    if (c.first_engagement[i] < 0) {
        c.first_engagement[i] = month;
        c.first_success[i] = succeeded;
    } else if (month - c.first_engagement[i] <= 12) {
        c.engaged_again[i] = 1;
    }
}

static double approval(const Citizens& c, int i, const District& d) {
    const Settings& s = d.s;
    if (c.strategy[i] == CLIENT) return 1 - s.loyalty + s.loyalty * c.outcome[i];
    double joint = c.strategy[i] == CONFRONT ? 1 : c.strategy[i] == COLLABORATE ? s.collectiveness : 0;
    double judged = s.approval_floor + received(c, i, d) - c.aspiration[i] + s.approval_trust * (c.trust[i] - s.usual_trust);
    return clip(judged + joint * ((d.stance == SPONSOR) * s.credit * c.outcome[i] - (d.stance == PATRONAGE) * s.backlash));
}

static double learned(double efficacy, const Citizens& c, int whose, int route, const Settings& s, double rate) {
    if (c.strategy[whose] != route) return efficacy;
    return toward(efficacy, c.outcome[whose], rate * (s.self_blame + (1 - s.self_blame) * c.outcome[whose]));
}

static void learn(Citizens& c, int i, const Settings& s) {
    double talk = learned(c.efficacy_collaborate[i], c, i, COLLABORATE, s, s.learning);
    double force = learned(c.efficacy_confront[i], c, i, CONFRONT, s, s.learning);
    c.efficacy_collaborate[i] = learned(talk, c, c.other[i], COLLABORATE, s, s.vicarious);
    c.efficacy_confront[i] = learned(force, c, c.other[i], CONFRONT, s, s.vicarious);
}

static void adapt(Citizens& c, int i, const District& d) {
    const Settings& s = d.s;
    bool engaged = c.strategy[i] == COLLABORATE || c.strategy[i] == CONFRONT;
    c.habit[i] = toward(c.habit[i], engaged ? c.outcome[i] : 0, engaged ? s.habit_rate : s.habit_fading);
    if (engaged) c.trust[i] = toward(c.trust[i], c.outcome[i], s.trust_rate);
    if (c.strategy[i] == CLIENT) c.reliance[i] = toward(c.reliance[i], c.outcome[i], s.learning);
    else c.reliance[i] = toward(c.reliance[i], d.stance == PATRONAGE, s.hearsay);
    double hoped = clip(received(c, i, d) + s.ambition * clip(c.education[i] + s.education) + s.expectations);
    c.aspiration[i] = toward(c.aspiration[i], hoped, s.aspiration_rate);
}

int main(int argc, char** argv) {
    const int count = argc > 1 ? atoi(argv[1]) : 1000, months = argc > 2 ? atoi(argv[2]) : 144, degree = 8;
    const int districts = max(1, count / 100), posts = 12;
    const uint32_t seed = 7;
    double u, v;
    vector<vector<int>> near(count);
    for (int i = 0; i < count; ++i)
        for (int k = 1; k <= degree / 2; ++k) {
            draw(seed, 1 << 20, i * degree + k, 40, u, v);
            int j = u < 0.1 ? int(v * count) : (i + k) % count;
            if (j != i) { near[i].push_back(j); near[j].push_back(i); }
        }
    vector<int> first(count + 1, 0), neighbours;
    for (int i = 0; i < count; ++i) {
        neighbours.insert(neighbours.end(), near[i].begin(), near[i].end());
        first[i + 1] = int(neighbours.size());
    }
    Citizens c;
    for (auto* column : {&c.education, &c.vulnerability, &c.access_rank, &c.aspiration, &c.efficacy_collaborate,
                         &c.efficacy_confront, &c.habit, &c.outcome, &c.active, &c.active_share}) column->assign(count, 0);
    for (auto* column : {&c.asked, &c.strategy, &c.engaged_neighbours, &c.client_neighbours, &c.first_success,
                         &c.engaged_again, &c.funnel, &c.other}) column->assign(count, 0);
    c.trust.assign(count, 0.35);
    c.reliance.assign(count, 0.6);
    c.first_engagement.assign(count, -1);
    vector<District> home(districts);
    volatile double unknown = 1;  // to the compiler
    for (auto& d : home) {
        d = {0.3, 0.3, 0.1, 0, PATRONAGE, Settings()};
        double* number = reinterpret_cast<double*>(&d.s);
        for (size_t k = 0; k < sizeof(Settings) / sizeof(double); ++k) number[k] *= unknown;
    }
    vector<Post> post(districts * posts);
    for (int o = 0; o < districts * posts; ++o) post[o] = {0.2 + 0.1 * (o % 5), 0.25, o % 3 == 0, o % 4};
    vector<int> where(count), served(count);
    for (int i = 0; i < count; ++i) {
        draw(seed, 1 << 20, i, 16, c.education[i], c.vulnerability[i]);
        draw(seed, 1 << 20, i, 22, c.efficacy_collaborate[i], c.efficacy_confront[i]);
        draw(seed, 1 << 20, i, 23, c.access_rank[i], v);
        c.aspiration[i] = clip(0.35 + 0.3 * c.education[i]);
        c.peers.push_back(first[i + 1] - first[i]);
        where[i] = int(int64_t(i) * districts / count);
        served[i] = where[i] * posts + 1 + int(v * (posts - 1));
    }
    auto start = std::chrono::steady_clock::now();
    for (int month = 0; month < months; ++month) {
        for (auto& d : home) { d.support = 0; d.stance = (month / 7) % 3; }
        for (int i = 0; i < count; ++i) {
            draw(seed, month, i, 0, u, v);
            choose(c, i, home[where[i]], u, v);
        }
        for (int i = 0; i < count; ++i) {
            draw(seed, month, i, 1, u, v);
            meet(c, i, home[where[i]], post[served[i]], u);
            remember(c, i, home[where[i]], post[served[i]], month);
        }
        for (int i = 0; i < count; ++i) {
            draw(seed, month, i, 7, u, v);
            c.other[i] = neighbours[first[i] + int(u * c.peers[i])];
        }
        for (int i = 0; i < count; ++i) home[where[i]].support += approval(c, i, home[where[i]]);
        for (int i = 0; i < count; ++i) learn(c, i, home[where[i]].s);
        for (int i = 0; i < count; ++i) {
            const District& d = home[where[i]];
            adapt(c, i, d);
            c.active[i] = c.strategy[i] == CONFRONT ? 1 : c.strategy[i] == COLLABORATE ? d.s.collectiveness : 0;
        }
        for (int i = 0; i < count; ++i) {
            double total = 0;
            int engaged = 0, clients = 0;
            for (int k = first[i]; k < first[i + 1]; ++k) {
                int strategy = c.strategy[neighbours[k]];
                total += c.active[neighbours[k]];
                engaged += strategy == COLLABORATE || strategy == CONFRONT;
                clients += strategy == CLIENT;
            }
            c.active_share[i] = total / max(1, c.peers[i]);
            c.engaged_neighbours[i] = engaged;
            c.client_neighbours[i] = clients;
        }
        for (auto& d : home) d.quality = clip(d.quality + 0.001 * (d.support * districts / count - 0.4));
    }
    double taken = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
    double checksum = 0;
    int acts[4] = {0, 0, 0, 0};
    for (int i = 0; i < count; ++i) {
        checksum += c.efficacy_collaborate[i] + c.efficacy_confront[i] + c.trust[i] + c.reliance[i] + c.active_share[i];
        checksum += c.engaged_again[i] + c.funnel[i] + c.habit[i] + c.aspiration[i];
        ++acts[c.strategy[i]];
    }
    printf("%.3f %.6f\n", taken / (double(count) * months), checksum);
    fprintf(stderr, "%d abstain, %d collaborate, %d confront, %d are clients\n", acts[0], acts[1], acts[2], acts[3]);
    return checksum > 0 ? 0 : 1;
}
