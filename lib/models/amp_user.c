/* SPDX-License-Identifier: MIT */
/* The loss of one user and its gradient by the products of the personas with
   the items: attention, mixture, softmax, entropies. With a the attention, y
   the score, l the logits divided by T and g, h what the loss changes by with
   y and with the entropy H,

     dH / dl_k = -a_k (l_k - sum_m a_m l_m)       (the log of a_k cancels)
     dy / ds_k = a_k,  dy / dl_k = a_k (s_k - y)  (cosine)
     dy / ds_k = a_k (1 + (s_k - y) / T)          (dot, where l_k = s_k / T)

   Candidates go by panels of 64, a lane each. */
#include <config.h>

#include <math.h>
#include <string.h>

#include "math/fastexp.h"
#include "models/amp_private.h"

enum { LOGS = 16 }; /* sums of at most 16 exponentials, so many multiplied, are
                       less than 2^64 */

/* Scratch: attention, K x pad; then score, live, pad each. */
size_t amp_user_room(const struct amp_net *net, const struct amp_cand *c)
{
    return (net->shape.personas + 2) * c->pad;
}

/* ---- a panel of candidates ----------------------------------------------- */

/* The scores Y and attention A (K rows, PAD apart) of a panel from products S
   and logits L. SUM is that of the exponentials, MEAN that of a l. */
static inline void mix_panel(size_t k, size_t pad, float over, const float *s,
                             const float *l, float *a, float *y, float *sum,
                             float *mean)
{
    float top[AMP_PANEL];

    memcpy(top, l, sizeof top);
    for (size_t p = 1; p < k; p++) {
#pragma omp simd
        for (size_t i = 0; i < AMP_PANEL; i++) {
            float x = l[p * pad + i];

            top[i] = x > top[i] ? x : top[i];
        }
    }
    for (size_t i = 0; i < AMP_PANEL; i++) {
        sum[i] = y[i] = mean[i] = 0;
    }
    for (size_t p = 0; p < k; p++) {
#pragma omp simd
        for (size_t i = 0; i < AMP_PANEL; i++) {
            float x = rec_fast_exp((l[p * pad + i] - top[i]) * over);

            a[p * pad + i] = x;
            sum[i] += x;
            y[i] += x * s[p * pad + i];
            mean[i] += x * (l[p * pad + i] - top[i]) * over;
        }
    }
#pragma omp simd
    for (size_t i = 0; i < AMP_PANEL; i++) {
        y[i] /= sum[i];
        mean[i] /= sum[i];
    }
    for (size_t p = 0; p < k; p++) {
#pragma omp simd
        for (size_t i = 0; i < AMP_PANEL; i++) {
            a[p * pad + i] /= sum[i];
        }
    }
}

/* The logarithms of a panel of sums, LIVE times each. Where every LIVE is 0 or
   1, MANY panels are multiplied first, and the last one is taken. */
static double add_logs(float *many, const float *sum, const float *live,
                       int counts, int last)
{
    double logs = 0;

    for (size_t i = 0; i < AMP_PANEL && counts; i++) {
        logs += live[i] > 0 ? (double)live[i] * (double)logf(sum[i]) : 0;
    }
    if (counts) {
        return logs;
    }
    for (size_t i = 0; i < AMP_PANEL; i++) {
        many[i] *= live[i] * sum[i] + (1 - live[i]);
    }
    for (size_t i = 0; i < AMP_PANEL && last; i++) {
        logs += (double)logf(many[i]);
        many[i] = 1;
    }
    return logs;
}

/* All panels: SHIFT added to the scores. Returns the sum of LIVE H, where LIVE
   is 0 or 1 unless COUNTS. */
