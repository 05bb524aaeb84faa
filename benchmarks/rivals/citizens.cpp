// The citizens' phases of a month (choose, meet, learn, see the neighbours) for one society, in plain scalar C++.
// The same rules and the same kind of draws as engagesim; officials and politicians stand still, as they are not measured.
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

static inline double clip(double x) { return min(1.0, max(0.0, x)); }

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

// Settings in force, which differ between districts and months in a simulation, and so are no constants here either.
struct Settings {
    double organising = 0.12, outreach = 0.2, inclusiveness = 0.5, recruitment = 0.2, recruit_floor = 0.3;
    double collectiveness = 0.7, capture = 0.3, disadvantage = 0.2, stake = 1, floor_ = 0.6, slope = 3;
    double trust_weight = 0.5, reach_floor = 0.25, influence = 0.6, solidarity = 0.25, time_price = 0.18;
    double time_cost = 0.5, ict = 0.03, leverage_floor = 0.6, teeth = 0.3, conciliation = 0.8, anger = 0.3;
    double confront_cost = 0.3, repression = 0.15, tolerated = 0.2, strength = 0.6, favour_value = 1.4;
    double patronage = 0.3, need = 0.3, stigma = 0.45, sensitivity = 8, spontaneity = 0.01, delivery = 0.8;
    double learning = 0.3, vicarious = 0.03, trust_rate = 0.12, hearsay = 0.02, rate = 0.03, ambition = 0.3;
    double expectations = 0.05, approval_floor = 0.45, loyalty = 0.7, credit = 0.5, backlash = 0.25, guard = 0.5;
};
static_assert(sizeof(Settings) % sizeof(double) == 0);

struct District { double quality, responsive, cover, support; int stance; double chance[3]; Settings s; };

