/* SPDX-License-Identifier: MIT */
/* Sharing the places of a list: see quota.h. */
#include <config.h>

#include "models/quota.h"

#include <stdlib.h>

/* The share of a list without weight: too small for any place that another
   list can fill, but not 0, so that its own items keep their order. */
static const double LEAST = 1e-12;

static double sum_of(const struct rec_quota *list, size_t lists)
{
    double sum = 0;

    for (size_t l = 0; l < lists; l++) {
        sum += list[l].weight;
    }
    return sum;
}

/* What the next item of Q stands for; less than 0 if there is none. As a
   float, so that what is equal in the output is equal here. */
static float next_score(const struct rec_quota *q, double sum, size_t lists)
{
    double share = sum > 0 ? q->weight / sum : 1 / (double)lists;

    return q->at == q->count
               ? -1
               : (float)((share > LEAST ? share : LEAST)
                         / (double)(q->got + 1));
}

static void pass_taken(struct rec_quota *q, const uint8_t *taken)
{
    while (q->at < q->count && taken[q->hit[q->at].item]) {
        q->at++;
    }
}

/* Sort picks of one score by rank; there are few. */
static void sort_equal(struct rec_pick *pick, size_t n, const uint32_t *rank)
{
    for (size_t i = 1; i < n; i++) {
        struct rec_pick p = pick[i];
        size_t k = i;

        for (; k > 0 && rank[pick[k - 1].item] > rank[p.item]; k--) {
            pick[k] = pick[k - 1];
        }
        pick[k] = p;
    }
}

static void sort_ties(struct rec_pick *pick, size_t n, const uint32_t *rank)
{
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && !(pick[end].score < pick[i].score);) {
            end++;
        }
        sort_equal(pick + i, end - i, rank);
    }
}

size_t rec_quota_merge(struct rec_quota *list, size_t lists, size_t n,
                       const uint32_t *rank, uint8_t *taken,
                       struct rec_pick *pick)
{
    double sum = sum_of(list, lists);
    size_t picks = 0;

    for (size_t l = 0; l < lists; l++) {
        list[l].at = list[l].got = 0;
    }
    while (picks < n) {
        struct rec_quota *best = NULL;
        float score = -1;

        for (size_t l = 0; l < lists; l++) {
            float s;

            pass_taken(&list[l], taken);
            s = next_score(&list[l], sum, lists);
            if (s > score) {
                score = s;
                best = &list[l];
            }
        }
        if (!best) {
            break;
        }
        pick[picks++] = (struct rec_pick){score, best->hit[best->at].item,
                                          (uint32_t)(best - list),
                                          (uint32_t)best->at};
        taken[best->hit[best->at].item] = 1;
        best->got++;
    }
    for (size_t i = 0; i < picks; i++) {
        taken[pick[i].item] = 0;
    }
    sort_ties(pick, picks, rank);
    return picks;
}