REC_HOT static double amp_mix_all(size_t k, size_t pad, float over,
                                  const float *s, const float *l,
                                  const float *shift, const float *live,
                                  int counts, float *a, float *score)
{
    float y[AMP_PANEL], sum[AMP_PANEL], mean[AMP_PANEL], many[AMP_PANEL];
    float minus[AMP_PANEL] = {0};
    double entropy = 0;

    for (size_t i = 0; i < AMP_PANEL; i++) {
        many[i] = 1;
    }
    for (size_t c = 0; c < pad; c += AMP_PANEL) {
        mix_panel(k, pad, over, s + c, l + c, a + c, y, sum, mean);
#pragma omp simd
        for (size_t i = 0; i < AMP_PANEL; i++) {
            score[c + i] = y[i] + shift[c + i];
            minus[i] += live[c + i] * mean[i];
        }
        if (k > 1) {
            size_t next = c / AMP_PANEL + 1;

            entropy += add_logs(many, sum, live + c, counts,
                                next % LOGS == 0 || next * AMP_PANEL == pad);
        }
    }
    for (size_t i = 0; i < AMP_PANEL; i++) {
        entropy -= (double)minus[i];
    }
    return entropy;
}

REC_HOT static void amp_mix_panel_hot(size_t k, float over, const float *s,
                                      const float *l, float *y)
{
    float a[REC_AMP_MAX_PERSONAS * AMP_PANEL], sum[AMP_PANEL];
    float mean[AMP_PANEL];

    mix_panel(k, AMP_PANEL, over, s, l, a, y, sum, mean);
}

void amp_mix_panel(size_t k, double temperature, const float *s,
                   const float *l, size_t n, float *out)
{
    float y[AMP_PANEL];

    amp_mix_panel_hot(k, (float)(1 / temperature), s, l, y);
    memcpy(out, y, n * sizeof *out);
}

/* The largest of N numbers. */
REC_HOT static float amp_largest(const float *x, size_t n)
{
    float top[AMP_PANEL], most;

    memcpy(top, x, sizeof top);
    for (size_t c = AMP_PANEL; c < n; c += AMP_PANEL) {
#pragma omp simd
        for (size_t i = 0; i < AMP_PANEL; i++) {
            top[i] = x[c + i] > top[i] ? x[c + i] : top[i];
        }
    }
    most = top[0];
    for (size_t i = 1; i < AMP_PANEL; i++) {
        most = top[i] > most ? top[i] : most;
    }
    return most;
}

/* X = exp(X - TOP); their sum. */
REC_HOT static double amp_exp_all(float *x, size_t n, float top)
{
    float part[AMP_PANEL] = {0};
    double sum = 0;

    for (size_t c = 0; c < n; c += AMP_PANEL) {
#pragma omp simd
        for (size_t i = 0; i < AMP_PANEL; i++) {
            float e = rec_fast_exp(x[c + i] - top);

            x[c + i] = e;
            part[i] += e;
        }
    }
    for (size_t i = 0; i < AMP_PANEL; i++) {
        sum += (double)part[i];
    }
    return sum;
}

/* What the gradients of the candidates need: g = RATE E, h = TURN LIVE. */
struct back {
    size_t k, pad;
    float over, rate, turn;
    const float *e, *live, *a;
};

REC_HOT static void amp_back_dot(const struct back *b, float *s)
{
    size_t k = b->k, pad = b->pad;
    float over = b->over;

    for (size_t c = 0; c < pad; c += AMP_PANEL) {
        float y[AMP_PANEL] = {0};

        for (size_t p = 0; p < k; p++) {
#pragma omp simd
            for (size_t i = 0; i < AMP_PANEL; i++) {
                y[i] += b->a[p * pad + c + i] * s[p * pad + c + i];
            }
        }
        for (size_t p = 0; p < k; p++) {
#pragma omp simd
            for (size_t i = 0; i < AMP_PANEL; i++) {
                size_t at = p * pad + c + i;
                float from = (s[at] - y[i]) * over;
                float g = b->rate * b->e[c + i];
                float h = b->turn * b->live[c + i];

                s[at] = b->a[at] * (g * (1 + from) - h * from * over);
            }
        }
    }
}