int main(int argc, char** argv) {
    const int count = argc > 1 ? atoi(argv[1]) : 1000, months = argc > 2 ? atoi(argv[2]) : 144, degree = 8;
    const uint32_t seed = 7;
    vector<vector<int>> peers(count);
    double u, v;
    for (int i = 0; i < count; ++i)
        for (int k = 1; k <= degree / 2; ++k) {
            draw(seed, 1 << 20, i * degree + k, 40, u, v);
            int j = u < 0.1 ? int(v * count) : (i + k) % count;
            if (j != i) { peers[i].push_back(j); peers[j].push_back(i); }
        }
    vector<int> first(count + 1, 0), near;
    for (int i = 0; i < count; ++i) {
        near.insert(near.end(), peers[i].begin(), peers[i].end());
        first[i + 1] = int(near.size());
    }
    vector<double> education(count), vulnerability(count), connected(count), aspiration(count), trust(count, 0.35);
    vector<double> talk(count), protest(count), reliance(count, 0.6), outcome(count, 0), active(count, 0), acts(count, 0);
    vector<int> strategy(count, 0), asked(count, 0), engaged(count, 0), clients(count, 0);
    vector<int> began(count, -1), worked(count, 0), again(count, 0);
    const int districts = max(1, count / 100);
    vector<District> home(districts);
    volatile double unknown = 1;  // to the compiler
    for (auto& d : home) {
        d = {0.3, 0.3, 0.1, 0, 0, {0, 0.3, 0.25}, Settings()};
        double* number = reinterpret_cast<double*>(&d.s);
        for (size_t k = 0; k < sizeof(Settings) / sizeof(double); ++k) number[k] *= unknown;
    }
    for (int i = 0; i < count; ++i) {
        draw(seed, 1 << 20, i, 16, education[i], vulnerability[i]);
        draw(seed, 1 << 20, i, 22, talk[i], protest[i]);
        talk[i] *= 0.5; protest[i] *= 0.5;
        connected[i] = education[i] > 0.6;
        aspiration[i] = clip(0.35 + 0.3 * education[i]);
    }
    auto received = [&](int i, const District& d) {
        return d.quality * (1 - d.s.disadvantage * vulnerability[i] * (1 - d.responsive * d.s.inclusiveness * (1 - d.s.capture)));
    };
    auto start = std::chrono::steady_clock::now();
    for (int month = 0; month < months; ++month) {
        for (auto& d : home) { d.support = 0; d.stance = (month / 7) % 3; }
        for (int i = 0; i < count; ++i) {
            const District& d = home[int64_t(i) * districts / count];
            draw(seed, month, i, 0, u, v);
            double missed = (1 - d.s.organising) * (1 - d.s.outreach * (1 - (1 - d.s.inclusiveness) * vulnerability[i]));
            missed *= power(1 - d.s.recruitment * (d.s.recruit_floor + (1 - d.s.recruit_floor) * d.s.collectiveness), engaged[i]);
            asked[i] = u < 1 - missed;
            double got = received(i, d), grievance = max(0.0, aspiration[i] - got), n = max(1, first[i + 1] - first[i]);
            double share = engaged[i] / n, value = d.s.stake * (d.s.floor_ + d.s.slope * grievance);
            double doubt = 1 - d.s.trust_weight * (1 - trust[i]);
            double cost = d.s.time_price * d.s.time_cost * (1 + (1 - d.s.inclusiveness) * vulnerability[i]) - d.s.ict * connected[i];
            double one = value * (d.s.reach_floor + (1 - d.s.reach_floor) * d.s.influence) * talk[i] * doubt
                + d.s.solidarity * d.s.collectiveness * share - cost;
            double leverage = (d.s.leverage_floor + (1 - d.s.leverage_floor) * d.s.teeth) * (1 - d.s.conciliation * d.responsive);
            double harsh = d.stance == 0 ? 1 : d.s.tolerated;
            double two = value * leverage * protest[i] * doubt + d.s.solidarity * share + d.s.anger * grievance * (1 - trust[i])
                - d.s.confront_cost - d.s.repression * harsh * (1 - share) * (1 - d.s.strength * d.cover);
            double three = d.s.favour_value * d.s.patronage * reliance[i] * (d.s.need + vulnerability[i])
                - d.s.stigma * (0.5 + education[i]) * (1 - 0.5 * clients[i] / n);
            double gate = asked[i] ? 1 : d.s.spontaneity, w1 = 1 + gate * exponential(d.s.sensitivity * one);
            double w2 = w1 + gate * exponential(d.s.sensitivity * two);
            double mark = v * (w2 + exponential(d.s.sensitivity * three));
            strategy[i] = (mark >= 1) + (mark >= w1) + (mark >= w2);
        }
        for (int i = 0; i < count; ++i) {
            const District& d = home[int64_t(i) * districts / count];
            draw(seed, month, i, 1, u, v);
            outcome[i] = 0;
            if (strategy[i] == 1 || strategy[i] == 2) {
                outcome[i] = u < d.chance[strategy[i]] * (1 - d.s.capture * vulnerability[i] * (1 - d.s.guard * 0.4));
                if (began[i] < 0) { began[i] = month; worked[i] = int(outcome[i]); }
                else if (month - began[i] <= 12) again[i] = 1;
            } else if (strategy[i] == 3) outcome[i] = d.stance == 0 && u < d.s.delivery;
        }
        for (int i = 0; i < count; ++i) {
            District& d = home[int64_t(i) * districts / count];
            double got = received(i, d);
            int s = strategy[i];
            if (s == 3) {
                d.support += 1 - d.s.loyalty + d.s.loyalty * outcome[i];
                reliance[i] += d.s.learning * (outcome[i] - reliance[i]);
            } else {
                double judged = d.s.approval_floor + got - aspiration[i] + 0.3 * (trust[i] - 0.35);
                double joint = s == 2 ? 1 : s == 1 ? d.s.collectiveness : 0;
                judged += joint * ((d.stance == 2) * d.s.credit * outcome[i] - (d.stance == 0) * d.s.backlash);
                d.support += clip(judged);
                reliance[i] += d.s.hearsay * ((d.stance == 0) - reliance[i]);
            }
            if (s == 1) talk[i] += d.s.learning * (outcome[i] - talk[i]);
            if (s == 2) protest[i] += d.s.learning * (outcome[i] - protest[i]);
            if (s == 1 || s == 2) trust[i] += d.s.trust_rate * (outcome[i] - trust[i]);
            draw(seed, month, i, 7, u, v);
            int other = near[first[i] + int(u * (first[i + 1] - first[i]))];
            if (strategy[other] == 1) talk[i] += d.s.vicarious * (outcome[other] - talk[i]);
            if (strategy[other] == 2) protest[i] += d.s.vicarious * (outcome[other] - protest[i]);
            aspiration[i] += d.s.rate * (clip(got + d.s.ambition * education[i] + d.s.expectations) - aspiration[i]);
        }
        for (int i = 0; i < count; ++i) {
            const District& d = home[int64_t(i) * districts / count];
            acts[i] = strategy[i] == 2 ? 1 : strategy[i] == 1 ? d.s.collectiveness : 0;
        }
        for (int i = 0; i < count; ++i) {
            double sum = 0;
            int e = 0, c = 0;
            for (int k = first[i]; k < first[i + 1]; ++k) {
                int s = strategy[near[k]];
                sum += acts[near[k]];
                e += s == 1 || s == 2;
                c += s == 3;
            }
            active[i] = sum / max(1, first[i + 1] - first[i]);
            engaged[i] = e;
            clients[i] = c;
        }
        for (auto& d : home) d.quality = clip(d.quality + 0.001 * (d.support * districts / count - 0.4));
    }
    double taken = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
    double checksum = 0;
    for (int i = 0; i < count; ++i) checksum += talk[i] + protest[i] + trust[i] + reliance[i] + active[i] + again[i];
    printf("%.3f %.6f\n", taken / (double(count) * months), checksum);
    return checksum > 0 ? 0 : 1;
}
