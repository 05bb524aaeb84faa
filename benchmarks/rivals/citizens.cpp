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
    double x = min(40.0, max(-40.0, exponent)) * 0.00390625;
    double p = 1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720 + x / 5040))))));
    for (int k = 0; k < 8; ++k) p *= p;
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

struct District { double quality, responsive, cover, support; int stance; double chance[3]; };

int main(int argc, char** argv) {
    const int count = argc > 1 ? atoi(argv[1]) : 1000, months = argc > 2 ? atoi(argv[2]) : 144, degree = 8;
    const uint32_t seed = 7;
    // Settings of a contested society with a form of engagement.
    const double organising = 0.12, outreach = 0.2, inclusiveness = 0.5, recruitment = 0.2, recruit_floor = 0.3;
    const double collectiveness = 0.7, capture = 0.3, disadvantage = 0.2, stake = 1, floor_ = 0.6, slope = 3;
    const double trust_weight = 0.5, reach_floor = 0.25, influence = 0.6, solidarity = 0.25, time_price = 0.18;
    const double time_cost = 0.5, ict = 0.03, leverage_floor = 0.6, teeth = 0.3, conciliation = 0.8, anger = 0.3;
    const double confront_cost = 0.3, repression = 0.15, tolerated = 0.2, strength = 0.6, favour_value = 1.4;
    const double patronage = 0.3, need = 0.3, stigma = 0.45, sensitivity = 8, spontaneity = 0.01, delivery = 0.8;
    const double learning = 0.3, vicarious = 0.03, trust_rate = 0.12, hearsay = 0.02, rate = 0.03, ambition = 0.3;
    const double expectations = 0.05, approval_floor = 0.45, loyalty = 0.7, credit = 0.5, backlash = 0.25, guard = 0.5;

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
    vector<double> talk(count), protest(count), reliance(count, 0.6), outcome(count, 0), active(count, 0);
    vector<int> strategy(count, 0), asked(count, 0), engaged(count, 0), clients(count, 0);
    vector<int> began(count, -1), worked(count, 0), again(count, 0);
    const int districts = max(1, count / 100);
    vector<District> home(districts);
    for (auto& d : home) d = {0.3, 0.3, 0.1, 0, 0, {0, 0.3, 0.25}};
    for (int i = 0; i < count; ++i) {
        draw(seed, 1 << 20, i, 16, education[i], vulnerability[i]);
        draw(seed, 1 << 20, i, 22, talk[i], protest[i]);
        talk[i] *= 0.5; protest[i] *= 0.5;
        connected[i] = education[i] > 0.6;
        aspiration[i] = clip(0.35 + 0.3 * education[i]);
    }
    auto received = [&](int i, const District& d) {
        return d.quality * (1 - disadvantage * vulnerability[i] * (1 - d.responsive * inclusiveness * (1 - capture)));
    };
    auto start = std::chrono::steady_clock::now();
    for (int month = 0; month < months; ++month) {
        for (auto& d : home) { d.support = 0; d.stance = (month / 7) % 3; }
        for (int i = 0; i < count; ++i) {
            const District& d = home[int64_t(i) * districts / count];
            draw(seed, month, i, 0, u, v);
            double missed = (1 - organising) * (1 - outreach * (1 - (1 - inclusiveness) * vulnerability[i]));
            missed *= power(1 - recruitment * (recruit_floor + (1 - recruit_floor) * collectiveness), engaged[i]);
            asked[i] = u < 1 - missed;
            double got = received(i, d), grievance = max(0.0, aspiration[i] - got), n = max(1, first[i + 1] - first[i]);
            double share = engaged[i] / n, value = stake * (floor_ + slope * grievance);
            double doubt = 1 - trust_weight * (1 - trust[i]);
            double cost = time_price * time_cost * (1 + (1 - inclusiveness) * vulnerability[i]) - ict * connected[i];
            double one = value * (reach_floor + (1 - reach_floor) * influence) * talk[i] * doubt
                + solidarity * collectiveness * share - cost;
            double leverage = (leverage_floor + (1 - leverage_floor) * teeth) * (1 - conciliation * d.responsive);
            double harsh = d.stance == 0 ? 1 : tolerated;
            double two = value * leverage * protest[i] * doubt + solidarity * share + anger * grievance * (1 - trust[i])
                - confront_cost - repression * harsh * (1 - share) * (1 - strength * d.cover);
            double three = favour_value * patronage * reliance[i] * (need + vulnerability[i])
                - stigma * (0.5 + education[i]) * (1 - 0.5 * clients[i] / n);
            double gate = asked[i] ? 1 : spontaneity, best = max(max(0.0, one), max(two, three));
            double w0 = exponential(-sensitivity * best), w1 = w0 + gate * exponential(sensitivity * (one - best));
            double w2 = w1 + gate * exponential(sensitivity * (two - best));
            double mark = v * (w2 + exponential(sensitivity * (three - best)));
            strategy[i] = (mark >= w0) + (mark >= w1) + (mark >= w2);
        }
        for (int i = 0; i < count; ++i) {
            const District& d = home[int64_t(i) * districts / count];
            draw(seed, month, i, 1, u, v);
            outcome[i] = 0;
            if (strategy[i] == 1 || strategy[i] == 2) {
                outcome[i] = u < d.chance[strategy[i]] * (1 - capture * vulnerability[i] * (1 - guard * 0.4));
                if (began[i] < 0) { began[i] = month; worked[i] = int(outcome[i]); }
                else if (month - began[i] <= 12) again[i] = 1;
            } else if (strategy[i] == 3) outcome[i] = d.stance == 0 && u < delivery;
        }
        for (int i = 0; i < count; ++i) {
            District& d = home[int64_t(i) * districts / count];
            double got = received(i, d);
            int s = strategy[i];
            if (s == 3) {
                d.support += 1 - loyalty + loyalty * outcome[i];
                reliance[i] += learning * (outcome[i] - reliance[i]);
            } else {
                double judged = approval_floor + got - aspiration[i] + 0.3 * (trust[i] - 0.35);
                double joint = s == 2 ? 1 : s == 1 ? collectiveness : 0;
                judged += joint * ((d.stance == 2) * credit * outcome[i] - (d.stance == 0) * backlash);
                d.support += clip(judged);
                reliance[i] += hearsay * ((d.stance == 0) - reliance[i]);
            }
            if (s == 1) talk[i] += learning * (outcome[i] - talk[i]);
            if (s == 2) protest[i] += learning * (outcome[i] - protest[i]);
            if (s == 1 || s == 2) trust[i] += trust_rate * (outcome[i] - trust[i]);
            draw(seed, month, i, 7, u, v);
            int other = near[first[i] + int(u * (first[i + 1] - first[i]))];
            if (strategy[other] == 1) talk[i] += vicarious * (outcome[other] - talk[i]);
            if (strategy[other] == 2) protest[i] += vicarious * (outcome[other] - protest[i]);
            aspiration[i] += rate * (clip(got + ambition * education[i] + expectations) - aspiration[i]);
        }
        for (int i = 0; i < count; ++i) {
            double sum = 0;
            int e = 0, c = 0;
            for (int k = first[i]; k < first[i + 1]; ++k) {
                int s = strategy[near[k]];
                sum += s == 2 ? 1 : s == 1 ? collectiveness : 0;
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