REC_HOT static void amp_back_cosine(const struct back *b, float *s, float *d)
{
    size_t k = b->k, pad = b->pad;
    float over = b->over;

    for (size_t c = 0; c < pad; c += AMP_PANEL) {
        float y[AMP_PANEL] = {0}, mean[AMP_PANEL] = {0};

        for (size_t p = 0; p < k; p++) {
#pragma omp simd
            for (size_t i = 0; i < AMP_PANEL; i++) {
                size_t at = p * pad + c + i;

                y[i] += b->a[at] * s[at];
                mean[i] += b->a[at] * d[at];
            }
        }
        for (size_t p = 0; p < k; p++) {
#pragma omp simd
            for (size_t i = 0; i < AMP_PANEL; i++) {
                size_t at = p * pad + c + i;
                float g = b->rate * b->e[c + i];
                float h = b->turn * b->live[c + i];

                d[at] = b->a[at] * over
                        * (g * (s[at] - y[i]) - h * over * (d[at] - mean[i]));
                s[at] = b->a[at] * g;
            }
        }
    }
}

/* ---- an event ---------------------------------------------------------- */

float amp_mix(size_t k, double temperature, const float *s, const float *d,
              float *a)
{
    const float *l = d ? d : s;
    float over = (float)(1 / temperature), top = l[0], sum = 0, y = 0;

    for (size_t p = 1; p < k; p++) {
        top = l[p] > top ? l[p] : top;
    }
    for (size_t p = 0; p < k; p++) {
        a[p] = rec_fast_exp((l[p] - top) * over);
        sum += a[p];
    }
    for (size_t p = 0; p < k; p++) {
        a[p] /= sum;
        y += a[p] * s[p];
    }
    return y;
}

static float entropy_of(const float *a, size_t k)
{
    float h = 0;

    for (size_t p = 0; p < k; p++) {
        h -= a[p] > 0 ? a[p] * logf(a[p]) : 0;
    }
    return h;
}

/* Turn the products S of an event (and its cosines D) into gradients. */
static void back_event(size_t k, float over, float g, float h, float *s,
                       float *d)
{
    float a[REC_AMP_MAX_PERSONAS], y, mean = 0;

    y = amp_mix(k, 1 / (double)over, s, d, a);
    for (size_t p = 0; p < k && d; p++) {
        mean += a[p] * d[p];
    }
    for (size_t p = 0; p < k; p++) {
        float from = (s[p] - y) * over;

        if (d) {
            float turn = h * over * over * (d[p] - mean);

            s[p] = a[p] * g;
            d[p] = a[p] * (g * from - turn);
        } else {
            s[p] = a[p] * (g * (1 + from) - h * from * over);
        }
    }
}

/* ---- a user ------------------------------------------------------------ */

struct person {
    const struct amp_task *t;
    const uint32_t *item;
    const float *weight; /* or NULL: 1 */
    const float *w;      /* personas */
    size_t n, k;
    double events; /* the sum of the weights */
    float top;     /* score */
};

static float weight_of(const struct person *p, size_t e)
{
    return p->weight ? p->weight[e] : 1;
}

/* Products and cosines of the events with the personas. */
static void event_products(struct person *p, const float *psi, float *coef,
                           float *attn, struct amp_sums *sum)
{
    const struct amp_net *net = p->t->net;
    float a[REC_AMP_MAX_PERSONAS];
    size_t most = net->shape.personas;

    for (size_t e = 0; e < p->n; e++) {
        const float *v = net->part[AMP_ITEM] + p->item[e] * net->ld;
        float *s = coef + e * most, *d = attn ? attn + e * most : NULL, y;

        for (size_t k = 0; k < p->k; k++) {
            s[k] = amp_dot(p->w + k * net->ld, v, net->ld);
            if (d) {
                d[k] = amp_dot(psi + k * net->lda,
                               p->t->cand->map + p->item[e] * net->lda,
                               net->lda);
            }
        }
        y = amp_mix(p->k, net->shape.temperature, s, d, a);
        p->top = y > p->top ? y : p->top;
        p->events += (double)weight_of(p, e);
        sum->pos_entropy +=
            (double)weight_of(p, e) * (double)entropy_of(a, p->k);
    }
}

/* From the sum Z of the negatives' exponentials to the gradients of the
   events. Returns what g is of a negative, over its exponential. */
static double back_events(const struct person *p, double z, float *coef,
                          float *attn, struct amp_sums *sum)
{
    const struct rec_amp_shape *s = &p->t->net->shape;
    const struct rec_amp_loss *loss = p->t->loss;
    double rate = 0;

    for (size_t e = 0; e < p->n; e++) {
        float a[REC_AMP_MAX_PERSONAS], *c = coef + e * s->personas;
        float *d = attn ? attn + e * s->personas : NULL;
        double w = (double)weight_of(p, e), g = 0;
        float y = amp_mix(p->k, s->temperature, c, d, a);
        double own = exp((double)y - (double)p->top);

        if (z > 0) {
            sum->loss += w * (log(own + z) - ((double)y - (double)p->top));
            g = -loss->alpha * w * z / (own + z);
            rate += loss->alpha * w / (own + z);
        }
        back_event(p->k, (float)(1 / s->temperature), (float)g,
                   (float)((1 - loss->alpha) * loss->pos_entropy * w), c, d);
    }
    return rate;
}

/* The candidates that are not the user's own. Returns how many. */
static double find_live(const struct person *p, float *live)
{
    const struct amp_cand *c = p->t->cand;
    double n = 0;

    memcpy(live, c->count, c->pad * sizeof *live);
    for (size_t e = 0; e < p->n; e++) {
        uint32_t at = c->place ? c->place[p->item[e]] : p->item[e];

        if (at != REC_NONE) {
            live[at] = 0;
        }
    }
    for (size_t k = 0; k < c->n; k++) {
        n += (double)live[k];
    }
    return n;
}

/* No probability for those that are the user's own. */
static void hide_own(const struct person *p, float *score)
{
    const struct amp_cand *c = p->t->cand;

    for (size_t e = 0; e < p->n; e++) {
        uint32_t at = c->place ? c->place[p->item[e]] : p->item[e];

        if (at != REC_NONE) {
            score[at] = -INFINITY;
        }
    }
}

void amp_user(const struct amp_task *t, size_t u, float *s, float *d,
              const float *psi, float *coef, float *attn, float *scratch,
              struct amp_sums *sum)
{
    const struct rec_amp_shape *shape = &t->net->shape;
    const struct amp_users *us = t->users;
    int64_t at = t->x->start[us->row[u]];
    struct person p = {t,
                       t->x->item + at,
                       t->x->weight ? t->x->weight + at : NULL,
                       us->w + us->first[u] * t->net->ld,
                       rec_csr_row_len(t->x, us->row[u]),
                       us->first[u + 1] - us->first[u],
                       0,
                       -INFINITY};
    size_t pad = t->cand->pad;
    float over = (float)(1 / shape->temperature);
    float *score = scratch + shape->personas * pad, *live = score + pad;
    struct back b = {p.k, pad, over, 0, 0, score, live, scratch};
    double others, mean, most;

    memset(sum, 0, sizeof *sum);
    if (p.k == 0) {
        return;
    }
    others = find_live(&p, live);
    event_products(&p, psi, coef, attn, sum);
    mean = amp_mix_all(p.k, pad, over, s, d ? d : s, t->cand->shift, live,
                       t->cand->item != NULL, scratch, score);
    hide_own(&p, score);
    most = (double)amp_largest(score, pad);
    p.top = most > (double)p.top ? (float)most : p.top;
    b.rate = (float)fmin(back_events(&p, amp_exp_all(score, pad, p.top), coef,
                                     attn, sum),
                         1e30);
    if (others > 0) {
        sum->neg_entropy = p.events * mean / others;
        b.turn = (float)(-(1 - t->loss->alpha) * t->loss->neg_entropy
                         * p.events / others);
    }
    if (d) {
        amp_back_cosine(&b, s, d);
    } else {
        amp_back_dot(&b, s);
    }
    sum->weight = p.events;
}
